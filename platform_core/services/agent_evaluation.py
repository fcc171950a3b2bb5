"""What asking a model is worth: the engine alone against engine and model, item by item, on labelled data.

The labelled headers are also what the mapper learned from, so its engine is flattered here: compare the two sides of
one table, and judge a model by what it mends and breaks among the items in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import comb
from typing import Any

import numpy as np

from platform_core import mapping, strategy
from platform_core.agents.contexts import (
    ApplicationInQuestion,
    ColumnInQuestion,
    MappingContext,
    StrategyContext,
)
from platform_core.agents.manager import AgentManager
from platform_core.domain.agents import AgentResult, ColumnChange, StrategyChange
from platform_core.domain.base import Frozen
from platform_core.domain.mapping import Suggestion
from platform_core.domain.model_calls import Budget
from platform_core.mapping.benchmark import GoldColumn, GoldSource, is_wrong, read_gold
from platform_core.reference import DATA, catalogue
from platform_core.services.json_lines import json_lines
from platform_core.services.knowledge import mapping_knowledge, policy

INTENT = frozenset({"goals", "problems", "context", "target_pref", "scope"})
"""Facts that state what somebody wants; the rest is what an inventory or questionnaire holds."""

RESAMPLES = 2_000
"""Bootstrap resamples of the paired differences; enough for a 95 % interval to two digits."""

_SEED = 7
_FIRST_CASES = 10  # labelled strategy cases a context holds


class Pair(Frozen):
    """One labelled item that was in doubt: whether the engine was right, and whether it is with the model's word."""

    engine: bool
    both: bool


class Comparison(Frozen):
    """Engine alone against engine and model on the items in doubt.

    `helped` were wrong and are right with the model, `harmed` the reverse; `net_share` is (helped - harmed) / items
    with its 95 % bootstrap interval; `p_value` is McNemar's, exact. `tokens_per_helped` and `cost_per_helped` are
    None where nothing was helped or no price is known.
    """

    items: int
    engine_right: int
    both_right: int
    helped: int
    harmed: int
    net_share: float | None
    interval: tuple[float, float] | None
    p_value: float | None
    tokens_per_helped: float | None
    cost_per_helped: float | None


def evaluate(manager: AgentManager, budget: Budget) -> dict[str, Any]:
    """Return the figures of the agents that labelled data exists for: CMDB analyst and migration strategist.

    Without a model they hold what would be asked; with one, what it mended and broke, and what that cost.
    """
    return {"cmdb_analyst": _columns(manager, budget), "migration_strategist": _strategies(manager, budget)}


def compare(pairs: Sequence[Pair], tokens: int = 0, cost: float | None = None) -> Comparison:
    """Return the comparison of paired outcomes; the interval is of resampled items, the same for equal input."""
    helped = sum(pair.both and not pair.engine for pair in pairs)
    harmed = sum(pair.engine and not pair.both for pair in pairs)
    return Comparison(
        items=len(pairs),
        engine_right=sum(pair.engine for pair in pairs),
        both_right=sum(pair.both for pair in pairs),
        helped=helped,
        harmed=harmed,
        net_share=round((helped - harmed) / len(pairs), 4) if pairs else None,
        interval=_interval([int(pair.both) - int(pair.engine) for pair in pairs]),
        p_value=_mcnemar(helped, harmed),
        tokens_per_helped=round(tokens / helped, 1) if helped else None,
        cost_per_helped=round(cost / helped, 6) if helped and cost is not None else None,
    )


