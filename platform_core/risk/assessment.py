"""Likelihood x impact of moving one application, each the sum of named drivers, before and after mitigation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from platform_core.domain.risk import Mitigation, RiskAssessment, RiskAxis, RiskBand, RiskDriver
from platform_core.domain.strategy import Fact, Facts, Strategy
from platform_core.errors import BadInput
from platform_core.risk.model import Driver, Drivers, Step

_LOWEST, _HIGHEST = 1, 5
_STRATEGY = "strategy"


def assess_risk(
    facts: Facts, strategy: Strategy | None, drivers: Drivers, chosen_mitigations: Iterable[str] = ()
) -> RiskAssessment:
    """Assess the risk of moving the application that `facts` describe by `strategy` (None = undecided).

    Each axis is 1 + the points of its drivers, rounded half up and kept within 1..5. Residual values are the same
    sum with every driver lowered by the points of the chosen mitigations that name it, never below zero. A driver
    that cannot be judged is listed as unknown, and the important ones count as middling: ignorance is never low.
    Raises BadInput when a chosen mitigation does not exist; one that lowers nothing here is simply without effect.
    """
    chosen = _chosen(chosen_mitigations, drivers)
    judged = [(driver, _judge(driver, facts, strategy)) for driver in drivers.drivers]
    found = [_found(driver, step, source) for driver, (step, source, _) in judged if step is not None and step.points]
    likelihood, impact = _axes(found)
    lowered = [_lowered(driver, chosen) for driver in found] if chosen else found
    residual_likelihood, residual_impact = _axes(lowered)
    present = {driver.name for driver in found if driver.points > 0}
    return RiskAssessment(
        likelihood=likelihood,
        impact=impact,
        band=band_of(likelihood * impact, drivers),
        residual_likelihood=residual_likelihood,
        residual_impact=residual_impact,
        drivers=tuple(found),
        mitigations=tuple(m for m in drivers.mitigations if present.intersection(m.lowers)),
        unknown=tuple(driver.name for driver, (_, _, known) in judged if not known),
        chosen=tuple(mitigation.name for mitigation in chosen),
    )


def band_of(score: int, drivers: Drivers) -> RiskBand:
    """Return the band of a score of 1..25."""
    return next(band for band, highest in drivers.bands.items() if score <= highest)


def _chosen(names: Iterable[str], drivers: Drivers) -> tuple[Mitigation, ...]:
    wanted = list(dict.fromkeys(names))
    by_name = {mitigation.name: mitigation for mitigation in drivers.mitigations}
    missing = [name for name in wanted if name not in by_name]
    if missing:
        raise BadInput(f"There is no mitigation named '{missing[0]}'.")
    return tuple(by_name[name] for name in wanted)


def _judge(driver: Driver, facts: Facts, strategy: Strategy | None) -> tuple[Step | None, str, bool]:
    """Return the strongest step that holds, the source of the fact behind it, and whether the driver was judged."""
    judged = [
        (step, fact, holds)
        for fact in _facts_for(driver, facts, strategy)
        for step in driver.steps
        if step.condition is not None and (holds := step.condition.holds(fact.value)) is not None
    ]
    if not judged:
        return next((step for step in driver.steps if step.condition is None), None), "", False
    holding = [(step, fact) for step, fact, holds in judged if holds]
    if not holding:
        return None, "", True
    step, fact = max(holding, key=lambda item: abs(item[0].points))
    return step, fact.source or fact.key, True


def _facts_for(driver: Driver, facts: Facts, strategy: Strategy | None) -> Iterator[Fact]:
    if driver.keys == (_STRATEGY,):
        yield Fact(key=_STRATEGY, value=strategy.value if strategy else None, source="chosen strategy")
    yield from (facts[key] for key in driver.keys if key in facts and key != _STRATEGY)


def _found(driver: Driver, step: Step, source: str) -> RiskDriver:
    return RiskDriver(name=driver.name, axis=driver.axis, points=step.points, text=step.text, source=source)


def _lowered(driver: RiskDriver, chosen: Sequence[Mitigation]) -> RiskDriver:
    relief = math.fsum(mitigation.points for mitigation in chosen if driver.name in mitigation.lowers)
    return driver.model_copy(update={"points": max(0.0, driver.points - relief)}) if driver.points > 0 else driver


def _axes(found: Iterable[RiskDriver]) -> tuple[int, int]:
    totals = dict.fromkeys(RiskAxis, float(_LOWEST))
    for driver in found:
        totals[driver.axis] += driver.points
    return _on_scale(totals[RiskAxis.LIKELIHOOD]), _on_scale(totals[RiskAxis.IMPACT])


def _on_scale(total: float) -> int:
    return min(_HIGHEST, max(_LOWEST, math.floor(round(total, 6) + 0.5)))
