"""What agents say: the engine's answers, checked proposals beside them, and how a run went."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from platform_core.domain.base import Frozen
from platform_core.domain.model_calls import Degradation, Usage
from platform_core.domain.strategy import Strategy

RATIONALE_LENGTH = 200
"""Longest reason a model may give, in characters; it is shown as plain text and decides nothing."""


class AgentName(StrEnum):
    """The six specialists."""

    CMDB_ANALYST = "cmdb_analyst"
    LEARNING_SPECIALIST = "learning_specialist"
    PATTERN_EXPERT = "pattern_expert"
    MIGRATION_STRATEGIST = "migration_strategist"
    RISK_ASSESSOR = "risk_assessor"
    WAVE_PLANNER = "wave_planner"


class Reach(StrEnum):
    """How far a learned word on a header goes."""

    ANY_FILE = "any_file"
    THIS_FORMAT = "this_format"
    NOWHERE = "nowhere"  # it was said of one file only and is not learned


class ColumnChange(Frozen):
    """Column `position` means `field` (None = leave it unmapped)."""

    kind: Literal["column"] = "column"
    position: int
    header: str
    field: str | None


class AliasChange(Frozen):
    """From now on `header` means `field` (None = nothing we keep) as far as `reach` goes."""

    kind: Literal["alias"] = "alias"
    header: str
    field: str | None
    reach: Reach
    format: str | None = None


class PatternChange(Frozen):
    """The cluster is a case of `label`; `outliers` are members that do not belong to it."""

    kind: Literal["pattern"] = "pattern"
    cluster: str
    label: str
    outliers: tuple[str, ...] = ()


class StrategyChange(Frozen):
    """`strategy` should come first for this application."""

    kind: Literal["strategy"] = "strategy"
    application: str
    strategy: Strategy


class RiskChange(Frozen):
    """A driver of the catalogue applies to this application after all, or does not."""

    kind: Literal["risk"] = "risk"
    application: str
    driver: str
    applies: bool


class WaveChange(Frozen):
    """The group should move in `wave` (from 1) of the stored plan `plan`, where it is one."""

    kind: Literal["wave"] = "wave"
    plan: int | None = None
    group: str
    wave: int


class CorrectionChange(Frozen):
    """What an analyst's sentence asks for: `header` means `field` (None = leave it unmapped).

    `feedback` is the stored comment that the sentence stands in, where it is one.
    """

    kind: Literal["correction"] = "correction"
    feedback: int | None = None
    sentence: str
    header: str
    field: str | None


Change = Annotated[
    ColumnChange | AliasChange | PatternChange | StrategyChange | RiskChange | WaveChange | CorrectionChange,
    Field(discriminator="kind"),
]


class Cited(Frozen):
    """A piece of the data that speaks for a proposal: where it stands, and its text as it stands there."""

    where: str
    text: str


class EngineAnswer(Frozen):
    """What the engine says about one item, complete without any model.

    `doubt` is 0 (settled) to 1 (a coin toss); only items with doubt are worth a model's judgement. `worth` says
    how much hangs on the item, in the agent's own measure. `learned` = it rests on analysts' words.
    """

    item: str
    text: str
    doubt: float = 0.0
    worth: float = 1.0
    learned: bool = False


class Proposal(Frozen):
    """A model's suggestion that passed every check; nothing comes of it unless an analyst or a policy accepts it.

    `item` is the key of the engine's answer it concerns. `agrees` = the engine says the same. `checks` are the
    checks it passed, in words. `rationale` is the model's own text: show it as text, never as markup.
    """

    agent: AgentName
    item: str
    change: Change
    engine: str
    agrees: bool
    cited: tuple[Cited, ...] = ()
    rationale: str = ""
    checks: tuple[str, ...] = ()
    worth: float = 1.0
    call_id: str = ""


class Dropped(Frozen):
    """Something a model said that did not pass, and why; `item` is None when it could not be told which it meant."""

    item: str | None
    reason: str
    said: str = ""


class AgentStatus(StrEnum):
    """How a run ended. The engine's answers are complete in every case."""

    ENGINE_ONLY = "engine_only"  # no model was asked: none is configured, or nothing was in doubt
    COMPLETED = "completed"
    PARTIAL = "partial"  # some questions got no usable answer
    DEGRADED = "degraded"  # no question got a usable answer
    BUDGET_EXHAUSTED = "budget_exhausted"
    CANCELLED = "cancelled"


class AnswerSource(StrEnum):
    """Where what is shown of an item comes from."""

    RULES = "rules"
    LEARNED = "learned"
    MODEL = "model"  # a checked proposal of a model stands beside the engine's answer
    FALLBACK = "fallback"  # a model should have been asked and was not, or gave nothing usable


