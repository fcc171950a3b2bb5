"""What agents may ask and teach about columns, typed: one header, a whole list of columns, a correction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field as Limits

from platform_core import mapping
from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.learning import CorrectedFile, Correction, Verdict
from platform_core.domain.mapping import Band, FileKind, MappingProposal, Source, Suggestion
from platform_core.domain.table import Table
from platform_core.errors import BadInput
from platform_core.inventory import missing_critical
from platform_core.learning import Memory
from platform_core.reference import catalogue
from platform_core.services.knowledge import header_keys, mapping_knowledge
from platform_core.services.learned import memory_of
from platform_core.services.suggesting import suggest
from platform_core.services.teaching import keep, prepare
from platform_core.store import UnitOfWork

MOST_COLUMNS, MOST_SAMPLES = 500, 50

Header = Annotated[str, Limits(min_length=1, max_length=300)]
Samples = Annotated[tuple[str, ...], Limits(max_length=MOST_SAMPLES)]


class DataColumn(Frozen):
    """A column as an agent sees it: its header and some of its values."""

    header: Header
    samples: Samples = ()


class QueryFieldMapping(Frozen):
    """Ask what one header means. `beside` are the other headers of its file; they say what its rows are."""

    header: Header
    samples: Samples = ()
    beside: Annotated[tuple[str, ...], Limits(max_length=MOST_COLUMNS)] = ()


class PossibleField(Frozen):
    """A field with the probability that it is right."""

    field: str
    label: str
    description: str
    confidence: float


class FieldMapping(Frozen):
    """What a column means: a field key, None = leave it unmapped; `learned` = analysts said so."""

    header: str
    field: str | None
    label: str | None
    confidence: float
    band: Band
    unit: str | None
    learned: bool
    alternatives: tuple[PossibleField, ...]
    reasons: tuple[str, ...]


class AnalyzeDataColumns(Frozen):
    """Ask what all columns of a file mean; `asset_type` names what its rows are, where the agent knows."""

    columns: Annotated[tuple[DataColumn, ...], Limits(min_length=1, max_length=MOST_COLUMNS)]
    asset_type: FileKind | None = None


class DataColumnsAnalysis(Frozen):
    """What the columns of a file mean, what of the critical attributes is missing, and which need a person."""

    kind: FileKind
    format: str | None
    mappings: tuple[FieldMapping, ...]
    needed: tuple[str, ...]
    missing: tuple[str, ...]
    to_review: tuple[str, ...]
    unmapped: tuple[str, ...]


class LearnFieldMapping(Frozen):
    """Teach what a header means: `field` None = ignore it; `refuse` = it is not this field.

    `columns` are all headers of the file it was said of and `asset_type` what its rows are; without columns it holds
    for any file. `reason` says why, and on whose word.
    """

    header: Header
    field: str | None
    refuse: bool = False
    columns: Annotated[tuple[str, ...], Limits(max_length=MOST_COLUMNS)] = ()
    asset_type: FileKind | None = None
    reason: Annotated[str, Limits(max_length=1_000)] = ""


class FieldMappingLearned(Frozen):
    """What came of teaching: whether it was new, what it would lose beyond its own file, what it changed."""

    header: str
    field: str | None
    is_new: bool
    would_lose: tuple[str, ...]
    changed: tuple[str, ...]


class FieldMappingTool:
    """The tool of one agent in one migration; what it teaches carries the name of `by`."""

    def __init__(self, work: UnitOfWork, migration_id: int, by: Identity) -> None:
        self._work = work
        self._migration_id = migration_id
        self._by = by

    def query_field_mapping(self, request: QueryFieldMapping) -> FieldMapping:
        """Return what a header means."""
        columns = (DataColumn(header=request.header, samples=request.samples), *_bare(request.beside, request.header))
        return _field_mapping(self._propose(columns).suggestions[0])

    def analyze_data_columns(self, request: AnalyzeDataColumns) -> DataColumnsAnalysis:
        """Return what the columns of a file mean and which critical attributes of its rows are missing."""
        proposal = self._propose(request.columns)
        kind = request.asset_type or proposal.kind
        mapped = {s.field for s in proposal.suggestions if s.field is not None}
        return DataColumnsAnalysis(
            kind=kind,
            format=proposal.format,
            mappings=tuple(map(_field_mapping, proposal.suggestions)),
            needed=catalogue().critical_for(kind),
            missing=tuple(missing_critical(mapped, kind, catalogue())),
            to_review=tuple(s.header for s in proposal.suggestions if s.band is Band.REVIEW),
            unmapped=tuple(s.header for s in proposal.suggestions if s.field is None),
        )

    def learn_field_mapping(self, request: LearnFieldMapping) -> FieldMappingLearned:
        """Teach one header through the gate. Raises BadInput for an unknown field or one to refuse that is missing."""
        word = _word(request, self._migration_id, self._by)
        with self._work.reading():
            lesson = prepare(self._work, self._migration_id, [word])
        with self._work as work:
            changed = keep(work, self._migration_id, lesson, self._by)
            work.commit()
        losses = [loss for kept in lesson.words for loss in kept.would_lose]
        return FieldMappingLearned(
            header=request.header,
            field=request.field,
            is_new=bool(lesson.words),
            would_lose=tuple(f"{loss.header} of {loss.where}" for loss in losses),
            changed=tuple(f"{each.header} of {each.file_name}" for each in changed),
        )

    def _propose(self, columns: Sequence[DataColumn]) -> MappingProposal:
        with self._work.reading():
            memory: Memory = memory_of(self._work, self._migration_id)
        depth = max(len(column.samples) for column in columns)
        cells = [[*column.samples, *[""] * (depth - len(column.samples))] for column in columns]
        rows = [[column[place] for column in cells] for place in range(depth)]
        return suggest(Table.of([column.header for column in columns], rows), memory)


def _word(request: LearnFieldMapping, migration_id: int, by: Identity) -> Correction:
    if request.field is not None and request.field not in catalogue():
        raise BadInput(f"There is no field {request.field!r}.", hint="Use a key of the field catalogue.")
    if request.refuse and request.field is None:
        raise BadInput("To refuse a field, name it.", hint="Leave refuse out to have the column ignored.")
    verdict = Verdict.NOT if request.refuse else (Verdict.MEANS if request.field else Verdict.IGNORE)
    return Correction(
        number=0,
        header=request.header,
        verdict=verdict,
        field=request.field,
        file=_file(request),
        author=by.name,
        reason=request.reason,
        migration_id=migration_id,
    )


def _file(request: LearnFieldMapping) -> CorrectedFile | None:
    if not request.columns:
        return None
    plain = header_keys().plain
    known = plain(request.header) in map(plain, request.columns)
    headers = request.columns if known else (request.header, *request.columns)
    export, kind = mapping.recognise(headers, mapping_knowledge())
    return CorrectedFile(format=export, kind=request.asset_type or kind, headers=headers)


def _bare(headers: Sequence[str], without: str) -> list[DataColumn]:
    return [DataColumn(header=header) for header in headers if header.strip() and header != without]


def _field_mapping(suggestion: Suggestion) -> FieldMapping:
    return FieldMapping(
        header=suggestion.header,
        field=suggestion.field,
        label=catalogue()[suggestion.field].label if suggestion.field else None,
        confidence=suggestion.confidence,
        band=suggestion.band,
        unit=suggestion.unit,
        learned=suggestion.source is Source.LEARNED,
        alternatives=tuple(_possible(other.field, other.confidence) for other in suggestion.alternatives),
        reasons=tuple(evidence.text for evidence in suggestion.evidence),
    )


def _possible(key: str, confidence: float) -> PossibleField:
    field = catalogue()[key]
    return PossibleField(field=key, label=field.label, description=field.description, confidence=confidence)
