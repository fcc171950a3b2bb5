"""What was learned about headers, and corrections read out of free text."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from platform_core.domain.base import Frozen


class Scope(StrEnum):
    """How far a correction reaches."""

    MIGRATION = "migration"
    ORGANISATION = "organisation"


class CorrectionKind(StrEnum):
    """What a correction is about."""

    MAPPING = "mapping"
    STRATEGY = "strategy"
    WAVE = "wave"


class LearnedMapping(Frozen):
    """An analyst's word that a header means a field (None = nothing we keep).

    `format` is the recognised export it was said of ("RVTools vInfo"); None = any file.
    """

    header: str
    field: str | None
    format: str | None = None
    author: str = ""
    at: datetime | None = None


class ProposedCorrection(Frozen):
    """A correction understood from free text, to be confirmed before it counts. `field` None = leave unmapped."""

    header: str
    field: str | None


class UnderstoodFeedback(Frozen):
    """What could be read out of a text, and the parts that could not."""

    corrections: tuple[ProposedCorrection, ...]
    not_understood: tuple[str, ...]
