"""Cells that hold several values: what becomes of them is chosen once for the column."""

from __future__ import annotations

from collections.abc import Sequence

from platform_core.domain.catalogue import FieldType
from platform_core.domain.choices import Several
from platform_core.domain.inventory import MEMBERSHIP_SEPARATOR
from platform_core.inventory.cells import Read, Reader, Unfit, clean_text, split_list, tidy

ONE_VALUE = frozenset((FieldType.STRING, FieldType.PERSON, FieldType.CATEGORY))
"""Types of fields that hold one word or name; their cells may hold several all the same."""

SPLITTABLE = ONE_VALUE | {FieldType.LIST}
"""Types of fields where an analyst may say what a cell with several values is."""


def usual(kind: FieldType) -> Several:
    """Return what becomes of cells with several values while nobody has said: lists are split, names are kept."""
    return Several.SPLIT if kind is FieldType.LIST else Several.KEEP


def parts_of(cell: str, fillers: frozenset[str]) -> tuple[str, ...]:
    """Return the different values in a cell, in its order; a cell without separators is one."""
    return split_list(cell, fillers)


def list_reader(several: Several | None, fillers: frozenset[str]) -> Reader:
    """Return the reading of a field that is a list."""
    if several is Several.KEEP:
        return lambda cell: (" ".join(clean_text(cell).split()),)
    if several is Several.FIRST:
        return lambda cell: split_list(cell, fillers)[:1] or None
    return lambda cell: split_list(cell, fillers) or None


def of_several(reader: Reader | None, several: Several, fillers: frozenset[str]) -> Reader:
    """Return the reading of a field of one value whose cells may hold several, each read by `reader`.

    Values that were split stand in one text, joined as the names of several applications are.
    """
    one: Reader = reader or (lambda part: tidy(part) or None)

    def read(cell: str) -> Read:
        parts = parts_of(cell, fillers)
        if several is Several.FIRST:
            return one(parts[0]) if parts else None
        return _joined([one(part) for part in parts])

    return read


def _joined(readings: Sequence[Read]) -> Read:
    fit = dict.fromkeys(str(r) for r in readings if r is not None and not isinstance(r, Unfit))
    value = MEMBERSHIP_SEPARATOR.join(fit) or None
    unfit = next((r for r in readings if isinstance(r, Unfit)), None)
    return value if unfit is None else Unfit(unfit.kind, unfit.text, value)
