"""Agents from the activity page: what asking would take, engines alone without a model, proposals to decide on."""

from __future__ import annotations

import pytest

from platform_core.domain.agents import AgentName, AgentResult, AgentStatus, Cited, Proposal, StrategyChange
from platform_core.domain.runs import ProposalState, RunKind, RunStatus
from platform_core.domain.strategy import Strategy
from platform_core.services import activity, proposals, strategies
from platform_core.store.models import RunRow
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen

HOSTILE = "**because** <img src=x> :red[I say so]"


def propose(screen: Screen, strategy: Strategy) -> str:
    """Keep a proposal about the first application, as a run of the migration strategist does; return its key."""
    unit = screen.store.unit_of_work()
    line = strategies.page(unit, 1, offset=0, limit=1)[0][0]
    with unit:
        run = RunRow(
            migration_id=1, kind=RunKind.AGENT, job="agent", object="x", actor="agent", started_by=ANALYST.name
        )
        unit.runs.add(run)
        unit.flush()
        number = run.id
        run.status = RunStatus.COMPLETED
        unit.commit()
    proposal = Proposal(
        agent=AgentName.MIGRATION_STRATEGIST,
        item=line.subject_key,
        change=StrategyChange(application=line.subject_key, strategy=strategy),
        engine="rehost",
        agrees=False,
        cited=(Cited(where="Notes", text="a managed database would be welcome"),),
        rationale=HOSTILE,
        checks=("the application is in the inventory",),
    )
    result = AgentResult(
        agent=AgentName.MIGRATION_STRATEGIST, status=AgentStatus.COMPLETED, engine=(), proposals=(proposal,)
    )
    proposals.keep(unit, 1, result, proposals.Keeper(run_id=number))
    return line.subject_key


@pytest.mark.parametrize("agent", [AgentName.MIGRATION_STRATEGIST, AgentName.PATTERN_EXPERT, AgentName.RISK_ASSESSOR])
def test_an_agent_without_a_model_says_what_is_in_doubt_and_answers_from_its_engine(
    agent: AgentName, loaded: Screen
) -> None:
    loaded.open("agents", migration=1).set("ask", True)
    loaded.at.selectbox(key="agent").set_value(agent).run()
    loaded.click("ask-agent")
    assert "No model is set, so nothing is sent anywhere" in loaded.text
    items = next(metric for metric in loaded.at.metric if metric.label == "Items")
    assert int(items.value.replace(",", "")) > 0
    loaded.click("start-agent")
    run = activity.runs(loaded.store.unit_of_work(), 1)[0][0]
    assert (run.kind, run.status) == (RunKind.AGENT, RunStatus.COMPLETED)
    assert any("the engine's answers stand" in toast for toast in loaded.toasts)
    assert not loaded.at.exception


def test_an_agent_that_needs_a_plan_says_when_there_is_none(empty: Screen) -> None:
    empty.open("agents").set("ask", True)
    empty.at.selectbox(key="agent").set_value(AgentName.WAVE_PLANNER).run()
    assert "There is nothing to look at yet: no plan." in empty.text
    empty.at.selectbox(key="agent").set_value(AgentName.RISK_ASSESSOR).run()
    assert "There is nothing to look at yet: the inventory is empty." in empty.text


def test_an_accepted_proposal_becomes_the_analysts_override(loaded: Screen) -> None:
    subject = propose(loaded, Strategy.RETAIN)
    loaded.open("agents", migration=1)
    assert "1 proposal to decide on" in loaded.text
    loaded.select_row("proposals", 0)
    assert "a managed database would be welcome" in loaded.text
    assert "<img" not in loaded.text.replace("\\<img", "")
    loaded.click("proposals-accept")
    assert strategies.argument(loaded.store.unit_of_work(), 1, subject).line.decided is Strategy.RETAIN
    assert "to decide on" not in loaded.text


def test_a_proposal_put_aside_changes_nothing(loaded: Screen) -> None:
    subject = propose(loaded, Strategy.RETIRE)
    before = strategies.argument(loaded.store.unit_of_work(), 1, subject).line.decided
    loaded.open("agents", migration=1).select_row("proposals", 0).click("proposals-reject")
    unit = loaded.store.unit_of_work()
    assert strategies.argument(unit, 1, subject).line.decided is before
    with unit.reading():
        assert [row.state for row in unit.proposals.of(1)] == [ProposalState.REJECTED]
