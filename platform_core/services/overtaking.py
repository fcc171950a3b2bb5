"""Verdicts on dependencies and noise decided while an inventory was being built: taken in as it is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from platform_core.domain.identity import Identity
from platform_core.services.assessment import Decisions
from platform_core.services.building import lay_verdicts
from platform_core.services.relinking import relink
from platform_core.services.verdicts import noise_of, verdicts
from platform_core.store import UnitOfWork
from platform_core.store.staging import Staging

CAUSE = "Dependencies were decided while the inventory was built"


@contextmanager
def newest_verdicts(
    work: UnitOfWork, migration_id: int, staged: Staging, built_on: Decisions, by: Identity
) -> Iterator[None]:
    """Store a staged inventory inside, with the verdicts that count by now in place of those it was `built_on`.

    Applications whose links are other ones for it are assessed again. Call inside an open block of `work`.
    """
    if work.migrations.hold(migration_id).dependency_revision == built_on.dependency_revision:
        yield
        return
    newest = verdicts(work, migration_id)
    lay_verdicts(staged, newest)
    yield
    work.flush()
    if noise_of(work, migration_id) != built_on.noise:
        relink(work, migration_id, by, CAUSE)
        return
    told = set(newest) ^ set(built_on.dependencies)
    ends = {key for decision in told for key in (decision.source_key, decision.target_key) if key}
    relink(work, migration_id, by, CAUSE, set(work.assets.subjects_of(migration_id, sorted(ends)).values()))
