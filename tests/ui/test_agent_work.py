"""What agents did and propose, on the pages: ledger and causes, proposals settled where they matter, the policy."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest

from platform_core.domain.agents import (
    AgentName,
    AgentResult,
    AgentStatus,
    AutoAccept,
    Change,
    Cited,
    ColumnChange,
    PatternChange,
    Proposal,
    RiskChange,
    StrategyChange,
    WaveChange,
)
from platform_core.domain.mapping import MappingState
from platform_core.domain.register import RegisterStatus
from platform_core.domain.runs import ProposalState, RunKind
from platform_core.domain.strategy import Strategy
from platform_core.jobs import Order, place
from platform_core.services import bootstrap, feedback, mappings, plans, proposals, receiving, risks, strategies
from platform_core.services.crew import Subject
from platform_core.services.taken_back import note_taken_back
from platform_core.settings import settings
from tests.harness.agent_runs import run_agent
from tests.harness.answering import answering
from tests.harness.model_server import ModelServer, Says, always, running_model
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen, plotly_specs

ODD = (
    b"Server Name,Box Figure,Who,Blob\n"
    b"web01,8192,Ada Example,x9\napp01,16384,Ben Example,x8\ncrm01,32768,Cy Example,x7\n"
)
LEDGER = "Requests to the model with outcome, tokens, cost and time"
MADE = "Proposals of this run with what became of them"


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with running_model(answering()) as server:
        yield server


@pytest.fixture
def odd(empty: Screen) -> Subject:
    empty.open("overview")
    got = receiving.receive(empty.store, 1, "odd.csv", io.BytesIO(ODD), ANALYST)
    return Subject(migration_id=1, import_id=got.imports[0])


def said(screen: Screen) -> str:
    return screen.text.replace("\\", "").replace(":small[]", "")


def keep(screen: Screen, item: str, change: Change, *, import_id: int | None = None) -> int:
    """Keep a proposal that differs from the engine, as a run of an agent does; return its number."""
    made = Proposal(
        agent=AgentName.RISK_ASSESSOR,
        item=item,
        change=change,
        engine="otherwise",
        agrees=False,
        cited=(Cited(where="Notes, line 3", text="a passage of the data"),),
        checks=("it is there",),
    )
    result = AgentResult(agent=made.agent, status=AgentStatus.COMPLETED, engine=(), proposals=(made,))
    run_id = place(screen.store, Order(RunKind.AGENT, "x", ANALYST, 1), at_once=True).run_id
    keeper = proposals.Keeper(run_id=run_id, import_id=import_id)
    return proposals.keep(screen.store.unit_of_work(), 1, result, keeper)[0]


def state(screen: Screen, number: int) -> str:
    unit = screen.store.unit_of_work()
    with unit.reading():
        return unit.proposals.get(number).state


def test_a_run_is_shown_in_time_with_its_ledger_its_budget_and_what_was_said(
    empty: Screen, odd: Subject, model: ModelServer
) -> None:
    _, report = run_agent(empty.store, model, AgentName.CMDB_ANALYST, odd)
    empty.open("agents", migration=1)
    ledger = empty.table(LEDGER)
    assert list(ledger["Outcome"]) == ["answered"] * model.requests
    assert ledger["Read"].sum() + ledger["Written"].sum() == model.told_tokens
    (waterfall,) = [spec for spec in plotly_specs(empty) if "Seconds from the start" in spec]
    assert "Request 1" in waterfall
    assert "4 items answered by the engine" in said(empty)
    assert "answer from model" in said(empty)
    bars = [bar.proto.text.replace("\\", "") for bar in empty.at.main.progress]
    assert f"{model.requests} of 40 requests" in bars
    told = [code.value for code in empty.at.code]
    assert told[:-1] == [message["content"] for message in model.asked[0].body["messages"]]
    assert json.loads(told[-1])["items"]
    assert len(empty.table(MADE)) == len(report.kept)
    again = Screen(empty.store).open("agents", migration=1)
    assert list(again.table(LEDGER)["Outcome"]) == list(ledger["Outcome"]), "after a refresh it is all there"


def test_a_run_that_got_nothing_says_why_and_what_to_change(empty: Screen, odd: Subject, model: ModelServer) -> None:
    model.script = always(Says("{}", status=401))
    run_agent(empty.store, model, AgentName.CMDB_ANALYST, odd)
    empty.open("agents", migration=1)
    assert any(
        "The engine's answers stand. Check DEEPINFRA_API_KEY or LLM_API_KEY." in each.replace("\\", "")
        for each in empty.alerts
    )
    assert list(empty.table(LEDGER)["Outcome"]) == ["unauthorised (401)"]


def test_without_a_model_the_page_says_what_to_set_and_that_nothing_leaves(empty: Screen) -> None:
    empty.open("agents")
    assert "Set DEEPINFRA_API_KEY or LLM_BASE_URL to have one asked." in said(empty)
    assert "Nothing leaves this machine" in said(empty)


def test_with_a_model_elsewhere_the_page_lists_what_may_leave(empty: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_BASE_URL", "https://models.example.com/v1")
    monkeypatch.setenv("LLM_SHARED_COLUMNS", "Rack Unit")
    settings.cache_clear()
    empty.open("agents").set("privacy", True)
    assert "replaced by pseudonyms" in said(empty)
    assert "Rack Unit" in said(empty)
    assert "only workers ask models" in said(empty)


def test_a_proposal_about_a_column_is_settled_beside_its_suggestion(empty: Screen, odd: Subject) -> None:
    number = keep(
        empty,
        proposals.column_item(1),
        ColumnChange(position=1, header="Box Figure", field="memory_gb"),
        import_id=odd.import_id,
    )
    empty.open("mapping", migration=1).set(f"look-{odd.import_id}", 1)
    assert "1 proposal of agents: 1 of them say otherwise than the engine" in " ".join(
        box.label for box in empty.at.expander
    )
    assert "Box Figure: Memory (GB)** · the engine says Otherwise" in said(empty)
    assert "a passage of the data" in said(empty)
    empty.click(f"accept-{number}")
    column = next(c for c in mappings.columns(empty.store.unit_of_work(), odd.import_id or 0) if c.position == 1)
    assert (column.field, column.state) == ("memory_gb", MappingState.CHANGED)
    assert state(empty, number) == ProposalState.ACCEPTED


def test_a_proposal_about_a_strategy_is_settled_in_its_argument(loaded: Screen) -> None:
    line = strategies.page(loaded.store.unit_of_work(), 1, offset=0, limit=1)[0][0]
    number = keep(loaded, line.subject_key, StrategyChange(application=line.subject_key, strategy=Strategy.RETIRE))
    loaded.open("strategy", migration=1, application=line.subject_key)
    assert f"{line.name}: Retire" in said(loaded)
    loaded.click(f"accept-{number}")
    assert strategies.argument(loaded.store.unit_of_work(), 1, line.subject_key).line.decided is Strategy.RETIRE


def test_a_proposal_about_a_risk_is_settled_beside_its_drivers(loaded: Screen) -> None:
    risk = risks.register(loaded.store.unit_of_work(), 1, limit=1)[0]
    number = keep(
        loaded, risk.subject_key, RiskChange(application=risk.subject_key, driver="heavily_customised", applies=True)
    )
    loaded.open("dependencies", migration=1, tab="Risk")
    assert f"{risk.name}: heavily customised applies" in said(loaded)
    assert "likelihood and impact stay as the engine has them" in said(loaded)
    loaded.click(f"put-aside-{number}")
    assert state(loaded, number) == ProposalState.REJECTED
    assert risks.entries(loaded.store.unit_of_work(), 1) == []


def test_an_accepted_risk_is_a_draft_in_the_register_until_it_is_undone(loaded: Screen) -> None:
    unit = loaded.store.unit_of_work()
    before = risks.register(unit, 1, limit=1)[0]
    number = keep(
        loaded, before.subject_key, RiskChange(application=before.subject_key, driver="no way back", applies=True)
    )
    loaded.open("dependencies", migration=1, tab="Risk").click(f"accept-{number}")
    assert loaded.toasts == ["Accepted 1 proposal; 1 entry of the risk register to complete"]
    (entry,) = risks.entries(unit, 1)
    assert (entry.subject_key, entry.status, entry.owner) == (before.subject_key, RegisterStatus.OPEN, "")
    assert entry.note.startswith("No way back: applies, “a passage")
    assert loaded.at.text_input(key=f"note-{before.subject_key}-1").value == entry.note
    assert loaded.table("risk-register")["Status"].iloc[0] == "Open"
    assert risks.of_application(unit, 1, before.subject_key).score == before.score
    loaded.click("undo")
    assert risks.entries(unit, 1)[0].note == ""
    assert note_taken_back(unit, 1) == 1
    assert state(loaded, number) == ProposalState.REVERTED


def test_a_proposal_about_a_pattern_is_listed_with_the_dependencies(loaded: Screen) -> None:
    number = keep(loaded, "c1", PatternChange(cluster="c1", label="farm"))
    loaded.open("dependencies", migration=1).select_row("here-pattern-list", 0).click("here-pattern-list-accept")
    assert state(loaded, number) == ProposalState.ACCEPTED


def test_moves_are_listed_with_the_plan_they_are_about_and_accepted_there(loaded: Screen) -> None:
    unit = loaded.store.unit_of_work()
    plan = plans.listed(unit, 1)[0][0]
    placed = plans.placements(unit, plan, offset=0, limit=200)[0]
    for each in placed:
        free = [
            o.wave for o in plans.options(unit, plan, each.application) if not o.forbidden_by and o.wave != each.wave
        ]
        if free:
            break
    keep(loaded, "another", WaveChange(plan=plan + 7, group="another", wave=1))
    number = keep(loaded, each.move_group, WaveChange(plan=plan, group=each.move_group, wave=free[0]))
    loaded.open("waves", migration=1)
    assert list(loaded.table("here-wave-list")["About"]) == [each.move_group]
    loaded.select_row("here-wave-list", 0).click("here-wave-list-accept")
    assert state(loaded, number) == ProposalState.ACCEPTED
    assert dict(plans.applications(unit, plan))[each.application] == free[0]


def test_what_agents_may_apply_unseen_is_chosen_per_kind_and_kept(loaded: Screen) -> None:
    loaded.open("settings", migration=1)
    box = next(box for box in loaded.at.selectbox if box.label == "6R strategies")
    box.set_value(AutoAccept.AGREED)
    loaded.click("save-policy")
    unit = loaded.store.unit_of_work()
    assert proposals.policy(unit, 1).accept == {"strategy": AutoAccept.AGREED}
    again = Screen(loaded.store).open("settings", migration=1)
    assert next(b for b in again.at.selectbox if b.label == "6R strategies").value is AutoAccept.AGREED


def test_a_comment_the_rules_cannot_read_is_sent_to_the_model_only_when_asked(
    empty: Screen, odd: Subject, model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = empty.store.unit_of_work()
    entry = feedback.give(unit, 1, ANALYST, page="feedback", text="Somebody put the memory into Box Figure")
    empty.open("feedback", migration=1)
    assert f"read-{entry.id}" not in empty.at.session_state, "no model is set, so none is offered"
    monkeypatch.setenv("LLM_BASE_URL", model.base_url)
    settings.cache_clear()
    bootstrap.agent_manager.cache_clear()
    try:
        empty.open("feedback", migration=1).set(f"read-{entry.id}", True).set(f"disclosure-{entry.id}", True)
        assert "Somebody put the memory into Box Figure" in empty.at.code[0].value
        assert model.requests == 0
        run_agent(empty.store, model, AgentName.LEARNING_SPECIALIST, Subject(migration_id=1, feedback_id=entry.id))
        empty.at.run()
        assert "the engine says Not understood" in said(empty)
        empty.click(f"confirm-{entry.id}")
        assert empty.toasts == ["Learned 1 correction"]
    finally:
        bootstrap.agent_manager.cache_clear()


def test_accepted_and_taken_back_later_counts_as_harm(loaded: Screen) -> None:
    unit = loaded.store.unit_of_work()
    line = strategies.page(unit, 1, offset=0, limit=1)[0][0]
    number = keep(loaded, line.subject_key, StrategyChange(application=line.subject_key, strategy=Strategy.RETIRE))
    proposals.accept(unit, number, ANALYST)
    loaded.open("agents", migration=1).set("figures", value=True)
    alt = "Agents with durations, tokens, cost and what analysts decided"
    assert list(loaded.table(alt)[["Helped", "Harmed"]].iloc[0]) == [1, 0]
    loaded.click("undo")
    assert list(loaded.table(alt)[["Helped", "Harmed"]].iloc[0]) == [0, 1]
