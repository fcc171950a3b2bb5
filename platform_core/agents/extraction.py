"""The JSON object in what a model wrote: as it stands, inside a fence, inside prose, or cut off at the end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_FENCE = re.compile(r"```[A-Za-z]*\s*(.*?)```", re.DOTALL)
_MOST_STARTS = 64  # places at which an object is looked for; prose full of braces must not cost more
_MOST_TEXT = 262_144  # characters looked at


class Unusable(Exception):
    """A model's answer has no usable form; the message says what is wrong, for the model's second try."""


def json_in(text: str) -> Any:
    """Return the JSON value in `text`: the text itself, else the first fenced block, object or list that can be read.

    Raises Unusable when there is none.
    """
    text = text[:_MOST_TEXT].strip()
    for candidate in (text, *_FENCE.findall(text)):
        value = _parsed(candidate)
        if isinstance(value, dict | list):
            return value
    for value, _ in _embedded(text, 0):
        return value
    raise Unusable("There was no JSON object in the answer. Answer with one JSON object and nothing else.")


def entries_of_cut_list(text: str, name: str) -> list[Any]:
    """Return the complete objects of the list `name` in an answer that ended in the middle."""
    opened = re.search(rf'"{re.escape(name)}"\s*:\s*\[', text[:_MOST_TEXT])
    if opened is None:
        return []
    return [value for value, _ in _embedded(text[:_MOST_TEXT], opened.end())]


def _embedded(text: str, start: int) -> Iterator[tuple[Any, int]]:
    """Yield every object that begins at a brace from `start` on, one after the other, with where it ends."""
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    for _ in range(_MOST_STARTS):
        start = text.find("{", start)
        if start < 0:
            return
        try:
            value, start = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            start += 1
        else:
            yield value, start


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
