"""How these tests read bytes: through the public function, in a folder of their own."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from platform_core.domain.base import Progress, silent
from platform_core.domain.reading import ReadChoices, Reading, ReadLimits
from platform_core.ingest import read

DEFAULT_LIMITS = ReadLimits()
FILES = Path(__file__).parent / "files"


@dataclass(frozen=True)
class Outcome:
    """One table as it was read, with its rows taken out of the Parquet file."""

    reading: Reading
    lines: list[int]
    rows: list[list[str]]

    @property
    def headers(self) -> list[str]:
        return list(self.reading.table.headers)

    @property
    def header_line(self) -> int | None:
        return self.reading.dialect.header_row

    @property
    def set_aside(self) -> list[tuple[int, str]]:
        return [(row.line, row.raw) for row in self.reading.quarantine]


def read_all(
    content: str | bytes,
    name: str = "export.csv",
    *,
    limits: ReadLimits = DEFAULT_LIMITS,
    progress: Progress = silent,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
) -> list[Outcome]:
    """Read `content` (text is stored as UTF-8) and return every table; fails if a file is left that is no table."""
    choices = ReadChoices(encoding=encoding, delimiter=delimiter, header_row=header_row)
    with tempfile.TemporaryDirectory() as folder:
        original, into = Path(folder) / "original", Path(folder) / "tables"
        original.write_bytes(content.encode() if isinstance(content, str) else content)
        readings = read(original, name=name, into=into, limits=limits, choices=choices, progress=progress)
        assert sorted(into.iterdir()) == sorted(Path(str(reading.table.source)) for reading in readings)
        return [_outcome(reading) for reading in readings]


def read_one(content: str | bytes, name: str = "export.csv", **options: object) -> Outcome:
    """Read `content`, which holds one table."""
    (outcome,) = read_all(content, name, **options)  # type: ignore[arg-type]
    return outcome


def _outcome(reading: Reading) -> Outcome:
    lines, rows = [], []
    for batch in reading.table.batches():
        lines += batch.lines.tolist()
        rows += [list(cells) for cells in zip(*batch.cells.values(), strict=True)]
    assert reading.rows_read == reading.rows_stored + reading.rows_quarantined
    assert len(rows) == reading.rows_stored
    return Outcome(reading, lines, rows)


def as_csv(rows: Sequence[Sequence[str]], delimiter: str = ",", end: str = "\r\n") -> str:
    """Write rows as most tools do."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()


def physical_lines(text: str) -> int:
    """Count the line ends in `text`."""
    return len(re.findall(r"\r\n|\r|\n", text))
