"""Cost follows from the user's prices and the facts; without a price there is no cost."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.cost import CostPhase, Rate, RateCard
from platform_core.domain.strategy import Fact, Strategy
from platform_core.errors import BadInput
from platform_core.reference import DATA
from platform_core.risk import application_cost, forecast, load_cost_rules, rate_items, read_rate_card, span_cost

RULES = load_cost_rules(DATA)
ITEMS = rate_items(RULES)
TODAY = date(2026, 11, 1)
SIZE = {"servers": 2, "cpu_cores": 8, "memory_gb": 32, "storage_gb": 500, "databases": 1, "user_count": 40}
FACTS = {key: Fact(key=key, value=value, source=f"cmdb.csv, {key}") for key, value in SIZE.items()}


def card(spread: float = 0.0, **prices: float) -> RateCard:
    rates = {
        item: Rate(item=item, low=price * (1 - spread), base=price, high=price * (1 + spread), source="offer")
        for item, price in {**dict.fromkeys(ITEMS, 1.0), **prices}.items()
    }
    return RateCard(name="offer", currency="EUR", as_of=date(2026, 10, 1), rates=rates)


def line(item: str = "vcpu_hour", low: str = "1", base: str = "2", high: str = "3", **other: str) -> dict[str, str]:
    cells = {"currency": "EUR", "as_of": "2026-10-01", "source": "offer of October"}
    return {"item": item, "low": low, "base": base, "high": high, **cells, **other}


def test_run_cost_and_migration_cost_are_quantities_times_rates() -> None:
    prices = card(server_month=100, vcpu_hour=0.05, labour_day=800, days_per_point=2)
    found = forecast([application_cost(FACTS, Strategy.REHOST, 1.7, prices, RULES)], prices, seed=1)
    assert found.today.middle == pytest.approx(2 * 12 * 100 + 500 * 12 + 2)
    assert found.after.middle == pytest.approx(8 * 8760 * 0.05 + 32 * 8760 + 500 * 12 + 2)
    assert found.migration.middle == pytest.approx(1.7 * 800 * 2)
    assert found.complete == 1


def test_over_a_span_it_runs_as_today_until_it_moves_and_as_afterwards_from_then_on() -> None:
    prices = card(server_month=100, vcpu_hour=0.05, labour_day=800, days_per_point=2)
    cost = application_cost(FACTS, Strategy.REHOST, 1.7, prices, RULES)
    yearly = forecast([cost], prices, seed=1)
    today, after, move = yearly.today.middle, yearly.after.middle, yearly.migration.middle
    early = span_cost([(cost, 0.25)], 2.0, prices, seed=1).middle
    assert early == pytest.approx(2.0 * (0.25 * today + 0.75 * after) + move)
    assert span_cost([(cost, None)], 2.0, prices, seed=1).middle == pytest.approx(2.0 * today)
    both = span_cost([(cost, 0.25), (cost, None)], 2.0, prices, seed=1).middle
    assert both == pytest.approx(early + 2.0 * today)


def test_a_retired_application_costs_nothing_afterwards_and_a_retained_one_what_it_costs_today() -> None:
    prices = card()
    retired = forecast([application_cost(FACTS, Strategy.RETIRE, 1, prices, RULES)], prices, seed=1)
    retained = forecast([application_cost(FACTS, Strategy.RETAIN, 0, prices, RULES)], prices, seed=1)
    assert retired.after.middle == 0
    assert retired.today.middle > 0
    assert retained.after == retained.today
    assert retained.migration.high == 0


def test_a_missing_rate_or_quantity_leaves_its_line_out_and_is_named() -> None:
    facts = {key: fact for key, fact in FACTS.items() if key != "cpu_cores"}
    prices = card()
    prices = prices.model_copy(update={"rates": {k: r for k, r in prices.rates.items() if k != "labour_day"}})
    found = application_cost(facts, Strategy.REHOST, 1, prices, RULES)
    assert set(found.unknown) == {"cpu_cores", "rate of labour_day"}
    assert not [item for item in found.lines if item.phase is CostPhase.MIGRATION]
    assert forecast([found], prices, seed=1).saving is None


def test_undecided_applications_have_a_cost_of_today_only() -> None:
    found = application_cost(FACTS, None, 1.5, card(), RULES)
    assert {item.phase for item in found.lines} == {CostPhase.TODAY}
    assert "strategy" in found.unknown


def test_every_line_names_where_its_quantity_comes_from() -> None:
    found = application_cost(FACTS, Strategy.REPLATFORM, 1, card(), RULES)
    assert {item.source for item in found.lines} >= {"cmdb.csv, servers", "cmdb.csv, databases", "effort estimate"}


@given(st.floats(0, 0.9), st.integers(0, 2**32 - 1), st.sampled_from(list(Strategy)))
def test_the_range_holds_between_the_cheapest_and_the_dearest_and_repeats_with_its_seed(
    spread: float, seed: int, strategy: Strategy
) -> None:
    prices = card(spread)
    cost = [application_cost(FACTS, strategy, 3.0, prices, RULES)]
    found = forecast(cost, prices, seed=seed, draws=200)
    assert found == forecast(cost, prices, seed=seed, draws=200)
    for phase in (found.today, found.after):
        assert phase.low <= phase.middle <= phase.high
    certain = forecast(cost, card(), seed=seed, draws=10)
    slack = 1e-6 * certain.today.middle + 0.02
    assert certain.today.middle * (1 - spread) - slack <= found.today.low
    assert found.today.high <= certain.today.middle * (1 + spread) + slack


def test_uncertain_prices_are_uncertain_for_all_applications_alike() -> None:
    prices = card(0.5)
    one = application_cost(FACTS, Strategy.REHOST, 1, prices, RULES)
    single, many = (forecast([one] * n, prices, seed=3) for n in (1, 10))
    assert many.today.low == pytest.approx(10 * single.today.low, rel=1e-6)


def test_a_rate_card_is_read_with_its_day_and_currency() -> None:
    found, problems = read_rate_card([(2, line()), (3, line("labour_day"))], ITEMS, name="offer", today=TODAY)
    assert found is not None
    assert (found.currency, found.as_of, set(found.rates)) == ("EUR", date(2026, 10, 1), {"vcpu_hour", "labour_day"})
    assert not problems


@pytest.mark.parametrize(
    "bad",
    [
        line("cheese"),
        line(low="3", base="2"),
        line(low="-1"),
        line(high="much"),
        line(high="inf"),
        line(currency="Euro"),
        line(as_of="soon"),
        line(as_of="2027-01-01"),
        line(source=" "),
        line("labour_day", currency="USD"),
        line("labour_day", as_of="2026-09-01"),
        line(),
    ],
)
def test_a_line_that_cannot_be_taken_is_told_and_the_others_stand(bad: dict[str, str]) -> None:
    found, problems = read_rate_card([(2, line()), (3, bad)], ITEMS, name="offer", today=TODAY)
    assert found is not None
    assert set(found.rates) == {"vcpu_hour"}
    assert [problem.line for problem in problems] == [3]


def test_an_empty_card_is_no_card() -> None:
    assert read_rate_card([], ITEMS, name="offer", today=TODAY) == (None, ())


def test_rules_without_a_source_are_refused(tmp_path: Path) -> None:
    (tmp_path / "risk").mkdir()
    text = (DATA / "risk" / "cost_items.csv").read_text(encoding="utf-8")
    (tmp_path / "risk" / "cost_items.csv").write_text(text.replace("Microsoft CAF: estimate effort", ""), "utf-8")
    with pytest.raises(BadInput):
        load_cost_rules(tmp_path)
