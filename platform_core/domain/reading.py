"""What reading a file yields: the dialect found, the table, and the rows that could not be stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from platform_core.domain.base import Frozen
from platform_core.domain.table import QuarantinedRow, Table


class FileFormat(StrEnum):
    """The container a file turned out to be, whatever its name says."""

    CSV = "csv"
    EXCEL = "excel"


class Dialect(Frozen):
    """How a text file was read. For a sheet, encoding and delimiter are "".

    `header_row` is the physical line of the header, from 1; None when the file has no header and the columns
    were named Column 1, Column 2, …
    """

    encoding: str
    delimiter: str
    header_row: int | None


class ReadChoices(Frozen):
    """What the analyst fixed instead of letting it be detected; None = detect.

    `header_row` 0 means "there is no header row".
    """

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None


class ReadLimits(Frozen):
    """The most that is accepted, enforced on the server; and the least.

    `min_rows` 0 also accepts a table that is only a header, for callers that ask about the columns alone.
    """

    max_bytes: int = 1024 * 1024 * 1024
    max_rows: int = 5_000_000
    max_columns: int = 2_000
    max_cell_length: int = 100_000
    min_rows: int = 1


@dataclass(frozen=True)
class Reading:
    """One table read from a file (a workbook yields one for each sheet that holds a table).

    Always: `rows_read` = `rows_stored` + `rows_quarantined`. `notes` are sentences about what was noticed and
    decided ("3 lines above the header were left out").
    """

    sheet: str | None
    format: FileFormat
    dialect: Dialect
    table: Table
    rows_read: int
    rows_stored: int
    rows_quarantined: int
    quarantine: tuple[QuarantinedRow, ...] = ()
    notes: tuple[str, ...] = ()

    def in_memory(self) -> Reading:
        """Return the same reading with its table in memory, so that the Parquet file may be deleted."""
        return replace(self, table=self.table.in_memory())
