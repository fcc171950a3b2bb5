"""The 6R vocabulary and the form of a recommendation."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field, JsonValue

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


class Contradiction(Frozen):
    """Two things that cannot both stand: within the facts of `subject`, or between it and the application `other`."""

    subject: str
    text: str
    other: str | None = None


class Call(Frozen):
    """`source` calls `target` (subject keys); `hard` when the two cannot well be apart, not even for a wave."""

    source: str
    target: str
    hard: bool
    text: str = ""


class PolicyChange(Frozen):
    """How a migration's policy differs from the shipped one; empty = not at all.

    `goals` are sliders (1..5), `switched_off` says as what a strategy counts that is not offered (None = as shipped),
    `weights` are new weights of signals by strategy (logits), `thresholds` new bounds of conditions by their name,
    `settings` new values of the engine's numbers.
    """

    goals: dict[str, int] = Field(default_factory=dict)
    switched_off: dict[Strategy, Strategy] | None = None
    weights: dict[str, dict[Strategy, float]] = Field(default_factory=dict)
    thresholds: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    settings: dict[str, float] = Field(default_factory=dict)


class Question(Frozen):
    """A question about one application: what to ask, how to answer, and what an answer would bring.

    `reading` is how the answer is read (yes_no, number, level, text …), `answers` are the usual ones. `gain` is how
    much of the belief an answer moves on average, 0..1. `known` is what the inventory or an earlier answer says.
    """

    key: str
    text: str
    topic: str
    reading: str
    answers: tuple[JsonValue, ...]
    gain: float
    known: Fact | None = None


class SharedQuestion(Frozen):
    """A question that is open for several applications, for one answer to all; `gain` is the sum over them."""

    key: str
    text: str
    subjects: tuple[str, ...]
    gain: float


class AnswerProblem(Frozen):
    """A cell of an answer file that was not taken, and why; `line` is the line of the file, `column` its header."""

    line: int
    column: str
    value: str
    text: str


class AnswersRead(Frozen):
    """What an answer file says: values by subject and key, the cells refused, and columns nobody asked for."""

    answers: dict[str, dict[str, JsonValue]]
    problems: tuple[AnswerProblem, ...]
    ignored_columns: tuple[str, ...]


class Flip(Frozen):
    """A recommendation that another policy would change; None = needs data."""

    subject: str
    before: Strategy | None
    after: Strategy | None


class PolicyPreview(Frozen):
    """What another policy would change in a portfolio of `assessed` applications."""

    assessed: int
    flips: tuple[Flip, ...]

    @property
    def share(self) -> float:
        """Flips among all applications, 0..1 (0 for an empty portfolio)."""
        return len(self.flips) / self.assessed if self.assessed else 0.0


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
    contradictions: tuple[Contradiction, ...] = ()
