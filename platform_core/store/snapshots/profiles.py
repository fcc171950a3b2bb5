"""What one column of a snapshot holds, and its assets in groups, for charts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from platform_core.domain.inventory import AssetFilter
from platform_core.store.snapshots.frequent import MANY, MOST, Frequent
from platform_core.store.snapshots.opening import ENTRIES, Snapshot
from platform_core.store.snapshots.shape import LISTS, is_day, is_number, is_text, quoted

EXAMPLES = 5
BARS = 24
SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""The quantiles told of numbers and days, the smallest and the largest among them."""
TOP = 10
GROUPS = MOST
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
    """Return the profile of a column; raises KeyError when there is none of that name.

    From about `MANY` different values on, their number and which are frequent is exact for all assets as they were
    built, and estimated (HyperLogLog, space-saving) under a filter or after edits.
    """
    name = quoted(column)
    found = snapshot.select(name, wanted, f"AND {name} IS NOT NULL LIMIT {EXAMPLES}")
    examples = tuple(dict.fromkeys(value for (value,) in found))
    if column in snapshot.frequent:
        return _profile_of_many(snapshot, column, wanted, examples)
    counted = snapshot.select(f"{name}, count(*)", wanted, "GROUP BY 1 ORDER BY 2 DESC, 1")
    known = [(value, number) for value, number in counted if value is not None]
    return Profile(
        total=sum(number for _, number in counted),
        filled=sum(number for _, number in known),
        distinct=len(known),
        is_estimate=False,
        top=tuple(known[:TOP]),
        examples=examples,
        **(_measured_of(known, column) if known else {}),
    )


def _profile_of_many(snapshot: Snapshot, column: str, wanted: AssetFilter, examples: tuple[Any, ...]) -> Profile:
    """Return the profile of a column of which the frequent values were kept."""
    told = ", ".join(["count(*)", f"count({quoted(column)})", *_measures(column)])
    ((total, filled, *measures),) = snapshot.select(told, wanted)
    found, is_estimate = _frequent(snapshot, column, wanted, filled)
    return Profile(
        total=total,
        filled=filled,
        distinct=min(found.distinct, filled),
        is_estimate=is_estimate,
        top=found.top[:TOP],
        examples=examples,
        **(_measured(snapshot, column, wanted, measures) if filled else {}),
    )


def groups(
    snapshot: Snapshot, by: str, wanted: AssetFilter, *, split: str = "", amount: str = "", average: bool = False
) -> list[Group]:
    """Return the assets that pass a filter in groups, the largest first; `amount` is a number to add up or average.

    An asset whose list has several entries is in the group of each.
    Raises KeyError for a column that does not exist, or an `amount` that is no number.
    """
    if amount and not is_number(amount):
        raise KeyError(amount)
    kept = None if split or amount or by in LISTS else snapshot.kept(by, wanted)
    if kept and kept.holds(GROUPS):
        return [Group(value, None, number, None) for value, number in kept.most(GROUPS)]
    second, number = quoted(split) if split else "NULL", quoted(amount) if amount else "NULL::DOUBLE"
    figures = f"count(*) AS number, sum({number}) AS added, count({number}) AS known"
    together = f"(SELECT {quoted(by)} AS first, {second} AS second, {figures} FROM {{}} GROUP BY 1, 2)"  # noqa: S608
    entries = [ENTRIES.format(name) if column in LISTS else name for name, column in (("first", by), ("second", split))]
    parts = f"(SELECT {entries[0]} AS value, {entries[1]} AS split, number, added, known FROM {together})"  # noqa: S608
    told = "sum(added) / nullif(sum(known), 0)" if average else "sum(added)"
    also = f"GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT {GROUPS}"
    rows = snapshot.select(f"value, split, sum(number)::BIGINT, {told}", wanted, also, within=parts)
    return [Group(*row) for row in rows]


