"""Figures about all assets of a snapshot: how many meet conditions, which texts stand in a field, a sample of rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, false, func, or_
from sqlalchemy.dialects.postgresql.base import PGDialect

from platform_core.domain.asset_decisions import Condition
from platform_core.domain.inventory import AssetFilter
from platform_core.domain.quality import Failing
from platform_core.store.plain_values import FIELDS
from platform_core.store.repositories.conditions import all_met
from platform_core.store.snapshots.opening import Snapshot
from platform_core.store.snapshots.shape import FINDINGS, KEY, KIND, quoted

EVERY = AssetFilter()
DIALECT = PGDialect(paramstyle="qmark")  # type: ignore[no-untyped-call]
"""DuckDB reads PostgreSQL's SQL, with its own marks for parameters."""


def count_each(snapshot: Snapshot, groups: Sequence[Sequence[Condition]]) -> list[int]:
    """Return for each group of conditions how many assets meet all of them."""
    if not groups:
        return []
    told = [_sql(func.count(case((all_met(group), 1)))) for group in groups]
    ((*numbers,),) = snapshot.select(
        ", ".join(sql for sql, _ in told), EVERY, "", tuple(value for _, used in told for value in used)
    )
    return [int(number) for number in numbers]


def count_failing(snapshot: Snapshot, failing: Failing) -> int:
    """Return how many assets fail."""
    told, used = _failing(snapshot, failing)
    ((number,),) = snapshot.select(f"count(CASE WHEN {told} THEN 1 END)", EVERY, "", used)
    return int(number)


def failing_page(snapshot: Snapshot, failing: Failing, *, offset: int, limit: int) -> list[int]:
    """Return the ids of a page of the assets that fail, in the order of the build."""
    return _page(snapshot, *_failing(snapshot, failing), offset=offset, limit=limit)


def page(snapshot: Snapshot, only: Sequence[Condition], *, offset: int, limit: int) -> list[int]:
    """Return the ids of a page of the assets that meet all conditions, in the order of the build."""
    return _page(snapshot, *_sql(all_met(only)), offset=offset, limit=limit)


def extremes(
    snapshot: Snapshot, asked: Sequence[tuple[str, Sequence[Condition]]]
) -> list[tuple[Any | None, Any | None]]:
    """Return for each field with conditions its smallest and largest value among the assets that meet them."""
    told, values = [], []
    for field, group in asked:
        sql, used = _sql(all_met(group))
        told += [f"{end}(CASE WHEN {sql} THEN {quoted(field)} END)" for end in ("min", "max")]
        values += [*used, *used]
    if not told:
        return []
    ((*found,),) = snapshot.select(", ".join(told), EVERY, "", tuple(values))
    return list(zip(found[::2], found[1::2], strict=True))


def which_met(snapshot: Snapshot, ids: Sequence[int], groups: Sequence[Sequence[Condition]]) -> dict[str, list[bool]]:
    """Return for single assets, by key, which of the groups of conditions they meet."""
    told = [_sql(all_met(group)) for group in groups]
    named = ", ".join([quoted(KEY), *(f"coalesce({sql}, false)" for sql, _ in told)])
    marks = ", ".join("?" * len(ids)) or "NULL"
    used = (*(value for _, each in told for value in each), *ids)
    return {key: met for key, *met in snapshot.select(named, EVERY, f"AND id IN ({marks})", used)}


def fullness(snapshot: Snapshot, keys: Collection[str]) -> dict[str, tuple[str, int]]:
    """Return the name of each of the assets `keys` that is there, and how many values it holds."""
    known = " + ".join(f"CAST({quoted(name)} IS NOT NULL AS INTEGER)" for name in FIELDS)
    told = f"{quoted(KEY)}, {quoted('name')}, {known}"
    also = f"AND {quoted(KEY)} IN (SELECT unnest(CAST(? AS VARCHAR[])))"
    return {key: (name, number) for key, name, number in snapshot.select(told, EVERY, also, (tuple(sorted(keys)),))}


def values(snapshot: Snapshot, field: str, *, limit: int, least: int = 1) -> list[tuple[str, int]]:
    """Return the texts in a field that at least so many assets have, with their numbers, most frequent first."""
    kept = snapshot.frequent.get(field) if snapshot.is_as_written else None
    if kept and kept.top[-1][1] < least:  # so is every text that is not among them
        return [(str(value), number) for value, number in kept.top if number >= least][:limit]
    name = quoted(field)
    also = f"AND {name} IS NOT NULL GROUP BY 1 HAVING count(*) >= {least:d} ORDER BY 2 DESC, 1 LIMIT {limit:d}"
    return [(str(value), int(number)) for value, number in snapshot.select(f"{name}, count(*)", EVERY, also)]


def sample(
    snapshot: Snapshot, fields: Sequence[str], only: Sequence[Condition], *, limit: int
) -> list[tuple[Any, ...]]:
    """Return `fields` of up to `limit` assets that meet the conditions, taken from all over the inventory."""
    (total,) = count_each(snapshot, [only])
    condition, used = _sql(all_met(only))
    step = max(1, total // limit)
    also = f"AND {condition} AND {quoted('id')} % {step:d} = 0 ORDER BY {quoted('id')} LIMIT {limit:d}"
    return [tuple(row) for row in snapshot.select(", ".join(map(quoted, fields)), EVERY, also, used)]


def filled(snapshot: Snapshot) -> int:
    """Return how many values all assets hold together."""
    return sum(counts[name] for counts in snapshot.filled().values() for name in FIELDS)


def _failing(snapshot: Snapshot, failing: Failing) -> tuple[str, tuple[Any, ...]]:
    told, used = _sql(or_(false(), *(all_met(group) for group in failing.groups)))
    found = "".join(f" OR contains({quoted(FINDINGS)}, ?)" for _ in failing.findings)
    marks = [f"{kind}:" for kind in failing.findings]
    name = f"{quoted(KIND)} || ':' || lower({quoted('name')})"
    shared = f"SELECT {name} FROM {snapshot.assets} GROUP BY 1 HAVING count(*) > 1"  # noqa: S608
    named = f" OR {name} IN ({shared})" if failing.namesakes else ""
    return f"(coalesce({told}, false){found}{named})", (*used, *marks)


def _page(snapshot: Snapshot, told: str, used: Sequence[Any], *, offset: int, limit: int) -> list[int]:
    also = f"AND {told} ORDER BY id LIMIT {limit:d} OFFSET {offset:d}"
    return [number for (number,) in snapshot.select("id", EVERY, also, tuple(used))]


def _sql(expression: ColumnElement[Any]) -> tuple[str, tuple[Any, ...]]:
    """Return an expression in the SQL of a snapshot, and its parameters in the order of their marks."""
    compiled = expression.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    used = (compiled.params[name] for name in compiled.positiontup or ())
    return str(compiled), tuple("\n".join(value) if isinstance(value, tuple) else value for value in used)
