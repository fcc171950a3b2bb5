"""Default rules for a portfolio that brings none of its own."""

from __future__ import annotations

import math

import numpy as np

from platform_core.domain.waves import Pilot, Portfolio, Rules
from platform_core.waves.applications import Applications, read_applications
from platform_core.waves.costs import keeps_all
from platform_core.waves.instance import build_instance
from platform_core.waves.start import first_fit
from platform_core.waves.windows import narrow

MOST_WAVES = 40
"""Weekly or fortnightly waves beyond this many last years; judgement, to be changed by the analyst."""

SLACK = 1.2
"""Capacity over need: the 20-30 % buffer that Microsoft's Cloud Adoption Framework asks for in wave plans."""

CRITICAL_SLACK = 1.5
"""How uneven critical assets may be spread over the waves; judgement."""

PILOT_SHARE = 0.3
"""Size of the pilot wave against the others: the AWS large-migration guide keeps the first waves small."""

PILOT_RISK_QUANTILE = 0.4
"""The pilot wave takes from the least risky 40 % of the applications without critical assets; judgement."""

GROWTH = 1.1
"""Step by which capacity and critical cap grow until a first-fit plan keeps them."""


def suggest_rules(portfolio: Portfolio, waves: int | None = None) -> Rules:
    """Return rules that suit any portfolio and can always be kept: a first-fit plan under them exists.

    Number of waves, unless given: a third of the square root of the number of assets (300 assets: 6, 10,000: 34),
    at most one for each application and 40. Each wave holds the same effort, with 20 % to spare, and at most 1.5
    times its even share of the critical assets. With two waves or more, the first is a pilot of 30 % of that size
    for applications of low risk without critical assets, if there are any. No team has a cap: team sizes are
    not in an inventory. Raises BadInput for a portfolio that cannot be planned (see `plan`).
    """
    applications = read_applications(portfolio)
    count = waves or _usual_waves(len(portfolio.assets), len(applications.names))
    pilot = _pilot(applications) if count > 1 else None
    regular = count - (pilot is not None)
    effort = max(applications.effort.sum() / regular * SLACK, applications.effort.max(initial=0.0), 1.0)
    critical = max(applications.critical.sum() / regular * CRITICAL_SLACK, applications.critical.max(initial=0.0), 1.0)
    while True:
        rules = _sized(count, effort, critical, pilot)
        instance = build_instance(applications, rules)
        if keeps_all(instance, narrow(instance), first_fit(instance)):
            return rules
        effort, critical = effort * GROWTH, critical * GROWTH


def _usual_waves(assets: int, applications: int) -> int:
    return max(1, min(MOST_WAVES, applications, math.ceil(math.sqrt(assets) / 3)))


def _pilot(applications: Applications) -> Pilot | None:
    risk = applications.risk[applications.critical == 0]
    if not len(risk):
        return None
    quantile = float(np.quantile(risk, PILOT_RISK_QUANTILE, method="lower"))
    return Pilot(waves=(1,), max_risk=quantile, critical_allowed=False)


def _sized(waves: int, effort: float, critical: float, pilot: Pilot | None) -> Rules:
    capacity = [float(math.ceil(effort))] * waves
    if pilot is not None:
        capacity[0] = float(math.ceil(effort * PILOT_SHARE))
    return Rules(waves=waves, capacity=tuple(capacity), max_critical_per_wave=math.ceil(critical), pilot=pilot)
