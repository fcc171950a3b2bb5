"""What may go after its time goes, and nothing else: on both databases, counted first, by one process at a time."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from platform_core.domain.access import Scope
from platform_core.domain.inventory import AssetFilter, AssetKind
from platform_core.domain.model_calls import AttemptStatus
from platform_core.domain.organisations import DEFAULT
from platform_core.domain.retention import Retention
from platform_core.domain.runs import RunKind, RunStatus
from platform_core.errors import Conflict
from platform_core.services import (
    access,
    activity,
    imports,
    inventories,
    organisations,
    pruning,
    receiving,
    sessions,
    work,
)
from platform_core.services.requests import ApplyAll
from platform_core.store import Files, Store
from platform_core.store.columns import now
from platform_core.store.database import create_store_engine
from platform_core.store.locks import PRUNING
from platform_core.store.models import AnswerRow, AuditRow, CallRow, RunRow
from platform_core.store.repositories import leftovers
from tests.harness.runs import add_run, tell
from tests.integration.conftest import ANA

SERVERS = b"Hostname,CPUs,Application\nweb01,4,Shop\nweb02,8,Shop\n"
EVERYTHING = Retention(events_days=30, model_texts_days=30, originals_days=30, orphans_days=30, tokens_days=30)
LONG_AGO = timedelta(days=40)


def deleted(store: Store, retention: Retention = EVERYTHING, *, dry: bool = False) -> dict[str, int]:
    """Prune, and return how much of each kind went that anything went of."""
    return {each.what: each.number for each in pruning.prune(store, retention, ANA, dry=dry) if each.number}


def ended(store: Store, ago: timedelta, *texts: str) -> int:
    """Add a run that ended so long ago, with an event for each of `texts` and one that tells its end."""
    run_id = add_run(store)
    tell(store, run_id, *texts)
    unit = store.unit_of_work()
    with unit:
        run = unit.runs.locked(run_id)
        run.status, run.ended_at = RunStatus.COMPLETED, now() - ago
        unit.runs.tell(run, "Completed")
        unit.runs.add_step(run, "read")
        unit.commit()
    return run_id


def put(files: Files, key: str, content: bytes = b"x", *, ago: timedelta = LONG_AGO) -> Path:
    """Store a file as if it had been written so long ago; returns where it lies."""
    path = Path(files.address(key))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return aged(path, ago)


def aged(path: Path, ago: timedelta = LONG_AGO) -> Path:
    written = (now() - ago).timestamp()
    os.utime(path, (written, written))
    return path


def uploaded(store: Store, migration_id: int, content: bytes = SERVERS) -> int:
    (number,) = receiving.receive(store, migration_id, "servers.csv", BytesIO(content), ANA).imports
    return number


def files_of(store: Store, import_id: int) -> tuple[str, str]:
    """Return the keys of an import's original and table."""
    unit = store.unit_of_work()
    with unit.reading():
        row = unit.imports.get(import_id)
        return row.original, row.table


def test_of_runs_that_ended_long_ago_only_what_they_came_to_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "LOOKED_BACK", 4)
    old, young = ended(store, LONG_AGO, "one", "two", "three"), ended(store, timedelta(days=20), "four", "five")
    going_on = add_run(store)
    tell(store, going_on, "six")
    kinds = {"events of runs": 3, "notes of finished steps": 1}
    assert deleted(store, dry=True) == kinds
    assert [event.text for event in activity.events(store, old)] == ["one", "two", "three", "Completed"]
    assert deleted(store) == kinds
    assert [event.text for event in activity.events(store, old)] == ["Completed"]
    assert [event.text for event in activity.events(store, young)] == ["four", "five", "Completed"]
    assert activity.run(store.unit_of_work(), old).status is RunStatus.COMPLETED
    assert deleted(store) == {}


def test_the_newest_events_stay_since_the_live_view_looks_for_gaps_among_them(store: Store) -> None:
    old = ended(store, LONG_AGO, "one", "two")
    assert deleted(store) == {"notes of finished steps": 1}
    assert len(activity.events(store, old)) == 3


