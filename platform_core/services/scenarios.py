"""Scenarios beside each other: their figures, what moves between them, what a plan severs, what its rules cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from platform_core import waves
from platform_core.domain.base import Frozen, Progress, silent
from platform_core.domain.cost import SpanCost
from platform_core.domain.identity import Identity
from platform_core.domain.waves import RulePrice
from platform_core.errors import BadInput
from platform_core.services import costs, plans
from platform_core.services.arrangements import arrangement
from platform_core.services.differences import MovedGroup, moved_groups, scenario
from platform_core.services.kept import Kept
from platform_core.services.plans import PlanView
from platform_core.store import Store, UnitOfWork

NEXT_WAVES = 2
"""Waves at the start whose changes hurt most: people already prepare them."""

KEPT_COMPARISONS, LATE = 8, 10_000

Differences = tuple[tuple[MovedGroup, ...], int, int]
"""What moved between two scenarios, and the assets of the first one, of all and of its next waves."""

_compared = Kept[Differences](KEPT_COMPARISONS)


class Figures(Frozen):
    """What a scenario comes to. Load in effort points, risk 0..1 by wave, cost of unmet wishes in link weights.

    `cost` is that of running and moving everything over the time that both compared scenarios take.
    """

    plan: PlanView
    highest_load: float
    most_critical: int
    unmet_cost: float
    risk_by_wave: tuple[float | None, ...]
    cost: SpanCost | None = None


class Comparison(Frozen):
    """Two scenarios: their figures, what moved, and the share of assets (0..1) that did, of all and of the next two."""

    one: Figures
    other: Figures
    moved: tuple[MovedGroup, ...]
    moved_share: float
    next_waves_share: float


class SeveredDependency(Frozen):
    """What one application needs of another in a different wave; owners as far as they are known."""

    source: str
    source_owner: str
    source_wave: int
    target: str
    target_owner: str
    target_wave: int
    weight: float


def compare(store: Store, plan_id: int, other_id: int) -> Comparison:
    """Return two scenarios side by side, as of one moment, with the reason for each group that moved.

    Raises NotFound.
    """
    work = store.unit_of_work()
    with work.reading():
        one, other = plans.view(work, plan_id), plans.view(work, other_id)
        migration = work.migrations.get(work.plans.get(plan_id).migration_id)
        revisions = (migration.inventory_revision, migration.dependency_revision, migration.strategy_revision)
        seen = (store, plan_id, other_id, one.version, other.version, *revisions)
        moved, total, soon = _compared.of(seen, lambda: _differences(work, plan_id, other_id))
        priced = _costs(work, migration.id, one, other)
    early = [line for line in moved if min(line.wave or LATE, line.other_wave or LATE) <= NEXT_WAVES]
    return Comparison(
        one=figures(one).model_copy(update={"cost": priced[0] if priced else None}),
        other=figures(other).model_copy(update={"cost": priced[1] if priced else None}),
        moved=moved,
        moved_share=_share(moved, total),
        next_waves_share=_share(early, soon),
    )


def _differences(work: UnitOfWork, plan_id: int, other_id: int) -> Differences:
    here, there = scenario(work, plan_id), scenario(work, other_id)
    rows = here.placed.values()
    soon = sum(row.assets for row in rows if row.wave <= NEXT_WAVES)
    return moved_groups(here, there), sum(row.assets for row in rows), soon


def _costs(work: UnitOfWork, migration_id: int, *compared: PlanView) -> list[SpanCost] | None:
    """Return what each scenario costs from the first day of the earliest to the last of the latest."""
    days = [day for plan in compared for wave in plan.waves for day in (wave.starts_on, wave.ends_on)]
    if not days:
        return None
    moves = []
    for plan in compared:
        ends = {wave.number: wave.ends_on for wave in plan.waves}
        moves.append({key: ends[wave] for key, wave in work.plans.wave_of(plan.id).items()})
    return costs.of_spans(work, migration_id, moves, min(days), max(days))


def figures(plan: PlanView) -> Figures:
    """Return what a scenario comes to."""
    return Figures(
        plan=plan,
        highest_load=max((wave.load for wave in plan.waves), default=0.0),
        most_critical=max((wave.critical for wave in plan.waves), default=0),
        unmet_cost=sum(wish.cost for wish in plan.unmet),
        risk_by_wave=tuple(wave.risk for wave in plan.waves),
    )


def severed(work: UnitOfWork, plan_id: int, wave: int, other: int) -> list[SeveredDependency]:
    """Return what applications of one wave need of those in another, heaviest first."""
    with work.reading():
        current = arrangement(work, plan_id)
    where, everything = current.wave_of, waves.severable(current.planned.portfolio, current.rules)
    asset_of = {asset.asset_id: asset for asset in everything.assets}
    owners: dict[str, str] = {}
    for asset in everything.assets:
        if asset.owner:
            owners.setdefault(asset.application, asset.owner)
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for link in everything.links:
        if where.get(link.source) == wave and where.get(link.target) == other:
            weights[asset_of[link.source].application, asset_of[link.target].application] += link.weight
    return [
        SeveredDependency(
            source=source,
            source_owner=owners.get(source, ""),
            source_wave=wave,
            target=target,
            target_owner=owners.get(target, ""),
            target_wave=other,
            weight=weight,
        )
        for (source, target), weight in sorted(weights.items(), key=lambda line: (-line[1], line[0]))
    ]


def price(work: UnitOfWork, plan_id: int, progress: Progress = silent) -> tuple[RulePrice, ...]:
    """Work out what each rule of a scenario costs and keep it until the plan changes; raises BadInput without waves."""
    with work.reading():
        row = work.plans.get(plan_id)
        current, seed, version = arrangement(work, plan_id), row.seed, row.version
    if not current.wave_by_application:
        raise BadInput("A plan without waves has no price.", hint="Settle the conflict of its rules first.")
    found = waves.rule_prices(current.planned.portfolio, current.rules, current.wave_of, seed=seed, progress=progress)
    with work:
        row = work.plans.get(plan_id, expected=version)
        row.metrics = {**row.metrics, "prices": [item.model_dump(mode="json") for item in found]}
        work.commit()
    return found


def remove(work: UnitOfWork, plan_id: int, by: Identity) -> None:
    """Delete a scenario; raises NotFound, and BadInput for the only one."""
    with work:
        row = work.plans.get(plan_id)
        if len(work.plans.of(row.migration_id)) == 1:
            raise BadInput("This is the only scenario.", hint="Plan it again instead.")
        work.audit.record(
            by, "plan.removed", migration_id=row.migration_id, subject=str(plan_id), text=f"Deleted the plan {row.name}"
        )
        work.plans.remove(plan_id)
        work.commit()


def _share(moved: Iterable[MovedGroup], total: int) -> float:
    return sum(line.assets for line in moved) / total if total else 0.0
