"""Applying a mapping: an import's rows become part of the inventory, and everything behind it is worked out anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from platform_core import inventory
from platform_core.domain.base import Frozen, Progress, silent
from platform_core.domain.identity import Identity
from platform_core.domain.imports import ImportState
from platform_core.domain.inventory import Asset
from platform_core.domain.mapping import FileKind, MappedColumn, MappedTable, MappingState
from platform_core.domain.runs import RunKind
from platform_core.domain.sessions import AssetDifferences
from platform_core.domain.table import Table
from platform_core.errors import BadInput, Conflict
from platform_core.jobs import Hold
from platform_core.reference import catalogue
from platform_core.services.activity import tracked
from platform_core.services.assessment import Assessed, expect_same_build, judge, keep
from platform_core.services.building import release_memory, settle_dependencies, stage
from platform_core.services.duplicates_settled import carry_out
from platform_core.services.imports import still_in_review
from platform_core.services.judgements import lay_down
from platform_core.services.knowledge import vocabularies
from platform_core.services.mappings import mapped_table, standing
from platform_core.services.overlays import overlays
from platform_core.services.overtaking import Overtaken, built_on, newest_decisions
from platform_core.services.renewals import Renewed, compare, keep_gone, kept_of, predecessor, renewed
from platform_core.services.teaching import decided_words, prepare
from platform_core.services.teaching import keep as keep_words
from platform_core.store import Files, Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import ImportRow
from platform_core.store.staging import Staging, staging

REPEATS = 2
"""So often a build is repeated that was overtaken by what analysts decided."""

ALWAYS_IN_PLACE, MOST_IN_PLACE = 2_000, 20_000
IN_PLACE_MS, BUILT_MS = 1.0, 0.12
"""CPU of an asset changed in place with its application assessed again, and of a row built anew."""


@dataclass(frozen=True)
class Renewal:
    """The import that a newer export replaces, and whether assets that only the older one tells are kept and marked."""

    replaces: int
    keeps_gone: bool


class TryOut(Frozen):
    """What applying an import would do, worked out on all of its rows and nothing written.

    `renews` is the applied import of an older export of the same source, `differences` what the two say otherwise.
    """

    created: int
    updated: int
    dependencies: int
    skipped: int
    columns: int
    renews: Renewed | None = None
    differences: AssetDifferences | None = None


def try_out(work: UnitOfWork, import_id: int, *, undecided: bool, progress: Progress = silent) -> TryOut:
    """Return what applying an import would create, update and skip, and what it says otherwise than an older export.

    Raises NotFound; what `progress` raises goes through.
    """
    with work.reading():
        row = work.imports.get(import_id)
        known = work.assets.keys(row.migration_id)
        part = _part_of(work, row, undecided=undecided)
        older = predecessor(work, row)
        former = _part_of(work, older, undecided=False) if older is not None else None
    rows = row.rows_stored + (former.row.rows_stored if former is not None else 0)
    share = row.rows_stored / max(1, rows)
    with staging() as staged:
        _stage_one(work.files, part, staged, lambda done, text: progress(share * done, text))
        keys = staged.keys()
        found = TryOut(
            created=len(keys - known),
            updated=len(keys & known),
            dependencies=len(staged.dependencies),
            skipped=staged.rows_skipped,
            columns=len(part.columns),
        )
        if former is None:
            return found
        with staging() as before:
            _stage_one(work.files, former, before, lambda done, text: progress(share + (1 - share) * done, text))
            changes = {"renews": renewed(former.row), "differences": compare(before, staged)}
    return found.model_copy(update=changes)


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


def apply(
    store: Store,
    import_id: int,
    by: Identity,
    *,
    undecided: bool,
    seen_version: int,
    renewal: Renewal | None = None,
) -> Assessed:
    """Make an import part of the inventory and assess the migration anew, in one step or not at all.

    Decisions become corrections here, and only here. `undecided` also uses suggestions that nobody decided. With a
    `renewal` the older export is no part of the inventory any more; taking the newer one out brings it back.
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
        if renewal is not None:
            _replace(work, row, renewal, by)
        keep_words(work, row.migration_id, lesson, by, import_id)

    return rebuild(store, row.migration_id, by, settle)


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

    return rebuild(store, migration_id, by, settle)


def withdraw(store: Store, import_id: int, by: Identity, *, seen_version: int) -> Assessed:
    """Take an import out of the inventory again, to be reviewed anew, and assess the migration without it."""

    def settle(work: UnitOfWork) -> None:
        row = work.imports.get(import_id, expected=seen_version)
        if row.state != ImportState.APPLIED:
            raise Conflict(f"Import {row.number} is no part of the inventory.", hint="Reload the page.")
        row.state, row.applied_at = ImportState.REVIEW, None
        if row.replaces is not None:
            work.imports.get(row.replaces).state = ImportState.APPLIED
            row.replaces = None
        text = f"Took {row.file_name} out of the inventory"
        work.audit.record(by, "import.withdrawn", migration_id=row.migration_id, subject=str(row.id), text=text)

    return rebuild(store, _migration_of(store, import_id), by, settle)


def settle_duplicates(store: Store, migration_id: int, by: Identity) -> Assessed:
    """Build the inventory anew with what was decided about duplicates since; raises Conflict as `apply`."""
    return rebuild(store, migration_id, by, lambda _work: None)