def _frequent(snapshot: Snapshot, column: str, wanted: AssetFilter, filled: int) -> tuple[Frequent, bool]:
    """Return the frequent values of a column among the assets that pass a filter, and whether they are estimated."""
    name = quoted(column)
    order = f"AND {name} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    kept = snapshot.kept(column, wanted)
    if kept:
        return kept, False
    if snapshot.is_as_written and snapshot.frequent[column].top[0][1] == 1:  # so is every value, under any filter
        first = snapshot.select(name, wanted, f"AND {name} IS NOT NULL ORDER BY 1 LIMIT {TOP}")
        return Frequent(filled, tuple((value, 1) for (value,) in first)), False
    guessed = f"approx_count_distinct({name}), approx_top_k({name}, {TOP})"
    ((about, likely),) = snapshot.select(guessed, wanted)
    if about > MANY:
        among = f"AND {name} IN ({', '.join('?' * len(likely))}) {order} LIMIT {TOP}"
        return Frequent(about, tuple(snapshot.select(f"{name}, count(*)", wanted, among, likely))), True
    rows = snapshot.select(f"{name}, count(*)", wanted, order)
    return Frequent(len(rows), tuple(rows[:TOP])), False


def _measures(column: str) -> list[str]:
    """Return what is measured of texts only, or of numbers and days only."""
    name = quoted(column)
    if is_text(column):
        return [f"min(length({name}))", f"max(length({name}))", f"arg_max({name}, length({name}))"]
    if is_number(column) or is_day(column):
        return ["NULL" if is_day(column) else f"avg({name})"]
    return []


def _measured(snapshot: Snapshot, column: str, wanted: AssetFilter, measures: Sequence[Any]) -> dict[str, Any]:
    if is_text(column):
        shortest, longest, text = measures
        return {"longest": text, "lengths": (shortest, longest)}
    if not measures:
        return {}
    (mean,) = measures
    quantiles = snapshot.quantiles(column, wanted, SHARES)
    return {"quantiles": quantiles, "mean": mean, "bars": _counted_bars(snapshot, column, wanted, quantiles)}


def _measured_of(known: Sequence[tuple[Any, int]], column: str) -> dict[str, Any]:
    """Return what a profile says of texts only, or of numbers and days only, from all values with their numbers."""
    if is_text(column):
        lengths = [len(value) for value, _ in known]
        return {"longest": max((value for value, _ in known), key=len), "lengths": (min(lengths), max(lengths))}
    if not (is_number(column) or is_day(column)):
        return {}
    ordered = sorted(known)
    numbers = np.array([number for _, number in ordered])
    ends = np.cumsum(numbers)
    ranks = [max(1, math.ceil(share * int(ends[-1]))) for share in SHARES]
    quantiles = tuple(ordered[int(np.searchsorted(ends, rank))][0] for rank in ranks)
    values = np.array([_as_number(value) for value, _ in ordered])
    mean = None if is_day(column) else float(values @ numbers) / int(ends[-1])
    cut = _cut(quantiles)
    if cut is None:
        return {"quantiles": quantiles, "mean": mean}
    low, width = cut
    bar = np.clip(np.floor((values - low) / width), 0, BARS - 1).astype(int)
    counts = dict(enumerate(np.bincount(bar, numbers, minlength=BARS).astype(int).tolist()))
    return {"quantiles": quantiles, "mean": mean, "bars": _bars(column, low, width, counts)}


def _counted_bars(
    snapshot: Snapshot, column: str, wanted: AssetFilter, quantiles: Sequence[Any]
) -> tuple[tuple[Any, Any, int], ...]:
    """Return the bars of a column, counted in the snapshot."""
    cut = _cut(quantiles)
    if cut is None:
        return ()
    name, (low, width) = quoted(column), cut
    place = f"date_diff('day', DATE '{FIRST_DAY}', {name})" if is_day(column) else name
    bar = f"greatest(0, least({BARS - 1}, CAST(floor(({place} - {low!r}) / {width!r}) AS BIGINT)))"
    counts = dict(snapshot.select(f"{bar}, count(*)", wanted, f"AND {name} IS NOT NULL GROUP BY 1"))
    return _bars(column, low, width, counts)


def _cut(quantiles: Sequence[Any]) -> tuple[float, float] | None:
    """Return where the first bar begins and how wide each is; None where all values are equal."""
    smallest, low, *_, high, largest = map(_as_number, quantiles)
    if low == high:
        low, high = smallest, largest
    return None if low == high else (low, (high - low) / BARS)


def _bars(column: str, low: float, width: float, counts: Mapping[int, int]) -> tuple[tuple[Any, Any, int], ...]:
    edges = [low + place * width for place in range(BARS + 1)]
    told = [FIRST_DAY + timedelta(days=edge) for edge in edges] if is_day(column) else edges
    return tuple((told[at], told[at + 1], counts.get(at, 0)) for at in range(BARS))


def _as_number(value: Any) -> float:
    return float((value - FIRST_DAY).days) if isinstance(value, date) else float(value)
