"""Who the agents are and how they are asked: roles, wording and limits as data, with a version for each wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from platform_core.agents.suspicion import Suspicion
from platform_core.agents.tables import rows_of
from platform_core.domain.agents import AgentName
from platform_core.domain.base import Frozen
from platform_core.errors import BadInput

FEEDBACK = "feedback"
"""The learning specialist's second task: reading what analysts write."""


class AgentSpec(Frozen):
    """One task of an agent.

    `doubt_from` is the doubt (0..1) from which a model is asked, `most_items` the largest batch, `answer_tokens`
    what an answer about one item takes at most, `rules` other numbers of the task. `prompt_version` changes whenever
    a word changes that the model reads, so that kept answers are not mistaken for answers to the new wording.
    """

    agent: AgentName
    title: str
    role: str
    goal: str
    backstory: str
    task: str
    prompt_version: str
    doubt_from: float = Field(gt=0, le=1)
    most_items: int = Field(ge=1, le=50)
    answer_tokens: int = Field(ge=10)
    rules: dict[str, float] = Field(default_factory=dict)
    source: str = Field(min_length=1)


class Label(Frozen):
    """A label that a cluster of one kind may get, and when it applies."""

    kind: str
    label: str
    text: str


@dataclass(frozen=True)
class AgentData:
    """Everything in `data/agents`: tasks by file name, suspicious texts, shareable fields, labels, parts of names."""

    specs: Mapping[str, AgentSpec]
    suspicion: Suspicion
    shareable: frozenset[str]
    labels: tuple[Label, ...]
    name_parts: Mapping[str, str]


def load_agents(data: Path) -> AgentData:
    """Read `agents` under `data` (the shipped folder).

    Raises BadInput when a task is missing or not of its form, or a row of a table names no source.
    """
    folder = data / "agents"
    specs = {path.stem: _spec(path) for path in sorted(folder.glob("*.yaml"))}
    missing = {*AgentName, FEEDBACK} - specs.keys()
    if missing:
        raise BadInput(f"The task of the agent {sorted(missing)[0]} is missing.", hint="Reinstall the reference data.")
    return AgentData(
        specs=specs,
        suspicion=Suspicion.load(folder / "suspicion.csv"),
        shareable=frozenset(row["key"] for row in rows_of(folder / "shareable.csv", "key", "why", "source")),
        labels=tuple(
            Label(kind=row["kind"], label=row["label"], text=row["text"])
            for row in rows_of(folder / "pattern_labels.csv", "kind", "label", "text", "source")
        ),
        name_parts={row["part"]: row["means"] for row in rows_of(folder / "name_parts.csv", "part", "means", "source")},
    )


def _spec(path: Path) -> AgentSpec:
    try:
        return AgentSpec.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise BadInput(f"The agents' task {path.name} is not of its form.") from error
