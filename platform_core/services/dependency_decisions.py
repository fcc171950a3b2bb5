"""What analysts say of dependencies: confirm, reject, add, take back; kept over rebuilds and counted everywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import Field

from platform_core.dependencies import Decided, as_dependency, identity, verdict_on_seen
from platform_core.domain.base import Frozen
from platform_core.domain.dependencies import DependencyDecision, DependencyVerdict
from platform_core.domain.identity import Identity
from platform_core.domain.inventory import Dependency
from platform_core.errors import BadInput, Conflict
from platform_core.services.chronicle import note_dependencies
from platform_core.services.relinking import relink
from platform_core.services.verdicts import as_decision, verdicts
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import DependencyDecisionRow

DECIDED = "dependency.decided"
"""The trail's word for verdicts on dependencies, one or many at once."""

WORDS = {
    DependencyVerdict.CONFIRMED: "Confirmed",
    DependencyVerdict.REJECTED: "Rejected",
    DependencyVerdict.ADDED: "Added",
    None: "Took back what was decided about",
}


class NewDependency(Frozen):
    """A dependency that no export names: `source` needs `target` (asset keys)."""

    source_key: str
    target_key: str
    port: int | None = Field(default=None, ge=0, le=65_535)
    weight: float = Field(default=1.0, gt=0)


def decide(
    work: UnitOfWork,
    migration_id: int,
    numbers: Sequence[int],
    verdict: DependencyVerdict | None,
    reason: str,
    by: Identity,
    *,
    seen_revision: int,
) -> int:
    """Put a verdict (None takes it back) on dependencies by their numbers; returns on how many it is another one.

    All or none are kept, and undone together. An added dependency that is rejected or taken back goes. Raises BadInput
    without a reason, Conflict when the inventory was rebuilt since revision `seen_revision`: numbers are new then.
    """
    why = _reason(reason, verdict)
    with work:
        if work.migrations.hold(migration_id).inventory_revision != seen_revision:
            raise Conflict("The inventory was rebuilt meanwhile.", hint="Look at the dependencies again, then repeat.")
        wanted = {
            identity(dependency): _about(dependency, _verdict_on(dependency, verdict))
            for dependency in work.dependencies.numbered(migration_id, numbers)
            if dependency.verdict != verdict and not _counts_already(dependency, verdict)
        }
        if wanted:
            _keep(work, migration_id, list(wanted.values()), verdict, why, by)
            work.commit()
    return len(wanted)


def add(work: UnitOfWork, migration_id: int, wanted: NewDependency, reason: str, by: Identity) -> None:
    """Add a dependency that no export names.

    Raises BadInput without a reason or for an end that needs itself, NotFound for an unknown asset, Conflict for a
    dependency that is known.
    """
    why = _reason(reason, DependencyVerdict.ADDED)
    if wanted.source_key == wanted.target_key:
        raise BadInput("Both ends are the same.", hint="Choose what is needed by it.")
    with work:
        work.migrations.hold(migration_id)
        names = [work.assets.get(migration_id, key).name for key in (wanted.source_key, wanted.target_key)]
        decision = DependencyDecision(
            source_name=names[0],
            target_name=names[1],
            source_key=wanted.source_key,
            target_key=wanted.target_key,
            port=wanted.port,
            verdict=DependencyVerdict.ADDED,
            weight=wanted.weight,
        )
        known = work.dependencies.starting_at(migration_id, [wanted.source_key], [])
        if any(identity(dependency) == identity(decision) for _, dependency in known):
            raise Conflict("This dependency is known already.", hint="Confirm it in the list instead.")
        _keep(work, migration_id, [decision], DependencyVerdict.ADDED, why, by)
        work.commit()


def restore(work: UnitOfWork, migration_id: int, batch: int, by: Identity) -> None:
    """Take back verdicts that were given at once, as an undo does. Call inside an open block of `work`."""
    rows = work.choices.batch(migration_id, batch)
    for row in rows:
        row.undone_at, row.undone_by = now(), by.name
    work.flush()
    _settle(work, migration_id, [as_decision(row) for row in rows], by, "Verdict on dependencies taken back")


def stand(work: UnitOfWork, migration_id: int, batch: int) -> bool:
    """Tell whether nobody decided anew about what was decided at once. Call inside an open block of `work`."""
    mine = {identity(as_decision(row)): row.id for row in work.choices.batch(migration_id, batch)}
    latest = {identity(as_decision(row)): row.id for row in work.choices.decisions(migration_id)}
    return bool(mine) and all(latest.get(about) == number for about, number in mine.items())


def _reason(reason: str, verdict: DependencyVerdict | None) -> str:
    why = reason.strip()
    if not why and verdict is not None:
        raise BadInput("A verdict needs a reason.", hint="Say in a few words why, for whoever asks later.")
    return why


