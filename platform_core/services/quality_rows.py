"""The rows behind the figures of the quality tab: of one fault, as repaired too, or of a part of the score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from platform_core.domain.asset_decisions import Condition, Rule
from platform_core.domain.base import Frozen
from platform_core.domain.inventory import Asset, AssetKind, IssueKind, Value
from platform_core.domain.quality import Dimension
from platform_core.inventory import rule_effect
from platform_core.inventory.conditions import value_of
from platform_core.reference import catalogue
from platform_core.services.quality import QualityView
from platform_core.services.snapshots import snapshot_of
from platform_core.store import UnitOfWork
from platform_core.store.snapshots import figures
from platform_core.store.snapshots.shape import FINDINGS, KEY, KIND


class FaultyRow(Frozen):
    """An asset with a fault: the fields it shows in, as they are and as the repair would leave them."""

    key: str
    kind: AssetKind
    name: str
    before: tuple[Any, ...]
    after: tuple[Any, ...] | None


class FaultyRows(Frozen):
    """A page of the rows of a fault."""

    fields: tuple[str, ...]
    rows: tuple[FaultyRow, ...]
    total: int


class FailingRow(Frozen):
    """An asset that fails a part of the score: the titles of its faults, and its findings as (kind, field)."""

    key: str
    kind: AssetKind
    name: str
    faults: tuple[str, ...]
    findings: tuple[tuple[IssueKind, str], ...]


def rows(
    work: UnitOfWork, migration_id: int, conditions: Sequence[Condition], rule: Rule | None, *, offset: int, limit: int
) -> FaultyRows:
    """Return a page of the assets that meet conditions, with what a rule would make of them."""
    tested = [name for each in conditions for name in (each.field, each.other) if name]
    fields = tuple(dict.fromkeys((*tested, *(rule.change.fields if rule else ()))))
    shown = tuple(field for field in fields if field not in {"key", "name"})
    with work.reading():
        snapshot = snapshot_of(work, migration_id)
        found = work.assets.rows(figures.page(snapshot, conditions, offset=offset, limit=limit), shown)
        (total,) = figures.count_each(snapshot, [conditions])
    return FaultyRows(fields=shown, rows=tuple(_row(each, shown, rule) for each in found), total=total)


def _row(found: tuple[Any, ...], fields: Sequence[str], rule: Rule | None) -> FaultyRow:
    key, kind, name, *values = found
    known = {field: value for field, value in zip(fields, values, strict=True) if value is not None}
    asset = Asset(key, AssetKind(kind), name, known)
    after = None
    if rule is not None:
        outcome = rule_effect(rule, catalogue())(asset)
        after = tuple(outcome.get(field, value_of(field)(asset)) for field in fields)
    before: tuple[Value | None, ...] = tuple(value_of(field)(asset) for field in fields)
    return FaultyRow(key=key, kind=AssetKind(kind), name=name, before=before, after=after)


def failing(
    work: UnitOfWork, migration_id: int, view: QualityView, part: Dimension, *, offset: int, limit: int
) -> list[FailingRow]:
    """Return a page of the assets that fail a part of the score of `view`, each with why."""
    fails = view.failing[part]
    faults = [fault for fault in view.faults if fault.dimension is part]
    with work.reading():
        snapshot = snapshot_of(work, migration_id)
        ids = figures.failing_page(snapshot, fails, offset=offset, limit=limit)
        met = figures.which_met(snapshot, ids, [fault.conditions for fault in faults])
        rows = {key: cells for key, *cells in snapshot.cells(ids, [KEY, KIND, "name", FINDINGS])}
        order = [key for key, _, _ in work.assets.rows(ids, [])]
    return [
        FailingRow(
            key=key,
            kind=AssetKind(rows[key][0]),
            name=rows[key][1],
            faults=tuple(fault.title for fault, is_met in zip(faults, met[key], strict=True) if is_met),
            findings=tuple(found for found in _findings(rows[key][2]) if found[0] in fails.findings),
        )
        for key in order
    ]


def _findings(text: str | None) -> list[tuple[IssueKind, str]]:
    """Return the findings of an asset as a snapshot keeps them: lines of kind and field."""
    parts = (line.partition(":") for line in (text or "").split("\n") if line)
    return [(IssueKind(kind), field) for kind, _, field in parts]
