"""The policy of a migration: what differs from the shipped one, what a change would flip, and its versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.strategy import PolicyChange, Strategy
from platform_core.errors import BadInput, Conflict
from platform_core.services.assessment import changed_policy, policy_of, reassess, stored_facts
from platform_core.services.knowledge import policy
from platform_core.store import UnitOfWork
from platform_core.store.models import PolicyRow
from platform_core.strategy import compare


class PolicyVersion(Frozen):
    """One version of a migration's policy; number 0 is the shipped one."""

    number: int
    change: PolicyChange
    flips: int
    reason: str
    by: str
    at: datetime | None


class FlippedApplication(Frozen):
    """An application whose recommendation a change of policy would turn; None = needs data."""

    subject_key: str
    name: str
    before: Strategy | None
    after: Strategy | None
    overridden: bool


class PolicyEffect(Frozen):
    """What a change of policy would do before it is applied."""

    assessed: int
    flips: tuple[FlippedApplication, ...]


SHIPPED = PolicyVersion(number=0, change=PolicyChange(), flips=0, reason="", by="", at=None)


def goals() -> dict[str, str]:
    """Return the title of each goal by its key, in the order of the policy."""
    return {key: goal.title for key, goal in policy().goals.items()}


def current(work: UnitOfWork, migration_id: int) -> PolicyVersion:
    """Return the version that counts."""
    with work.reading():
        row = work.choices.policy(migration_id)
    return _version(row) if row is not None else SHIPPED


def versions(work: UnitOfWork, migration_id: int) -> list[PolicyVersion]:
    """Return every version, the latest first, the shipped one last."""
    with work.reading():
        return [*map(_version, work.choices.policies(migration_id)), SHIPPED]


def preview(work: UnitOfWork, migration_id: int, change: PolicyChange) -> PolicyEffect:
    """Return which recommendations `change` would flip; nothing is kept. Raises BadInput for an impossible change."""
    with work.reading():
        return _effect(work, migration_id, change)


def apply(
    work: UnitOfWork, migration_id: int, change: PolicyChange, reason: str, by: Identity, *, seen_number: int
) -> PolicyVersion:
    """Make `change` the migration's policy and assess its applications again; overrides are kept.

    Raises BadInput for an impossible change or without a reason, Conflict when somebody else made a version meanwhile.
    """
    if not reason.strip():
        raise BadInput("A change of policy needs a reason.", hint="Say in a few words what it is for.")
    with work:
        work.migrations.hold(migration_id)
        latest = work.choices.policy(migration_id)
        if (latest.number if latest is not None else 0) != seen_number:
            raise Conflict("The policy was changed by somebody else meanwhile.", hint="Look at it, then repeat.")
        row, effect = _add(work, migration_id, change, reason.strip(), by)
        work.audit.record(
            by,
            "policy.changed",
            migration_id=migration_id,
            subject=str(row.number),
            text=f"Policy version {row.number}: {len(effect.flips):,} of {effect.assessed:,} recommendations changed",
            before=_before(latest),
            after=row.change,
            why=row.reason,
        )
        work.flush()
        made = _version(row)
        work.commit()
    return made


def restore(work: UnitOfWork, migration_id: int, before: Mapping[str, Any], by: Identity, reason: str) -> None:
    """Make a former change count again, as a version of its own. Call inside an open block of `work`."""
    _add(work, migration_id, PolicyChange.model_validate(before), reason, by)


def _add(
    work: UnitOfWork, migration_id: int, change: PolicyChange, reason: str, by: Identity
) -> tuple[PolicyRow, PolicyEffect]:
    """Add a version and assess every application by it."""
    effect, latest = _effect(work, migration_id, change), work.choices.policy(migration_id)
    row = PolicyRow(
        migration_id=migration_id,
        number=latest.number + 1 if latest is not None else 1,
        change=change.model_dump(mode="json"),
        flips=len(effect.flips),
        reason=reason,
        author=by.name,
    )
    work.choices.add(row)
    goes_by, why = changed_policy(change), f"Policy version {row.number}: {reason}"
    changed = [reassess(work, each, goes_by, by, why) for each in work.recommendations.of(migration_id)]
    if any(changed):
        work.migrations.count_strategy_change(migration_id)
    return row, effect


def _before(latest: PolicyRow | None) -> dict[str, Any]:
    return latest.change if latest is not None else PolicyChange().model_dump(mode="json")


def _effect(work: UnitOfWork, migration_id: int, change: PolicyChange) -> PolicyEffect:
    rows = {row.subject_key: row for row in work.recommendations.of(migration_id)}
    portfolio = {key: stored_facts(row) for key, row in rows.items()}
    found = compare(policy_of(work, migration_id), changed_policy(change), portfolio)
    flips = tuple(
        FlippedApplication(
            subject_key=flip.subject,
            name=rows[flip.subject].name,
            before=flip.before,
            after=flip.after,
            overridden=rows[flip.subject].override is not None,
        )
        for flip in found.flips
    )
    return PolicyEffect(assessed=found.assessed, flips=flips)


def _version(row: PolicyRow) -> PolicyVersion:
    return PolicyVersion(
        number=row.number,
        change=PolicyChange.model_validate(row.change),
        flips=row.flips,
        reason=row.reason,
        by=row.author,
        at=row.at,
    )