def _verdict_on(dependency: Dependency, verdict: DependencyVerdict | None) -> DependencyVerdict | None:
    """Return the verdict to keep: what was only ever added by hand is taken back, not rejected."""
    return None if dependency.verdict is DependencyVerdict.ADDED else verdict


def _counts_already(dependency: Dependency, verdict: DependencyVerdict | None) -> bool:
    return dependency.verdict is DependencyVerdict.ADDED and verdict is DependencyVerdict.CONFIRMED


def _about(dependency: Dependency, verdict: DependencyVerdict | None) -> DependencyDecision:
    return DependencyDecision(
        source_name=dependency.source_name,
        target_name=dependency.target_name,
        source_key=dependency.source_key,
        target_key=dependency.target_key,
        port=dependency.port,
        relation=dependency.relation,
        verdict=verdict,
        weight=dependency.weight,
    )


def _keep(
    work: UnitOfWork,
    migration_id: int,
    wanted: Sequence[DependencyDecision],
    verdict: DependencyVerdict | None,
    why: str,
    by: Identity,
) -> None:
    """Write verdicts as one entry of the trail and lay them over what is stored."""
    text = f"{WORDS[verdict]} {_named(wanted)}"
    entry = work.audit.record(by, DECIDED, migration_id=migration_id, text=text, why=why)
    work.flush()
    entry.subject, entry.after = str(entry.id), {"verdict": verdict, "dependencies": len(wanted)}
    work.choices.decide(_row(migration_id, entry.id, decision, why, by) for decision in wanted)
    work.flush()
    _settle(work, migration_id, wanted, by, f"{WORDS[verdict]} {{count}}" + (f": {why}" if why else ""))


def _named(wanted: Sequence[DependencyDecision]) -> str:
    if len(wanted) > 1:
        return f"{len(wanted):,} dependencies"
    one = wanted[0]
    return f"{one.source_name} → {one.target_name}" + (f" (port {one.port})" if one.port is not None else "")


def _row(migration_id: int, batch: int, decision: DependencyDecision, why: str, by: Identity) -> DependencyDecisionRow:
    values = decision.model_dump(exclude={"reason", "by"})
    return DependencyDecisionRow(migration_id=migration_id, batch=batch, reason=why, author=by.name, **values)


def _settle(
    work: UnitOfWork, migration_id: int, touched: Sequence[DependencyDecision], by: Identity, told: str
) -> None:
    """Bring stored dependencies, applications' links and histories in line with the verdicts that now count."""
    work.migrations.count_dependency_change(migration_id)
    _mark(work, migration_id, touched)
    ends = {key for decision in touched for key in (decision.source_key, decision.target_key) if key}
    subject_of = work.assets.subjects_of(migration_id, sorted(ends))
    for subject, count in _by_subject(touched, subject_of).items():
        counted = "1 dependency" if count == 1 else f"{count:,} dependencies"
        note_dependencies(work, migration_id, subject, by, told.replace("{count}", counted))
    relink(work, migration_id, by, "Dependencies were decided", set(subject_of.values()))


def _mark(work: UnitOfWork, migration_id: int, touched: Sequence[DependencyDecision]) -> None:
    decided = Decided(verdicts(work, migration_id))
    keys, names = [d.source_key for d in touched if d.source_key], [d.source_name for d in touched]
    changes: dict[DependencyVerdict | None, list[int]] = {}
    gone, seen = [], set()
    for number, dependency in work.dependencies.starting_at(migration_id, keys, names):
        decision = decided.of(dependency)
        if dependency.verdict is DependencyVerdict.ADDED:
            kept = decision is not None and decision.verdict is DependencyVerdict.ADDED
            (seen.add(identity(dependency)) if kept else gone.append(number))
            continue
        if decision is not None:
            seen.add(identity(decision))
        verdict = verdict_on_seen(decision)
        if verdict != dependency.verdict:
            changes.setdefault(verdict, []).append(number)
    for verdict, numbers in changes.items():
        work.dependencies.mark(numbers, verdict)
    work.dependencies.remove(gone)
    _add_missing(work, migration_id, touched, decided, seen)


def _add_missing(
    work: UnitOfWork,
    migration_id: int,
    touched: Sequence[DependencyDecision],
    decided: Decided,
    seen: Iterable[Any],
) -> None:
    found = {identity(standing): standing for one in touched if (standing := decided.of(one)) is not None}
    for about, decision in found.items():
        if decision.verdict is DependencyVerdict.ADDED and about not in seen:
            ends = [key for key in (decision.source_key, decision.target_key) if key]
            known = work.assets.subjects_of(migration_id, ends)
            work.dependencies.add(migration_id, as_dependency(decision, known))


def _by_subject(touched: Iterable[DependencyDecision], subject_of: Mapping[str, str]) -> Counter[str]:
    """Return how many of the dependencies concern each application."""
    counts: Counter[str] = Counter()
    for decision in touched:
        keys = (decision.source_key or "", decision.target_key or "")
        counts.update({subject_of[key] for key in keys if key in subject_of})
    return counts
