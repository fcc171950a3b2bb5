"""An agent's run by its engine alone, then with a model through CrewAI, as page and worker carry them out."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any

from platform_core.domain.agents import AgentName
from platform_core.domain.runs import RunStatus
from platform_core.services import activity, bootstrap, migrations, proposals, receiving, work
from platform_core.services.crew import Subject
from platform_core.services.requests import AskAgent
from platform_core.settings import settings
from platform_core.store.models import WorkerRow
from tests.harness.portfolio import ANALYST, store_at
from tests.harness.workers import carry_out_waiting

ODD = b"Server Name,Box Figure,Who,Blob\nweb01,8192,Ada Example,x9\napp01,16384,Ben Example,x8\n"


def run_both_ways(var: Path, model_url: str) -> dict[str, Any]:
    """Let the CMDB analyst look at a file by its engine alone and with a model; return how both runs ended."""
    store = store_at(var)
    store.upgrade()
    unit = store.unit_of_work()
    migration_id = migrations.opened(unit, None, ANALYST).id
    received = receiving.receive(store, migration_id, "odd.csv", io.BytesIO(ODD), ANALYST)
    subject = Subject(migration_id=migration_id, import_id=received.imports[0])
    request = AskAgent(agent=AgentName.CMDB_ANALYST, subject=subject)
    alone = work.start(store, request, ANALYST)
    loaded = "crewai" in sys.modules
    os.environ["LLM_BASE_URL"] = model_url
    settings.cache_clear()
    bootstrap.agent_manager.cache_clear()
    rounds = store.everywhere().unit_of_work()
    with rounds:
        rounds.workers.add(WorkerRow(id="w1", host="here", pid=os.getpid()))
        rounds.commit()
    asked = work.start(store, request, ANALYST)
    carry_out_waiting(store)
    runs = [activity.run(unit, each.run_id) for each in (alone, asked)]
    return {
        "completed": all(run.status is RunStatus.COMPLETED for run in runs),
        "crewai_without_model": loaded,
        "crewai_with_model": "crewai" in sys.modules,
        "proposals": len(proposals.of_run(unit, asked.run_id)),
    }
