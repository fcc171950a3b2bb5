"""The wave planner's vocabulary: what is planned, the rules, and the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pydantic import Field, model_validator

from platform_core.domain.base import Frozen
from platform_core.errors import BadInput

SHARE_ROUNDING = 1e-6
"""Error that a proof brings into a share of the dependency weight, as it counts in whole numbers."""

BEFORE_PRODUCTION = frozenset({"development", "test", "staging", "sandbox", "training"})
"""Canonical environments that are not production; an unknown one counts as production."""


@dataclass(frozen=True, slots=True)
class PlannedAsset:
    """An asset as the planner sees it; `risk` is 0..1, `effort` in effort points.

    `owner` and `site` are what freezes may name; `production` is False only where the environment says so;
    `database` marks what others share (see `Rules.shared_databases`).
    """

    asset_id: str
    application: str
    team: str = ""
    critical: bool = False
    risk: float = 0.0
    effort: float = 1.0
    owner: str = ""
    site: str = ""
    production: bool = True
    database: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A dependency between two assets, by asset id; `weight` is what severing it costs."""

    source: str
    target: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Foundation:
    """An asset that serves everybody (name service, directory, monitoring, a hub), and why it counts as one."""

    asset_id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Everything there is to plan; `foundation` lists which of the assets serve everybody."""

    assets: tuple[PlannedAsset, ...]
    links: tuple[Link, ...]
    foundation: tuple[Foundation, ...] = ()


class FoundationRule(StrEnum):
    """What becomes of the foundation: its links count like others, not at all, or not at all and it moves early.

    Who needs what everybody needs is no reason to share its wave: such links stay up over any distance.
    """

    COUNTED = "counted"
    OUTSIDE = "outside"
    FIRST = "first"


class Pilot(Frozen):
    """The first waves, in which only what is easy may move.

    `max_effort` is the largest effort (points) of an application: high complexity does not go first.
    """

    waves: tuple[int, ...]
    max_risk: float = 1.0
    critical_allowed: bool = False
    max_effort: float | None = None


class Order(Frozen):
    """`before` moves in an earlier wave than `after` (strict), or in the same or an earlier one."""

    before: str
    after: str
    strict: bool = False


class Freeze(Frozen):
    """Applications that may not move in some waves.

    Which: those named, and all with an asset of the `owner` or at the `site`; all there are when none of the three is
    given. When: the `waves` named, and those that share a day with the time from `first` to `last` (see
    `Rules.starts_on`).
    """

    applications: tuple[str, ...] = ()
    waves: tuple[int, ...] = ()
    owner: str = ""
    site: str = ""
    first: date | None = None
    last: date | None = None


class Staging(Frozen):
    """Non-production moves in waves 1 to `until`, production afterwards; None = as many waves as it needs.

    An application with any production asset, or of unknown environment, is production.
    """

    until: int | None = Field(default=None, ge=0)


class Bond(Frozen):
    """Applications that travel as one because of what is between them; `why` completes "… move together: "."""

    applications: tuple[str, ...]
    why: str


class Objective(Frozen):
    """What a plan is good for besides severing little, in link weights.

    `distance`: paid for a link of weight 1 for each wave between its ends. `early_risk`: paid for an effort point of
    risk 1 in the first wave, falling evenly to nothing in the last. `stability`: paid for each asset that a new plan
    moves to another wave (2: each of 14 random pins moved at most 0.4 % of 10,000 assets, 0.5: up to 0.6 %, and the
    severed weight was no higher).
    """

    distance: float = Field(default=0.0, ge=0)
    early_risk: float = Field(default=0.0, ge=0)
    stability: float = Field(default=2.0, ge=0)


class Pin(Frozen):
    """An application that must move in one given wave."""

    application: str
    wave: int


class RuleKind(StrEnum):
    """The kinds of rules, named in violations and conflicts."""

    CAPACITY = "capacity"
    FLOOR = "smallest_wave"
    CRITICAL_CAP = "critical_cap"
    TEAM_CAP = "team_cap"
    PILOT = "pilot"
    STAGING = "staging"
    TOGETHER = "together"
    BOND = "bond"
    APART = "apart"
    ORDER = "order"
    FROZEN = "frozen"
    PIN = "pin"
    COMPLETE = "complete"  # every asset in exactly one of the plan's waves


class Wish(Frozen):
    """Makes one rule a wish: breaking it once costs `price` in link weights instead of being forbidden.

    The rule is number `place` of its kind (waves, list entries and team names in order, from 0). Once means: an
    application in a wrong wave, a wave that an order rule is off, a pair together or apart, an effort point or critical
    asset too many. Of several prices for one kind of limit the highest holds for all.
    """

    kind: RuleKind
    place: int = Field(default=0, ge=0)
    price: float = Field(gt=0)


class Rules(Frozen):
    """All rules of a scenario; hard unless `wishes` says otherwise. Waves count from 1. An empty rule does not bind.

    `capacity` is in effort points for each wave, `smallest_wave` the effort points every wave holds at least;
    `team_capacity` in effort points of the assets a support group owns, for each wave; `max_critical_per_wave` counts
    assets of business criticality "critical". `apart` lists applications no two of which share a wave.

    Three switches make rules of what is known: `two_way` joins applications that need each other with at least that
    weight in both directions; `shared_databases` joins those that need the same database; `dependencies_first` lets
    what is needed with at least that weight move no later than what needs it, as a wish of the weight's own price.
    Applications are joined only while they fit into a wave. `foundation` says what becomes of the links to what serves
    everybody. `starts_on` and `weeks_per_wave` give waves their days.
    """

    waves: int = Field(ge=1, le=1_000)
    capacity: tuple[float, ...] = ()
    smallest_wave: float = Field(default=0.0, ge=0)
    max_critical_per_wave: int | None = None
    team_capacity: dict[str, float] = Field(default_factory=dict)
    pilot: Pilot | None = None
    staging: Staging | None = None
    together: tuple[tuple[str, ...], ...] = ()
    bonds: tuple[Bond, ...] = ()
    apart: tuple[tuple[str, ...], ...] = ()
    order: tuple[Order, ...] = ()
    frozen: tuple[Freeze, ...] = ()
    pins: tuple[Pin, ...] = ()
    wishes: tuple[Wish, ...] = ()
    two_way: float | None = Field(default=None, gt=0)
    shared_databases: bool = False
    dependencies_first: float | None = Field(default=None, gt=0)
    foundation: FoundationRule = FoundationRule.OUTSIDE
    starts_on: date | None = None
    weeks_per_wave: int = Field(default=4, ge=1, le=52)
    objective: Objective = Objective()

    @model_validator(mode="after")
    def _capacity_for_each_wave(self) -> Rules:
        if self.capacity and len(self.capacity) != self.waves:
            raise BadInput(
                f"The rules give {len(self.capacity)} capacities for {self.waves} waves.",
                hint="Give one capacity for each wave, or none.",
            )
        return self


class Violation(Frozen):
    """A rule that a given assignment breaks, said in one sentence; `wave` None when it concerns several.

    `amount` says by how much: waves off order, effort points or critical assets too many; 1 for all else.
    """

    kind: RuleKind
    text: str
    wave: int | None = None
    applications: tuple[str, ...] = ()
    amount: float = 1.0


class UnmetWish(Frozen):
    """A wish that a plan does not keep: the rule in words, how often it is broken, and what that costs."""

    rule: str
    broken: tuple[Violation, ...]
    cost: float


class WayOut(Frozen):
    """Giving up one rule of a conflict: which, in words, and the effort points of the assets that it binds.

    `enough` = no other conflict is known that would remain.
    """

    rule: str
    kind: RuleKind
    place: int
    reach: float
    enough: bool


class Split(Frozen):
    """A move group too large for every wave, and how it would be cut best into parts that each fit into one.

    `effort` is in effort points, `room` what the largest wave holds. `parts` lists the applications of each part, none
    where a single application is too large already; `severed` is the weight of the links between the parts.
    """

    group: str
    reasons: tuple[str, ...]
    effort: float
    room: float
    parts: tuple[tuple[str, ...], ...] = ()
    severed: float = 0.0


class RuleConflict(Frozen):
    """A set of rules that cannot all hold, one sentence each; leaving any one out makes the set possible.

    `reason` says at once which application is left without a wave, where the order of moves alone shows it.
    `ways_out` lists what to give up, the rule that binds least first; `splits` the move groups too large for a wave.
    """

    rules: tuple[str, ...]
    proven_minimal: bool
    reason: str = ""
    ways_out: tuple[WayOut, ...] = ()
    splits: tuple[Split, ...] = ()


class RulePrice(Frozen):
    """What rules cost: the severed share (0..1) that a plan without them would save, as far as the search found."""

    rules: str
    points: float


class Wave(Frozen):
    """The assets that move together in time; `wave` counts from 1."""

    wave: int
    assets: tuple[str, ...]


class DatedWave(Frozen):
    """One wave in time: what it moves, load and capacity in effort points, risk (0..1) as load-weighted mean and most.

    `done` counts the assets that the inventory says are migrated.
    """

    number: int
    starts_on: date
    ends_on: date
    assets: int
    applications: int
    critical: int
    load: float
    capacity: float | None
    risk: float | None
    highest_risk: float | None = None
    done: int = 0


class PlanMetrics(Frozen):
    """How good a plan is, all computed from the plan itself.

    `cut_share` is the weight of dependencies between different move groups that cross waves, over the weight of
    all dependencies between different move groups (0..1). `first_fit_cut_share` is the same for a topological
    first-fit plan under the same rules. `lower_bound_share` is a share that no plan can go below. Links to the
    foundation count only where the rules say so.
    """

    cut_share: float
    first_fit_cut_share: float | None = None
    lower_bound_share: float | None = None
    violations: int = 0
    effort_per_wave: tuple[float, ...] = ()
    critical_per_wave: tuple[int, ...] = ()
    risk_per_wave: tuple[float, ...] = ()

    @property
    def proven_optimal(self) -> bool:
        """Whether it is proved that no plan that keeps the rules severs less: the bound is reached."""
        bound = self.lower_bound_share
        return bound is not None and not self.violations and self.cut_share <= bound + SHARE_ROUNDING


class WaveOption(Frozen):
    """What placing a group in a wave would mean: every rule that forbids it, or the change in severed weight."""

    wave: int
    forbidden_by: tuple[str, ...] = ()
    cut_change: float | None = None


class MoveGroup(Frozen):
    """Applications that travel as one, and why (`reasons`: "together rule", "order cycle", …)."""

    name: str
    applications: tuple[str, ...]
    reasons: tuple[str, ...] = ()


class Plan(Frozen):
    """A wave plan, or the conflict that makes one impossible (`waves` empty, `conflicts` filled).

    `foundation` names the assets whose links the plan does not count, each with the reason.
    """

    waves: tuple[Wave, ...]
    groups: tuple[MoveGroup, ...]
    metrics: PlanMetrics | None
    conflicts: tuple[RuleConflict, ...] = ()
    foundation: tuple[Foundation, ...] = ()
    seed: int = 0

    @property
    def possible(self) -> bool:
        """Whether the rules could all be kept."""
        return not self.conflicts

    @property
    def wave_of(self) -> dict[str, int]:
        """The wave of each asset id."""
        return {asset: wave.wave for wave in self.waves for asset in wave.assets}
