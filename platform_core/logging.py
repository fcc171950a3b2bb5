"""Logs for operators: one line an event on stderr, `key=value`, with a reference number for whatever went wrong.

What analysts upload never gets into a log: the text of our own errors is written for people, but other errors quote
cells, rows and addresses in theirs. So of those only the kind and the frames are logged, unless LOG_LEVEL is DEBUG.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from platform_core.errors import WorkbenchError

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters of a reference number: none that can be taken for another one when read out on the telephone."""

FOREIGN_LOGGERS = ("alembic", "streamlit", "uvicorn", "websockets")
"""Libraries whose lines take our form too, from warnings up: they would tell of each file and socket."""

PLAIN = re.compile(r"[!#-<>-~]+")  # printable ASCII but no space, quote or =; all else is written as a JSON string
STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}


current_reference: ContextVar[str | None] = ContextVar("current_reference", default=None)
"""The reference number of the request that is being answered: every line that is logged meanwhile carries it."""


class KeyValueFormatter(logging.Formatter):
    """A record as one line: time, level, logger, event, then the record's own fields, then the error."""

    def __init__(self, *, whole_texts: bool) -> None:
        super().__init__()
        self._whole_texts = whole_texts

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for `record`; line breaks inside values are escaped."""
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if (reference := current_reference.get()) is not None:
            fields["reference"] = reference
        fields |= {key: value for key, value in record.__dict__.items() if key not in STANDARD}
        if record.exc_info and record.exc_info[1] is not None:
            fields |= _described(record.exc_info[1], whole_texts=self._whole_texts)
        return " ".join(f"{key}={_value(value)}" for key, value in fields.items())


def configure(level: str) -> None:
    """Send every log of this process, our own and the server's, to stderr in one form, from `level` up."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(KeyValueFormatter(whole_texts=level == "DEBUG"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in (*FOREIGN_LOGGERS, *logging.root.manager.loggerDict):
        if name.partition(".")[0] in FOREIGN_LOGGERS:
            _adopt(logging.getLogger(name), at_least=logging.DEBUG if level == "DEBUG" else logging.WARNING)
    # Streamlit logs an uncaught error with its full text before it calls our hook, which logs it without the values.
    logging.getLogger("streamlit.error_util").addFilter(_not_reported_twice)


def report(error: BaseException, event: str, *, reference: str | None = None, **fields: Any) -> str:
    """Log `error` with where it happened; returns the reference number to show to the person."""
    reference = reference or new_reference()
    logging.getLogger("platform_core").error(
        event, extra={"reference": reference, **fields}, exc_info=(type(error), error, error.__traceback__)
    )
    return reference


def new_reference() -> str:
    """Return a fresh reference number such as 7K3M-P2QX."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _described(error: BaseException, *, whole_texts: bool) -> dict[str, str]:
    """Return what a log may say about `error`: kinds from the error to its first cause, frames the other way round."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and cause not in chain:
        chain.append(cause)
    return {
        "error": " from ".join(_kind_and_text(link, whole_texts=whole_texts) for link in chain),
        "trace": "".join(line for link in reversed(chain) for line in traceback.format_tb(link.__traceback__)),
    }


def _kind_and_text(error: BaseException, *, whole_texts: bool) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return f"{kind}: {error}" if whole_texts or isinstance(error, WorkbenchError) else kind


def _adopt(logger: logging.Logger, *, at_least: int) -> None:
    logger.handlers.clear()
    logger.propagate = True
    logger.setLevel(at_least)


def _not_reported_twice(record: logging.LogRecord) -> bool:
    return record.getMessage() != "Uncaught app execution"


def _value(value: Any) -> str:
    text = str(value)
    return text if PLAIN.fullmatch(text) else json.dumps(text)
