from __future__ import annotations

import numpy as np
import pytest

from platform_core.waves import search
from platform_core.waves.applications import read_applications
from platform_core.waves.budgets import BUDGETS
from platform_core.waves.coarse import coarsen, merge
from platform_core.waves.costs import keeps_all
from platform_core.waves.instance import Instance, Mask, build_instance
from platform_core.waves.windows import narrow
from tests.unit.waves.portfolios import estate


@pytest.fixture(scope="module")
def whole() -> tuple[Instance, Mask]:
    portfolio, rules = estate(150, seed=1)
    instance = build_instance(read_applications(portfolio), rules)
    return instance, narrow(instance)


def test_merged_groups_carry_all_load_and_share_a_wave(whole: tuple[Instance, Mask]) -> None:
    instance, allowed = whole
    into = coarsen(instance, allowed)
    merged, common = merge(instance, allowed, into)
    assert len(merged.groups) < len(instance.groups)
    assert common.any(axis=1).all()
    assert merged.effort.sum() == pytest.approx(instance.effort.sum())
    assert merged.critical.sum() == instance.critical.sum()
    assert merged.team_effort.sum() == pytest.approx(instance.team_effort.sum())
    before, after, strict = instance.order.T
    assert not (into[before] == into[after])[strict == 1].any()


def test_a_plan_of_merged_groups_severs_what_it_severs_of_their_members(whole: tuple[Instance, Mask]) -> None:
    instance, allowed = whole
    into = coarsen(instance, allowed)
    merged, _ = merge(instance, allowed, into)
    wave = np.random.default_rng(0).integers(0, instance.waves, len(merged.groups))
    assert merged.cut(wave) == pytest.approx(instance.cut(wave[into]))


def test_a_search_by_way_of_merged_groups_keeps_every_rule_and_repeats_itself(
    whole: tuple[Instance, Mask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "HUGE", 10)
    instance, allowed = whole
    found = [search.Search(instance, allowed, 3, lambda _share, _text: None).cold(BUDGETS["fast"]) for _ in "ab"]
    assert found[0] is not None
    assert keeps_all(instance, allowed, found[0])
    assert (found[0] == found[1]).all()
