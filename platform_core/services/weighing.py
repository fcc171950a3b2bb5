"""How large a request is, which run it makes, and what its run is called."""

from __future__ import annotations

from functools import singledispatch

from platform_core.domain.base import Frozen
from platform_core.domain.duplicates import score_of
from platform_core.domain.imports import ImportState
from platform_core.services import history, samples
from platform_core.services.asset_decisions import reach
from platform_core.services.renewals import predecessor
from platform_core.services.repairs import titled
from platform_core.services.requests import (
    Apply,
    ApplyAll,
    AskAgent,
    Compare,
    FindDuplicates,
    LoadSamples,
    MakePlan,
    MergeDuplicates,
    ReadAgain,
    ReadFile,
    Repair,
    Request,
    SettleDuplicates,
    TakeBack,
    Undo,
    Withdraw,
)
from platform_core.settings import settings
from platform_core.store import UnitOfWork
from platform_core.store.repositories.duplicates import Scores

INVENTORY = "inventory"
"""What the run of a rebuild is about."""


class Weighed(Frozen):
    """The job of a request, the migration and object it is about, and its size in the measure of its job's kind."""

    job: str
    migration_id: int
    about: str
    size: int


@singledispatch
def weigh(request: Request, _work: UnitOfWork) -> Weighed:
    """Return what a request weighs. Call inside an open block of the unit of work; raises NotFound."""
    raise TypeError(type(request).__name__)


@weigh.register
def _(request: ReadFile, _work: UnitOfWork) -> Weighed:
    return Weighed(job="read_file", migration_id=request.migration_id, about=request.name, size=request.size)


@weigh.register
def _(request: ReadAgain, work: UnitOfWork) -> Weighed:
    row = work.imports.get(request.import_id)
    return Weighed(job="read_again", migration_id=row.migration_id, about=row.file_name, size=row.size_bytes)


@weigh.register
def _(request: Apply, work: UnitOfWork) -> Weighed:
    row = work.imports.get(request.import_id)
    rows = _applied_rows(work, row.migration_id) + row.rows_stored
    return Weighed(job="apply", migration_id=row.migration_id, about=INVENTORY, size=rows)


@weigh.register
def _(request: Compare, work: UnitOfWork) -> Weighed:
    row = work.imports.get(request.import_id)
    older = predecessor(work, row)
    rows = row.rows_stored + (older.rows_stored if older is not None else 0)
    return Weighed(job="compare", migration_id=row.migration_id, about=row.file_name, size=rows)


@weigh.register
def _(request: ApplyAll, work: UnitOfWork) -> Weighed:
    rows = sum(row.rows_stored for row in work.imports.of(request.migration_id))
    return Weighed(job="apply_all", migration_id=request.migration_id, about=INVENTORY, size=rows)


@weigh.register
def _(request: Withdraw, work: UnitOfWork) -> Weighed:
    row = work.imports.get(request.import_id)
    rows = _applied_rows(work, row.migration_id) - row.rows_stored
    return Weighed(job="withdraw", migration_id=row.migration_id, about=INVENTORY, size=rows)


@weigh.register
def _(request: FindDuplicates, work: UnitOfWork) -> Weighed:
    assets = work.assets.count(request.migration_id)
    return Weighed(job="duplicates", migration_id=request.migration_id, about="duplicates", size=assets)


@weigh.register
def _(request: MergeDuplicates, work: UnitOfWork) -> Weighed:
    pairs = work.duplicates.count(request.migration_id, Scores(score_of(request.least)))
    return Weighed(job="merge", migration_id=request.migration_id, about="duplicates", size=pairs)


@weigh.register
def _(request: SettleDuplicates, work: UnitOfWork) -> Weighed:
    rows = _applied_rows(work, request.migration_id)
    return Weighed(job="settle", migration_id=request.migration_id, about=INVENTORY, size=rows)


@weigh.register
def _(request: Repair, work: UnitOfWork) -> Weighed:
    assets = sum(work.asset_edits.count(request.migration_id, rule.conditions) for rule in request.rules)
    return Weighed(job="repair", migration_id=request.migration_id, about=titled(request.rules), size=assets)


@weigh.register
def _(request: TakeBack, work: UnitOfWork) -> Weighed:
    rows = work.asset_decisions.numbered(request.migration_id, [request.rule])
    about = str(rows[0].content.get("title", "")) if rows else "a rule"
    return Weighed(job="take_back", migration_id=request.migration_id, about=about, size=reach(rows))


@weigh.register
def _(request: Undo, work: UnitOfWork) -> Weighed:
    about, size = history.weight(work, request.migration_id, request.entry)
    return Weighed(job="undo", migration_id=request.migration_id, about=about, size=size)


@weigh.register
def _(request: MakePlan, work: UnitOfWork) -> Weighed:
    assets = work.assets.count(request.migration_id)
    return Weighed(job="plan", migration_id=request.migration_id, about=request.wish.name, size=assets)


@weigh.register
def _(request: LoadSamples, _work: UnitOfWork) -> Weighed:
    size = sum(path.stat().st_size for path in samples.files())
    return Weighed(job="sample", migration_id=request.migration_id, about="sample portfolio", size=size)


@weigh.register
def _(request: AskAgent, work: UnitOfWork) -> Weighed:
    """Weigh 1 where a model is to be asked, so that a worker does it, 0 where the engine answers alone."""
    subject = request.subject
    about = request.agent.replace("_", " ")
    if subject.import_id is not None:
        about = work.imports.get(subject.import_id).file_name
    elif subject.feedback_id is not None:
        about = f"feedback {subject.feedback_id}"
    size = int(settings().model_endpoint is not None)
    return Weighed(job="agent", migration_id=subject.migration_id, about=about, size=size)


def _applied_rows(work: UnitOfWork, migration_id: int) -> int:
    return sum(row.rows_stored for row in work.imports.of(migration_id, ImportState.APPLIED))
