"""Facts as people and files state them: open-ended keys with JSON-like values."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from platform_core.domain.strategy import Fact

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
_NO_WORD = re.compile(r"[\W_]+")
_DEPTH = 5
_ITEMS = 200
_TEXT = 5_000


def facts_from_json(raw: Mapping[str, Any], source: str = "stated") -> dict[str, Fact]:
    """Turn open-ended facts into typed ones; however a key is written, it is compared in lower case with underscores.

    Nothing raises: values that JSON does not know become text, what is nested deeper than five levels is cut, an
    empty value is no fact. Unknown keys are kept; the engine reports them.
    """
    facts: dict[str, Fact] = {}
    for name, value in raw.items():
        key = _key(str(name))
        stated = _as_json(value, _DEPTH)
        if key and stated is not None and stated not in ("", [], {}):
            facts.setdefault(key, Fact(key=key, value=stated, source=source))
    return facts


def _key(name: str) -> str:
    """Return the key as the policy spells it: "Source code access?" and "sourceCodeAccess" are source_code_access."""
    parted = _HUMP.sub("_", name.strip())
    return "_".join(part for part in _NO_WORD.split(parted.lower()) if part)


def _as_json(value: Any, depth: int) -> JsonValue:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        items = list(value.items())[:_ITEMS]
        return {str(key): _as_json(item, depth - 1) for key, item in items} if depth else None
    if isinstance(value, list | tuple | set | frozenset):
        return [_as_json(item, depth - 1) for item in list(value)[:_ITEMS]] if depth else None
    return str(value)[:_TEXT]
