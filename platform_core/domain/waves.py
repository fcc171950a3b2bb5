"""The wave planner's vocabulary: what is planned, the rules, and the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pydantic import Field, model_validator

from platform_core.domain.base import Frozen
from platform_core.errors import BadInput


@dataclass(frozen=True, slots=True)
class PlannedAsset:
    """An asset as the planner sees it; `risk` is 0..1, `effort` in effort points."""

    asset_id: str
    application: str
    team: str = ""
    critical: bool = False
    risk: float = 0.0
    effort: float = 1.0


@dataclass(frozen=True, slots=True)
class Link:
    """A dependency between two assets, by asset id; `weight` is what severing it costs."""

    source: str
    target: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Everything there is to plan."""

    assets: tuple[PlannedAsset, ...]
    links: tuple[Link, ...]


class Pilot(Frozen):
    """The first waves, in which only what is easy may move."""

    waves: tuple[int, ...]
    max_risk: float = 1.0
    critical_allowed: bool = False


class Order(Frozen):
    """`before` moves in an earlier wave than `after` (strict), or in the same or an earlier one."""

    before: str
    after: str
    strict: bool = False


class Freeze(Frozen):
    """Applications that may not move in the given waves."""

    applications: tuple[str, ...]
    waves: tuple[int, ...]


class Pin(Frozen):
    """An application that must move in one given wave."""

    application: str
    wave: int


class Rules(Frozen):
    """All rules of a scenario; every one is hard. Waves count from 1. An empty or None rule does not bind.

    `capacity` is in effort points for each wave; `team_capacity` in effort points of the assets a support group
    owns, for each wave; `max_critical_per_wave` counts assets of business criticality "critical".
    """

    waves: int = Field(ge=1, le=1_000)
    capacity: tuple[float, ...] = ()
    max_critical_per_wave: int | None = None
    team_capacity: dict[str, float] = Field(default_factory=dict)
    pilot: Pilot | None = None
    together: tuple[tuple[str, ...], ...] = ()
    order: tuple[Order, ...] = ()
    frozen: tuple[Freeze, ...] = ()
    pins: tuple[Pin, ...] = ()

    @model_validator(mode="after")
    def _capacity_for_each_wave(self) -> Rules:
        if self.capacity and len(self.capacity) != self.waves:
            raise BadInput(
                f"The rules give {len(self.capacity)} capacities for {self.waves} waves.",
                hint="Give one capacity for each wave, or none.",
            )
        return self


class RuleKind(StrEnum):
    """The kinds of rules, named in violations and conflicts."""

    CAPACITY = "capacity"
    CRITICAL_CAP = "critical_cap"
    TEAM_CAP = "team_cap"
    PILOT = "pilot"
    TOGETHER = "together"
    ORDER = "order"
    FROZEN = "frozen"
    PIN = "pin"
    COMPLETE = "complete"  # every asset in exactly one of the plan's waves


class Violation(Frozen):
    """A rule that a given assignment breaks, said in one sentence; `wave` None when it concerns several."""

    kind: RuleKind
    text: str
    wave: int | None = None
    applications: tuple[str, ...] = ()


class RuleConflict(Frozen):
    """A set of rules that cannot all hold, one sentence each; leaving any one out makes the set possible."""

    rules: tuple[str, ...]
    proven_minimal: bool


class Wave(Frozen):
    """The assets that move together in time; `wave` counts from 1."""

    wave: int
    assets: tuple[str, ...]


class DatedWave(Frozen):
    """One wave in time: what it moves, load and capacity in effort points, mean risk (0..1)."""

    number: int
    starts_on: date
    ends_on: date
    assets: int
    applications: int
    critical: int
    load: float
    capacity: float | None
    risk: float | None


class PlanMetrics(Frozen):
    """How good a plan is, all computed from the plan itself.

    `cut_share` is the weight of dependencies between different move groups that cross waves, over the weight of
    all dependencies between different move groups (0..1). `first_fit_cut_share` is the same for a topological
    first-fit plan under the same rules. `lower_bound_share` is a share that no plan can go below.
    """

    cut_share: float
    first_fit_cut_share: float | None = None
    lower_bound_share: float | None = None
    violations: int = 0
    effort_per_wave: tuple[float, ...] = ()
    critical_per_wave: tuple[int, ...] = ()
    risk_per_wave: tuple[float, ...] = ()


class WaveOption(Frozen):
    """What placing a group in a wave would mean: the first rule that forbids it, or the change in severed weight."""

    wave: int
    forbidden_by: str | None = None
    cut_change: float | None = None


class MoveGroup(Frozen):
    """Applications that travel as one, and why (`reasons`: "together rule", "order cycle", …)."""

    name: str
    applications: tuple[str, ...]
    reasons: tuple[str, ...] = ()


class Plan(Frozen):
    """A wave plan, or the conflict that makes one impossible (`waves` empty, `conflicts` filled)."""

    waves: tuple[Wave, ...]
    groups: tuple[MoveGroup, ...]
    metrics: PlanMetrics | None
    conflicts: tuple[RuleConflict, ...] = ()
    seed: int = 0

    @property
    def possible(self) -> bool:
        """Whether the rules could all be kept."""
        return not self.conflicts

    @property
    def wave_of(self) -> dict[str, int]:
        """The wave of each asset id."""
        return {asset: wave.wave for wave in self.waves for asset in wave.assets}
