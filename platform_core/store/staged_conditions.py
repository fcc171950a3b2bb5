"""Which staged assets rules concern, asked in SQL, so that a rule does not make a rebuild read every asset."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.dialects import sqlite

from platform_core.domain.asset_decisions import Comparison, Condition
from platform_core.store.models import AssetRow, IssueRow
from platform_core.store.repositories.conditions import meets, refused
from platform_core.store.staging import Staging


def keys_meeting(staged: Staging, groups: Sequence[Sequence[Condition]]) -> set[str]:
    """Return the keys of the staged assets that meet all conditions of one of the groups."""
    if not groups:
        return set()
    met = or_(*(and_(true(), *map(_meets, group)) for group in groups))
    compiled = met.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    return staged.keys_where(str(compiled), [_plain(compiled.params[name]) for name in compiled.positiontup or ()])


def _meets(condition: Condition) -> ColumnElement[bool]:
    """Return a condition as it is asked of the one inventory that is staged."""
    if condition.test is not Comparison.REFUSED:
        return meets(condition)
    return AssetRow.key.in_(select(IssueRow.asset_key).where(refused(condition.field, str(condition.value))))


def _plain(value: Any) -> Any:
    """Return a value as SQLite stores it."""
    if isinstance(value, date):
        return value.isoformat()
    return "\n".join(value) if isinstance(value, tuple) else value
