"""What happened in a migration, and taking back one's own last change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.imports import ImportState
from platform_core.errors import Conflict, NotFound
from platform_core.services import (
    applying,
    asset_edits,
    dependency_decisions,
    duplicates,
    mappings,
    noise,
    plans,
    policies,
    questionnaires,
    risks,
    snapshots,
    strategies,
)
from platform_core.services.asset_decisions import DECIDED, mark_taken_back, reach
from platform_core.store import Store, UnitOfWork
from platform_core.store.models import AuditRow

MAPPING_DECIDED = "mapping.decided"
BY_SUBJECT = frozenset({strategies.OVERRIDDEN, "questionnaire.answered"})
"""Changes of which the trail keeps a state by application."""


class Change(Frozen):
    """One entry of the trail."""

    id: int
    at: datetime
    author: str
    text: str
    why: str


def recent(work: UnitOfWork, migration_id: int, limit: int = 10) -> list[Change]:
    """Return the latest changes, newest first."""
    with work.reading():
        return [_change(row) for row in work.audit.recent(migration_id, limit)]


def last_change(work: UnitOfWork, migration_id: int) -> datetime | None:
    """Return the moment of the latest change."""
    with work.reading():
        return next((row.at for row in work.audit.recent(migration_id, 1)), None)


def undoable(work: UnitOfWork, migration_id: int, by: Identity) -> Change | None:
    """Return the person's latest change that can still be taken back."""
    with work.reading():
        entry = _last_undoable(work, migration_id, by)
        return _change(entry) if entry else None


def weight(work: UnitOfWork, migration_id: int, number: int) -> tuple[str, int]:
    """Return what an entry of the trail tells, and how many assets or applications taking it back works out anew.

    Call inside an open block of `work`; raises NotFound.
    """
    entry = work.audit.get(migration_id, number)
    if entry.action == DECIDED:
        return entry.text, reach(work.asset_decisions.numbered(migration_id, entry.after["decisions"]))
    if entry.action == duplicates.DECIDED:
        return entry.text, len(entry.after["decisions"])
    if entry.action == dependency_decisions.DECIDED:
        return entry.text, int(entry.after.get("dependencies", 1))
    return entry.text, len(_by_subject(entry.before, entry)) if entry.action in BY_SUBJECT else 1


def undo(work: UnitOfWork, migration_id: int, by: Identity, *, seen: int | None = None) -> str:
    """Take back the person's latest change and return what was taken back; raises NotFound when there is none.

    `seen` is the entry that is meant: raises Conflict when another one is the latest by now.
    """
    with work:
        work.migrations.hold(migration_id)
        entry = _meant(work, migration_id, by, seen)
        _WAYS[entry.action].restore(work, migration_id, entry, by)
        _record(work, migration_id, entry, by)
        work.commit()
        return entry.text


def undo_in_run(store: Store, migration_id: int, by: Identity, *, seen: int) -> str:
    """Take back a change as `undo` does; one that reached most of the inventory by building that without it.

    That tells its progress, can be cancelled, and never has more than a part of the assets in memory. Raises Conflict
    too when somebody else rebuilt the inventory meanwhile.
    """
    work = store.unit_of_work()
    with work.reading():
        entry = work.audit.get(migration_id, seen)
        far = entry.action == DECIDED and applying.builds_quicker(
            work, migration_id, weight(work, migration_id, seen)[1]
        )
    if not far:
        return undo(work, migration_id, by, seen=seen)

    def settle(work: UnitOfWork) -> None:
        entry = _meant(work, migration_id, by, seen)
        mark_taken_back(work, migration_id, entry.after["decisions"], by)
        _record(work, migration_id, entry, by)

    applying.rebuild(store, migration_id, by, settle)
    snapshots.prepare(work, migration_id)
    return entry.text


def _meant(work: UnitOfWork, migration_id: int, by: Identity, seen: int | None) -> AuditRow:
    entry = _last_undoable(work, migration_id, by)
    if entry is None:
        raise NotFound("There is nothing to undo.", hint="Only your own latest decisions can be taken back.")
    if seen not in {None, entry.id}:
        raise Conflict("You changed something else meanwhile.", hint="Look at what Undo would take back now.")
    return entry


def _record(work: UnitOfWork, migration_id: int, entry: AuditRow, by: Identity) -> None:
    work.audit.record(
        by,
        f"{entry.action}.undone",
        migration_id=migration_id,
        subject=entry.subject,
        text=f"Undid: {entry.text}",
        before=entry.after,
        after=entry.before,
        undoes=entry.id,
    )


def _last_undoable(work: UnitOfWork, migration_id: int, by: Identity) -> AuditRow | None:
    """Return the person's latest change that nothing was built on; a mapping in use is taken out of use first."""
    entries = work.audit.not_undone(migration_id, by.name, tuple(_WAYS))
    return next((entry for entry in entries if _WAYS[entry.action].is_free(work, migration_id, entry)), None)


@dataclass(frozen=True)
class _Way:
    """How a kind of change is taken back, and when it still can be."""

    restore: Callable[[UnitOfWork, int, AuditRow, Identity], None]
    is_free: Callable[[UnitOfWork, int, AuditRow], bool] = lambda _work, _migration, _entry: True


