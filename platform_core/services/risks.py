"""Risk: the matrix, the register of one cell, one application's drivers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from platform_core import risk
from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.register import RegisterEntry, RegisterStatus
from platform_core.domain.risk import Mitigation, RiskBand, RiskDriver
from platform_core.domain.strategy import Fact
from platform_core.errors import BadInput
from platform_core.services.assessment import refresh_risk, stored_facts
from platform_core.services.chronicle import EventKind, note
from platform_core.services.knowledge import risk_drivers
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import RegisterRow, RiskRow

NOTE_LENGTH = 1_000
"""The longest note of an entry, in characters."""


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
    facts: tuple[Fact, ...] = ()


def matrix(work: UnitOfWork, migration_id: int, *, residual: bool = False) -> list[tuple[int, int, int]]:
    """Return (likelihood, impact, number of applications), inherent or with the mitigations chosen."""
    with work.reading():
        return work.risks.matrix(migration_id, residual=residual)


def register(
    work: UnitOfWork,
    migration_id: int,
    *,
    likelihood: int | None = None,
    impact: int | None = None,
    residual: bool = False,
    limit: int = 100,
) -> list[ApplicationRisk]:
    """Return the applications of one cell of the inherent or residual matrix (None = any), highest risk first."""
    with work.reading():
        rows = work.risks.in_cell(migration_id, likelihood, impact, residual=residual, limit=limit)
        return [_view(row) for row in rows]


def of_status(
    work: UnitOfWork, migration_id: int, status: RegisterStatus, *, limit: int = 100
) -> list[ApplicationRisk]:
    """Return the applications whose entry of the register has a status, highest risk first."""
    with work.reading():
        keys = [key for key, row in work.choices.register(migration_id).items() if row.status == status]
        return [_view(row) for row in work.risks.among(migration_id, keys, limit=limit)]


def of_application(work: UnitOfWork, migration_id: int, subject_key: str) -> ApplicationRisk:
    """Return the risk of one application with the facts behind its drivers and its effort; raises NotFound."""
    with work.reading():
        found = _view(work.risks.get(migration_id, subject_key))
        facts = stored_facts(work.recommendations.get(migration_id, subject_key))
    asked = {*risk.keys_of(risk_drivers()), *risk.EFFORT_KEYS}
    return found.model_copy(update={"facts": tuple(fact for key, fact in facts.items() if key in asked)})


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
        note(work, recommendation, by, EventKind.RISK_SETTLED, _told(tidy))
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


def draft(work: UnitOfWork, migration_id: int, subject_key: str, verdict: str, by: Identity, *, applies: bool) -> None:
    """Enter a verdict on a driver into the note of the register, for an analyst to complete with owner and mitigations.

    A risk that was accepted or closed is open again where the driver `applies`. What else the entry says stays, but for
    a day that has passed, which goes into the note. Raises BadInput when the note has no room left, and NotFound.
    """
    found, version = entry(work, migration_id, subject_key)
    if verdict in found.note:
        return
    reopens = applies and found.status in {RegisterStatus.ACCEPTED, RegisterStatus.CLOSED}
    is_over = found.due is not None and found.due < now().date()
    was_due = f"Was due {found.due}." if is_over else ""
    text = " ".join(filter(None, (found.note, verdict, was_due)))
    if len(text) > NOTE_LENGTH:
        raise BadInput(
            "The note of this entry in the risk register is full.",
            hint="Shorten it there and accept the proposal again.",
        )
    changed = {
        "note": text,
        "status": RegisterStatus.OPEN if reopens else found.status,
        "due": None if is_over else found.due,
    }
    settle(work, migration_id, found.model_copy(update=changed), by, seen_version=version)


def restore(work: UnitOfWork, migration_id: int, subject_key: str, before: Mapping[str, Any], by: Identity) -> None:
    """Put a former entry of the register back; an empty one takes it out. Call inside an open block of `work`."""
    recommendation = work.recommendations.get(migration_id, subject_key)
    row = work.choices.entry(migration_id, subject_key)
    former = RegisterEntry.model_validate(before) if before else RegisterEntry(subject_key=subject_key)
    if row is not None:
        row.owner, row.status, row.chosen = former.owner, former.status, list(former.chosen)
        row.note, row.due, row.changed_at, row.changed_by = former.note, former.due, now(), by.name
    work.flush()
    note(work, recommendation, by, EventKind.RISK_SETTLED, f"Taken back: {_told(former)}")
    refresh_risk(work, recommendation)


def stands(work: UnitOfWork, migration_id: int, subject_key: str, state: Mapping[str, Any]) -> bool:
    """Tell whether the entry of an application is still as `state` says. Call inside an open block of `work`."""
    row = work.choices.entry(migration_id, subject_key)
    known = subject_key in work.recommendations.names(migration_id)
    return known and row is not None and _entry(row).model_dump(mode="json") == state


def _told(entry: RegisterEntry) -> str:
    owner = f", {entry.owner}" if entry.owner else ""
    return f"Risk {entry.status.value}{owner}: {len(entry.chosen)} mitigations chosen"


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
