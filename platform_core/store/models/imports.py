"""Imports with their columns, the mapping of each column, and the rows that were set aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from platform_core.domain.imports import ImportState
from platform_core.domain.mapping import Combine, MappingState, Source
from platform_core.store.columns import now
from platform_core.store.models.base import Base, Versioned, belongs_to, key, word


class ImportRow(Versioned, Base):
    """One uploaded file, or one sheet of a workbook, as it was read.

    `number` counts the imports of a migration; `original` and `table` are keys of the file store. `replaces` is
    the import of an older export of the same source, `keeps_gone` whether what only that one tells stays.
    """

    __tablename__ = "import"
    __table_args__ = (UniqueConstraint("migration_id", "number"),)

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration")
    number: Mapped[int]
    file_name: Mapped[str]
    sheet: Mapped[str | None]
    sha256: Mapped[str] = mapped_column(word(64), index=True)
    size_bytes: Mapped[int]
    original: Mapped[str]
    table: Mapped[str]
    file_format: Mapped[str] = mapped_column(word())
    encoding: Mapped[str] = mapped_column(word())
    delimiter: Mapped[str] = mapped_column(word(8))
    header_row: Mapped[int | None]
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    notes: Mapped[tuple[str, ...]] = mapped_column(default=())
    rows_read: Mapped[int]
    rows_stored: Mapped[int]
    rows_quarantined: Mapped[int]
    kind: Mapped[str] = mapped_column(word())
    kind_confidence: Mapped[float]
    kind_evidence: Mapped[list[Any]] = mapped_column(default=list)
    format: Mapped[str | None] = mapped_column(word(200))
    state: Mapped[str] = mapped_column(word(), default=ImportState.REVIEW)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(word(200))
    applied_at: Mapped[datetime | None]
    replaces: Mapped[int | None]
    keeps_gone: Mapped[bool] = mapped_column(default=False)


class ColumnRow(Base):
    """A column as read, with the profile of its values."""

    __tablename__ = "import_column"
    __table_args__ = (UniqueConstraint("import_id", "position"),)

    id: Mapped[int] = key()
    import_id: Mapped[int] = belongs_to("import", index=False)
    position: Mapped[int]
    header: Mapped[str]
    samples: Mapped[list[Any]] = mapped_column(default=list)
    profile: Mapped[dict[str, Any]] = mapped_column(default=dict)


class MappingRow(Versioned, Base):
    """What was suggested for a column and what stands now (`field`, `unit`, `choices`, `state`, `source`)."""

    __tablename__ = "mapping"
    __table_args__ = (UniqueConstraint("import_id", "position"),)

    id: Mapped[int] = key()
    import_id: Mapped[int] = belongs_to("import", index=False)
    position: Mapped[int]
    header: Mapped[str]
    suggested_field: Mapped[str | None] = mapped_column(word(60))
    suggested_unit: Mapped[str | None] = mapped_column(word(20))
    confidence: Mapped[float]
    band: Mapped[str] = mapped_column(word())
    unit_is_guess: Mapped[bool] = mapped_column(default=False)
    combine: Mapped[str] = mapped_column(word(), default=Combine.FIRST)
    duplicate_of: Mapped[int | None]
    alternatives: Mapped[list[Any]] = mapped_column(default=list)
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    field: Mapped[str | None] = mapped_column(word(60))
    unit: Mapped[str | None] = mapped_column(word(20))
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(word(), default=MappingState.SUGGESTED)
    source: Mapped[str] = mapped_column(word(), default=Source.RULES)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[str | None] = mapped_column(word(200))


class QuarantineRow(Base):
    """A row that was read but could not be stored."""

    __tablename__ = "quarantine"
    __table_args__ = (Index("ix_quarantine_line", "import_id", "line"),)

    id: Mapped[int] = key()
    import_id: Mapped[int] = belongs_to("import", index=False)
    line: Mapped[int]
    reason: Mapped[str]
    raw: Mapped[str]
