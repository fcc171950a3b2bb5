"""The form in which an endpoint is asked to answer: a JSON schema, else any JSON object, else plain text."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Form(StrEnum):
    """A way to ask for structure, from the strictest that few servers know to none."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    TEXT = "text"


_ORDER = tuple(Form)


class Ladder:
    """The strictest form an endpoint has not refused yet; shared by all runs, so that each refusal is paid once."""

    def __init__(self) -> None:
        self._rung = 0
        self._lock = threading.Lock()

    @property
    def form(self) -> Form:
        """The form to ask for next."""
        return _ORDER[self._rung]

    def refused(self, form: Form) -> bool:
        """Note that `form` is not supported; returns whether there is a weaker one to try."""
        with self._lock:
            if _ORDER[self._rung] is form and self._rung + 1 < len(_ORDER):
                self._rung += 1
            return _ORDER[self._rung] is not form


def response_format(form: Form, schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the `response_format` of a request, None where nothing is asked for."""
    if schema is None or form is Form.TEXT:
        return None
    if form is Form.JSON_OBJECT:
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": dict(schema)}}
