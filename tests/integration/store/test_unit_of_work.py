"""Transactions: all or nothing, no lost edit, the trail in the same step."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from platform_core.domain.identity import Identity
from platform_core.domain.inventory import Asset, AssetKind, SourceRow
from platform_core.domain.migration import MigrationPhase, MigrationStatus
from platform_core.errors import Conflict, NotFound
from platform_core.services import migrations
from platform_core.store import Store
from platform_core.store.models import MigrationRow
from tests.harness.staged import store_assets

ANA, BEN = Identity(name="Ana Example"), Identity(name="Ben Example")


def rename(store: Store, migration_id: int, name: str, seen: int, by: Identity = ANA) -> None:
    migrations.change(
        store.unit_of_work(),
        migration_id,
        by,
        seen_version=seen,
        name=name,
        description="",
        status=MigrationStatus.PLANNING,
        phase=MigrationPhase.DISCOVERY,
    )


def test_what_is_not_committed_is_gone(store: Store) -> None:
    work = store.unit_of_work()
    with work:
        work.migrations.add(MigrationRow(name="Forgotten", created_by="x"))
        work.flush()
    with work.reading():
        assert work.migrations.find("forgotten") is None


def test_a_reading_block_inside_another_sees_its_moment(store: Store, migration_id: int) -> None:
    mine, theirs = store.unit_of_work(), store.unit_of_work()
    with mine.reading():
        before = migrations.view(mine, migration_id)
        with theirs:
            theirs.migrations.get(migration_id).description = "changed meanwhile"
            theirs.commit()
        assert migrations.view(mine, migration_id) == before
    assert migrations.view(mine, migration_id).description == "changed meanwhile"
    with mine, pytest.raises(RuntimeError, match="twice"), mine.reading():
        pass


def test_a_change_and_its_trail_are_one_step(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    rename(store, migration_id, "Exit 2028", seen=1)
    with work.reading():
        entry = work.audit.recent(migration_id, 1)[0]
    assert (entry.author, entry.action) == ("Ana Example", "migration.changed")
    assert (entry.before["name"], entry.after["name"]) == ("Exit 2027", "Exit 2028")


def test_of_two_analysts_who_edit_the_same_version_the_second_is_told(store: Store, migration_id: int) -> None:
    rename(store, migration_id, "Ana's name", seen=1)
    with pytest.raises(Conflict):
        rename(store, migration_id, "Ben's name", seen=1, by=BEN)
    assert migrations.listed(store.unit_of_work())[0].name == "Ana's name"


def test_twenty_edits_of_one_row_from_four_threads_lose_none(store: Store, migration_id: int) -> None:
    done: list[str] = []

    def edit(who: int) -> None:
        while sum(name.startswith(f"{who}-") for name in done) < 5:
            seen = migrations.listed(store.unit_of_work())[0].version
            name = f"{who}-{seen}"
            try:
                rename(store, migration_id, name, seen)
            except Conflict:
                continue
            done.append(name)

    threads = [threading.Thread(target=edit, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    work = store.unit_of_work()
    with work.reading():
        trail = [entry.after["name"] for entry in work.audit.recent(migration_id, 100) if entry.after]
    assert len(done) == 20
    assert sorted(trail) == sorted(done)
    assert migrations.listed(work)[0].version == 21


def test_names_are_unique_whatever_the_case(store: Store, migration_id: int) -> None:
    with pytest.raises(Conflict, match="Choose another name"):
        migrations.create(store.unit_of_work(), "  EXIT   2027 ", ANA)


def test_deleting_a_migration_takes_its_assets_along_and_keeps_the_trail(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    with work:
        store_assets(work, migration_id, Asset("server:a", AssetKind.SERVER, "a"))
        work.commit()
    migrations.delete(work, migration_id, ANA)
    with work.reading():
        assert work.assets.count(migration_id) == 0
        assert work.audit.recent(migration_id, 1)[0].action == "migration.deleted"
        with pytest.raises(NotFound):
            work.migrations.get(migration_id)


def test_assets_come_back_as_they_were_stored(store: Store, migration_id: int) -> None:
    asset = Asset(
        key="server:web01",
        kind=AssetKind.SERVER,
        name="web01",
        values={
            "hostname": "web01",
            "memory_gb": 16.0,
            "cpu_cores": 4,
            "is_virtual": True,
            "install_date": date(2019, 5, 4),
            "ip_address": ("192.0.2.1", "192.0.2.2"),
            "tags": (),
        },
        sources=[SourceRow(1, 2), SourceRow(2, 9)],
        origins={
            "hostname": 0,
            "memory_gb": 1,
            "cpu_cores": 0,
            "is_virtual": 0,
            "install_date": 0,
            "ip_address": 1,
            "tags": 0,
        },
    )
    work = store.unit_of_work()
    with work:
        store_assets(work, migration_id, asset)
        work.commit()
    with work.reading():
        assert list(work.assets.all(migration_id)) == [asset]


@pytest.mark.parametrize("kept", [{"a": "\ud800"}, {"a": 0.1 + 0.2, "b": 10**30, "c": [None, True, "é \U0001f600"]}])
def test_json_comes_back_as_it_was_stored(store: Store, migration_id: int, kept: dict[str, object]) -> None:
    work = store.unit_of_work()
    with work:
        work.migrations.get(migration_id).agent_policy = kept
        work.commit()
    with work.reading():
        assert work.migrations.look(migration_id).agent_policy == kept
