"""Which row is the header, or that there is none: by comparing each candidate with the rows below it.

A header names its columns: over numbers, dates and addresses stands text, over repeating words a word that is not one
of them. A row of data looks like the rows below it. Weights are set by hand; `tests/unit/ingest/test_header.py` holds
the layouts they must get right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple, TypeVar

from platform_core.ingest.cell_kinds import CellKind, has_word, is_code, kind_of, shape_of
from platform_core.ingest.delimiter import PREAMBLE

_ROWS_COMPARED = 100
_DOMINANT = 0.8
"""Share of a column's cells that makes a look the column's own; the rest are gaps and slips."""

_LIKE_DATA = -0.2
"""A row with this mean vote or less is one of the rows. In tables of 30 real formats headers had 0.34 or more, and all
but one of 360 rows of data -0.3 or less."""

_LEAD = 0.15
"""By how much a later row must be better, for each complete row that would be left out above it."""

_COMPLETE = 0.75
"""Share of the usual number of filled cells that makes a row complete; titles and remarks fill fewer."""

_REPEATS_ALLOWED = 1.5
"""A header may repeat a third of its names at no cost; titles of column groups repeat more."""

_FEW = 3
"""Cells below from which on their common shape counts for a header; two alike may be chance."""

_FILLED_WEIGHT = 0.3
_WIDTH_WEIGHT = 0.2
"""What a complete row and an exact width add: a third and a fifth of what a column of numbers under a word says."""

Rows = Sequence[Sequence[str]]
_Item = TypeVar("_Item", bound=str)


def find_header(rows: Rows, width: int) -> tuple[int, bool]:
    """Return (index, is_header): the header's row; or, when there is no header, the first row of data.

    `rows` are the first records without blank lines, `width` the commonest width. Only the first 20 are candidates.
    """
    candidates = [i for i, row in enumerate(rows[:PREAMBLE]) if _may_be_header(row, width)]
    if not candidates:
        return next((i for i, row in enumerate(rows) if len(row) == width), 0), False
    looks = [[_look_of(cell) for cell in row[:width]] for row in rows[: PREAMBLE + _ROWS_COMPARED]]
    typical = median(_filled(row) for row in looks)
    best, best_score, passed = candidates[0], float("-inf"), 0
    for index in candidates:
        below = [row for row in looks[index + 1 : index + 1 + _ROWS_COMPARED] if row != looks[index]]
        votes = _votes(looks[index], below, width)
        if votes <= _LIKE_DATA:
            return (index, False) if index == candidates[0] else (best, True)
        score = _score(looks[index], votes, typical) + (_WIDTH_WEIGHT if len(rows[index]) == width else 0.0)
        if score > best_score + _LEAD * max(1, passed):
            best, best_score, passed = index, score, 0
        passed += _filled(looks[index]) >= _COMPLETE * typical
    return best, True


def _may_be_header(row: Sequence[str], width: int) -> bool:
    """Whether a row is as wide as the table, give or take a trailing delimiter, and names two columns or more."""
    named = [cell for cell in row if has_word(cell)]
    last = max((i + 1 for i, cell in enumerate(row) if cell.strip()), default=0)
    fits = width // 2 < len(row) <= width + 1 or (len(row) > width and last <= width + 1)
    return fits and len(named) >= min(2, width)


def _score(candidate: Sequence[_Look], votes: float, typical: float) -> float:
    """Rate a candidate by the votes of the columns and by how complete and how distinct its names are."""
    names = [look.text for look in candidate if look.kind is not CellKind.BLANK]
    distinct = min(1.0, _REPEATS_ALLOWED * len(set(names)) / len(names))
    complete = min(1.0, len(names) / max(1.0, typical))
    return (votes + _FILLED_WEIGHT * complete) * distinct


class _Look(NamedTuple):
    """A cell's text without blanks around it, with what it looks like."""

    text: str
    kind: CellKind
    shape: str


def _look_of(cell: str) -> _Look:
    text = cell.strip()
    kind = kind_of(text)
    return _Look(text, kind, shape_of(text) if kind is CellKind.TEXT else "")


def _filled(row: Sequence[_Look]) -> int:
    return sum(look.kind is not CellKind.BLANK for look in row)


def _votes(candidate: Sequence[_Look], below: Sequence[Sequence[_Look]], width: int) -> float:
    """Return the mean vote of the columns, -1 (a row of data) to 1 (a header); 0 without rows below."""
    columns = [[row[i] for row in below if i < len(row) and row[i].kind is not CellKind.BLANK] for i in range(width)]
    votes = [_vote(look, column) for look, column in zip(candidate, columns, strict=False)]
    return sum(votes) / max(1, sum(1 for column in columns if column))


def _vote(look: _Look, column: Sequence[_Look]) -> float:
    """Say how far a cell names the column below it (1) rather than being one of its values (-1)."""
    if look.kind is CellKind.BLANK or not column:
        return 0.0
    kind = _dominant([below.kind for below in column])
    if kind not in {CellKind.TEXT, None}:
        return 1.0 if look.kind is CellKind.TEXT else -1.0 if look.kind is kind else 0.0
    texts = [below.text for below in column]
    if look.text in texts:
        return -1.0
    if look.kind is not CellKind.TEXT:
        return -0.25
    return _vote_among_words(look, column)


def _vote_among_words(look: _Look, column: Sequence[_Look]) -> float:
    shape = _dominant([below.shape for below in column])
    if shape is not None and is_code(shape):
        return -1.0 if look.shape == shape and len(column) > 1 else 0.5 if len(column) >= _FEW else 0.1
    repeats = len(column) >= 4 and len({below.text for below in column}) * 2 <= len(column)
    return 0.5 if repeats else 0.1


def _dominant(items: Sequence[_Item]) -> _Item | None:
    """Return the commonest item when it makes up at least 80 % of them."""
    item, count = Counter(items).most_common(1)[0]
    return item if count >= _DOMINANT * len(items) else None
