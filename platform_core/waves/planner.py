"""From portfolio and rules to a wave plan that keeps every rule, or to the rules that cannot hold together."""

from __future__ import annotations

from collections.abc import Mapping

from platform_core.domain.base import Progress, silent
from platform_core.domain.waves import Plan, Portfolio, Rules, Violation, Wave
from platform_core.errors import Unavailable
from platform_core.waves.applications import Applications, Indices, read_applications
from platform_core.waves.bounds import lower_bound
from platform_core.waves.budgets import BUDGETS, SearchEffort
from platform_core.waves.conflicts import find_conflicts
from platform_core.waves.costs import keeps_all, wish_cost
from platform_core.waves.counting import impossible
from platform_core.waves.direct import direct_rules
from platform_core.waves.exact import Verdict, least_cut, solve_exactly
from platform_core.waves.foundation import foundation_of, severable
from platform_core.waves.instance import EXACT, Instance, Mask, build_instance
from platform_core.waves.options import stands
from platform_core.waves.quality import measure_instance
from platform_core.waves.recount import check
from platform_core.waves.search import Search
from platform_core.waves.windows import narrow

REPLAN_SWEEPS = 60
"""Sweeps from a previous plan; longer walks changed nothing more after one pin (10,000 assets)."""

VIOLATIONS_SHOWN = 3
"""Broken rules named when the search found no plan."""


def plan(
    portfolio: Portfolio,
    rules: Rules,
    *,
    seed: int = 0,
    effort: SearchEffort = "normal",
    previous: Mapping[str, int] | None = None,
    progress: Progress = silent,
) -> Plan:
    """Return a plan that keeps every rule and severs little, or the smallest conflict among the rules.

    The same arguments give the same plan, bit for bit: no clock is looked at. `effort` says how long to search
    (about 1, 4 and 15 times "fast"). `previous` (asset id to wave, from 1) is where assets stand in an earlier plan:
    only what must move, or gains more than the stability price, moves. `progress` may raise `Cancelled`.

    Raises BadInput for rules that name unknown applications and for assets or links with impossible numbers, and
    Unavailable when no plan was found although none could be proved impossible (its text names what stays broken).
    """
    portfolio, rules = severable(portfolio, rules), direct_rules(portfolio, rules)
    applications = read_applications(portfolio)
    instance = build_instance(applications, rules)
    allowed = narrow(instance)
    progress(0.02, "Grouped what must move together")
    if impossible(instance, allowed):
        return _refused(applications, instance, rules, seed, progress)
    stood = None if previous is None else stands(portfolio, instance, previous)
    search = Search(instance, allowed, seed, progress, stood, rules.objective.stability)
    found = _found(search, effort, stood)
    if found is None:
        verdict, found = _prove(instance, allowed, seed, progress)
        if verdict is Verdict.IMPOSSIBLE:
            return _refused(applications, instance, rules, seed, progress)
    bound = None
    if found is not None and stood is None and effort != "fast":
        progress(0.93, "Proving what must be severed whatever the plan")
        bound, found = _bounded(instance, allowed, found)
    wave_of = _by_asset(portfolio, instance, search.closest if found is None else found)
    _refuse_broken(check(portfolio, rules, wave_of))
    progress(0.95, "Counting every rule again")
    metrics = measure_instance(portfolio, rules, instance, wave_of, violations=0, bound=bound)
    progress(1.0, "Planned")
    return Plan(
        waves=_waves(rules.waves, wave_of),
        groups=instance.groups,
        metrics=metrics,
        foundation=foundation_of(portfolio, rules),
        seed=seed,
    )


def _bounded(instance: Instance, allowed: Mask, found: Indices) -> tuple[float, Indices]:
    """Return a weight that every plan severs, and the plan: a better one where the proof came by it.

    What wishes and objectives cost is no part of the proof: then the plan stays as it was found.
    """
    bound, cut = lower_bound(instance, allowed), instance.cut(found)
    if cut <= bound * (1 + EXACT):
        return bound, found
    proof = least_cut(instance, allowed, found)
    if proof is None:
        return bound, found
    least, plan = proof
    cheaper = instance.cut(plan) + wish_cost(instance, plan) < cut + wish_cost(instance, found)
    better = plan if cheaper and keeps_all(instance, allowed, plan) else found
    return max(bound, least), better


def _found(search: Search, effort: SearchEffort, stood: Indices | None) -> Indices | None:
    if stood is not None and (stood >= 0).any():
        found = search.warm(stood, REPLAN_SWEEPS)
        if found is not None:
            return found
    return search.cold(BUDGETS[effort])


def _refuse_broken(broken: tuple[Violation, ...]) -> None:
    """Raise Unavailable when the closest assignment found still breaks a rule: a plan never does."""
    if broken:
        closest = " ".join(violation.text for violation in broken[:VIOLATIONS_SHOWN])
        raise Unavailable(
            "No plan that keeps every rule was found, and it could not be proved that there is none.",
            hint=f"Loosen a rule or search longer. The closest attempt: {closest}",
        )


def _prove(instance: Instance, allowed: Mask, seed: int, progress: Progress) -> tuple[Verdict, Indices | None]:
    """Let CP-SAT decide, and improve the plan it found if there is one."""
    progress(0.9, "Proving whether the rules can hold together")
    verdict, witness = solve_exactly(instance, allowed)
    if witness is None:
        return verdict, None
    better = Search(instance, allowed, seed, progress).warm(witness, REPLAN_SWEEPS)
    return verdict, witness if better is None else better


def _refused(applications: Applications, instance: Instance, rules: Rules, seed: int, progress: Progress) -> Plan:
    conflicts = find_conflicts(applications, rules, progress)
    return Plan(waves=(), groups=instance.groups, metrics=None, conflicts=conflicts, seed=seed)


def _by_asset(portfolio: Portfolio, instance: Instance, wave: Indices) -> dict[str, int]:
    of_asset = (wave[instance.of_asset] + 1).tolist() if len(wave) else []
    return {asset.asset_id: number for asset, number in zip(portfolio.assets, of_asset, strict=True)}


def _waves(count: int, wave_of: Mapping[str, int]) -> tuple[Wave, ...]:
    assets: list[list[str]] = [[] for _ in range(count)]
    for asset, wave in wave_of.items():
        assets[wave - 1].append(asset)
    return tuple(Wave(wave=number, assets=tuple(inside)) for number, inside in enumerate(assets, start=1))
