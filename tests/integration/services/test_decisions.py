"""Strategies, risks, waves and feedback on the small portfolio."""

from __future__ import annotations

from datetime import date

import pytest

from platform_core.domain.feedback import FeedbackStatus
from platform_core.domain.identity import Identity
from platform_core.domain.strategy import Strategy
from platform_core.domain.waves import Order, Pin, Rules
from platform_core.errors import BadInput, Conflict
from platform_core.services import (
    applying,
    feedback,
    graphs,
    history,
    imports,
    learning,
    overview,
    plans,
    risks,
    strategies,
)
from platform_core.services.plans import PlanWish
from platform_core.store import Store
from tests.integration.services.conftest import Upload

ANA, BEN = Identity(name="Ana Example"), Identity(name="Ben Example")
SHOP, CRM, FAX = "application:shop", "application:crm", "application:faxarchive"
MONDAY = date(2027, 1, 4)


def strategy_of(store: Store, migration_id: int, key: str) -> Strategy | None:
    return strategies.argument(store.unit_of_work(), migration_id, key).line.decided


def test_every_application_is_assessed_with_reasons_and_sources(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    lines, total = strategies.page(work, applied, offset=0, limit=10)
    assert total == 3
    assert {line.name for line in lines} == {"Shop", "CRM", "Fax Archive"}
    argument = strategies.argument(work, applied, FAX)
    assert argument.line.decided is Strategy.RETIRE
    assert argument.evidence
    assert any("applications.csv, line 4" in fact.source for fact in argument.facts)


def test_the_distribution_counts_every_application_once(store: Store, applied: int) -> None:
    mix = strategies.distribution(store.unit_of_work(), applied)
    assert sum(mix.applications.values()) == mix.total == 3
    assert sum(assets for _, _, assets in mix.by_unit) == sum(assets for _, _, assets in mix.by_criticality) == 5


def test_an_override_needs_a_reason_and_survives_a_rebuild(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    seen = strategies.argument(work, applied, SHOP).version
    with pytest.raises(BadInput, match="reason"):
        strategies.override(work, applied, SHOP, Strategy.RETAIN, "  ", ANA, seen_version=seen)
    strategies.override(work, applied, SHOP, Strategy.RETAIN, "Contract runs until 2029", ANA, seen_version=seen)
    view = imports.listed(work, applied)[2]
    applying.withdraw(store, view.id, ANA, seen_version=view.version)
    argument = strategies.argument(work, applied, SHOP)
    assert (argument.line.decided, argument.override_reason) == (Strategy.RETAIN, "Contract runs until 2029")
    assert argument.line.engine is not Strategy.RETAIN


def test_risk_and_effort_follow_the_strategy_that_counts(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    before = risks.of_application(work, applied, SHOP).effort_points
    seen = strategies.argument(work, applied, SHOP).version
    strategies.override(work, applied, SHOP, Strategy.REARCHITECT, "Board decision", ANA, seen_version=seen)
    after = risks.of_application(work, applied, SHOP).effort_points
    assert after > before
    history.undo(work, applied, ANA)
    assert risks.of_application(work, applied, SHOP).effort_points == before


def test_two_overrides_of_one_version_the_second_is_a_conflict(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    seen = strategies.argument(work, applied, SHOP).version
    strategies.override(work, applied, SHOP, Strategy.REHOST, "Exit date", ANA, seen_version=seen)
    with pytest.raises(Conflict, match="Ana Example"):
        strategies.override(work, applied, SHOP, Strategy.RETIRE, "No use", BEN, seen_version=seen)
    assert strategy_of(store, applied, SHOP) is Strategy.REHOST


def test_a_plan_places_what_moves_and_says_what_stays(store: Store, applied: int) -> None:
    plan = plans.make(store, applied, PlanWish(starts_on=MONDAY, weeks_per_wave=2), ANA)
    placed, total = plans.placements(store.unit_of_work(), plan.id)
    assert {p.application for p in placed} | set(plan.left_out) == {"Shop", "CRM", "Fax Archive"}
    assert "Fax Archive" in plan.left_out
    assert total == len(placed)
    assert plan.violations == ()
    assert plan.waves[0].starts_on == MONDAY
    assert all((wave.ends_on - wave.starts_on).days == 13 for wave in plan.waves)


def test_moving_by_hand_tells_what_breaks_before_and_keeps_it_after(store: Store, applied: int) -> None:
    rules = Rules(waves=2, order=(Order(before="CRM", after="Shop", strict=True),))
    plan = plans.make(store, applied, PlanWish(starts_on=MONDAY, rules=rules), ANA)
    work = store.unit_of_work()
    assert dict(plans.applications(work, plan.id)) == {"CRM": 1, "Shop": 2}
    outcome = plans.consequence(work, plan.id, "Shop", 1)
    assert len(outcome.broken) == 1
    moved = plans.move(work, plan.id, "Shop", 1, ANA, seen_version=plan.version)
    assert moved.violations == outcome.broken
    assert dict(plans.applications(work, plan.id)) == {"CRM": 1, "Shop": 1}
    history.undo(work, applied, ANA)
    assert plans.view(work, plan.id).violations == ()


def test_planning_again_keeps_what_was_moved_by_hand(store: Store, applied: int) -> None:
    plan = plans.make(store, applied, PlanWish(starts_on=MONDAY, rules=Rules(waves=3)), ANA)
    work = store.unit_of_work()
    plans.move(work, plan.id, "CRM", 3, ANA, seen_version=plan.version)
    again = plans.make(
        store, applied, PlanWish(starts_on=MONDAY, rules=Rules(waves=3), keep_by_hand=True, afresh=True), ANA
    )
    assert dict(plans.applications(work, again.id))["CRM"] == 3


def test_rules_that_cannot_all_hold_name_the_conflict_and_keep_no_waves(store: Store, applied: int) -> None:
    pins = (Pin(application="Shop", wave=1), Pin(application="CRM", wave=2))
    rules = Rules(waves=2, pins=pins, order=(Order(before="CRM", after="Shop"),))
    plan = plans.make(store, applied, PlanWish(starts_on=MONDAY, rules=rules), ANA)
    assert plan.waves == ()
    assert len(plan.conflicts[0].rules) == 3


def test_a_plan_is_out_of_date_when_inventory_or_a_strategy_changed(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    plan = plans.make(store, applied, PlanWish(starts_on=MONDAY), ANA)
    assert not plans.view(work, plan.id).stale
    seen = strategies.argument(work, applied, CRM).version
    strategies.override(work, applied, CRM, Strategy.RETAIN, "Stays", ANA, seen_version=seen)
    assert plans.view(work, plan.id).stale
    assert overview.overview(work, applied).stale_plan


def test_two_who_move_in_one_plan_the_second_is_a_conflict(store: Store, applied: int) -> None:
    plan = plans.make(store, applied, PlanWish(starts_on=MONDAY, rules=Rules(waves=2)), ANA)
    plans.move(store.unit_of_work(), plan.id, "Shop", 2, ANA, seen_version=plan.version)
    with pytest.raises(Conflict):
        plans.move(store.unit_of_work(), plan.id, "CRM", 1, BEN, seen_version=plan.version)


def test_the_neighbourhood_of_an_application_and_what_would_stop(store: Store, applied: int) -> None:
    near = graphs.neighbourhood(store, applied, CRM, 1)
    assert {node.key for node in near.nodes} == {CRM, SHOP}
    assert [(edge.source, edge.target) for edge in near.edges] == [(SHOP, CRM)]
    assert near.depends_on_it == ("Shop",)
    whole = graphs.structure(store, applied)
    assert (whole.dependencies, whole.unresolved) == (3, 1)


def test_free_text_becomes_corrections_only_once_confirmed(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    given = feedback.give(work, migration_id, ANA, page="feedback", text="RAM_GB should map to Memory (GB)")
    assert [(c.header, c.field) for c in given.corrections] == [("RAM_GB", "memory_gb")]
    assert learning.timeline(work, migration_id) == []
    feedback.confirm(work, given.id, BEN, seen_version=given.version)
    (learned,) = learning.timeline(work, migration_id)
    assert (learned.subject, learned.after, learned.author) == ("RAM_GB", "Memory (GB)", "Ben Example")
    assert feedback.listed(work, migration_id)[0].status is FeedbackStatus.CONFIRMED
    with pytest.raises(Conflict):
        feedback.close(work, given.id, ANA, seen_version=given.version)


def test_an_empty_feedback_is_refused(store: Store, migration_id: int) -> None:
    with pytest.raises(BadInput):
        feedback.give(store.unit_of_work(), migration_id, ANA, page="feedback", text="   ")


def test_the_overview_leads_from_review_to_planning(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    assert overview.overview(work, applied).next.step == "waves"
    plans.make(store, applied, PlanWish(starts_on=MONDAY), ANA)
    view = overview.overview(work, applied)
    assert view.done["waves"]
    assert (view.figures.assets, view.figures.applications) == (8, 3)


def test_what_has_moved_is_counted_once_by_machine_or_by_application(
    store: Store, applied: int, upload: Upload
) -> None:
    work = store.unit_of_work()
    plan = plans.make(store, applied, PlanWish(starts_on=MONDAY, rules=Rules(waves=1)), ANA)
    assert [wave.done for wave in plan.waves] == [0]
    upload("status.csv", "Server Name,Migration Status\nweb01,Migrated\ndev01,In progress\n")
    applying.apply_all(store, applied, ANA)
    assert [wave.done for wave in plans.view(work, plan.id).waves] == [1]
    upload(
        "cutover.csv", "Application Name,Application Type,Business Owner,Migration Status\nShop,Custom,Ada,Completed\n"
    )
    applying.apply_all(store, applied, ANA)
    assert [wave.done for wave in plans.view(work, plan.id).waves] == [2], "both machines of the shop, each once"
