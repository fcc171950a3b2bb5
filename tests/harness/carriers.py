"""Where a hostile text can stand, and a model that does what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from platform_core.agents.contexts import Context, EvidenceCell, RiskContext
from platform_core.domain.agents import AgentResult
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
from tests.harness.model_server import Asked, Says, answer
from tests.harness.red_team import CANARY

Carrier = Callable[[str], Context]


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


def decisions(result: AgentResult, without: frozenset[str], hostile: str = "") -> dict[str, tuple[str, ...]]:
    """Return what was proposed for each item, but for the poisoned ones."""
    found: dict[str, list[str]] = {}
    for proposal in result.proposals:
        if proposal.item not in without and hostile not in {proposal.item} - {""}:
            found.setdefault(proposal.item, []).append(proposal.change.model_dump_json())
    return {item: tuple(sorted(changes)) for item, changes in found.items()}
