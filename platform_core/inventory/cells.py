"""What reading one cell yields, and the plainest readings: text, lists and addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass

from platform_core.domain.inventory import IssueKind, Value


@dataclass(frozen=True, slots=True)
class Unfit:
    """A cell that does not fit its field: the kind of finding and what is wrong, as the start of a sentence.

    `rest` is the part of a list that could be read and is kept all the same.
    """

    kind: IssueKind
    text: str
    rest: Value | None = None


Read = Value | Unfit | None
"""A value, a cell that does not fit, or None = not known."""

Reader = Callable[[str], Read]

_SEPARATORS = re.compile(r"[;|,\n\r]+")
LONGEST_VALUE = 100
"""No single number, date or word of a closed set is longer; longer cells are not even tried."""

_ADDRESS_SEPARATORS = re.compile(r"[;|,\s]+")
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
IPV4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_IPV4 = re.compile(IPV4, re.ASCII)
_WITH_PORT = re.compile(rf"(?:\[([0-9A-Fa-f:.%\w]+)\]|({_IPV4.pattern})):\d{{1,5}}", re.ASCII)
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD, 0x0000))


def tidy(cell: str) -> str:
    """Return `cell` without invisible characters and outer blanks, inner white space reduced to single blanks."""
    if not cell.isascii() or "\0" in cell:
        cell = cell.translate(_INVISIBLE)
    elif cell.isalnum():
        return cell
    return " ".join(cell.split())


def clean_text(cell: str) -> str:
    """Return prose with its line breaks, without invisible characters and outer blanks."""
    return cell.translate(_INVISIBLE).strip()


def split_list(cell: str, fillers: frozenset[str]) -> tuple[str, ...]:
    """Return the different items of a list written with , ; | or line breaks, in the order of the cell.

    A comma inside brackets belongs to its item; items that are fillers are dropped.
    """
    parts = _split_outside_brackets(cell) if "(" in cell or "[" in cell else _SEPARATORS.split(cell)
    items = (tidy(part) for part in parts)
    return tuple(dict.fromkeys(item for item in items if item and item.casefold() not in fillers))


def _split_outside_brackets(cell: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for position, sign in enumerate(cell):
        if sign in "([":
            depth += 1
        elif sign in ")]":
            depth = max(0, depth - 1)
        elif sign in ";|\n\r" or (sign == "," and not depth):
            parts.append(cell[start:position])
            start = position + 1
    return [*parts, cell[start:]]


def read_addresses(cell: str, fillers: frozenset[str]) -> Read:
    """Return the IP addresses of a cell in their usual notation; ports, prefix lengths and zones are dropped.

    Parts that are no address make the cell unfit; the addresses beside them are kept.
    """
    parts = [part for part in _ADDRESS_SEPARATORS.split(cell) if part and part.casefold() not in fillers]
    found = dict.fromkeys(address(part) for part in parts)
    known = tuple(text for text in found if text)
    if None not in found:
        return known or None
    return Unfit(IssueKind.UNREADABLE, "This is not an IP address", known or None)


def address(text: str) -> str | None:
    """Return `text` as an IP address in its usual notation, None when it is none."""
    if _IPV4.fullmatch(text):
        return text
    bare = match[1] or match[2] if (match := _WITH_PORT.fullmatch(text)) else text
    try:
        return str(ipaddress.ip_address(bare.partition("/")[0].partition("%")[0].strip("[]")))
    except ValueError:
        return None
