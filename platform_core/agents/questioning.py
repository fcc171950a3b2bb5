"""A run of an agent with a model: every request about what is in doubt, checked answer by answer."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, Protocol

from pydantic import JsonValue

from platform_core.agents.access import ModelAccess, Watch
from platform_core.agents.answers import Choice, Reading
from platform_core.agents.batches import Batch, Survey
from platform_core.agents.calls import Answer
from platform_core.agents.failures import ModelFailed, degradation
from platform_core.agents.governor import Governor
from platform_core.agents.specialist import Entry, Rejected, Specialist
from platform_core.domain.agents import (
    AgentEvent,
    AgentEventKind,
    AgentResult,
    AgentStatus,
    Dropped,
    Proposal,
)
from platform_core.domain.model_calls import Budget, Cause
from platform_core.errors import Cancelled
from platform_core.logging import report

_ENOUGH_TO_WONDER = 5  # answers in a batch from which their distribution says something
_MOST_FLIPPED = 0.6  # share of answers against the engine from which a batch is worth a warning

_TOLD = 50  # refused answers of a request that are told one by one

NOT_ANSWERED = "The model said nothing about it."


class Ask(Protocol):
    """How one request is put to a model."""

    def __call__(self, governor: Governor, specialist: Specialist[Any, Any], batch: Batch[Any]) -> Answer[Reading]:
        """Return the read answer; raises ModelFailed, Cancelled, or anything else that goes wrong on the way."""
        ...


class Questioning:
    """One run: the requests of a survey, a few at a time, and what came of each."""

    def __init__(
        self,
        access: ModelAccess,
        specialist: Specialist[Any, Any],
        surveyed: Survey[Any],
        budget: Budget,
        watch: Watch,
        ask: Ask,
    ) -> None:
        self._access, self._specialist, self._surveyed, self._ask = access, specialist, surveyed, ask
        self._governor = Governor(access, budget, watch)
        self._agent, self._budget = specialist.spec.agent, budget
        self._lock = threading.Lock()
        self._done = 0
        self._proposals: list[Proposal] = []
        self._dropped: list[Dropped] = []
        self._warnings: list[str] = []
        self._causes: list[Cause] = []
        self._asked = self._answered = 0

    def run(self) -> AgentResult:
        """Ask about everything in doubt and return the result; never raises."""
        batches = self._surveyed.batches
        begun = f"{_counted(len(batches), 'request')} about {_counted(self._surveyed.questions, 'question')}"
        self._tell(AgentEventKind.RUN_STARTED, begun, 0.0, budget=self._budget.model_dump(mode="json"))
        if batches:
            with ThreadPoolExecutor(min(len(batches), self._access.endpoint.concurrency), "agent") as pool:
                asked = [pool.submit(copy_context().run, self._batch, batch) for batch in batches]
                for each in asked:
                    each.result()
        result, unsettled = self._result()
        told = f"{_counted(len(result.proposals), 'proposal')}: {result.status}"
        self._tell(AgentEventKind.RUN_FINISHED, told, 1.0, refused=_in_short(unsettled))
        return result

    def _batch(self, batch: Batch[Any]) -> None:
        """Ask one request and keep what passes; whatever goes wrong concerns this request only."""
        obstacle = self._governor.obstacle()
        if obstacle is not None:
            self._failed(batch, obstacle)
            return
        self._tell(AgentEventKind.BATCH_STARTED, f"Request {batch.number}: {_counted(len(batch.entries), 'question')}")
        try:
            answer = self._ask(self._governor, self._specialist, batch)
            proposals, dropped = self._checked(batch, answer)
        except ModelFailed as failure:
            self._failed(batch, failure.cause)
        except Cancelled:
            self._failed(batch, Cause.CANCELLED)
        except Exception as error:  # noqa: BLE001 - the libraries on the way raise anything; the engine's answers stand
            report(error, "agent request failed")
            self._failed(batch, Cause.INTERNAL)
        else:
            self._succeeded(batch, answer.call_id, proposals, dropped)

    def _checked(self, batch: Batch[Any], answer: Answer[Reading]) -> tuple[list[Proposal], list[Dropped]]:
        entries = {entry.id: entry for entry in batch.entries}
        dropped = [
            each.model_copy(update={"item": self._name(entries.get(each.item or ""))}) for each in answer.value.dropped
        ]
        proposals: list[Proposal] = []
        for choice in answer.value.choices:
            entry = entries[choice.id]
            for item in entry.items:
                try:
                    proposals.append(self._proposal(item, entry, choice, answer.call_id))
                except Rejected as reason:
                    dropped.append(Dropped(item=self._specialist.engine(item).item, reason=str(reason)))
        if self._specialist.each_once:
            named = {each.item for each in dropped} | {proposal.item for proposal in proposals}
            dropped += [each for each in self._unanswered(batch.entries) if each.item not in named]
        return proposals, dropped

    def _proposal(self, item: Any, entry: Entry[Any], choice: Choice, call_id: str) -> Proposal:
        """Return a checked choice; the model's words are left out where longer texts could have put them there."""
        engine = self._specialist.engine(item)
        checked = self._specialist.check(item, choice, entry.payload)
        return Proposal(
            agent=self._agent,
            item=engine.item,
            change=checked.change,
            engine=engine.text,
            agrees=checked.agrees,
            cited=checked.cited,
            rationale="" if entry.alone else self._specialist.veil.put_back(choice.rationale),
            checks=checked.checks,
            worth=engine.worth * engine.doubt,
            call_id=call_id,
        )

    def _unanswered(self, entries: Sequence[Entry[Any]]) -> Iterator[Dropped]:
        for entry in entries:
            for item in entry.items:
                yield Dropped(item=self._specialist.engine(item).item, reason=NOT_ANSWERED)

    def _name(self, entry: Entry[Any] | None) -> str | None:
        return self._specialist.engine(entry.items[0]).item if entry else None

    def _succeeded(self, batch: Batch[Any], call_id: str, proposals: list[Proposal], dropped: list[Dropped]) -> None:
        with self._lock:
            self._proposals += proposals
            self._dropped += dropped
            self._warnings += _oddities(batch.number, proposals)
            self._answered += 1
            self._asked += sum(len(entry.items) for entry in batch.entries)
        text = f"Request {batch.number}: {len(proposals)} of {len(proposals) + len(dropped)} answers passed the checks"
        self._tell(AgentEventKind.BATCH_FINISHED, text, self._share(), call_id=call_id, refused=_in_short(dropped))

    def _failed(self, batch: Batch[Any], cause: Cause) -> None:
        with self._lock:
            self._causes.append(cause)
        text = f"Request {batch.number}: {degradation(cause).text}"
        self._tell(AgentEventKind.BATCH_FAILED, text, self._share(), cause=cause)

    def _share(self) -> float:
        with self._lock:
            self._done += 1
            return self._done / len(self._surveyed.batches)

    def _result(self) -> tuple[AgentResult, list[Dropped]]:
        """Return the result, and of what was dropped that which passed by itself but not beside the rest."""
        kept, unsettled = self._specialist.settle(sorted(self._proposals, key=lambda proposal: -proposal.worth))
        cause = self._cause()
        result = AgentResult(
            agent=self._agent,
            status=self._status(cause),
            engine=self._surveyed.engine,
            proposals=tuple(kept),
            dropped=(*self._dropped, *unsettled),
            withheld=self._surveyed.withheld,
            warnings=tuple(self._warnings),
            asked=self._asked,
            degraded=degradation(cause) if cause else None,
            usage=self._governor.usage(),
            prompt_version=self._specialist.spec.prompt_version,
            model=self._access.endpoint.model,
        )
        return result, unsettled

    def _cause(self) -> Cause | None:
        """Return why something stands without the model: being stopped explains all else, an open circuit nothing."""
        if Cause.CANCELLED in self._causes:
            return Cause.CANCELLED
        telling = [cause for cause in self._causes if cause is not Cause.CIRCUIT_OPEN]
        return (telling or self._causes or [None])[0]

    def _status(self, cause: Cause | None) -> AgentStatus:
        if cause is None:
            return AgentStatus.COMPLETED if self._surveyed.batches else AgentStatus.ENGINE_ONLY
        if cause is Cause.CANCELLED:
            return AgentStatus.CANCELLED
        if cause is Cause.BUDGET:
            return AgentStatus.BUDGET_EXHAUSTED
        return AgentStatus.PARTIAL if self._answered else AgentStatus.DEGRADED

    def _tell(self, kind: AgentEventKind, text: str, share: float | None = None, **data: JsonValue) -> None:
        event = AgentEvent(
            at=self._access.clock.now(), agent=self._agent, kind=kind, text=text, share=share, data={**data}
        )
        self._governor.terms.watch.event(event)


def _counted(count: int, one: str) -> str:
    return f"{count:,} {one if count == 1 else one + 's'}"


def _in_short(dropped: Sequence[Dropped]) -> list[JsonValue]:
    return [each.model_dump(mode="json") for each in dropped[:_TOLD]]


def _oddities(number: int, proposals: Sequence[Proposal]) -> Iterator[str]:
    """Yield what an analyst should know of a batch whose answers look like no judgement."""
    if len(proposals) < _ENOUGH_TO_WONDER:
        return
    flipped = sum(not proposal.agrees for proposal in proposals) / len(proposals)
    if flipped > _MOST_FLIPPED:
        yield f"Request {number}: {flipped:.0%} of the answers contradict the engine; look at them one by one."
    said = Counter(_substance(proposal) for proposal in proposals)
    if len(said) == 1 and len({proposal.engine for proposal in proposals}) > 1:
        yield f"Request {number}: all {len(proposals)} answers are the same; the model may not have read the data."


def _substance(proposal: Proposal) -> str:
    """Return what was chosen, without the item it was chosen for."""
    chosen = proposal.change.model_dump(mode="json")
    return repr([chosen.get(name) for name in ("field", "label", "strategy", "driver", "wave", "reach")])
