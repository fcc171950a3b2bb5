"""Rule sets made from others: locked waves, as few waves as fit, and the eight ranked conditions in common use."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

import numpy as np

from platform_core.domain.waves import Freeze, Pilot, Pin, Portfolio, RuleKind, Rules, Staging, Wish
from platform_core.waves.applications import read_applications
from platform_core.waves.conflicts import judge
from platform_core.waves.costs import keeps_all
from platform_core.waves.direct import direct_rules
from platform_core.waves.exact import Verdict
from platform_core.waves.groups import group_applications
from platform_core.waves.instance import build_instance
from platform_core.waves.start import first_fit
from platform_core.waves.suggestions import GROWTH, suggest_rules
from platform_core.waves.windows import narrow

EARLIEST_SHARE = 0.2
"""Share of the waves that count as the earliest, which take nothing critical or complex; judgement."""

COMPLEX_QUANTILE = 0.75
"""Applications with more effort than three quarters of all are of high complexity; judgement."""

FLOOR_SHARE = 0.4
"""Smallest wave against an even share of the effort; judgement."""

STRONG_QUANTILE = 0.9
"""A dependency counts as strong when its weight is among the highest tenth of those between applications; judgement."""

CONDITION_PRICES = {RuleKind.STAGING: 8.0, RuleKind.PILOT: 4.0}
"""Prices of the ranked conditions that are wishes, in usual dependency weights an application: a higher rank costs
more. Dependencies in order cost their own weight."""


def locked(portfolio: Portfolio, rules: Rules, wave_of: Mapping[str, int], waves: Collection[int]) -> Rules:
    """Return `rules` with the given waves kept as they are in `wave_of`: nothing leaves them and nothing enters."""
    inside = {a.application or a.asset_id: wave_of.get(a.asset_id) for a in portfolio.assets}
    kept = {name: wave for name, wave in inside.items() if wave in waves}
    pinned = {pin.application for pin in rules.pins}
    pins = [Pin(application=name, wave=wave) for name, wave in sorted(kept.items()) if name not in pinned and wave]
    outside = tuple(sorted(name for name in inside if name not in kept and name not in pinned))
    shut = [Freeze(applications=outside, waves=tuple(sorted(waves)))] if outside else []
    return rules.model_copy(update={"pins": (*rules.pins, *pins), "frozen": (*rules.frozen, *shut)})


def with_waves(rules: Rules, waves: int) -> Rules:
    """Return `rules` for another number of waves; added ones hold what the last one holds."""
    capacity = (rules.capacity + rules.capacity[-1:] * waves)[:waves]
    pins = tuple(pin for pin in rules.pins if pin.wave <= waves)
    return rules.model_copy(update={"waves": waves, "capacity": capacity, "pins": pins})


def fewest_waves(portfolio: Portfolio, rules: Rules, most: int = 100) -> int | None:
    """Return the least number of waves for which a plan keeps `rules`, None if none up to `most` was found."""
    applications = read_applications(portfolio)
    last_pin = max((pin.wave for pin in rules.pins), default=1)
    for waves in range(last_pin, most + 1):
        shaped = direct_rules(portfolio, with_waves(rules, waves))
        if judge(applications, shaped) is Verdict.POSSIBLE:
            return waves
    return None


def eight_conditions(portfolio: Portfolio, waves: int | None = None) -> Rules:
    """Return the eight ranked conditions of automatic wave planning in common use, as far as they concern `portfolio`.

    In rank order: strong two-way dependencies together; an application's workloads together (always so here); what
    is needed in the same or an earlier wave; non-production before production, not mixed with it; high criticality
    and high complexity not in the earliest waves; sizes of waves within a range. The first, second and last are hard,
    the others wishes, dearer the higher their rank. Capacities and the cap of critical assets are those of
    `suggest_rules`, more where what needs each other would not fit.
    """
    base = suggest_rules(portfolio, waves)
    applications = read_applications(portfolio)
    weights = applications.links.weight
    strong = float(np.quantile(weights, STRONG_QUANTILE, method="lower")) if len(weights) else 1.0
    usual = float(np.median(weights)) if len(weights) else 1.0
    early = max(1, math.floor(base.waves * EARLIEST_SHARE))
    complex_from = float(np.quantile(applications.effort, COMPLEX_QUANTILE)) if len(applications.effort) else None
    largest = max(base.capacity, default=1.0)
    rules = base.model_copy(
        update={
            "capacity": (largest,) * base.waves,
            "pilot": Pilot(waves=tuple(range(1, early + 1)), critical_allowed=False, max_effort=complex_from),
            "staging": Staging(),
            "two_way": max(strong, 1e-9),
            "dependencies_first": max(strong, 1e-9),
            "wishes": tuple(Wish(kind=kind, price=price * usual or price) for kind, price in CONDITION_PRICES.items()),
        }
    )
    rules = _with_room_for_bonds(portfolio, rules)
    return rules.model_copy(update={"smallest_wave": _floor(portfolio, rules)})


def _with_room_for_bonds(portfolio: Portfolio, rules: Rules) -> Rules:
    """Return `rules` with capacity and critical cap grown until there is a plan for what travels as one."""
    applications = read_applications(portfolio)
    while True:
        shaped = direct_rules(portfolio, rules)
        instance = build_instance(applications, shaped)
        if keeps_all(instance, narrow(instance), first_fit(instance)):
            return rules
        is_roomy = bool((instance.capacity >= instance.effort.sum()).all()) and (
            instance.critical_cap >= instance.critical.sum()
        )
        if is_roomy or judge(applications, shaped) is not Verdict.IMPOSSIBLE:
            return rules  # where everything fits into each wave, more room is no help
        cap = rules.max_critical_per_wave
        grown = tuple(float(math.ceil(GROWTH * capacity)) for capacity in rules.capacity)
        more = None if cap is None else math.ceil(GROWTH * cap)
        rules = rules.model_copy(update={"capacity": grown, "max_critical_per_wave": more})


def _floor(portfolio: Portfolio, rules: Rules) -> float:
    """Return the smallest size of a wave, or none where the move groups are too few or too large for one."""
    applications = read_applications(portfolio)
    groups = len(group_applications(applications, direct_rules(portfolio, rules)).groups)
    floor = math.floor(FLOOR_SHARE * float(applications.effort.sum()) / rules.waves)
    shaped = direct_rules(portfolio, rules.model_copy(update={"smallest_wave": float(floor)}))
    roomy = groups >= 2 * rules.waves and judge(applications, shaped) is Verdict.POSSIBLE
    return float(floor) if roomy else 0.0