class AgentResult(Frozen):
    """What an agent came to: every engine answer, the proposals that passed, and what did not, with the reasons.

    `asked` counts items whose question was answered, `withheld` names items that no model was asked about although
    they are in doubt, with the reason. `degraded` is the first cause why something stands without the model.
    """

    agent: AgentName
    status: AgentStatus
    engine: tuple[EngineAnswer, ...]
    proposals: tuple[Proposal, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    withheld: tuple[Dropped, ...] = ()
    warnings: tuple[str, ...] = ()
    asked: int = 0
    degraded: Degradation | None = None
    usage: Usage = Usage()
    prompt_version: str = ""
    model: str = ""

    @property
    def sources(self) -> dict[str, AnswerSource]:
        """Where the answer to each item comes from; an item that an asked model said nothing of stays the engine's."""
        proposed = {proposal.item for proposal in self.proposals}
        dropped = {each.item for each in self.dropped}
        return {answer.item: self._source(answer, proposed, dropped) for answer in self.engine}

    def _source(self, answer: EngineAnswer, proposed: set[str], dropped: set[str | None]) -> AnswerSource:
        if answer.item in proposed:
            return AnswerSource.MODEL
        failed = self.degraded is not None and answer.doubt > 0
        if failed or answer.item in dropped:
            return AnswerSource.FALLBACK
        return AnswerSource.LEARNED if answer.learned else AnswerSource.RULES


class AutoAccept(StrEnum):
    """Which proposals of one kind a migration accepts without anybody looking."""

    NOTHING = "nothing"
    AGREED = "agreed"  # those in which model and engine, independently, say the same
    CHECKED = "checked"  # all that passed the checks


class AgentPolicy(Frozen):
    """What a migration allows its agents, by kind of change ("column", "wave" …); what is not named: nothing."""

    accept: dict[str, AutoAccept] = Field(default_factory=dict)

    def allows(self, proposal: Proposal) -> bool:
        """Tell whether a proposal may be applied without an analyst."""
        level = self.accept.get(proposal.change.kind, AutoAccept.NOTHING)
        return level is AutoAccept.CHECKED or (level is AutoAccept.AGREED and proposal.agrees)


class Estimate(Frozen):
    """What asking a model would take, before the start.

    `items` of the engine are in the context, `in_doubt` of them ambiguous; `questions` remain after like ones were
    joined, sent in `calls` requests if nothing is repeated. Tokens are upper estimates; `cost` is None without
    prices. `affordable` counts the requests that the budget allows.
    """

    items: int
    in_doubt: int
    questions: int
    withheld: int
    calls: int
    affordable: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None = None
    currency: str = ""


class Disclosure(Frozen):
    """Everything a run would send, listed beforehand.

    `requests` are the data parts of the questions exactly as they would leave, JSON texts in the order of sending.
    `shared` and `kept_back` name the columns or facts whose values go along or stay; `replaced` counts the names,
    addresses and people that are replaced by pseudonyms.
    """

    endpoint: str
    leaves_machine: bool
    requests: tuple[str, ...]
    shared: tuple[str, ...] = ()
    kept_back: tuple[str, ...] = ()
    replaced: dict[str, int] = Field(default_factory=dict)


class AgentEventKind(StrEnum):
    """What happened in a run."""

    RUN_STARTED = "run_started"
    BATCH_STARTED = "batch_started"
    CALL_STARTED = "call_started"
    CALL_WAITING = "call_waiting"
    CALL_FINISHED = "call_finished"
    CALL_FAILED = "call_failed"
    BATCH_FINISHED = "batch_finished"
    BATCH_FAILED = "batch_failed"
    CREW = "crew"  # an event of CrewAI's own bus; `data` has its type, ids and parent
    RUN_FINISHED = "run_finished"


class AgentEvent(Frozen):
    """Something worth watching. `share` is how much of the run is done (0..1), None where it does not change it."""

    at: datetime
    agent: AgentName
    kind: AgentEventKind
    text: str
    share: float | None = None
    data: dict[str, JsonValue] = Field(default_factory=dict)


class ToolUse(Frozen):
    """A tool that a consultation used."""

    tool: str
    arguments: str
    result: str


class Consultation(Frozen):
    """An agent's reply to an analyst's own question; `answer` is plain text and changes nothing."""

    agent: AgentName
    question: str
    answer: str
    tools: tuple[ToolUse, ...] = ()
    status: AgentStatus = AgentStatus.COMPLETED
    degraded: Degradation | None = None
    usage: Usage = Usage()