def test_without_settings_only_what_is_past_any_use_goes(store: Store, migration_id: int) -> None:
    ended(store, timedelta(days=4_000), "one")
    number = uploaded(store, migration_id)
    aged(Path(store.files.address(files_of(store, number)[0])), timedelta(days=4_000))
    put(store.files, "sessions/nobodys.parquet", ago=timedelta(days=4_000))
    assert deleted(store, Retention()) == {}


def test_answers_go_when_they_cannot_be_repeated_any_more(store: Store) -> None:
    unit = store.unit_of_work()
    with unit:
        for key, ago in (("old", timedelta(hours=25)), ("young", timedelta(hours=23))):
            unit.answers.add(AnswerRow(caller="x", key=key, request="r", created_at=now() - ago))
        unit.commit()
    assert deleted(store, Retention()) == {"answers that could be repeated": 1}
    with unit.reading():
        assert (unit.answers.find("x", "old"), unit.answers.find("x", "young") is not None) == (None, True)


def test_a_text_stays_as_long_as_a_young_request_points_to_it(store: Store) -> None:
    def asked(run_id: int, at: datetime, prompt: str, answer: str) -> None:
        with store.unit_of_work() as unit:
            row = CallRow(
                run_id=run_id,
                call_id="c",
                number=1,
                agent="a",
                purpose="p",
                model="m",
                endpoint="e",
                status=AttemptStatus.ANSWERED,
                started_at=at,
                seconds=1.0,
                response_format="f",
                request_hash="h",
            )
            unit.calls.add(row, prompt, answer)
            unit.commit()

    run_id = add_run(store)
    asked(run_id, now() - LONG_AGO, "who is it", "nobody")
    asked(run_id, now() - LONG_AGO, "what is it", "nothing")
    asked(run_id, now(), "what is it", "")
    assert deleted(store) == {"texts of model requests": 3}
    with (unit := store.unit_of_work()).reading():
        calls = unit.calls.of_run(run_id)
        told = [(unit.calls.text(call.prompt), unit.calls.text(call.answer)) for call in calls]
    assert told == [("", ""), ("what is it", ""), ("what is it", "")]


def test_tokens_that_opened_nothing_for_long_go_but_the_door_stays_closed(store: Store) -> None:
    unit = store.unit_of_work()
    for name in ("expired", "revoked", "valid", "last"):
        access.create(unit, name, Scope.READ, ANA)
    with unit:
        for token in unit.tokens.all():
            token.expires_at = now() - LONG_AGO if token.name in {"expired", "last"} else None
            token.revoked_at = now() - LONG_AGO if token.name == "revoked" else None
        unit.commit()
    assert deleted(store) == {"tokens that open nothing": 2}
    assert [view.name for view in access.listed(unit)] == ["valid", "last"]
    assert access.caller(store, None, is_local=True) is None


def test_files_go_that_nothing_refers_to_and_no_others(store: Store, migration_id: int) -> None:
    unit = store.unit_of_work()
    number = uploaded(store, migration_id)
    work.start(store, ApplyAll(migration_id=migration_id), ANA)
    kept = sessions.keep(store, migration_id, "Kept", "", ANA)
    gone = uploaded(store, migration_id, SERVERS + b"web03,2,Shop\n")
    removed = files_of(store, gone)
    imports.remove(unit, gone, ANA)
    with unit:
        asked = {"sha256": "f" * 64}
        unit.runs.add(RunRow(kind=RunKind.IMPORT, job="read_file", started_by="x", arguments=asked))
        unit.commit()
    stamp = "inventory/{}/{}.duckdb"
    with unit.reading():
        current = stamp.format(migration_id, unit.migrations.get(migration_id).inventory_stamp)
    for path in Path(store.files.address("")).rglob("*"):
        if path.is_file():
            aged(path)
    for key in (stamp.format(migration_id, "former"), stamp.format(99, "gone"), "tables/half.parquet.x.part"):
        put(store.files, key)
    put(store.files, receiving.original_key("f" * 64))
    put(store.files, "elsewhere/file")
    put(store.files, "sessions/young.parquet", ago=timedelta(days=20))
    before = set(store.files.stored())
    expected = {"orphaned files": 2, "snapshots of former inventories": 2, "half-written files": 1}
    retention = Retention(orphans_days=30)
    assert deleted(store, retention, dry=True) == expected
    assert set(store.files.stored()) == before
    assert deleted(store, retention) == expected
    former = {stamp.format(migration_id, "former"), stamp.format(99, "gone")}
    assert before - set(store.files.stored()) == former | set(removed)
    assert {*files_of(store, number), current, kept.assets, "elsewhere/file"} <= set(store.files.stored())
    assert not list(Path(store.files.address("tables")).glob("*.part"))
    assert sessions.opened(unit, kept.id).assets == kept.figures.assets


