"""Which applications the cells of machines and databases name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from platform_core.domain.inventory import MEMBERSHIP_SEPARATOR
from platform_core.inventory.names import loose

_CERTAIN = re.compile(r"[;|]")
_POSSIBLE = re.compile(r",")


class Memberships:
    """Reads the application names in `application_name` cells against the applications that are known.

    A cell is one name unless it holds ";" or "|", or commas between names that are all known otherwise: commas
    are common inside names ("Claims, Motor").
    """

    def __init__(self, cells: Iterable[str], applications: Mapping[str, str]) -> None:
        self._display = dict(applications)
        cells = list(dict.fromkeys(cells))
        for cell in cells:
            if "," not in cell:
                self._learn(self._parts(cell, _CERTAIN))
        self._names = {cell: self._resolve(cell) for cell in cells}
        self.implied = {token: name for token, name in self._display.items() if token not in applications}

    def names_in(self, cell: str) -> tuple[str, ...]:
        """Return the applications that `cell` names, each spelled as its asset is."""
        return self._names.get(cell, ())

    def value_of(self, cell: str) -> str:
        """Return `cell` as a field value: the names joined by the separator the domain fixes."""
        if cell not in self._names:
            return self._display.get(loose(cell), cell)
        return MEMBERSHIP_SEPARATOR.join(self._names[cell])

    def _resolve(self, cell: str) -> tuple[str, ...]:
        whole = self._display.get(loose(cell))
        if whole is not None:
            return (whole,)
        parts = self._parts(cell, _POSSIBLE)
        if not all(loose(part) in self._display for part in parts):
            parts = self._parts(cell, _CERTAIN)
        self._learn(parts)
        return tuple(dict.fromkeys(self._display[loose(part)] for part in parts))

    def _learn(self, names: Iterable[str]) -> None:
        for name in names:
            self._display.setdefault(loose(name), name)

    @staticmethod
    def _parts(cell: str, separator: re.Pattern[str]) -> list[str]:
        return [part.strip() for part in separator.split(cell) if part.strip()] or [cell]
