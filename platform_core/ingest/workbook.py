"""The sheets of a workbook, read by a child process whose memory and time are limited."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from platform_core.domain.reading import ReadLimits
from platform_core.errors import BadInput
from platform_core.ingest import refusals
from platform_core.ingest.records import Record

MOST_CELLS = 10_000_000
"""Cells of one sheet's used area, blank ones included: 250,000 rows of 40 columns. Larger tables come as CSV."""

_SCRIPT = Path(__file__).with_name("sheet_cells.py")

_REFUSED: MappingProxyType[str, Callable[[str], BadInput]] = MappingProxyType(
    {"memory": refusals.too_much_work, "damaged": refusals.damaged}
)


@dataclass(frozen=True)
class Sheet:
    """One worksheet: its name, its place among the workbook's sheets, its last used row, and its filled rows."""

    name: str
    is_hidden: bool
    place: int
    of: int
    last_row: int
    rows: Iterator[Record]


def sheets_of(path: Path, name: str, limits: ReadLimits) -> Generator[Sheet, None, None]:
    """Yield every worksheet; its rows are to be read before the next sheet is asked for, what is left is skipped.

    Cells are text as `sheet_cells.text_of` prints them, blank rows are left out, lines are the sheet's row numbers.
    Raises BadInput when the workbook is protected, damaged or too large. Closing the generator ends the child process.
    """
    with _child(path, limits) as output:
        messages = _messages(output, name)
        names = next(messages)["sheets"]
        for place, announced in enumerate(messages):
            _check_area(announced, limits)
            rows = iter(partial(next, messages), None)
            records = (Record(line, cells) for line, cells in rows)
            yield Sheet(announced["sheet"], announced["hidden"], place, len(names), announced["last"][0], records)
            deque(rows, maxlen=0)


@contextmanager
def _child(path: Path, limits: ReadLimits) -> Iterator[IO[str]]:
    arguments = [str(path.resolve()), str(MOST_CELLS), str(limits.max_cell_length)]
    with subprocess.Popen(  # noqa: S603 - our own script; the path is one argument, no shell reads it
        [sys.executable, "-P", str(_SCRIPT), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="ascii",
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout
        finally:
            process.kill()


def _messages(output: IO[str], name: str) -> Iterator[Any]:
    """Yield what the child says until it ends; a child that died in mid-sentence ran out of memory or time."""
    for line in output:
        try:
            message = json.loads(line)
        except ValueError:
            break
        if isinstance(message, dict) and "refused" in message:
            raise _REFUSED[message["refused"]](name)
        if isinstance(message, dict) and "end" in message:
            return
        yield message
    raise refusals.too_much_work(name)


def _check_area(announced: dict[str, Any], limits: ReadLimits) -> None:
    sheet, columns, cells = announced["sheet"], announced["columns"], announced["cells"]
    if columns > limits.max_columns:
        raise refusals.too_many_columns(sheet, columns, limits.max_columns)
    if cells > MOST_CELLS:
        row, column = announced["last"]
        raise refusals.sheet_too_large(sheet, f"{_letters(column)}{row}", cells, MOST_CELLS)


def _letters(column: int) -> str:
    """Return the letters of a column counted from 1: 28 → "AB"."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
