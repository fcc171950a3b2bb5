"""Pairs of assets that may be one thing: replaced by each search, settled one by one or in bulk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, or_, select, update

from platform_core.domain.duplicates import Evidence, Pair
from platform_core.store.columns import now
from platform_core.store.models import AssetRow, DuplicatePairRow, DuplicateSearchRow
from platform_core.store.repositories.base import Repository, portions

MOOT = "moot"
"""Settled by a decision about one of the two and a third."""


class Scores(NamedTuple):
    """Scores in logits from `least` to below `below`."""

    least: float
    below: float = float("inf")


class PairKeys(NamedTuple):
    """A pair by its number, with the keys of its two assets."""

    id: int
    first_key: str
    second_key: str


class DuplicatePairs(Repository):
    """The pairs of migrations."""

    def search(self, migration_id: int) -> DuplicateSearchRow | None:
        """Return what is known of a migration's duplicates, None where nobody looked yet."""
        return self._session.scalar(select(DuplicateSearchRow).where(DuplicateSearchRow.migration_id == migration_id))

    def own_search(self, migration_id: int) -> DuplicateSearchRow:
        """Return the same to be written to, a new row where there is none."""
        row = self.search(migration_id)
        if row is None:
            row = DuplicateSearchRow(migration_id=migration_id, revision=0, compared=0, at=now(), carried_out=[])
            self._session.add(row)
        return row

    def replace_all(self, migration_id: int, pairs: Iterable[Pair]) -> None:
        """Put the pairs of a new search in place of the open ones; what was settled stays as it was."""
        still_open = DuplicatePairRow.migration_id == migration_id, DuplicatePairRow.settled == ""
        self._run(delete(DuplicatePairRow).where(*still_open))
        self._run(insert(DuplicatePairRow), [_values(migration_id, pair) for pair in pairs])

    def get(self, migration_id: int, pair_id: int) -> DuplicatePairRow:
        """Return one pair; raises NotFound."""
        query = select(DuplicatePairRow).where(DuplicatePairRow.id == pair_id)
        return self._one(self._session.scalar(query.where(DuplicatePairRow.migration_id == migration_id)), "pair")

    def page(self, migration_id: int, scores: Scores | None, *, offset: int, limit: int) -> list[DuplicatePairRow]:
        """Return open pairs with such a score, surest first; without one what was settled, latest first."""
        query = select(DuplicatePairRow).where(*_chosen(migration_id, scores))
        latest = DuplicatePairRow.decision_id.desc()
        order = (DuplicatePairRow.score.desc(), DuplicatePairRow.id) if scores else (latest, DuplicatePairRow.id)
        return self._rows(query.order_by(*order).offset(offset).limit(limit))

    def count(self, migration_id: int, scores: Scores | None) -> int:
        """Return how many pairs `page` has."""
        return self._count(select(func.count()).select_from(DuplicatePairRow).where(*_chosen(migration_id, scores)))

    def grouped(self, migration_id: int, least: float) -> list[PairKeys]:
        """Return the open pairs inside groups that score at least `least`, surest first."""
        grouped = (*_chosen(migration_id, Scores(least)), DuplicatePairRow.group_key != "")
        query = select(DuplicatePairRow.id, DuplicatePairRow.first_key, DuplicatePairRow.second_key).where(*grouped)
        rows = self._tuples(query.order_by(DuplicatePairRow.score.desc(), DuplicatePairRow.id))
        return [PairKeys(*row) for row in rows]

    def settle(self, settled: Sequence[tuple[int, str, int]]) -> None:
        """Note what was decided about pairs: the pair's number, the action and the decision's number."""
        rows = [{"id": pair, "settled": action, "decision_id": decision} for pair, action, decision in settled]
        self._session.execute(update(DuplicatePairRow), rows)

    def there(self, migration_id: int, keys: Collection[str]) -> set[str]:
        """Return those of `keys` that are assets of the inventory."""
        query = select(AssetRow.key).where(AssetRow.migration_id == migration_id)
        return {
            key for some in portions(sorted(keys)) for key in self._session.scalars(query.where(AssetRow.key.in_(some)))
        }

    def leave_nothing(self, migration_id: int, going: Sequence[tuple[str, int]]) -> None:
        """Note that assets go, each by its key and the decision's number: nothing is left to decide of other pairs."""
        row = DuplicatePairRow
        named: ColumnElement[str] = bindparam("going")
        mine = row.migration_id == migration_id, row.settled == "", or_(row.first_key == named, row.second_key == named)
        query = update(row.__table__).where(*mine).values(settled=MOOT, decision_id=bindparam("decision"))  # type: ignore[arg-type]
        if going:
            self._session.connection().execute(query, [{"going": key, "decision": number} for key, number in going])

    def reopen(self, migration_id: int, decisions: Collection[int]) -> None:
        """Open the pairs again that decisions settled."""
        for some in portions(sorted(decisions)):
            mine = DuplicatePairRow.migration_id == migration_id, DuplicatePairRow.decision_id.in_(some)
            self._run(update(DuplicatePairRow).where(*mine).values(settled="", decision_id=None))


def as_pair(row: DuplicatePairRow) -> Pair:
    """Return a stored pair as the domain's."""
    evidence = tuple(Evidence(*item) for item in row.evidence)
    return Pair(row.first_key, row.second_key, row.score, evidence, row.group_key)


def _chosen(migration_id: int, scores: Scores | None) -> list[ColumnElement[bool]]:
    mine = DuplicatePairRow.migration_id == migration_id
    if scores is None:
        return [mine, DuplicatePairRow.settled.not_in(("", MOOT))]
    chosen = [mine, DuplicatePairRow.settled == ""]
    if scores.least > float("-inf"):
        chosen.append(DuplicatePairRow.score >= scores.least)
    if scores.below < float("inf"):
        chosen.append(DuplicatePairRow.score < scores.below)
    return chosen


def _values(migration_id: int, pair: Pair) -> dict[str, object]:
    return {
        "migration_id": migration_id,
        "first_key": pair.first,
        "second_key": pair.second,
        "score": pair.score,
        "group_key": pair.group,
        "evidence": [list(item) for item in pair.evidence],
        "settled": "",
        "decision_id": None,
    }
