"""Assets: replaced as a whole by each rebuild, read a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import NullType

from platform_core.domain.inventory import Asset, AssetFilter, AssetKind, SourceRow
from platform_core.store.models import AssetRow, IssueRow
from platform_core.store.plain_values import FIELDS, edits_from_json
from platform_core.store.publishing import publish_assets
from platform_core.store.repositories.base import Repository, like
from platform_core.store.staging import Staging

FETCHED = 10_000
"""Rows read at once where all are read."""

FACETS = ("kind", "environment", "business_criticality", "location", "os_name")


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

    def nodes(self, migration_id: int) -> list[tuple[str, AssetKind, str, str]]:
        """Return (key, kind, name, planning subject) of every asset, by key."""
        columns = (AssetRow.key, AssetRow.kind, AssetRow.name, AssetRow.subject_key)
        query = select(*columns).where(AssetRow.migration_id == migration_id).order_by(AssetRow.key)
        return [(key, AssetKind(kind), name, subject) for key, kind, name, subject in self._tuples(query)]

    def get(self, migration_id: int, key: str) -> AssetRow:
        """Return one asset; raises NotFound."""
        query = select(AssetRow).where(AssetRow.migration_id == migration_id, AssetRow.key == key)
        return self._one(self._session.scalar(query), "asset")

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

    def owners(self, migration_id: int, subject_keys: Sequence[str]) -> dict[str, str]:
        """Return who answers for each planning subject, as far as one of its assets says so."""
        named = (AssetRow.application_owner, AssetRow.business_owner, AssetRow.technical_owner)
        owner = func.coalesce(*named)
        query = select(AssetRow.subject_key, func.min(owner)).where(AssetRow.migration_id == migration_id)
        query = query.where(AssetRow.subject_key.in_(subject_keys), owner.is_not(None))
        return dict(self._tuples(query.group_by(AssetRow.subject_key)))

    def count(self, migration_id: int, wanted: AssetFilter | None = None) -> int:
        """Return how many assets pass the filter."""
        return self._count(_filtered(select(func.count()).select_from(AssetRow), migration_id, wanted))

    def page(
        self, migration_id: int, wanted: AssetFilter, columns: Sequence[str], *, offset: int, limit: int
    ) -> list[tuple[Any, ...]]:
        """Return (key, kind, name, *columns) of the assets that pass the filter, in its order."""
        chosen = [AssetRow.key, AssetRow.kind, AssetRow.name, *(column(name) for name in columns)]
        query = _filtered(select(*chosen), migration_id, wanted)
        order = column(wanted.sort)
        descending = order.desc().nulls_last() if wanted.descending else order.asc().nulls_last()
        return self._tuples(query.order_by(descending, AssetRow.id).offset(offset).limit(limit))

    def by_kind(self, migration_id: int) -> dict[AssetKind, int]:
        """Return the number of assets of each kind."""
        query = select(AssetRow.kind, func.count()).where(AssetRow.migration_id == migration_id)
        return {AssetKind(kind): number for kind, number in self._tuples(query.group_by(AssetRow.kind))}

    def facet(self, migration_id: int, name: str, *, limit: int = 50) -> list[tuple[Any, int]]:
        """Return the values of a facet with their counts, most frequent first."""
        if name not in FACETS:
            raise KeyError(name)
        value = column(name)
        query = select(value, func.count()).where(AssetRow.migration_id == migration_id, value.is_not(None))
        return [
            (v, n) for v, n in self._tuples(query.group_by(value).order_by(func.count().desc(), value).limit(limit))
        ]

    def filled(self, migration_id: int) -> dict[AssetKind, dict[str, int]]:
        """Return, by kind, how many assets hold a value in each field."""
        counts = [func.count(column(name)) for name in FIELDS]
        query = select(AssetRow.kind, *counts).where(AssetRow.migration_id == migration_id).group_by(AssetRow.kind)
        return {AssetKind(kind): dict(zip(FIELDS, numbers, strict=True)) for kind, *numbers in self._tuples(query)}


def column(name: str) -> InstrumentedAttribute[Any]:
    """Return the column of a canonical field (or key, kind, name); raises KeyError for anything else."""
    if name not in FIELDS and name not in {"key", "kind", "name", "subject_key"}:
        raise KeyError(name)
    found: InstrumentedAttribute[Any] = getattr(AssetRow, name)
    return found


def _filtered(query: Select[Any], migration_id: int, wanted: AssetFilter | None) -> Select[Any]:
    query = query.where(AssetRow.migration_id == migration_id)
    if wanted is None:
        return query
    equal = {
        "kind": wanted.kind,
        "environment": wanted.environment,
        "business_criticality": wanted.criticality,
        "subject_key": wanted.subject_key,
    }
    for name, value in equal.items():
        if value:
            query = query.where(column(name) == value)
    if wanted.text:
        query = query.where(_mentions(wanted.text))
    if wanted.missing:
        query = query.where(column(wanted.missing).is_(None))
    if wanted.issue:
        query = query.where(
            exists().where(
                IssueRow.migration_id == migration_id,
                IssueRow.asset_key == AssetRow.key,
                IssueRow.kind == wanted.issue,
            )
        )
    return query


def _mentions(text: str) -> ColumnElement[bool]:
    places = ("name", "hostname", "fqdn", "application_name", "ip_address", "os_name")
    return or_(*(like(column(place), text) for place in places))


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
