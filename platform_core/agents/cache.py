"""Answers kept by the content of their question: the same question to the same model is paid once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Protocol


class AnswerCache(Protocol):
    """Keeps the text of usable answers; called from several threads."""

    def get(self, key: str) -> str | None:
        """Return the answer kept under `key`, None when there is none."""
        ...

    def put(self, key: str, answer: str) -> None:
        """Keep `answer` under `key`."""
        ...


class MemoryCache:
    """A cache that lasts as long as the process."""

    def __init__(self) -> None:
        self._answers: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        """Return the answer kept under `key`, None when there is none."""
        return self._answers.get(key)

    def put(self, key: str, answer: str) -> None:
        """Keep `answer` under `key`."""
        self._answers[key] = answer


def canonical(value: Any) -> str:
    """Return the one JSON text of `value`: keys sorted, no blanks, so that equal questions have equal texts."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def question_key(
    model: str, temperature: float, prompt_version: str, schema: Mapping[str, Any] | None, payload: Any
) -> str:
    """Return what identifies a question: model, settings, wording, form of the answer and the data, as SHA-256."""
    text = canonical([model, temperature, prompt_version, schema, payload])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
