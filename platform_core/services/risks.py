"""Risk: the matrix, the register of one cell, one application's drivers."""

from __future__ import annotations

from platform_core import risk
from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.register import RegisterEntry, RegisterStatus
from platform_core.domain.risk import Mitigation, RiskBand, RiskDriver
from platform_core.services.assessment import refresh_risk
from platform_core.services.bootstrap import risk_drivers
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import RegisterRow, RiskRow


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


def entry(work: UnitOfWork, migration_id: int, subject_key: str) -> tuple[RegisterEntry, int]:
    """Return the register's entry for one application and its version (0 while nothing was decided)."""
    with work.reading():
        row = work.choices.entry(migration_id, subject_key)
    return (_entry(row), row.version) if row is not None else (RegisterEntry(subject_key=subject_key), 0)


def entries(work: UnitOfWork, migration_id: int) -> list[RegisterEntry]:
    """Return every entry of the register."""
    with work.reading():
        return [_entry(row) for row in work.choices.register(migration_id).values()]


def settle(
    work: UnitOfWork, migration_id: int, wanted: RegisterEntry, by: Identity, *, seen_version: int
) -> ApplicationRisk:
    """Keep an entry of the register and return the risk with its residual recomputed for the mitigations chosen.

    Raises BadInput when the status asks for more, NotFound, and Conflict when somebody else was faster.
    """
    tidy = risk.checked(wanted, risk_drivers(), today=now().date())
    with work:
        recommendation = work.recommendations.get(migration_id, tidy.subject_key)
        row = work.choices.entry(migration_id, tidy.subject_key, expected=seen_version)
        before = _entry(row).model_dump(mode="json") if row is not None else {}
        if row is None:
            row = RegisterRow(migration_id=migration_id, subject_key=tidy.subject_key)
            work.choices.add(row)
        row.owner, row.status, row.chosen = tidy.owner, tidy.status, list(tidy.chosen)
        row.note, row.due, row.changed_at, row.changed_by = tidy.note, tidy.due, now(), by.name
        work.flush()
        refresh_risk(work, recommendation)
        work.flush()
        found = _view(work.risks.get(migration_id, tidy.subject_key))
        work.audit.record(
            by,
            "risk.settled",
            migration_id=migration_id,
            subject=tidy.subject_key,
            text=f"{recommendation.name}: risk {tidy.status.value}, residual {found.residual} of {found.score}",
            before=before,
            after=tidy.model_dump(mode="json"),
            why=tidy.note,
        )
        work.commit()
    return found


def _entry(row: RegisterRow) -> RegisterEntry:
    return RegisterEntry(
        subject_key=row.subject_key,
        owner=row.owner,
        status=RegisterStatus(row.status),
        chosen=tuple(row.chosen),
        note=row.note,
        due=row.due,
    )


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