def _mapping(work: UnitOfWork, _migration_id: int, entry: AuditRow, _by: Identity) -> None:
    import_id, position = entry.subject.split(":")
    mappings.restore(work, int(import_id), int(position), entry.before)


def _is_in_review(work: UnitOfWork, migration_id: int, entry: AuditRow) -> bool:
    in_review = {str(row.id) for row in work.imports.of(migration_id, ImportState.REVIEW)}
    return entry.subject.split(":")[0] in in_review


def _overrides(work: UnitOfWork, migration_id: int, entry: AuditRow, by: Identity) -> None:
    strategies.restore(work, migration_id, _by_subject(entry.before, entry), by)


def _overrides_stand(work: UnitOfWork, migration_id: int, entry: AuditRow) -> bool:
    known = work.recommendations.overridden(migration_id)
    wanted = {subject: state["override"] for subject, state in _by_subject(entry.after, entry).items()}
    return all(subject in known and known[subject] == override for subject, override in wanted.items())


def _by_subject(state: Mapping[str, Any], entry: AuditRow) -> Mapping[str, Any]:
    """Return states by subject key; the trail once kept that of a single application by itself."""
    return {entry.subject: state} if "override" in state else state


def _plan(work: UnitOfWork, _migration_id: int, entry: AuditRow, _by: Identity) -> None:
    plans.restore(work, int(entry.subject), entry.before)


def _answers(work: UnitOfWork, migration_id: int, entry: AuditRow, by: Identity) -> None:
    questionnaires.restore(work, migration_id, entry.before, entry.after, by)


def _answers_are_kept(work: UnitOfWork, migration_id: int, entry: AuditRow) -> bool:
    return bool(entry.after) and entry.after.keys() <= work.recommendations.names(migration_id).keys()


def _policy(work: UnitOfWork, migration_id: int, entry: AuditRow, by: Identity) -> None:
    policies.restore(work, migration_id, entry.before, by, f"version {entry.subject} taken back")


def _is_latest_policy(work: UnitOfWork, migration_id: int, entry: AuditRow) -> bool:
    latest = work.choices.policy(migration_id)
    return latest is not None and str(latest.number) == entry.subject


def _verdicts(work: UnitOfWork, migration_id: int, entry: AuditRow, by: Identity) -> None:
    dependency_decisions.restore(work, migration_id, int(entry.subject), by)


def _verdicts_stand(work: UnitOfWork, migration_id: int, entry: AuditRow) -> bool:
    return dependency_decisions.stand(work, migration_id, int(entry.subject))


def _noise(work: UnitOfWork, migration_id: int, entry: AuditRow, by: Identity) -> None:
    noise.restore(work, migration_id, entry.before, by, f"version {entry.subject} taken back")


def _is_latest_noise(work: UnitOfWork, migration_id: int, entry: AuditRow) -> bool:
    latest = work.choices.noise(migration_id)
    return latest is not None and str(latest.number) == entry.subject


def _register(work: UnitOfWork, migration_id: int, entry: AuditRow, by: Identity) -> None:
    risks.restore(work, migration_id, entry.subject, entry.before, by)


def _entry_stands(work: UnitOfWork, migration_id: int, entry: AuditRow) -> bool:
    return risks.stands(work, migration_id, entry.subject, entry.after)


def _rates(work: UnitOfWork, migration_id: int, _entry: AuditRow, _by: Identity) -> None:
    row = work.choices.rate_card(migration_id)
    if row is not None:
        work.choices.remove(row)


def _is_latest_card(work: UnitOfWork, migration_id: int, entry: AuditRow) -> bool:
    latest = work.choices.rate_card(migration_id)
    return latest is not None and str(latest.id) == entry.subject


def _finished(work: UnitOfWork, migration_id: int, entry: AuditRow, _by: Identity) -> None:
    for row in work.choices.finished_work(migration_id):
        if str(row.id) == entry.subject:
            work.choices.remove(row)


_WAYS: Mapping[str, _Way] = {
    DECIDED: _Way(asset_edits.restore, asset_edits.stands),
    duplicates.DECIDED: _Way(duplicates.restore, duplicates.stands),
    MAPPING_DECIDED: _Way(_mapping, _is_in_review),
    strategies.OVERRIDDEN: _Way(_overrides, _overrides_stand),
    "plan.moved": _Way(_plan),
    "questionnaire.answered": _Way(_answers, _answers_are_kept),
    "policy.changed": _Way(_policy, _is_latest_policy),
    dependency_decisions.DECIDED: _Way(_verdicts, _verdicts_stand),
    "noise.changed": _Way(_noise, _is_latest_noise),
    "risk.settled": _Way(_register, _entry_stands),
    "rates.supplied": _Way(_rates, _is_latest_card),
    "work.finished": _Way(_finished),
}
"""Every kind of change that can be taken back."""


def _change(row: AuditRow) -> Change:
    return Change(id=row.id, at=row.at, author=row.author, text=row.text, why=row.why)
