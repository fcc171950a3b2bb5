"""How well suggestions did against what people decided: import by import, and by the confidence they came with."""

from __future__ import annotations

from itertools import groupby

from platform_core.domain.base import Frozen
from platform_core.mapping.held_out import HeldOut
from platform_core.reference import DATA
from platform_core.store import UnitOfWork

BINS = 5


class ImportAccuracy(Frozen):
    """Of the columns of an import that somebody decided about, how many had been suggested right."""

    number: int
    decided: int
    right: int

    @property
    def share(self) -> float:
        """Share of right suggestions."""
        return self.right / self.decided


class ReliabilityBin(Frozen):
    """Suggestions of about one confidence: what they promised on average, and how often they were right."""

    promised: float
    kept: float
    count: int


class Shipped(Frozen):
    """What was measured before shipping, on labelled exports of tools the mapper had not seen."""

    columns: int
    calibration_error: float | None
    precision: float | None


def over_time(work: UnitOfWork, migration_id: int) -> list[ImportAccuracy]:
    """Return the accuracy of suggestions for each import in which somebody decided, in upload order."""
    with work.reading():
        rows = work.mappings.decided(migration_id)
    grouped = ((number, list(found)) for number, found in groupby(rows, key=lambda row: row[0]))
    return [
        ImportAccuracy(number=number, decided=len(found), right=sum(was == is_now for _, _, was, is_now in found))
        for number, found in grouped
    ]


def reliability(work: UnitOfWork, migration_id: int) -> list[ReliabilityBin]:
    """Return, for decided columns in bins of equal width, the confidence promised and the share that was right."""
    with work.reading():
        rows = work.mappings.decided(migration_id)
    bins: dict[int, list[tuple[float, bool]]] = {}
    for _, confidence, suggested, field in rows:
        bins.setdefault(min(BINS - 1, int(confidence * BINS)), []).append((confidence, suggested == field))
    return [
        ReliabilityBin(
            promised=sum(confidence for confidence, _ in found) / len(found),
            kept=sum(right for _, right in found) / len(found),
            count=len(found),
        )
        for _, found in sorted(bins.items())
    ]


def shipped() -> Shipped:
    """Return what the mapper measured of itself in training, whole tool families held out."""
    figures = HeldOut.load(DATA).family_out
    return Shipped(columns=figures.columns, calibration_error=figures.ece, precision=figures.precision)
