"""Logs for operators: one line an event on stderr, as `key=value` or JSON, with the reference of the work it is about.

What analysts upload never gets into a log: the text of our own errors is written for people, but other errors quote
cells, rows and addresses in theirs. So of those only the kind and the frames are logged, unless LOG_LEVEL is DEBUG.
Secrets are struck out of every line, whatever the level.
"""

from __future__ import annotations

import json
import logging
import math
import re
import secrets
import sys
import traceback
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal

from platform_core.errors import WorkbenchError

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters of a reference number: none that can be taken for another one when read out on the telephone."""

FOREIGN_LOGGERS = ("alembic", "streamlit", "uvicorn", "websockets")
"""Libraries whose lines take our form too, from warnings up: they would tell of each file and socket."""

PLAIN = re.compile(r"[!#-<>-~]+")  # printable ASCII but no space, quote or =; all else is written as a JSON string
STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}


TOKEN = re.compile(r"\bamw_[\w-]{16,}")
"""What a token of the web interface looks like."""

STRUCK_OUT = "[secret]"
SHORTEST_SECRET = 4
"""Characters; striking out anything shorter would tear words apart."""

REFERENCE = "_reported_as"
"""Attribute of an error that was given a reference: whoever meets it further out tells the same one."""

_said: ContextVar[Mapping[str, Any]] = ContextVar("said_on_every_line")


class LineFormatter(logging.Formatter, ABC):
    """A record as one line: time, level, logger, event, what the work around says, the record's fields, the error."""

    def __init__(self, *, whole_texts: bool = False, secrets: Collection[str] = ()) -> None:
        super().__init__()
        self._whole_texts = whole_texts
        self._secrets = sorted((each for each in secrets if len(each) >= SHORTEST_SECRET), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for `record`; line breaks inside values are escaped."""
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_said.get({}),
            **{key: value for key, value in record.__dict__.items() if key not in STANDARD},
        }
        if record.exc_info and record.exc_info[1] is not None:
            fields |= _described(record.exc_info[1], whole_texts=self._whole_texts)
        return self._line({key: self._bare(value) for key, value in fields.items()})

    def _bare(self, value: Any) -> Any:
        """Return a value without secrets: numbers and truths as they are, everything else as text."""
        if value is None or isinstance(value, bool | int | float):
            return value
        text = TOKEN.sub(STRUCK_OUT, str(value))
        for secret in self._secrets:
            text = text.replace(secret, STRUCK_OUT)
        return text

    @abstractmethod
    def _line(self, fields: Mapping[str, Any]) -> str:
        """Return the fields as one line."""


class KeyValueFormatter(LineFormatter):
    """`key=value`, for people and grep."""

    def _line(self, fields: Mapping[str, Any]) -> str:
        return " ".join(f"{key}={_value(value)}" for key, value in fields.items())


class JsonFormatter(LineFormatter):
    """One JSON object a line, for log stores."""

    def _line(self, fields: Mapping[str, Any]) -> str:
        return json.dumps({key: _finite(value) for key, value in fields.items()})


FORMATTERS: Mapping[str, type[LineFormatter]] = {"text": KeyValueFormatter, "json": JsonFormatter}


def configure(level: str, form: Literal["text", "json"] = "text", secrets: Collection[str] = ()) -> None:
    """Send every log of this process, our own and the server's, to stderr in one `form`, from `level` up.

    Whatever is among `secrets` is struck out of every line.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(FORMATTERS[form](whole_texts=level == "DEBUG", secrets=secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in (*FOREIGN_LOGGERS, *logging.root.manager.loggerDict):
        if name.partition(".")[0] in FOREIGN_LOGGERS:
            _adopt(logging.getLogger(name), at_least=logging.DEBUG if level == "DEBUG" else logging.WARNING)
    # Streamlit logs an uncaught error with its full text before it calls our hook, which logs it without the values.
    logging.getLogger("streamlit.error_util").addFilter(_not_reported_twice)


@contextmanager
def saying(**fields: Any) -> Iterator[None]:
    """Have every line that is logged inside the block carry `fields` (the reference, the run), in this context.

    Threads that the block starts carry them when they run in a copy of its context.
    """
    before = _said.set({**_said.get({}), **fields})
    try:
        yield
    finally:
        _said.reset(before)


def reference_here() -> str:
    """Return the reference of the work that goes on here, a fresh one where there is none."""
    return str(_said.get({}).get("reference") or new_reference())


def name_error(error: BaseException) -> str:
    """Give `error` the reference of the work it stopped, unless it has one already; returns its reference."""
    reference = str(getattr(error, REFERENCE, "") or reference_here())
    with suppress(AttributeError):  # an error that takes no attributes is only told by its line
        setattr(error, REFERENCE, reference)
    return reference


def report(error: BaseException, event: str, *, reference: str | None = None, **fields: Any) -> str:
    """Log `error` with where it happened; returns the reference number to show to the person.

    That is `reference`, else the one that the error was given where it stopped some work, else that of the work here.
    """
    reference = reference or name_error(error)
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


def _finite(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _value(value: Any) -> str:
    text = str(value)
    return text if PLAIN.fullmatch(text) else json.dumps(text)
