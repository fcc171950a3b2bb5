"""Waves: a first plan in one click, its quality, a move with its consequence, rules that cannot all hold."""

from __future__ import annotations

from datetime import date

from platform_core.domain.strategy import Strategy
from platform_core.domain.waves import FoundationRule, Freeze, Pin, Rules
from platform_core.services import plans, strategies
from platform_core.services.plans import PlanView, PlanWish
from platform_core.services.rule_tables import shape_of
from tests.harness.portfolio import ANALYST, STARTS_ON
from tests.harness.screen import Screen

PLACED = "Applications with their wave, effort and risk"


def plan(screen: Screen) -> PlanView:
    work = screen.store.unit_of_work()
    return plans.view(work, plans.listed(work, 1)[0][0])


def replan(screen: Screen, rules: Rules) -> None:
    plans.make(screen.store, 1, PlanWish(starts_on=STARTS_ON, rules=rules), ANALYST)


def test_the_first_plan_is_one_click_away(empty: Screen) -> None:
    empty.open("overview").click("load-sample")
    empty.open("waves", migration=1).click("first-plan")
    made = plan(empty)
    assert made.waves
    assert made.starts_on > date.today()  # noqa: DTZ011
    assert empty.toasts == [f"Planned {len(made.waves)} waves"]
    assert "rules broken" in empty.text


def test_the_quality_line_says_what_the_store_holds(loaded: Screen) -> None:
    metrics = plan(loaded).metrics
    assert metrics is not None
    loaded.open("waves", migration=1)
    assert f"severs {metrics.cut_share:.0%} of dependency weight" in loaded.text
    assert f"first-fit by hand {metrics.first_fit_cut_share:.0%}" in loaded.text


def test_every_placement_can_be_reached_by_wave_and_name(loaded: Screen) -> None:
    loaded.open("waves", migration=1, wave="Wave 3")
    work, made = loaded.store.unit_of_work(), plan(loaded)
    expected, number = plans.placements(work, made.id, wave=3, limit=25)
    table = loaded.table(PLACED)
    assert list(table["Application or machine"]) == [line.application for line in expected]
    assert f"{number:,} in waves" in loaded.text
    name = expected[0].application
    loaded.at.text_input(key="find_placement").set_value(name).run()
    assert name in list(loaded.table(PLACED)["Application or machine"])


def test_an_application_is_moved_after_its_consequence_was_shown(loaded: Screen) -> None:
    made = plan(loaded)
    application, wave = plans.applications(loaded.store.unit_of_work(), made.id)[0]
    loaded.open("waves", migration=1)
    loaded.at.selectbox(key=f"move-application-{made.id}").set_value(application).run()
    assert loaded.at.selectbox(key=f"to-{application}").value == wave, "it starts from where the application is"
    target = made.waves[-1].number if wave != made.waves[-1].number else 1
    loaded.at.selectbox(key=f"to-{application}").set_value(target).run()
    outcome = plans.consequence(loaded.store.unit_of_work(), made.id, application, target)
    assert f"→ {outcome.cut_share_after:.0%}" in loaded.text
    loaded.click("move")
    assert dict(plans.applications(loaded.store.unit_of_work(), made.id))[application] == target
    assert len(plan(loaded).violations) == len(outcome.broken)
    loaded.click("undo")
    assert dict(plans.applications(loaded.store.unit_of_work(), made.id))[application] == wave


def test_planning_again_takes_the_form_s_rules(loaded: Screen) -> None:
    before = plan(loaded)
    loaded.open("waves", migration=1).set("rules", True)
    field = next(field for field in loaded.at.number_input if field.label == "Waves")
    field.set_value(len(before.waves) + 1)
    next(field for field in loaded.at.number_input if field.label == "Weeks a wave").set_value(2)
    loaded.click("plan-again")
    after = plan(loaded)
    assert (after.rules.waves, after.weeks_per_wave) == (len(before.waves) + 1, 2)
    assert loaded.alerts == []


def test_rules_that_cannot_all_hold_are_named(loaded: Screen) -> None:
    rules = plan(loaded).rules
    name = plans.applications(loaded.store.unit_of_work(), plan(loaded).id)[0][0]
    replan(loaded, rules.model_copy(update={"pins": (Pin(application=name, wave=1), Pin(application=name, wave=2))}))
    loaded.open("waves", migration=1)
    assert loaded.alerts[0].startswith("These rules cannot all hold")
    assert loaded.alerts[0].count("\n- ") >= 2
    assert not loaded.at.exception


def test_a_conflict_is_ended_by_making_one_of_its_rules_a_wish(loaded: Screen) -> None:
    rules = plan(loaded).rules
    name = plans.applications(loaded.store.unit_of_work(), plan(loaded).id)[0][0]
    replan(loaded, rules.model_copy(update={"pins": (Pin(application=name, wave=1), Pin(application=name, wave=2))}))
    loaded.open("waves", migration=1).click("way-out-0-0")
    after = plan(loaded)
    assert after.waves
    assert len(after.rules.wishes) == 1
    assert "1 wish not kept" in loaded.text
    assert loaded.alerts == []


