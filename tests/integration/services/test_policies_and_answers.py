"""Policies, answers, the register and prices: kept with their author, shown in what is assessed, and over re-runs."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from platform_core.domain.cost import CostRange
from platform_core.domain.identity import Identity
from platform_core.domain.register import Actual, RegisterEntry, RegisterStatus
from platform_core.domain.strategy import PolicyChange, Strategy
from platform_core.errors import BadInput, Conflict, NotFound
from platform_core.services import (
    applying,
    costs,
    graphs,
    history,
    imports,
    plans,
    policies,
    questionnaires,
    risks,
    strategies,
)
from platform_core.services.plans import PlanWish
from platform_core.store import Store

ANA, BEN = Identity(name="Ana Example"), Identity(name="Ben Example")
MONDAY = date(2027, 1, 4)
NEVER_RETIRE = PolicyChange(
    weights={name: {Strategy.RETIRE: -5.0} for name in ("decommission planned", "unused", "hardly any users")}
)


def answered_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def as_file(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def key_of(store: Store, migration_id: int, name: str) -> str:
    lines, _ = strategies.page(store.unit_of_work(), migration_id, text=name, offset=0, limit=5)
    return lines[0].subject_key


def test_a_change_of_policy_shows_its_flips_before_and_makes_exactly_those(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    seen = policies.preview(work, applied, NEVER_RETIRE)
    assert [flip.name for flip in seen.flips] == ["Fax Archive"]
    assert strategies.argument(work, applied, seen.flips[0].subject_key).line.engine is Strategy.RETIRE

    made = policies.apply(work, applied, NEVER_RETIRE, "nothing is retired in this exit", ANA, seen_number=0)
    assert (made.number, made.flips, made.by) == (1, 1, "Ana Example")
    assert strategies.argument(work, applied, seen.flips[0].subject_key).line.engine is seen.flips[0].after
    assert policies.preview(work, applied, NEVER_RETIRE).flips == ()


def test_a_plan_is_out_of_date_once_a_policy_changed_what_it_planned_by(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    plan = plans.make(store, applied, PlanWish(starts_on=MONDAY), ANA)
    louder = PolicyChange(weights={"decommission planned": {Strategy.RETIRE: 9.0}})
    assert not policies.preview(work, applied, louder).flips
    policies.apply(work, applied, louder, "turns nothing", ANA, seen_number=0)
    assert not plans.view(work, plan.id).stale
    policies.apply(work, applied, NEVER_RETIRE, "nothing is retired in this exit", ANA, seen_number=1)
    assert plans.view(work, plan.id).stale
    assert not plans.make(store, applied, PlanWish(starts_on=MONDAY), ANA).stale
    history.undo(work, applied, ANA)
    assert plans.view(work, plan.id).stale


def test_a_plan_is_out_of_date_once_an_answer_changed_what_it_planned_by(store: Store, applied: int) -> None:
    work, crm = store.unit_of_work(), key_of(store, applied, "CRM")
    plan = plans.make(store, applied, PlanWish(starts_on=MONDAY), ANA)
    questionnaires.answer(work, applied, [crm], {"business_criticality": "high"}, ANA)
    assert not plans.view(work, plan.id).stale
    questionnaires.answer(work, applied, [crm], {"compliance_lock": True}, ANA)
    assert plans.view(work, plan.id).stale
    assert not plans.make(store, applied, PlanWish(starts_on=MONDAY), ANA).stale
    history.undo(work, applied, ANA)
    assert plans.view(work, plan.id).stale


def test_a_policy_is_kept_over_a_rebuild_and_its_versions_are_all_there(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    policies.apply(work, applied, NEVER_RETIRE, "first", ANA, seen_number=0)
    fax = key_of(store, applied, "Fax")
    first = imports.listed(work, applied)[0]
    applying.withdraw(store, first.id, ANA, seen_version=first.version)
    applying.apply_all(store, applied, ANA)
    assert strategies.argument(work, applied, fax).line.engine is not Strategy.RETIRE
    policies.apply(work, applied, PolicyChange(), "back to the shipped one", BEN, seen_number=1)
    assert [version.number for version in policies.versions(work, applied)] == [2, 1, 0]
    assert strategies.argument(work, applied, fax).line.engine is Strategy.RETIRE


def test_of_two_changes_of_policy_the_second_is_told(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    policies.apply(work, applied, NEVER_RETIRE, "first", ANA, seen_number=0)
    with pytest.raises(Conflict):
        policies.apply(work, applied, PolicyChange(), "second", BEN, seen_number=0)


def test_an_answer_stands_beside_the_inventory_changes_the_argument_and_can_be_taken_back(
    store: Store, applied: int
) -> None:
    work = store.unit_of_work()
    crm = key_of(store, applied, "CRM")
    before = strategies.argument(work, applied, crm)
    questionnaires.answer(work, applied, [crm], {"compliance_lock": True, "business_criticality": "low"}, ANA)
    after = strategies.argument(work, applied, crm)
    facts = {fact.key: fact for fact in after.facts}
    assert after.line.engine is Strategy.RETAIN
    assert facts["compliance_lock"].source.startswith("answered by Ana Example, ")
    assert facts["business_criticality"].value == "low"
    questionnaires.answer(work, applied, [crm], {"compliance_lock": None, "business_criticality": None}, ANA)
    assert strategies.argument(work, applied, crm).facts == before.facts


def test_answers_are_kept_over_a_rebuild(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    crm = key_of(store, applied, "CRM")
    questionnaires.answer(work, applied, [crm], {"compliance_lock": True}, ANA)
    first = imports.listed(work, applied)[0]
    applying.withdraw(store, first.id, ANA, seen_version=first.version)
    applying.apply_all(store, applied, ANA)
    assert strategies.argument(work, applied, crm).line.engine is Strategy.RETAIN


def test_one_answer_settles_many_applications_and_closes_the_question_for_all(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    question = next(q for q in questionnaires.shared(store, applied) if len(q.subjects) > 1)
    form = {asked.key: asked for asked in questionnaires.form(work, applied, question.subjects[0])}
    value = (form[question.key].answers or ("none",))[0]
    questionnaires.answer(work, applied, question.subjects, {question.key: value}, ANA)
    assert question.key not in {q.key for q in questionnaires.shared(store, applied)}


def test_a_questionnaire_goes_out_and_comes_back_with_bad_cells_told(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    rows = answered_rows(questionnaires.export(work, applied, ("compliance_lock", "user_count")))
    assert questionnaires.take_file(work, applied, as_file(rows), ANA).answers == 0
    for row in rows:
        row["compliance_lock"] = "yes" if row["application"] == "CRM" else "sometimes"
    taken = questionnaires.take_file(work, applied, as_file(rows), BEN)
    assert (taken.answers, taken.applications, taken.changed) == (1, 1, 1)
    assert {problem.column for problem in taken.problems} == {"compliance_lock"}
    assert len(taken.problems) == len(rows) - 1


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"name,x\na,b\n", b""])
def test_a_file_that_is_no_questionnaire_is_refused(store: Store, applied: int, content: bytes) -> None:
    with pytest.raises(BadInput):
        questionnaires.take_file(store.unit_of_work(), applied, content, ANA)


def test_choosing_a_mitigation_lowers_the_residual_risk_which_stays_lower_over_a_rebuild(
    store: Store, applied: int
) -> None:
    work = store.unit_of_work()
    shop = key_of(store, applied, "Shop")
    before = risks.of_application(work, applied, shop)
    chosen = tuple(mitigation.name for mitigation in before.mitigations)
    wanted = RegisterEntry(subject_key=shop, owner="Ben", status=RegisterStatus.MITIGATING, chosen=chosen)
    found = risks.settle(work, applied, wanted, ANA, seen_version=0)
    assert found.residual < before.residual
    assert found.score == before.score
    first = imports.listed(work, applied)[0]
    applying.withdraw(store, first.id, ANA, seen_version=first.version)
    applying.apply_all(store, applied, ANA)
    assert risks.of_application(work, applied, shop).residual < risks.of_application(work, applied, shop).score
    entry, version = risks.entry(work, applied, shop)
    assert entry == wanted
    with pytest.raises(Conflict):
        risks.settle(work, applied, wanted, BEN, seen_version=version + 1)


def test_a_verdict_on_a_driver_is_added_to_the_entry_and_opens_what_was_settled(store: Store, applied: int) -> None:
    work, shop = store.unit_of_work(), key_of(store, applied, "Shop")
    accepted = RegisterEntry(subject_key=shop, owner="Ben", status=RegisterStatus.ACCEPTED, note="Agreed with Ops.")
    risks.settle(work, applied, accepted, ANA, seen_version=0)
    risks.draft(work, applied, shop, "Many servers: does not apply.", BEN, applies=False)
    assert risks.entry(work, applied, shop)[0].status is RegisterStatus.ACCEPTED
    for _ in range(2):
        risks.draft(work, applied, shop, "No way back: applies.", BEN, applies=True)
    drafted, version = risks.entry(work, applied, shop)
    said = "Agreed with Ops. Many servers: does not apply. No way back: applies."
    assert drafted == accepted.model_copy(update={"status": RegisterStatus.OPEN, "note": said})
    risks.settle(work, applied, drafted.model_copy(update={"note": "x" * 990}), ANA, seen_version=version)
    with pytest.raises(BadInput, match="full"):
        risks.draft(work, applied, shop, "No owner: applies.", BEN, applies=True)
    assert risks.entry(work, applied, shop)[0].note == "x" * 990


def test_a_day_that_has_passed_goes_into_the_note_of_a_draft(store: Store, applied: int) -> None:
    work, shop = store.unit_of_work(), key_of(store, applied, "Shop")
    closed = RegisterEntry(subject_key=shop, status=RegisterStatus.CLOSED, note="Tried it.", due=date(2020, 1, 31))
    risks.settle(work, applied, closed, ANA, seen_version=0)
    risks.draft(work, applied, shop, "No way back: applies.", BEN, applies=True)
    drafted, _ = risks.entry(work, applied, shop)
    assert (drafted.status, drafted.due) == (RegisterStatus.OPEN, None)
    assert drafted.note == "Tried it. No way back: applies. Was due 2020-01-31."


def test_an_entry_for_an_unknown_application_is_refused(store: Store, applied: int) -> None:
    with pytest.raises(NotFound):
        risks.settle(store.unit_of_work(), applied, RegisterEntry(subject_key="application:gone"), ANA, seen_version=0)


def test_without_a_rate_card_there_is_no_cost_and_with_one_a_range(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    assert costs.of_migration(work, applied) is None
    lines = [
        {**row, "low": "1", "base": "2", "high": "3", "currency": "EUR", "as_of": "2026-01-31", "source": "offer"}
        for row in answered_rows(costs.rate_card_template())
    ]
    assert costs.supply_rates(work, applied, "Offer", as_file(lines), ANA) == ()
    found = costs.of_migration(work, applied)
    assert found is not None
    assert (found.card.currency, found.card.as_of) == ("EUR", date(2026, 1, 31))
    assert isinstance(found.forecast.migration, CostRange)
    assert 0 < found.forecast.migration.low < found.forecast.migration.high
    assert found == costs.of_migration(work, applied)
    assert found.forecast.applications == 3


def test_finished_work_takes_the_place_of_supplied_days(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    for number, days in enumerate((20, 22), start=1):
        assert costs.finish_work(work, applied, Actual(name=f"Wave {number}", points=10, days=days), ANA) is None
    found = costs.finish_work(work, applied, Actual(name="Wave 3", points=10, days=24), ANA)
    assert found is not None
    assert found.days_per_point == pytest.approx(2.2)
    with pytest.raises(Conflict):
        costs.finish_work(work, applied, Actual(name="Wave 3", points=1, days=1), ANA)


def test_an_empty_rate_card_is_refused(store: Store, applied: int) -> None:
    with pytest.raises(BadInput):
        costs.supply_rates(store.unit_of_work(), applied, "Empty", costs.rate_card_template(), ANA)


def test_accepting_many_answers_makes_them_the_analysts_own(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    lines, total = strategies.page(work, applied, offset=0, limit=10)
    keys = [line.subject_key for line in lines]
    decided = sum(line.engine is not None for line in lines)
    assert strategies.accept(work, applied, keys, "agreed in the workshop", ANA) == decided
    assert strategies.accept(work, applied, keys, "again", ANA) == 0
    assert strategies.distribution(work, applied).overridden == decided
    assert total == len(lines)


def test_a_retired_application_that_is_still_called_is_told(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    crm = key_of(store, applied, "CRM")
    version = strategies.argument(work, applied, crm).version
    strategies.override(work, applied, crm, Strategy.RETIRE, "replaced", ANA, seen_version=version)
    told = graphs.contradictions(store, applied)
    assert [item.subject for item in told] == [crm]
    assert "Shop goes on calling it" in told[0].text
