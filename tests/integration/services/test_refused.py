"""Texts that could not be read: listed with what they probably mean, read by a rule that holds and can go again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from platform_core.domain.identity import Identity
from platform_core.errors import BadInput
from platform_core.services import applying, history, inventories, overview, quality, refused, repairs, work
from platform_core.services.refused import RefusedText, Sort
from platform_core.services.requests import Repair
from platform_core.store import Store
from tests.integration.services.conftest import Upload

ANA = Identity(name="Ana Example")

DOUBTFUL = """\
Server Name,RAM (GB),CPUs,Environment,Purchase Date,IP Address
web01,8 Gig?,4,PROD,31.02.2026,10.0.0.1
web02,8 Gig?,4,Zorg,01.03.2026,10.0.0.2; oldbox
web03,16,plenty,PROD,,10.0.0.3
"""
LATER = """\
Server Name,RAM (GB),CPUs,Environment
web09,8 Gig?,4,Zorg
web02,32,4,PROD
"""


@pytest.fixture
def doubtful(store: Store, migration_id: int, upload: Upload) -> int:
    upload("doubtful.csv", DOUBTFUL)
    applying.apply_all(store, migration_id, ANA)
    return migration_id


def texts(store: Store, migration_id: int) -> dict[str, RefusedText]:
    return {each.text: each for each in refused.view(store, migration_id).texts}


def values(store: Store, migration_id: int, field: str) -> dict[str, Any]:
    unit = store.unit_of_work()
    with unit.reading():
        return {asset.name: asset.values.get(field) for asset in unit.assets.all(migration_id)}


def read(store: Store, migration_id: int, text: str, said: str) -> None:
    rule = refused.reading(texts(store, migration_id)[text], said)
    work.start(store, Repair(migration_id=migration_id, rules=(rule,), reason="asked Cy"), ANA)


def test_every_text_is_listed_once_with_its_cells_its_assets_and_what_it_probably_means(
    store: Store, doubtful: int
) -> None:
    found = texts(store, doubtful)
    told = {text: (e.field, e.sort, e.cells, e.proposal.value if e.proposal else None) for text, e in found.items()}
    assert told == {
        "8 Gig?": ("memory_gb", Sort.REFUSED, 2, 8.0),
        "plenty": ("cpu_cores", Sort.REFUSED, 1, None),
        "31.02.2026": ("purchase_date", Sort.REFUSED, 1, date(2026, 2, 28)),
        "10.0.0.2; oldbox": ("ip_address", Sort.REFUSED, 1, ("10.0.0.2",)),
        "Zorg": ("environment", Sort.WORD, 1, None),
    }
    assert [text for text, e in found.items() if e.cells == 2] == [next(iter(found))]
    item = found["8 Gig?"]
    shown = refused.examples(store.unit_of_work(), doubtful, item, refused.reading(item, "8 GB"))
    assert [(e.name, e.file_name, e.line, e.before, e.after) for e in shown] == [
        ("web01", "doubtful.csv", 2, None, 8.0),
        ("web02", "doubtful.csv", 3, None, 8.0),
    ]
    word = found["Zorg"]
    (one,) = refused.examples(store.unit_of_work(), doubtful, word, refused.reading(word, "test"))
    assert (one.name, one.line, one.before, one.after) == ("web02", 3, "Zorg", "test")
    with pytest.raises(BadInput, match="Memory"):
        refused.reading(item, "lots")


def test_what_waits_at_the_inventory_is_what_nobody_settled(store: Store, doubtful: int) -> None:
    unit = store.unit_of_work()
    refused_now = [text for text, each in texts(store, doubtful).items() if each.sort is Sort.REFUSED]
    assert overview.waiting(unit, doubtful)["inventory"] == len(refused_now) == 4
    read(store, doubtful, "plenty", "")
    read(store, doubtful, "8 Gig?", "8 GB")
    assert overview.waiting(unit, doubtful)["inventory"] == 2
    history.undo(unit, doubtful, ANA)
    assert overview.waiting(unit, doubtful)["inventory"] == 3


def test_files_that_count_in_different_units_are_told_and_only_a_text_with_its_unit_is_proposed(
    store: Store, migration_id: int, upload: Upload
) -> None:
    upload("first.csv", "Server Name,RAM (MB),CPUs,Environment\nweb01,8192?,4,PROD\nweb02,4 GB?,4,PROD\n")
    upload("second.csv", "Server Name,RAM (GB),CPUs,Environment\nweb03,8192?,4,PROD\nweb04,4 GB?,4,PROD\n")
    applying.apply_all(store, migration_id, ANA)
    found = texts(store, migration_id)
    assert found["8192?"].proposal is None
    assert found["8192?"].why.endswith("the files that hold it count in different units (GB, MB)")
    proposal = found["4 GB?"].proposal
    assert proposal is not None
    assert proposal.value == 4.0


def test_a_reading_fills_what_is_empty_says_so_in_the_lineage_and_goes_with_undo(store: Store, doubtful: int) -> None:
    read(store, doubtful, "8 Gig?", "8 GB")
    assert values(store, doubtful, "memory_gb") == {"web01": 8.0, "web02": 8.0, "web03": 16.0}
    assert "8 Gig?" not in texts(store, doubtful)
    unit = store.unit_of_work()
    told = {each.field: each for each in inventories.detail(unit, doubtful, "server:web02").values}["memory_gb"]
    assert (told.raw, told.column, told.file_name, told.line, told.built) == (
        "8 Gig?",
        "RAM (GB)",
        "doubtful.csv",
        3,
        None,
    )
    assert told.rule.endswith("read so by a rule")
    assert told.set_by.startswith("set by Ana Example on")
    history.undo(unit, doubtful, ANA)
    assert values(store, doubtful, "memory_gb") == {"web01": None, "web02": None, "web03": 16.0}
    assert "8 Gig?" in texts(store, doubtful)


def test_a_reading_holds_over_rebuilds_and_reads_what_later_imports_bring(
    store: Store, doubtful: int, upload: Upload
) -> None:
    read(store, doubtful, "8 Gig?", "8")
    read(store, doubtful, "Zorg", "test")
    upload("later.csv", LATER)
    applying.apply_all(store, doubtful, ANA)
    memory = values(store, doubtful, "memory_gb")
    assert (memory["web01"], memory["web09"]) == (8.0, 8.0)
    assert memory["web02"] == 32.0, "what another row tells stands"
    assert values(store, doubtful, "environment")["web09"] == "test"
    built = {asset.key: asset for asset in _all(store, doubtful)}
    (rule,) = [each for each in repairs.standing(store.unit_of_work(), doubtful) if "Gig" in each.rule.title]
    repairs.take_back(store.unit_of_work(), doubtful, rule.id, ANA)
    assert values(store, doubtful, "memory_gb")["web09"] is None
    read(store, doubtful, "8 Gig?", "8")
    again = {asset.key: asset for asset in _all(store, doubtful)}
    assert {key: asset.values for key, asset in again.items()} == {key: a.values for key, a in built.items()}


def _all(store: Store, migration_id: int) -> list[Any]:
    unit = store.unit_of_work()
    with unit.reading():
        return list(unit.assets.all(migration_id))


def test_what_says_nothing_is_left_and_an_item_is_added_to_what_could_be_read_of_a_list(
    store: Store, doubtful: int
) -> None:
    score = {part.name: part for part in quality.view(store, doubtful).score.parts}["validity"]
    read(store, doubtful, "plenty", "")
    assert "plenty" not in texts(store, doubtful)
    assert values(store, doubtful, "cpu_cores")["web03"] is None
    after = {part.name: part for part in quality.view(store, doubtful).score.parts}["validity"]
    assert (after.good, after.total) == (score.good, score.total - 1)
    read(store, doubtful, "10.0.0.2; oldbox", "10.0.0.7")
    assert values(store, doubtful, "ip_address")["web02"] == ("10.0.0.2", "10.0.0.7")


def test_all_proposals_are_one_decision(store: Store, doubtful: int) -> None:
    wanted = refused.proposed(texts(store, doubtful).values())
    rules = tuple(refused.reading(item, said) for item, said in wanted)
    assert len(rules) == 3
    work.start(store, Repair(migration_id=doubtful, rules=rules, reason=""), ANA)
    assert values(store, doubtful, "purchase_date")["web01"] == date(2026, 2, 28)
    history.undo(store.unit_of_work(), doubtful, ANA)
    assert repairs.standing(store.unit_of_work(), doubtful) == []
    assert len(texts(store, doubtful)) == 5


def test_a_part_of_a_total_can_only_be_left(store: Store, migration_id: int, upload: Upload) -> None:
    upload("vDisk.csv", "VM,Disk,Capacity MiB\nweb01,Hard disk 1,1024\nweb01,Hard disk 2,lots\n")
    applying.apply_all(store, migration_id, ANA)
    item = texts(store, migration_id)["lots"]
    assert (item.sort, item.proposal) == (Sort.PART, None)
    with pytest.raises(BadInput):
        refused.reading(item, "500")
    read(store, migration_id, "lots", "")
    assert texts(store, migration_id) == {}
