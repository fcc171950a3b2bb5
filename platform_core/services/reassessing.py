"""Assessing again only the applications that a change of assets touches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from platform_core import strategy
from platform_core.domain.identity import Identity
from platform_core.domain.inventory import Asset
from platform_core.services.assessment import (
    ASSESSED,
    answered,
    policy_of,
    recommendation_row,
    refresh_risk,
    subject_facts,
)
from platform_core.services.chronicle import note_change
from platform_core.services.links import stored_links
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.strategy import Links, Policy


def reassess_subjects(work: UnitOfWork, migration_id: int, subjects: Collection[str], by: Identity, cause: str) -> int:
    """Take the facts of some planning subjects anew from their assets as stored, and assess them again.

    Overrides and answers stay; what is no subject any more loses its recommendation and risk. Returns how many
    recommendations changed. Call inside an open block of `work`, after the assets are written.
    """
    if not subjects:
        return 0
    groups = _groups(work, migration_id, subjects)
    links = stored_links(work, migration_id, groups)
    goes_by, today = policy_of(work, migration_id), now().date()
    files = {row.id: row.file_name for row in work.imports.of(migration_id)}
    changed = 0
    for key in sorted(set(subjects) - groups.keys()):
        work.recommendations.remove(migration_id, key)
        work.risks.remove(migration_id, key)
    for key, group in groups.items():
        changed += _again(work, migration_id, (key, group, links[key]), files, goes_by, (today, by, cause))
    return changed


def _again(
    work: UnitOfWork,
    migration_id: int,
    subject: tuple[str, Sequence[Asset], Links],
    files: Mapping[int, str],
    goes_by: Policy,
    why: tuple[date, Identity, str],
) -> bool:
    key, group, links = subject
    today, by, cause = why
    facts = subject_facts(key, group, links, files, today)
    head = next(asset for asset in group if asset.key == key)
    old = work.recommendations.find(migration_id, key)
    before = old.strategy if old is not None else None
    found = strategy.assess(answered(facts, old.answers if old is not None else {}), goes_by, explain=False)
    fresh = recommendation_row(head, group, facts, found)
    fresh.migration_id = migration_id
    row = work.recommendations.replace(old, fresh)
    if old is not None:
        note_change(work, row, by, cause, before=before)
    refresh_risk(work, row)
    return old is not None and row.strategy != before


def _groups(work: UnitOfWork, migration_id: int, subjects: Collection[str]) -> dict[str, list[Asset]]:
    """Return the assets of each subject that gets a recommendation."""
    groups: dict[str, list[Asset]] = defaultdict(list)
    for stored in work.asset_edits.members(migration_id, subjects):
        groups[stored.subject_key].append(stored.asset)
    return {
        key: group
        for key, group in groups.items()
        if any(asset.key == key and asset.kind in ASSESSED for asset in group)
    }


def called_by(work: UnitOfWork, migration_id: int, subjects: Collection[str]) -> set[str]:
    """Return the subjects that some subjects call; their facts count who of their callers is leaving."""
    links = work.asset_edits.links(migration_id, subjects)
    return {link.target_key for link in links if link.target_key and link.source_key in subjects}
