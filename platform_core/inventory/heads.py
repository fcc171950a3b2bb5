"""Kind, name and key of every asset of an inventory, by number: a million of them in little more than their texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from platform_core.domain.inventory import AssetKind
from platform_core.domain.table import Coded
from platform_core.inventory.row_kinds import KINDS, KindCodes

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Heads:
    """The assets in order of their first row, and how many rows describe each."""

    kinds: KindCodes
    names: pa.Array
    keys: pa.Array
    row_counts: Numbers

    def __len__(self) -> int:
        return len(self.kinds)

    def kind(self, number: int) -> AssetKind:
        """Return the kind of an asset."""
        return KINDS[int(self.kinds[number])]

    def name(self, number: int) -> str:
        """Return the name of an asset as it is shown."""
        return str(self.names[number])

    def key(self, number: int) -> str:
        """Return the key of an asset."""
        return str(self.keys[number])

    def some_kinds(self, numbers: Numbers) -> Coded[AssetKind]:
        """Return the kinds of some assets."""
        return Coded(KINDS, self.kinds[numbers])

    def some_names(self, numbers: Numbers) -> list[str]:
        """Return the names of some assets."""
        return _some(self.names, numbers)

    def some_keys(self, numbers: Numbers) -> list[str]:
        """Return the keys of some assets."""
        return _some(self.keys, numbers)

    def are(self, kind: AssetKind, numbers: Numbers) -> NDArray[np.bool_]:
        """Tell which of some assets are of a kind."""
        found: NDArray[np.bool_] = self.kinds[numbers] == KINDS.index(kind)
        return found

    def of_kind(self, kind: AssetKind) -> Numbers:
        """Return the numbers of the assets of a kind."""
        return np.flatnonzero(self.kinds == KINDS.index(kind))


def _some(texts: pa.Array, numbers: Numbers) -> list[str]:
    found: list[str] = texts.take(pa.array(numbers)).to_numpy(zero_copy_only=False).tolist()
    return found
