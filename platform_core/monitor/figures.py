"""Figures over many runs and tasks: how long, how often to a good end, at what price."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from platform_core.domain.base import Frozen
from platform_core.domain.model_calls import AttemptStatus
from platform_core.domain.runs import ProposalState, TaskStatus


class Durations(Frozen):
    """Median, 95th percentile and longest of `count` durations, in seconds; None where there are none."""

    count: int
    p50: float | None
    p95: float | None
    longest: float | None


class Ends(Frozen):
    """How often something ended in which way."""

    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    lost: int = 0

    @classmethod
    def of(cls, states: Iterable[str]) -> Ends:
        """Count states; what has not ended yet is not counted."""
        counts = Counter(map(str, states))
        return cls(**{name: counts[name] for name in cls.model_fields})

    @property
    def total(self) -> int:
        """How many ended at all."""
        return self.completed + self.failed + self.cancelled + self.lost

    @property
    def success_rate(self) -> float | None:
        """Share (0..1) that completed of those that nobody cancelled; None where there are none."""
        tried = self.completed + self.failed + self.lost
        return self.completed / tried if tried else None


class RunFigures(Frozen):
    """Runs of one kind: how they ended, and how long the completed ones waited and took."""

    kind: str
    ends: Ends
    took: Durations
    waited: Durations


class Spent(Frozen):
    """What models were asked: requests sent, answers known from before, tokens, cost in the user's currency.

    `estimated` counts answers whose tokens are our own estimate, `unpriced` sent requests without a known price;
    `cost` is None where no price is known at all.
    """

    requests: int = 0
    from_cache: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    estimated: int = 0
    cost: float | None = None
    unpriced: int = 0

    @property
    def tokens(self) -> int:
        """Prompt and completion tokens together."""
        return self.prompt_tokens + self.completion_tokens


class Decisions(Frozen):
    """What analysts made of an agent's proposals.

    `helped` counts accepted ones that differ from the engine's answer, `harmed` those of them taken back later.
    """

    open: int = 0
    accepted: int = 0
    rejected: int = 0
    helped: int = 0
    harmed: int = 0


class AgentFigures(Frozen):
    """One agent: its tasks, what it spent, and what became of its proposals."""

    agent: str
    ends: Ends
    took: Durations
    spent: Spent
    decisions: Decisions


def durations(seconds: Sequence[float]) -> Durations:
    """Sum up durations; percentiles are interpolated between the two nearest (Hyndman & Fan's type 7)."""
    if not seconds:
        return Durations(count=0, p50=None, p95=None, longest=None)
    cuts = statistics.quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else [seconds[0]] * 99
    return Durations(count=len(seconds), p50=cuts[49], p95=cuts[94], longest=max(seconds))


def spent_by_agent(sums: Iterable[tuple[Any, ...]]) -> dict[str, Spent]:
    """Add up what the ledger sums per agent and status."""
    found: dict[str, Spent] = {}
    for agent, status, entries, prompt, completion, estimated, cost, unpriced in sums:
        before = found.get(agent, Spent())
        if status == AttemptStatus.CACHED:
            found[agent] = before.model_copy(update={"from_cache": before.from_cache + entries})
            continue
        found[agent] = before.model_copy(
            update={
                "requests": before.requests + entries,
                "prompt_tokens": before.prompt_tokens + (prompt or 0),
                "completion_tokens": before.completion_tokens + (completion or 0),
                "estimated": before.estimated + (estimated or 0),
                "cost": before.cost if cost is None else (before.cost or 0.0) + cost,
                "unpriced": before.unpriced + unpriced,
            }
        )
    return found


def decisions_by_agent(counts: Iterable[tuple[str, str, bool, int]]) -> dict[str, Decisions]:
    """Add up proposals counted per agent, state and agreement with the engine."""
    found: dict[str, Counter[str]] = {}
    for agent, state, agrees, number in counts:
        mine = found.setdefault(agent, Counter())
        was_accepted = state in {ProposalState.ACCEPTED, ProposalState.REVERTED}
        mine["open"] += number * (state == ProposalState.OPEN)
        mine["rejected"] += number * (state == ProposalState.REJECTED)
        mine["accepted"] += number * was_accepted
        mine["helped"] += number * (state == ProposalState.ACCEPTED and not agrees)
        mine["harmed"] += number * (state == ProposalState.REVERTED and not agrees)
    return {agent: Decisions(**mine) for agent, mine in found.items()}


def agent_figures(
    ended: Mapping[str, Sequence[tuple[str, float]]], spent: Mapping[str, Spent], decided: Mapping[str, Decisions]
) -> list[AgentFigures]:
    """Join what is known of each agent, by name; `ended` gives (status, seconds) of its tasks."""
    agents = sorted({*ended, *spent, *decided})
    return [
        AgentFigures(
            agent=agent,
            ends=Ends.of(status for status, _ in ended.get(agent, ())),
            took=durations([seconds for status, seconds in ended.get(agent, ()) if status == TaskStatus.COMPLETED]),
            spent=spent.get(agent, Spent()),
            decisions=decided.get(agent, Decisions()),
        )
        for agent in agents
    ]
