"""Which assets pass a filter, in SQL: columns are checked names, whatever somebody typed is a parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from platform_core.domain.inventory import MEMBERSHIP_SEPARATOR, NO_VALUE, AssetFilter
from platform_core.domain.software import SUPPORT
from platform_core.store.snapshots.shape import FINDINGS, LISTS, SEARCH, SUPPORT_PLACES, is_text, place_of, quoted

Condition = tuple[str, list[Any]]
"""SQL and its parameters."""

HITS = "hits"
"""The relation of a query that holds the ids of the assets in which the searched words occur."""

SEPARATORS = dict.fromkeys(LISTS, "\n") | {"application_name": MEMBERSHIP_SEPARATOR}
"""Where several entries stand in one text, what stands between them."""


def condition(wanted: AssetFilter) -> Condition:
    """Return the condition of a filter; raises KeyError for a column that does not exist."""
    parts: list[Condition] = [_one_of(column, values) for column, values in wanted.only]
    if wanted.subject_key:
        parts.append((f"{quoted('subject_key')} = ?", [wanted.subject_key]))
    if wanted.missing:
        parts.append((f"{quoted(wanted.missing)} IS NULL", []))
    if wanted.text.strip():
        parts.append((f"{quoted('id')} IN (SELECT id FROM {HITS})", []))  # noqa: S608
    if not parts:
        return "true", []
    return " AND ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]


def mentions(text: str) -> Condition:
    """Return the condition that every word of `text` occurs in what is searched, whatever the case."""
    words = text.lower().split()
    return " AND ".join(f"contains({SEARCH}, ?)" for _ in words) or "true", words


def _one_of(column: str, values: Sequence[str]) -> Condition:
    """Return the condition that a column has one of `values`; `NO_VALUE` stands for an empty cell."""
    place = quoted(column)
    named = [value for value in values if value != NO_VALUE]
    parts = ["false"]
    used: list[Any] = []
    if NO_VALUE in values:
        parts.append(f"{place} IS NULL")
    if column == SUPPORT and named:
        phases = [SUPPORT_PLACES[phase] for phase in SUPPORT_PLACES if phase in named]
        parts += [f"{place_of(column)} IN ({', '.join(map(str, phases))})"] * bool(phases)
    elif named:
        text = place if is_text(column) else f"CAST({place} AS VARCHAR)"
        parts.append(f"{text} IN ({', '.join('?' * len(named))})")
        used += named
        if column in SEPARATORS:
            separator = SEPARATORS[column]
            parts.append(f"(contains({place}, ?) AND list_has_any(string_split({place}, ?), ?))")
            used += [separator, separator, named]
    if column == FINDINGS and named:  # a kind of finding, whatever the field
        parts += [f"(contains({place}, ?))" for _ in named]
        used += [f"{value}:" for value in named]
    return f"({' OR '.join(parts)})", used
