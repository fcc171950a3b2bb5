"""Where a migration stands: its steps, the next thing to do, four figures with their change since the last sitting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.imports import ImportState
from platform_core.domain.inventory import AssetKind
from platform_core.domain.mapping import Band, FileKind, MappingState
from platform_core.domain.strategy import NEEDS_DATA
from platform_core.services.plans import is_stale
from platform_core.services.refused import count_open
from platform_core.services.snapshots import snapshot_of
from platform_core.services.strategies import Doubt
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import ImportRow, SessionRow
from platform_core.store.repositories.recommendations import Filter

SITTING = timedelta(hours=8)
"""After this long without a sitting, opening a migration begins a new one."""


class Step(StrEnum):
    """The steps of the journey that show a state; the values are the pages' addresses."""

    UPLOAD = "upload"
    MAPPING = "mapping"
    INVENTORY = "inventory"
    STRATEGY = "strategy"
    DEPENDENCIES = "dependencies"
    WAVES = "waves"


class NextAction(Frozen):
    """The one thing to do next: where, in which words, on which import or on which recommendations only."""

    step: Step
    text: str
    import_id: int | None = None
    only: Doubt | None = None


class Figures(Frozen):
    """The four numbers of the overview; `severed` is the share of dependency weight the current plan cuts."""

    assets: int
    applications: int
    ready: int
    severed: float | None


class Overview(Frozen):
    """What the overview page shows. `done` tells which steps were taken, `to_apply` how many inventories await review.

    `stale_plan` is True when the inventory or the strategies changed after the plan was made.
    """

    figures: Figures
    before: Figures | None
    done: dict[Step, bool]
    imports: int
    to_apply: int
    dependencies: int
    unresolved: int
    needs_data: int
    next: NextAction
    stale_plan: bool


def overview(work: UnitOfWork, migration_id: int) -> Overview:
    """Return where the migration stands; raises NotFound."""
    with work.reading():
        imports = work.imports.of(migration_id)
        review = _open_reviews(work, migration_id)
        strategies = work.recommendations.distribution(migration_id)
        plans = work.plans.of(migration_id)
        edges, dangling = work.dependencies.counts(migration_id)
        numbers = figures(work, migration_id)
        before = _before(work, migration_id)
        stale = bool(plans) and is_stale(work, plans[0])
    needs_data = sum(count for strategy, _, _, count, _ in strategies if strategy is None)
    applied = any(row.state == ImportState.APPLIED for row in imports)
    pending = _pending(imports)
    done = {
        Step.UPLOAD: bool(imports),
        Step.MAPPING: applied and not pending,
        Step.INVENTORY: numbers.assets > 0,
        Step.STRATEGY: bool(strategies),
        Step.DEPENDENCIES: edges > 0,
        Step.WAVES: bool(plans) and not plans[0].conflicts and not stale,
    }
    return Overview(
        figures=numbers,
        before=before,
        done=done,
        imports=len(imports),
        to_apply=len(pending),
        dependencies=edges,
        unresolved=dangling,
        needs_data=needs_data,
        next=_next(pending, review, applied=applied, planned=done[Step.WAVES], needs_data=needs_data),
        stale_plan=stale,
    )


def waiting(work: UnitOfWork, migration_id: int) -> dict[str, int]:
    """Return how much waits for a decision at each page (only where something does)."""
    with work.reading():
        pending = {row.id for row in _pending(work.imports.of(migration_id))}
        review = sum(number for key, number in _open_reviews(work, migration_id).items() if key in pending)
        needs_data = work.recommendations.count(migration_id, Filter(strategy=NEEDS_DATA))
        plans = work.plans.of(migration_id)
        conflicts = len(plans[0].conflicts) if plans else 0
        stale = int(bool(plans) and is_stale(work, plans[0]))
        refused = count_open(work, migration_id)
    numbers = {
        Step.MAPPING: review,
        Step.INVENTORY: refused,
        Step.STRATEGY: needs_data,
        Step.WAVES: conflicts or stale,
    }
    return {step: number for step, number in numbers.items() if number}


def begin_sitting(work: UnitOfWork, migration_id: int, by: Identity) -> None:
    """Begin a new sitting when the last one is long ago, so that the overview can tell what changed since."""
    with work:
        last = next(iter(work.migrations.sessions(migration_id, 1)), None)
        if last is not None and now() - last.created_at < SITTING:
            return
        moment = now()
        row = SessionRow(
            migration_id=migration_id,
            session_name=f"{moment:%Y%m%dT%H%M%S%f}",
            session_display_name=f"{moment:%Y-%m-%d %H:%M} {by.name}",
            figures=figures(work, migration_id).model_dump(),
            created_by=by.name,
        )
        work.migrations.add_session(row)
        work.commit()


def figures(work: UnitOfWork, migration_id: int) -> Figures:
    """Return the four numbers of the overview. Call inside an open block of `work`."""
    kinds = snapshot_of(work, migration_id).kinds()
    decided = work.recommendations.distribution(migration_id)
    plans = work.plans.of(migration_id)
    severed = plans[0].metrics.get("cut_share") if plans else None
    return Figures(
        assets=sum(kinds.values()),
        applications=kinds.get(AssetKind.APPLICATION, 0),
        ready=sum(count for strategy, _, _, count, _ in decided if strategy not in {None, NEEDS_DATA}),
        severed=severed,
    )


def _before(work: UnitOfWork, migration_id: int) -> Figures | None:
    sittings = work.migrations.sessions(migration_id, 1)
    return Figures.model_validate(sittings[0].figures) if sittings else None


def _open_reviews(work: UnitOfWork, migration_id: int) -> dict[int, int]:
    counts = work.mappings.counts(migration_id)
    waiting: dict[int, int] = {}
    for (import_id, state, band), number in counts.items():
        if state == MappingState.SUGGESTED and band == Band.REVIEW:
            waiting[import_id] = waiting.get(import_id, 0) + number
    return waiting


def _pending(imports: Sequence[ImportRow]) -> list[ImportRow]:
    """Return the imports to be reviewed and applied; what is no inventory waits for nothing."""
    return [row for row in imports if row.state == ImportState.REVIEW and FileKind(row.kind).is_inventory]


def _next(
    pending: list[ImportRow], review: dict[int, int], *, applied: bool, planned: bool, needs_data: int
) -> NextAction:
    if pending:
        row = pending[0]
        number = review.get(row.id, 0)
        columns = "1 column" if number == 1 else f"{number:,} columns"
        words = f"Review {columns} in {row.file_name}" if number else f"Apply the mapping of {row.file_name}"
        return NextAction(step=Step.MAPPING, text=words, import_id=row.id)
    if not applied:
        return NextAction(step=Step.UPLOAD, text="Upload exports")
    if not planned:
        return NextAction(step=Step.WAVES, text="Plan the waves")
    if needs_data:
        told = "the one that needs data" if needs_data == 1 else f"the {needs_data:,} that need data"
        return NextAction(step=Step.STRATEGY, text=f"Settle {told}", only=Doubt.NEEDS_DATA)
    return NextAction(step=Step.STRATEGY, text="Check the strategies")
