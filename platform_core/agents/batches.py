"""From everything in doubt to requests: the most valuable first, like ones together, suspicious ones apart."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic

from pydantic import JsonValue

from platform_core.agents.answers import AnswerForm
from platform_core.agents.cache import canonical
from platform_core.agents.purse import estimated_tokens
from platform_core.agents.specialist import Entry, I, Payload, Specialist
from platform_core.agents.suspicion import Handling
from platform_core.agents.wording import SYSTEM_RULE, data_text, task_text
from platform_core.domain.agents import Dropped, EngineAnswer, Estimate
from platform_core.domain.model_calls import Budget, ModelEndpoint

CREW_TOKENS = 120
"""What CrewAI adds to a prompt in its own words, in tokens: 350 characters, measured with 1.15."""

_FEW_VALUES = 6  # values of a choice that are worth listing in the task; more stand in the data

_SUSPICIOUS = "Its text reads like an instruction to a model, so no model was asked."


@dataclass(frozen=True)
class Batch(Generic[I]):
    """One request: its entries, what is told once, the form of the answer, and the data as it will be sent."""

    number: int
    entries: tuple[Entry[I], ...]
    shared: Payload
    form: AnswerForm
    choices: Mapping[str, str]
    data: str

    @property
    def payload(self) -> dict[str, Any]:
        """What is asked, without the wording: equal for equal questions."""
        return {"shared": self.shared, "items": [entry.payload for entry in self.entries]}


@dataclass(frozen=True)
class Survey(Generic[I]):
    """The engine's answers about everything, and the requests that would be sent about what is in doubt."""

    engine: tuple[EngineAnswer, ...]
    in_doubt: int
    withheld: tuple[Dropped, ...]
    batches: tuple[Batch[I], ...]

    @property
    def questions(self) -> int:
        """Questions that remain after like ones were joined."""
        return sum(len(batch.entries) for batch in self.batches)


def survey(specialist: Specialist[Any, I], endpoint: ModelEndpoint | None) -> Survey[I]:
    """Answer everything by the engine and work out the requests to `endpoint` (None: none)."""
    items = specialist.items()
    answers = [specialist.engine(item) for item in items]
    least = specialist.spec.doubt_from
    doubtful = [(item, answer) for item, answer in zip(items, answers, strict=True) if answer.doubt >= least]
    if endpoint is None:
        return Survey(tuple(answers), len(doubtful), (), ())
    withheld: list[Dropped] = []
    joined = _joined(specialist, doubtful, withheld)
    ranked = sorted(joined, key=lambda question: -question.pull)
    groups = _grouped(ranked, _room(specialist, endpoint))
    batches = tuple(_batch(specialist, number, group) for number, group in enumerate(groups, start=1))
    return Survey(tuple(answers), len(doubtful), tuple(withheld), batches)


def estimate(
    specialist: Specialist[Any, I], surveyed: Survey[I], endpoint: ModelEndpoint | None, budget: Budget
) -> Estimate:
    """Return what asking everything in doubt would take, at most, if no request has to be repeated."""
    prompt = sum(prompt_tokens(specialist, batch) for batch in surveyed.batches)
    completion = sum(_answer_tokens(specialist, batch, endpoint) for batch in surveyed.batches)
    return Estimate(
        items=len(surveyed.engine),
        in_doubt=surveyed.in_doubt,
        questions=surveyed.questions,
        withheld=len(surveyed.withheld),
        calls=len(surveyed.batches),
        affordable=_affordable(specialist, surveyed.batches, endpoint, budget),
        prompt_tokens=prompt,
        completion_tokens=completion,
        cost=endpoint.prices.cost(prompt, completion) if endpoint else None,
        currency=endpoint.prices.currency if endpoint else "",
    )


def prompt_tokens(specialist: Specialist[Any, Any], batch: Batch[Any]) -> int:
    """Return an upper estimate of what a request costs to read: our words, the data, the schema, CrewAI's words."""
    spec = specialist.spec
    ours = f"{spec.role}{spec.goal}{spec.backstory}{SYSTEM_RULE}{task_text(spec.task, batch.choices, batch.data, '')}"
    return estimated_tokens(ours) + CREW_TOKENS


def kinds_of_choice(form: AnswerForm) -> dict[str, str]:
    """Return the choices of an answer in words: their values where they are few, else what to look for."""
    properties = form.schema["properties"]["items"]["items"]["properties"]
    return {name: _in_words(kind) for name, kind in properties.items() if name not in {"id", "rationale"}}


