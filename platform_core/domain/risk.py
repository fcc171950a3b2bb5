"""Risk as likelihood times impact, each the sum of named drivers."""

from __future__ import annotations

from enum import StrEnum

from platform_core.domain.base import Frozen


class RiskAxis(StrEnum):
    """Which of the two factors a driver raises."""

    LIKELIHOOD = "likelihood"
    IMPACT = "impact"


class RiskDriver(Frozen):
    """A named reason why risk is higher; `points` are added on the 1-5 scale of its axis before clamping."""

    name: str
    axis: RiskAxis
    points: float
    text: str
    source: str = ""


class Mitigation(Frozen):
    """Something that can be done: it takes `points` off each of the drivers named in `lowers`."""

    name: str
    text: str
    lowers: tuple[str, ...]
    points: float


class RiskBand(StrEnum):
    """Where likelihood times impact (1-25) falls."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class RiskAssessment(Frozen):
    """Inherent and residual risk of moving one application.

    Likelihood and impact are 1..5; the score is their product (1..25). `mitigations` are all that apply; residual
    values are recomputed with the drivers lowered by those named in `chosen`, never typed in. `unknown` lists
    drivers that could not be judged.
    """

    likelihood: int
    impact: int
    band: RiskBand
    residual_likelihood: int
    residual_impact: int
    drivers: tuple[RiskDriver, ...] = ()
    mitigations: tuple[Mitigation, ...] = ()
    unknown: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()

    @property
    def score(self) -> int:
        """Inherent likelihood times impact, 1..25."""
        return self.likelihood * self.impact

    @property
    def residual(self) -> int:
        """Residual likelihood times impact, 1..25."""
        return self.residual_likelihood * self.residual_impact


class Effort(Frozen):
    """What moving one application takes: effort points, and the factors they are the product of.

    `unknown` lists the facts that would refine it; their factors are neutral, so the points are a lower estimate.
    """

    points: float
    tier: str
    factors: dict[str, float]
    unknown: tuple[str, ...] = ()
