"""Whatever an analyst changes about strategies, risks, policy and prices can be taken back, and is told afterwards."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest

from platform_core.domain.identity import Identity
from platform_core.domain.register import Actual, RegisterEntry, RegisterStatus
from platform_core.domain.strategy import PolicyChange, Strategy
from platform_core.errors import BadInput, NotFound
from platform_core.services import (
    applying,
    chronicle,
    costs,
    history,
    imports,
    policies,
    questionnaires,
    risks,
    strategies,
)
from platform_core.services.chronicle import EventKind
from platform_core.store import Store, UnitOfWork

ANA, BEN = Identity(name="Ana Example"), Identity(name="Ben Example")
SHOP, CRM, FAX = "application:shop", "application:crm", "application:faxarchive"
STAYS = {"compliance_lock": True}
Change = Callable[[UnitOfWork, int], object]


def card(price: int) -> bytes:
    rows = list(csv.DictReader(io.StringIO(costs.rate_card_template().decode("utf-8-sig"))))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    prices = {"low": price, "base": price, "high": price, "currency": "EUR", "as_of": "2026-01-31", "source": "offer"}
    writer.writerows({**row, **prices} for row in rows)
    return text.getvalue().encode()


def entry(status: RegisterStatus, owner: str) -> RegisterEntry:
    return RegisterEntry(subject_key=SHOP, owner=owner, status=status, note="as agreed")


def settle(work: UnitOfWork, migration_id: int, wanted: RegisterEntry) -> None:
    _, version = risks.entry(work, migration_id, SHOP)
    risks.settle(work, migration_id, wanted, ANA, seen_version=version)


CHANGES: dict[str, Change] = {
    "an answer": lambda work, m: questionnaires.answer(work, m, [CRM], STAYS, ANA),
    "answers for many": lambda work, m: questionnaires.answer(work, m, [CRM, SHOP], STAYS, ANA),
    "a policy": lambda work, m: policies.apply(work, m, PolicyChange(goals={"speed": 5}), "fast", ANA, seen_number=0),
    "an entry of the register": lambda work, m: settle(work, m, entry(RegisterStatus.ACCEPTED, "Ben")),
    "a rate card": lambda work, m: costs.supply_rates(work, m, "Offer", card(3), ANA),
    "finished work": lambda work, m: costs.finish_work(work, m, Actual(name="Wave 1", points=10, days=9), ANA),
    "strategies in bulk": lambda work, m: strategies.override_many(
        work, m, [CRM, SHOP], Strategy.RETAIN, "frozen until 2028", ANA
    ),
    "answers accepted in bulk": lambda work, m: strategies.accept(work, m, [CRM, SHOP, FAX], "agreed", ANA),
}


def state(work: UnitOfWork, migration_id: int) -> list[object]:
    """Everything the changes above change, as an analyst would see it."""
    cost = costs.of_migration(work, migration_id)
    return [
        [(a.line, a.ranking, a.facts, a.override_reason) for a in arguments(work, migration_id)],
        risks.register(work, migration_id),
        [risks.entry(work, migration_id, key)[0] for key in (SHOP, CRM, FAX)],
        policies.current(work, migration_id).change,
        cost.forecast if cost else None,
        costs.finished(work, migration_id),
    ]


def arguments(work: UnitOfWork, migration_id: int) -> list[strategies.StrategyArgument]:
    return [strategies.argument(work, migration_id, key) for key in (SHOP, CRM, FAX)]


@pytest.mark.parametrize("what", CHANGES)
def test_the_last_change_can_be_taken_back_whatever_it_was(store: Store, applied: int, what: str) -> None:
    work = store.unit_of_work()
    before = state(work, applied)
    CHANGES[what](work, applied)
    assert state(work, applied) != before
    assert history.undoable(work, applied, BEN) is None
    history.undo(work, applied, ANA)
    assert state(work, applied) == before
    assert history.undoable(work, applied, ANA) is None
    with pytest.raises(NotFound):
        history.undo(work, applied, ANA)


def test_changes_are_taken_back_one_after_the_other(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    states = []
    for change in CHANGES.values():
        states.append(state(work, applied))
        change(work, applied)
    for former in reversed(states):
        history.undo(work, applied, ANA)
        assert state(work, applied) == former


def test_what_a_colleague_changed_since_is_not_undone_with_it(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    settle(work, applied, entry(RegisterStatus.ACCEPTED, "Ben"))
    _, version = risks.entry(work, applied, SHOP)
    risks.settle(work, applied, entry(RegisterStatus.CLOSED, "Cy"), BEN, seen_version=version)
    policies.apply(work, applied, PolicyChange(goals={"speed": 5}), "fast", ANA, seen_number=0)
    policies.apply(work, applied, PolicyChange(goals={"speed": 4}), "not so fast", BEN, seen_number=1)
    assert history.undoable(work, applied, ANA) is None
    questionnaires.answer(work, applied, [CRM], {"compliance_lock": True, "mature_saas_equivalent": True}, ANA)
    questionnaires.answer(work, applied, [CRM], {"mature_saas_equivalent": False}, BEN)
    history.undo(work, applied, ANA)
    told = {fact.key: fact.value for fact in strategies.argument(work, applied, CRM).facts}
    assert "compliance_lock" not in told
    assert told["mature_saas_equivalent"] is False


def test_strategies_in_bulk_need_a_reason_and_are_kept_all_or_none(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    with pytest.raises(BadInput, match="reason"):
        strategies.override_many(work, applied, [CRM, SHOP], Strategy.RETAIN, " ", ANA)
    with pytest.raises(NotFound):
        strategies.override_many(work, applied, [CRM, "application:gone"], Strategy.RETAIN, "why", ANA)
    assert strategies.distribution(work, applied).overridden == 0
    assert strategies.override_many(work, applied, [CRM, SHOP], Strategy.RETAIN, "why", ANA) == 2
    assert strategies.override_many(work, applied, [CRM, SHOP], None, "", ANA) == 2
    assert strategies.distribution(work, applied).overridden == 0


def test_an_application_tells_its_history_newest_first(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    was = strategies.argument(work, applied, CRM).line.engine
    questionnaires.answer(work, applied, [CRM], STAYS, ANA)
    strategies.override_many(work, applied, [CRM], Strategy.REPURCHASE, "contract is signed", BEN)
    events = chronicle.of_application(work, applied, CRM)
    assert [(event.kind, event.author) for event in events] == [
        (EventKind.OVERRIDDEN, "Ben Example"),
        (EventKind.RECOMMENDED, "Ana Example"),
        (EventKind.ANSWERED, "Ana Example"),
    ]
    assert (events[0].before, events[0].after, events[0].text) == (
        Strategy.RETAIN,
        Strategy.REPURCHASE,
        "contract is signed",
    )
    assert (events[1].before, events[1].after) == (was, Strategy.RETAIN)
    assert chronicle.of_application(work, applied, SHOP) == []


def test_a_recommendation_that_new_data_turn_is_in_the_history(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    register = imports.listed(work, applied)[1]
    was = strategies.argument(work, applied, FAX).line.engine
    applying.withdraw(store, register.id, ANA, seen_version=register.version)
    turned = [e for e in chronicle.of_application(work, applied, FAX) if e.kind is EventKind.RECOMMENDED]
    row = strategies.page(work, applied, text="Fax", offset=0, limit=1)[0]
    if row and row[0].subject_key == FAX:
        assert [(event.before, event.after) for event in turned] == [(was, row[0].engine)]
        assert turned[0].text.startswith("Inventory revision")


def test_an_edit_assesses_only_what_it_touches(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    before = assessed(work, applied)
    questionnaires.answer(work, applied, [CRM], STAYS, ANA)
    after = assessed(work, applied)
    assert {key for key in before if before[key] != after[key]} == {CRM}
    strategies.override_many(work, applied, [SHOP], Strategy.RETAIN, "frozen", ANA)
    settled = assessed(work, applied)
    assert {key for key in after if after[key] != settled[key]} == {SHOP}


def assessed(work: UnitOfWork, migration_id: int) -> dict[str, tuple[object, ...]]:
    """When, in which version and as which row each application and its risk were assessed."""
    with work.reading():
        risk = {row.subject_key: (row.id, row.assessed_at) for row in work.risks.of(migration_id)}
        return {
            row.subject_key: (row.version, row.assessed_at, *risk[row.subject_key])
            for row in work.recommendations.of(migration_id)
        }


def test_a_day_of_work_that_is_not_there_costs_nothing(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    costs.supply_rates(work, applied, "Offer", card(2), ANA)
    found = costs.of_migration(work, applied)
    assert found is not None
    assert found.card.as_of == date(2026, 1, 31)
    assert costs.finished(work, applied) == ()