def test_scenarios_are_tabs_and_one_is_made_from_the_shown(loaded: Screen) -> None:
    base = plan(loaded)
    loaded.open("waves", migration=1).set("scenarios", True)
    loaded.at.text_input(key="new-scenario").set_value("Second").run()
    loaded.click("plan-scenario")
    work = loaded.store.unit_of_work()
    assert {name for _, name in plans.listed(work, 1)} == {base.name, "Second"}
    loaded.open("waves", migration=1).set("scenario", base.name).set("scenarios", True)
    assert list(loaded.table("Figures of two scenarios side by side").columns) == [base.name, "Second"]


def test_what_rules_cost_is_said_once_it_was_worked_out(loaded: Screen) -> None:
    loaded.open("waves", migration=1).set("rules", True).click("price-rules")
    assert plan(loaded).prices
    assert "Capacities of all waves: **costs" in loaded.text


def test_a_plan_is_out_of_date_once_a_strategy_changed(loaded: Screen) -> None:
    work = loaded.store.unit_of_work()
    key = strategies.page(work, 1, offset=0, limit=1)[0][0].subject_key
    version = strategies.argument(work, 1, key).version
    strategies.override(work, 1, key, Strategy.RETIRE, "Nobody uses it", ANALYST, seen_version=version)
    loaded.open("waves", migration=1)
    assert loaded.alerts[0].startswith("The inventory, a dependency or a strategy (an override,")


def test_what_is_in_no_wave_says_why(loaded: Screen) -> None:
    left_out = plan(loaded).left_out
    table = loaded.open("waves", migration=1).table("What is in no wave")
    assert dict(zip(table.iloc[:, 0], table["Why"], strict=True)) == left_out


def test_the_plan_can_be_taken_away(loaded: Screen) -> None:
    loaded.open("waves", migration=1)
    assert [button.key for button in loaded.at.download_button] == ["download-plan-csv", "download-plan-xlsx"]


def test_two_scenarios_stand_beside_each_other_with_a_reason_for_what_moved(loaded: Screen) -> None:
    first = plan(loaded)
    frozen = Freeze(first=date(2027, 2, 1), last=date(2027, 2, 5))
    rules = first.rules.model_copy(update={"frozen": (frozen,)})
    plans.make(loaded.store, 1, PlanWish(starts_on=STARTS_ON, rules=rules, name="Frozen"), ANALYST)
    loaded.open("waves", migration=1, scenario="Frozen")
    loaded.set("scenarios", True)
    moved = loaded.table("What stands in another wave, and the reason for each")
    assert len(moved)
    assert all("frozen in wave 2" in why for why in moved[moved[f"in {first.name}"] == 2]["Why"])
    assert "Cost is compared once prices of your own are there" in loaded.text


def test_the_board_is_a_view_that_a_link_opens(loaded: Screen) -> None:
    groups = {line.move_group for line in plans.placements(loaded.store.unit_of_work(), plan(loaded).id, limit=999)[0]}
    loaded.open("waves", migration=1, view="Board")
    assert f"{len(groups):,} move groups in {len(plan(loaded).waves):,} waves" in loaded.text
    assert PLACED not in [table.proto.alt for table in loaded.at.dataframe]


def test_the_foundation_is_listed_with_the_reason_for_each_and_kept_by_the_form(loaded: Screen) -> None:
    replan(loaded, plan(loaded).rules.model_copy(update={"foundation": FoundationRule.FIRST}))
    made = plan(loaded)
    assert made.foundation
    loaded.open("waves", migration=1)
    loaded.set("foundation", True)
    listed = loaded.table("The foundation with reasons")
    assert list(listed["Why"]) == [member.reason for member in made.foundation]
    assert shape_of(made.rules).foundation is FoundationRule.FIRST


def test_a_group_too_large_for_every_wave_comes_with_its_best_cut(loaded: Screen) -> None:
    groups = plans.placements(loaded.store.unit_of_work(), plan(loaded).id, limit=999)[0]
    names = tuple(line.application for line in sorted(groups, key=lambda line: -line.effort)[:6])
    effort = max(line.effort for line in groups)
    replan(loaded, Rules(waves=12, capacity=(2 * effort,) * 12, together=(names,)))
    (split,) = plan(loaded).conflicts[0].splits
    loaded.open("waves", migration=1)
    assert f"The best cut severs {split.severed:,.1f}" in loaded.text.replace("\\", "")


def test_a_plan_that_is_proved_optimal_says_so(loaded: Screen) -> None:
    wish = PlanWish(starts_on=STARTS_ON, rules=Rules(waves=1), name="At once")
    metrics = plans.make(loaded.store, 1, wish, ANALYST).metrics
    assert metrics is not None
    assert metrics.proven_optimal, "a single wave severs nothing, and nothing is the least"
    assert "proved: no plan under these rules severs less" in loaded.open("waves", migration=1, scenario="At once").text
