"""Which rows have anything in common with another row: the others are assets of their own, whatever they are called."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from platform_core.inventory.row_kinds import KINDS, KindCodes
from platform_core.inventory.row_names import NO_KIND, RowNames

Mask = NDArray[np.bool_]

COUNTED = "~"
"""Stands before the number in the key of a later asset of the same name; a name that holds it may look like one."""


def joined(parts: Sequence[RowNames]) -> RowNames:
    """Return the names of all rows of a file, given those of its batches."""
    if not parts:
        return RowNames(np.empty(0, np.int8), _NOTHING, _NOTHING, (np.empty(0, np.int64), _NOTHING), _NOTHING, _NOTHING)
    starts = np.cumsum([0, *(len(part.kinds) for part in parts)])
    found = [part.aliases for part in parts if part.aliases is not None]
    rows = [places + start for (places, _), start in zip(found, starts, strict=False)]
    return RowNames(
        np.concatenate([part.kinds for part in parts]),
        pa.concat_arrays([part.names for part in parts]),
        pa.concat_arrays([part.tokens for part in parts]),
        (np.concatenate(rows), pa.concat_arrays([aliases for _, aliases in found])) if found else None,
        pa.concat_arrays([part.uuids for part in parts]) if found else None,
        pa.concat_arrays([part.serials for part in parts]) if found else None,
    )


def keys_of(names: RowNames) -> pa.Array:
    """Return the key that each row would give its asset, null where it becomes none."""
    return _of_kinds(names.kinds, names.tokens)


def shared(names: RowNames, keys: pa.Array) -> Mask:
    """Tell which rows (of all files, in order) share a name, an identifier or a key with another row.

    Only these can belong to one asset with another row, or take a key that another asset would have: what the register
    makes of them is the same whether it sees the other rows or not.
    """
    found = _repeated(keys) | _true(pc.match_substring(keys, COUNTED))
    if names.aliases is not None:
        places, aliases = names.aliases
        other = _of_kinds(names.kinds[places], aliases)
        found |= _true(pc.is_in(keys, value_set=other)) & (names.kinds != NO_KIND)
        found[places[_true(pc.is_in(other, value_set=keys))]] = True
    for marks in (names.uuids, names.serials):
        if marks is not None:
            found |= _repeated(_of_kinds(names.kinds, marks))
    return found


_NOTHING = pa.array([], pa.large_string())
_BETWEEN = pa.scalar(":", pa.large_string())
_KIND_NAMES = pa.array([kind.value for kind in KINDS], pa.large_string())


def _of_kinds(kinds: KindCodes, texts: pa.Array) -> pa.Array:
    """Return "kind:text" for each row, null where either is missing."""
    known = _KIND_NAMES.take(pa.array(kinds, mask=kinds == NO_KIND))
    return pc.binary_join_element_wise(known, texts, _BETWEEN)


def _repeated(texts: pa.Array) -> Mask:
    """Tell which texts occur more than once; null is no text."""
    codes = texts.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False) + 1
    counts = np.bincount(codes, minlength=1)
    counts[0] = 0
    found: Mask = counts[codes] > 1
    return found


def _true(answers: pa.Array) -> Mask:
    found: Mask = pc.fill_null(answers, False).to_numpy(zero_copy_only=False)
    return found
