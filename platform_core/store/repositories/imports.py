"""Imports, their columns and their quarantined rows."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, insert, select

from platform_core.domain.imports import ImportState
from platform_core.domain.table import QuarantinedRow
from platform_core.store.models import ColumnRow, ImportRow, MappingRow, QuarantineRow
from platform_core.store.repositories.base import Repository, expect, plain


class Imports(Repository):
    """The uploaded files and sheets of migrations."""

    def add(
        self,
        row: ImportRow,
        columns: Sequence[ColumnRow],
        mappings: Sequence[MappingRow],
        quarantine: Sequence[QuarantinedRow],
    ) -> None:
        """Add an import with everything read from it; its number within the migration is given here."""
        highest = select(func.max(ImportRow.number)).where(ImportRow.migration_id == row.migration_id)
        row.number = self._count(highest) + 1
        self._session.add(row)
        self._session.flush()
        self._fill(row.id, columns, mappings, quarantine)

    def replace(
        self,
        row: ImportRow,
        columns: Sequence[ColumnRow],
        mappings: Sequence[MappingRow],
        quarantine: Sequence[QuarantinedRow],
    ) -> None:
        """Give an import that was read anew its new columns, suggestions and quarantine."""
        for table in (ColumnRow, MappingRow, QuarantineRow):
            self._run(delete(table).where(table.import_id == row.id))
        self._fill(row.id, columns, mappings, quarantine)

    def _fill(
        self,
        import_id: int,
        columns: Sequence[ColumnRow],
        mappings: Sequence[MappingRow],
        quarantine: Sequence[QuarantinedRow],
    ) -> None:
        for column in columns:
            column.import_id = import_id
        for mapping in mappings:
            mapping.import_id = import_id
        self._session.add_all([*columns, *mappings])
        rows = [{"import_id": import_id, "line": q.line, "reason": q.reason, "raw": q.raw} for q in quarantine]
        self._run(insert(QuarantineRow), rows)

    def get(self, import_id: int, *, expected: int | None = None) -> ImportRow:
        """Return an import; raises NotFound, or Conflict when it is not at version `expected` any more."""
        row = self._one(self._session.get(ImportRow, import_id), "import")
        expect(row.version, expected, f"import {row.number}", None)
        return row

    def of(self, migration_id: int, state: ImportState | None = None) -> list[ImportRow]:
        """Return the imports of a migration in upload order, all or those in one state."""
        query = select(ImportRow).where(ImportRow.migration_id == migration_id)
        if state is not None:
            query = query.where(ImportRow.state == state)
        return self._rows(query.order_by(ImportRow.number))

    def after(self, migration_id: int, number: int, limit: int) -> list[ImportRow]:
        """Return the first `limit` imports of a migration above `number`, in upload order."""
        return self._asked(_AFTER, mine=migration_id, number=number, most=limit)

    def look(self, import_id: int) -> ImportRow:
        """Return an import to be read only; raises NotFound."""
        row: ImportRow = self._line(_ONE, "import", number=import_id)
        return row

    def names(self, migration_id: int) -> dict[int, str]:
        """Return the file name of each import of a migration."""
        return dict(map(tuple, self._asked(_NAMES, mine=migration_id)))

    def twins(self, migration_id: int, sha256: str) -> list[ImportRow]:
        """Return the imports of a migration that were read from a file with this digest."""
        query = select(ImportRow).where(ImportRow.migration_id == migration_id, ImportRow.sha256 == sha256)
        return self._rows(query.order_by(ImportRow.number))

    def columns(self, import_id: int) -> list[ColumnRow]:
        """Return the columns of an import in file order."""
        return self._rows(select(ColumnRow).where(ColumnRow.import_id == import_id).order_by(ColumnRow.position))

    def quarantine(self, import_id: int, *, after: int = 0, limit: int = 100) -> list[QuarantineRow]:
        """Return rows that were set aside behind line `after`, in file order."""
        return self._asked(_QUARANTINE, read=import_id, line=after, most=limit)

    def remove(self, row: ImportRow) -> None:
        """Delete an import with its columns, mappings and quarantine; stored files stay."""
        self._session.delete(row)


_ONE = plain(ImportRow).where(ImportRow.id == bindparam("number"))
_NAMES = plain(ImportRow, ["id", "file_name"]).where(ImportRow.migration_id == bindparam("mine"))
_AFTER = (
    plain(ImportRow)
    .where(ImportRow.migration_id == bindparam("mine"), ImportRow.number > bindparam("number"))
    .order_by(ImportRow.number)
    .limit(bindparam("most"))
)
_QUARANTINE = (
    plain(QuarantineRow)
    .where(QuarantineRow.import_id == bindparam("read"), QuarantineRow.line > bindparam("line"))
    .order_by(QuarantineRow.line)
    .limit(bindparam("most"))
)
