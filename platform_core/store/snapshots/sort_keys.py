"""What texts are ordered by, so that they stand as people read them: of one text, and of a whole column at once."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

LONGEST = 120
"""So many bytes of a key of a column are told; a longer one lies behind its equals."""

LONG_NUMBER = 9
LENGTH_DIGITS = 6
ZERO = ord("0")
DIGITS = re.compile("[0-9]+")
UNDIVIDED = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
"""Letters that Unicode does not take apart into a plain letter and its marks."""

Keys = np.ndarray[Any, Any]
Bytes = NDArray[np.uint8]
Places = NDArray[np.int32]


def sort_key(text: str) -> str:
    """Return what a text is ordered by: case and marks on letters do not count, numbers count as numbers.

    "Änne" stands with "anne", "web9" before "web10", "web010" beside "web10".
    """
    return DIGITS.sub(_measured, _plain(text))


def _plain(text: str) -> str:
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text.casefold().translate(UNDIVIDED))
        text = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return text.lower()


def _measured(found: re.Match[str]) -> str:
    """Return a number behind its length, so that the longer one is the larger one."""
    digits = found[0].lstrip("0")
    length = len(digits)
    return f"{length}{digits}" if length < LONG_NUMBER else f"{LONG_NUMBER}{length:0{LENGTH_DIGITS}d}{digits}"


def sort_keys(texts: pa.Array) -> Keys:
    """Return the sort keys of texts, none of them empty cells, as bytes that NumPy compares, cut behind `LONGEST`.

    All at once, which takes a third of the time that one by one takes.
    """
    if not len(texts):
        return np.array([], dtype="S1")
    signs, ends = _with_lengths(*_flat(_all_plain(texts)))
    lengths = np.diff(ends)
    longest = int(lengths.max(initial=1))
    if longest > LONGEST:
        signs, lengths, longest = *_cut(signs, ends), LONGEST + 1
    keys = np.zeros((len(lengths), longest), np.uint8)
    keys[np.arange(longest, dtype=np.int32) < lengths[:, None]] = signs
    return keys.view(f"S{longest}").ravel()


def _cut(signs: Bytes, ends: Places) -> tuple[Bytes, Places]:
    """Return such texts and their lengths, one sign that is larger than any in place of all behind `LONGEST`."""
    lengths = np.diff(ends)
    place = np.arange(len(signs), dtype=np.int32) - np.repeat(ends[:-1], lengths)
    return np.where(place == LONGEST, np.uint8(0xFF), signs)[place <= LONGEST], np.minimum(lengths, LONGEST + 1)


def _all_plain(texts: pa.Array) -> pa.Array:
    is_ascii = pc.string_is_ascii(texts)
    lowered = pc.ascii_lower(texts)
    if is_ascii.true_count == len(texts):
        return lowered
    others = pa.array([_plain(text) for text in texts.filter(pc.invert(is_ascii)).to_pylist()], pa.string())
    return pc.replace_with_mask(lowered, pc.invert(is_ascii), others)


def _flat(texts: pa.Array) -> tuple[Bytes, Places]:
    """Return the bytes of all texts, one behind the other, and where each begins, the end of the last one too."""
    _, places, content = texts.buffers()
    ends = np.frombuffer(places, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    signs = np.frombuffer(content, np.uint8) if content else np.zeros(0, np.uint8)
    return signs[ends[0] : ends[-1]], ends - ends[0]


def _with_lengths(signs: Bytes, ends: Places) -> tuple[Bytes, Places]:
    """Return such texts with every number behind its length, as `_measured` does, and without zero bytes."""
    first, last = _numbers(signs, ends)
    told = _behind_zeros(signs, first, last)
    size = (signs != 0).astype(np.int8)
    size -= _between(first, told, len(signs))
    digits = last - told
    is_long = digits >= LONG_NUMBER
    size[first] += np.where(is_long, 1 + LENGTH_DIGITS, 1).astype(np.int8)
    until = np.concatenate([np.zeros(1, np.int32), np.cumsum(size, dtype=np.int32)])
    measured = np.repeat(signs, size)
    heads = until[first]
    measured[heads] = ZERO + np.minimum(digits, LONG_NUMBER)
    for place in range(LENGTH_DIGITS if is_long.any() else 0):
        measured[heads[is_long] + LENGTH_DIGITS - place] = ZERO + digits[is_long] // 10**place % 10
    return measured, until[ends]


def _numbers(signs: Bytes, ends: Places) -> tuple[Places, Places]:
    """Return where each number begins and where it ends; numbers of two texts are two."""
    digit = np.zeros(len(signs) + 2, bool)
    digit[1:-1] = (signs - np.uint8(ZERO)) < 10
    begins, stops = digit[1:] & ~digit[:-1], digit[:-1] & ~digit[1:]
    begins[ends] = digit[1:][ends]
    stops[ends] = digit[:-1][ends]
    return np.flatnonzero(begins).astype(np.int32), np.flatnonzero(stops).astype(np.int32)


def _behind_zeros(signs: Bytes, first: Places, last: Places) -> Places:
    """Return where each number begins without leading zeros: its end, if it is nothing else."""
    told = first.copy()
    zero = np.flatnonzero(signs[first] == ZERO)
    while len(zero):
        told[zero] += 1
        zero = zero[told[zero] < last[zero]]
        zero = zero[signs[told[zero]] == ZERO]
    return told


def _between(first: Places, last: Places, length: int) -> NDArray[np.int8]:
    """Return 1 for each place that lies in one of some ranges, 0 for the others."""
    changes = np.zeros(length + 1, np.int8)
    some = last > first
    changes[first[some]] = 1
    changes[last[some]] -= 1
    return np.cumsum(changes[:-1], dtype=np.int8)
