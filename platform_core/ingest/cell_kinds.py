"""What a cell looks like, coarsely: enough to tell a header from the rows below it, not a type system."""

from __future__ import annotations

import re
from enum import StrEnum


class CellKind(StrEnum):
    """The coarse look of one cell."""

    BLANK = "blank"
    NUMBER = "number"
    DATE = "date"
    ADDRESS = "address"
    SWITCH = "switch"
    TEXT = "text"


_DIGITS = r"[+-]?(?:\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+|\d+)(?:[.,]\d+)?(?:[eE][+-]?\d+)?"
_UNIT = r"(?:%|[kKMGTP]i?[bB]|[bB]ytes?|[MG][hH]z|vCPU|cores?)"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?"
_DAY = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ](?:\d{1,2}|[^\W\d_]{3,9}\.?)[-/. ]\d{2,4})"

_PATTERNS = (
    (CellKind.NUMBER, re.compile(rf"[$€£¥]? ?{_DIGITS} ?{_UNIT}?")),
    (CellKind.DATE, re.compile(rf"{_DAY}(?:[T ]+{_CLOCK})?(?:Z| ?[+-]\d{{2}}:?\d{{2}})?|{_CLOCK}")),
    (
        CellKind.ADDRESS,
        re.compile(
            r"(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?:[,; ]+.*)?"  # IPv4, alone or first of a list
            r"|(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}"  # MAC
            r"|\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?"  # UUID
            r"|[^\s@]+@[^\s@]+\.[^\s@]+|[a-z]{2,6}://\S+"  # e-mail, URL
            r"|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:/\d{1,3})?"  # IPv6
        ),
    ),
    (CellKind.SWITCH, re.compile(r"true|false|yes|no|y|n|on|off|oui|non|ja|nein|sí|si|não|sim", re.IGNORECASE)),
)

_LETTERS = re.compile(r"[^\W\d_]+")
_NUMBERS = re.compile(r"\d+")


def has_word(cell: str) -> bool:
    """Whether a cell holds a letter or a digit at all; "-" and "----" stand for nothing."""
    return any(character.isalnum() for character in cell)


def kind_of(cell: str) -> CellKind:
    """Return the coarse look of `cell`; anything longer than 60 characters is text."""
    text = cell.strip()
    if not has_word(text):
        return CellKind.BLANK
    if len(text) <= 60:
        for kind, pattern in _PATTERNS:
            if pattern.fullmatch(text):
                return kind
    return CellKind.TEXT


def shape_of(cell: str) -> str:
    """Return `cell` with each run of letters as "a" and of digits as "9": "SRV-0017" → "a-9"."""
    return _NUMBERS.sub("9", _LETTERS.sub("a", cell.strip()))


def is_code(shape: str) -> bool:
    """Whether a shape is telling, as that of serial numbers and host names, not plain words."""
    return "9" in shape or any(mark in shape for mark in "-_.:/\\@")
