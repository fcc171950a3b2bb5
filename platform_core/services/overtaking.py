"""What analysts decide while an inventory is being built: taken in as it is stored, so that nobody's work is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from platform_core.domain.asset_decisions import AssetDecision, DecisionKind, Rule
from platform_core.domain.identity import Identity
from platform_core.inventory.duplicates import keys_of
from platform_core.services import asset_decisions
from platform_core.services.assessment import Decisions, decisions_of, policy_of, reassess
from platform_core.services.building import lay_verdicts
from platform_core.services.relinking import relink
from platform_core.services.verdicts import noise_of, verdicts
from platform_core.store import UnitOfWork
from platform_core.store.models import AssetDecisionRow
from platform_core.store.repositories.asset_decisions import as_decision
from platform_core.store.staging import Staging

LINKS_CAUSE = "Dependencies were decided while the inventory was built"
ASSETS_CAUSE = "Assets were edited while the inventory was built"
WORD_CAUSE = "Decided while the inventory was built"

MOST_IN_PLACE = 2_000
"""More assets than these are not worked out anew while everybody else waits to write: the build is repeated."""

AT_ONCE = 2_000


class Overtaken(Exception):
    """So much was decided about assets meanwhile that building again is quicker, or the only exact way."""


@dataclass(frozen=True)
class BuiltOn:
    """What a build goes by: the rebuild before it, by its stamp, and everything that analysts had decided."""

    stamp: str | None
    decisions: Decisions
    about_assets: Sequence[AssetDecision]

    @property
    def duplicates(self) -> list[AssetDecision]:
        """What was decided about duplicates."""
        return [each for each in self.about_assets if each.content.kind is DecisionKind.DUPLICATE]


def built_on(work: UnitOfWork, migration_id: int) -> BuiltOn:
    """Return what a build that begins now goes by. Call inside an open block of `work`."""
    return BuiltOn(
        stamp=work.migrations.get(migration_id).inventory_stamp,
        decisions=decisions_of(work, migration_id),
        about_assets=work.asset_decisions.standing(migration_id),
    )


@contextmanager
def newest_decisions(
    work: UnitOfWork, migration_id: int, staged: Staging, known: BuiltOn, by: Identity, *, whatever: bool
) -> Iterator[None]:
    """Store a staged inventory inside; by the end it stands as if it had been built on what counts by now.

    Only what was decided since is worked out again. Raises Overtaken before anything is stored where that would take
    long, or where assets that the build merged are among it, unless `whatever` it takes. Call inside an open block of
    `work`.
    """
    work.migrations.hold(migration_id)
    differing = _differing(work, migration_id, known)
    if not whatever and _asks_for_a_build(differing, known):
        raise Overtaken
    with _newest_verdicts(work, migration_id, staged, known.decisions, by):
        yield
    work.flush()
    _judge_again(work, migration_id, known.decisions, by)
    _lay_over(work, migration_id, differing, by)


def _differing(work: UnitOfWork, migration_id: int, known: BuiltOn) -> list[AssetDecisionRow]:
    """Return the decisions about values that were taken, or taken back, since a build began."""
    before = {each.id for each in known.about_assets if each.content.kind is not DecisionKind.DUPLICATE}
    since = before ^ work.asset_decisions.standing_numbers(migration_id, (DecisionKind.VALUE, DecisionKind.RULE))
    return work.asset_decisions.numbered(migration_id, since)


def _asks_for_a_build(differing: Sequence[AssetDecisionRow], known: BuiltOn) -> bool:
    if asset_decisions.reach(differing) > MOST_IN_PLACE:
        return True
    merged = keys_of(known.duplicates)
    return any(row.asset_key in merged if row.asset_key is not None else bool(merged) for row in differing)


def _lay_over(work: UnitOfWork, migration_id: int, differing: Sequence[AssetDecisionRow], by: Identity) -> None:
    """Work out the assets anew that decisions name or that rules fit or fitted."""
    if not differing:
        return
    keys = {row.asset_key for row in differing if row.asset_key is not None}
    rules = [row for row in differing if row.asset_key is None]
    gone = [row.id for row in rules if row.undone_at is not None]
    if gone:
        keys.update(work.asset_edits.edited(migration_id, gone))
    for row in rules:
        content = as_decision(row).content
        if row.undone_at is None and isinstance(content, Rule):
            keys.update(work.asset_edits.fitting(migration_id, content.conditions))
    asset_decisions.lay_over(work, migration_id, keys, by, ASSETS_CAUSE)


@contextmanager
def _newest_verdicts(
    work: UnitOfWork, migration_id: int, staged: Staging, known: Decisions, by: Identity
) -> Iterator[None]:
    """Store a staged inventory inside, with the verdicts that count by now in place of those it was built on.

    Applications whose links are other ones for it are assessed again.
    """
    if work.migrations.get(migration_id).dependency_revision == known.dependency_revision:
        yield
        return
    newest = verdicts(work, migration_id)
    lay_verdicts(staged, newest)
    yield
    work.flush()
    if noise_of(work, migration_id) != known.noise:
        relink(work, migration_id, by, LINKS_CAUSE)
        return
    told = set(newest) ^ set(known.dependencies)
    ends = {key for decision in told for key in (decision.source_key, decision.target_key) if key}
    relink(work, migration_id, by, LINKS_CAUSE, set(work.assets.subjects_of(migration_id, sorted(ends)).values()))


def _judge_again(work: UnitOfWork, migration_id: int, known: Decisions, by: Identity) -> None:
    """Assess the applications again of which policy, answers, strategies or mitigations were decided since."""
    newest = decisions_of(work, migration_id)
    if newest.policy != known.policy:
        subjects = set(work.recommendations.names(migration_id))
    else:
        subjects = _unlike(newest.answers, known.answers)
        subjects |= _unlike(newest.overrides, known.overrides) | _unlike(newest.mitigations, known.mitigations)
    goes_by, wanted = policy_of(work, migration_id), sorted(subjects)
    for start in range(0, len(wanted), AT_ONCE):
        for row in work.recommendations.among(migration_id, wanted[start : start + AT_ONCE]):
            reassess(work, row, goes_by, by, WORD_CAUSE)


def _unlike(newest: Mapping[str, object], known: Mapping[str, object]) -> set[str]:
    return {key for key in newest.keys() | known.keys() if newest.get(key) != known.get(key)}
