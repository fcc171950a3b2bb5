"""What pages need to know of columns and fields beside the suggestions themselves."""

from __future__ import annotations

from platform_core.domain.table import Table
from platform_core.mapping.knowledge import Knowledge
from platform_core.mapping.values import ValueProfile


def profile(table: Table, knowledge: Knowledge) -> tuple[ValueProfile, ...]:
    """Profile every column of `table`, in column order, from a sample spread over its rows."""
    return knowledge.values.profiles(table)


def unit_choices(field: str, knowledge: Knowledge) -> tuple[str, ...]:
    """Return the units an analyst may choose for the values of `field`, small to large; empty = it has none."""
    return knowledge.units.choices.get(field, ())
