"""Files and imports on the wire: what was found in them, columns, decisions."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict, Field

from platform_core.api.schemas.building_blocks import Asked, Name, Number, Schema, Whole
from platform_core.domain.imports import ImportState
from platform_core.domain.inventory import AssetKind
from platform_core.domain.mapping import Band, EvidenceKind, FileKind, MappingState, Source
from platform_core.domain.reading import FileFormat
from platform_core.services.mappings import Action

CONTENT = "Hostname,CPUs,RAM (MB),Operating System\nweb01,4,16384,Windows Server 2012 R2\n"


class CandidateOut(Schema):
    """A possible field and the probability that it is right."""

    field: str
    confidence: float


class EvidenceOut(Schema):
    """One signed reason for or against a suggestion; weights are in logits."""

    kind: EvidenceKind
    text: str
    weight: float


class SuggestionOut(Schema):
    """The mapper's answer for a column: a field or none, its calibrated confidence, unit, reasons, and who says so."""

    position: int
    header: str
    field: str | None
    confidence: float
    band: Band
    unit: str | None
    unit_is_guess: bool
    duplicate_of: int | None
    alternatives: list[CandidateOut]
    evidence: list[EvidenceOut]
    source: Source


class FileFoundOut(Schema):
    """A file or sheet: how it was read, what its rows describe and why, its columns, which critical fields it lacks."""

    name: str
    sheet: str | None
    encoding: str
    delimiter: str
    header_row: int | None
    rows_read: int
    rows_stored: int
    rows_quarantined: int
    notes: list[str]
    kind: FileKind
    kind_confidence: float
    kind_reasons: list[str]
    format: str | None
    columns: list[SuggestionOut]
    missing: list[str]


class QualityPartOut(Schema):
    """One part of the quality score: `good` of `total` things are in order; `score` is 0..100."""

    name: str
    good: int
    total: int
    score: float | None
    text: str


class FindingCountOut(Schema):
    """How many findings of a kind there are."""

    kind: str
    number: int


class FindingOut(Schema):
    """One finding about a value or row."""

    kind: str
    field: str | None
    asset_key: str | None
    file: str
    line: int
    text: str


class Discovery(Schema):
    """What an inventory of the files would be. `sources` tells who made each part; columns tell it one by one."""

    files: list[FileFoundOut]
    assets: dict[AssetKind, int]
    dependencies: int
    score: float | None = Field(description="Quality, 0..100; null where nothing could be looked at.")
    parts: list[QualityPartOut]
    findings: list[FindingCountOut]
    first_findings: list[FindingOut]
    warnings: list[str]
    sources: dict[str, Source]


class FileGiven(Asked):
    """A file as text. Programs that hold bytes send a form instead."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"filename": "servers.csv", "content": CONTENT}]}
    )

    filename: Name
    content: str = Field(min_length=1)
    migration_id: Number | None = None


class ImportGiven(FileGiven):
    """A file as text that is to be kept in a migration."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"filename": "servers.csv", "content": CONTENT, "migration_id": 1}]},
    )

    migration_id: Number


class ImportOut(Schema):
    """An uploaded file or sheet: how it was read, and how far its mapping is."""

    id: int
    number: int
    file_name: str
    sheet: str | None
    size_bytes: int
    file_format: FileFormat
    encoding: str
    delimiter: str
    header_row: int | None
    notes: list[str]
    rows_read: int
    rows_stored: int
    rows_quarantined: int
    columns: int
    kind: FileKind
    kind_reasons: list[str]
    format: str | None
    state: ImportState
    to_review: int
    mapped: int
    created_at: datetime
    created_by: str
    version: int


class ColumnOut(Schema):
    """A column of an import: samples, what was suggested, what stands now and who says so."""

    position: int
    header: str
    samples: list[str]
    field: str | None
    unit: str | None
    confidence: float
    band: Band
    state: MappingState
    source: Source
    suggested_field: str | None
    suggested_unit: str | None
    unit_is_guess: bool
    duplicate_of: str | None
    changed_by: str | None
    needs_decision: bool
    version: int


class QuarantinedOut(Schema):
    """A row that could not be stored, as it stands in the file, and why."""

    line: int
    reason: str
    raw: str


class DecisionGiven(Asked):
    """A word about one column; `version` is the one it was seen at."""

    position: Whole
    action: Action
    field: Name | None = None
    unit: Name | None = None
    version: Number | None = None


class Decisions(Asked):
    """Words about some columns of an import; all are kept, or none."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"decisions": [{"position": 2, "action": "change", "field": "memory_gb", "unit": "MB"}]}]
        },
    )

    decisions: list[DecisionGiven] = Field(min_length=1, max_length=2_000)


class Decided(Schema):
    """How many columns changed."""

    changed: int


class Application(Asked):
    """To make an import part of the inventory; `undecided` also uses open suggestions that ask for a review."""

    version: Number
    undecided: bool = False


class Withdrawal(Asked):
    """To take an import out of the inventory again."""

    version: Number
