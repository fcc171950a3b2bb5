"""Two plans made one: what both keep together stays, what either has right is kept."""

from __future__ import annotations

import numpy as np
import pytest

from platform_core.domain.base import silent
from platform_core.waves.anneal import energies
from platform_core.waves.applications import Indices, read_applications
from platform_core.waves.budgets import BUDGETS
from platform_core.waves.chains import Heat
from platform_core.waves.coarse import agreed
from platform_core.waves.costs import keeps_all
from platform_core.waves.crossing import crossed
from platform_core.waves.ground import Ground
from platform_core.waves.instance import build_instance
from platform_core.waves.search import Search
from platform_core.waves.windows import narrow
from tests.unit.waves.portfolios import estate, planted


@pytest.fixture(scope="module")
def ground() -> Ground:
    portfolio, rules = estate(150, seed=1)
    instance = build_instance(read_applications(portfolio), rules)
    return Ground.of(instance, narrow(instance), None, 0.0)


@pytest.fixture(scope="module")
def plans(ground: Ground) -> Indices:
    found = [Search(ground.instance, ground.allowed, seed, silent).cold(BUDGETS["fast"]) for seed in range(2)]
    return np.array(found)


def cost(ground: Ground, plans: Indices) -> list[float]:
    chains = ground.chains(len(plans), np.random.default_rng(0))
    chains.place(plans)
    heat = Heat(np.ones(len(plans), np.float32), order=300.0, load=2 * ground.price)
    return energies(chains, heat).tolist()


def test_a_clump_hangs_together_and_every_plan_keeps_it_in_one_wave(ground: Ground, plans: Indices) -> None:
    into = agreed(ground.instance, plans)
    assert ground.instance.waves < into.max() + 1 < len(into)
    for plan in plans:
        _, first = np.unique(into, return_index=True)
        assert (plan == plan[first][into]).all()
    before, after, strict = ground.instance.order.T
    assert not (into[before] == into[after])[strict == 1].any()


def test_what_comes_of_two_plans_costs_no_more_than_either(ground: Ground, plans: Indices) -> None:
    outcome = crossed(ground, plans, 30, np.random.default_rng(5), lambda _share, _least: None)
    assert cost(ground, outcome[None, :])[0] <= min(cost(ground, plans)) + 1e-3


def test_what_either_plan_has_right_is_found_in_what_comes_of_them() -> None:
    portfolio, rules = planted(6, 60, seed=3)
    instance = build_instance(read_applications(portfolio), rules)
    ground = Ground.of(instance, narrow(instance), None, 0.0)
    right = Search(instance, ground.allowed, 0, silent).cold(BUDGETS["fast"])
    assert right is not None
    assert instance.cut(right) == 0.0
    rng, halves = np.random.default_rng(1), []
    for mine in (right < 3, right >= 3):
        spoiled = right.copy()
        spoiled[mine] = rng.permutation(spoiled[mine])
        halves.append(spoiled)
    assert min(map(instance.cut, halves)) > 0.0
    outcome = crossed(ground, np.array(halves), 60, rng, lambda _share, _least: None)
    assert instance.cut(outcome) == 0.0
    assert keeps_all(instance, ground.allowed, outcome)


def test_the_same_plan_several_times_is_returned_as_it_is(ground: Ground, plans: Indices) -> None:
    same = np.repeat(plans[:1], 4, axis=0)
    outcome = crossed(ground, same, 30, np.random.default_rng(5), lambda _share, _least: None)
    assert (outcome == plans[0]).all()


def test_a_crossing_can_be_cancelled(ground: Ground, plans: Indices) -> None:
    def refuse(_share: float, _least: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crossed(ground, plans, 30, np.random.default_rng(5), refuse)
