"""A stored plan over the portfolio as it is now: who stands where, and keeping another arrangement."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from platform_core import waves
from platform_core.domain.waves import MoveGroup, PlanMetrics, Portfolio, Rules
from platform_core.errors import NotFound
from platform_core.services.portfolios import PlannedPortfolio, portfolio
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import MoveGroupRow, PlacementRow, PlanRow, WaveRow

MATRIX_WAVES = 60
"""Beyond this many waves the severed matrix is not kept: nobody can read it."""


@dataclass(frozen=True)
class Arrangement:
    """A stored plan over the portfolio as it is now."""

    planned: PlannedPortfolio
    rules: Rules
    wave_by_application: dict[str, int]
    by_hand: set[str]

    @property
    def wave_of(self) -> dict[str, int]:
        """The wave of each planned asset."""
        return self.moved({})

    def moved(self, changes: Mapping[str, int]) -> dict[str, int]:
        """Return the wave of each planned asset with some applications put into other waves."""
        where = {**self.wave_by_application, **changes}
        return {a.asset_id: where[a.application] for a in self.planned.portfolio.assets if a.application in where}

    def group_of(self, application: str) -> tuple[str, ...]:
        """Return everything that travels with an application, itself included; raises NotFound."""
        for group in waves.move_groups(self.planned.portfolio, self.rules):
            if application in group.applications:
                return tuple(name for name in group.applications if name in self.wave_by_application)
        raise NotFound("This application is not in the plan any more.", hint="Plan the waves again.")


def arrangement(work: UnitOfWork, plan_id: int) -> Arrangement:
    """Return how a stored plan stands on the portfolio of now. Call inside an open block of `work`."""
    row = work.plans.get(plan_id)
    placed = work.plans.placements(plan_id)
    return Arrangement(
        planned=portfolio(work, row.migration_id),
        rules=Rules.model_validate(row.rules),
        wave_by_application={p.application: p.wave for p in placed},
        by_hand={p.application for p in placed if p.by_hand},
    )


def keep(
    work: UnitOfWork,
    row: PlanRow,
    planned: PlannedPortfolio,
    rules: Rules,
    wave_of: Mapping[str, int],
    by_hand: Collection[str],
    lower_bound: float | None = None,
) -> None:
    """Store an assignment as waves, groups and placements, with its figures recounted from the assignment.

    `lower_bound` is the share that no plan under the same rules can go below, where the planner proved one; a
    plan that is only rearranged keeps the one it has.
    """
    row.changed_at = now()
    if not wave_of:
        row.metrics = {}
        work.plans.fill(row.id, [], [], [])
        return
    everything = planned.portfolio
    bound = lower_bound if lower_bound is not None else row.metrics.get("metrics", {}).get("lower_bound_share")
    metrics = waves.measure(everything, rules, wave_of).model_copy(update={"lower_bound_share": bound})
    row.metrics = {
        "metrics": metrics.model_dump(mode="json"),
        "cut_share": metrics.cut_share,
        "unmet": [wish.model_dump(mode="json") for wish in waves.unmet_wishes(everything, rules, wave_of)],
        "violations": [v.model_dump(mode="json") for v in waves.check(everything, rules, wave_of)],
        "severed": _severed(waves.severable(everything, rules), wave_of, rules.waves),
        "foundation": [asdict(member) for member in waves.foundation_of(everything, rules)],
    }
    groups = waves.move_groups(everything, rules)
    into = wave_rows(row.starts_on, row.weeks_per_wave, rules, metrics, wave_of)
    placed = placement_rows(planned, groups, wave_of, by_hand)
    _count(placed, into)
    moving = [MoveGroupRow(name=group.name, reasons=list(group.reasons)) for group in groups]
    work.plans.fill(row.id, moving, into, placed)


def _count(placed: Sequence[PlacementRow], into: Sequence[WaveRow]) -> None:
    """Set how many applications each wave holds, and the highest of their risks."""
    risks: dict[int, list[float]] = defaultdict(list)
    for placement in placed:
        risks[placement.wave].append(placement.risk)
    for wave in into:
        wave.applications = len(risks[wave.number])
        wave.highest_risk = max(risks[wave.number], default=None)


def wave_rows(
    starts_on: date, weeks_per_wave: int, rules: Rules, metrics: PlanMetrics, wave_of: Mapping[str, int]
) -> list[WaveRow]:
    """Return the waves with their dates and figures; one follows the other from `starts_on`."""
    assets = Counter(wave_of.values())
    length = timedelta(weeks=weeks_per_wave)
    return [
        WaveRow(
            number=number,
            starts_on=starts_on + length * (number - 1),
            ends_on=starts_on + length * number - timedelta(days=1),
            capacity=rules.capacity[number - 1] if rules.capacity else None,
            load=metrics.effort_per_wave[number - 1],
            assets=assets[number],
            critical=metrics.critical_per_wave[number - 1],
            risk=metrics.risk_per_wave[number - 1] if assets[number] else None,
        )
        for number in range(1, rules.waves + 1)
    ]


def placement_rows(
    planned: PlannedPortfolio, groups: Sequence[MoveGroup], wave_of: Mapping[str, int], by_hand: Collection[str]
) -> list[PlacementRow]:
    """Return where each application stands with what it brings into its wave."""
    group_of = {name: group.name for group in groups for name in group.applications}
    rows: dict[str, PlacementRow] = {}
    for asset in planned.portfolio.assets:
        if asset.asset_id not in wave_of:
            continue
        row = rows.get(asset.application)
        if row is None:
            row = rows[asset.application] = PlacementRow(
                application=asset.application,
                subject_key=planned.subject_of[asset.application],
                move_group=group_of[asset.application],
                wave=wave_of[asset.asset_id],
                assets=0,
                effort=0.0,
                critical=0,
                risk=0.0,
                by_hand=asset.application in by_hand,
            )
        row.assets += 1
        row.effort = round(row.effort + asset.effort, 3)
        row.critical += asset.critical
        row.risk = max(row.risk, asset.risk)
    return list(rows.values())


def _severed(everything: Portfolio, wave_of: Mapping[str, int], count: int) -> list[list[float]]:
    if count > MATRIX_WAVES:
        return []
    matrix = [[0.0] * count for _ in range(count)]
    for link in everything.links:
        source, target = wave_of.get(link.source), wave_of.get(link.target)
        if source and target and source != target:
            matrix[source - 1][target - 1] += link.weight
    return matrix
