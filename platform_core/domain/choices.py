"""How an analyst wants the cells of one column to be read where the column itself leaves it open."""

from __future__ import annotations

from enum import StrEnum

from platform_core.domain.base import Frozen


class Several(StrEnum):
    """What becomes of a cell that holds several values ("Oracle; Java" , "Finance | HR")."""

    SPLIT = "split"  # each value counts by itself
    KEEP = "keep"  # the cell is one value, separators and all
    FIRST = "first"  # only the first value counts


class ColumnChoices(Frozen):
    """What an analyst said about the notation of a column; None = not said, the column's own evidence counts.

    `day_first` settles 3/4/2024, `decimal_comma` settles 1,234; `several` says what cells with several values are.
    """

    day_first: bool | None = None
    decimal_comma: bool | None = None
    several: Several | None = None

    @property
    def said(self) -> dict[str, bool | str]:
        """The answers that were given, as they are stored."""
        return self.model_dump(mode="json", exclude_none=True)


NOTHING_SAID = ColumnChoices()
