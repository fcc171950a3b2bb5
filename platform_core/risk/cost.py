"""Run cost today and afterwards, and the cost of moving, by the user's rate card, as ranges.

The rules say which quantities count for which strategy (`data/risk/cost_items.csv`); the prices are the user's. A price
that is uncertain is uncertain for all applications alike, so each draw uses one price a rate for the whole portfolio.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from platform_core.domain.answers import as_number
from platform_core.domain.cost import (
    ApplicationCost,
    CostForecast,
    CostLine,
    CostPhase,
    CostRange,
    RateCard,
)
from platform_core.domain.strategy import Facts, Strategy
from platform_core.errors import BadInput

_ANY = "any"
_EFFORT = "effort_points"
_QUANTILES = (0.05, 0.5, 0.95)
_FREE = frozenset({Strategy.RETIRE})
"""Strategies after which nothing runs."""
_STILL = frozenset({Strategy.RETAIN})
"""Strategies that move nothing."""


@dataclass(frozen=True, slots=True)
class CostRule:
    """A quantity that is paid for in a phase at the product of the rates of `items`; no strategies = all."""

    items: tuple[str, ...]
    phase: CostPhase
    strategies: frozenset[Strategy]
    quantity: str
    times: float
    text: str
    source: str


def load_cost_rules(data: Path) -> tuple[CostRule, ...]:
    """Read cost_items.csv from `risk` under `data`; raises BadInput for a row that cannot work or names no source."""
    with (data / "risk" / "cost_items.csv").open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    try:
        rules = tuple(map(_rule, rows))
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput("The rules of cost are incomplete or not of their form.") from error
    if not all(rule.source for rule in rules):
        raise BadInput("A rule of cost names no source.")
    return rules


def rate_items(rules: Iterable[CostRule]) -> tuple[str, ...]:
    """Return the items that a rate card may price, in the order of the rules."""
    return tuple(dict.fromkeys(item for rule in rules for item in rule.items))


def application_cost(
    facts: Facts, strategy: Strategy | None, effort_points: float, card: RateCard, rules: Sequence[CostRule]
) -> ApplicationCost:
    """Return what one application costs by `strategy` (None = undecided: only what it costs today is known).

    `effort_points` are those of `risk.effort`. An unknown quantity or a rate that the card lacks leaves its line out
    and is named in `unknown`; a retired application costs nothing afterwards, a retained one nothing to move.
    """
    lines, unknown = [], [] if strategy else ["strategy"]
    for rule in rules:
        if not _counts(rule, strategy):
            continue
        missing = [item for item in rule.items if item not in card.rates]
        quantity = effort_points if rule.quantity == _EFFORT else _known(facts, rule.quantity)
        if missing or quantity is None:
            unknown += [f"rate of {item}" for item in missing] or [rule.quantity]
            continue
        source = "effort estimate" if rule.quantity == _EFFORT else facts[rule.quantity].source
        lines.append(
            CostLine(phase=rule.phase, items=rule.items, quantity=quantity * rule.times, text=rule.text, source=source)
        )
    return ApplicationCost(lines=tuple(lines), unknown=tuple(dict.fromkeys(unknown)))


def forecast(costs: Sequence[ApplicationCost], card: RateCard, *, seed: int, draws: int = 2_000) -> CostForecast:
    """Return the range of the sum over `costs`: the middle nine tenths of `draws` of all rates.

    Each rate is drawn from the triangle of its low, base and high. The same seed gives the same range; the cost of
    drawing does not depend on how many applications there are.
    """
    rates = _drawn(card, seed, draws)
    totals = _totals(costs, rates, draws)
    complete = [cost for cost in costs if not cost.unknown]
    certain = _totals(complete, rates, draws)
    return CostForecast(
        currency=card.currency,
        as_of=card.as_of,
        today=_range(totals[CostPhase.TODAY]),
        after=_range(totals[CostPhase.AFTER]),
        migration=_range(totals[CostPhase.MIGRATION]),
        saving=_range(certain[CostPhase.TODAY] - certain[CostPhase.AFTER]) if complete else None,
        applications=len(costs),
        complete=len(complete),
    )


def span_cost(
    costs: Sequence[tuple[ApplicationCost, float | None]],
    years: float,
    card: RateCard,
    *,
    seed: int,
    draws: int = 2_000,
) -> CostRange:
    """Return the range of what applications cost over a span of `years`, their moves included.

    Each runs as today for the share (0..1) of the span before it moves and as afterwards for the rest, and is moved
    once; None = it is not moved in the span. Rates are drawn as in `forecast`.
    """
    spread = [
        ApplicationCost(
            lines=tuple(
                line.model_copy(update={"quantity": line.quantity * _times(line.phase, share, years)})
                for line in cost.lines
            ),
            unknown=cost.unknown,
        )
        for cost, share in costs
    ]
    totals = _totals(spread, _drawn(card, seed, draws), draws)
    return _range(np.sum(list(totals.values()), axis=0))


def _times(phase: CostPhase, share: float | None, years: float) -> float:
    """Return how often the line of a phase is paid in a span."""
    before = 1.0 if share is None else share
    return {
        CostPhase.TODAY: before * years,
        CostPhase.AFTER: (1.0 - before) * years,
        CostPhase.MIGRATION: float(share is not None),
    }[phase]


def _totals(
    costs: Sequence[ApplicationCost], rates: Mapping[str, NDArray[np.float64]], draws: int
) -> dict[CostPhase, NDArray[np.float64]]:
    """Return the sum of each phase for every draw, shape (draws,)."""
    quantities: dict[tuple[CostPhase, tuple[str, ...]], float] = defaultdict(float)
    for cost in costs:
        for line in cost.lines:
            quantities[line.phase, line.items] += line.quantity
    totals = {phase: np.zeros(draws) for phase in CostPhase}
    for (phase, items), quantity in quantities.items():
        totals[phase] += quantity * np.prod([rates[item] for item in items], axis=0)
    return totals


def _rule(row: Mapping[str, str]) -> CostRule:
    named = row["strategies"]
    strategies = frozenset() if named == _ANY else frozenset(map(Strategy, named.split(";")))
    return CostRule(
        items=tuple(row["items"].split("*")),
        phase=CostPhase(row["phase"]),
        strategies=strategies,
        quantity=row["quantity"],
        times=float(row["times"]),
        text=row["text"],
        source=row["source"],
    )


def _counts(rule: CostRule, strategy: Strategy | None) -> bool:
    if rule.phase is CostPhase.TODAY:
        return True
    if strategy is None:
        return False
    if (rule.phase is CostPhase.AFTER and strategy in _FREE) or (
        rule.phase is CostPhase.MIGRATION and strategy in _STILL
    ):
        return False
    return not rule.strategies or strategy in rule.strategies


def _known(facts: Facts, key: str) -> float | None:
    number = as_number(facts[key].value) if key in facts else None
    return number if number is not None and number >= 0 else None


def _drawn(card: RateCard, seed: int, draws: int) -> dict[str, NDArray[np.float64]]:
    """Return the draws of each rate; items in alphabetical order, so that the order of the card changes nothing."""
    random = np.random.default_rng(seed)
    drawn = {}
    for item in sorted(card.rates):
        rate = card.rates[item]
        certain = rate.low == rate.high
        drawn[item] = np.full(draws, rate.base) if certain else random.triangular(rate.low, rate.base, rate.high, draws)
    return drawn


def _range(values: NDArray[np.float64]) -> CostRange:
    low, middle, high = np.quantile(values, _QUANTILES)
    return CostRange(low=round(float(low), 2), middle=round(float(middle), 2), high=round(float(high), 2))