def test_what_was_read_from_a_file_stays_when_the_file_itself_may_go(store: Store, migration_id: int) -> None:
    unit = store.unit_of_work()
    number = uploaded(store, migration_id)
    original, table = files_of(store, number)
    with unit:
        unit.imports.get(number).created_at = now() - LONG_AGO
        unit.commit()
    assert deleted(store, Retention(originals_days=30)) == {}, "it was written just now"
    aged(Path(store.files.address(original)))
    assert deleted(store, Retention(originals_days=60)) == {}
    assert deleted(store, Retention(originals_days=30)) == {"uploaded files": 1}
    assert (store.files.exists(original), store.files.exists(table)) == (False, True)
    work.start(store, ApplyAll(migration_id=migration_id), ANA)
    assert inventories.kinds(unit, migration_id)[AssetKind.SERVER] == 2
    key = inventories.keys(unit, migration_id, AssetFilter.of(kind=["server"]))[0]
    cores = next(v for v in inventories.detail(unit, migration_id, key).values if v.field == "cpu_cores")
    assert (cores.file_name, cores.column, cores.line, cores.raw) == ("servers.csv", "CPUs", 2, "4")


def test_an_upload_makes_a_file_young_that_was_about_to_go(store: Store, migration_id: int) -> None:
    unit = store.unit_of_work()
    gone = uploaded(store, migration_id)
    keys = files_of(store, gone)
    imports.remove(unit, gone, ANA)
    for key in keys:
        aged(Path(store.files.address(key)))
    assert deleted(store, dry=True) == {"orphaned files": 2}
    number = uploaded(store, migration_id)
    assert files_of(store, number) == keys
    for key in keys:
        written = store.files.written_at(key)
        assert written is not None
        assert now() - written < timedelta(minutes=5)


def test_each_organisation_keeps_what_is_its_own(store: Store) -> None:
    second = store.of(organisations.add(store, "Beta", ANA).id)
    for each in (store, second):
        put(each.files, "tables/orphan.parquet")
        ended(each, LONG_AGO)
    put(second.files, "tables/half.part")
    with store.unit_of_work() as unit:
        unit.runs.get(1).ended_at = now()
        unit.commit()
    expected = {"notes of finished steps": 1, "orphaned files": 2, "half-written files": 1}
    assert deleted(store, dry=True) == deleted(second, dry=True) == expected
    assert deleted(store) == expected
    assert (list(store.files.stored()), list(second.files.stored())) == ([], [])
    trails = []
    for each in (store, second):
        with each.unit_of_work().reading() as unit:
            found = unit._now().scalars(select(AuditRow).where(AuditRow.action == "retention.pruned"))
            trails.append([entry.text for entry in found])
    rest = "1 half-written files, 1 orphaned files"
    assert trails == [["Deleted 1 orphaned files"], [f"Deleted 1 notes of finished steps, {rest}"]]


def test_only_one_process_deletes_and_the_trail_tells_of_it(store: Store, database_url: str, tmp_path: Path) -> None:
    other = Store(create_store_engine(database_url), Files(str(tmp_path / "files"))).of(DEFAULT)
    ended(store, LONG_AGO)
    with other.alone(PRUNING) as is_alone:
        assert is_alone
        with pytest.raises(Conflict, match="Another process"):
            pruning.prune(store, EVERYTHING, ANA)
    assert deleted(other) == {"notes of finished steps": 1}
    other.close()
    with store.unit_of_work().reading() as unit:
        (entry,) = unit._now().scalars(select(AuditRow).where(AuditRow.action == "retention.pruned"))
    assert (entry.author, entry.text) == (ANA.name, "Deleted 1 notes of finished steps")
