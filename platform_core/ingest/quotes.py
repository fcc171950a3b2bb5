"""Where the quotes of a delimited text stand: proof that its records are those the strict scan would find.

The scan tells a quote by its neighbours: it opens a cell right after a delimiter or line end, closes it right before
one, and two in a row inside a cell are one sign. A text whose quotes, counted in turns, all stand so has no other
reading; anything else is left to the scan.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]

_QUOTE, _LINE_END, _RETURN = (ord(sign) for sign in '"\n\r')


class RecordEnds(NamedTuple):
    """The line each record begins on, counted from 0, whether any goes on over several lines, bytes of the longest."""

    lines: Positions
    spans_lines: bool
    longest: int


def record_ends(content: NDArray[np.uint8], delimiter: int) -> RecordEnds | None:
    """Return where the records of a whole stretch of text begin, None where a quote or a blank line is in doubt.

    `content` are its bytes in UTF-8, in which a return only stands before a line end.
    """
    ends = np.flatnonzero(content == _LINE_END)
    if _has_blank_line(content, ends):
        return None
    count = len(ends) + (content[-1] != _LINE_END)
    quotes = np.flatnonzero(content == _QUOTE)
    if not len(quotes):
        return RecordEnds(np.arange(count, dtype=np.int64), spans_lines=False, longest=_longest(content, ends))
    if not _in_place(content, quotes, delimiter):
        return None
    inside = np.searchsorted(quotes, ends) % 2 == 1
    starts = np.concatenate(([0], np.flatnonzero(~inside) + 1))
    return RecordEnds(starts[starts < count], bool(inside.any()), _longest(content, ends[~inside]))


def _in_place(content: NDArray[np.uint8], quotes: Positions, delimiter: int) -> bool:
    """Tell whether all quotes, opening and closing in turns, stand where a cell begins or ends, or in pairs."""
    opening, closing = quotes[0::2], quotes[1::2]
    if len(opening) != len(closing):
        return False
    before = content[opening[opening > 0] - 1]
    after = content[closing[closing < len(content) - 1] + 1]
    may_open = (before == delimiter) | (before == _LINE_END) | (before == _QUOTE)
    may_close = (after == delimiter) | (after == _LINE_END) | (after == _RETURN) | (after == _QUOTE)
    return bool(may_open.all() and may_close.all())


def _longest(content: NDArray[np.uint8], ends: Positions) -> int:
    return int(np.diff(ends, prepend=-1, append=len(content)).max())


def _has_blank_line(content: NDArray[np.uint8], ends: Positions) -> bool:
    following = content[ends[ends < len(content) - 1] + 1]
    return bool(((following == _LINE_END) | (following == _RETURN)).any())
