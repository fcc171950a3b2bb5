"""What the mapper says about a column, and what an analyst decides about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from platform_core.domain.base import Frozen
from platform_core.domain.choices import NOTHING_SAID, ColumnChoices
from platform_core.domain.table import Table


class FileKind(StrEnum):
    """What one row of a file describes."""

    SERVER = "server"
    APPLICATION = "application"
    DATABASE = "database"
    NETWORK = "network"
    STORAGE = "storage"
    HARDWARE = "hardware"
    SOFTWARE = "software"
    DEPENDENCY = "dependency"
    SECURITY = "security"
    OTHER = "other"

    @property
    def is_inventory(self) -> bool:
        """Whether rows of this kind become assets or dependencies."""
        return self not in {FileKind.SECURITY, FileKind.OTHER}


class EvidenceKind(StrEnum):
    """Where a reason for a suggestion comes from."""

    NAME = "name"
    VALUES = "values"
    FILE_KIND = "file_kind"
    FORMAT = "format"
    LEARNED = "learned"
    QUALIFIER = "qualifier"
    COMPETITION = "competition"


class Evidence(Frozen):
    """One signed reason for or against a suggestion, in words an analyst can check.

    `weight` is in logits: the weights of a suggestion add up to its score before calibration.
    """

    kind: EvidenceKind
    text: str
    weight: float


class Source(StrEnum):
    """Who made a suggestion or decision."""

    RULES = "rules"
    LEARNED = "learned"
    AGENT = "agent"
    ANALYST = "analyst"


class Band(StrEnum):
    """What a suggestion's calibrated confidence asks of the analyst."""

    ACCEPT = "accept"
    REVIEW = "review"
    UNMAPPED = "unmapped"


class Combine(StrEnum):
    """How several columns of one field become one value."""

    FIRST = "first"  # the first non-empty one, primary column first
    SUM = "sum"
    LIST = "list"


class Candidate(Frozen):
    """A possible field for a column and the probability that it is right."""

    field: str
    confidence: float


class Suggestion(Frozen):
    """The mapper's answer for one column: a field, or none, with its reasons.

    `field` None means left unmapped; `alternatives` are ranked, hold every other candidate worth showing and,
    for an unmapped column, the best guess below the threshold. `confidence` is the calibrated probability that
    the answer is right. `unit` is the unit of the source values; `unit_is_guess` asks the analyst to confirm it.
    `duplicate_of` is the position of the primary column for the same field. `choices` are what analysts said before
    about the notation of such a column.
    """

    position: int
    header: str
    field: str | None
    confidence: float
    band: Band
    unit: str | None = None
    unit_is_guess: bool = False
    combine: Combine = Combine.FIRST
    duplicate_of: int | None = None
    alternatives: tuple[Candidate, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    source: Source = Source.RULES
    choices: ColumnChoices = NOTHING_SAID


class MappingProposal(Frozen):
    """The mapper's answer for a whole table: what its rows are, and one suggestion a column, in column order.

    `format` names a recognised export ("RVTools vInfo"), None when the layout is not a known one.
    """

    kind: FileKind
    kind_confidence: float
    kind_evidence: tuple[Evidence, ...]
    format: str | None
    suggestions: tuple[Suggestion, ...]


class TaughtColumn(Frozen):
    """A column whose meaning an analyst settled: `field` None = nothing we keep.

    `headers` are all headers of its file in order, `position` its place among them, `kind` what the file's rows are.
    """

    headers: tuple[str, ...]
    position: int
    kind: FileKind
    field: str | None


class MappingState(StrEnum):
    """Where the decision about a column stands."""

    SUGGESTED = "suggested"
    ACCEPTED = "accepted"
    CHANGED = "changed"
    REJECTED = "rejected"
    IGNORED = "ignored"


class MappedColumn(Frozen):
    """An accepted decision: column `position` of a table feeds `field`, read in `unit` (None = as it stands).

    `choices` settle what the column's own cells leave open.
    """

    position: int
    header: str
    field: str
    unit: str | None = None
    combine: Combine = Combine.FIRST
    choices: ColumnChoices = NOTHING_SAID


@dataclass(frozen=True)
class MappedTable:
    """A table with the decisions that turn its rows into assets or dependencies.

    `import_id` is the number by which lineage refers to the file; columns come primary first for each field.
    """

    import_id: int
    name: str
    kind: FileKind
    table: Table
    columns: tuple[MappedColumn, ...]
