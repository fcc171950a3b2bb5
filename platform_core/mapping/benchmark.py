"""Measuring the mapper on labelled headers of real exports."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from platform_core.domain.base import Frozen
from platform_core.domain.mapping import Band, FileKind, MappingProposal, Suggestion
from platform_core.domain.table import Table

_BINS = 10


@dataclass(frozen=True)
class GoldColumn:
    """A labelled header: any of `fields` is right, none when empty; `optional` also accepts leaving it unmapped."""

    header: str
    fields: tuple[str, ...]
    optional: bool
    unit: str | None
    samples: tuple[str, ...]


@dataclass(frozen=True)
class GoldSource:
    """A labelled export; `family` is the first word of its name, which sources of one tool share."""

    name: str
    kind: FileKind
    language: str
    columns: tuple[GoldColumn, ...]

    @property
    def family(self) -> str:
        """Return the first word of the source's name, lower case."""
        return self.name.split()[0].lower()

    @property
    def headers(self) -> tuple[str, ...]:
        """Return the headers in file order."""
        return tuple(column.header for column in self.columns)

    def table(self) -> Table:
        """Build the table: the header row and as many rows as there are samples."""
        count = max((len(column.samples) for column in self.columns), default=0)
        cells = [[*column.samples, *[""] * (count - len(column.samples))] for column in self.columns]
        return Table.of(self.headers, [[column[row] for column in cells] for row in range(count)])


class Figures(Frozen):
    """How well a mapper did; shares in 0..1, None where nothing was there to count.

    `precision` = right fields / all fields given; `recall` and `top1`/`top3` over columns that must get a field;
    `null_fpr` = share of columns without a field that got one; `accepted_share` = share of those that must get a
    field which came in the accept band, `accepted_precision` how many of the accept band were right; `ece` =
    expected calibration error of the fields given (10 equal bins).
    """

    sources: int
    columns: int
    precision: float | None
    recall: float | None
    f1: float | None
    null_fpr: float | None
    top1: float | None
    top3: float | None
    unit_accuracy: float | None
    accepted_share: float | None
    accepted_precision: float | None
    ece: float | None
    kind_accuracy: float | None


def read_gold(path: Path) -> list[GoldSource]:
    """Read labelled sources, one JSON object a line (source, kind, lang, columns)."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_source(json.loads(line)) for line in lines if line.strip()]


def measure(sources: Sequence[GoldSource], proposals: Sequence[MappingProposal]) -> Figures:
    """Compare proposals with the labels, as the figures define."""
    count: Counter[str] = Counter()
    confidences: list[tuple[float, bool]] = []
    for source, proposal in zip(sources, proposals, strict=True):
        count["kind"] += proposal.kind is source.kind
        for column, suggestion in zip(source.columns, proposal.suggestions, strict=True):
            count.update(_count(column, suggestion))
            if suggestion.field is not None:
                confidences.append((suggestion.confidence, suggestion.field in column.fields))
    precision, recall = _share(count["right"], count["given"]), _share(count["found"], count["mappable"])
    return Figures(
        sources=len(sources),
        columns=count["columns"],
        precision=precision,
        recall=recall,
        f1=round(2 * precision * recall / (precision + recall), 4) if precision and recall else None,
        null_fpr=_share(count["null_given"], count["null"]),
        top1=_share(count["top1"], count["mappable"]),
        top3=_share(count["top3"], count["mappable"]),
        unit_accuracy=_share(count["units_right"], count["units"]),
        accepted_share=_share(count["accepted_found"], count["mappable"]),
        accepted_precision=_share(count["accepted_right"], count["accepted"]),
        ece=_calibration_error(confidences),
        kind_accuracy=_share(count["kind"], len(sources)),
    )


def is_wrong(column: GoldColumn, suggestion: Suggestion) -> bool:
    """Tell whether an answer counts as an error: a wrong field, or none where one is due."""
    if suggestion.field is None:
        return bool(column.fields) and not column.optional
    return suggestion.field not in column.fields


def _count(column: GoldColumn, suggestion: Suggestion) -> Counter[str]:
    given = suggestion.field is not None
    right = given and suggestion.field in column.fields
    accepted = suggestion.band is Band.ACCEPT
    ranked = [suggestion.field] * given + [other.field for other in suggestion.alternatives]
    count = Counter(columns=1, given=given, right=right, accepted=accepted, accepted_right=accepted and right)
    if column.fields and not column.optional:
        count.update(mappable=1, found=right, accepted_found=accepted and right)
        count.update(top1=ranked[:1] != [] and ranked[0] in column.fields)
        count.update(top3=any(field in column.fields for field in ranked[:3]))
    elif not column.fields:
        count.update(null=1, null_given=given)
    if column.unit and right:
        count.update(units=1, units_right=suggestion.unit == column.unit)
    return count


def _calibration_error(confidences: Sequence[tuple[float, bool]]) -> float | None:
    if not confidences:
        return None
    error = 0.0
    for place in range(_BINS):
        members = [(c, ok) for c, ok in confidences if min(_BINS - 1, int(c * _BINS)) == place]
        error += abs(sum(c for c, _ in members) - sum(ok for _, ok in members))
    return round(error / len(confidences), 4)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _source(stored: dict[str, object]) -> GoldSource:
    columns: list[dict[str, object]] = stored["columns"]  # type: ignore[assignment]
    return GoldSource(
        str(stored["source"]),
        FileKind(str(stored["kind"])),
        str(stored.get("lang", "en")),
        tuple(map(_column, columns)),
    )


def _column(stored: dict[str, object]) -> GoldColumn:
    return GoldColumn(
        header=str(stored["header"]),
        fields=tuple(stored["gold"]),  # type: ignore[arg-type]
        optional=bool(stored.get("optional")),
        unit=str(stored["unit"]) if stored.get("unit") else None,
        samples=tuple(stored.get("samples", ())),  # type: ignore[arg-type]
    )
