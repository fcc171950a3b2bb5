"""Assets as decisions change them in place: a few are read, changed and written back, the others stay untouched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from platform_core.domain.asset_decisions import Condition
from platform_core.domain.dependencies import DependencyVerdict
from platform_core.domain.inventory import Asset, AssetKind, Dependency
from platform_core.store.models import AssetRow, DependencyRow
from platform_core.store.plain_values import FIELDS, edits_as_json, edits_from_json
from platform_core.store.repositories.assets import as_asset, column, count_change
from platform_core.store.repositories.base import Repository, portions
from platform_core.store.repositories.conditions import meets

FETCHED = 2_000


@dataclass(frozen=True)
class StoredAsset:
    """An asset with its row and the planning subject it has."""

    id: int
    subject_key: str
    asset: Asset


class AssetEdits(Repository):
    """Reads and changes single assets of an inventory."""

    def whole(self, migration_id: int, keys: Collection[str]) -> list[StoredAsset]:
        """Return the assets `keys` with all they hold, in the order of the build."""
        return self._whole(migration_id, AssetRow.key, sorted(keys))

    def members(self, migration_id: int, subjects: Collection[str]) -> list[StoredAsset]:
        """Return the assets of planning subjects with all they hold, in the order of the build."""
        return self._whole(migration_id, AssetRow.subject_key, sorted(subjects))

    def partly(self, migration_id: int, fields: Sequence[str], only: Sequence[Condition]) -> Iterator[StoredAsset]:
        """Yield the assets that fit all conditions, of their values only `fields`, and no lineage."""
        mine = (AssetRow.migration_id == migration_id, *(meets(condition) for condition in only))
        yield from self._partly(fields, *mine)

    def edited(self, migration_id: int, decisions: Collection[int]) -> list[str]:
        """Return the keys of all assets that one of the decisions changed."""
        query = select(AssetRow.key, AssetRow.edits).where(
            AssetRow.migration_id == migration_id, AssetRow.edits.is_not(None)
        )
        wanted = set(decisions)
        rows = self._session.execute(query.execution_options(yield_per=FETCHED))
        return [key for key, edits in rows if any(wanted.intersection(entry["by"]) for entry in edits.values())]

    def fitting(self, migration_id: int, only: Sequence[Condition]) -> list[str]:
        """Return the keys of all assets that fit all conditions."""
        mine = (AssetRow.migration_id == migration_id, *(meets(condition) for condition in only))
        return self._rows(select(AssetRow.key).where(*mine))

    def rewrite(self, migration_id: int, changed: Iterable[tuple[StoredAsset, str]], fields: Sequence[str]) -> None:
        """Write kind, edits and `fields` of changed assets, each with the planning subject it has now."""
        edition = count_change(self._session, migration_id)
        rows = [
            {
                "id": stored.id,
                "edition": edition,
                "kind": stored.asset.kind,
                "subject_key": subject,
                "edits": edits_as_json(stored.asset.edits),
                **{name: stored.asset.values.get(name) for name in fields},
            }
            for stored, subject in changed
        ]
        self._run(update(AssetRow), rows)

    def applications(self, migration_id: int) -> list[tuple[str, str]]:
        """Return (key, name) of every application in the order of the build."""
        query = select(AssetRow.key, AssetRow.name).where(
            AssetRow.migration_id == migration_id, AssetRow.kind == AssetKind.APPLICATION
        )
        return [(key, name) for key, name in self._tuples(query.order_by(AssetRow.id))]

    def has_dependencies(self, migration_id: int) -> bool:
        """Tell whether any dependency is known."""
        query = select(DependencyRow.id).where(DependencyRow.migration_id == migration_id).limit(1)
        return self._session.scalar(query) is not None

    def links(self, migration_id: int, subjects: Collection[str]) -> list[Dependency]:
        """Return between which subjects (in place of assets) dependencies lie that one of `subjects` has a part in."""
        row, mine = DependencyRow, (DependencyRow.migration_id == migration_id,)
        what = (row.source_key, row.target_key, row.port, row.process, row.verdict)
        inside = self._keys_of(migration_id, subjects)
        found: dict[tuple[Any, ...], None] = {}
        for some in portions(inside):
            for end, other in ((row.source_key, row.target_key), (row.target_key, row.source_key)):
                query = select(*what).where(*mine, end.in_(some), other.is_not(None)).distinct()
                found |= dict.fromkeys(self._tuples(query))
        of = self._subjects_of(migration_id, {key for one, two, *_ in found for key in (one, two)})
        between = {(of[one], of[two], *rest): None for one, two, *rest in found if one in of and two in of}
        return [
            Dependency(
                one, two, one, two, port=port, process=process, verdict=DependencyVerdict(said) if said else None
            )
            for one, two, port, process, said in between
        ]

    def _keys_of(self, migration_id: int, subjects: Collection[str]) -> list[str]:
        mine = select(AssetRow.key).where(AssetRow.migration_id == migration_id)
        return [
            key for some in portions(sorted(subjects)) for key in self._rows(mine.where(AssetRow.subject_key.in_(some)))
        ]

    def _subjects_of(self, migration_id: int, keys: Collection[str]) -> dict[str, str]:
        mine = select(AssetRow.key, AssetRow.subject_key).where(AssetRow.migration_id == migration_id)
        return {
            key: subject
            for some in portions(sorted(keys))
            for key, subject in self._tuples(mine.where(AssetRow.key.in_(some)))
        }

    def leaving(self, migration_id: int, subjects: Collection[str]) -> set[str]:
        """Return those of `subjects` of which an asset has a day of retirement."""
        found: set[str] = set()
        for some in portions(sorted(subjects)):
            query = select(AssetRow.subject_key).where(
                AssetRow.migration_id == migration_id,
                AssetRow.subject_key.in_(some),
                AssetRow.retirement_date.is_not(None),
            )
            found.update(self._rows(query.distinct()))
        return found

    def count(self, migration_id: int, only: Sequence[Condition]) -> int:
        """Return how many assets fit all conditions."""
        mine = (AssetRow.migration_id == migration_id, *(meets(condition) for condition in only))
        return self._count(select(func.count()).select_from(AssetRow).where(*mine))

    def _whole(self, migration_id: int, place: InstrumentedAttribute[str], keys: Sequence[str]) -> list[StoredAsset]:
        found = []
        for some in portions(keys):
            query = select(AssetRow).where(AssetRow.migration_id == migration_id, place.in_(some))
            for row in self._rows(query):
                found.append(StoredAsset(row.id, row.subject_key, as_asset(row)))
                self._session.expunge(row)
        return sorted(found, key=lambda stored: stored.id)

    def _partly(self, fields: Sequence[str], *mine: ColumnElement[bool]) -> Iterator[StoredAsset]:
        named = tuple(name for name in fields if name in FIELDS)
        head = (AssetRow.id, AssetRow.subject_key, AssetRow.key, AssetRow.kind, AssetRow.name, AssetRow.edits)
        query: Select[Any] = select(*head, *map(column, named)).where(*mine).order_by(AssetRow.id)
        for number, subject, key, kind, name, edits, *values in self._session.execute(query):
            known = {field: value for field, value in zip(named, values, strict=True) if value is not None}
            asset = Asset(key, AssetKind(kind), name, known, edits=edits_from_json(edits))
            yield StoredAsset(number, subject, asset)
