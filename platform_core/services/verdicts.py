"""What counts of the dependencies of a migration: the analysts' verdicts and its noise. Call inside an open block."""

from __future__ import annotations

from functools import lru_cache

from platform_core.dependencies import Noise
from platform_core.domain.dependencies import DependencyDecision, DependencyVerdict, NoiseChange
from platform_core.services.knowledge import noise
from platform_core.store import UnitOfWork
from platform_core.store.models import DependencyDecisionRow


def verdicts(work: UnitOfWork, migration_id: int) -> list[DependencyDecision]:
    """Return the verdicts given on dependencies, in order; later ones count."""
    return [as_decision(row) for row in work.choices.decisions(migration_id)]


def as_decision(row: DependencyDecisionRow) -> DependencyDecision:
    """Return a stored verdict as the engine takes it."""
    return DependencyDecision(
        source_name=row.source_name,
        target_name=row.target_name,
        source_key=row.source_key,
        target_key=row.target_key,
        port=row.port,
        relation=row.relation,
        verdict=DependencyVerdict(row.verdict) if row.verdict else None,
        weight=row.weight,
        reason=row.reason,
        by=row.author,
    )


def noise_of(work: UnitOfWork, migration_id: int) -> Noise:
    """Return what counts as noise in a migration."""
    row = work.choices.noise(migration_id)
    return changed_noise(NoiseChange.model_validate(row.change)) if row is not None else noise()


def changed_noise(change: NoiseChange) -> Noise:
    """Return the shipped noise with a change."""
    return _changed(change.model_dump_json())


@lru_cache(maxsize=8)
def _changed(change: str) -> Noise:
    return noise().changed(NoiseChange.model_validate_json(change))
