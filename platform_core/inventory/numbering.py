"""Numbers the assets of all files by their first row; only rows that share something go through the register."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from platform_core.inventory.heads import Heads, Numbers
from platform_core.inventory.identity import Identity
from platform_core.inventory.register import Register
from platform_core.inventory.row_names import NO_KIND, Mask, RowNames
from platform_core.inventory.shared_names import joined, keys_of, shared

Identities = Callable[[Mask], Iterable[tuple[int, Identity]]]
"""Gives, for the rows of a file that are wanted, place and identity in order."""

NO_ASSET = -1


def number_assets(files: Sequence[tuple[list[RowNames], Identities]]) -> tuple[Heads, list[Numbers]]:
    """Return the assets in order of their first row, and for each file the number of each row's asset or NO_ASSET."""
    sizes = [sum(len(batch.kinds) for batch in named) for named, _ in files]
    names = joined([batch for named, _ in files for batch in named])
    for named, _ in files:
        named.clear()  # a million names are held once
    keys = keys_of(names)
    firsts = np.where(names.kinds == NO_KIND, NO_ASSET, np.arange(len(names.kinds)))
    together = shared(names, keys)
    if together.any():
        keys = _enter([identities for _, identities in files], _split(together, sizes), firsts, keys)
    is_first = np.zeros(len(firsts), np.bool_)
    is_first[firsts[firsts != NO_ASSET]] = True
    numbers = np.where(firsts == NO_ASSET, NO_ASSET, (np.cumsum(is_first) - 1)[firsts])
    counts = np.bincount(numbers[numbers != NO_ASSET], minlength=int(is_first.sum()))
    chosen = pa.array(is_first)
    heads = Heads(names.kinds[is_first], names.names.filter(chosen), keys.filter(chosen), counts)
    return heads, _split(numbers, sizes)


def _enter(identities: Sequence[Identities], together: Sequence[Mask], firsts: Numbers, keys: pa.Array) -> pa.Array:
    """Recognise rows that share something: change `firsts` to the first row of their asset, and return all keys."""
    register, first_rows = Register(len(identities)), list[int]()
    rows, entered, start = list[int](), list[int](), 0
    for of_file, wanted in zip(identities, together, strict=True):
        register.begin_file()
        for at, who in of_file(wanted) if wanted.any() else ():
            number = register.enter(who)
            if number == len(first_rows):
                first_rows.append(start + at)
            rows.append(start + at)
            entered.append(number)
        start += len(wanted)
    final, remaining = register.settle()
    owners = np.array(first_rows, np.int64)[remaining]
    firsts[rows] = owners[final[entered]]
    return _with(keys, owners, register.keys(remaining))


def _split(rows: NDArray[Any], sizes: Sequence[int]) -> list[NDArray[Any]]:
    """Return the rows of each file, given how many there are."""
    return [rows[end - size : end] for size, end in zip(sizes, np.cumsum(sizes).tolist(), strict=True)]


def _with(keys: pa.Array, rows: Numbers, instead: Sequence[str]) -> pa.Array:
    """Return `keys` with others in some rows, which ascend."""
    places = np.zeros(len(keys), np.bool_)
    places[rows] = True
    return pc.replace_with_mask(keys, pa.array(places), pa.array(instead, keys.type))
