"""Decisions about assets as they are taken and taken back: written down, laid over stored rows, and followed up."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from platform_core.domain.asset_decisions import AssetDecision, Comparison, Condition, Content, Rule
from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.inventory import Asset
from platform_core.inventory import Overlay, as_built
from platform_core.reference import catalogue
from platform_core.services.matching import NAMES, match_again
from platform_core.services.reassessing import called_by, reassess_subjects
from platform_core.services.subjects import by_name, subject_of
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import AssetDecisionRow
from platform_core.store.repositories.asset_decisions import as_decision
from platform_core.store.repositories.asset_edits import StoredAsset

DECIDED = "asset.decided"
"""The action of the trail; `after` names the decisions by number."""


class Effect(Frozen):
    """What a decision changed: assets, applications assessed again, and recommendations that are others now."""

    assets: int = 0
    applications: int = 0
    recommendations: int = 0

    def __add__(self, other: Effect) -> Effect:
        """Return what two decisions changed, one after the other."""
        return Effect(
            assets=self.assets + other.assets,
            applications=self.applications + other.applications,
            recommendations=self.recommendations + other.recommendations,
        )


def write_down(
    work: UnitOfWork,
    migration_id: int,
    contents: Sequence[tuple[str | None, Content, dict[str, object]]],
    reason: str,
    by: Identity,
) -> list[AssetDecision]:
    """Append decisions (asset key, content, what stood before) to the log. Call inside an open block of `work`."""
    rows = [
        AssetDecisionRow(
            migration_id=migration_id,
            kind=content.kind,
            asset_key=key,
            content=content.model_dump(mode="json"),
            before=before,
            reason=reason,
            author=by.name,
        )
        for key, content, before in contents
    ]
    for row in rows:
        work.asset_decisions.add(row)
    work.flush()
    return [as_decision(row) for row in rows]


def lay_over(work: UnitOfWork, migration_id: int, keys: Collection[str], by: Identity, cause: str) -> Effect:
    """Work out some assets anew from what was built and what stands, and follow up what changed."""
    overlay = Overlay(work.asset_decisions.concerning(migration_id, keys), catalogue())
    refused = work.issues.refused(migration_id, keys) if overlay.looks_at_refused else {}
    changed = []
    for stored in work.asset_edits.whole(migration_id, keys):
        anew = as_built(stored.asset)
        anew.refused = refused.get(anew.key, anew.refused)
        overlay.apply(anew)
        if (anew.values, anew.kind, anew.edits) != (stored.asset.values, stored.asset.kind, stored.asset.edits):
            changed.append((stored, anew))
    return _follow_up(work, migration_id, changed, by, cause)


def lay_rule_over(work: UnitOfWork, migration_id: int, decision: AssetDecision, by: Identity, cause: str) -> Effect:
    """Apply the rule that was decided last to the assets it fits, which alone are read, and follow up."""
    rule = decision.content
    if not isinstance(rule, Rule):
        raise TypeError(rule)
    overlay = Overlay([decision], catalogue())
    refused = {(test.field, str(test.value)) for test in rule.conditions if test.test is Comparison.REFUSED}
    fields = dict.fromkeys((*rule.fields, "application_name"))
    changed = []
    for stored in work.asset_edits.partly(migration_id, tuple(fields), rule.conditions):
        anew = _copy(stored.asset)
        anew.refused = frozenset(refused)
        overlay.apply(anew)
        if anew.edits != stored.asset.edits:
            changed.append((stored, anew))
    return _follow_up(work, migration_id, changed, by, cause)


def take_back(work: UnitOfWork, migration_id: int, numbers: Collection[int], by: Identity) -> Effect:
    """Mark decisions as taken back and work out anew what they changed. Call inside an open block of `work`."""
    rows = mark_taken_back(work, migration_id, numbers, by)
    touched = {row.asset_key for row in rows if row.asset_key is not None}
    if any(row.asset_key is None for row in rows):
        touched.update(work.asset_edits.edited(migration_id, numbers))
    return lay_over(work, migration_id, touched, by, "Decision about assets taken back")


def mark_taken_back(
    work: UnitOfWork, migration_id: int, numbers: Collection[int], by: Identity
) -> list[AssetDecisionRow]:
    """Mark decisions as taken back, so that the next build goes without them, and return them."""
    rows = work.asset_decisions.numbered(migration_id, numbers)
    for row in rows:
        row.undone_at, row.undone_by = now(), by.name
    work.flush()
    return rows


def reach(rows: Sequence[AssetDecisionRow]) -> int:
    """Return how many assets decisions changed when they were taken."""
    return sum(int(row.before.get("assets", 0)) if row.asset_key is None else 1 for row in rows)


def count(work: UnitOfWork, migration_id: int, conditions: Sequence[Condition]) -> int:
    """Return how many assets fit all conditions."""
    with work.reading():
        return work.asset_edits.count(migration_id, conditions)


def _copy(asset: Asset) -> Asset:
    edits = dict(asset.edits) if asset.edits else None
    return Asset(asset.key, asset.kind, asset.name, dict(asset.values), edits=edits)


Changed = Sequence[tuple[StoredAsset, Asset]]
"""Assets as they were stored, each with what it is now."""


def _follow_up(work: UnitOfWork, migration_id: int, changed: Changed, by: Identity, cause: str) -> Effect:
    """Store changed assets, and assess the applications again that they belonged or belong to.

    The inventory's revision goes up: plans made before are out of date. Where names or addresses changed, dependencies
    mean whom they would after a rebuild.
    """
    if not changed:
        return Effect()
    fields = _different(changed)
    subjects = _subjects(work, migration_id, changed, fields)
    written = ((StoredAsset(old.id, old.subject_key, new), subjects[old.asset.key]) for old, new in changed)
    work.asset_edits.rewrite(migration_id, written, [name for name in fields if name != "kind"])
    migration = work.migrations.get(migration_id)
    migration.inventory_revision, migration.changed_at = migration.inventory_revision + 1, now()
    touched = {old.subject_key for old, _ in changed} | {subjects[old.asset.key] for old, _ in changed}
    if "kind" in fields:
        touched |= _join_anew(work, migration_id)
    if fields & NAMES:
        ends = match_again(work, migration_id, [old.asset for old, _ in changed], [new for _, new in changed])
        touched |= set(work.assets.subjects_of(migration_id, sorted(ends)).values())
    if fields & {"retirement_date", "application_name", "kind"}:
        touched |= called_by(work, migration_id, touched)
    turned = reassess_subjects(work, migration_id, touched, by, cause)
    return Effect(assets=len(changed), applications=len(touched), recommendations=turned)


def _different(changed: Changed) -> set[str]:
    fields: set[str] = set()
    for old, new in changed:
        if old.asset.kind is not new.kind:
            fields.add("kind")
        names = old.asset.values.keys() | new.values.keys()
        fields.update(name for name in names if old.asset.values.get(name) != new.values.get(name))
    return fields


def _subjects(work: UnitOfWork, migration_id: int, changed: Changed, fields: Collection[str]) -> dict[str, str]:
    """Return the planning subject of each changed asset."""
    if not {"application_name", "kind"} & set(fields):
        return {old.asset.key: old.subject_key for old, _ in changed}
    known = by_name(work.asset_edits.applications(migration_id))
    return {new.key: subject_of(new, known) for _, new in changed}


def _join_anew(work: UnitOfWork, migration_id: int) -> set[str]:
    """Settle the subjects of all assets after applications came or went; returns the subjects this touches."""
    known = by_name(work.asset_edits.applications(migration_id))
    every = work.asset_edits.partly(migration_id, ("application_name",), ())
    moved = [(stored, to) for stored in every if (to := subject_of(stored.asset, known)) != stored.subject_key]
    work.asset_edits.rewrite(migration_id, moved, ())
    return {stored.subject_key for stored, _ in moved} | {subject for _, subject in moved}
