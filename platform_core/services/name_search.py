"""Applications by a part of their name, searched in memory.

PostgreSQL asks its policies about a row before it compares a text of it, so no index of parts of names can be used:
each search would read all names of a migration.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

import numpy as np

from platform_core.services.kept import Kept
from platform_core.store import UnitOfWork
from platform_core.store.models import RecommendationRow

KEPT_MIGRATIONS = 4
AT_ONCE = 500
"""Rows asked for in one statement."""

END = "\0"
"""Stands behind each name; no name can contain it."""


class Names:
    """The names of a migration's applications in one text, with their keys in the order of the database."""

    def __init__(self, named: Sequence[tuple[str, str]]) -> None:
        names = [name.lower() for _, name in named]
        self._keys = [key for key, _ in named]
        self._by_code_point = all(one < other for one, other in pairwise(self._keys))
        self._text = "".join(name + END for name in names)
        self._ends = np.cumsum([len(name) + 1 for name in names], dtype=np.int64)

    def containing(self, text: str, behind: str = "") -> Iterator[str]:
        """Yield the key of each name that contains `text`, whatever the case, in order.

        Those up to `behind` may be left out; where the database orders keys otherwise than by code points, none is.
        """
        wanted = text.lower()
        passed = bisect_right(self._keys, behind) if self._by_code_point else 0
        place = int(self._ends[passed - 1]) if passed else 0
        if END in wanted:
            return
        while (found := self._text.find(wanted, place)) >= 0:
            number = int(np.searchsorted(self._ends, found, side="right"))
            yield self._keys[number]
            place = int(self._ends[number])


_names = Kept[Names](KEPT_MIGRATIONS)


def found_after(
    work: UnitOfWork, migration_id: int, subject_key: str, *, text: str, strategy: str, limit: int
) -> list[RecommendationRow]:
    """Return the first `limit` applications above `subject_key` whose name contains `text`, by subject key.

    `strategy` is the one that counts ("" = any). Call inside a block that reads; raises NotFound.
    """
    found: list[RecommendationRow] = []
    keys = _known(work, migration_id).containing(text, subject_key)
    while len(found) < limit and (some := list(islice(keys, AT_ONCE))):
        left = limit - len(found)
        found += work.recommendations.after(migration_id, subject_key, strategy=strategy, among=some, limit=left)
    return found


def _known(work: UnitOfWork, migration_id: int) -> Names:
    """Return the names of now: they change with the inventory alone."""
    state = work.snapshots.state(migration_id)
    if state is None:
        return Names(work.recommendations.named(migration_id))
    return _names.of(state, lambda: Names(work.recommendations.named(migration_id)))
