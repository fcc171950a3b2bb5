"""Assets: replaced as a whole by each rebuild, read a page at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, select, type_coerce, update
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import NullType

from platform_core.domain.inventory import Asset, AssetKind, SourceRow
from platform_core.store.models import AssetRow, MigrationRow
from platform_core.store.plain_values import FIELDS, edits_from_json
from platform_core.store.publishing import publish_assets
from platform_core.store.repositories.base import Repository, plain, portions
from platform_core.store.staging import Staging

CHANGING = "changing assets"
"""Marks a session in which assets were changed and may still be changed back."""

FETCHED = 10_000
"""Rows read at once where all are read."""


class Assets(Repository):
    """The inventory of migrations."""

    def replace_all(self, migration_id: int, staged: Staging) -> None:
        """Put staged assets in place of the former ones."""
        self._run(delete(AssetRow).where(AssetRow.migration_id == migration_id))
        publish_assets(self._session, migration_id, staged)

    def all(self, migration_id: int) -> Iterator[Asset]:
        """Yield every asset of a migration in name order."""
        query = select(AssetRow).where(AssetRow.migration_id == migration_id).order_by(AssetRow.key)
        for row in self._session.scalars(query.execution_options(yield_per=2_000)):
            yield as_asset(row)
            self._session.expunge(row)

    def raw(self, migration_id: int, columns: Sequence[str]) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Yield the chosen columns of every asset, as the database holds them, some thousand rows at a time."""
        wanted = (type_coerce(column(name), NullType()) for name in columns)
        query = select(*wanted).where(AssetRow.migration_id == migration_id).order_by(AssetRow.id)
        for rows in self._session.execute(query.execution_options(yield_per=FETCHED)).partitions():
            yield [tuple(row) for row in rows]

    def named(self, migration_id: int, fields: Sequence[str], keys: Sequence[str] | None = None) -> Iterator[Asset]:
        """Yield every asset (those of `keys`, where given) with some of its fields and no lineage, one by one."""
        head = (AssetRow.key, AssetRow.kind, AssetRow.name)
        query = select(*head, *map(column, fields)).where(AssetRow.migration_id == migration_id).order_by(AssetRow.id)
        asked = [query] if keys is None else [query.where(AssetRow.key.in_(some)) for some in portions(keys)]
        for one in asked:
            for key, kind, name, *values in self._session.execute(one.execution_options(yield_per=FETCHED)):
                known = {field: value for field, value in zip(fields, values, strict=True) if value is not None}
                yield Asset(key, AssetKind(kind), name, known)

    def outlines(self, migration_id: int, fields: Sequence[str]) -> list[tuple[Asset, str]]:
        """Return every asset by key with some of its fields and no lineage, and its planning subject."""
        head = (AssetRow.key, AssetRow.kind, AssetRow.name, AssetRow.subject_key)
        query = select(*head, *map(column, fields)).where(AssetRow.migration_id == migration_id)
        found = []
        for key, kind, name, subject, *values in self._tuples(query.order_by(AssetRow.key)):
            known = {field: value for field, value in zip(fields, values, strict=True) if value is not None}
            found.append((Asset(key, AssetKind(kind), name, known), subject))
        return found

    def nodes(self, migration_id: int) -> list[tuple[str, AssetKind, str, str]]:
        """Return (key, kind, name, planning subject) of every asset, by key."""
        columns = (AssetRow.key, AssetRow.kind, AssetRow.name, AssetRow.subject_key)
        query = select(*columns).where(AssetRow.migration_id == migration_id).order_by(AssetRow.key)
        return [(key, AssetKind(kind), name, subject) for key, kind, name, subject in self._tuples(query)]

    def get(self, migration_id: int, key: str) -> AssetRow:
        """Return one asset; raises NotFound."""
        query = select(AssetRow).where(AssetRow.migration_id == migration_id, AssetRow.key == key)
        return self._one(self._session.scalar(query), "asset")

    def look(self, migration_id: int, key: str) -> AssetRow:
        """Return one asset to be read only; raises NotFound."""
        row: AssetRow = self._line(_ONE, "asset", mine=migration_id, key=key)
        return row

    def of_subject(self, migration_id: int, subject_key: str, *, limit: int = 500) -> list[AssetRow]:
        """Return the assets that share an application's strategy and wave, in name order."""
        query = select(AssetRow).where(AssetRow.migration_id == migration_id, AssetRow.subject_key == subject_key)
        return self._rows(query.order_by(AssetRow.kind, AssetRow.name).limit(limit))

    def keys(self, migration_id: int) -> set[str]:
        """Return the keys of all assets."""
        return set(self._session.scalars(select(AssetRow.key).where(AssetRow.migration_id == migration_id)))

    def subjects(self, migration_id: int) -> dict[str, str]:
        """Return the planning subject of each asset key."""
        query = select(AssetRow.key, AssetRow.subject_key).where(AssetRow.migration_id == migration_id)
        return dict(self._tuples(query))

    def subjects_of(self, migration_id: int, keys: Sequence[str]) -> dict[str, str]:
        """Return the planning subject of each of `keys` that is in the inventory."""
        query = select(AssetRow.key, AssetRow.subject_key).where(AssetRow.migration_id == migration_id)
        return dict(self._tuples(query.where(AssetRow.key.in_(keys))))

    def after(self, migration_id: int, key: str, *, limit: int) -> list[tuple[Any, ...]]:
        """Return (key, kind, name, planning subject, *FIELDS) of the first `limit` assets with a key above `key`."""
        return list(map(tuple, self._asked(_AFTER, mine=migration_id, place=key, most=limit)))

    def whole(self, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        """Return what `after` does of the assets `ids`, in that order; those that are gone are left out."""
        found = {number: tuple(row) for number, *row in self._asked(_WHOLE, ids=list(ids))}
        return [found[number] for number in ids if number in found]

    def owners(self, migration_id: int, subject_keys: Sequence[str]) -> dict[str, str]:
        """Return who answers for each planning subject, as far as one of its assets says so."""
        named = (AssetRow.application_owner, AssetRow.business_owner, AssetRow.technical_owner)
        owner = func.coalesce(*named)
        query = select(AssetRow.subject_key, func.min(owner)).where(AssetRow.migration_id == migration_id)
        query = query.where(AssetRow.subject_key.in_(subject_keys), owner.is_not(None))
        return dict(self._tuples(query.group_by(AssetRow.subject_key)))

    def count(self, migration_id: int) -> int:
        """Return how many assets there are."""
        return self._count(select(func.count()).select_from(AssetRow).where(AssetRow.migration_id == migration_id))

    def rows(self, ids: Sequence[int], columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return (key, kind, name, *columns) of the assets `ids`, in that order; those that are gone are left out."""
        chosen = [AssetRow.id, AssetRow.key, AssetRow.kind, AssetRow.name, *(column(name) for name in columns)]
        query = select(*chosen).where(AssetRow.id.in_(ids))
        found = {number: tuple(row) for number, *row in self._session.execute(query)}
        return [found[number] for number in ids if number in found]


_ONE = plain(AssetRow).where(AssetRow.migration_id == bindparam("mine"), AssetRow.key == bindparam("key"))
_HEAD = (AssetRow.key, AssetRow.kind, AssetRow.name, AssetRow.subject_key)
_FIELDS = tuple(getattr(AssetRow, name) for name in FIELDS)
_AFTER = (
    select(*_HEAD, *_FIELDS)
    .where(AssetRow.migration_id == bindparam("mine"), AssetRow.key > bindparam("place"))
    .order_by(AssetRow.key)
    .limit(bindparam("most"))
)
_WHOLE = select(AssetRow.id, *_HEAD, *_FIELDS).where(AssetRow.id.in_(bindparam("ids", expanding=True)))


def count_change(session: Session, migration_id: int) -> int:
    """Number a change of single assets of a migration, and return the number.

    Whoever changes stored assets sets it as their `edition`: the inventory page shows them as they are by that. It
    grows, and is never given twice, even when a change is rolled back: hence the clock.
    """
    connection = session.connection()
    last = connection.scalar(select(MigrationRow.inventory_edition).where(MigrationRow.id == migration_id)) or 0
    number = max(int(last) + 1, time.time_ns())
    connection.execute(update(MigrationRow).where(MigrationRow.id == migration_id).values(inventory_edition=number))
    session.info[CHANGING] = True
    return number


def column(name: str) -> InstrumentedAttribute[Any]:
    """Return the column of a canonical field (or key, kind, name); raises KeyError for anything else."""
    if name not in FIELDS and name not in {"key", "kind", "name", "subject_key"}:
        raise KeyError(name)
    found: InstrumentedAttribute[Any] = getattr(AssetRow, name)
    return found


def as_asset(row: AssetRow) -> Asset:
    """Return a stored asset as the domain's."""
    values = {name: value for name in FIELDS if (value := getattr(row, name)) is not None}
    return Asset(
        key=row.key,
        kind=AssetKind(row.kind),
        name=row.name,
        values=values,
        sources=[SourceRow(import_id, line) for import_id, line in row.sources],
        origins={name: row.origins.get(name, 0) for name in values},
        edits=edits_from_json(row.edits),
    )
