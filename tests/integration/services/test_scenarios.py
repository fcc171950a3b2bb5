"""Scenarios of the sample portfolio: made, compared, edited in the page and as a file, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from platform_core.domain.waves import Freeze, Pin, RuleKind, Rules
from platform_core.errors import BadInput
from platform_core.services import exports, history, plan_edits, plans, scenarios
from platform_core.services.plans import PlanView, PlanWish
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
    compared = scenarios.compare(sample.unit_of_work(), first.id, second.id)
    ours, theirs = wave_of(sample, first), wave_of(sample, second)
    assert {line.application for line in compared.moved} == {name for name in ours if ours[name] != theirs[name]}
    assert 0 < compared.moved_share < 1
    assert compared.other.risk_by_wave[1] is None


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
