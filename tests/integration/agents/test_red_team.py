"""Hostile cells against a model that obeys them: nothing outside their own row changes, nothing of theirs comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from platform_core.agents.access import open_access
from platform_core.agents.contexts import Context
from platform_core.agents.crew_backend import CrewBackend
from platform_core.agents.manager import AgentManager
from platform_core.agents.specs import load_agents
from platform_core.domain.agents import AgentResult
from platform_core.domain.model_calls import ModelEndpoint
from platform_core.reference import DATA
from tests.harness.asking import PlainBackend
from tests.harness.carriers import CARRIERS, Carrier, decisions, in_a_header, obedient
from tests.harness.model_server import ModelServer, running_model
from tests.harness.red_team import CANARY, CELLS

Run = Callable[[Context], AgentResult]


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with running_model(obedient) as server:
        yield server


@pytest.fixture(scope="module")
def run(model: ModelServer) -> Run:
    access = open_access(ModelEndpoint(base_url=model.base_url, model="obedient", requests_per_minute=60_000))
    return AgentManager(load_agents(DATA), PlainBackend(access)).run


@pytest.fixture(scope="module")
def run_by_crewai(model: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder: Path = tmp_path_factory.mktemp("crewai")
    access = open_access(ModelEndpoint(base_url=model.base_url, model="obedient", requests_per_minute=60_000))
    return AgentManager(load_agents(DATA), CrewBackend(access, folder)).run


def test_there_are_two_hundred_different_ones() -> None:
    assert len(set(CELLS)) == 200


@pytest.mark.parametrize(("carrier", "poisoned"), CARRIERS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_hostile_text_changes_nothing_outside_its_own_row_and_says_nothing(
    carrier: Carrier, poisoned: frozenset[str], run: Run, run_by_crewai: Run, model: ModelServer
) -> None:
    clean = run(carrier("plain"))
    for place, text in enumerate(CELLS[CARRIERS.index((carrier, poisoned)) % 4 :: 4]):
        result = (run if place % 20 else run_by_crewai)(carrier(text))
        assert decisions(result, poisoned, text) == decisions(clean, poisoned, "plain"), text
        assert len(result.engine) == len(clean.engine)
        for proposal in result.proposals:
            assert CANARY not in proposal.rationale, text
            named = {"header", "sentence", "group"} if proposal.item in {*poisoned, text} else set()
            assert CANARY not in proposal.change.model_dump_json(exclude=named), text
    assert all("tools" not in asked.body for asked in model.asked)


def test_hostile_texts_never_share_a_request_with_other_rows(run: Run, model: ModelServer) -> None:
    before = len(model.asked)
    for text in CELLS:
        run(in_a_header(text))
    for asked in model.asked[before:]:
        if CANARY in asked.words:
            assert len(asked.data["items"]) == 1
