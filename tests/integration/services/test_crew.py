"""CrewAIService: complete without a model, proposals beside the engine with one, nothing applied unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from platform_core.agents.access import open_access
from platform_core.agents.backends import EngineBackend
from platform_core.agents.crew_backend import CrewBackend
from platform_core.agents.manager import AgentManager
from platform_core.domain.agents import (
    AgentName,
    AgentPolicy,
    AgentStatus,
    AnswerSource,
    AutoAccept,
)
from platform_core.domain.imports import ImportState
from platform_core.domain.model_calls import Cause, ModelEndpoint
from platform_core.domain.runs import ProposalState, RunKind, RunStatus
from platform_core.errors import BadInput, Cancelled, Conflict
from platform_core.services import applying, mappings, plans, proposals, strategies
from platform_core.services.agent_tools import look_ups
from platform_core.services.bootstrap import agent_data
from platform_core.services.crew import CrewAIService, Recording, Subject
from platform_core.services.plans import PlanWish
from platform_core.services.receiving import Received
from platform_core.store import Store
from platform_core.store.models import RunRow
from tests.harness.answering import answering
from tests.harness.model_server import ModelServer, Says, always, answer, in_turn, running_model, tool_call
from tests.harness.task_log import TaskMemory
from tests.integration.services.conftest import ANA

ODD = """\
Server Name,Box Figure,Who,Blob,Seen At
web01,8192,Ada Example,x9,2024-01-03
app01,16384,Ben Example,x8,2024-02-03
crm01,32768,Cy Example,x7,2024-03-03
"""

Upload = Callable[[str, str], Received]


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with running_model(answering()) as server:
        yield server


@pytest.fixture
def engines(store: Store) -> CrewAIService:
    return CrewAIService(store, AgentManager(agent_data(), EngineBackend()))


@pytest.fixture
def crew(store: Store, model: ModelServer, tmp_path: Path) -> CrewAIService:
    endpoint = ModelEndpoint(base_url=model.base_url, model="scripted")
    return CrewAIService(store, AgentManager(agent_data(), CrewBackend(open_access(endpoint), tmp_path)))


@pytest.fixture
def recording(store: Store, migration_id: int) -> Recording:
    work = store.unit_of_work()
    with work:
        run = RunRow(migration_id=migration_id, kind=RunKind.AGENT, status=RunStatus.RUNNING, started_by="Ana")
        work.runs.add(run)
        work.flush()
        number = run.id
        work.commit()
    return Recording(number, TaskMemory())


@pytest.fixture
def odd_import(upload: Upload) -> int:
    return upload("odd.csv", ODD).imports[0]


@pytest.fixture
def planned(store: Store, applied: int) -> int:
    return plans.make(store, applied, PlanWish(starts_on=date(2027, 1, 4)), ANA).id


def test_every_agent_is_complete_on_its_engine_alone(
    engines: CrewAIService, recording: Recording, applied: int, planned: int, store: Store
) -> None:
    work = store.unit_of_work()
    with work.reading():
        import_id = work.imports.of(applied, ImportState.APPLIED)[0].id
    for agent in AgentName:
        subject = Subject(migration_id=applied, import_id=import_id, plan_id=planned)
        report = engines.run_specialist(agent, subject, ANA, recording)
        assert report.result.status is AgentStatus.ENGINE_ONLY
        assert report.result.proposals == ()
        assert report.result.usage.requests == 0
        assert len(report.sources) == len({answer.item for answer in report.result.engine})


def test_without_a_model_what_is_in_doubt_is_a_fallback_with_the_cause_and_the_setting_to_change(
    engines: CrewAIService, recording: Recording, odd_import: int
) -> None:
    report = engines.analyze_cmdb_data(odd_import, ANA, recording)
    assert len(report.result.engine) == 5
    assert report.source is AnswerSource.FALLBACK
    assert report.cause is not None
    assert report.cause.cause is Cause.NO_MODEL
    assert "DEEPINFRA_API_KEY" in report.cause.hint


def test_proposals_are_kept_beside_the_engine_and_change_nothing(
    crew: CrewAIService, recording: Recording, odd_import: int, store: Store, model: ModelServer
) -> None:
    before = mappings.columns(store.unit_of_work(), odd_import)
    report = crew.analyze_cmdb_data(odd_import, ANA, recording)
    assert report.source is AnswerSource.MODEL
    assert report.kept
    assert report.applied == ()
    assert mappings.columns(store.unit_of_work(), odd_import) == before
    kept = proposals.of_run(store.unit_of_work(), recording.run_id)
    assert {view.state for view in kept} == {ProposalState.OPEN}
    assert all(view.checks and view.import_id == odd_import for view in kept)
    log = recording.log
    assert isinstance(log, TaskMemory)
    assert len(log.attempts) == model.requests == report.result.usage.requests
    assert log.ended[0]["source"] == "model"


def test_an_accepted_proposal_is_the_analysts_decision_and_is_decided_once(
    crew: CrewAIService, recording: Recording, odd_import: int, store: Store
) -> None:
    crew.analyze_cmdb_data(odd_import, ANA, recording)
    work = store.unit_of_work()
    differing = proposals.open_ones(work, 1, "column", import_id=odd_import)
    view = next(iter(differing.values()))
    done = proposals.accept(work, view.id, ANA, seen_version=view.version)
    assert done.state is ProposalState.ACCEPTED
    column = next(c for c in mappings.columns(work, odd_import) if c.position == view.change.position)  # type: ignore[union-attr]
    assert column.field == view.change.field  # type: ignore[union-attr]
    assert column.changed_by == ANA.name
    with pytest.raises(Conflict):
        proposals.accept(work, view.id, ANA)


def test_a_rejected_proposal_changes_nothing_and_keeps_the_reason(
    crew: CrewAIService, recording: Recording, odd_import: int, store: Store
) -> None:
    number = crew.analyze_cmdb_data(odd_import, ANA, recording).kept[0]
    work = store.unit_of_work()
    before = mappings.columns(work, odd_import)
    view = proposals.reject(work, number, ANA, reason="we know better")
    assert (view.state, view.reason) == (ProposalState.REJECTED, "we know better")
    assert mappings.columns(work, odd_import) == before


def test_a_second_run_outdates_what_nobody_decided(
    crew: CrewAIService, recording: Recording, odd_import: int, store: Store
) -> None:
    first = crew.analyze_cmdb_data(odd_import, ANA, recording).kept
    second = crew.analyze_cmdb_data(odd_import, ANA, recording).kept
    states = {view.id: view.state for view in proposals.of_run(store.unit_of_work(), recording.run_id)}
    assert {states[number] for number in first} == {ProposalState.OUTDATED}
    assert {states[number] for number in second} == {ProposalState.OPEN}


def test_a_policy_applies_what_it_names_and_nothing_else(
    crew: CrewAIService, recording: Recording, odd_import: int, migration_id: int, store: Store
) -> None:
    work = store.unit_of_work()
    assert proposals.policy(work, migration_id) == AgentPolicy()
    proposals.set_policy(work, migration_id, AgentPolicy(accept={"wave": AutoAccept.CHECKED}), ANA)
    assert crew.analyze_cmdb_data(odd_import, ANA, recording).applied == ()
    proposals.set_policy(work, migration_id, AgentPolicy(accept={"column": AutoAccept.AGREED}), ANA)
    report = crew.analyze_cmdb_data(odd_import, ANA, recording)
    views = {view.id: view for view in proposals.of_run(work, recording.run_id)}
    assert set(report.applied) == {number for number in report.kept if views[number].agrees}
    assert all(views[number].reason == proposals.POLICY for number in report.applied)


def test_strategies_and_waves_are_applied_through_their_own_use_cases(
    crew: CrewAIService, recording: Recording, applied: int, planned: int, store: Store, model: ModelServer
) -> None:
    work = store.unit_of_work()

    def otherwise(name: str, kind: object, item: dict[str, object]) -> object:
        possible = {"strategy": item.get("candidates"), "wave": list(item.get("waves") or ())}.get(name)  # type: ignore[call-overload]
        if possible:
            return possible[-1]
        return list(item["facts"])[:1] if name == "facts" else kind["enum"][0]  # type: ignore[index,call-overload]

    model.script = answering(otherwise)
    subject = Subject(migration_id=applied, plan_id=planned)
    for agent, kind in ((AgentName.MIGRATION_STRATEGIST, "strategy"), (AgentName.WAVE_PLANNER, "wave")):
        crew.run_specialist(agent, subject, ANA, recording)
        for view in list(proposals.open_ones(work, applied, kind).values())[:1]:
            proposals.accept(work, view.id, ANA)
            if kind == "strategy":
                line = strategies.argument(work, applied, view.item).line
                assert line.decided == view.change.strategy  # type: ignore[union-attr]
            else:
                assert plans.view(work, planned).violations == ()


def test_feedback_the_rules_cannot_read_becomes_corrections_to_confirm(
    crew: CrewAIService, recording: Recording, odd_import: int, migration_id: int, store: Store, model: ModelServer
) -> None:
    text = "Box Figure is memory_mb of course"
    report = crew.process_user_feedback(migration_id, text, ANA, recording)
    assert report.result.engine
    work = store.unit_of_work()
    with work.reading():
        assert work.corrections.of(migration_id) == []
    for number in report.kept:
        proposals.accept(work, number, ANA)
    with work.reading():
        assert len(work.corrections.of(migration_id)) == len(report.kept)


@pytest.mark.parametrize(
    ("says", "cause"),
    [
        (Says("{}", status=401), Cause.UNAUTHORISED),
        (Says("{}", status=404), Cause.NO_SUCH_MODEL),
        (Says(answer("no idea")), Cause.UNUSABLE),
        (Says("<html>"), Cause.UNUSABLE),
    ],
)
def test_a_failing_model_leaves_the_engine_complete_with_the_cause(
    crew: CrewAIService, recording: Recording, odd_import: int, model: ModelServer, says: Says, cause: Cause
) -> None:
    model.script = always(says)
    report = crew.analyze_cmdb_data(odd_import, ANA, recording)
    assert report.result.status is AgentStatus.DEGRADED
    assert len(report.result.engine) == 5
    assert report.source is AnswerSource.FALLBACK
    assert report.cause is not None
    assert report.cause.cause is cause


def test_a_stopped_run_keeps_no_proposal_and_its_task_is_cancelled(
    crew: CrewAIService, recording: Recording, odd_import: int, store: Store, model: ModelServer
) -> None:
    model.script = always(Says(answer("late"), wait=30))
    stopped = Recording(recording.run_id, TaskMemory(), lambda: model.requests > 0)
    with pytest.raises(Cancelled):
        crew.analyze_cmdb_data(odd_import, ANA, stopped)
    assert stopped.log.ended[0]["cancelled"]  # type: ignore[attr-defined]
    assert proposals.of_run(store.unit_of_work(), recording.run_id) == []


def test_an_agent_says_which_object_it_needs(engines: CrewAIService, recording: Recording, migration_id: int) -> None:
    with pytest.raises(BadInput):
        engines.run_specialist(AgentName.WAVE_PLANNER, Subject(migration_id=migration_id), ANA, recording)


def test_what_a_run_would_cost_and_send_is_told_before_anything_is_sent(
    crew: CrewAIService, odd_import: int, migration_id: int, model: ModelServer
) -> None:
    subject = Subject(migration_id=migration_id, import_id=odd_import)
    estimate = crew.estimate(AgentName.CMDB_ANALYST, subject)
    disclosed = crew.disclose(AgentName.CMDB_ANALYST, subject)
    assert estimate.calls == len(disclosed.requests) == estimate.affordable
    assert estimate.in_doubt >= estimate.questions >= 1
    assert not disclosed.leaves_machine
    assert model.requests == 0


def test_a_consultation_uses_look_ups_and_changes_nothing(
    crew: CrewAIService, applied: int, store: Store, model: ModelServer
) -> None:
    model.script = in_turn([Says(tool_call("inventory_figures", "{}")), Says(answer("There are 5 servers."))])
    reply = crew.consult(AgentName.CMDB_ANALYST, "How many servers are there?", look_ups(store, applied, ANA))
    assert reply.answer == "There are 5 servers."
    assert [use.tool for use in reply.tools] == ["inventory_figures"]
    assert "server" in reply.tools[0].result


def test_a_consultation_can_ask_what_a_header_means_and_teach_nothing(
    crew: CrewAIService, applied: int, store: Store, model: ModelServer
) -> None:
    offered = look_ups(store, applied, ANA)
    assert not any("learn" in tool.name for tool in offered)
    asked = tool_call("query_field_mapping", '{"header": "RAM (MB)", "beside": ["Hostname"]}')
    model.script = in_turn([Says(asked), Says(answer("It is the memory."))])
    reply = crew.consult(AgentName.LEARNING_SPECIALIST, "What is RAM (MB)?", offered)
    assert reply.answer == "It is the memory."
    assert "memory_gb" in reply.tools[0].result


def test_applying_an_import_is_unaffected_by_open_proposals(
    crew: CrewAIService, recording: Recording, odd_import: int, migration_id: int, store: Store
) -> None:
    crew.analyze_cmdb_data(odd_import, ANA, recording)
    applying.apply_all(store, migration_id, ANA)
    work = store.unit_of_work()
    number = next(iter(proposals.open_ones(work, migration_id, "column", import_id=odd_import).values())).id
    with pytest.raises(Conflict):
        proposals.accept(work, number, ANA)
    assert proposals.of_run(work, recording.run_id)[0].state in {ProposalState.OUTDATED, ProposalState.OPEN}