def _interval(differences: Sequence[int]) -> tuple[float, float] | None:
    if not differences:
        return None
    chance = np.random.default_rng(_SEED)
    values = np.array(differences)
    means = values[chance.integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return round(float(low), 4), round(float(high), 4)


def _mcnemar(helped: int, harmed: int) -> float | None:
    """Return the exact two-sided p-value of McNemar's test: a fair coin between helped and harmed."""
    changed = helped + harmed
    if not changed:
        return None
    tail = sum(comb(changed, k) for k in range(min(helped, harmed) + 1)) / float(2**changed)
    return round(min(1.0, 2 * tail), 4)


def _columns(manager: AgentManager, budget: Budget) -> dict[str, Any]:
    sources = read_gold(DATA / "mapping" / "gold.jsonl")
    contexts = [_mapping_context(source) for source in sources]
    labels: dict[tuple[int, str], GoldColumn] = {}
    for number, source in enumerate(sources):
        labels |= {(number, f"column {place}"): column for place, column in enumerate(source.columns)}

    def pairs(number: int, result: AgentResult, context: MappingContext) -> Iterator[Pair]:
        said = {p.item: p.change.field for p in result.proposals if isinstance(p.change, ColumnChange)}
        for item, field in said.items():
            suggestion = context.columns[int(item.removeprefix("column "))].suggestion
            gold = labels[number, item]
            changed = suggestion.model_copy(update={"field": field})
            yield Pair(engine=not is_wrong(gold, suggestion), both=not is_wrong(gold, changed))

    return _figures(manager, budget, contexts, pairs)


def _strategies(manager: AgentManager, budget: Budget) -> dict[str, Any]:
    cases = [case for _, case in json_lines(DATA / "strategy" / "gold.jsonl")]
    expected = {f"app:{case['id']}": case["expected"] for case in cases}
    applications = [_application(case) for case in cases]
    contexts = [
        StrategyContext(applications=tuple(applications[start : start + _FIRST_CASES]))
        for start in range(0, len(applications), _FIRST_CASES)
    ]

    def pairs(_: int, result: AgentResult, __: StrategyContext) -> Iterator[Pair]:
        engine = {answer.item: answer.text for answer in result.engine}
        for proposal in result.proposals:
            if isinstance(proposal.change, StrategyChange):
                right = expected[proposal.item]
                yield Pair(engine=engine[proposal.item] in right, both=str(proposal.change.strategy) in right)

    return _figures(manager, budget, contexts, pairs)


def _figures(manager: AgentManager, budget: Budget, contexts: Sequence[Any], pairs: Any) -> dict[str, Any]:
    told = [manager.estimate(context, budget) for context in contexts]
    figures: dict[str, Any] = {
        "items": sum(each.items for each in told),
        "in_doubt": sum(each.in_doubt for each in told),
        "model": manager.endpoint.model if manager.endpoint else None,
        "questions": sum(each.questions for each in told),
        "requests_estimated": sum(each.calls for each in told),
        "tokens_estimated": sum(each.prompt_tokens + each.completion_tokens for each in told),
    }
    if manager.endpoint is None:
        return figures
    results = [manager.run(context, budget) for context in contexts]
    found: list[Pair] = []
    for number, (result, context) in enumerate(zip(results, contexts, strict=True)):
        found += pairs(number, result, context)
    return figures | _outcome(results, found)


def _outcome(results: Sequence[AgentResult], found: Sequence[Pair]) -> dict[str, Any]:
    costs = [result.usage.cost for result in results if result.usage.cost is not None]
    tokens = sum(result.usage.tokens for result in results)
    cost = sum(costs) if costs else None
    return {
        "comparison": compare(found, tokens, cost).model_dump(mode="json"),
        "requests": sum(result.usage.requests for result in results),
        "tokens": tokens,
        "cost": cost,
        "dropped": sum(len(result.dropped) for result in results),
        "withheld": sum(len(result.withheld) for result in results),
        "outcomes": _counted(str(result.status) for result in results),
        "causes": _counted(str(result.degraded.cause) for result in results if result.degraded),
    }


def _counted(words: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return found


def _mapping_context(source: GoldSource) -> MappingContext:
    table = source.table()
    proposal = mapping.suggest(table, mapping_knowledge())
    profiles = mapping.profile(table, mapping_knowledge())
    return MappingContext(
        kind=proposal.kind,
        format=proposal.format,
        columns=tuple(
            _column(suggestion, profile) for suggestion, profile in zip(proposal.suggestions, profiles, strict=True)
        ),
        fields=tuple(catalogue()),
    )


def _column(suggestion: Suggestion, profile: mapping.ValueProfile) -> ColumnInQuestion:
    return ColumnInQuestion(
        suggestion=suggestion,
        samples=profile.samples,
        kinds=profile.kinds,
        filled=profile.filled,
        looked_at=profile.looked_at,
    )


def _application(case: dict[str, Any]) -> ApplicationInQuestion:
    """Return a labelled case by its facts alone: with its goals stated the rules have nothing left to doubt."""
    facts = strategy.facts_from_json({k: v for k, v in case["facts"].items() if k not in INTENT})
    return ApplicationInQuestion(
        key=f"app:{case['id']}",
        name=str(case["facts"].get("name", case["id"])),
        facts=tuple(facts.values()),
        recommendation=strategy.assess(facts, policy(), explain=False),
    )