def builds_quicker(work: UnitOfWork, migration_id: int, assets: int) -> bool:
    """Tell whether building anew is better than changing so many assets in place. Call inside an open block of `work`.

    It takes less time, holds nobody up who wants to write, tells its progress and can be cancelled.
    """
    if assets > MOST_IN_PLACE:
        return True
    rows = sum(row.rows_stored for row in work.imports.of(migration_id, ImportState.APPLIED))
    return assets > ALWAYS_IN_PLACE and assets * IN_PLACE_MS > rows * BUILT_MS


def rebuild(store: Store, migration_id: int, by: Identity, settle: Callable[[UnitOfWork], None]) -> Assessed:
    """Build and assess the inventory as it will be after `settle`, then keep both in one transaction.

    `settle` runs more than once. What analysts decide meanwhile is taken in as the inventory is stored
    (`services.overtaking`); where that is too much, the build is repeated, and the last one takes in whatever there is.
    Raises Conflict when somebody else rebuilt the inventory meanwhile.
    """
    with tracked(store, RunKind.INVENTORY, "inventory", by, migration_id=migration_id) as run:
        work = store.unit_of_work()
        with work.reading():
            stamp = work.migrations.get(migration_id).inventory_stamp
        build = _Build(store, migration_id, by, settle, stamp, run)
        for _ in range(REPEATS):
            try:
                return build.carried_out()
            except Overtaken:
                run.note("Building again: much was decided about assets meanwhile")
        return build.carried_out(whatever=True)


@dataclass(frozen=True)
class _Build:
    """One rebuild of an inventory that was last rebuilt with `stamp`.

    `settle` runs twice: once to see which imports will then be applied (and rolled back), once for good.
    """

    store: Store
    migration_id: int
    by: Identity
    settle: Callable[[UnitOfWork], None]
    stamp: str | None
    run: Hold

    def carried_out(self, *, whatever: bool = False) -> Assessed:
        """Build, assess and keep; raises Overtaken as `newest_decisions` does.

        What analysts decided about assets is laid over what the files say (`services.overlays`) before anything is
        concluded from it.
        """
        store, migration_id, by, run = self.store, self.migration_id, self.by, self.run
        with store.unit_of_work().supposing() as work:
            self.settle(work)
            work.flush()
            expect_same_build(work.migrations.get(migration_id), self.stamp)
            parts, gone = _applied(work, migration_id), _gone(work, migration_id)
            known, changes = built_on(work, migration_id), overlays(work, migration_id)
        with staging() as staged:
            with _tables(store, parts) as tables:
                stage(tables, staged, lambda share, text: run.progress(0.5 * share, text))
            release_memory()
            for newer, part in gone:
                with staging() as older:
                    _stage_one(store.files, part, older)
                    keep_gone(staged, older, newer)
            for change in changes:
                change(staged)
            settle_dependencies(staged, known.decisions.dependencies)
            carried_out = carry_out(staged, known.duplicates)
            judged = judge(
                staged,
                {part.row.id: part.row.file_name for part in [*parts, *(part for _, part in gone)]},
                now().date(),
                lambda share, text: run.progress(0.5 + 0.4 * share, text),
                known.decisions,
            )
            lay_down(staged, judged)
            release_memory()
            run.progress(0.9, "Storing")
            with store.unit_of_work() as work:
                self.settle(work)
                with newest_decisions(work, migration_id, staged, known, by, whatever=whatever):
                    assessed = keep(work, migration_id, staged, by, seen_stamp=self.stamp)
                work.duplicates.own_search(migration_id).carried_out = carried_out
                assessed = replace(assessed, revision=work.migrations.get(migration_id).inventory_revision)
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
    applied = work.imports.of(migration_id, ImportState.APPLIED)
    return [_part_of(work, row, undecided=False) for row in applied]


def _gone(work: UnitOfWork, migration_id: int) -> list[tuple[str, _Part]]:
    """Return the replaced imports of which assets are kept, each with the name of the export that replaces it."""
    applied = work.imports.of(migration_id, ImportState.APPLIED)
    return [(row.file_name, _part_of(work, older, undecided=False)) for row in applied for older in kept_of(work, row)]


def _part_of(work: UnitOfWork, row: ImportRow, *, undecided: bool) -> _Part:
    headers = tuple(column.header for column in work.imports.columns(row.id))
    return _Part(row, headers, tuple(standing(work.mappings.of(row.id), undecided=undecided)))


def _stage_one(files: Files, part: _Part, staged: Staging, progress: Progress = silent) -> None:
    with files.local(part.row.table) as parquet:
        stage([mapped_table(part.row, part.headers, Table(part.headers, parquet), part.columns)], staged, progress)


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


def _replace(work: UnitOfWork, row: ImportRow, renewal: Renewal, by: Identity) -> None:
    older = work.imports.get(renewal.replaces)
    if older.migration_id != row.migration_id or older.state != ImportState.APPLIED:
        raise Conflict(f"Import {older.number} is no part of the inventory any more.", hint="Look again and repeat.")
    older.state = ImportState.SET_ASIDE
    row.replaces, row.keeps_gone = older.id, renewal.keeps_gone
    gone = "kept and marked" if renewal.keeps_gone else "left out"
    text = f"{row.file_name} replaced import {older.number}; assets it does not list any more are {gone}"
    work.audit.record(by, "import.replaced", migration_id=row.migration_id, subject=str(older.id), text=text)


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
