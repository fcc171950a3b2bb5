"""Applying a mapping: an import's rows become part of the inventory, and everything behind it is worked out anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from platform_core import inventory
from platform_core.domain.asset_decisions import DecisionKind
from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.imports import ImportState
from platform_core.domain.inventory import Asset
from platform_core.domain.mapping import FileKind, MappedColumn, MappedTable, MappingState
from platform_core.domain.runs import RunKind
from platform_core.domain.table import Table
from platform_core.errors import BadInput
from platform_core.reference import catalogue
from platform_core.services.activity import tracked
from platform_core.services.assessment import Assessed, decisions_of, judge, keep
from platform_core.services.building import settle_dependencies, stage
from platform_core.services.duplicates_settled import carry_out
from platform_core.services.imports import still_in_review
from platform_core.services.knowledge import vocabularies
from platform_core.services.mappings import mapped_table, standing
from platform_core.services.overlays import overlays
from platform_core.services.teaching import decided_words, prepare
from platform_core.services.teaching import keep as keep_words
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import ImportRow
from platform_core.store.staging import staging


class TryOut(Frozen):
    """What applying an import would do, worked out on all of its rows and nothing written."""

    created: int
    updated: int
    dependencies: int
    skipped: int
    columns: int


def try_out(work: UnitOfWork, import_id: int, *, undecided: bool) -> TryOut:
    """Return what applying an import would create, update and skip; raises NotFound."""
    with work.reading():
        row = work.imports.get(import_id)
        known = work.assets.keys(row.migration_id)
        columns = standing(work.mappings.of(import_id), undecided=undecided)
        headers = [column.header for column in work.imports.columns(import_id)]
    with work.files.local(row.table) as parquet:
        table = mapped_table(row, headers, Table(tuple(headers), parquet), columns)
        built = inventory.build([table], catalogue(), vocabularies())
    keys = {asset.key for asset in built.assets}
    return TryOut(
        created=len(keys - known),
        updated=len(keys & known),
        dependencies=len(built.dependencies),
        skipped=built.rows_skipped,
        columns=len(columns),
    )


def preview(work: UnitOfWork, import_id: int, *, rows: int) -> list[Asset]:
    """Return the assets that the first rows of an import would become, as the decisions stand."""
    with work.reading():
        row = work.imports.get(import_id)
        columns = standing(work.mappings.of(import_id), undecided=True)
        headers = [column.header for column in work.imports.columns(import_id)]
    with work.files.local(row.table) as parquet:
        first = [cells for _, cells in Table(tuple(headers), parquet).head(rows)]
    table = mapped_table(row, headers, Table.of(headers, first), columns)
    return inventory.build([table], catalogue(), vocabularies()).assets


def apply(store: Store, import_id: int, by: Identity, *, undecided: bool, seen_version: int) -> Assessed:
    """Make an import part of the inventory and assess the migration anew, in one step or not at all.

    Decisions become corrections here, and only here. `undecided` also uses suggestions that nobody decided.
    Raises BadInput when no column is mapped, Conflict when the import was changed or applied meanwhile, or the
    inventory rebuilt.
    """
    work = store.unit_of_work()
    with work.reading():
        row = work.imports.get(import_id, expected=seen_version)
        lesson = prepare(work, row.migration_id, decided_words(work, row, by), but=[import_id])

    def settle(work: UnitOfWork) -> None:
        row = work.imports.get(import_id, expected=seen_version)
        _apply_one(work, row, by, undecided=undecided)
        keep_words(work, row.migration_id, lesson, by, import_id)

    return _rebuild(store, row.migration_id, by, settle)


def apply_all(store: Store, migration_id: int, by: Identity) -> Assessed:
    """Apply every inventory that awaits review with all that is suggested, decided or not, in one rebuild.

    Imports that are no inventory, or of which no column is mapped, are left as they are. Raises Conflict as `apply`.
    """
    work = store.unit_of_work()
    with work.reading():
        ready = {row.id: row for row in work.imports.of(migration_id, ImportState.REVIEW) if _is_ready(work, row)}
        said = [word for row in ready.values() for word in decided_words(work, row, by)]
        lesson = prepare(work, migration_id, said, but=ready)

    def settle(work: UnitOfWork) -> None:
        for import_id, seen in ready.items():
            _apply_one(work, work.imports.get(import_id, expected=seen.version), by, undecided=True)
        keep_words(work, migration_id, lesson, by)

    return _rebuild(store, migration_id, by, settle)


def withdraw(store: Store, import_id: int, by: Identity, *, seen_version: int) -> Assessed:
    """Take an import out of the inventory again, to be reviewed anew, and assess the migration without it."""

    def settle(work: UnitOfWork) -> None:
        row = work.imports.get(import_id, expected=seen_version)
        row.state, row.applied_at = ImportState.REVIEW, None
        text = f"Took {row.file_name} out of the inventory"
        work.audit.record(by, "import.withdrawn", migration_id=row.migration_id, subject=str(row.id), text=text)

    return _rebuild(store, _migration_of(store, import_id), by, settle)


def settle_duplicates(store: Store, migration_id: int, by: Identity) -> Assessed:
    """Build the inventory anew with what was decided about duplicates since; raises Conflict as `apply`."""
    return _rebuild(store, migration_id, by, lambda _work: None)


def _rebuild(store: Store, migration_id: int, by: Identity, settle: Callable[[UnitOfWork], None]) -> Assessed:
    """Build and assess the inventory as it will be after `settle`, then keep both in one transaction.

    `settle` runs twice: once to see which imports will then be applied (and rolled back), once for good. What analysts
    decided about assets is laid over what the files say (`services.overlays`) before anything is concluded from it.
    """
    with tracked(store, RunKind.INVENTORY, "inventory", by, migration_id=migration_id) as run:
        with store.unit_of_work() as work:
            settle(work)
            work.flush()
            revision = work.migrations.get(migration_id).inventory_revision
            parts = _applied(work, migration_id)
            decisions = decisions_of(work, migration_id)
            changes = overlays(work, migration_id)
            decided = work.asset_decisions.standing(migration_id, DecisionKind.DUPLICATE)
        with staging() as staged:
            with _tables(store, parts) as tables:
                stage(tables, staged, lambda share, text: run.progress(0.5 * share, text))
            for change in changes:
                change(staged)
            settle_dependencies(staged, decisions.dependencies)
            carried_out = carry_out(staged, decided)
            judged = judge(
                staged,
                {part.row.id: part.row.file_name for part in parts},
                now().date(),
                lambda share, text: run.progress(0.5 + 0.4 * share, text),
                decisions,
            )
            run.progress(0.9, "Storing")
            with store.unit_of_work() as work:
                settle(work)
                seen = {"seen_revision": revision, "seen_dependencies": decisions.dependency_revision}
                assessed = keep(work, migration_id, staged, judged, by, **seen)
                work.duplicates.own_search(migration_id).carried_out = carried_out
                work.commit()
            found = f"{assessed.dependencies:,} dependencies, {staged.issue_count():,} findings"
        run.note(f"{assessed.assets:,} assets, {assessed.applications:,} applications, {found}")
    return assessed


@dataclass(frozen=True)
class _Part:
    """An applied import with its headers and the columns that feed the inventory."""

    row: ImportRow
    headers: tuple[str, ...]
    columns: tuple[MappedColumn, ...]


def _applied(work: UnitOfWork, migration_id: int) -> list[_Part]:
    return [
        _Part(
            row,
            tuple(column.header for column in work.imports.columns(row.id)),
            tuple(standing(work.mappings.of(row.id), undecided=False)),
        )
        for row in work.imports.of(migration_id, ImportState.APPLIED)
    ]


@contextmanager
def _tables(store: Store, parts: Sequence[_Part]) -> Iterator[list[MappedTable]]:
    with ExitStack() as files:
        yield [
            mapped_table(
                part.row,
                part.headers,
                Table(part.headers, files.enter_context(store.files.local(part.row.table))),
                part.columns,
            )
            for part in parts
        ]


def _migration_of(store: Store, import_id: int) -> int:
    work = store.unit_of_work()
    with work.reading():
        return work.imports.get(import_id).migration_id


def _is_ready(work: UnitOfWork, row: ImportRow) -> bool:
    return FileKind(row.kind).is_inventory and bool(standing(work.mappings.of(row.id), undecided=True))


def _apply_one(work: UnitOfWork, row: ImportRow, by: Identity, *, undecided: bool) -> None:
    still_in_review(row)
    rows = work.mappings.of(row.id)
    used = {column.position for column in standing(rows, undecided=undecided)}
    if not used:
        raise BadInput("No column of this import is mapped.", hint="Choose a field for at least one column.")
    for mapping in rows:
        if mapping.state == MappingState.SUGGESTED and mapping.position in used:
            mapping.state = MappingState.ACCEPTED
    row.state, row.applied_at = ImportState.APPLIED, now()
    text = f"Applied the mapping of {row.file_name}: {len(used)} of {len(rows)} columns"
    work.audit.record(by, "mapping.applied", migration_id=row.migration_id, subject=str(row.id), text=text)
