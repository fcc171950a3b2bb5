"""What was suggested and decided for each column."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from platform_core.domain.mapping import MappingState
from platform_core.store.models import ImportRow, MappingRow
from platform_core.store.repositories.base import Repository, expect, plain


class Mappings(Repository):
    """One row a column of an import."""

    def of(self, import_id: int) -> list[MappingRow]:
        """Return the mappings of an import in column order."""
        return self._rows(select(MappingRow).where(MappingRow.import_id == import_id).order_by(MappingRow.position))

    def look(self, import_id: int) -> list[MappingRow]:
        """Return what tells which columns of an import feed the inventory, in column order, to be read only."""
        return self._asked(_OF, read=import_id)

    def get(self, import_id: int, position: int, *, expected: int | None = None) -> MappingRow:
        """Return the mapping of one column; raises NotFound, or Conflict when somebody changed it since."""
        query = select(MappingRow).where(MappingRow.import_id == import_id, MappingRow.position == position)
        row = self._one(self._session.scalar(query), "column")
        expect(row.version, expected, f"the mapping of {row.header!r}", row.changed_by)
        return row

    def counts(self, migration_id: int) -> dict[tuple[int, str, str], int]:
        """Return the number of columns by (import, state, band) for all imports of a migration."""
        query = (
            select(MappingRow.import_id, MappingRow.state, MappingRow.band, func.count())
            .join(ImportRow, ImportRow.id == MappingRow.import_id)
            .where(ImportRow.migration_id == migration_id)
            .group_by(MappingRow.import_id, MappingRow.state, MappingRow.band)
        )
        return {(i, state, band): n for i, state, band, n in self._tuples(query)}

    def counts_of(self, import_ids: Sequence[int]) -> dict[tuple[int, str, str], int]:
        """Return the number of columns by (import, state, band) for some imports."""
        return {(i, state, band): n for i, state, band, n in self._asked(_COUNTS, reads=list(import_ids))}

    def used(self, migration_id: int) -> dict[int, int]:
        """Return the number of columns with a field for each import of a migration."""
        query = (
            select(MappingRow.import_id, func.count(MappingRow.field))
            .join(ImportRow, ImportRow.id == MappingRow.import_id)
            .where(ImportRow.migration_id == migration_id)
            .group_by(MappingRow.import_id)
        )
        return dict(self._tuples(query))

    def decided(self, migration_id: int) -> list[tuple[int, float, str | None, str | None]]:
        """Return (import number, confidence, suggested field, field) of every column that somebody decided about."""
        query = (
            select(ImportRow.number, MappingRow.confidence, MappingRow.suggested_field, MappingRow.field)
            .join(ImportRow, ImportRow.id == MappingRow.import_id)
            .where(
                ImportRow.migration_id == migration_id,
                MappingRow.changed_by.is_not(None),
                MappingRow.state != MappingState.SUGGESTED,
            )
            .order_by(ImportRow.number, MappingRow.position)
        )
        return [(number, confidence, suggested, field) for number, confidence, suggested, field in self._tuples(query)]


_FEEDS = ("position", "header", "field", "unit", "band", "combine", "duplicate_of", "choices", "state")
"""The evidence of suggestions is most of a row, and left out."""

_OF = plain(MappingRow, _FEEDS).where(MappingRow.import_id == bindparam("read")).order_by(MappingRow.position)
_GROUPS = (MappingRow.import_id, MappingRow.state, MappingRow.band)
_COUNTS = (
    select(*_GROUPS, func.count())
    .where(MappingRow.import_id.in_(bindparam("reads", expanding=True)))
    .group_by(*_GROUPS)
)
