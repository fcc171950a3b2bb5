"""Answers that a route's schema writes as JSON by itself, in the thread that made it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, get_type_hints

from fastapi import Response
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

JSON = "application/json"


class Written(APIRoute):
    """A route that only reads and whose function returns its schema: the web framework does not check that anew."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        only_reads = set(options.get("methods") or ()) == {"GET"}
        super().__init__(path, _writing(endpoint) if only_reads else endpoint, **options)


def _writing(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Return a route's function with its answer as JSON, where that is a schema and nothing else sets the status."""
    hints = get_type_hints(endpoint)
    if Response in hints.values() or iscoroutinefunction(endpoint):
        return endpoint
    adapter = TypeAdapter(hints["return"])

    @wraps(endpoint)
    def answer(*args: Any, **given: Any) -> Response:
        return Response(adapter.dump_json(endpoint(*args, **given)), media_type=JSON)

    return answer
