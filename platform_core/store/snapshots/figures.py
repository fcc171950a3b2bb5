"""Figures about all assets of a snapshot: how many meet conditions, which texts stand in a field, a sample of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_
from sqlalchemy.dialects.postgresql.base import PGDialect

from platform_core.domain.asset_decisions import Condition
from platform_core.domain.inventory import AssetFilter, IssueKind
from platform_core.store.plain_values import FIELDS
from platform_core.store.repositories.conditions import all_met
from platform_core.store.snapshots.opening import Snapshot
from platform_core.store.snapshots.shape import FINDINGS, quoted

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


def count_any(snapshot: Snapshot, groups: Sequence[Sequence[Condition]], *findings: IssueKind) -> int:
    """Return how many assets meet one of the groups, or have a finding of one of the kinds."""
    told, used = _sql(or_(*(all_met(group) for group in groups))) if groups else ("false", [])
    also = "".join(f" OR contains({quoted(FINDINGS)}, ?)" for _ in findings)
    marks = [f"{kind}:" for kind in findings]
    ((number,),) = snapshot.select(f"count(CASE WHEN ({told}){also} THEN 1 END)", EVERY, "", (*used, *marks))
    return int(number)


def values(snapshot: Snapshot, field: str, *, limit: int) -> list[tuple[str, int]]:
    """Return the texts in a field with their numbers, most frequent first."""
    name = quoted(field)
    also = f"AND {name} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {limit:d}"
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
    ((number,),) = snapshot.select(" + ".join(f"count({quoted(name)})" for name in FIELDS), EVERY, "")
    return int(number)


def namesakes(snapshot: Snapshot) -> int:
    """Return how many assets have a name that another of their kind has, whatever the case."""
    also = f"GROUP BY {quoted('kind')}, lower({quoted('name')}) HAVING count(*) > 1"
    return sum(int(number) for (number,) in snapshot.select("count(*)", EVERY, also))


def _sql(expression: ColumnElement[Any]) -> tuple[str, tuple[Any, ...]]:
    """Return an expression in the SQL of a snapshot, and its parameters in the order of their marks."""
    compiled = expression.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    used = (compiled.params[name] for name in compiled.positiontup or ())
    return str(compiled), tuple("\n".join(value) if isinstance(value, tuple) else value for value in used)
