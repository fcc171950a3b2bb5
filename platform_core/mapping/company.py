"""Which words the headers of a field are made of: a word that never is makes a header speak of something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from platform_core.errors import BadInput


@dataclass(frozen=True)
class Company:
    """For every word of the training, with which classes it was seen: `met[row_of[word]]`, a flag a class.

    Words that training does not know at all have no row: nothing can be said of their company.
    """

    row_of: Mapping[str, int]
    met: NDArray[np.bool_]

    @classmethod
    def load(cls, path: Path) -> Company:
        """Read the table stored in the model's .npz file; raises BadInput when it is missing or torn."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                words, met = str(stored["company_words"]).split("\n"), stored["company_met"]
        except (OSError, KeyError, ValueError) as error:
            raise BadInput("The mapping model cannot be read.", hint="Reinstall the reference data.") from error
        if len(words) != len(met):
            raise BadInput("The mapping model does not fit its own words.", hint="Reinstall the reference data.")
        return cls({word: row for row, word in enumerate(words)}, met)

    @classmethod
    def of(
        cls, pairs: Mapping[tuple[str, str], set[str]], classes: Sequence[str], without: Set[str] = frozenset()
    ) -> Company:
        """Join (word, class) pairs, each with the groups of sources that have it; those of `without` do not count."""
        kept = [pair for pair, groups in pairs.items() if groups - without]
        row_of = {word: row for row, word in enumerate(sorted({word for word, _ in kept}))}
        met = np.zeros((len(row_of), len(classes)), np.bool_)
        place = {name: column for column, name in enumerate(classes)}
        for word, name in kept:
            met[row_of[word], place[name]] = True
        return cls(row_of, met)

    def stored(self) -> dict[str, NDArray[np.generic]]:
        """Return the arrays that `load` reads, for `np.savez`."""
        return {"company_words": np.array("\n".join(self.row_of)), "company_met": self.met}

    def strangers(self, word: str) -> NDArray[np.bool_] | None:
        """Return which classes never stand with `word`; None when nothing is known of the word."""
        row = self.row_of.get(word)
        return None if row is None else ~self.met[row]
