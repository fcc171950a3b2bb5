"""Dependencies between assets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, insert, or_, select, update

from platform_core.dependencies.directory import filed_under, normal_address
from platform_core.domain.dependencies import DependencyFilter, DependencyState, DependencyVerdict
from platform_core.domain.inventory import Dependency, SourceRow
from platform_core.store.models import AssetRow, DependencyRow
from platform_core.store.repositories.base import Repository, like, portions

STORED = (
    "source_name",
    "target_name",
    "source_key",
    "target_key",
    "source_ip",
    "target_ip",
    "port",
    "protocol",
    "relation",
    "process",
    "weight",
    "verdict",
)
"""What is kept of a dependency, named and ordered as in the domain; lineage is kept as its first row."""

Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True)
class NoiseWords:
    """The ports and stored processes that count as noise."""

    ports: tuple[int, ...] = ()
    processes: tuple[str, ...] = ()


class Dependencies(Repository):
    """Who needs whom, as of the last rebuild."""

    def replace_all(self, migration_id: int, dependencies: Sequence[Dependency]) -> None:
        """Put the dependencies of a rebuild in place of the former ones."""
        self._run(delete(DependencyRow).where(DependencyRow.migration_id == migration_id))
        filed = _Filed()
        self._run(insert(DependencyRow), [_values(migration_id, dependency, filed) for dependency in dependencies])

    def all(self, migration_id: int) -> list[Dependency]:
        """Return every dependency of a migration but those rejected."""
        query = self._columns().where(DependencyRow.migration_id == migration_id, _standing())
        return [_dependency(row) for row in self._tuples(query)]

    def between_known(self, migration_id: int) -> list[Dependency]:
        """Return the dependencies, but those rejected, of which both ends are in the inventory, named by their keys."""
        ends = (DependencyRow.source_key, DependencyRow.target_key)
        what = (DependencyRow.port, DependencyRow.process, DependencyRow.weight, DependencyRow.verdict)
        query = select(*ends, *what).where(DependencyRow.migration_id == migration_id, _standing())
        query = query.where(ends[0].is_not(None), ends[1].is_not(None))
        return [
            Dependency(one, two, one, two, port=port, process=process, weight=weight, verdict=_verdict(said))
            for one, two, port, process, weight, said in self._tuples(query)
        ]

    def starting_at(self, migration_id: int, keys: Iterable[str], names: Iterable[str]) -> list[tuple[int, Dependency]]:
        """Return (number, dependency) of all that start at one of the assets `keys`, or are called as in `names`."""
        found: dict[int, Dependency] = {}
        for column, values in ((DependencyRow.source_key, keys), (DependencyRow.source_name, names)):
            for some in portions(list(dict.fromkeys(values))):
                query = select(DependencyRow.id, *_stored())
                query = query.where(DependencyRow.migration_id == migration_id, column.in_(some))
                found |= {row[0]: _dependency(row[1:]) for row in self._tuples(query)}
        return list(found.items())

    def numbered(self, migration_id: int, numbers: Iterable[int]) -> list[Dependency]:
        """Return the dependencies with these numbers, as far as they are there."""
        found: list[Dependency] = []
        for some in portions(list(dict.fromkeys(numbers))):
            query = self._columns().where(DependencyRow.migration_id == migration_id, DependencyRow.id.in_(some))
            found += [_dependency(row) for row in self._tuples(query)]
        return found

    def called(self, migration_id: int, keys: Collection[str], filed: Collection[str]) -> list[int]:
        """Return the numbers of all, those rejected too, of which an end is one of `keys` or may be called as `filed`.

        `filed` are names and addresses as `filed_under` gives them. Ends that are stored without are among them.
        """
        row, names = DependencyRow, sorted(filed)
        asked: list[tuple[Any, Sequence[str]]] = [(row.source_key, sorted(keys)), (row.target_key, sorted(keys))]
        asked += [(column, names) for column in (row.source_filed, row.target_filed, row.source_ip, row.target_ip)]
        tests = [column.in_(some) for column, values in asked for some in portions(values)]
        tests += [row.source_filed.is_(None), row.target_filed.is_(None)]
        if any(":" in name and normal_address(name) for name in names):  # of which there are several spellings
            tests += [row.source_ip.contains(":"), row.target_ip.contains(":")]
        found: set[int] = set()
        for test in tests:
            found.update(self._rows(select(row.id).where(row.migration_id == migration_id, test)))
        return sorted(found)

    def told_by(self, numbers: Iterable[int]) -> list[tuple[int, Dependency]]:
        """Return (number, dependency) of some, each with the first row that tells it, by number."""
        found: list[tuple[int, Dependency]] = []
        for some in portions(sorted(numbers)):
            query = select(DependencyRow.id, DependencyRow.import_id, DependencyRow.line, *_stored())
            for number, import_id, line, *row in self._tuples(query.where(DependencyRow.id.in_(some))):
                dependency = _dependency(tuple(row))
                known = import_id is not None and line is not None
                dependency.sources = [SourceRow(import_id, line)] if known else []
                found.append((number, dependency))
        return sorted(found, key=lambda each: each[0])

    def rewrite(self, changed: Iterable[tuple[int, Dependency]]) -> None:
        """Write ends, weight and verdict of dependencies that were matched again."""
        names = ("source_key", "target_key", "weight", "verdict")
        rows = [{"id": number, **{name: getattr(one, name) for name in names}} for number, one in changed]
        self._run(update(DependencyRow), rows)

    def mark(self, numbers: Iterable[int], verdict: DependencyVerdict | None) -> None:
        """Put a verdict on the dependencies with these numbers."""
        for some in portions(list(dict.fromkeys(numbers))):
            self._run(update(DependencyRow).where(DependencyRow.id.in_(some)).values(verdict=verdict))

    def add(self, migration_id: int, dependency: Dependency) -> None:
        """Add one dependency."""
        self._run(insert(DependencyRow), [_values(migration_id, dependency, _Filed())])

    def remove(self, numbers: Iterable[int]) -> None:
        """Take the dependencies with these numbers out."""
        for some in portions(list(dict.fromkeys(numbers))):
            self._run(delete(DependencyRow).where(DependencyRow.id.in_(some)))

    def page(
        self, migration_id: int, wanted: DependencyFilter, noise: NoiseWords, *, offset: int, limit: int
    ) -> list[DependencyRow]:
        """Return dependencies that pass the filter, noise last, heaviest first."""
        query = _filtered(select(DependencyRow), migration_id, wanted, noise)
        hidden = case((_in_state(DependencyState.NOISE, noise), 1), else_=0)
        query = query.order_by(hidden, DependencyRow.weight.desc(), DependencyRow.id)
        return self._rows(query.offset(offset).limit(limit))

    def count(self, migration_id: int, wanted: DependencyFilter, noise: NoiseWords) -> tuple[int, float]:
        """Return how many dependencies pass the filter, and their weight."""
        both = (func.count(), func.coalesce(func.sum(DependencyRow.weight), 0.0))
        query = select(*both).select_from(DependencyRow)
        ((count, weight),) = self._tuples(_filtered(query, migration_id, wanted, noise))
        return count, weight

    def numbers(self, migration_id: int, wanted: DependencyFilter, noise: NoiseWords) -> list[int]:
        """Return the numbers of all dependencies that pass the filter."""
        return self._rows(_filtered(select(DependencyRow.id), migration_id, wanted, noise))

    def by_port(self, migration_id: int) -> list[tuple[int, int, float]]:
        """Return (port, dependencies, weight) of every port, most frequent first; those rejected do not count."""
        return self._tally(migration_id, DependencyRow.port)

    def by_process(self, migration_id: int) -> list[tuple[str, int, float]]:
        """Return (process, dependencies, weight) as stored, most frequent first; those rejected do not count."""
        return self._tally(migration_id, DependencyRow.process)

    def _tally(self, migration_id: int, column: Any) -> list[tuple[Any, int, float]]:
        query = select(column, func.count(), func.sum(DependencyRow.weight)).where(
            DependencyRow.migration_id == migration_id, column.is_not(None), _standing()
        )
        rows = self._tuples(query.group_by(column).order_by(func.count().desc(), column))
        return [(value, count, weight) for value, count, weight in rows if value != ""]

    def _columns(self) -> Select[*tuple[Any, ...]]:
        return select(*_stored())

    def of_asset(self, migration_id: int, keys: Sequence[str], *, limit: int = 200) -> list[DependencyRow]:
        """Return the dependencies that start or end at one of the assets `keys`, heaviest first."""
        query = select(DependencyRow).where(
            DependencyRow.migration_id == migration_id,
            or_(DependencyRow.source_key.in_(keys), DependencyRow.target_key.in_(keys)),
        )
        return self._rows(query.order_by(DependencyRow.weight.desc(), DependencyRow.id).limit(limit))

    def counts(self, migration_id: int) -> tuple[int, int]:
        """Return (all dependencies but those rejected, those of them with an end that is not in the inventory)."""
        mine = and_(DependencyRow.migration_id == migration_id, _standing())
        dangling = or_(DependencyRow.source_key.is_(None), DependencyRow.target_key.is_(None))
        ((every, loose),) = self._tuples(select(func.count(), func.count(case((dangling, 1)))).where(mine))
        return every, loose


class _Filed(dict[str, str]):
    """What names are filed under, worked out once for each."""

    def __missing__(self, name: str) -> str:
        return self.setdefault(name, filed_under(name))


def _values(migration_id: int, dependency: Dependency, filed: _Filed) -> dict[str, Any]:
    first = dependency.sources[0] if dependency.sources else None
    return {name: getattr(dependency, name) for name in STORED} | {
        "migration_id": migration_id,
        "source_filed": filed[dependency.source_name],
        "target_filed": filed[dependency.target_name],
        "import_id": first.import_id if first else None,
        "line": first.line if first else None,
    }


def _stored() -> list[Any]:
    return [getattr(DependencyRow, name) for name in STORED]


def _dependency(row: tuple[Any, ...]) -> Dependency:
    dependency = Dependency(*row[:-1])
    dependency.verdict = _verdict(row[-1])
    return dependency


def _verdict(said: str | None) -> DependencyVerdict | None:
    return DependencyVerdict(said) if said else None


def _standing() -> ColumnElement[bool]:
    return or_(DependencyRow.verdict.is_(None), DependencyRow.verdict != DependencyVerdict.REJECTED)


def _filtered(query: Query, migration_id: int, wanted: DependencyFilter, noise: NoiseWords) -> Query:
    query = query.where(DependencyRow.migration_id == migration_id)
    if wanted.text:
        query = query.where(
            or_(like(DependencyRow.source_name, wanted.text), like(DependencyRow.target_name, wanted.text))
        )
    if wanted.port is not None:
        query = query.where(DependencyRow.port == wanted.port)
    if wanted.process:
        query = query.where(DependencyRow.process == wanted.process)
    if wanted.subject_key:
        inside = select(AssetRow.key).where(
            AssetRow.migration_id == migration_id, AssetRow.subject_key == wanted.subject_key
        )
        query = query.where(or_(DependencyRow.source_key.in_(inside), DependencyRow.target_key.in_(inside)))
    return query.where(_in_state(wanted.state, noise)) if wanted.state else query


def _in_state(state: DependencyState, noise: NoiseWords) -> ColumnElement[bool]:
    undecided = DependencyRow.verdict.is_(None)
    is_noise = or_(DependencyRow.port.in_(noise.ports), DependencyRow.process.in_(noise.processes))
    if state is DependencyState.OPEN:
        hidden = func.coalesce(is_noise, False)
        return and_(undecided, ~hidden)
    if state is DependencyState.NOISE:
        return and_(undecided, is_noise)
    if state is DependencyState.OUTSIDE:
        return or_(DependencyRow.source_key.is_(None), DependencyRow.target_key.is_(None))
    return DependencyRow.verdict == state.value
