"""Dependencies one by one: a page of them with owners and verdicts, and how many there are of what."""

from __future__ import annotations

from platform_core.dependencies import Decided, Noise
from platform_core.domain.base import Frozen
from platform_core.domain.dependencies import DependencyFilter, DependencyState, DependencyVerdict
from platform_core.domain.inventory import Dependency
from platform_core.services import noise
from platform_core.services.verdicts import noise_of, verdicts
from platform_core.store import UnitOfWork
from platform_core.store.models import DependencyRow


class ListedDependency(Frozen):
    """A dependency as it was seen, listed or added; `service` says what noise it is, if it is one.

    `state` is the verdict, else whether it is noise or has an end outside the inventory. `reason` and `by` are those
    of the verdict; owners and applications are empty where they are not known.
    """

    number: int
    source: str
    source_owner: str
    source_subject: str | None
    target: str
    target_owner: str
    target_subject: str | None
    port: int | None
    protocol: str | None
    process: str | None
    service: str
    weight: float
    state: DependencyState
    reason: str
    by: str


class DependencyPage(Frozen):
    """One page of dependencies, how many pass the filter, their weight, and the revisions they are of."""

    lines: tuple[ListedDependency, ...]
    total: int
    weight: float
    revision: int
    decided: int


def page(
    work: UnitOfWork, migration_id: int, wanted: DependencyFilter, *, offset: int = 0, limit: int = 50
) -> DependencyPage:
    """Return one page of the dependencies that pass the filter, heaviest first."""
    with work.reading():
        words = noise.words(work, migration_id)
        rows = work.dependencies.page(migration_id, wanted, words, offset=offset, limit=limit)
        total, weight = work.dependencies.count(migration_id, wanted, words)
        keys = {key for row in rows for key in (row.source_key, row.target_key) if key}
        subject_of = work.assets.subjects_of(migration_id, sorted(keys))
        owners = work.assets.owners(migration_id, sorted(set(subject_of.values())))
        counts, decided = noise_of(work, migration_id), Decided(verdicts(work, migration_id))
        migration = work.migrations.get(migration_id)
    lines = tuple(_line(row, subject_of, owners, counts, decided) for row in rows)
    return DependencyPage(
        lines=lines,
        total=total,
        weight=weight,
        revision=migration.inventory_revision,
        decided=migration.dependency_revision,
    )


def numbers(work: UnitOfWork, migration_id: int, wanted: DependencyFilter) -> list[int]:
    """Return the numbers of all dependencies that pass the filter."""
    with work.reading():
        return work.dependencies.numbers(migration_id, wanted, noise.words(work, migration_id))


def tally(work: UnitOfWork, migration_id: int) -> dict[DependencyState, int]:
    """Return how many dependencies are in each state."""
    with work.reading():
        words = noise.words(work, migration_id)
        return {
            state: work.dependencies.count(migration_id, DependencyFilter(state=state), words)[0]
            for state in DependencyState
        }


def _line(
    row: DependencyRow, subject_of: dict[str, str], owners: dict[str, str], counts: Noise, decided: Decided
) -> ListedDependency:
    dependency = Dependency(
        row.source_name,
        row.target_name,
        source_key=row.source_key,
        target_key=row.target_key,
        port=row.port,
        relation=row.relation,
        process=row.process,
    )
    source, target = subject_of.get(row.source_key or ""), subject_of.get(row.target_key or "")
    verdict = decided.of(dependency) if row.verdict else None
    service = counts.why(dependency)
    return ListedDependency(
        number=row.id,
        source=row.source_name,
        source_owner=owners.get(source or "", ""),
        source_subject=source,
        target=row.target_name,
        target_owner=owners.get(target or "", ""),
        target_subject=target,
        port=row.port,
        protocol=row.protocol,
        process=row.process,
        service=service or "",
        weight=row.weight,
        state=_state(row, noisy=service is not None),
        reason=verdict.reason if verdict else "",
        by=verdict.by if verdict else "",
    )


def _state(row: DependencyRow, *, noisy: bool) -> DependencyState:
    if row.verdict:
        return DependencyState(DependencyVerdict(row.verdict).value)
    if noisy:
        return DependencyState.NOISE
    return DependencyState.OPEN if row.source_key and row.target_key else DependencyState.OUTSIDE
