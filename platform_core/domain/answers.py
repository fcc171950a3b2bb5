"""How the open-ended value of a fact is read: as yes or no, a number, a span of time, a level, or texts.

Facts come from registers and questionnaires, so "yes", "Y", true and "yes, since 2019" mean the same. Nothing here
raises on an odd value: what cannot be read is None, and None means not known.
"""

from __future__ import annotations

import math
import re
from datetime import date
from enum import IntEnum

from pydantic import JsonValue

_NO = re.compile(
    r"\s*(?:no|n|none|false|0|never|not|nil|without|nobody|negative|absent|unavailable|lacking|off(?!-)"
    r"|nein|kein\w*|nicht|nie|ohne|niemand|falsch|non)\b",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"\s*(?:unknown|unclear|unsure|not known|not sure|not assessed|don'?t know|to be (?:defined|determined|confirmed)"
    r"|tb[cd]|n/?a|not available|pending|\?+|-+|null|maybe|possibly|unbekannt|unklar|offen|k\.?\s?a\.?|keine angabe"
    r"|weiß nicht|weiss nicht|nicht bekannt|vielleicht)?[\s.?!]*",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?<!\w)(?P<sign>-)?(?P<whole>\d+(?:[,' ]\d{3}(?!\d))*)?(?:[.,](?P<part>\d+))?(?<=\d)"
    r"\s*(?P<scale>%|k\b|m\b|million|mio\b|bn\b|billion|thousand|tausend)?"
)
"""Thousands are parted by comma, apostrophe or blank (12,500), decimals by point or comma (12,5)."""
_SCALES = {
    "%": 0.01, "k": 1e3, "thousand": 1e3, "tausend": 1e3, "m": 1e6, "million": 1e6, "mio": 1e6, "bn": 1e9,
    "billion": 1e9,
}  # fmt: skip
_NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "eighteen": 18, "twenty-four": 24, "thirty-six": 36,
    "ein": 1, "eins": 1, "einem": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8,
    "neun": 9, "zehn": 10, "zwölf": 12,
}  # fmt: skip
_WORD_NUMBER = re.compile(rf"\b({'|'.join(_NUMBER_WORDS)})\b", re.IGNORECASE)
_DAYS = {
    "day": 1.0, "week": 7.0, "month": 30.44, "quarter": 91.3, "year": 365.25, "yr": 365.25,
    "tag": 1.0, "woche": 7.0, "monat": 30.44, "quartal": 91.3, "jahr": 365.25,
}  # fmt: skip
_SPAN_UNIT = re.compile(
    r"\b(day|week|month|quarter|year|yr|tag|woche|monat|quartal|jahr)(?:s|e|en|n)?\b", re.IGNORECASE
)
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TEXT_LIMIT = 2_000
_TEXTS_LIMIT = 50


class Level(IntEnum):
    """A coarse amount, as people give it."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    VERY_HIGH = 4


_LEVEL_WORDS = {
    Level.VERY_HIGH: "sehr (?:hoch|gro(?:ß|ss)|stark)|(?:unternehmens|geschäfts)?kritisch"
    "|very (?:high|large|strong)|critical|extreme(?:ly)?|extensive|huge|vital|highest|tier[ -]?[01]",
    Level.LOW: "(?:sehr )?(?:niedrig|gering|klein)\\w*|wenig\\w*"
    "|very (?:low|small|little)|low(?:est)?|minor|small|little|minimal|limited|slight|few|tier[ -]?[4-9]",
    Level.HIGH: "hoch|hohe\\w*|gro(?:ß|ss)\\w*|wichtig|erheblich\\w*"
    "|high(?:er)?|significant|large|major|considerable|substantial|heavy|important|strong|big|great|many"
    "|ample|generous|tier[ -]?2|expensive|costly",
    Level.MEDIUM: "mittel\\w*|durchschnittlich|medium|moderate|normal|average|some|mid|standard|reasonable|tier[ -]?3",
    Level.NONE: "kein\\w*|nein|no|none|zero|nil|nothing|not|never|without",
}
_LEVELS = tuple((re.compile(rf"\b(?:{words})\b", re.IGNORECASE), level) for level, words in _LEVEL_WORDS.items())


def as_yes_no(value: JsonValue) -> bool | None:
    """Read yes or no; any other non-empty text ("vmware", "USB dongle") affirms the fact it stands for."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return None if math.isnan(value) else value != 0
    if isinstance(value, str):
        return None if _UNKNOWN.fullmatch(value) else _NO.match(value) is None
    if isinstance(value, list | dict):
        return True if value else None
    return None


def as_number(value: JsonValue) -> float | None:
    """Read a finite number, also out of text ("$5 million", "30 %" = 0.3, "six"); the first one counts."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _finite(value)
    if isinstance(value, str):
        return _number_in(value[:_TEXT_LIMIT].lower())
    return None


def as_span(value: JsonValue, unit: str) -> float | None:
    """Read a span of time in `unit` ("day", "month" or "year"); a bare number is in that unit already."""
    number = as_number(value)
    if number is None or not isinstance(value, str):
        return number
    counted = _NUMBER.search(value) or _WORD_NUMBER.search(value)
    said = _SPAN_UNIT.search(value, counted.end() if counted else 0)
    return number * _DAYS[said.group(1).lower()] / _DAYS[unit] if said else number


def as_level(value: JsonValue) -> Level | None:
    """Read a coarse amount; a yes or a positive number counts as high, a no or zero as none."""
    if isinstance(value, bool | int | float):
        known = as_yes_no(value)
        return None if known is None else (Level.HIGH if known and value > 0 else Level.NONE)
    if not isinstance(value, str) or _UNKNOWN.fullmatch(value):
        return None
    for words, level in _LEVELS:
        if words.search(value[:_TEXT_LIMIT]):
            return level
    number = as_number(value)
    if number is not None:
        return Level.HIGH if number > 0 else Level.NONE
    return Level.HIGH if value.strip().lower() in {"yes", "y", "true"} else None


def as_date(value: JsonValue) -> date | None:
    """Read the first date of the form YYYY-MM-DD."""
    found = _DATE.search(value[:_TEXT_LIMIT]) if isinstance(value, str) else None
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def as_texts(value: JsonValue) -> tuple[str, ...]:
    """Return the texts in a value, lists and mappings flattened; at most 50 of at most 2,000 characters."""
    texts: list[str] = []
    pending: list[JsonValue] = [value]
    while pending and len(texts) < _TEXTS_LIMIT:
        item = pending.pop(0)
        if isinstance(item, str) and item.strip():
            texts.append(item.strip()[:_TEXT_LIMIT])
        elif isinstance(item, list):
            pending[:0] = item[:_TEXTS_LIMIT]
        elif isinstance(item, dict):
            pending[:0] = list(item.values())[:_TEXTS_LIMIT]
    return tuple(texts)


def shown(value: JsonValue) -> str:
    """Return a value as it is shown to a person: yes/no, plain numbers, lists joined, at most 120 characters."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}" if abs(value) < 1e15 else str(value)[:20]
    text = "; ".join(as_texts(value))
    return text if len(text) <= 120 else text[:119] + "…"


def _finite(value: float) -> float | None:
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _number_in(text: str) -> float | None:
    found = _NUMBER.search(text)
    if found is None:
        word = _WORD_NUMBER.search(text)
        return float(_NUMBER_WORDS[word.group(1)]) if word else None
    whole = re.sub("[,' ]", "", found["whole"] or "0")
    digits = f"{whole}.{found['part'] or '0'}"
    number = _finite(float(digits) * _SCALES.get(found["scale"] or "", 1.0))
    return -number if number is not None and found["sign"] else number