@dataclass(frozen=True)
class _Question(Generic[I]):
    payload: Payload
    items: tuple[I, ...]
    pull: float
    alone: bool


def _joined(
    specialist: Specialist[Any, I],
    doubtful: Sequence[tuple[I, EngineAnswer]],
    withheld: list[Dropped],
) -> list[_Question[I]]:
    """Join items that a model could not tell apart; leave out those that no model may see."""
    questions: dict[str, _Question[I]] = {}
    for item, answer in doubtful:
        reason = specialist.withheld(item)
        payload = {} if reason else specialist.payload(item)
        handling = Handling.TOGETHER if reason else specialist.data.suspicion.handling(_texts(payload))
        if reason or handling is Handling.WITHHELD:
            withheld.append(Dropped(item=answer.item, reason=reason or _SUSPICIOUS))
            continue
        pull = answer.worth * answer.doubt
        signature = canonical(payload)
        known = questions.get(signature)
        questions[signature] = (
            replace(known, items=(*known.items, item), pull=known.pull + pull)
            if known
            else _Question(payload, (item,), pull, handling is Handling.ALONE)
        )
    return list(questions.values())


def _texts(value: JsonValue | Payload) -> Iterator[str]:
    """Yield every text in a payload; its keys are our own words."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for entry in value.values():
            yield from _texts(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from _texts(entry)


@dataclass(frozen=True)
class _Room:
    """What fits into one request: items, and tokens of data."""

    items: int
    tokens: int


def _room(specialist: Specialist[Any, Any], endpoint: ModelEndpoint) -> _Room:
    answerable = max(1, endpoint.max_tokens // specialist.spec.answer_tokens)
    fixed = endpoint.max_tokens + 2 * CREW_TOKENS + estimated_tokens(SYSTEM_RULE + specialist.spec.task)
    return _Room(min(specialist.spec.most_items, answerable), max(500, (endpoint.context_tokens - fixed) // 2))


def _grouped(questions: Sequence[_Question[I]], room: _Room) -> Iterator[list[_Question[I]]]:
    """Yield the questions of each request; those that travel alone keep their rank among the others."""
    together: list[_Question[I]] = []
    tokens = 0
    for question in questions:
        if question.alone:
            yield [question]
            continue
        size = estimated_tokens(canonical(question.payload))
        if together and (len(together) == room.items or tokens + size > room.tokens):
            yield together
            together, tokens = [], 0
        together.append(question)
        tokens += size
    if together:
        yield together


def _batch(specialist: Specialist[Any, I], number: int, questions: Sequence[_Question[I]]) -> Batch[I]:
    entries = tuple(
        Entry(f"i{place}", question.payload, question.items, question.alone)
        for place, question in enumerate(questions, start=1)
    )
    form = AnswerForm(
        [entry.id for entry in entries],
        specialist.choices(entries),
        most=specialist.most_choices(entries),
        each_once=specialist.each_once,
    )
    shared = specialist.shared(entries)
    told: list[dict[str, JsonValue]] = [{"id": entry.id, **entry.payload} for entry in entries]
    return Batch(number, entries, shared, form, kinds_of_choice(form), data_text(shared, told))


def _answer_tokens(specialist: Specialist[Any, Any], batch: Batch[Any], endpoint: ModelEndpoint | None) -> int:
    wanted = specialist.spec.answer_tokens * specialist.most_choices(batch.entries)
    return min(wanted, endpoint.max_tokens) if endpoint else wanted


def _affordable(
    specialist: Specialist[Any, Any], batches: Sequence[Batch[Any]], endpoint: ModelEndpoint | None, budget: Budget
) -> int:
    """Return how many of the requests the budget allows, in the order of sending."""
    prompt = completion = count = 0
    for batch in batches:
        prompt += prompt_tokens(specialist, batch)
        completion += _answer_tokens(specialist, batch, endpoint)
        cost = endpoint.prices.cost(prompt, completion) if endpoint else None
        too_dear = cost is not None and budget.cost is not None and cost > budget.cost
        if count == budget.requests or prompt + completion > budget.tokens or too_dear:
            break
        count += 1
    return count


def _in_words(kind: Mapping[str, Any]) -> str:
    if kind.get("type") == "array":
        return f"list of {_in_words(kind.get('items', {}))}"
    values = kind.get("enum") or ([kind["const"]] if "const" in kind else [])
    if not values:
        return "words copied from the data"
    return " or ".join(json.dumps(value) for value in values) if len(values) <= _FEW_VALUES else "one of its candidates"
