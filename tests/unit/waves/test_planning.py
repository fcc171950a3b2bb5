from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings

from platform_core import waves
from platform_core.domain.waves import Link, Order, Pin, PlannedAsset, Portfolio, Rules
from platform_core.errors import BadInput, Cancelled
from platform_core.waves.applications import read_applications
from platform_core.waves.conflicts import smallest_clauses
from platform_core.waves.rulebook import only
from tests.unit.waves.portfolios import can_be_kept, cases, estate, every_assignment, keeps, planted, portfolio


def severed(portfolio: Portfolio, wave_of: dict[str, int]) -> float:
    return sum(link.weight for link in portfolio.links if wave_of[link.source] != wave_of[link.target])


@settings(max_examples=70, deadline=None)
@given(cases)
def test_a_plan_keeps_every_rule_or_names_a_smallest_conflict(case: tuple[Portfolio, Rules]) -> None:
    portfolio, rules = case
    plan = waves.plan(portfolio, rules, effort="fast")
    if plan.possible:
        assert keeps(portfolio, rules, plan.wave_of)
        planned = Counter(asset for wave in plan.waves for asset in wave.assets)
        assert planned == Counter(asset.asset_id for asset in portfolio.assets)
        return
    assert not can_be_kept(portfolio, rules)
    clauses, proven = smallest_clauses(read_applications(portfolio), rules)
    assert proven
    assert not can_be_kept(portfolio, only(rules, clauses))
    for left_out in clauses:
        assert can_be_kept(portfolio, only(rules, [clause for clause in clauses if clause != left_out]))


@settings(max_examples=25, deadline=None)
@given(cases)
def test_a_small_plan_severs_as_little_as_any(case: tuple[Portfolio, Rules]) -> None:
    portfolio, rules = case
    plan = waves.plan(portfolio, rules, effort="fast")
    if plan.possible:
        clean = (wave_of for wave_of in every_assignment(portfolio, rules.waves) if keeps(portfolio, rules, wave_of))
        assert severed(portfolio, plan.wave_of) == pytest.approx(min(severed(portfolio, wave_of) for wave_of in clean))


