"""The shipped snapshot, its file form, and taking a newer one."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from platform_core.errors import BadInput
from platform_core.lifecycle import load_products, read_newer, read_snapshot, refresh, write_snapshot
from platform_core.lifecycle.refresh import ChangeKind
from platform_core.reference import DATA

SHIPPED = DATA / "lifecycle"
TABLE = (
    "product,title,category,cycle,label,release_date,active_support_end,end_of_life,extended_support_end,lts,latest,link\n"
    "debian,Debian,os,13,,2025-08-09,,2028-08-09,2030-06-30,,13.1,https://debian.org\n"
    "debian,Debian,os,12,,2023-06-10,,2026-06-10,2028-06-30,,12.9,https://debian.org\n"
    "sparkling,Sparkling,os,1,,2020-01-01,,False,,,1.0,\n"
)


def table(folder: Path, text: str = TABLE) -> Path:
    path = folder / "dates.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_snapshot_comes_back_unchanged_from_its_file(tmp_path: Path) -> None:
    shipped = read_snapshot(SHIPPED / "eol.json")
    write_snapshot(shipped, tmp_path / "eol.json")
    assert read_snapshot(tmp_path / "eol.json") == shipped
    assert (tmp_path / "eol.json").read_bytes() == (SHIPPED / "eol.json").read_bytes()


def test_every_shipped_product_can_be_spelled_and_has_cycles() -> None:
    products = load_products(DATA)
    spelled = {spelling.product for spelling in products.spellings if spelling.product}
    assert spelled == set(products.cycles)
    assert all(product.cycles for product in products.cycles.values())


def test_dates_of_a_cycle_are_in_order() -> None:
    for product in load_products(DATA).cycles.values():
        for cycle in product.cycles:
            if isinstance(cycle.released, date) and isinstance(cycle.end, date):
                assert cycle.released <= cycle.end, (product.product, cycle.cycle)


def test_a_newer_table_shows_what_changed_and_changes_nothing_itself(tmp_path: Path) -> None:
    before = read_newer(table(tmp_path), date(2026, 1, 1))
    changed = TABLE.replace("2026-06-10,2028", "2026-07-11,2028").replace("debian,Debian,os,13", "debian,Debian,os,14")
    after = read_newer(table(tmp_path, changed), date(2026, 2, 1))
    result = refresh(before, after, ["debian"])
    assert [(c.kind, c.cycle) for c in result.changes] == [
        (ChangeKind.CHANGED, "12"),
        (ChangeKind.REMOVED, "13"),
        (ChangeKind.ADDED, "14"),
    ]
    assert result.changes[0].text == "end of support: 2026-06-10 → 2026-07-11"
    assert set(result.snapshot.products) == {"debian"}
    assert before.products["debian"].cycles[0].cycle == "13"


def test_a_product_that_the_newer_file_lacks_is_told(tmp_path: Path) -> None:
    before = read_newer(table(tmp_path), date(2026, 1, 1))
    newer = replace(before, products={"debian": before.products["debian"]})
    assert refresh(before, newer, ["debian", "sparkling"]).lost_products == ("sparkling",)


def test_an_older_file_is_refused(tmp_path: Path) -> None:
    snapshot = read_newer(table(tmp_path), date(2026, 1, 1))
    with pytest.raises(BadInput, match="older"):
        refresh(snapshot, replace(snapshot, as_of=date(2025, 1, 1)), ["debian"])


def test_the_product_list_of_the_api_is_read(tmp_path: Path) -> None:
    release = {"name": "12", "label": "12", "releaseDate": "2023-06-10", "isEol": False, "eolFrom": "2026-06-10"}
    release |= {"isEoes": False, "eoesFrom": None, "latest": {"name": "12.9", "link": "https://debian.org"}}
    product = {"name": "debian", "label": "Debian", "category": "os", "releases": [release]}
    path = tmp_path / "full.json"
    path.write_text(json.dumps({"result": [product]}), encoding="utf-8")
    cycle = read_newer(path, date(2026, 1, 1)).products["debian"].cycles[0]
    assert (cycle.end, cycle.extended_end, cycle.active_end) == (date(2026, 6, 10), False, None)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", "product,cycle\ndebian,12\n"),
        ("x.csv", TABLE.replace("2028-08-09", "August")),
        ("x.json", "[]"),
        ("x.json", "{"),
        ("x.txt", ""),
    ],
)
def test_a_file_of_another_kind_is_refused_in_one_sentence(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_newer(path, date(2026, 1, 1))
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize(
    ("file", "row"),
    [
        ("spellings.csv", "nonesuch,none such,1,,yes,test"),
        ("spellings.csv", "debian,debian(,1,,yes,test"),
        ("cycles.csv", "debian,woody,2.9,yes,test"),
        ("additions.csv", "debian,Debian,os,99,,,,2030-01-01,,test"),
    ],
)
def test_a_row_that_cannot_work_is_refused_at_start(tmp_path: Path, file: str, row: str) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "lifecycle")
    with (folder / file).open("a", encoding="utf-8") as handle:
        handle.write(row + "\n")
    with pytest.raises(BadInput):
        load_products(tmp_path)
