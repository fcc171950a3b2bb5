"""Headers in any spelling become comparable words, and never nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.mapping import Knowledge
from platform_core.mapping.names import normalise, normalise_all, plain_words


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("RAM.TotalSizeInMB", "ram total size in mb"),
        ("u_asset_subtype", "asset subtype"),
        ("# vCPUs", "# vcpus"),
        ("Name0", "name"),
        ('      "AzureIP"', "azure ip"),
        ("IPv4Address", "ipv4 address"),
        ("6Rs", "6rs"),
        ("Größe", "grosse"),
        ("Criticality (LOW/MEDIUM/HIGH)", "criticality"),
        ("Disk Used (avg/max)", "disk used avg max"),
        ("Application(s)", "application"),
        ("Nb cœurs", "nb coeurs"),
    ],
)
def test_a_header_is_split_into_its_own_words(header: str, words: str) -> None:
    assert " ".join(plain_words(header)) == words


@pytest.mark.parametrize(
    ("headers", "language", "meant"),
    [
        (["Hersteller", "Seriennummer", "Arbeitsspeichergröße"], "de", "memory size"),
        (["Fabricant", "Numéro de série", "Système d'exploitation"], "fr", "operating_system"),
        (["Fabricante", "Dirección IP", "Unidad de negocio"], "es", "business_unit"),
        (["Fornecedor", "Localização", "Endereço IP"], "pt", "ip_address"),
        (["Produttore", "Indirizzo IP", "Sistema operativo"], "it", "operating_system"),
        (["Leverancier", "Serienummer", "Besturingssysteem"], "nl", "operating_system"),
        (["サーバー名", "シリアル番号", "メモリ容量"], "ja", "memory capacity"),
        (["厂商", "序列号", "操作系统版本"], "zh", "operating_system version"),
        (["Host name", "Vendor", "OS version"], "en", "operating_system version"),
    ],
)
def test_headers_of_nine_languages_come_down_to_one_vocabulary(
    headers: list[str], language: str, meant: str, shipped: Knowledge
) -> None:
    spoken, names = normalise_all(headers, shipped.lexicon)
    assert spoken == language
    assert names[-1].key == meant


@pytest.mark.parametrize(
    ("header", "language", "meant"),
    [
        ("Estado de la aplicación", "es", "status application"),
        ("Data di creazione", "it", "date created"),
        ("Nombre de processeurs", "fr", "number processors"),
        ("Name des Servers", "de", "name server"),
        ("Gebruikt door", "nl", "used by"),
        ("Criado por", "pt", "created by"),
    ],
)
def test_small_words_are_left_out_unless_they_say_by_whom(
    header: str, language: str, meant: str, shipped: Knowledge
) -> None:
    assert normalise(header, shipped.lexicon, language).key == meant


def test_a_short_abbreviation_is_split_off_a_known_word_only(shipped: Knowledge) -> None:
    assert normalise("vmhost", shipped.lexicon).key == "virtual_machine host"
    assert normalise("serverid", shipped.lexicon).key == "server identifier"
    assert normalise("android", shipped.lexicon).key == "android"


def test_one_ideograph_of_an_unknown_word_means_nothing(shipped: Knowledge) -> None:
    assert normalise("担当課", shipped.lexicon, "ja").key == "responsible department"
    assert "department" not in normalise("課程", shipped.lexicon, "ja").key


def test_spellings_of_one_header_share_a_key(shipped: Knowledge) -> None:
    spellings = ["OS Version", "osVersion", "os_version", "OPERATING-SYSTEM VERSION", "Operating System Ver."]
    assert len({normalise(header, shipped.lexicon).key for header in spellings}) == 1


def test_members_of_a_repeated_group_differ_in_their_ordinal_only(shipped: Knowledge) -> None:
    first, second = (normalise(f"Disk {number} size (In GB)", shipped.lexicon) for number in (1, 2))
    assert first.key == second.key
    assert (first.ordinal, second.ordinal) == (1, 2)


@given(header=st.text(min_size=1, max_size=40))
def test_a_header_that_is_not_blank_always_has_words_and_concepts(header: str, shipped: Knowledge) -> None:
    name = normalise(header, shipped.lexicon)
    assert bool(header.split()) == bool(name.plain)
    assert bool(header.split()) == bool(name.concepts)


@given(header=st.text(alphabet=st.characters(min_codepoint=0x3040, max_codepoint=0x9FFF), min_size=1, max_size=12))
def test_ideographs_and_kana_are_kept(header: str, shipped: Knowledge) -> None:
    assert normalise(header, shipped.lexicon, "zh").concepts