@pytest.mark.parametrize(("count", "groups"), [(4, 24), (6, 120)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_planted_plan_that_severs_nothing_and_leaves_no_room_is_found(count: int, groups: int, seed: int) -> None:
    portfolio, rules = planted(count, groups, seed)
    plan = waves.plan(portfolio, rules)
    assert waves.check(portfolio, rules, plan.wave_of) == ()
    assert plan.metrics is not None
    assert plan.metrics.cut_share == 0.0


def test_a_middle_sized_portfolio_with_every_kind_of_rule_is_planned_far_better_than_first_fit() -> None:
    portfolio, rules = estate(60, seed=4)
    plan = waves.plan(portfolio, rules, effort="fast")
    assert keeps(portfolio, rules, plan.wave_of)
    assert plan.metrics is not None
    assert plan.metrics.first_fit_cut_share is not None
    assert plan.metrics.cut_share < 0.9 * plan.metrics.first_fit_cut_share


def test_the_same_arguments_give_the_same_plan() -> None:
    portfolio, rules = estate(40, seed=2)
    first = waves.plan(portfolio, rules, seed=5, effort="fast")
    assert waves.plan(portfolio, rules, seed=5, effort="fast") == first
    assert waves.plan(portfolio, rules, seed=6, effort="fast").wave_of != first.wave_of


def test_planning_again_from_a_plan_moves_nothing() -> None:
    portfolio, rules = estate(60, seed=4)
    before = waves.plan(portfolio, rules, effort="fast").wave_of
    assert waves.plan(portfolio, rules, previous=before, seed=9).wave_of == before


def test_a_pin_moves_its_application_and_little_else() -> None:
    portfolio, rules = estate(60, seed=4)
    before = waves.plan(portfolio, rules, effort="fast").wave_of
    name, free = next(
        (f"app-{number:03d}", row.wave)
        for number in range(60)
        for row in waves.options(portfolio, rules, before, f"app-{number:03d}")
        if not row.forbidden_by and row.wave != before[f"app-{number:03d}-0"]
    )
    pinned = rules.model_copy(update={"pins": (Pin(application=name, wave=free),)})
    after = waves.plan(portfolio, pinned, previous=before).wave_of
    assert after[f"{name}-0"] == free
    assert waves.check(portfolio, pinned, after) == ()
    assert sum(before[asset] != wave for asset, wave in after.items()) <= 0.1 * len(before)


def test_a_previous_plan_that_is_only_half_known_is_completed() -> None:
    portfolio, rules = estate(40, seed=2)
    before = waves.plan(portfolio, rules, effort="fast").wave_of
    known = {asset: wave for asset, wave in before.items() if asset < "app-020"} | {"gone-0": 3, "app-021-0": 99}
    after = waves.plan(portfolio, rules, previous=known)
    assert keeps(portfolio, rules, after.wave_of)


def test_an_asset_without_application_travels_alone_and_can_be_named_by_rules() -> None:
    assets = (PlannedAsset("fileserver", ""), PlannedAsset("printserver", ""), PlannedAsset("erp-0", "ERP"))
    rules = Rules(waves=2, order=(Order(before="fileserver", after="ERP", strict=True),))
    plan = waves.plan(Portfolio(assets, ()), rules)
    assert plan.wave_of["fileserver"] == 1
    assert plan.wave_of["erp-0"] == 2
    assert [group.name for group in plan.groups] == ["ERP", "fileserver", "printserver"]


def test_rules_that_do_not_bind_leave_everything_in_one_wave() -> None:
    linked = portfolio({"A": 3, "B": 2, "C": 1}, (("A", "B", 4.0), ("B", "C", 1.0)))
    plan = waves.plan(linked, Rules(waves=4))
    assert len(set(plan.wave_of.values())) == 1
    assert len(plan.waves) == 4


def test_an_empty_portfolio_has_an_empty_plan() -> None:
    plan = waves.plan(Portfolio((), ()), Rules(waves=3, capacity=(1.0, 1.0, 1.0)))
    assert plan.possible
    assert [wave.assets for wave in plan.waves] == [(), (), ()]


def test_links_to_unknown_assets_do_not_count() -> None:
    one = portfolio({"A": 1, "B": 1}, (("A", "B", 2.0),))
    more = Portfolio(one.assets, (*one.links, Link("A-0", "elsewhere", 50.0)))
    metrics = waves.measure(more, Rules(waves=2), {"A-0": 1, "B-0": 2})
    assert metrics.cut_share == 1.0


def test_progress_is_told_and_can_cancel() -> None:
    portfolio, rules = estate(40, seed=2)
    told: list[float] = []

    def watch(share: float, text: str) -> None:
        told.append(share)
        assert text
        if len(told) == 8:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        waves.plan(portfolio, rules, progress=watch)
    assert len(told) == 8
    assert told == sorted(told)
    assert all(0 <= share <= 1 for share in told)


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        (Rules(waves=2, order=(Order(before="A", after="Ghost"),)), "Ghost"),
        (Rules(waves=2, together=(("A", "Phantom"),)), "Phantom"),
        (Rules(waves=2, pins=(Pin(application="A", wave=3),)), "pinned to wave 3"),
    ],
)
def test_rules_about_what_is_not_there_are_refused_by_name(rules: Rules, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        waves.plan(portfolio({"A": 1}), rules)


@pytest.mark.parametrize(
    "assets",
    [
        (PlannedAsset("a", "A"), PlannedAsset("a", "B")),
        (PlannedAsset("a", "A", effort=float("nan")),),
        (PlannedAsset("a", "A", effort=-1.0),),
        (PlannedAsset("a", "A", risk=float("inf")),),
    ],
)
def test_a_portfolio_with_impossible_assets_is_refused(assets: tuple[PlannedAsset, ...]) -> None:
    with pytest.raises(BadInput):
        waves.plan(Portfolio(assets, ()), Rules(waves=1))


def test_a_link_with_a_negative_weight_is_refused() -> None:
    bad = portfolio({"A": 1, "B": 1}, (("A", "B", -2.0),))
    with pytest.raises(BadInput, match="weight"):
        waves.plan(bad, Rules(waves=1))
