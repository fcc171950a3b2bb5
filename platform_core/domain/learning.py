"""What analysts teach: their words on headers as events, and what they amount to for a file."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from platform_core.domain.base import Frozen
from platform_core.domain.choices import NOTHING_SAID, ColumnChoices
from platform_core.domain.mapping import FileKind


class Scope(StrEnum):
    """How far a correction reaches."""

    MIGRATION = "migration"
    ORGANISATION = "organisation"


class CorrectionKind(StrEnum):
    """What a correction is about."""

    MAPPING = "mapping"
    STRATEGY = "strategy"
    WAVE = "wave"


class Verdict(StrEnum):
    """What an analyst says about a header."""

    MEANS = "means"
    IGNORE = "ignore"  # nothing we keep
    NOT = "not"  # not this field, whatever else it is


class CorrectedFile(Frozen):
    """What makes a file known again: the export it was recognised as, what its rows describe, and its layout.

    `headers` are all headers in file order; `kind` is None where nobody said what the rows are.
    """

    format: str | None = None
    kind: FileKind | None = None
    headers: tuple[str, ...] = ()


class Loss(Frozen):
    """A column that a correction would take from its right answer, were it to count for other files too.

    `where` names the file or export; `field` is the right answer and `instead` the wrong one (None = unmapped).
    """

    where: str
    header: str
    field: str | None
    instead: str | None


class Correction(Frozen):
    """One word of an analyst on a header: an event that is superseded or undone, never altered.

    `number` orders the log, later words count more. `field` is the field meant or refused (None for IGNORE),
    `before` what stood until then, `choices` what was said about the notation of the column. `file` is the file it was
    said of, None = said of any file. `migration_id` None = taken over from elsewhere. With `would_lose` the word
    counts for its own export only.
    """

    number: int
    header: str
    verdict: Verdict
    field: str | None = None
    before: str | None = None
    choices: ColumnChoices = NOTHING_SAID
    file: CorrectedFile | None = None
    author: str = ""
    at: datetime | None = None
    reason: str = ""
    scope: Scope = Scope.MIGRATION
    migration_id: int | None = None
    would_lose: tuple[Loss, ...] = ()
    undone_by: str | None = None
    undone_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether nobody has undone it."""
        return self.undone_at is None

    @property
    def settles(self) -> bool:
        """Whether it says what the column is, not only what it is not."""
        return self.verdict is not Verdict.NOT


class LearnedMapping(Frozen):
    """What analysts' words amount to for a header: a field (None = nothing we keep), and fields it must not get.

    `format` is the recognised export it holds for ("RVTools vInfo"); None = any file. `is_word` False = only the
    `vetoes` count. `is_certain` False = it was said of other files only, or others disagree (`is_disputed`): it is
    weighed against everything else instead of settling the column, and what is disputed is never accepted unseen.
    `note` says which. `choices` are what was said about the notation of the column in the same export.
    """

    header: str
    field: str | None
    format: str | None = None
    author: str = ""
    at: datetime | None = None
    is_word: bool = True
    is_certain: bool = True
    is_disputed: bool = False
    vetoes: tuple[str, ...] = ()
    choices: ColumnChoices = NOTHING_SAID
    note: str = ""


class Disagreement(Frozen):
    """Words on one header of one kind of file that cannot all be right; the first of `words` is the one that counts."""

    header: str
    file: CorrectedFile | None
    words: tuple[Correction, ...]


class ProposedCorrection(Frozen):
    """A correction understood from free text, to be confirmed before it counts.

    `field` None = leave unmapped; with `is_refusal` the header is anything but `field`.
    """

    header: str
    field: str | None
    is_refusal: bool = False

    @property
    def verdict(self) -> Verdict:
        """What it says about the header."""
        if self.is_refusal:
            return Verdict.NOT
        return Verdict.IGNORE if self.field is None else Verdict.MEANS


class UnderstoodFeedback(Frozen):
    """What could be read out of a text, and the parts that could not."""

    corrections: tuple[ProposedCorrection, ...]
    not_understood: tuple[str, ...]
