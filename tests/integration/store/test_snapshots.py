"""Snapshots say what the database says: the same assets, in the same order, with every change since the rebuild."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from platform_core.domain.identity import Identity
from platform_core.domain.inventory import Asset, AssetFilter, AssetKind, Inventory, IssueKind, QualityIssue
from platform_core.domain.organisations import DEFAULT
from platform_core.domain.software import TOLD, SoftwareReader
from platform_core.services import migrations
from platform_core.store import Files, Store, UnitOfWork
from platform_core.store.database import create_store_engine
from platform_core.store.models import AssetRow
from platform_core.store.repositories import snapshots
from platform_core.store.repositories.assets import count_change
from platform_core.store.snapshots import Snapshot, frequent, groups, ordering, profile, profiles
from platform_core.store.snapshots.ordering import sort_key
from platform_core.store.snapshots.shape import STORED
from platform_core.store.snapshots.writing import Drafting, write
from platform_core.store.staging import staging
from tests.harness.staged import stage_inventory

ANA = Identity(name="Ana")
WORDS = st.sampled_from(
    ["Web", "db", "ärger", "x'; DROP TABLE asset; --", "100%", "a_b", "ZEBRA", "web two", "", "web9", "web10", "web010"]
)
ENVIRONMENTS = ("production", "test", None)
TODAY = date(2026, 11, 27)


def told(columns: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """Tell of assets with "old" software what ended in 2020, of others with any what ends in 2027."""
    systems = columns["os_name"]
    known: dict[str, list[Any]] = {
        "technology": [name and "\n".join(name.split("+")) for name in systems],
        "support_ended_on": [name and (date(2020, 1, 1) if "old" in name else date(2027, 1, 1)) for name in systems],
        "support_is_known": [name and True for name in systems],
    }
    return {name: known.get(name, [None] * len(systems)) for name in TOLD}


READER = SoftwareReader("tables of a test", told)


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    opened = Store(create_store_engine(database_url), Files(str(tmp_path / "files"))).of(DEFAULT)
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def migration_id(store: Store) -> int:
    return migrations.create(store.unit_of_work(), "Exit", ANA).id


def asset(number: int, **values: Any) -> Asset:
    return Asset(
        f"server:s{number}", AssetKind.SERVER, f"s{number}", {k: v for k, v in values.items() if v is not None}
    )


def rebuild(work: UnitOfWork, migration_id: int, assets: list[Asset], issues: list[QualityIssue] | None = None) -> None:
    """Store assets as a rebuild does."""
    with work:
        with staging() as staged:
            stage_inventory(staged, Inventory(assets, issues=issues or []))
            work.assets.replace_all(migration_id, staged)
            work.issues.replace_all(migration_id, staged)
        row = work.migrations.get(migration_id)
        row.inventory_revision += 1
        row.inventory_stamp, row.inventory_edition = f"stamp{row.inventory_revision}", 0
        work.commit()


def names(work: UnitOfWork, migration_id: int, wanted: AssetFilter, offset: int = 0, limit: int = 50) -> list[str]:
    with work.reading():
        ids = work.snapshots.of(migration_id, READER, TODAY).page(wanted, offset=offset, limit=limit)
        return [row[2] for row in work.assets.rows(ids, [])]


def test_every_column_of_an_asset_comes_back(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    values = {
        "memory_gb": 16.5,
        "cpu_cores": 4,
        "is_virtual": True,
        "install_date": date(2019, 5, 4),
        "ip_address": ("192.0.2.1", "192.0.2.2"),
        "environment": "production",
    }
    rebuild(work, migration_id, [asset(1, **values), asset(2)])
    with work.reading():
        snapshot = work.snapshots.of(migration_id, READER, TODAY)
        told = ", ".join(f'"{name}"' for name in values)
        rows = snapshot.select(told, AssetFilter(), "ORDER BY id")
    assert rows[0] == (16.5, 4, True, date(2019, 5, 4), "192.0.2.1\n192.0.2.2", "production")
    assert rows[1] == (None,) * 6


@pytest.mark.parametrize(
    ("text", "found"), [("WEB", 1), ("192.0.2.2", 1), ("web 192", 1), ("web db", 0), ("%", 0), ("_", 0), (" ", 2)]
)
def test_search_finds_all_words_literally_in_any_place(store: Store, migration_id: int, text: str, found: int) -> None:
    work = store.unit_of_work()
    web = Asset("server:web01", AssetKind.SERVER, "web01", {"ip_address": ("192.0.2.1", "192.0.2.2")})
    rebuild(work, migration_id, [web, asset(2)])
    with work.reading():
        assert work.snapshots.of(migration_id, READER, TODAY).count(AssetFilter(text=text)) == found


def test_a_changed_asset_is_found_as_it_is_and_not_as_it_was(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    rebuild(work, migration_id, [asset(n, environment="production", memory_gb=float(n)) for n in range(5)])
    production, test = AssetFilter.of(environment=["production"]), AssetFilter.of(environment=["test"])
    assert names(work, migration_id, production) == ["s0", "s1", "s2", "s3", "s4"]
    for environment, memory in (("test", 99.0), ("production", -1.0)):
        with work:
            edition = count_change(work._now(), migration_id)
            changes = {"environment": environment, "memory_gb": memory, "edition": edition}
            work._now().execute(update(AssetRow).where(AssetRow.name == "s3").values(changes))
            work.commit()
        expected = ["s0", "s1", "s2", "s4"] if environment == "test" else ["s0", "s1", "s2", "s3", "s4"]
        assert names(work, migration_id, production) == expected
        assert names(work, migration_id, test) == (["s3"] if environment == "test" else [])
        by_memory = names(work, migration_id, AssetFilter(sort="memory_gb"))
        assert (by_memory[-1] if environment == "test" else by_memory[0]) == "s3"


def test_a_change_that_was_rolled_back_leaves_no_trace(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    rebuild(work, migration_id, [asset(1, environment="test")])
    test, production = AssetFilter.of(environment=["test"]), AssetFilter.of(environment=["production"])
    with work:
        changes = {"environment": "production", "edition": count_change(work._now(), migration_id)}
        work._now().execute(update(AssetRow).values(changes))
        assert work.snapshots.of(migration_id, READER, TODAY).count(production) == 1
    assert (names(work, migration_id, test), names(work, migration_id, production)) == (["s1"], [])


def test_a_rebuild_has_a_snapshot_of_its_own_and_lets_go_of_the_former(
    store: Store, migration_id: int, tmp_path: Path
) -> None:
    work = store.unit_of_work()
    rebuild(work, migration_id, [asset(1)])
    assert names(work, migration_id, AssetFilter()) == ["s1"]
    rebuild(work, migration_id, [asset(2), asset(3)])
    assert names(work, migration_id, AssetFilter()) == ["s2", "s3"]
    left = [path.name for path in (tmp_path / "files" / "inventory" / str(migration_id)).iterdir()]
    assert left == ["stamp2.duckdb"]


def test_what_is_out_of_support_follows_the_day(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    rebuild(work, migration_id, [asset(1, os_name="old"), asset(2, os_name="young"), asset(3)])
    ended = AssetFilter.of(support=["ended"])
    for day, expected in ((date(2019, 1, 1), []), (TODAY, ["s1"]), (date(2028, 1, 1), ["s1", "s2"])):
        with work.reading():
            snapshot = work.snapshots.of(migration_id, READER, day)
            ids = snapshot.page(ended, offset=0, limit=9)
            by_support = snapshot.page(AssetFilter(sort="support"), offset=0, limit=9)
            assert [row[2] for row in work.assets.rows(ids, [])] == expected
            assert [row[2] for row in work.assets.rows(by_support, [])] == ["s1", "s2", "s3"]


def test_an_asset_counts_for_each_entry_of_a_list(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    systems = ("Linux+Java", "Linux", None)
    rebuild(work, migration_id, [asset(at, os_name=name, memory_gb=8.0) for at, name in enumerate(systems)])
    assert names(work, migration_id, AssetFilter.of(technology=["Java"])) == ["s0"]
    with work.reading():
        snapshot = work.snapshots.of(migration_id, READER, TODAY)
        assert snapshot.facet("technology", AssetFilter(), limit=9) == [("Linux", 2), ("Java", 1), (None, 1)]
        found = groups(snapshot, "technology", AssetFilter(), split="kind", amount="memory_gb")
    assert [(each.value, each.split, each.count, each.amount) for each in found] == [
        ("Linux", "server", 2, 16.0),
        ("Java", "server", 1, 8.0),
        (None, "server", 1, 8.0),
    ]


def test_a_snapshot_whose_software_was_read_by_other_tables_is_written_anew(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    rebuild(work, migration_id, [asset(1, os_name="Linux")])
    newer = SoftwareReader("newer tables", lambda columns: told(columns) | {"technology": ["GNU/Linux"]})
    for reader, technology in ((READER, "Linux"), (newer, "GNU/Linux")):
        snapshots._opened.clear()  # as in another process
        with work.reading():
            snapshot = work.snapshots.of(migration_id, reader, TODAY)
            assert snapshot.facet("technology", AssetFilter(), limit=9) == [(technology, 1)]


@pytest.mark.parametrize(
    "ordered",
    [
        ["anne", "Änne", "Anton", "Zebra", "zürich"],
        ["web2", "WEB9", "web10", "web010", "web10a", "web123456789", "web1234567890"],
        ["10.0.0.2", "10.0.0.10", "10.0.2.1", "192.168.0.1"],
        ["Łódź", "Lodz 2", "Straße", "Strasse 1"],
    ],
)
def test_texts_are_ordered_as_people_read_them(ordered: list[str]) -> None:
    keys = [sort_key(text) for text in ordered]
    assert keys == sorted(keys)


def test_frequent_values_of_a_column_with_many_are_exact_until_an_asset_is_changed(
    store: Store, migration_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frequent, "MANY", 3)
    monkeypatch.setattr(profiles, "MANY", 3)
    work = store.unit_of_work()
    places = ["Berlin"] * 5 + ["Oslo"] * 3 + [f"Town {number}" for number in range(40)]
    rebuild(work, migration_id, [asset(n, location=place, storage_gb=n / 2) for n, place in enumerate(places)])
    with work.reading():
        snapshot = work.snapshots.of(migration_id, READER, TODAY)
        found = profile(snapshot, "location", AssetFilter())
        assert (found.is_estimate, found.distinct, found.top[:2]) == (False, 42, (("Berlin", 5), ("Oslo", 3)))
        numbers = profile(snapshot, "storage_gb", AssetFilter())
        assert (numbers.distinct, numbers.top[0], type(numbers.top[0][0])) == (48, (0.0, 1), float)
        servers = AssetFilter.of(kind=["server"])
        assert profile(snapshot, "location", servers).is_estimate
        alone = profile(snapshot, "storage_gb", servers)
        assert (alone.is_estimate, alone.distinct, alone.top) == (False, 48, numbers.top)
    with work:
        work._now().execute(update(AssetRow).values(edition=count_change(work._now(), migration_id), location="Oslo"))
        work.commit()
    with work.reading():
        found = profile(work.snapshots.of(migration_id, READER, TODAY), "location", AssetFilter())
    assert (found.is_estimate, found.distinct, found.top) == (False, 1, (("Oslo", 48),))


def test_kept_values_say_what_counting_says(tmp_path: Path) -> None:
    columns = list(STORED)
    place, bought = columns.index("location"), columns.index("install_date")
    rows = [list(_row(columns, at, f"n{at}", None, at * at / 7 if at % 5 else None)) for at in range(200)]
    for at, row in enumerate(rows):
        row[place] = f"Town {at % 9}" if at % 4 else None
        row[bought] = f"20{at % 20 + 10}-0{at % 7 + 1}-11"
    found = []
    for name, many in (("counted", 1_000), ("kept", 3)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(frequent, "MANY", many)
            write(tmp_path / name, [[tuple(row) for row in rows]], {}, 0, Drafting.after([tuple(rows[0])], READER))
        snapshot = Snapshot(tmp_path / name, READER.mark)
        assert ("location" in snapshot.frequent) == (name == "kept")
        profiles_here = [profile(snapshot, each, AssetFilter()) for each in ("location", "memory_gb", "install_date")]
        facets = [snapshot.facet("location", AssetFilter(), limit=limit) for limit in (3, 40)]
        found.append((profiles_here, facets, groups(snapshot, "location", AssetFilter())))
    (counted, *others), (kept, *same) = found
    assert others == same
    for one, other in zip(counted, kept, strict=True):
        assert replace(one, mean=None, longest=None) == replace(other, mean=None, longest=None)
        assert one.mean == pytest.approx(other.mean) if one.mean else other.mean is None


@given(
    numbers=st.lists(st.floats(-1e6, 1e6) | st.none(), min_size=1, max_size=60),
    share=st.floats(0, 1),
    marks=st.sampled_from([2, 512]),
)
@settings(max_examples=40, deadline=None)
def test_a_quantile_is_the_smallest_value_that_so_many_do_not_exceed(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[float | None], share: float, marks: int
) -> None:
    known = sorted(number for number in numbers if number is not None)
    if not known:
        return
    rows = [_row(list(STORED), at, "x", None, number) for at, number in enumerate(numbers)]
    path = tmp_path_factory.mktemp("s") / "s.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordering, "PLACES", marks)
        write(path, [rows], {}, 0, Drafting.after(rows[::3], READER))
    (found,) = Snapshot(path, READER.mark).quantiles("memory_gb", AssetFilter(), [share])
    assert found == next(value for at, value in enumerate(known, 1) if at >= share * len(known))


def test_a_damaged_snapshot_is_written_anew(store: Store, migration_id: int, tmp_path: Path) -> None:
    work = store.unit_of_work()
    rebuild(work, migration_id, [asset(1)])
    path = tmp_path / "files" / "inventory" / str(migration_id) / "stamp1.duckdb"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database at all" * 1000)
    assert names(work, migration_id, AssetFilter()) == ["s1"]


def test_an_inventory_that_was_never_built_is_empty(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    with work.reading():
        snapshot = work.snapshots.of(migration_id, READER, TODAY)
        assert (snapshot.count(AssetFilter()), snapshot.kinds(), snapshot.filled()) == (0, {}, {})
        assert snapshot.facet("environment", AssetFilter(text="x"), limit=5) == []
        assert profile(snapshot, "memory_gb", AssetFilter()).filled == 0


def test_findings_narrow_down_by_kind_and_by_field(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    about = {"import_id": 1, "line": 1, "raw": "", "text": ""}
    issues = [
        QualityIssue(kind=IssueKind.CONFLICT, field="memory_gb", asset_key="server:s1", **about),
        QualityIssue(kind=IssueKind.CONFLICT, field="storage_gb", asset_key="server:s2", **about),
        QualityIssue(kind=IssueKind.UNREADABLE, field="memory_gb", asset_key="server:s2", **about),
        QualityIssue(kind=IssueKind.NO_IDENTITY, field=None, asset_key=None, **about),
    ]
    rebuild(work, migration_id, [asset(1), asset(2), asset(3)], issues)
    for values, expected in (
        (["conflict"], ["s1", "s2"]),
        (["conflict:storage_gb"], ["s2"]),
        (["unreadable"], ["s2"]),
        ([""], ["s3"]),
        (["unreadable", ""], ["s2", "s3"]),
    ):
        assert names(work, migration_id, AssetFilter.of(findings=values)) == expected


def test_one_of_several_applications_is_enough(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    shared = [asset(1, application_name="Claims; Billing"), asset(2, application_name="Claims"), asset(3)]
    rebuild(work, migration_id, shared)
    assert names(work, migration_id, AssetFilter.of(application_name=["Billing"])) == ["s1"]
    assert names(work, migration_id, AssetFilter.of(application_name=["Claims", ""])) == ["s1", "s2", "s3"]


@pytest.mark.parametrize("name", ["id; DROP TABLE asset", "sources", 'name" --', "", "search"])
def test_what_is_no_column_is_refused_everywhere(name: str) -> None:
    snapshot = Snapshot()
    for ask in (
        lambda: snapshot.page(AssetFilter(sort=name), offset=0, limit=1),
        lambda: snapshot.count(AssetFilter.of(**{name: ["x"]})),
        lambda: snapshot.facet(name, AssetFilter(), limit=1),
        lambda: groups(snapshot, name, AssetFilter()),
        lambda: groups(snapshot, "kind", AssetFilter(), amount=name or "kind"),
        lambda: profile(snapshot, name, AssetFilter()),
    ):
        with pytest.raises(KeyError):
            ask()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM '/etc/hostname'",
        "ATTACH '/tmp/other.duckdb'",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "SET enable_external_access = true",
        "SET memory_limit = '90GB'",
        "INSTALL httpfs",
        "DELETE FROM stored.asset",
    ],
)
def test_an_opened_snapshot_reaches_nothing_else_and_cannot_be_loosened(tmp_path: Path, sql: str) -> None:
    write(tmp_path / "s.duckdb", [], {}, 0, Drafting.after([], READER))
    with pytest.raises(duckdb.Error):
        Snapshot(tmp_path / "s.duckdb", READER.mark)._database.cursor().execute(sql).fetchall()


@given(
    rows=st.lists(
        st.tuples(WORDS, st.sampled_from(ENVIRONMENTS), st.none() | st.integers(-3, 3).map(float)), max_size=40
    ),
    changed=st.dictionaries(st.integers(0, 39), st.tuples(WORDS, st.sampled_from(ENVIRONMENTS)), max_size=5),
    sort=st.sampled_from(["name", "environment", "memory_gb"]),
    descending=st.booleans(),
    chosen=st.lists(st.sampled_from(["production", "test", ""]), unique=True, max_size=2),
    text=WORDS,
    marks=st.sampled_from([2, 512]),
)
@example(
    rows=[("Web", "test", None)] * 5 + [("web two", "test", None)],
    changed={},
    sort="name",
    descending=False,
    chosen=[],
    text="",
    marks=2,
)
@settings(max_examples=60, deadline=None)
def test_pages_hold_every_asset_once_in_the_order_of_the_filter(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str | None, float | None]],
    changed: dict[int, tuple[str, str | None]],
    sort: str,
    descending: bool,
    chosen: list[str],
    text: str,
    marks: int,
) -> None:
    columns = list(STORED)
    stored = [_row(columns, at, name, environment, memory) for at, (name, environment, memory) in enumerate(rows)]
    path = tmp_path_factory.mktemp("s") / "s.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordering, "PLACES", marks)
        drafting = Drafting.after(stored[::2], READER)
    write(path, [stored[:7], stored[7:]] if stored else [], {}, 0, drafting)
    snapshot = Snapshot(path, READER.mark)
    later = {at: new for at, new in changed.items() if at < len(rows)}
    if later:
        anew = [_row(columns, at, name, environment, rows[at][2]) for at, (name, environment) in later.items()]
        snapshot.bring_up_to(1, TODAY, lambda: Drafting(READER, snapshot.marks).batch(anew, {}))
        stored = [next((row for row in anew if row[0] == each[0]), each) for each in stored]
    wanted = AssetFilter.of(text=text, sort=sort, descending=descending, environment=chosen)
    expected = _expected(stored, columns, wanted)
    pages = [snapshot.page(wanted, offset=at, limit=4) for at in range(0, len(expected) + 4, 4)]
    assert [number for page in pages for number in page] == expected
    assert snapshot.count(wanted) == len(expected)
    everybody = _expected(stored, columns, wanted.model_copy(update={"only": ()}))
    facet = dict(snapshot.facet("environment", wanted, limit=9))
    place = columns.index("environment")
    assert facet == {
        value: number
        for value in ENVIRONMENTS
        if (number := sum(row[place] == value for row in stored if row[0] in everybody))
    }


def _row(columns: list[str], at: int, name: str, environment: str | None, memory: float | None) -> tuple[Any, ...]:
    known = {"id": at + 1, "key": f"server:{at}", "kind": "server", "name": name, "subject_key": "x"}
    values = known | {"environment": environment, "memory_gb": memory}
    return tuple(values.get(column) for column in columns)


def _expected(stored: list[tuple[Any, ...]], columns: list[str], wanted: AssetFilter) -> list[int]:
    """Say in plain Python which assets pass, in which order."""
    name, environment, sort = (columns.index(column) for column in ("name", "environment", wanted.sort))
    chosen = dict(wanted.only).get("environment", ())
    passed = [
        row
        for row in stored
        if all(word in row[name].lower() for word in wanted.text.lower().split())
        and (not chosen or (row[environment] or "") in chosen)
    ]
    known = sorted((row for row in passed if row[sort] is not None), key=lambda row: row[0])
    known.sort(key=lambda row: _comparable(row[sort]), reverse=wanted.descending)
    unknown = sorted((row for row in passed if row[sort] is None), key=lambda row: row[0])
    return [row[0] for row in (*known, *unknown)]


def _comparable(value: Any) -> Any:
    return sort_key(value) if isinstance(value, str) else value
