"""The declarative base: constraint names, Python types to column types, and the shared key columns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Date, Float, ForeignKey, Integer, MetaData, String, Text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from platform_core.store.columns import Lines, Moment

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite counts rowids up by itself only for INTEGER; PostgreSQL gets 64 bits.
Id = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Base of all tables; annotations decide the column types."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        int: BigInteger,
        float: Float,
        date: Date,
        datetime: Moment,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        tuple[str, ...]: Lines,
    }


def key() -> Mapped[int]:
    """Return a surrogate primary key column."""
    return mapped_column(Id, primary_key=True, autoincrement=True)


def word(length: int = 40) -> Any:
    """Return a column type for a short word of a closed vocabulary or a name."""
    return String(length)


def belongs_to(table: str, *, index: bool = True) -> Mapped[int]:
    """Return a foreign key to `table.id` that is deleted along with it."""
    return mapped_column(Id, ForeignKey(f"{table}.id", ondelete="CASCADE"), index=index)


def _organisation(context: DefaultExecutionContext) -> int:
    """Return whose transaction it is that adds a row; raises where that is not one organisation's."""
    reach = context.execution_options.get("reach")
    if not isinstance(reach, int):
        raise TypeError("A row was added without telling whose it is.")
    return reach


class Owned:
    """A row that belongs to an organisation by itself; all others belong to that of the row they are part of."""

    organisation_id: Mapped[int] = mapped_column(Id, ForeignKey("organisation.id"), default=_organisation)


class Versioned:
    """A row two analysts can edit: `version` counts its changes, and a stale write is refused by the database."""

    version: Mapped[int] = mapped_column(Integer, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - declared_attr hands in the class
        """Make `version` the row's optimistic lock."""
        return {"version_id_col": cls.version}
