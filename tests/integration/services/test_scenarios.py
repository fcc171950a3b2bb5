"""Scenarios of the sample portfolio: made, compared, edited in the page and as a file, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from platform_core.domain.strategy import Strategy
from platform_core.domain.waves import Freeze, Pin, RuleKind, Rules
from platform_core.errors import BadInput
from platform_core.services import costs, exports, history, plan_edits, plans, scenarios, strategies
from platform_core.services.plans import PlanView, PlanWish
from platform_core.services.scenarios import Comparison
from platform_core.store import Store
from tests.harness.portfolio import ANALYST, STARTS_ON, copy_portfolio, store_at


@pytest.fixture
def sample(sample_portfolio: Path, tmp_path: Path) -> Iterator[Store]:
    copy_portfolio(sample_portfolio, tmp_path / "var")
    store = store_at(tmp_path / "var")
    yield store
    store.close()


def base(store: Store) -> PlanView:
    work = store.unit_of_work()
    return plans.view(work, plans.listed(work, 1)[-1][0])


def wave_of(store: Store, plan: PlanView) -> dict[str, int]:
    return dict(plans.applications(store.unit_of_work(), plan.id))


def test_a_scenario_is_made_from_another_and_compared_with_it(sample: Store) -> None:
    first = base(sample)
    frozen = Freeze(first=date(2027, 2, 1), last=date(2027, 2, 5))
    rules = first.rules.model_copy(update={"frozen": (frozen,)})
    wish = PlanWish(starts_on=STARTS_ON, rules=rules, name="February frozen", based_on=first.id)
    second = plans.make(sample, 1, wish, ANALYST)
    assert second.waves[1].assets == 0, "wave 2 runs through February"
    compared = scenarios.compare(sample, first.id, second.id)
    ours, theirs = wave_of(sample, first), wave_of(sample, second)
    assert {name for line in compared.moved for name in line.applications} == {
        name for name in ours if ours[name] != theirs[name]
    }
    assert 0 < compared.moved_share < 1
    assert compared.other.risk_by_wave[1] is None


def compared_with_february_frozen(store: Store) -> tuple[Comparison, PlanView, PlanView]:
    first = base(store)
    frozen = Freeze(first=date(2027, 2, 1), last=date(2027, 2, 5))
    rules = first.rules.model_copy(update={"frozen": (frozen,)})
    second = plans.make(store, 1, PlanWish(starts_on=STARTS_ON, rules=rules, name="Frozen", based_on=first.id), ANALYST)
    return scenarios.compare(store, second.id, first.id), second, first


def test_each_group_that_moved_says_which_rule_or_weight_holds_it(sample: Store) -> None:
    compared, second, first = compared_with_february_frozen(sample)
    work = sample.unit_of_work()
    assert compared.moved
    assert sum(line.assets for line in compared.moved) == round(
        compared.moved_share * sum(wave.assets for wave in second.waves)
    )
    for line in compared.moved:
        here = {option.wave: option for option in plans.options(work, second.id, line.applications[0])}
        there = {option.wave: option for option in plans.options(work, first.id, line.applications[0])}
        assert line.wave is not None
        assert line.other_wave is not None
        closed, weight = " ".join(here[line.other_wave].forbidden_by), here[line.other_wave].cut_change
        if closed:
            assert line.reason == f"Wave {line.other_wave} of Frozen is closed to it: {closed}"
        elif there[line.wave].forbidden_by:
            barred = " ".join(there[line.wave].forbidden_by)
            assert line.reason == f"Wave {line.wave} of {first.name} is closed to it: {barred}"
        elif (weight or 0) > 0.05:
            assert line.reason == f"Wave {line.other_wave} of Frozen would sever {weight:,.1f} more."
    assert all("is frozen in wave 2" in line.reason for line in compared.moved if line.other_wave == 2)
    assert {line.other_wave for line in compared.moved} >= {2}


def test_what_was_moved_by_hand_and_what_is_in_no_wave_say_so(sample: Store) -> None:
    compared, second, first = compared_with_february_frozen(sample)
    work = sample.unit_of_work()
    stayed = set(wave_of(sample, second)) - {name for line in compared.moved for name in line.applications}
    application = min(name for name in stayed if wave_of(sample, second)[name] == 3)
    plans.move(work, second.id, application, 5, ANALYST, seen_version=second.version)
    again = {name: line for line in scenarios.compare(sample, second.id, first.id).moved for name in line.applications}
    assert again[application].reason == "Placed by hand in Frozen."
    key = next(line.subject_key for line in plans.placements(work, first.id, limit=1)[0])
    seen = strategies.argument(work, 1, key).version
    strategies.override(work, 1, key, Strategy.RETIRE, "Gone", ANALYST, seen_version=seen)
    rules = plans.view(work, second.id).rules
    third = plans.make(sample, 1, PlanWish(starts_on=STARTS_ON, rules=rules, name="Third"), ANALYST)
    reasons = [line.reason for line in scenarios.compare(sample, first.id, third.id).moved if line.other_wave is None]
    assert reasons == ["In no wave of Third: retired, is switched off."]


def test_scenarios_are_compared_by_what_they_cost_once_there_are_prices(sample: Store) -> None:
    compared, second, first = compared_with_february_frozen(sample)
    assert compared.one.cost is None
    work = sample.unit_of_work()
    header, *rows = costs.rate_card_template().decode("utf-8-sig").splitlines()
    lines = [f"{row.split(',')[0]},1,2,3,EUR,2026-01-31,offer" for row in rows]
    costs.supply_rates(work, 1, "Offer", "\n".join([header, *lines]).encode(), ANALYST)
    compared = scenarios.compare(sample, second.id, first.id)
    one, other = compared.one.cost, compared.other.cost
    assert one is not None
    assert other is not None
    assert (one.first, one.last) == (other.first, other.last) == (STARTS_ON, second.waves[-1].ends_on)
    assert one.total != other.total, "what moves later runs longer as today"
    assert 0 < one.total.low < one.total.high
    assert one.complete <= one.applications


def test_a_locked_wave_stays_as_it_is_and_rules_stay_as_asked(sample: Store) -> None:
    first = base(sample)
    before = wave_of(sample, first)
    wish = PlanWish(starts_on=STARTS_ON, rules=first.rules, seed=7, afresh=True, locked=2)
    after = plans.make(sample, 1, wish, ANALYST)
    assert after.rules.pins == first.rules.pins
    now = wave_of(sample, after)
    assert {n for n in now if now[n] <= 2} == {n for n in before if before[n] <= 2}
    assert all(now[name] == before[name] for name in now if now[name] <= 2)


def test_as_few_waves_as_fit_and_the_ranked_conditions_can_be_asked_for(sample: Store) -> None:
    wish = PlanWish(starts_on=STARTS_ON, rules=base(sample).rules, name="Fewest", fewest=True)
    fewest = plans.make(sample, 1, wish, ANALYST)
    assert 1 <= len(fewest.waves) <= len(base(sample).waves)
    ranked = plans.make(sample, 1, PlanWish(starts_on=STARTS_ON, name="Ranked", ranked=True), ANALYST)
    assert ranked.rules.staging is not None
    assert ranked.violations == ()


def test_what_is_severed_between_two_waves_adds_up_to_the_matrix(sample: Store) -> None:
    plan = base(sample)
    wave, other = next(
        (i + 1, j + 1) for i, row in enumerate(plan.severed) for j, weight in enumerate(row) if weight > 0
    )
    lines = scenarios.severed(sample.unit_of_work(), plan.id, wave, other)
    assert sum(line.weight for line in lines) == pytest.approx(plan.severed[wave - 1][other - 1])
    where = wave_of(sample, plan)
    assert {(where[line.source], where[line.target]) for line in lines} == {(wave, other)}


def test_prices_of_rules_are_kept_until_the_plan_changes(sample: Store) -> None:
    plan = base(sample)
    found = scenarios.price(sample.unit_of_work(), plan.id)
    assert base(sample).prices == found
    assert any(price.rules == "Capacities of all waves" for price in found)
    name, wave = next(iter(wave_of(sample, plan).items()))
    work = sample.unit_of_work()
    plans.move(work, plan.id, name, 1 if wave != 1 else 2, ANALYST, seen_version=base(sample).version)
    assert base(sample).prices == ()


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_plan_edited_as_a_file_comes_back_with_what_it_breaks_and_can_be_undone(sample: Store, suffix: str) -> None:
    plan, work = base(sample), sample.unit_of_work()
    make = exports.plan_csv if suffix == "csv" else exports.plan_excel
    same = plan_edits.read_back(work, plan.id, f"plan.{suffix}", make(work, plan.id))
    assert (same.changes, same.unknown, same.unreadable, same.not_in_file) == ({}, (), (), 0)
    before = wave_of(sample, plan)
    name = max(before, key=lambda known: before[known])
    edited = f"application,wave\n{name},1\nGhost,2\n{next(iter(before))},never\n".encode()
    back = plan_edits.read_back(work, plan.id, "edited.csv", edited)
    assert back.changes == {name: 1}
    assert back.unknown == ("Ghost",)
    assert len(back.unreadable) == 1
    taken = plan_edits.take_back(work, plan.id, back.changes, ANALYST, seen_version=plan.version)
    assert len(taken.violations) == len(back.broken)
    assert wave_of(sample, taken)[name] == 1
    history.undo(work, 1, ANALYST)
    assert wave_of(sample, plan) == before


def test_a_file_that_is_no_plan_is_refused(sample: Store) -> None:
    with pytest.raises(BadInput, match="no columns application and wave"):
        plan_edits.read_back(sample.unit_of_work(), base(sample).id, "other.csv", b"name,size\na,1\nb,2\n")


def test_a_pin_holds_where_the_application_is_and_can_be_undone(sample: Store) -> None:
    plan, work = base(sample), sample.unit_of_work()
    name, wave = next(iter(wave_of(sample, plan).items()))
    pinned = plan_edits.pin(work, plan.id, name, ANALYST, seen_version=plan.version)
    assert pinned.rules.pins == (Pin(application=name, wave=wave),)
    history.undo(work, 1, ANALYST)
    assert base(sample).rules.pins == ()


def test_giving_up_a_rule_of_a_conflict_leads_to_a_plan(sample: Store) -> None:
    plan = base(sample)
    name = next(iter(wave_of(sample, plan)))
    pins = (Pin(application=name, wave=1), Pin(application=name, wave=2))
    rules = plan.rules.model_copy(update={"pins": pins})
    stuck = plans.make(sample, 1, PlanWish(starts_on=STARTS_ON, rules=rules), ANALYST)
    way = stuck.conflicts[0].ways_out[0]
    loose = plan_edits.relaxed(stuck.rules, way.kind, way.place)
    assert loose.wishes[0].kind is RuleKind.PIN
    assert plans.make(sample, 1, PlanWish(starts_on=STARTS_ON, rules=loose), ANALYST).waves


def test_a_scenario_is_deleted_but_never_the_last(sample: Store) -> None:
    other = plans.make(sample, 1, PlanWish(starts_on=STARTS_ON, name="Other", rules=Rules(waves=2)), ANALYST)
    work = sample.unit_of_work()
    scenarios.remove(work, other.id, ANALYST)
    assert [name for _, name in plans.listed(work, 1)] == [base(sample).name]
    with pytest.raises(BadInput, match="the only scenario"):
        scenarios.remove(work, base(sample).id, ANALYST)
