"""What is told of an agent's run: time, ledger, budget, verdicts, causes; and second thoughts about proposals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date

import pytest

from platform_core.domain.agents import (
    AgentName,
    AgentResult,
    AgentStatus,
    Change,
    CorrectionChange,
    Proposal,
    StrategyChange,
    WaveChange,
)
from platform_core.domain.feedback import FeedbackStatus
from platform_core.domain.model_calls import Budget, Cause
from platform_core.domain.runs import ProposalState, RunKind
from platform_core.domain.strategy import Strategy
from platform_core.jobs import Order
from platform_core.jobs import place as place_run
from platform_core.services import (
    activity,
    agent_activity,
    feedback,
    feedback_by_model,
    history,
    learning,
    mappings,
    plans,
    proposals,
    strategies,
)
from platform_core.services.agent_activity import AgentWork
from platform_core.services.crew import Subject
from platform_core.services.mappings import Action, Decision
from platform_core.services.plans import PlanWish
from platform_core.services.receiving import Received
from platform_core.services.taken_back import note_taken_back
from platform_core.store import Store
from tests.harness.agent_runs import run_agent
from tests.harness.answering import answering, first_possible
from tests.harness.model_server import ModelServer, Says, always, answer, running_model
from tests.integration.services.conftest import ANA
from tests.integration.services.test_crew import ODD

Upload = Callable[[str, str], Received]
SECRET = "sk-very-secret-0123456789"


def otherwise(name: str, kind: object, item: dict[str, object]) -> object:
    """Choose the last possible value, so that it differs from what the engine says."""
    possible = {"field": item.get("candidates"), "strategy": item.get("candidates"), "wave": item.get("waves")}.get(
        name
    )
    return list(possible)[-1] if possible else first_possible(name, kind, item)  # type: ignore[arg-type,call-overload]


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with running_model(answering(otherwise)) as server:
        yield server


@pytest.fixture
def columns(upload: Upload, migration_id: int) -> Subject:
    return Subject(migration_id=migration_id, import_id=upload("odd.csv", ODD).imports[0])


def work_of(store: Store, run_id: int) -> AgentWork:
    return agent_activity.of_run(store, run_id, activity.events(store, run_id))


def test_every_request_is_a_bar_below_its_task_and_a_line_of_the_ledger(
    store: Store, model: ModelServer, columns: Subject
) -> None:
    run_id, report = run_agent(store, model, AgentName.CMDB_ANALYST, columns)
    seen = work_of(store, run_id)
    assert [span.is_task for span in seen.spans] == [True] + [False] * model.requests
    assert [span.call for span in seen.spans[1:]] == [call.id for call in seen.calls]
    assert all(span.begin + span.seconds <= seen.spans[0].seconds + 0.2 for span in seen.spans[1:])
    assert sum(call.tokens for call in seen.calls) == report.result.usage.tokens == model.told_tokens
    spent = agent_activity.spent(store.unit_of_work(), [run_id])[run_id]
    assert (spent.tokens, spent.cost) == (model.told_tokens, report.result.usage.cost)


def test_a_request_tells_what_was_sent_and_answered_and_no_key(
    store: Store, model: ModelServer, columns: Subject
) -> None:
    model.script = lambda asked: Says(answer(f"I was given {asked.headers['authorization']}"))
    run_id, _ = run_agent(store, model, AgentName.CMDB_ANALYST, columns, api_key=SECRET)
    call = work_of(store, run_id).calls[0]
    texts = agent_activity.said(store, call.id)
    assert [text for _, text in agent_activity.spoken(texts)] == [
        message["content"] for message in model.asked[0].body["messages"]
    ]
    assert "I was given" in texts.answer
    assert SECRET not in agent_activity.as_json(store, run_id).decode()


def test_what_was_spent_stands_against_the_budget_the_run_began_with(
    store: Store, model: ModelServer, columns: Subject
) -> None:
    budget = Budget(requests=3, tokens=90_000, seconds=50.0, cost=0.5)
    run_id, _ = run_agent(store, model, AgentName.CMDB_ANALYST, columns, budget=budget)
    shares = {part.unit: (part.spent, part.most) for part in work_of(store, run_id).budget}
    assert shares["requests"] == (model.requests, 3)
    assert shares["tokens"] == (model.told_tokens, 90_000)
    assert shares["seconds"][1] == 50.0
    assert shares["USD"][1] == 0.5


def test_what_did_not_pass_is_told_with_its_reason_and_its_request(
    store: Store, model: ModelServer, columns: Subject
) -> None:
    first = []

    def once_wrong(name: str, kind: object, item: dict[str, object]) -> object:
        if name == "field" and item["id"] == "i1":
            first.append(item["id"])
            return "no such field"
        return first_possible(name, kind, item)  # type: ignore[arg-type]

    model.script = answering(once_wrong)
    run_id, report = run_agent(store, model, AgentName.CMDB_ANALYST, columns)
    refused = work_of(store, run_id).refused
    assert first
    assert report.result.proposals
    assert [each.item for each in refused] == [each.item for each in report.result.dropped] != []
    calls = {call.call_id for call in work_of(store, run_id).calls}
    assert all(each.reason and each.call_id in calls for each in refused)


@pytest.mark.parametrize(
    ("status", "cause", "setting"),
    [(401, Cause.UNAUTHORISED, "LLM_API_KEY"), (429, Cause.OVERLOADED, "LLM_REQUESTS_PER_MINUTE")],
)
def test_a_degraded_run_names_the_cause_and_the_setting_to_change(
    store: Store, model: ModelServer, columns: Subject, status: int, cause: Cause, setting: str
) -> None:
    model.script = always(Says("{}", status=status, headers={"Retry-After": "0"}))
    run_id, _ = run_agent(store, model, AgentName.CMDB_ANALYST, columns)
    seen = work_of(store, run_id)
    assert [why.cause for why in seen.degraded] == [cause]
    assert setting in seen.degraded[0].hint
    assert {span.state for span in seen.spans[1:]} == {"bad"}


def test_a_request_under_way_is_an_open_bar(store: Store, model: ModelServer, columns: Subject) -> None:
    run_id, _ = run_agent(store, model, AgentName.CMDB_ANALYST, columns)
    events = activity.events(store, run_id)
    started = next(place for place, event in enumerate(events) if event.data.get("kind") == "call_started")
    unit = store.unit_of_work()
    with unit:  # as it was just after the first question was put
        for call in unit.calls.of_run(run_id):
            unit.calls._session.delete(call)
        task = unit.tasks.of_run(run_id)[0]
        task.status, task.ended_at = "running", None
        run = unit.runs.locked(run_id)
        run.status, run.ended_at = "running", None
        unit.commit()
    spans = agent_activity.of_run(store, run_id, events[: started + 1]).spans
    assert [(span.state, span.text) for span in spans[1:]] == [("open", "under way")]


def test_a_run_taken_away_holds_all_of_it(store: Store, model: ModelServer, columns: Subject) -> None:
    run_id, report = run_agent(store, model, AgentName.CMDB_ANALYST, columns)
    document = json.loads(agent_activity.as_json(store, run_id))
    assert document["run"]["id"] == run_id
    assert [task["source"] for task in document["tasks"]] == ["model"]
    assert len(document["calls"]) == model.requests
    assert all(call["prompt"] and call["answer"] for call in document["calls"])
    assert [view["id"] for view in document["proposals"]] == list(report.kept)
    assert document["events"][-1]["text"] == "Completed"


def test_a_column_decided_otherwise_later_counts_as_taken_back(
    store: Store, model: ModelServer, columns: Subject, migration_id: int
) -> None:
    _, report = run_agent(store, model, AgentName.CMDB_ANALYST, columns)
    work = store.unit_of_work()
    view = next(view for view in proposals.waiting(work, migration_id) if not view.agrees)
    proposals.accept(work, view.id, ANA)
    assert note_taken_back(work, migration_id) == 0
    decision = Decision(position=view.change.position, action=Action.CHANGE, field="asset_tag")  # type: ignore[union-attr]
    mappings.decide(work, columns.import_id or 0, [decision], ANA)
    figures = agent_activity.figures(store, migration_id, days=1)
    assert [(each.decisions.helped, each.decisions.harmed) for each in figures.agents] == [(0, 1)]
    assert report.kept


def test_strategies_and_moves_that_were_undone_count_as_taken_back(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    rules = plans.default_rules(work, applied, wave_count=3)
    plan = plans.make(store, applied, PlanWish(starts_on=date(2027, 1, 4), rules=rules), ANA)
    application = strategies.page(work, applied, offset=0, limit=1)[0][0].subject_key
    place = plans.placements(work, plan.id, offset=0, limit=1)[0][0]
    free = next(o.wave for o in plans.options(work, plan.id, place.application) if o.wave != place.wave)
    changes: list[Change] = [
        StrategyChange(application=application, strategy=Strategy.RETAIN),
        WaveChange(plan=plan.id, group=place.move_group, wave=free),
    ]
    for number in keep(store, applied, changes):
        proposals.accept(work, number, ANA)
        assert note_taken_back(work, applied) == 0
        history.undo(work, applied, ANA)
        assert note_taken_back(work, applied) == 1
    with work.reading():
        assert {row.state for row in work.proposals.of(applied)} == {ProposalState.REVERTED}


def test_a_note_that_rules_cannot_read_is_read_by_the_model_and_learned_once_confirmed(
    store: Store, model: ModelServer, columns: Subject, migration_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.script = answering(first_possible)
    work = store.unit_of_work()
    note = "Somebody put the memory into Box Figure"
    entry = feedback.give(work, migration_id, ANA, page="feedback", text=note)
    assert entry.corrections == ()
    assert feedback_by_model.question(migration_id, entry) is None, "no model is set"
    run_agent(store, model, AgentName.LEARNING_SPECIALIST, Subject(migration_id=migration_id, feedback_id=entry.id))
    read = feedback_by_model.read(work, migration_id)[entry.id]
    assert [
        (view.change.header, view.change.sentence) for view in read if isinstance(view.change, CorrectionChange)
    ] == [("Box Figure", note)]
    with work.reading():
        assert work.corrections.of(migration_id) == []
    done = feedback_by_model.confirm(work, entry, read, ANA)
    assert (done.learned, done.refused) == (1, ())
    assert feedback.listed(work, migration_id)[0].status is FeedbackStatus.CONFIRMED
    assert feedback_by_model.read(work, migration_id) == {}
    with work.reading():
        (word,) = work.corrections.words()
    assert word.subject == "Box Figure"
    assert word.file is not None, "it counts for the export that has the header, as a note the rules read does"
    assert note_taken_back(work, migration_id) == 0
    learning.undo(work, word.id, ANA)
    assert note_taken_back(work, migration_id) == 1


def test_closing_a_comment_puts_aside_what_a_model_read_of_it(
    store: Store, model: ModelServer, columns: Subject, migration_id: int
) -> None:
    model.script = answering(first_possible)
    work = store.unit_of_work()
    entry = feedback.give(work, migration_id, ANA, page="feedback", text="Box Figure, hm, memory perhaps")
    run_agent(store, model, AgentName.LEARNING_SPECIALIST, Subject(migration_id=migration_id, feedback_id=entry.id))
    read = feedback_by_model.read(work, migration_id).get(entry.id, [])
    feedback_by_model.close(work, entry, read, ANA)
    assert feedback.listed(work, migration_id)[0].status is FeedbackStatus.CLOSED
    assert proposals.waiting(work, migration_id) == []
    with work.reading():
        assert work.corrections.of(migration_id) == []


def keep(store: Store, migration_id: int, changes: list[Change]) -> list[int]:
    """Keep proposals that differ from the engine, as a run of an agent does; returns their numbers."""
    made = tuple(
        Proposal(agent=AgentName.WAVE_PLANNER, item=str(place), change=change, engine="otherwise", agrees=False)
        for place, change in enumerate(changes)
    )
    result = AgentResult(agent=AgentName.WAVE_PLANNER, status=AgentStatus.COMPLETED, engine=(), proposals=made)
    run_id = place_run(store, Order(RunKind.AGENT, "x", ANA, migration_id), at_once=True).run_id
    return proposals.keep(store.unit_of_work(), migration_id, result, proposals.Keeper(run_id=run_id))
