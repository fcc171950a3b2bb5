"""The strict scan: the records of a delimited text, each with its physical line and its text as it stands.

The standard library's `csv` in strict mode is the judge. A record it refuses (a stray or unclosed quote) must not
swallow the rest of the file: only the physical line it began on is given up, and reading goes on with the next line.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple, TextIO

from platform_core.ingest import refusals
from platform_core.ingest.encoding import UNDECODABLE

LONGEST_LINE = 4 * 1024 * 1024
"""Characters of one physical line, and of one record: 40 columns of the longest cells; keeps memory bounded."""

MOST_LINES = 1_000
"""Physical lines one record may span; beyond that a quote is taken as unclosed."""

MOST_REREAD = 2_000_000
"""Lines that may be read again after unclosed quotes; keeps a hostile file from costing its square in time."""


class Fault(StrEnum):
    """Why a record cannot be a row whatever the table's width; the value is the sentence shown."""

    QUOTES = "A quote is not closed, or stands inside a quoted cell."
    UNDECODABLE = "It holds bytes that do not belong to the encoding."
    OVERLONG = "A cell is too long."


class Record(NamedTuple):
    """A record: its first physical line (or sheet row) from 1, its cells, its raw text, and what is wrong with it.

    A blank line has no cells. A sheet's row has no raw text.
    """

    line: int
    cells: list[str]
    raw: str = ""
    fault: Fault | None = None

    @property
    def is_blank(self) -> bool:
        """Whether this is an empty line rather than a row."""
        return not self.cells and self.fault is None


class _UnclosedQuote(csv.Error):
    """A record grew beyond what a record may be."""


class PhysicalLines:
    """Hands physical lines to `csv.reader` one at a time, remembering those of the record under way.

    NUL characters are taken out: no tool writes them as text, and neither databases nor spreadsheets can store them.
    """

    def __init__(self, text: TextIO, name: str) -> None:
        self._text, self._readline = text, text.readline
        self._name = name
        self._again: deque[str] = deque()
        self._reread = 0
        self._taken: list[str] = []
        self._size = 0
        self.line = 1
        self.nul_lines = 0

    def __iter__(self) -> PhysicalLines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._next_from_file()
        self._taken.append(line)
        self._size += len(line)
        if len(self._taken) > MOST_LINES or self._size > LONGEST_LINE:
            raise _UnclosedQuote
        return line

    def _next_from_file(self) -> str:
        line = self._readline(LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        return self._checked(line)

    def _checked(self, line: str) -> str:
        if len(line) > LONGEST_LINE:
            raise refusals.line_too_long(self._name, LONGEST_LINE)
        if "\0" in line:
            self.nul_lines += 1
            line = line.replace("\0", "")
        return line

    @property
    def has_more_to_reread(self) -> bool:
        """Whether lines that were read already are read again next."""
        return bool(self._again)

    def stretch(self, size: int) -> str:
        """Return about `size` characters from the file, whole physical lines; empty at its end."""
        text = self._text.read(size)
        return text + self._readline(LONGEST_LINE + 1) if text else text

    def skip(self, lines: int) -> None:
        """Tell that so many lines of a stretch were used."""
        self.line += lines

    def read_again(self, stretch: str) -> None:
        """Have a stretch read line by line after all."""
        for line in io.StringIO(stretch, newline=""):
            self._again.append(self._checked(line))

    def take(self) -> list[str]:
        """Return the physical lines of the record just finished; `line` then is the number of the next one."""
        taken, self._taken, self._size = self._taken, [], 0
        self.line += len(taken)
        return taken

    def give_back(self) -> str:
        """Keep the first line of the record under way as lost, queue the others to be read again."""
        first, *others = self.take()
        self.line -= len(others)
        self._reread += len(others)
        if self._reread > MOST_REREAD:
            raise refusals.broken_quotes(self._name)
        self._again.extendleft(reversed(others))
        return first


def records(lines: PhysicalLines, delimiter: str) -> Iterator[Record]:
    """Yield every record of `lines`, blank lines included, in order; faults are marked, never raised.

    Raises BadInput for a physical line beyond `LONGEST_LINE` or quotes broken beyond repair.
    """
    while True:
        try:
            for cells in csv.reader(lines, delimiter=delimiter, strict=True):
                line, taken = lines.line, lines.take()
                raw = taken[0] if len(taken) == 1 else "".join(taken)
                yield Record(line, cells, raw, Fault.UNDECODABLE if UNDECODABLE in raw else None)
        except csv.Error:
            line, raw = lines.line, lines.give_back()
            overlong = len(raw) > csv.field_size_limit()
            yield Record(line, [], raw, Fault.OVERLONG if overlong else Fault.QUOTES)
        else:
            return
