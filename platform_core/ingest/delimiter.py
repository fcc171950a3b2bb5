"""Which delimiter a text uses, and where its table begins, by how consistent the width of its rows is.

After a possible preamble, the rows of a table are equally wide: the delimiter under which the commonest width holds
for most rows, with cells free of other delimiters, is the right one. The idea is the consistency measure of van den
Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type patterns" (2019), made simpler.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from platform_core.ingest.records import Record

DELIMITERS = MappingProxyType({",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", "^": "caret"})
"""Delimiters an analyst may choose from: the character → its name on the screen."""

PREAMBLE = 20
"""Rows at the top among which the header is looked for; exports have no longer preambles."""

_LEAST_SHARE = 0.5
"""Rows of the commonest width there must be: a table of which more rows are bad is refused later anyway."""

_LEAST_SCORE = 0.15
"""Below this no delimiter separates columns; two columns with one row below ten lines of remarks still reach 0.2."""

_CELLS_LOOKED_AT = 5_000
_NUMBER = re.compile(r"[\d.,'\s+-]+")


class Block(NamedTuple):
    """The run of rows that forms the table: its first row, its commonest width, the share of its rows that wide."""

    start: int
    width: int
    share: float
    score: float


def widths_of(rows: Sequence[Record]) -> list[int]:
    """Return the number of cells of each record; 0 for a blank or a broken one."""
    return [0 if row.fault else len(row.cells) for row in rows]


def best_block(widths: Sequence[int]) -> Block:
    """Find the start, within the first 20 rows, after which rows are most alike in having two or more cells.

    A later start must pay for the rows it leaves out, so that a table is never cut at its first ragged row.
    Returns width 1 with score 0 when no row has two cells.
    """
    best = Block(0, 1, 1.0, 0.0)
    left = Counter(widths)
    for start in range(min(PREAMBLE + 1, len(widths))):
        rows = len(widths) - start
        wide = [(count, width) for width, count in left.items() if width > 1]
        if wide:
            count, width = max(wide)
            share = count / rows
            score = share * (rows / len(widths)) ** 0.5 * (1 - 1 / width)
            if score > best.score:
                best = Block(start, width, share, score)
        left[widths[start]] -= 1
    return best


def choose_delimiter(heads: Mapping[str, Sequence[Record]]) -> str:
    """Return the delimiter whose reading of the first rows is most like a table.

    `heads` holds, by delimiter, the first records as that delimiter splits them. For a single column the answer is the
    delimiter that splits the fewest of its rows.
    """
    scores = {delimiter: _score(delimiter, rows) for delimiter, rows in heads.items()}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    if scores[best] >= _LEAST_SCORE:
        return best
    return min(heads, key=lambda delimiter: sum(len(row.cells) > 1 for row in heads[delimiter]))


def _score(delimiter: str, rows: Sequence[Record]) -> float:
    """Return 0..1: width consistency times the share of cells that hold no other delimiter."""
    filled = [row for row in rows if not row.is_blank]
    block = best_block(widths_of(filled))
    if block.width < 2 or (block.share < _LEAST_SHARE and _mostly_single(filled)):
        return 0.0
    cells = [cell for row in filled[block.start :] if len(row.cells) == block.width for cell in row.cells]
    return block.score * _share_clean(delimiter, cells[:_CELLS_LOOKED_AT])


def _mostly_single(rows: Sequence[Record]) -> bool:
    return sum(len(row.cells) == 1 for row in rows) * 2 > len(rows)


def _share_clean(delimiter: str, cells: Sequence[str]) -> float:
    others = [other for other in DELIMITERS if other != delimiter]
    clean = sum(_NUMBER.fullmatch(cell) is not None or not any(o in cell for o in others) for cell in cells)
    return clean / len(cells) if cells else 0.0
