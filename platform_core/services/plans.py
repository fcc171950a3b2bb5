"""Wave plans: make one from rules, look at it, move an application and see what it breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import Field

from platform_core import waves
from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.runs import RunKind
from platform_core.domain.waves import (
    DatedWave,
    Foundation,
    Pin,
    PlanMetrics,
    Portfolio,
    RuleConflict,
    RulePrice,
    Rules,
    UnmetWish,
    Violation,
    WaveOption,
)
from platform_core.errors import BadInput, NotFound
from platform_core.services.activity import tracked
from platform_core.services.arrangements import arrangement, keep
from platform_core.services.migrations import must_exist
from platform_core.services.paging import cut
from platform_core.services.portfolios import portfolio
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import MigrationRow, PlacementRow, PlanRow, WaveRow

DEFAULT_NAME = "Base plan"

DONE = ("migrated", "completed", "complete", "done", "cutover", "cut over", "live", "closed")
"""Words of a migration status that mean an asset has moved."""


class PlanWish(Frozen):
    """What the analyst asks of a plan. `rules` None = rules that fit the portfolio; waves follow each other.

    `based_on` = the plan whose waves a new scenario starts from; `afresh` = do not stay close to former waves;
    `keep_by_hand` = pin what was moved by hand; `locked` = the waves, from the first on, that stay exactly as they are;
    `fewest` = as few waves as the rules can be kept in; `ranked` = the eight ranked conditions in place of rules.
    """

    starts_on: date
    weeks_per_wave: int = Field(default=4, ge=1, le=52)
    rules: Rules | None = None
    name: str = Field(default=DEFAULT_NAME, min_length=1, max_length=200)
    seed: int = 0
    based_on: int | None = None
    afresh: bool = False
    keep_by_hand: bool = False
    locked: int = Field(default=0, ge=0)
    fewest: bool = False
    ranked: bool = False


class PlanName(Frozen):
    """A scenario in a list."""

    id: int
    name: str


class PlanView(Frozen):
    """A scenario as the waves page shows it. `stale` = inventory, dependencies or strategies changed since.

    `foundation` = the assets whose links it does not count, and why.
    """

    id: int
    name: str
    rules: Rules
    seed: int
    starts_on: date
    weeks_per_wave: int
    metrics: PlanMetrics | None
    severed: tuple[tuple[float, ...], ...]
    violations: tuple[Violation, ...]
    unmet: tuple[UnmetWish, ...]
    prices: tuple[RulePrice, ...]
    conflicts: tuple[RuleConflict, ...]
    left_out: dict[str, str]
    foundation: tuple[Foundation, ...]
    waves: tuple[DatedWave, ...]
    freezes: tuple[tuple[date, date, str], ...]
    stale: bool
    changed_at: datetime
    version: int


class Placement(Frozen):
    """Where an application stands in a plan, and with what it travels."""

    application: str
    subject_key: str
    move_group: str
    wave: int
    assets: int
    effort: float
    critical: int
    risk: float
    by_hand: bool


class Consequence(Frozen):
    """What moving a group to another wave would mean: rules that break, and the change of the severed share."""

    application: str
    travels_with: tuple[str, ...]
    wave: int
    broken: tuple[Violation, ...]
    cut_share_before: float
    cut_share_after: float


def listed(work: UnitOfWork, migration_id: int) -> list[tuple[int, str]]:
    """Return (number, name) of the scenarios, the latest changed first."""
    with work.reading():
        return [(row.id, row.name) for row in work.plans.of(migration_id)]


def page(work: UnitOfWork, migration_id: int, *, after: int = 0, limit: int) -> tuple[list[PlanName], int | None]:
    """Return the scenarios of a migration above number `after`, by number, and where to go on; raises NotFound."""
    with work.reading():
        rows = work.plans.names_after(migration_id, after, limit + 1)
        if not rows:
            must_exist(work, migration_id)
    return cut([PlanName(id=number, name=name) for number, name in rows], limit, lambda plan: plan.id)


def view(work: UnitOfWork, plan_id: int, *, migration_id: int | None = None) -> PlanView:
    """Return one scenario; raises NotFound, also where it is not of `migration_id` (None = of any)."""
    with work.reading():
        row = work.plans.look(plan_id)
        if migration_id not in {None, row.migration_id}:
            raise _not_here()
        rows = work.plans.waves(plan_id)
        stale = is_stale(work, row)
        done = work.plans.done_by_wave(plan_id, row.migration_id, DONE)
    extra = row.metrics.get("severed", [])
    return PlanView(
        id=row.id,
        name=row.name,
        rules=Rules.model_validate(row.rules),
        seed=row.seed,
        starts_on=row.starts_on,
        weeks_per_wave=row.weeks_per_wave,
        metrics=PlanMetrics.model_validate(row.metrics["metrics"]) if row.metrics else None,
        severed=tuple(tuple(line) for line in extra),
        violations=tuple(Violation.model_validate(item) for item in row.metrics.get("violations", [])),
        unmet=tuple(UnmetWish.model_validate(item) for item in row.metrics.get("unmet", [])),
        prices=tuple(RulePrice.model_validate(item) for item in row.metrics.get("prices", [])),
        conflicts=tuple(RuleConflict.model_validate(item) for item in row.conflicts),
        left_out=row.left_out,
        foundation=tuple(Foundation(**item) for item in row.metrics.get("foundation", [])),
        waves=tuple(_dated(wave, done.get(wave.number, 0)) for wave in rows),
        freezes=freeze_bands(Rules.model_validate(row.rules), row.starts_on, row.weeks_per_wave),
        stale=stale,
        changed_at=row.changed_at,
        version=row.version,
    )


def freeze_bands(rules: Rules, starts_on: date, weeks: int) -> tuple[tuple[date, date, str], ...]:
    """Return first and last day of every freeze within the plan, and who it holds."""
    length, bands = timedelta(weeks=weeks), []
    ends_on = starts_on + length * rules.waves - timedelta(days=1)
    for freeze in rules.frozen:
        names = (*(name for name in (freeze.owner, freeze.site) if name), *freeze.applications)
        who = (names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more") if names else "Everything"
        if freeze.first is not None or freeze.last is not None:
            bands.append((max(freeze.first or starts_on, starts_on), min(freeze.last or ends_on, ends_on), who))
        for wave in freeze.waves:
            begins = starts_on + length * (wave - 1)
            bands.append((begins, begins + length - timedelta(days=1), who))
    return tuple(dict.fromkeys(band for band in bands if band[0] <= band[1]))


def is_stale(work: UnitOfWork, row: PlanRow) -> bool:
    """Tell whether inventory, dependencies or strategies changed since a plan was made. Call inside an open block.

    Strategies change by overrides, by answers and by the policy; what changes no strategy, risk or effort does not
    count.
    """
    return _seen(row) != _seen(work.migrations.look(row.migration_id))


def _seen(row: PlanRow | MigrationRow) -> tuple[int, int, int]:
    return row.inventory_revision, row.dependency_revision, row.strategy_revision


def placements(
    work: UnitOfWork, plan_id: int, *, wave: int | None = None, text: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[Placement], int]:
    """Return one page of placements and how many there are in all."""
    with work.reading():
        rows = work.plans.page(plan_id, wave=wave, text=text, offset=offset, limit=limit)
        total = work.plans.count(plan_id, wave=wave, text=text)
        return [_placement(row) for row in rows], total


def placements_after(
    work: UnitOfWork,
    migration_id: int,
    plan_id: int,
    application: str,
    *,
    wave: int | None = None,
    text: str = "",
    limit: int,
) -> tuple[list[Placement], str | None]:
    """Return the placements above `application`, by application, and where to go on.

    Raises NotFound, also where the plan is not of that migration.
    """
    with work.reading():
        if work.plans.migration_of(plan_id) != migration_id:
            raise _not_here()
        rows = work.plans.placed_after(plan_id, application, wave=wave, text=text, limit=limit + 1)
    return cut([_placement(row) for row in rows], limit, lambda line: line.application)


def _not_here() -> NotFound:
    return NotFound("This plan is not there, or not in this migration.")


def applications(work: UnitOfWork, plan_id: int) -> list[tuple[str, int]]:
    """Return (application, wave) of a scenario in name order."""
    with work.reading():
        return sorted((row.application, row.wave) for row in work.plans.placements(plan_id))


def default_rules(work: UnitOfWork, migration_id: int, wave_count: int | None = None) -> Rules:
    """Return rules that fit the portfolio: waves with slack, a small low-risk pilot, a cap of critical assets."""
    with work.reading():
        planned = portfolio(work, migration_id)
    return waves.suggest_rules(planned.portfolio, wave_count)


def make(store: Store, migration_id: int, wish: PlanWish, by: Identity) -> PlanView:
    """Plan the waves and keep the outcome as the scenario that `wish` names.

    A scenario of that name is planned anew from its former waves, so that little moves, unless `wish.afresh`.
    Rules that cannot all hold give a scenario without waves that names the conflict. Raises BadInput when there
    is nothing to plan.
    """
    work = store.unit_of_work()
    with work.reading():
        planned = portfolio(work, migration_id)
        former = next((row for row in work.plans.of(migration_id) if row.name == wish.name), None)
        near = former.id if former else wish.based_on
        stood = work.plans.placements(near) if near is not None else []
        migration = work.migrations.get(migration_id)
        seen = _seen(migration)
    if not planned.portfolio.assets:
        raise BadInput(
            "There is nothing to plan: the inventory holds no asset that moves.", hint="Apply a mapping first."
        )
    with tracked(store, RunKind.PLAN, wish.name, by, migration_id=migration_id) as run:
        chosen = _chosen(planned.portfolio, wish)
        if wish.keep_by_hand:
            chosen = _pinned(chosen, [p for p in stood if p.by_hand and p.application in planned.subject_of])
        before = {} if wish.afresh else {p.application: p.wave for p in stood}
        pinned = {pin.application for pin in chosen.pins}
        previous = {a.asset_id: before[a.application] for a in planned.portfolio.assets if a.application in before}
        binding = _locked(planned.portfolio, chosen, {p.application: p.wave for p in stood}, wish.locked)
        plan = waves.plan(planned.portfolio, binding, seed=wish.seed, previous=previous or None, progress=run.progress)
        with work:
            row = _row(work, migration_id, wish.name, by)
            row.rules, row.seed = chosen.model_dump(mode="json"), wish.seed
            row.starts_on, row.weeks_per_wave = wish.starts_on, wish.weeks_per_wave
            row.left_out = dict(planned.left_out)
            row.inventory_revision, row.dependency_revision, row.strategy_revision = seen
            work.plans.add(row)
            work.flush()
            row.conflicts = [conflict.model_dump(mode="json") for conflict in plan.conflicts]
            row.metrics = {}
            bound = plan.metrics.lower_bound_share if plan.metrics else None
            keep(work, row, planned, chosen, plan.wave_of, pinned, bound)
            text = f"Planned {len(plan.waves)} waves" if plan.possible else "The rules of the plan cannot all hold"
            work.audit.record(by, "plan.made", migration_id=migration_id, subject=str(row.id), text=text)
            work.commit()
        run.note(text)
    return view(work, row.id)


def options(work: UnitOfWork, plan_id: int, application: str) -> list[WaveOption]:
    """Return for every wave what placing an application there would mean."""
    with work.reading():
        current = arrangement(work, plan_id)
    return list(waves.options(current.planned.portfolio, current.rules, current.wave_of, application))


def consequence(work: UnitOfWork, plan_id: int, application: str, wave: int) -> Consequence:
    """Return what moving an application, with everything it travels with, to another wave would mean."""
    with work.reading():
        current = arrangement(work, plan_id)
    group = current.group_of(application)
    moved = current.moved(dict.fromkeys(group, wave))
    everything = current.planned.portfolio
    return Consequence(
        application=application,
        travels_with=tuple(name for name in group if name != application),
        wave=wave,
        broken=waves.check(everything, current.rules, moved),
        cut_share_before=waves.measure(everything, current.rules, current.wave_of).cut_share,
        cut_share_after=waves.measure(everything, current.rules, moved).cut_share,
    )


def move(work: UnitOfWork, plan_id: int, application: str, wave: int, by: Identity, *, seen_version: int) -> PlanView:
    """Move an application, with everything it travels with, by hand; rules it breaks are kept as violations.

    Raises BadInput for a wave that is not in the plan, Conflict when somebody else changed the plan meanwhile.
    """
    with work:
        row = work.plans.get(plan_id, expected=seen_version)
        current = arrangement(work, plan_id)
        if not 1 <= wave <= current.rules.waves:
            raise BadInput(f"There is no wave {wave} in this plan.", hint=f"Choose 1 to {current.rules.waves}.")
        group = current.group_of(application)
        before = {name: current.wave_by_application[name] for name in group}
        by_hand = current.by_hand | set(group)
        keep(work, row, current.planned, current.rules, current.moved(dict.fromkeys(group, wave)), by_hand)
        work.audit.record(
            by,
            "plan.moved",
            migration_id=row.migration_id,
            subject=str(plan_id),
            text=f"Moved {application} to wave {wave}",
            before={"waves": before, "by_hand": sorted(current.by_hand)},
            after={"waves": dict.fromkeys(before, wave), "by_hand": sorted(by_hand)},
        )
        work.commit()
    return view(work, plan_id)


def restore(work: UnitOfWork, plan_id: int, state: Mapping[str, Any]) -> None:
    """Put applications back into the waves of `state`, as an undo does. Call inside an open block of `work`."""
    row = work.plans.get(plan_id)
    if "rules" in state:
        row.rules = dict(state["rules"])
        work.flush()
    current = arrangement(work, plan_id)
    keep(work, row, current.planned, current.rules, current.moved(state["waves"]), set(state["by_hand"]))


def _chosen(everything: Portfolio, wish: PlanWish) -> Rules:
    """Return the rules that a wish means, with the days of the waves."""
    rules = wish.rules or waves.suggest_rules(everything, None)
    if wish.ranked:
        rules = waves.eight_conditions(everything, wish.rules.waves if wish.rules else None)
    rules = rules.model_copy(update={"starts_on": wish.starts_on, "weeks_per_wave": wish.weeks_per_wave})
    count = waves.fewest_waves(everything, rules) if wish.fewest else None
    return waves.with_waves(rules, count) if count else rules


def _locked(everything: Portfolio, rules: Rules, stood: Mapping[str, int], count: int) -> Rules:
    if not count or not stood:
        return rules
    wave_of = {a.asset_id: stood[a.application] for a in everything.assets if a.application in stood}
    return waves.locked(everything, rules, wave_of, range(1, min(count, rules.waves) + 1))


def _pinned(rules: Rules, moved: Sequence[PlacementRow]) -> Rules:
    pinned = {pin.application for pin in rules.pins}
    pins = [Pin(application=p.application, wave=p.wave) for p in moved if p.application not in pinned]
    fitting = [pin for pin in pins if pin.wave <= rules.waves]
    return rules.model_copy(update={"pins": (*rules.pins, *fitting)})


def _row(work: UnitOfWork, migration_id: int, name: str, by: Identity) -> PlanRow:
    row = next((row for row in work.plans.of(migration_id) if row.name == name), None)
    row = row or PlanRow(migration_id=migration_id, name=name, created_by=by.name)
    row.changed_at = now()
    return row


def _dated(row: WaveRow, done: int) -> DatedWave:
    return DatedWave(
        number=row.number,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        assets=row.assets,
        applications=row.applications,
        critical=row.critical,
        load=row.load,
        capacity=row.capacity,
        risk=row.risk,
        highest_risk=row.highest_risk,
        done=done,
    )


def _placement(row: PlacementRow) -> Placement:
    return Placement(
        application=row.application,
        subject_key=row.subject_key,
        move_group=row.move_group,
        wave=row.wave,
        assets=row.assets,
        effort=row.effort,
        critical=row.critical,
        risk=row.risk,
        by_hand=row.by_hand,
    )
