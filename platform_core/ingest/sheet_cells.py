"""Reads a workbook in a process of its own and writes its cells to standard output, a JSON document a line.

Run as a script by `workbook.py`, never imported by the product: parsing a hostile workbook may need any amount of
memory and time, so this process limits both for itself, and its death costs nobody else anything.

It says `{"sheets": [name, …]}`; then, for each worksheet, `{"sheet": name, "hidden": …, "cells": …, "columns": …,
"last": [row, column]}`, a line `[row number, [text, …]]` for every row that is not blank, and `null`; at the end
`{"end": true}`, or at any point `{"refused": reason}`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sys
from decimal import Decimal

import python_calamine as calamine

MEMORY = 1536 * 1024 * 1024
"""Bytes of address space. A full sheet of 10 million cells was measured at 1.2 GB."""

SECONDS = 120
"""Processor time. Reading a full sheet of 10 million cells and writing it out was measured at 15 s."""


def main(path: str, most_cells: int, longest: int) -> None:
    """Write the cells of the workbook at `path`; sheets beyond `most_cells` are announced but not written.

    Texts are cut at one character more than `longest`, so that the reader can tell and refuse them.
    """
    _limit_this_process()
    try:
        with calamine.CalamineWorkbook.from_object(path) as workbook:
            kinds = (calamine.SheetTypeEnum.WorkSheet, calamine.SheetTypeEnum.MacroSheet)
            wanted = [(i, meta) for i, meta in enumerate(workbook.sheets_metadata) if meta.typ in kinds]
            _say({"sheets": [meta.name for _, meta in wanted]})
            for index, meta in wanted:
                _write_sheet(workbook.get_sheet_by_index(index), meta, most_cells, longest)
        _say({"end": True})
    except MemoryError:
        _say({"refused": "memory"})
    except BrokenPipeError:
        raise
    except BaseException:  # noqa: BLE001 - the reader's panics are no Exception, and any of them means the same
        _say({"refused": "damaged"})


def _limit_this_process() -> None:
    """Cap memory and processor time where the system can (not on Windows)."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - missing on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _write_sheet(sheet: calamine.CalamineSheet, meta: calamine.SheetMetadata, most_cells: int, longest: int) -> None:
    last_row, last_column = sheet.end or (-1, -1)
    hidden = meta.visible is not calamine.SheetVisibleEnum.Visible
    cells = sheet.height * sheet.width
    last = [last_row + 1, last_column + 1]
    _say({"sheet": meta.name, "hidden": hidden, "cells": cells, "columns": sheet.width, "last": last})
    if 0 < cells <= most_cells:
        for number, row in enumerate(sheet.iter_rows(), start=1):
            if any(cell != "" for cell in row):
                _say([number, [text_of(cell)[: longest + 1] for cell in row]])
    _say(None)


def text_of(value: object) -> str:
    """Return a cell's value as text: 16.0 → "16", True → "TRUE", dates as ISO 8601, durations as h:mm:ss."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, dt.timedelta):
        return _duration(value)
    if isinstance(value, (dt.datetime, dt.time)):
        return value.isoformat(timespec="milliseconds").removesuffix(".000")
    return str(value.isoformat()) if isinstance(value, dt.date) else str(value)


def _number(value: float) -> str:
    """Print a number as a sheet shows it in full: no ".0", no exponent unless it has more than 21 digits."""
    if value == 0:
        return "0"
    if value != value or not 1e-15 < abs(value) < 1e21:  # noqa: PLR0124 - NaN
        return repr(value)
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def _duration(value: dt.timedelta) -> str:
    seconds = round(value.total_seconds())
    sign = "-" if seconds < 0 else ""
    minutes, second = divmod(abs(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{sign}{hour}:{minute:02}:{second:02}"


def _say(document: object) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=True, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
