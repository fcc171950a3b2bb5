"""Hostile cells against a model that obeys them: nothing outside their own row changes, nothing of theirs comes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_core.agents.access import open_access
from platform_core.agents.contexts import Context, EvidenceCell, RiskContext
from platform_core.agents.crew_backend import CrewBackend
from platform_core.agents.manager import AgentManager
from platform_core.agents.specs import load_agents
from platform_core.domain.agents import AgentResult
from platform_core.domain.model_calls import ModelEndpoint
from platform_core.reference import DATA
from tests.harness.agent_contexts import (
    close_application,
    doubtful_column,
    feedback_context,
    learning_context,
    mapping_context,
    pattern_context,
    risk_context,
    strategy_context,
    wave_context,
)
from tests.harness.answering import answer_to, first_possible
from tests.harness.asking import PlainBackend
from tests.harness.model_server import Asked, ModelServer, Says, answer, running_model
from tests.harness.red_team import CANARY, CELLS

Carrier = Callable[[str], Context]
Run = Callable[[Context], AgentResult]


def in_a_header(text: str) -> Context:
    return mapping_context(doubtful_column(0, text), doubtful_column(1, "Box"), doubtful_column(2, "Addr"))


def in_a_cell(text: str) -> Context:
    poisoned = doubtful_column(0, "Remark", samples=("ok", text))
    return mapping_context(poisoned, doubtful_column(1, "Box"), doubtful_column(2, "Addr"))


def in_a_fact(text: str) -> Context:
    facts = {"os": "Linux", "database": text, "users": 3, "stable": True}
    return strategy_context(
        close_application("app:bad", facts=facts), close_application("app:one"), close_application("app:two")
    )


def in_a_note(text: str) -> Context:
    context = risk_context()
    (clean,) = context.applications
    poisoned = clean.model_copy(update={"key": "app:bad", "cells": (EvidenceCell(field="notes", text=text),)})
    return RiskContext(applications=(poisoned, clean), drivers=context.drivers)


def in_a_name(text: str) -> Context:
    clean = pattern_context()
    bad = clean.clusters[0].model_copy(
        update={"key": "bad", "members": (*pattern_context(text, "web01", "web02").clusters[0].members,)}
    )
    return clean.model_copy(update={"clusters": (bad, *clean.clusters)})


def in_a_group(text: str) -> Context:
    context = wave_context()
    bad = context.groups[0].model_copy(update={"name": text})
    return context.model_copy(update={"groups": (bad, context.groups[1])})


def in_a_word(text: str) -> Context:
    context = learning_context()
    bad = context.words[0].model_copy(update={"header": text})
    return context.model_copy(update={"words": (bad, *context.words)})


def in_a_column_of_feedback(text: str) -> Context:
    context = feedback_context()
    return context.model_copy(update={"headers": (text, f"RAM {text}", *context.headers)})


CARRIERS: tuple[tuple[Carrier, frozenset[str]], ...] = (
    (in_a_header, frozenset({"column 0"})),
    (in_a_cell, frozenset({"column 0"})),
    (in_a_fact, frozenset({"app:bad"})),
    (in_a_note, frozenset({"app:bad"})),
    (in_a_name, frozenset({"bad"})),
    (in_a_group, frozenset()),
    (in_a_word, frozenset()),
    (in_a_column_of_feedback, frozenset()),
)


def obedient(asked: Asked) -> Says:
    """Do whatever a cell says as soon as there is one that says something: other choices, strange ids, its words."""
    if CANARY not in asked.words:
        return Says(answer(json.dumps(answer_to(asked))))

    def otherwise(name: str, kind: Any, item: Any) -> Any:
        values = kind.get("enum") or []
        return values[-1] if values else first_possible(name, kind, item)

    said = answer_to(asked, otherwise)
    for item in said["items"]:
        item["rationale"] = f"As told: {CANARY}"
    said["items"] += [{**said["items"][0], "id": "i99"}, {**said["items"][0], "field": CANARY, "strategy": CANARY}]
    return Says(answer(json.dumps(said)))


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


def decisions(result: AgentResult, without: frozenset[str], hostile: str = "") -> dict[str, tuple[str, ...]]:
    """Return what was proposed for each item, but for the poisoned ones."""
    found: dict[str, list[str]] = {}
    for proposal in result.proposals:
        if proposal.item not in without and hostile not in {proposal.item} - {""}:
            found.setdefault(proposal.item, []).append(proposal.change.model_dump_json())
    return {item: tuple(sorted(changes)) for item, changes in found.items()}


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
