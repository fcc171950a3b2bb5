"""The quality of a stored inventory: a score with its parts, faults by what would mend them, and their rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from platform_core.domain.asset_decisions import Comparison, Condition
from platform_core.domain.base import Frozen
from platform_core.domain.inventory import IssueKind
from platform_core.domain.quality import Dimension, Failing, Fault, QualityPart, QualityScore
from platform_core.inventory import find_faults
from platform_core.services import inventories, refused
from platform_core.services.kept import Kept
from platform_core.services.knowledge import fault_knowledge
from platform_core.services.snapshots import snapshot_of
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.snapshots import figures
from platform_core.store.snapshots.opening import Snapshot

KEPT = 8
"""Views of the latest inventory revisions looked at, shared by all analysts of this process."""

ASSET_TEXTS = {
    Dimension.CONSISTENCY: "assets without a contradiction",
    Dimension.UNIQUENESS: "assets that share neither name nor mark",
}
"""The parts of the score that are counted in assets, with what is counted."""

FINDINGS_OF = {Dimension.VALIDITY: tuple(refused.KINDS), Dimension.CONSISTENCY: (IssueKind.CONFLICT,)}
"""Findings of the imports that count in a part of the score."""

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
    """The score of an inventory, its faults, those with most rows first, and which assets fail each part."""

    score: QualityScore
    faults: tuple[Fault, ...]
    failing: dict[Dimension, Failing]


_views = Kept[QualityView](KEPT)


class StoredLook:
    """A stored inventory as the engine asks it: in numbers, of its snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def count_each(self, groups: Sequence[Sequence[Condition]]) -> list[int]:
        """Return for each group of conditions how many assets meet all of them."""
        return figures.count_each(self._snapshot, groups)

    def values(self, field: str, *, limit: int, least: int = 1) -> list[tuple[str, int]]:
        """Return the texts in a field that at least so many assets have, with their numbers, most frequent first."""
        return figures.values(self._snapshot, field, limit=limit, least=least)

    def sample(self, fields: Sequence[str], only: Sequence[Condition], *, limit: int) -> list[tuple[Any, ...]]:
        """Return `fields` of assets that meet the conditions, taken from all over the inventory."""
        return figures.sample(self._snapshot, fields, only, limit=limit)


def view(store: Store, migration_id: int) -> QualityView:
    """Return score and faults as of one moment; they are kept until the inventory changes or a day has passed."""
    work, today = store.unit_of_work(), now().date()
    with work.reading():
        revision = work.migrations.get(migration_id).inventory_revision
        settled = frozenset(refused.settled(work, migration_id))
        key = (store, migration_id, revision, settled, today)
        return _views.of(key, lambda: _view(work, migration_id, settled, today))


def _view(work: UnitOfWork, migration_id: int, settled: frozenset[tuple[str, str]], on: date) -> QualityView:
    gaps, complete = _completeness(inventories.completeness(work, migration_id))
    snapshot = snapshot_of(work, migration_id)
    unfit = sum(number for kind, _, number in work.issues.counts(migration_id) if kind in refused.KINDS)
    unfit -= refused.settled_cells(work, migration_id, settled)
    faults = _with_examples(snapshot, find_faults(StoredLook(snapshot), fault_knowledge(), on))
    failing = {part: _failing(snapshot, part, [*faults, *gaps]) for part in Dimension}
    of_assets = (_assets_part(snapshot, part, failing[part]) for part in ASSET_TEXTS)
    parts = (complete, _validity(snapshot, faults, unfit), *of_assets, _freshness(snapshot, faults))
    ranked = tuple(sorted([*faults, *gaps], key=_rank))
    return QualityView(score=QualityScore(parts=parts), faults=ranked, failing=failing)


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


def _with_examples(snapshot: Snapshot, faults: Sequence[Fault]) -> list[Fault]:
    """Return the faults, those without examples with the smallest and the largest value concerned."""
    bare = [fault for fault in faults if not fault.examples]
    ends = figures.extremes(snapshot, [(fault.field, fault.conditions) for fault in bare])
    shown = {
        fault.key: tuple(dict.fromkeys(_example(end) for end in pair if end is not None))
        for fault, pair in zip(bare, ends, strict=True)
    }
    return [fault.model_copy(update={"examples": shown.get(fault.key, fault.examples)}) for fault in faults]


def _example(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    return " ".join(str(value).split())[:80]


def _failing(snapshot: Snapshot, part: Dimension, faults: Sequence[Fault]) -> Failing:
    """Return which assets fail a part of the score: with one of its faults, or a finding that counts in it."""
    failing = Failing(
        groups=tuple(fault.conditions for fault in faults if fault.dimension is part),
        findings=FINDINGS_OF.get(part, ()),
        namesakes=part is Dimension.UNIQUENESS,
    )
    return failing.model_copy(update={"count": figures.count_failing(snapshot, failing)})


def _assets_part(snapshot: Snapshot, part: Dimension, failing: Failing) -> QualityPart:
    (total,) = figures.count_each(snapshot, [()])
    return _part(part, total - failing.count, total, ASSET_TEXTS[part])


def _freshness(snapshot: Snapshot, faults: Sequence[Fault]) -> QualityPart:
    seen = (Condition(field="last_seen", test=Comparison.FILLED),)
    (known,) = figures.count_each(snapshot, [seen])
    old = sum(fault.count for fault in faults if fault.dimension is Dimension.FRESHNESS)
    return _part(Dimension.FRESHNESS, known - old, known, "assets seen in the last 90 days")


def _part(dimension: Dimension, good: int, total: int, text: str) -> QualityPart:
    return QualityPart(name=dimension.value, good=good, total=total, text=text)
