"""What one column of a snapshot holds, and its assets in groups, for charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from platform_core.domain.inventory import AssetFilter
from platform_core.store.snapshots.opening import Snapshot
from platform_core.store.snapshots.shape import is_day, is_number, is_text, quoted

MANY = 10_000
"""From about so many different values on, their number and which are frequent is estimated (HyperLogLog, space-saving).

Counting a million different texts exactly takes four times as long.
"""
TOP = 10
EXAMPLES = 5
BARS = 24
SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""The quantiles told of numbers and days, the smallest and the largest among them."""
GROUPS = 500
FIRST_DAY = date(1970, 1, 1)


@dataclass(frozen=True)
class Profile:
    """What a column holds among the assets that pass a filter.

    `distinct` is about right where `is_estimate`; `top` are frequent values with their exact numbers. `quantiles`
    belong to `SHARES`; `bars` are (from, to, number) of equal width, the outermost twentieths in those at the ends.
    Both are empty for texts. Lengths are in characters.
    """

    total: int
    filled: int
    distinct: int
    is_estimate: bool
    top: tuple[tuple[Any, int], ...]
    examples: tuple[Any, ...]
    quantiles: tuple[Any, ...] = ()
    mean: float | None = None
    bars: tuple[tuple[Any, Any, int], ...] = ()
    longest: str | None = None
    lengths: tuple[int, int] | None = None


@dataclass(frozen=True)
class Group:
    """Assets with the same value (and, where split, the same second value); `amount` is what was asked of a number."""

    value: Any
    split: Any
    count: int
    amount: float | None


def profile(snapshot: Snapshot, column: str, wanted: AssetFilter) -> Profile:
    """Return the profile of a column; raises KeyError when there is none of that name."""
    name = quoted(column)
    measured = [f"count({name})", f"approx_count_distinct({name})", f"approx_top_k({name}, {TOP})", *_measures(column)]
    ((filled, about, frequent, *measures),) = snapshot.select(", ".join(measured), wanted)  # one look for all of it
    is_estimate = about > MANY
    distinct = about if is_estimate else snapshot.select(f"count(DISTINCT {name})", wanted)[0][0]
    examples = snapshot.select(name, wanted, f"AND {name} IS NOT NULL LIMIT {EXAMPLES}")
    return Profile(
        total=snapshot.count(wanted),
        filled=filled,
        distinct=min(distinct, filled),
        is_estimate=is_estimate,
        top=tuple(_top(snapshot, name, wanted, frequent if is_estimate else None)),
        examples=tuple(dict.fromkeys(value for (value,) in examples)),
        **(_measured(snapshot, column, wanted, measures) if filled else {}),
    )


def groups(
    snapshot: Snapshot, by: str, wanted: AssetFilter, *, split: str = "", amount: str = "", average: bool = False
) -> list[Group]:
    """Return the assets that pass a filter in groups, the largest first; `amount` is a number to add up or average.

    Raises KeyError for a column that does not exist, or an `amount` that is no number.
    """
    if amount and not is_number(amount):
        raise KeyError(amount)
    told = f"{'avg' if average else 'sum'}({quoted(amount)})" if amount else "NULL"
    asked = (
        f"{quoted(by)} AS value, {quoted(split) if split else 'NULL'} AS split, count(*) AS number, {told} AS amount"
    )
    rows = snapshot.select(asked, wanted, f"GROUP BY 1, 2 ORDER BY number DESC, 1, 2 LIMIT {GROUPS}")
    return [Group(*row) for row in rows]


def _top(
    snapshot: Snapshot, name: str, wanted: AssetFilter, frequent: Sequence[Any] | None
) -> Sequence[tuple[Any, int]]:
    """Return the numbers of the `frequent` values; None = find out which these are."""
    order = f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {TOP}"
    if frequent is None:
        return snapshot.select(f"{name}, count(*)", wanted, f"AND {name} IS NOT NULL {order}")
    marks = ", ".join("?" * len(frequent))
    return snapshot.select(f"{name}, count(*)", wanted, f"AND {name} IN ({marks}) {order}", frequent)


def _measures(column: str) -> list[str]:
    """Return what is measured of texts only, or of numbers and days only."""
    name = quoted(column)
    if is_text(column):
        return [f"min(length({name}))", f"max(length({name}))", f"arg_max({name}, length({name}))"]
    if is_number(column) or is_day(column):
        shares = ", ".join(map(str, SHARES))
        return [f"quantile_disc({name}, [{shares}])", "NULL" if is_day(column) else f"avg({name})"]
    return []


def _measured(snapshot: Snapshot, column: str, wanted: AssetFilter, measures: Sequence[Any]) -> dict[str, Any]:
    if is_text(column):
        shortest, longest, text = measures
        return {"longest": text, "lengths": (shortest, longest)}
    if not measures:
        return {}
    quantiles, mean = measures
    return {"quantiles": tuple(quantiles), "mean": mean, "bars": _bars(snapshot, column, wanted, quantiles)}


def _bars(
    snapshot: Snapshot, column: str, wanted: AssetFilter, quantiles: Sequence[Any]
) -> tuple[tuple[Any, Any, int], ...]:
    name = quoted(column)
    smallest, low, *_, high, largest = map(_as_number, quantiles)
    if low == high:
        low, high = smallest, largest
    if low == high:
        return ()
    width = (high - low) / BARS
    place = f"date_diff('day', DATE '{FIRST_DAY}', {name})" if is_day(column) else name
    bar = f"greatest(0, least({BARS - 1}, CAST(floor(({place} - {low!r}) / {width!r}) AS BIGINT)))"
    counts = dict(snapshot.select(f"{bar}, count(*)", wanted, f"AND {name} IS NOT NULL GROUP BY 1"))
    edges = [low + place * width for place in range(BARS + 1)]
    told = [FIRST_DAY + timedelta(days=edge) for edge in edges] if is_day(column) else edges
    return tuple((told[at], told[at + 1], counts.get(at, 0)) for at in range(BARS))


def _as_number(value: Any) -> float:
    return float((value - FIRST_DAY).days) if isinstance(value, date) else float(value)
