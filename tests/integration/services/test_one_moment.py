"""Somebody else writes meanwhile: what reads sees one moment, what works something out takes its turn."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from platform_core.domain.identity import Identity
from platform_core.domain.migration import MigrationStatus
from platform_core.domain.organisations import DEFAULT
from platform_core.errors import BadInput, Conflict, NotFound
from platform_core.services import (
    agent_tools,
    asset_edits,
    dependency_decisions,
    exports,
    migrations,
    plans,
    quality,
    reporting,
    scenarios,
    session_differences,
    sessions,
    snapshots,
)
from platform_core.services.asset_edits import CellEdit
from platform_core.services.dependency_decisions import NewDependency
from platform_core.services.plans import PlanWish
from platform_core.services.portfolios import portfolio
from platform_core.store import Files, Store
from platform_core.store.database import create_store_engine
from tests.harness.databases import blank_template
from tests.harness.interruption import clear_away, interrupted
from tests.harness.postgresql import Cluster

ANA, BEN = Identity(name="Ana Example"), Identity(name="Ben Example")
WEB, OLD = "server:web01", "server:old01"


@pytest.fixture
def planned(store: Store, applied: int) -> int:
    """A migration with an inventory and a plan."""
    snapshots.prepare(store.unit_of_work(), applied)
    for name in ("Base plan", "Another plan"):
        plans.make(store, applied, PlanWish(starts_on=date(2027, 1, 4), name=name), ANA)
    return applied


def kept_session(store: Store, migration_id: int) -> tuple[Any, ...]:
    session = sessions.keep(store, migration_id, f"Kept by {threading.get_ident()}", "", ANA)
    with store.files.local(session.assets) as path:
        keys = pq.read_table(path, columns=["key"]).column("key").to_pylist()
    work = store.unit_of_work()
    state = sessions.opened(work, session.id)
    sessions.remove(work, session.id, ANA)
    return state, session.figures, keys


def report(store: Store, migration_id: int) -> tuple[Any, ...]:
    made = reporting.report(store.unit_of_work(), migration_id, ANA)
    return made.figures, [(section.title, section.rows) for section in made.sections], made.unknown


def workbook(content: bytes) -> list[Any]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]


def planning_input(store: Store, migration_id: int) -> Any:
    work = store.unit_of_work()
    with work.reading():
        return portfolio(work, migration_id), work.migrations.get(migration_id).inventory_revision


def two_scenarios(store: Store, migration_id: int) -> Any:
    scenarios._compared.clear()
    try:
        return scenarios.compare(store, *range(1, 3))
    except NotFound:
        return None


def plan_figures(store: Store, migration_id: int) -> str:
    told = {each.name: each for each in agent_tools.look_ups(store, migration_id, ANA)}
    return told["plan_figures"].use({})


def quality_view(store: Store, migration_id: int) -> Any:
    quality._views.clear()
    return quality.view(store, migration_id)


READERS: dict[str, Callable[[Store, int], Any]] = {
    "keeping a session": kept_session,
    "the report": report,
    "everything as a workbook": lambda store, number: workbook(exports.everything_excel(store.unit_of_work(), number)),
    "the inventory as a workbook": lambda store, number: workbook(
        exports.inventory_excel(store.unit_of_work(), number)
    ),
    "what a plan is made of": planning_input,
    "two scenarios beside each other": two_scenarios,
    "plans as agents are told of them": plan_figures,
    "the quality of the inventory": quality_view,
}


@pytest.mark.parametrize("what", READERS)
def test_what_is_read_is_of_one_moment_whoever_writes_meanwhile(store: Store, planned: int, what: str) -> None:
    before = READERS[what](store, planned)
    with interrupted(store, lambda: clear_away(store, planned)) as statements:
        meanwhile = READERS[what](store, planned)
    assert len(statements) > 1
    assert meanwhile == before
    assert READERS[what](store, planned) != before, "the writer did write"


def test_a_session_is_compared_with_one_present_moment(store: Store, planned: int) -> None:
    work = store.unit_of_work()
    kept = sessions.keep(store, planned, "Before", "", ANA)
    with interrupted(store, lambda: clear_away(store, planned), after="migration.inventory_revision") as statements:
        meanwhile = session_differences.compare(work, kept.id)
    assert len(statements) > 1
    assert (meanwhile.differences, meanwhile.assets.removed) == ((), 0)
    assert session_differences.compare(work, kept.id).assets.removed > 0, "the writer did write"


def test_an_edit_of_an_asset_that_another_one_overlaps_takes_its_turn(store: Store, applied: int) -> None:
    def edit(field: str, by: Identity) -> None:
        wanted = CellEdit(asset_key=WEB, field=field, text=f"told by {by.name}", seen=None)
        asset_edits.save(store.unit_of_work(), applied, [wanted], by, reason="told by the owner")

    other = threading.Thread(target=edit, args=("location", BEN))

    def begin_the_other() -> None:
        other.start()
        other.join(1.0)  # it waits for its turn; if it did not, it would be done by then

    with interrupted(store, begin_the_other, after="asset_decision.asset_key IN", writing=True):
        edit("notes", ANA)
    other.join()
    work = store.unit_of_work()
    with work.reading():
        (whole,) = work.asset_edits.whole(applied, {WEB})
    assert {field: whole.asset.edits[field].author for field in whole.asset.edits or {}} == {
        "notes": ANA.name,
        "location": BEN.name,
    }


def test_a_session_of_a_name_is_kept_once_however_many_ask_at_once(store: Store, planned: int) -> None:
    told: list[str] = []

    def ask() -> None:
        try:
            told.append(sessions.keep(store, planned, "After the review", "", ANA).name)
        except BadInput as error:
            told.append(error.message)

    at_once([ask, ask, ask])
    assert sorted(told) == [*["After the review"], *["There is a session called 'After the review' already."] * 2]
    assert len(sessions.listed(store.unit_of_work(), planned)) == 1


def test_a_dependency_is_added_once_however_many_add_it_at_once(store: Store, applied: int) -> None:
    told: list[str] = []

    def add() -> None:
        wanted = NewDependency(source_key=OLD, target_key=WEB, port=8443)
        try:
            dependency_decisions.add(store.unit_of_work(), applied, wanted, "seen in the log", ANA)
            told.append("added")
        except Conflict as error:
            told.append(error.message)

    at_once([add, add, add])
    assert sorted(told) == ["This dependency is known already.", "This dependency is known already.", "added"]


@pytest.fixture
def on_postgresql(postgresql_cluster: Cluster, tmp_path: Path) -> Iterator[Store]:
    """A store where two can write at the same time."""
    with postgresql_cluster.fresh_database(blank_template(postgresql_cluster)) as url:
        store = Store(create_store_engine(url), Files(str(tmp_path / "files"))).of(DEFAULT)
        yield store
        store.close()


def test_two_who_wait_for_each_other_are_told_apart_and_one_goes_on(on_postgresql: Store) -> None:
    numbers = [migrations.create(on_postgresql.unit_of_work(), name, ANA).id for name in ("One", "Two")]
    both, told = threading.Barrier(2), []

    def lock(first: int, second: int) -> None:
        work = on_postgresql.unit_of_work()
        try:
            with work:
                work.migrations.hold(first)
                both.wait(30)
                work.migrations.hold(second)
            told.append("went on")
        except Conflict as error:
            told.append(error.message)

    at_once([lambda: lock(*numbers), lambda: lock(*reversed(numbers))])
    assert sorted(told) == ["Somebody else changed this at the same moment.", "went on"]


def test_a_supposition_ends_where_somebody_else_was_faster(on_postgresql: Store) -> None:
    number = migrations.create(on_postgresql.unit_of_work(), "One", ANA).id
    mine, theirs = on_postgresql.unit_of_work(), on_postgresql.unit_of_work()

    def overtaken() -> None:
        with mine.supposing():
            mine.migrations.all()
            migrations.move_on(theirs, number, BEN, seen_version=1, status=MigrationStatus.ON_HOLD)
            mine.migrations.count_dependency_change(number)

    with pytest.raises(Conflict, match="at the same moment"):
        overtaken()
    with mine.supposing():
        mine.migrations.count_dependency_change(number)
    with mine.reading():
        assert mine.migrations.get(number).dependency_revision == 0, "nothing of it is kept"


def at_once(tasks: Sequence[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
