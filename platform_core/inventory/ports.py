"""Port cells: "443", "443/tcp", "TCP 1521", "88/389/445"."""

from __future__ import annotations

import re

from platform_core.domain.inventory import IssueKind
from platform_core.inventory.cells import LONGEST_VALUE, Read, Unfit
from platform_core.inventory.vocabularies import Range
from platform_core.inventory.words import WordList

_SEPARATORS = re.compile(r"[\s,;|/:()]+")
_PORT = re.compile(r"(\d{1,6})(?:\.0)?", re.ASCII)


def read_ports(cell: str, limits: Range | None, protocols: WordList) -> Read:
    """Return the ports of a cell as text, each with its protocol when the cell names one ("443/tcp").

    A range or any other word makes the cell unfit: a dependency has single ports.
    """
    parts = [part for part in _SEPARATORS.split(cell) if part] if len(cell) <= LONGEST_VALUE else []
    ports = [match[1] for match in map(_PORT.fullmatch, parts) if match]
    words = [part for part in parts if not _PORT.fullmatch(part)]
    named = {protocols.find(word) for word in words}
    if not ports or None in named or len(named) > 1:
        return Unfit(IssueKind.UNREADABLE, "This is not a port or a list of ports")
    outside = [port for port in ports if limits and not limits.minimum <= int(port) <= limits.maximum]
    if outside:
        return Unfit(IssueKind.IMPLAUSIBLE, f"There is no port {outside[0]}")
    suffix = f"/{named.pop()}" if named else ""
    return tuple(dict.fromkeys(f"{int(port)}{suffix}" for port in ports))
