"""Runs of agents on a store with a scripted model, recorded as a worker records them, without loading CrewAI."""

from __future__ import annotations

from platform_core.agents.access import open_access
from platform_core.agents.manager import AgentManager
from platform_core.domain.agents import AgentName
from platform_core.domain.model_calls import Budget, ModelEndpoint, Prices
from platform_core.domain.runs import RunKind, RunStatus
from platform_core.jobs import Hold, Order, place
from platform_core.monitor import AgentMonitor
from platform_core.services.bootstrap import agent_data
from platform_core.services.crew import AgentReport, CrewAIService, Recording, Subject
from platform_core.store import Store
from tests.harness.asking import PlainBackend
from tests.harness.model_server import ModelServer
from tests.harness.portfolio import ANALYST

BUDGET = Budget(requests=40, tokens=100_000, seconds=60.0, cost=1.0)


def run_agent(
    store: Store, model: ModelServer, agent: AgentName, subject: Subject, *, api_key: str = "", budget: Budget = BUDGET
) -> tuple[int, AgentReport]:
    """Let an agent look at its subject and return the number of the completed run and the report."""
    endpoint = ModelEndpoint(
        base_url=model.base_url,
        model="scripted",
        api_key=api_key,
        attempt_seconds=0.5,
        deadline_seconds=2.0,
        prices=Prices(prompt=1.0, completion=2.0),
    )
    order = Order(RunKind.AGENT, str(agent), ANALYST, subject.migration_id, actor=str(agent))
    hold = Hold(store, place(store, order, at_once=True).run_id, attempt=1)
    service = CrewAIService(store, AgentManager(agent_data(), PlainBackend(open_access(endpoint))), budget)
    report = service.run_specialist(agent, subject, ANALYST, Recording(hold.run_id, AgentMonitor(store)))
    hold.end(RunStatus.COMPLETED, result={"proposals": list(report.kept)})
    return hold.run_id, report
