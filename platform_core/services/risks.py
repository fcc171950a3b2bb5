"""Risk: the matrix, the register of one cell, one application's drivers."""

from __future__ import annotations

from platform_core.domain.base import Frozen
from platform_core.domain.risk import Mitigation, RiskBand, RiskDriver
from platform_core.store import UnitOfWork
from platform_core.store.models import RiskRow


class ApplicationRisk(Frozen):
    """Risk and effort of one application, with the drivers that make it up."""

    subject_key: str
    name: str
    likelihood: int
    impact: int
    score: int
    band: RiskBand
    residual: int
    drivers: tuple[RiskDriver, ...]
    mitigations: tuple[Mitigation, ...]
    unknown: tuple[str, ...]
    effort_points: float
    effort_tier: str
    effort_factors: dict[str, float]


def matrix(work: UnitOfWork, migration_id: int) -> list[tuple[int, int, int]]:
    """Return (likelihood, impact, number of applications)."""
    with work.reading():
        return work.risks.matrix(migration_id)


def register(
    work: UnitOfWork, migration_id: int, *, likelihood: int | None = None, impact: int | None = None, limit: int = 100
) -> list[ApplicationRisk]:
    """Return the applications of one cell of the matrix (None = any), highest risk first."""
    with work.reading():
        return [_view(row) for row in work.risks.in_cell(migration_id, likelihood, impact, limit=limit)]


def of_application(work: UnitOfWork, migration_id: int, subject_key: str) -> ApplicationRisk:
    """Return the risk of one application; raises NotFound."""
    with work.reading():
        return _view(work.risks.get(migration_id, subject_key))


def _view(row: RiskRow) -> ApplicationRisk:
    return ApplicationRisk(
        subject_key=row.subject_key,
        name=row.name,
        likelihood=row.likelihood,
        impact=row.impact,
        score=row.score,
        band=RiskBand(row.band),
        residual=row.residual_likelihood * row.residual_impact,
        drivers=tuple(RiskDriver.model_validate(item) for item in row.drivers),
        mitigations=tuple(Mitigation.model_validate(item) for item in row.mitigations),
        unknown=tuple(row.unknown),
        effort_points=row.effort_points,
        effort_tier=row.effort_tier,
        effort_factors=row.effort_factors,
    )
