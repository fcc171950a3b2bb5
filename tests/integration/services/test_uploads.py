"""Receiving files: recognised, kept whole, or refused with nothing left behind."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from platform_core.domain.identity import Identity
from platform_core.domain.imports import ImportState
from platform_core.domain.mapping import FileKind
from platform_core.domain.reading import ReadChoices
from platform_core.errors import BadInput, Conflict
from platform_core.services import activity, applying, imports, receiving
from platform_core.services.imports import ImportView
from platform_core.store import Store
from tests.integration.services.conftest import APPLICATIONS, SERVERS, Upload

ANA = Identity(name="Ana Example")


def stored_files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


def test_an_upload_is_recognised_and_every_row_accounted_for(uploaded: list[ImportView]) -> None:
    servers, applications, flows = uploaded
    assert [view.kind for view in uploaded] == [FileKind.SERVER, FileKind.APPLICATION, FileKind.DEPENDENCY]
    assert (servers.rows_read, servers.rows_stored, servers.rows_quarantined) == (5, 5, 0)
    assert all(view.rows_read == view.rows_stored + view.rows_quarantined for view in uploaded)
    assert all(view.state is ImportState.REVIEW for view in (servers, applications, flows))


def test_the_same_bytes_again_are_recognised_whatever_their_name(
    store: Store, migration_id: int, uploaded: list[ImportView], upload: Upload
) -> None:
    again = upload("copy of servers.csv", SERVERS)
    assert again.identical_to == uploaded[0].number
    assert len(imports.listed(store.unit_of_work(), migration_id)) == 3


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "not"),
        (b"Name,IP Address\n", "has a header but no rows"),
        (b"\n \n", "holds no text"),
    ],
)
def test_what_cannot_be_read_leaves_nothing_and_the_next_upload_works(
    store: Store, migration_id: int, upload: Upload, tmp_path: Path, content: bytes, sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        receiving.receive(store, migration_id, "export.csv", BytesIO(content), ANA)
    assert imports.listed(store.unit_of_work(), migration_id) == []
    assert stored_files(tmp_path) == []
    assert upload("servers.csv", SERVERS).imports


def test_a_refused_upload_is_shown_as_a_failed_run(store: Store, migration_id: int) -> None:
    with pytest.raises(BadInput):
        receiving.receive(store, migration_id, "export.csv", BytesIO(b""), ANA)
    run = activity.runs(store.unit_of_work(), migration_id)[0][0]
    assert (run.status, run.object) == ("failed", "export.csv")
    assert run.error is not None
    assert "is empty" in run.error


def test_a_file_beyond_the_limit_is_not_even_copied(
    store: Store, migration_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = receiving.settings().model_copy(update={"MAX_UPLOAD_MB": 1})
    monkeypatch.setattr(receiving, "settings", lambda: limits)

    class Endless(BytesIO):
        given = 0

        def read(self, size: int | None = -1) -> bytes:
            self.given += 1
            return b"a,b\n" * (256 * 1024)

    endless = Endless()
    with pytest.raises(BadInput, match="larger than 1 MB"):
        receiving.receive(store, migration_id, "endless.csv", endless, ANA)
    assert endless.given < 5


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "<img src=x onerror=alert(1)>.csv", "a\x00b\n.csv", "C:\\x\\y.csv"]
)
def test_a_hostile_name_is_only_a_label(
    store: Store, migration_id: int, upload: Upload, tmp_path: Path, name: str
) -> None:
    upload(name, SERVERS)
    view = imports.listed(store.unit_of_work(), migration_id)[0]
    assert not set(view.file_name) & set("/\\\n\0")
    assert all(path.name.split(".")[0].split("-")[0].isalnum() for path in stored_files(tmp_path))
    assert {path.relative_to(tmp_path / "files").parts[0] for path in stored_files(tmp_path)} == {"originals", "tables"}


def test_reading_again_with_another_header_row_starts_the_decisions_afresh(
    store: Store, migration_id: int, uploaded: list[ImportView]
) -> None:
    view = uploaded[1]
    again = receiving.read_again(store, view.id, ReadChoices(header_row=2), ANA, seen_version=view.version)
    assert again.header_row == 2
    assert again.rows_stored == view.rows_stored - 1
    headers, _ = imports.first_rows(store.unit_of_work(), view.id)
    assert headers[0] == "Shop"
    assert again.mapped == 0


def test_reading_again_what_somebody_else_read_again_is_a_conflict(store: Store, uploaded: list[ImportView]) -> None:
    view = uploaded[1]
    receiving.read_again(store, view.id, ReadChoices(header_row=2), ANA, seen_version=view.version)
    with pytest.raises(Conflict):
        receiving.read_again(store, view.id, ReadChoices(), ANA, seen_version=view.version)


def test_an_applied_import_is_not_removed_under_the_inventory(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    view = imports.listed(work, applied)[0]
    with pytest.raises(Conflict, match="part of the inventory"):
        imports.remove(work, view.id, ANA)
    applying.withdraw(store, view.id, ANA, seen_version=view.version)
    imports.remove(work, view.id, ANA)
    assert len(imports.listed(work, applied)) == 2


def test_a_scanner_report_is_named_as_no_inventory(store: Store, migration_id: int, upload: Upload) -> None:
    report = "IP,Hostname,Port,CVSS,Severity,NVT Name,CVEs,Solution\n192.0.2.1,web01,443,5.0,Medium,Weak,CVE-1,Patch\n"
    upload("scan.csv", report)
    view = imports.listed(store.unit_of_work(), migration_id)[0]
    assert view.kind is FileKind.SECURITY
    assert view.kind_reasons


def test_quarantined_rows_come_back_with_line_and_reason(store: Store, migration_id: int, upload: Upload) -> None:
    upload("applications.csv", APPLICATIONS + "Broken,row\n")
    work = store.unit_of_work()
    view = imports.listed(work, migration_id)[0]
    (row,) = imports.quarantined(work, view.id)
    assert (row.line, row.raw) == (5, "Broken,row")
    assert view.rows_quarantined == 1
