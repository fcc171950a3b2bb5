"""The evaluation of agents: paired, bounded, and honest about what it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.agents.access import open_access
from platform_core.agents.backends import EngineBackend
from platform_core.agents.manager import AgentManager
from platform_core.domain.model_calls import Budget, ModelEndpoint, Prices
from platform_core.mapping.benchmark import read_gold
from platform_core.reference import DATA
from platform_core.services.agent_evaluation import Pair, compare, evaluate
from platform_core.services.bootstrap import agent_data
from tests.harness.answering import answering
from tests.harness.asking import PlainBackend
from tests.harness.model_server import running_model


def pairs(*, helped: int, harmed: int, same: int) -> list[Pair]:
    return (
        [Pair(engine=False, both=True)] * helped
        + [Pair(engine=True, both=False)] * harmed
        + [Pair(engine=True, both=True)] * same
    )


def test_a_clear_gain_has_an_interval_above_zero_and_a_small_p_value() -> None:
    found = compare(pairs(helped=20, harmed=1, same=60), tokens=4_000, cost=0.4)
    assert found.interval is not None
    assert found.interval[0] > 0
    assert found.p_value is not None
    assert found.p_value < 0.001
    assert (found.tokens_per_helped, found.cost_per_helped) == (200.0, 0.02)


def test_as_much_harm_as_help_proves_nothing() -> None:
    found = compare(pairs(helped=5, harmed=5, same=40))
    assert found.interval is not None
    assert found.interval[0] < 0 < found.interval[1]
    assert found.p_value == 1.0


def test_nothing_compared_is_nothing_claimed() -> None:
    found = compare([])
    assert (found.net_share, found.interval, found.p_value, found.tokens_per_helped) == (None, None, None, None)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.builds(Pair, engine=st.booleans(), both=st.booleans()), max_size=40))
def test_a_comparison_adds_up(found: list[Pair]) -> None:
    told = compare(found)
    assert told.both_right - told.engine_right == told.helped - told.harmed
    assert told == compare(found)


def test_without_a_model_only_what_is_in_doubt_is_told() -> None:
    figures = evaluate(AgentManager(agent_data(), EngineBackend()), Budget())
    assert figures["cmdb_analyst"]["model"] is None
    assert 0 < figures["cmdb_analyst"]["in_doubt"] < figures["cmdb_analyst"]["items"]
    assert "comparison" not in figures["cmdb_analyst"]


@pytest.mark.parametrize(("knowing", "sign"), [(True, 1), (False, -1)])
def test_a_model_that_knows_the_labels_helps_and_one_that_avoids_them_harms(knowing: bool, sign: int) -> None:
    gold = {
        column.header: set(column.fields) or {"unmapped"}
        for source in read_gold(DATA / "mapping" / "gold.jsonl")
        for column in source.columns
    }

    def choose(name: str, kind: Mapping[str, Any], item: Mapping[str, Any]) -> Any:
        if name != "field":
            return (kind.get("enum") or ["name"])[0] if kind.get("type") != "array" else list(item.get("facts", ()))[:1]
        right = gold.get(item["header"], set())
        fitting = [candidate for candidate in item["candidates"] if (candidate in right) is knowing]
        return (fitting or item["candidates"])[0]

    with running_model(answering(choose)) as server:
        endpoint = ModelEndpoint(
            base_url=server.base_url,
            model="scripted",
            requests_per_minute=60_000,
            prices=Prices(prompt=1.0, completion=1.0),
        )
        figures = evaluate(AgentManager(agent_data(), PlainBackend(open_access(endpoint))), Budget())["cmdb_analyst"]
        assert figures["requests"] == server.requests
        assert figures["tokens"] == server.told_tokens
    comparison = figures["comparison"]
    assert (comparison["helped"] - comparison["harmed"]) * sign > 0
    assert figures["cost"] > 0
