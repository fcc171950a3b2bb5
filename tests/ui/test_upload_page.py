"""Uploading: what is recognised, what is refused in one sentence, and what is then kept."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile
from streamlit.testing.v1.element_tree import Selectbox

from platform_core.reference import DATA
from platform_core.services import imports
from platform_core.settings import PROJECT_ROOT, settings
from tests.harness.screen import Screen, files_below

SAMPLES = DATA / "samples"
PROTECTED = PROJECT_ROOT / "tests" / "unit" / "ingest" / "files" / "protected.xls"
GOOD = b"Server Name,Operating System,RAM (MB),CPUs\nweb01,Windows Server 2019,8192,4\napp01,Ubuntu 22.04,4096,2\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


def workbook(**sheets: list[list[str]]) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
    return out.getvalue()


def encrypted_workbook() -> bytes:
    plain = BytesIO(workbook(Servers=[["Server", "RAM"], ["web01", "8"]]))
    out = BytesIO()
    OOXMLFile(plain).encrypt("secret", out)
    return out.getvalue()


def archive() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("servers.csv", GOOD)
    return out.getvalue()


def sample(name: str) -> tuple[str, bytes]:
    return name, (SAMPLES / name).read_bytes()


def choice(screen: Screen, label: str) -> Selectbox[Any]:
    """Return a choice of how files are written: of the chosen import, and of the next files where there is none."""
    return [box for box in screen.at.main.selectbox if box.label == label][-1]


ODD = b"Hostname,Notes\nweb01,runs; two; shops\nweb02,a; b; c\n"


def test_a_file_is_read_as_the_analyst_says_from_the_start(empty: Screen) -> None:
    empty.open("upload")
    choice(empty, "Delimiter").set_value(";").run()
    choice(empty, "Header row").set_value("No header row").run()
    empty.upload(("odd.csv", ODD))
    (view,) = imports.listed(empty.store.unit_of_work(), 1)
    assert (view.delimiter, view.header_row, view.choices.delimiter, view.choices.header_row) == (";", None, ";", 0)
    assert view.rows_read == 3


def kept(screen: Screen) -> list[str]:
    return [view.title for view in imports.listed(screen.store.unit_of_work(), 1)]


def test_two_files_at_once_become_two_rows_with_what_they_are(empty: Screen) -> None:
    empty.open("upload").upload(sample("vsphere_vms.csv"), sample("application_register.csv"))
    assert not empty.at.exception
    table = empty.table("imports")
    assert list(table["File"]) == ["application_register.csv", "vsphere_vms.csv"], "the newest first"
    assert list(table["Recognised as"]) == ["Application list", "RVTools vInfo"]
    assert list(table["Rows"]) == [71, 313]
    assert set(table["State"]) == {"To review"}
    assert len(empty.toasts) == 2
    assert empty.primary() == ["Review mapping"]
    assert empty.at.file_uploader[0].value == []


def test_the_same_file_again_is_identical_and_kept_once(empty: Screen) -> None:
    empty.open("upload").upload(("servers.csv", GOOD))
    empty.upload(("renamed.csv", GOOD))
    assert [toast.replace("\\", "") for toast in empty.toasts] == [
        "renamed.csv is identical to import 1: nothing to do"
    ]
    assert kept(empty) == ["servers.csv"]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.csv", b"", "“empty.csv” is empty."),
        ("blank.csv", b" \r\n \t\r\n", "“blank.csv” holds no text, only blanks."),
        ("photo.csv", PNG, "“photo.csv” is a picture, not a table."),
        ("noise.csv", bytes(range(1, 32)) * 300, "“noise.csv” is"),
        ("list.pdf", b"%PDF-1.7\n" + b"x" * 500, "“list.pdf” is a PDF document, not a table."),
        ("protected.xls", PROTECTED.read_bytes(), "“protected.xls” is protected by a password."),
        ("locked.xlsx", encrypted_workbook(), "“locked.xlsx” is protected by a password."),
        ("servers.zip", archive(), "“servers.zip” is a compressed archive, not a table."),
        ("hollow.xlsx", workbook(Sheet1=[]), "“hollow.xlsx” holds no text, only blanks."),
        ("header.csv", b"Server Name,Operating System,RAM (MB)\n", "“header.csv” has a header but no rows below it."),
        (
            "wide.csv",
            b",".join(b"c%d" % i for i in range(10_001)) + b"\n" + b",".join([b"1"] * 10_001) + b"\n",
            "“wide.csv” has 10,001 columns; at most 2,000 are accepted.",
        ),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_sentence_and_leaves_nothing(
    name: str, content: bytes, sentence: str, empty: Screen, var: Path
) -> None:
    empty.open("upload").upload((name, content))
    assert not empty.at.exception
    (told,) = empty.alerts
    assert sentence in told.replace("\\", "")
    assert "/" not in told
    assert kept(empty) == []
    assert files_below(var / "files") == set()
    empty.upload(("servers.csv", GOOD))
    assert empty.alerts == []
    assert kept(empty) == ["servers.csv"]


def test_a_bad_file_does_not_hold_up_the_good_one_beside_it(empty: Screen) -> None:
    empty.open("upload").upload(("empty.csv", b""), ("servers.csv", GOOD), ("photo.png", PNG))
    assert len(empty.alerts) == 2
    assert kept(empty) == ["servers.csv"]


def test_a_file_over_the_limit_is_refused(empty: Screen, var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_UPLOAD_MB", "1")
    settings.cache_clear()
    empty.open("upload").upload(("big.csv", GOOD + b"web02,Windows,1,1\n" * 80_000))
    (told,) = empty.alerts
    assert "is larger than 1 MB, the most that is accepted." in told.replace("\\", "")
    assert kept(empty) == []
    assert files_below(var / "files") == set()


def test_a_name_with_a_path_and_markup_is_cut_to_its_last_part_and_shown_as_it_is(empty: Screen, var: Path) -> None:
    empty.open("upload").upload(("../../<b onclick=x>servers</b>.csv", GOOD))
    assert kept(empty) == ["b>.csv"]
    empty.upload(("..\\..\\<img src=x onerror=1> servers.csv", GOOD + b"db01,AIX 7.2,1,1\n"))
    assert kept(empty)[-1] == "<img src=x onerror=1> servers.csv"
    assert "\\<img src=x onerror=1\\> servers\\.csv" in empty.text
    assert all(part.isalnum() for path in files_below(var / "files") for part in Path(path).with_suffix("").parts[:2])
    assert not list(var.parent.glob("*.csv"))


def test_quarantined_rows_are_listed_with_line_and_reason(empty: Screen) -> None:
    empty.open("upload").upload(sample("cmdb_servers.csv"))
    view = imports.listed(empty.store.unit_of_work(), 1)[0]
    assert view.rows_quarantined == 5
    rows = empty.table("Rows that could not be stored")
    assert len(rows) == view.rows_quarantined
    assert list(rows["Line"]) == [row.line for row in imports.quarantined(empty.store.unit_of_work(), view.id)]
    assert (
        "388 rows read = 383 stored \\+ 5 quarantined" in empty.text or "388 rows read = 383 stored + 5" in empty.text
    )


def test_a_file_is_read_again_as_the_analyst_says(empty: Screen) -> None:
    empty.open("upload").upload(("servers.csv", GOOD))
    choice(empty, "Header row").set_value("No header row")
    empty.click("Read again")
    view = imports.listed(empty.store.unit_of_work(), 1)[0]
    assert (view.header_row, view.rows_stored) == (None, 3)


def test_a_choice_that_makes_no_table_leaves_the_import_as_it_was(empty: Screen) -> None:
    empty.open("upload").upload(("servers.csv", GOOD))
    choice(empty, "Header row").set_value(20)
    empty.click("Read again")
    assert "has no row beginning at line 20" in empty.alerts[0].replace("\\", "")
    assert imports.listed(empty.store.unit_of_work(), 1)[0].rows_stored == 2


def test_an_import_is_removed_only_after_asking(empty: Screen) -> None:
    empty.open("upload").upload(("servers.csv", GOOD))
    empty.click("remove")
    assert kept(empty) == ["servers.csv"]
    assert "the decisions about its 4 columns are removed" in empty.text


def test_what_is_no_inventory_is_said_plainly(empty: Screen) -> None:
    notes = b"Date,Topic,Decision\n2026-01-02,Kick-off,Start in May\n2026-02-03,Budget,Ask again\n"
    empty.open("upload").upload(("minutes.csv", notes))
    assert empty.table("imports")["Recognised as"][0] == "Not an inventory"
    assert "This does not look like an inventory" in empty.alerts[0]
