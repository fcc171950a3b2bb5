"""The quality of a stored inventory: a score with its parts, faults by what would mend them, and their rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from platform_core.domain.asset_decisions import Comparison, Condition, Rule
from platform_core.domain.base import Frozen
from platform_core.domain.inventory import Asset, AssetKind, IssueKind, Value
from platform_core.domain.quality import Dimension, Fault, QualityPart, QualityScore
from platform_core.inventory import find_faults, rule_effect
from platform_core.inventory.conditions import value_of
from platform_core.reference import catalogue
from platform_core.services import inventories, refused
from platform_core.services.knowledge import fault_knowledge
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.snapshots import figures
from platform_core.store.snapshots.opening import Snapshot

KEPT = 8
"""Views of the latest inventory revisions looked at, shared by all analysts of this process."""

FORMULA = (
    "Each part is 100 · good / total; the score is the plain mean of the parts that could be computed. "
    "Completeness: critical fields that are filled, of the critical fields of all assets. "
    "Validity: values without a fault, of all values found, those left out as unreadable or implausible included where "
    "no rule reads them. "
    "Consistency: assets without a contradiction, of all assets. "
    "Uniqueness: assets that share neither name nor mark of identity, of all assets. "
    "Freshness: assets seen in the last 90 days, of those of which a sighting is known."
)


class QualityView(Frozen):
    """The score of an inventory and its faults, those with most rows first."""

    score: QualityScore
    faults: tuple[Fault, ...]


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


class StoredLook:
    """A stored inventory as the engine asks it: in numbers, of its snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def count_each(self, groups: Sequence[Sequence[Condition]]) -> list[int]:
        """Return for each group of conditions how many assets meet all of them."""
        return figures.count_each(self._snapshot, groups)

    def values(self, field: str, *, limit: int) -> list[tuple[str, int]]:
        """Return the texts in a field with their numbers, most frequent first."""
        return figures.values(self._snapshot, field, limit=limit)

    def sample(self, fields: Sequence[str], only: Sequence[Condition], *, limit: int) -> list[tuple[Any, ...]]:
        """Return `fields` of assets that meet the conditions, taken from all over the inventory."""
        return figures.sample(self._snapshot, fields, only, limit=limit)


def view(store: Store, migration_id: int) -> QualityView:
    """Return score and faults; they are kept until the inventory changes or a day has passed."""
    work = store.unit_of_work()
    with work.reading():
        revision = work.migrations.get(migration_id).inventory_revision
    settled = frozenset(refused.settled(work, migration_id))
    return _view(store, migration_id, revision, settled, now().date())


@lru_cache(maxsize=KEPT)
def _view(
    store: Store, migration_id: int, _revision: int, settled: frozenset[tuple[str, str]], on: date
) -> QualityView:
    work = store.unit_of_work()
    gaps, complete = _completeness(inventories.completeness(work, migration_id))
    with work.reading():
        snapshot = work.snapshots.of(migration_id)
        unfit = sum(number for kind, _, number in work.issues.counts(migration_id) if kind in refused.KINDS)
        unfit -= refused.settled_cells(work, migration_id, settled)
    faults = find_faults(StoredLook(snapshot), fault_knowledge(), on)
    parts = (complete, _validity(snapshot, faults, unfit), *_of_assets(snapshot, faults), _freshness(snapshot, faults))
    return QualityView(score=QualityScore(parts=parts), faults=tuple(sorted([*faults, *gaps], key=_rank)))


def rows(
    work: UnitOfWork, migration_id: int, conditions: Sequence[Condition], rule: Rule | None, *, offset: int, limit: int
) -> FaultyRows:
    """Return a page of the assets that meet conditions, with what a rule would make of them."""
    tested = [name for each in conditions for name in (each.field, each.other) if name]
    fields = tuple(dict.fromkeys((*tested, *(rule.change.fields if rule else ()))))
    shown = tuple(field for field in fields if field not in {"key", "name"})
    with work.reading():
        found = work.asset_figures.page(migration_id, conditions, shown, offset=offset, limit=limit)
        (total,) = figures.count_each(work.snapshots.of(migration_id), [conditions])
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


def _rank(fault: Fault) -> tuple[bool, int]:
    return fault.change is None, -fault.count


def _completeness(fields: Sequence[inventories.FieldCompleteness]) -> tuple[list[Fault], QualityPart]:
    """Return a fault for each critical field that is not filled everywhere, and the part of the score."""
    gaps = [
        Fault(
            key=f"missing-{each.kind}-{each.field}",
            dimension=Dimension.COMPLETENESS,
            title=f"{each.label} not known: {each.kind}",
            why=f"Planning needs it; {each.filled:,} of {each.total:,} have it.",
            field=each.field,
            conditions=(
                Condition(field="kind", test=Comparison.IS, value=each.kind.value),
                Condition(field=each.field, test=Comparison.EMPTY),
            ),
            change=None,
            count=each.total - each.filled,
        )
        for each in fields
        if each.filled < each.total
    ]
    good, total = sum(each.filled for each in fields), sum(each.total for each in fields)
    return gaps, _part(Dimension.COMPLETENESS, good, total, "critical fields that are filled")


def _validity(snapshot: Snapshot, faults: Sequence[Fault], unfit: int) -> QualityPart:
    found = figures.filled(snapshot)
    faulty = sum(fault.count for fault in faults if fault.dimension is Dimension.VALIDITY)
    return _part(Dimension.VALIDITY, max(0, found - faulty), found + unfit, "values without a fault")


def _of_assets(snapshot: Snapshot, faults: Sequence[Fault]) -> tuple[QualityPart, QualityPart]:
    (total,) = figures.count_each(snapshot, [()])
    torn = [fault.conditions for fault in faults if fault.dimension is Dimension.CONSISTENCY]
    contradictory = figures.count_any(snapshot, torn, IssueKind.CONFLICT)
    shared = [fault.conditions for fault in faults if fault.dimension is Dimension.UNIQUENESS]
    doubled = min(total, figures.namesakes(snapshot) + figures.count_any(snapshot, shared))
    return (
        _part(Dimension.CONSISTENCY, total - contradictory, total, "assets without a contradiction"),
        _part(Dimension.UNIQUENESS, total - doubled, total, "assets that share neither name nor mark"),
    )


def _freshness(snapshot: Snapshot, faults: Sequence[Fault]) -> QualityPart:
    seen = (Condition(field="last_seen", test=Comparison.FILLED),)
    (known,) = figures.count_each(snapshot, [seen])
    old = sum(fault.count for fault in faults if fault.dimension is Dimension.FRESHNESS)
    return _part(Dimension.FRESHNESS, known - old, known, "assets seen in the last 90 days")


def _part(dimension: Dimension, good: int, total: int, text: str) -> QualityPart:
    return QualityPart(name=dimension.value, good=good, total=total, text=text)
