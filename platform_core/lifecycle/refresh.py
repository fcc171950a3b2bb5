"""Taking a newer snapshot of end-of-support dates and telling what changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from platform_core.domain.base import Frozen
from platform_core.errors import BadInput
from platform_core.lifecycle.snapshot import Cycle, Snapshot, snapshot_of_api, snapshot_of_table


class ChangeKind(StrEnum):
    """What happened to a cycle between two snapshots."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class LifecycleChange(Frozen):
    """One difference between two snapshots, in words ("end: 2026-10-13 → 2027-01-12")."""

    kind: ChangeKind
    product: str
    cycle: str
    text: str


@dataclass(frozen=True)
class Refreshed:
    """The newer snapshot, what differs from the one in use, and products that the newer one lacks."""

    snapshot: Snapshot
    changes: tuple[LifecycleChange, ...]
    lost_products: tuple[str, ...]


def read_newer(path: Path, as_of: date) -> Snapshot:
    """Read a file of dates taken on the day `as_of`: the table (.csv) or the product list of the API (.json)."""
    readers = {".csv": snapshot_of_table, ".json": snapshot_of_api}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadInput("Only .csv tables and .json product lists hold end-of-support dates.")
    return reader(path, as_of)


def refresh(current: Snapshot, newer: Snapshot, wanted: Iterable[str]) -> Refreshed:
    """Return `newer` cut to the `wanted` products and its differences from `current`; changes nothing itself.

    Raises BadInput when `newer` is older than what is in use.
    """
    if newer.as_of < current.as_of:
        raise BadInput(f"The file is from {newer.as_of}, older than the dates in use ({current.as_of}).")
    names = set(wanted)
    cut = newer.only(names)
    changes = tuple(change for name in sorted(names) for change in _changes_of(name, current, cut))
    lost = tuple(sorted(name for name in names if name in current.products and name not in cut.products))
    return Refreshed(snapshot=cut, changes=changes, lost_products=lost)


def _changes_of(product: str, current: Snapshot, newer: Snapshot) -> list[LifecycleChange]:
    before, after = _cycles(product, current), _cycles(product, newer)
    changes = []
    for name in sorted(before.keys() | after.keys()):
        kind, text = _difference(before.get(name), after.get(name))
        if text:
            changes.append(LifecycleChange(kind=kind, product=product, cycle=name, text=text))
    return changes


def _cycles(product: str, snapshot: Snapshot) -> dict[str, Cycle]:
    found = snapshot.products.get(product)
    return {cycle.cycle: cycle for cycle in found.cycles} if found else {}


def _difference(before: Cycle | None, after: Cycle | None) -> tuple[ChangeKind, str]:
    if before is None:
        assert after is not None
        return ChangeKind.ADDED, f"new cycle, end of support {_day(after.end)}"
    if after is None:
        return ChangeKind.REMOVED, f"no longer listed, end of support was {_day(before.end)}"
    pairs = (
        ("active support", before.active_end, after.active_end),
        ("end of support", before.end, after.end),
        ("extended support", before.extended_end, after.extended_end),
    )
    return ChangeKind.CHANGED, "; ".join(f"{n}: {_day(old)} → {_day(new)}" for n, old, new in pairs if old != new)


def _day(value: date | bool | None) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return {True: "over", False: "open", None: "unknown"}[value]
