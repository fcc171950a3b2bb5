"""How good an assignment is: severed weight against two yardsticks, and load and risk by wave."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from platform_core.domain.waves import PlanMetrics, Portfolio, Rules
from platform_core.waves.applications import add_up, read_applications
from platform_core.waves.bounds import lower_bound
from platform_core.waves.direct import direct_rules
from platform_core.waves.foundation import severable
from platform_core.waves.instance import Instance, build_instance
from platform_core.waves.recount import check
from platform_core.waves.start import first_fit
from platform_core.waves.windows import narrow


def measure(portfolio: Portfolio, rules: Rules, wave_of: Mapping[str, int], *, bound: bool = False) -> PlanMetrics:
    """Measure `wave_of` (asset id to wave, from 1), whoever made it; assets without a wave count for nothing.

    Shares are weights over the weight of all dependencies between different move groups, 0 when there are none.
    Risk of a wave: mean risk of its assets (0..1) weighted by effort, 0 for an empty wave. `bound` also computes
    the share that no plan can go below (seconds at thousands of groups; it depends on the rules only).
    """
    portfolio, rules = severable(portfolio, rules), direct_rules(portfolio, rules)
    instance = build_instance(read_applications(portfolio), rules)
    least = lower_bound(instance, narrow(instance)) if bound else None
    broken = len(check(portfolio, rules, wave_of))
    return measure_instance(portfolio, rules, instance, wave_of, violations=broken, bound=least)


def measure_instance(
    portfolio: Portfolio,
    rules: Rules,
    instance: Instance,
    wave_of: Mapping[str, int],
    *,
    violations: int,
    bound: float | None,
) -> PlanMetrics:
    """Measure as `measure` does, with instance, number of broken rules and lower bound (a weight) already at hand."""
    total = instance.links.total
    return PlanMetrics(
        cut_share=_share(_severed(portfolio, instance, wave_of), total),
        first_fit_cut_share=_share(instance.cut(first_fit(instance)), total),
        lower_bound_share=None if bound is None else _share(bound, total),
        violations=violations,
        **_by_wave(portfolio, rules.waves, wave_of),
    )


def _share(weight: float, total: float) -> float:
    return weight / total if total > 0 else 0.0


def _severed(portfolio: Portfolio, instance: Instance, wave_of: Mapping[str, int]) -> float:
    place = {asset.asset_id: group for asset, group in zip(portfolio.assets, instance.of_asset.tolist(), strict=True)}
    severed = 0.0
    for link in portfolio.links:
        if place.get(link.source, -1) == place.get(link.target, -1):
            continue
        source, target = wave_of.get(link.source), wave_of.get(link.target)
        if source is not None and target is not None and source != target:
            severed += link.weight * (link.source in place and link.target in place)
    return severed


def _by_wave(portfolio: Portfolio, waves: int, wave_of: Mapping[str, int]) -> dict[str, tuple[float, ...]]:
    placed = [(asset, wave_of.get(asset.asset_id, 0)) for asset in portfolio.assets]
    placed = [(asset, wave) for asset, wave in placed if 1 <= wave <= waves]
    wave = np.array([wave - 1 for _, wave in placed], np.int64)
    effort = np.array([asset.effort for asset, _ in placed])
    risk = np.array([asset.risk for asset, _ in placed])
    load = add_up(effort, wave, waves)
    assets = add_up(np.ones(len(wave)), wave, waves)
    weighted = np.divide(add_up(effort * risk, wave, waves), load, out=np.zeros(waves), where=load > 0)
    plain = np.divide(add_up(risk, wave, waves), assets, out=np.zeros(waves), where=assets > 0)
    critical = add_up(np.array([float(asset.critical) for asset, _ in placed]), wave, waves)
    return {
        "effort_per_wave": tuple(load.tolist()),
        "critical_per_wave": tuple(int(count) for count in critical),
        "risk_per_wave": tuple(np.where(load > 0, weighted, plain).tolist()),
    }
