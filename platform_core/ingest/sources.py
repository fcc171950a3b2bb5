"""The tables a file holds, ready to be read row by row: where container, encoding, delimiter and header row meet."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path

from platform_core.domain.base import Progress
from platform_core.domain.reading import Dialect, FileFormat, ReadChoices, ReadLimits
from platform_core.ingest import refusals
from platform_core.ingest.blocks import Block, records_and_blocks
from platform_core.ingest.container import check_text, recognise
from platform_core.ingest.delimiter import DELIMITERS, choose_delimiter
from platform_core.ingest.encoding import (
    Encoding,
    accented_samples,
    chosen_encoding,
    detect_encoding,
    open_text,
    scan,
)
from platform_core.ingest.layout import Layout, find_layout, head_of
from platform_core.ingest.records import PhysicalLines, Record, records
from platform_core.ingest.workbook import Sheet, sheets_of

DEFAULT_LIMITS = ReadLimits()
ALL_DETECTED = ReadChoices()

_START = 64 * 1024
"""Characters that show whether a file is text."""

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
"""A first line by which Excel is told the delimiter; it is no row."""


@dataclass(frozen=True)
class Source:
    """One table about to be read.

    `where` names it in messages, `head` are the first records from which `layout` was found, `rows` all records below
    the header, blank lines included, sound ones in blocks. `share_read` tells how far into the file a line lies
    (0..1), `noticed` returns notes on what only reading to the end could show.
    """

    where: str
    sheet: str | None
    format: FileFormat
    dialect: Dialect
    layout: Layout
    head: list[Record]
    rows: Iterator[Record | Block]
    share_read: Callable[[int], float]
    notes: tuple[str, ...] = ()
    accented: tuple[str, ...] = ()
    noticed: Callable[[], list[str]] = list


@dataclass(frozen=True)
class SkippedSheet:
    """A worksheet without a table, and the sentence that says why."""

    sheet: str
    reason: refusals.NoTable


Tables = Generator[Source | SkippedSheet, None, None]


def tables_in(path: Path, name: str, limits: ReadLimits, choices: ReadChoices, progress: Progress) -> Tables:
    """Yield each table of the file, to be read before the next is asked for; close the generator when done early.

    Raises BadInput, with a sentence for the person, when the file cannot be read as a table.
    """
    if recognise(path, name, limits) is FileFormat.EXCEL:
        progress(0.0, "Opening the workbook")
        yield from _tables_of_workbook(path, name, limits, choices)
    else:
        yield from _table_of_text(path, name, limits, choices, progress)


def _table_of_text(path: Path, name: str, limits: ReadLimits, choices: ReadChoices, progress: Progress) -> Tables:
    found = scan(path, progress)
    encoding = chosen_encoding(found, choices.encoding) if choices.encoding is not None else detect_encoding(found)
    with open_text(path, encoding) as text:
        check_text(text.read(_START), name)
    declared = None if choices.header_row == 1 else _declared_delimiter(path, encoding)
    delimiter = _delimiter(path, name, encoding, choices.delimiter, declared)
    with open_text(path, encoding) as text:
        lines = PhysicalLines(text, name)
        stream = islice(records(lines, delimiter), 1 if declared else 0, None)
        head = head_of(stream)
        layout = find_layout(head, name, limits, choices.header_row)
        yield Source(
            where=name,
            sheet=None,
            format=FileFormat.CSV,
            dialect=Dialect(encoding=encoding.name, delimiter=delimiter, header_row=layout.header_line),
            layout=layout,
            head=head,
            rows=chain(
                head[layout.skipped :],
                records_and_blocks(lines, delimiter, layout.width, limits.max_cell_length),
            ),
            share_read=partial(_share_of_bytes, text, path.stat().st_size),
            notes=encoding.notes,
            accented=tuple(accented_samples(found, encoding)),
            noticed=partial(_note_on_nuls, lines),
        )


def _declared_delimiter(path: Path, encoding: Encoding) -> str | None:
    with open_text(path, encoding) as text:
        declared = _SEPARATOR_LINE.fullmatch(text.readline(20))
    return declared[1] if declared else None


def _delimiter(path: Path, name: str, encoding: Encoding, choice: str | None, declared: str | None) -> str:
    """Return the delimiter chosen (BadInput if it is not on offer), else the one declared, else the one found."""
    if choice is not None:
        if choice not in DELIMITERS:
            raise refusals.unknown_choice("delimiter", ", ".join(DELIMITERS.values()))
        return choice
    if declared is not None and declared in DELIMITERS:
        return declared
    heads = {}
    for delimiter in DELIMITERS:
        with open_text(path, encoding) as text:
            heads[delimiter] = head_of(records(PhysicalLines(text, name), delimiter))
    return choose_delimiter(heads)


def _share_of_bytes(text: io.TextIOWrapper, size: int, _: int) -> float:
    return os.lseek(text.fileno(), 0, os.SEEK_CUR) / size


def _note_on_nuls(lines: PhysicalLines) -> list[str]:
    if not lines.nul_lines:
        return []
    return [f"NUL characters were taken out of {lines.nul_lines:,} {'line' if lines.nul_lines == 1 else 'lines'}."]


def _tables_of_workbook(path: Path, name: str, limits: ReadLimits, choices: ReadChoices) -> Tables:
    skipped: list[SkippedSheet] = []
    tables = 0
    with closing(sheets_of(path, name, limits)) as sheets:
        for sheet in sheets:
            table = _table_of_sheet(sheet, name, limits, choices)
            if isinstance(table, SkippedSheet):
                skipped.append(table)
            else:
                tables += 1
            yield table
    if not tables:
        raise skipped[0].reason if len(skipped) == 1 else refusals.no_table(name)


def _table_of_sheet(sheet: Sheet, name: str, limits: ReadLimits, choices: ReadChoices) -> Source | SkippedSheet:
    where = sheet.name if sheet.of > 1 else name
    head = head_of(sheet.rows)
    try:
        layout = find_layout(head, where, limits, choices.header_row)
    except refusals.NoTable as reason:
        return SkippedSheet(sheet.name, reason)
    return Source(
        where=where,
        sheet=sheet.name,
        format=FileFormat.EXCEL,
        dialect=Dialect(encoding="", delimiter="", header_row=layout.header_line),
        layout=layout,
        head=head,
        rows=chain(head[layout.skipped :], sheet.rows),
        share_read=partial(_share_of_sheets, sheet),
        notes=("This sheet is hidden in the workbook.",) if sheet.is_hidden else (),
    )


def _share_of_sheets(sheet: Sheet, line: int) -> float:
    return (sheet.place + line / sheet.last_row) / sheet.of
