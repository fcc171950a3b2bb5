"""The commands that read reference data: names of technologies and dates of ends of support."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from platform_core.cli import cli
from platform_core.errors import BadInput
from platform_core.lifecycle import read_snapshot, write_snapshot
from platform_core.reference import DATA
from platform_core.services.support_dates import refresh_dates


def test_every_line_of_a_file_gets_an_answer_in_its_place(tmp_path: Path) -> None:
    mentions = tmp_path / "mentions.txt"
    mentions.write_text("RHEL 7.9\n\nCustomer care\nwebsphere 8.5\n", encoding="utf-8")
    done = CliRunner().invoke(cli, ["normalize-technology", str(mentions), "--json"])
    assert done.exit_code == 0
    answers = json.loads(done.stdout)["mentions"]
    assert [answer["text"] for answer in answers] == ["RHEL 7.9", "", "Customer care", "websphere 8.5"]
    assert [answer["entity"] is None for answer in answers] == [False, True, True, False]
    assert answers[0]["version"] == "7.9"
    assert answers[0]["vendor"] == "Red Hat"


def test_a_file_that_is_not_there_or_no_text_is_refused_in_words(tmp_path: Path) -> None:
    binary = tmp_path / "mentions.txt"
    binary.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(BadInput, match="not UTF-8"):
        _normalize(binary)
    with pytest.raises(BadInput, match="There is no file"):
        _normalize(tmp_path / "nothing.txt")


def _normalize(path: Path) -> None:
    CliRunner().invoke(cli, ["normalize-technology", str(path)], catch_exceptions=False, standalone_mode=False)


def table(path: Path, rows: list[str]) -> Path:
    header = (
        "product,title,category,cycle,label,release_date,"
        "active_support_end,end_of_life,extended_support_end,lts,latest,link"
    )
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_newer_dates_replace_those_in_use_and_what_the_file_lacks_stays(tmp_path: Path) -> None:
    shipped = read_snapshot(DATA / "lifecycle" / "eol.json")
    own = tmp_path / "eol.json"
    write_snapshot(shipped, own)
    newer = table(tmp_path / "newer.csv", ["rhel,Red Hat Enterprise Linux,os,7,,2014-06-10,,2031-01-01,,,,"])
    answer = refresh_dates(newer, date(2027, 1, 1), own)
    after = read_snapshot(own)
    assert after.as_of == date(2027, 1, 1)
    assert [cycle.end for cycle in after.products["rhel"].cycles] == [date(2031, 1, 1)]
    assert any("2031-01-01" in change["text"] for change in answer["changes"])
    assert set(after.products) == set(shipped.products)
    assert "ubuntu" in answer["lost_products"]


def test_older_or_foreign_dates_change_nothing(tmp_path: Path) -> None:
    own = tmp_path / "eol.json"
    write_snapshot(read_snapshot(DATA / "lifecycle" / "eol.json"), own)
    before = own.read_bytes()
    older = table(tmp_path / "older.csv", ["rhel,Red Hat Enterprise Linux,os,7,,2014-06-10,,2024-06-30,,,,"])
    with pytest.raises(BadInput, match="older than the dates in use"):
        refresh_dates(older, date(2020, 1, 1), own)
    foreign = table(tmp_path / "foreign.csv", ["teapot,Teapot,os,1,,2014-06-10,,2024-06-30,,,,"])
    with pytest.raises(BadInput, match="none of the products"):
        refresh_dates(foreign, date(2027, 1, 1), own)
    assert own.read_bytes() == before
