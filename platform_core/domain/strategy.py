"""The 6R vocabulary and the form of a recommendation."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pydantic import JsonValue

from platform_core.domain.base import Frozen


class Strategy(StrEnum):
    """What can happen to an application, in the fixed order of every chart and table."""

    REHOST = "rehost"
    RELOCATE = "relocate"
    REPLATFORM = "replatform"
    REFACTOR = "refactor"
    REARCHITECT = "rearchitect"
    REPURCHASE = "repurchase"
    RETAIN = "retain"
    RETIRE = "retire"


NEEDS_DATA = "needs_data"
"""The word for a recommendation whose evidence is too thin to name a strategy."""


class Fact(Frozen):
    """Something known about an application: a canonical field or questionnaire key with its value.

    `source` says where it was found, in words an analyst can check ("cmdb.csv line 14", "questionnaire").
    """

    key: str
    value: JsonValue
    source: str = ""


Facts = Mapping[str, Fact]


class SignalEvidence(Frozen):
    """One signed reason for or against a strategy; `weight` is added to that strategy's score (logits)."""

    signal: str
    strategy: Strategy
    value: str
    weight: float
    text: str
    source: str = ""


class Ranked(Frozen):
    """A strategy with its share of belief (softmax of the scores, 0..1); vetoed strategies are left out."""

    strategy: Strategy
    score: float


class Veto(Frozen):
    """Why a strategy is impossible here."""

    strategy: Strategy
    text: str


class Counterfactual(Frozen):
    """The change of facts that would turn the recommendation into another one."""

    changes: dict[str, JsonValue]
    becomes: Strategy
    text: str


class MissingFact(Frozen):
    """A fact that is not known and would help, with the question to ask; most useful first."""

    key: str
    question: str


class Recommendation(Frozen):
    """What the engine would do with one application, and why.

    `strategy` None means that the evidence is too thin (`NEEDS_DATA`). `confidence` is 0..1: coverage of the
    evidence times the margin over the runner-up. `unknown` lists fact keys the engine does not know.
    """

    strategy: Strategy | None
    confidence: float
    ranking: tuple[Ranked, ...]
    evidence: tuple[SignalEvidence, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    would_change: tuple[Counterfactual, ...] = ()
    missing: tuple[MissingFact, ...] = ()
    unknown: tuple[str, ...] = ()
