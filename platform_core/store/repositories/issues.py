"""Findings about the inventory's values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, tuple_

from platform_core.domain.inventory import REFUSED, IssueKind, QualityIssue
from platform_core.store.models import IssueRow
from platform_core.store.publishing import publish_issues
from platform_core.store.repositories.base import Repository, plain, portions
from platform_core.store.staging import Staging


class Issues(Repository):
    """The findings of the last rebuild."""

    def replace_all(self, migration_id: int, staged: Staging) -> None:
        """Put staged findings in place of the former ones."""
        self._run(delete(IssueRow).where(IssueRow.migration_id == migration_id))
        publish_issues(self._session, migration_id, staged)

    def counts(self, migration_id: int) -> list[tuple[str, str | None, int]]:
        """Return (kind, field, number), most frequent first."""
        query = (
            select(IssueRow.kind, IssueRow.field, func.count())
            .where(IssueRow.migration_id == migration_id)
            .group_by(IssueRow.kind, IssueRow.field)
            .order_by(func.count().desc(), IssueRow.kind, IssueRow.field)
        )
        return [(kind, field, number) for kind, field, number in self._tuples(query)]

    def of(self, migration_id: int, kind: str, field: str | None, *, limit: int = 100) -> list[IssueRow]:
        """Return findings of one kind about one field, in file order."""
        query = select(IssueRow).where(
            IssueRow.migration_id == migration_id, IssueRow.kind == kind, IssueRow.field == field
        )
        return self._rows(query.order_by(IssueRow.import_id, IssueRow.line).limit(limit))

    def refused(self, migration_id: int, keys: Collection[str]) -> dict[str, frozenset[tuple[str, str]]]:
        """Return the (field, text) of the cells of assets that could not be read, by key."""
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for some in portions(sorted(keys)):
            query = select(IssueRow.asset_key, IssueRow.field, IssueRow.raw).where(
                IssueRow.migration_id == migration_id, IssueRow.asset_key.in_(some), IssueRow.kind.in_(REFUSED)
            )
            for key, field, raw in self._tuples(query):
                found[key].add((field, raw))
        return {key: frozenset(texts) for key, texts in found.items()}

    def texts(self, migration_id: int, kinds: Sequence[str], *, limit: int) -> list[tuple[Any, ...]]:
        """Return (kind, field, text, cells, assets, imports, number of the first finding), most frequent first."""
        cells = func.count()
        what = (IssueRow.kind, IssueRow.field, IssueRow.raw)
        different = (func.count(IssueRow.asset_key.distinct()), func.count(IssueRow.import_id.distinct()))
        query = (
            select(*what, cells, *different, func.min(IssueRow.id))
            .where(IssueRow.migration_id == migration_id, IssueRow.kind.in_(kinds))
            .group_by(*what)
            .order_by(cells.desc(), *what)
        )
        return self._tuples(query.limit(limit))

    def imports_with(self, migration_id: int, kind: str, field: str, text: str) -> list[int]:
        """Return the imports that hold a text in a field, in their order."""
        mine = (IssueRow.migration_id == migration_id, IssueRow.kind == kind)
        query = select(IssueRow.import_id).where(*mine, IssueRow.field == field, IssueRow.raw == text)
        return self._rows(query.distinct().order_by(IssueRow.import_id))

    def replace_unresolved(self, migration_id: int, names: Collection[str], fresh: Sequence[QualityIssue]) -> None:
        """Put findings in place of those that tell of one of `names` that it means no asset, or several."""
        for some in portions(sorted(names)):
            mine = (IssueRow.migration_id == migration_id, IssueRow.kind == IssueKind.UNRESOLVED)
            self._run(delete(IssueRow).where(*mine, IssueRow.raw.in_(some)))
        self._run(insert(IssueRow), [{"migration_id": migration_id, **issue.model_dump()} for issue in fresh])

    def count_texts(self, migration_id: int, about: Sequence[tuple[str, str]]) -> int:
        """Return how many cells hold one of the texts (field, text) that became no value."""
        total = 0
        for some in portions(about):
            mine = (IssueRow.migration_id == migration_id, IssueRow.kind.in_(REFUSED))
            named = tuple_(IssueRow.field, IssueRow.raw).in_(list(some))
            total += self._count(select(func.count()).select_from(IssueRow).where(*mine, named))
        return total

    def numbered(self, numbers: Collection[int]) -> dict[int, IssueRow]:
        """Return findings by their numbers."""
        found: dict[int, IssueRow] = {}
        for some in portions(sorted(numbers)):
            found |= {row.id: row for row in self._rows(select(IssueRow).where(IssueRow.id.in_(some)))}
        return found

    def of_text(self, migration_id: int, field: str, text: str, *, limit: int) -> list[IssueRow]:
        """Return the findings that tell of a text that could not be read in a field, in file order."""
        query = select(IssueRow).where(
            IssueRow.migration_id == migration_id,
            IssueRow.kind.in_((*REFUSED, IssueKind.INCOMPLETE)),
            IssueRow.field == field,
            IssueRow.raw == text,
        )
        return self._rows(query.order_by(IssueRow.import_id, IssueRow.line).limit(limit))

    def of_asset(self, migration_id: int, key: str) -> list[IssueRow]:
        """Return the findings about one asset."""
        return self._asked(_OF_ASSET, mine=migration_id, key=key)


_OF_ASSET = (
    plain(IssueRow)
    .where(IssueRow.migration_id == bindparam("mine"), IssueRow.asset_key == bindparam("key"))
    .order_by(IssueRow.id)
    .limit(100)
)
