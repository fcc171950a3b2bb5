"""Text in any encoding comes out as the letters it was written with."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from platform_core.errors import BadInput
from platform_core.ingest import ENCODINGS, preview
from tests.unit.ingest.reading import as_csv, read_one

GERMAN = [
    ["Gerät", "Standort", "Verantwortlich"],
    ["srv-01", "München", "Jürgen Groß"],
    ["srv-02", "Köln", "Käthe Öz"],
    ["srv-03", "Düsseldorf", ""],
]
FRENCH = [["Serveur", "Propriétaire", "Criticité"], ["srv-01", "Hélène", "Élevée"], ["srv-02", "François", "Modérée"]]
POLISH = [["Nazwa", "Właściciel", "Środowisko"], ["srv-01", "Gdańsk", "produkcja"], ["srv-02", "Łódź", "Kraków"]]
RUSSIAN = [["Имя", "Владелец", "Среда"], ["srv-01", "Москва", "рабочая"], ["srv-02", "Казань", "тест"]]
JAPANESE = [["サーバー名", "設置場所", "管理者"], ["srv-01", "東京", "山田太郎"], ["srv-02", "大阪", "佐藤花子"]]
CHINESE = [["主机名", "位置", "负责人"], ["srv-01", "北京", "张伟"], ["srv-02", "上海", "王芳"]]
KOREAN = [["서버명", "위치", "담당자"], ["srv-01", "서울", "김철수"], ["srv-02", "부산", "이영희"]]


@pytest.mark.parametrize(
    ("table", "written_as", "found"),
    [
        (GERMAN, "utf-8", "utf-8"),
        (GERMAN, "utf-8-sig", "utf-8-sig"),
        (JAPANESE, "utf-8-sig", "utf-8-sig"),
        (GERMAN, "utf-16", "utf-16"),
        (RUSSIAN, "utf-16", "utf-16"),
        (GERMAN, "utf-16-le", "utf-16-le"),
        (GERMAN, "utf-16-be", "utf-16-be"),
        (JAPANESE, "utf-16-le", "utf-16-le"),
        (CHINESE, "utf-16-be", "utf-16-be"),
        (GERMAN, "utf-32", "utf-32"),
        (GERMAN, "cp1252", "cp1252"),
        (GERMAN, "latin-1", "cp1252"),
        (FRENCH, "cp1252", "cp1252"),
        (POLISH, "cp1250", "cp1250"),
        (RUSSIAN, "cp1251", "cp1251"),
        (JAPANESE, "shift_jis", "cp932"),
        (JAPANESE, "euc_jp", "euc_jp"),
        (CHINESE, "gb18030", "gb18030"),
        (KOREAN, "euc_kr", "cp949"),
    ],
)
def test_every_letter_survives(table: list[list[str]], written_as: str, found: str) -> None:
    outcome = read_one(as_csv(table).encode(written_as))
    assert [outcome.headers, *outcome.rows] == table
    assert outcome.reading.dialect.encoding == found


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_byte_order_mark_never_reaches_the_first_header(mark: bytes) -> None:
    codec = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}[mark]
    content = mark + as_csv(GERMAN).encode(codec)
    assert read_one(content).headers[0] == "Gerät"
    assert read_one(content, encoding=codec).headers[0] == "Gerät"


def test_an_accent_five_megabytes_down_decides_the_encoding() -> None:
    table = [["Name", "Site"], *([f"srv-{i}", "x" * 90] for i in range(50_000)), ["srv-last", "Zürich"]]
    outcome = read_one(as_csv(table).encode("cp1252"))
    assert outcome.rows[-1] == ["srv-last", "Zürich"]


@pytest.mark.parametrize("bytes_before_the_cut", [0, 1, 2])
def test_a_letter_cut_in_two_where_the_scan_reads_on_is_still_utf8(bytes_before_the_cut: int) -> None:
    row = "srv-1," + "x" * 57 + "\n"
    rows, rest = divmod(4 * 1024 * 1024 - len("Name,Note\n") - bytes_before_the_cut, len(row))
    content = "Name,Note\n" + row * (rows - 1) + "srv-2," + "x" * (len(row) + rest - 6) + "東\n"
    outcome = read_one(content)
    assert outcome.reading.dialect.encoding == "utf-8"
    assert outcome.rows[-1][1].endswith("x東")


def test_one_broken_line_does_not_turn_a_utf8_file_into_something_else() -> None:
    good = as_csv([*GERMAN, *GERMAN[1:]]).encode()
    outcome = read_one(good + "srv-04,Nürnberg,x\r\n".encode("cp1252"))
    assert outcome.reading.dialect.encoding == "utf-8"
    assert outcome.rows[0] == GERMAN[1]
    assert outcome.set_aside == [(8, "srv-04,N\ufffdrnberg,x")]
    assert outcome.reading.quarantine[0].reason == "It holds bytes that do not belong to the encoding."


def test_a_guessed_encoding_is_said() -> None:
    assert any("Windows-1252" in note for note in read_one(as_csv(GERMAN).encode("cp1252")).reading.notes)
    assert not read_one(as_csv(GERMAN)).reading.notes


@pytest.mark.parametrize("choice", ["cp850", "CP850", "ibm850"])
def test_an_analyst_can_choose_another_encoding(choice: str) -> None:
    outcome = read_one(as_csv(GERMAN).encode("cp850"), encoding=choice)
    assert [outcome.headers, *outcome.rows] == GERMAN
    assert outcome.reading.dialect.encoding == "cp850"


def test_a_choice_that_cannot_be_right_is_refused_with_a_way_out() -> None:
    with pytest.raises(BadInput, match="do not belong to the encoding") as refused:
        read_one(as_csv(GERMAN).encode("cp1252"), encoding="utf-8")
    assert "encoding" in refused.value.hint


@pytest.mark.parametrize("choice", ["rot13", "no-such-thing", "idna", "bad\0name"])
def test_only_encodings_on_offer_can_be_chosen(choice: str) -> None:
    with pytest.raises(BadInput, match="encoding"):
        read_one(as_csv(GERMAN), encoding=choice)


@pytest.mark.parametrize("name", ENCODINGS)
def test_every_encoding_on_offer_reads_plain_text(name: str) -> None:
    table = [["Name", "CPUs"], ["srv-01", "4"], ["srv-02", "8"]]
    outcome = read_one(as_csv(table).encode(name), encoding=name)
    assert [outcome.headers, *outcome.rows] == table
    assert outcome.reading.dialect.encoding == name


def test_the_preview_shows_lines_with_accents_from_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "original"
    rows = [["Name", "Site"], *([f"srv-{i}", "Rome"] for i in range(2_000)), ["srv-x", "Zürich"]]
    path.write_bytes(as_csv(rows).encode("cp1252"))
    (first,) = preview(path, name="export.csv")
    assert first.accented == ("srv-x,Zürich",)
