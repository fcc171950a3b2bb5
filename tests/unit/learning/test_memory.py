"""Which word counts for which file, and the laws that hold whatever was said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.learning import CorrectedFile, Correction, LearnedMapping, Scope, Verdict
from platform_core.domain.mapping import FileKind
from platform_core.learning import Memory
from tests.unit.learning.said import (
    APPLICATIONS,
    FIELDS,
    FILES,
    HEADERS,
    KEYS,
    OTHER_SERVERS,
    SERVERS,
    VINFO,
    logs,
    said,
    undone,
    words,
)

NEXT_SERVERS = CorrectedFile(kind=FileKind.SERVER, headers=("Host", "RAM", "Owner"))


def lesson(header: str, file: CorrectedFile, *log: Correction, migration_id: int | None = 1) -> LearnedMapping | None:
    found = Memory(log, KEYS, migration_id).lessons(file)
    return next((each for each in found if each.header == header), None)


def field(header: str, file: CorrectedFile, *log: Correction) -> str | None:
    found = lesson(header, file, *log)
    return found.field if found and found.is_word else "nothing learned"


def test_a_word_holds_for_the_same_layout_and_for_files_of_its_kind() -> None:
    word = said(1, "Owner", "business_owner")
    here, next_file = lesson("Owner", SERVERS, word), lesson("Owner", NEXT_SERVERS, word)
    assert here is not None
    assert next_file is not None
    assert (here.field, here.is_certain) == ("business_owner", True)
    assert (next_file.field, next_file.is_certain) == ("business_owner", False), "weighed, not settled"
    assert field("Owner", APPLICATIONS, word) == "nothing learned"


def test_a_word_of_another_layout_does_not_overrule_a_recognised_export() -> None:
    word = said(1, "Owner", "business_owner")
    assert field("Owner", VINFO, word) == "nothing learned"
    assert field("Owner", VINFO, said(1, "Owner", "location", file=VINFO)) == "location"


def test_the_nearer_word_counts_however_old() -> None:
    here, anywhere = said(1, "Owner", "business_owner"), said(2, "Owner", "location", file=None)
    assert field("Owner", SERVERS, here, anywhere) == "business_owner"
    assert field("Owner", APPLICATIONS, here, anywhere) == "location"


def test_ignoring_is_a_word_too() -> None:
    found = lesson("Site", SERVERS, said(1, "Site", None))
    assert found is not None
    assert (found.is_word, found.field, found.is_certain) == (True, None, True)


def test_whoever_says_it_again_has_changed_their_mind() -> None:
    found = lesson("Site", SERVERS, said(1, "Site", "location"), said(2, "Site", "asset_name"))
    assert found is not None
    assert (found.field, found.is_certain, found.note) == ("asset_name", True, "")


def test_two_people_who_disagree_leave_a_doubt_and_are_named() -> None:
    log = said(1, "Site", "location"), said(2, "Site", "asset_name", author="Ben")
    found = lesson("Site", SERVERS, *log)
    assert found is not None
    assert (found.field, found.is_certain, found.is_disputed) == ("asset_name", False, True)
    assert found.note == "Ana said otherwise"
    (conflict,) = Memory(log, KEYS, 1).conflicts()
    assert [word.author for word in conflict.words] == ["Ben", "Ana"]


def test_one_header_with_two_meanings_in_two_layouts_settles_neither_a_third() -> None:
    log = said(1, "Owner", "business_owner"), said(2, "Owner", "location", file=OTHER_SERVERS)
    assert field("Owner", SERVERS, *log) == "business_owner"
    assert lesson("Owner", NEXT_SERVERS, *log) is None
    assert Memory(log, KEYS, 1).conflicts() == []


def test_the_same_words_in_another_file_of_the_kind_make_it_likely() -> None:
    found = lesson("RAM", NEXT_SERVERS, said(1, "Mem", "memory_gb", file=OTHER_SERVERS))
    assert found is not None
    assert (found.field, found.is_certain) == ("memory_gb", False)


def test_what_another_migration_said_counts_once_two_agree() -> None:
    second, third = said(1, "Site", "location", migration_id=2), said(2, "Site", "location", migration_id=3)
    assert lesson("Site", SERVERS, second) is None
    assert field("Site", SERVERS, second, third) == "location"
    assert field("Site", SERVERS, second, undone(third)) == "nothing learned"


def test_one_dissent_keeps_a_word_from_becoming_the_organisations() -> None:
    log = [said(number, "Site", "location", migration_id=number) for number in (2, 3)]
    assert lesson("Site", SERVERS, *log, said(4, "Site", "asset_name", migration_id=4)) is None


def test_the_organisations_word_counts_everywhere_but_ones_own_goes_first() -> None:
    ours = said(1, "Site", "location", migration_id=None, scope=Scope.ORGANISATION)
    assert field("Site", SERVERS, ours) == "location"
    assert field("Site", SERVERS, ours, said(2, "Site", "asset_name")) == "asset_name"


def test_settled_columns_are_learned_from_with_their_file() -> None:
    log = said(2, "RAM", "memory_gb"), said(1, "Site", None), said(3, "Name", "asset_name", file=None)
    examples = Memory(log, KEYS, 1).examples()
    assert [(each.headers[each.position], each.field) for each in examples] == [("RAM", "memory_gb"), ("Site", None)]
    assert {(each.kind, each.headers) for each in examples} == {(FileKind.SERVER, HEADERS)}


@given(logs(), words(), st.sampled_from(FILES[:-1]), st.sampled_from((1, 2)))
def test_undoing_restores_exactly_what_was(
    log: list[Correction], word: Correction, file: CorrectedFile, migration_id: int
) -> None:
    word = word.model_copy(update={"number": len(log) + 1})
    before, after = Memory(log, KEYS, migration_id), Memory([*log, undone(word)], KEYS, migration_id)
    assert after.lessons(file) == before.lessons(file)
    assert after.examples() == before.examples()
    assert after.conflicts() == before.conflicts()


@given(logs(), st.sampled_from(HEADERS), st.sampled_from(FIELDS), st.sampled_from(FILES[:-1]))
def test_a_refused_field_is_never_suggested(
    log: list[Correction], header: str, refused: str, file: CorrectedFile
) -> None:
    veto = said(len(log) + 1, header, refused, verdict=Verdict.NOT, file=file)
    wanted = CorrectedFile(format=file.format, kind=file.kind, headers=(*file.headers, header))
    log = [word for word in log if word.field != refused or word.scope is Scope.ORGANISATION or not word.settles]
    found = lesson(header, wanted, *log, veto)
    assert found is not None
    assert found.field != refused
    assert refused in found.vetoes or found.is_certain or found.is_word


@given(logs(), st.sampled_from(HEADERS), st.sampled_from(FIELDS))
def test_the_last_word_on_an_export_is_the_one_that_counts_there(log: list[Correction], header: str, key: str) -> None:
    assert field(header, SERVERS, *log, said(len(log) + 1, header, key)) == key


@given(st.permutations([said(0, header, key) for header, key in zip(HEADERS[2:], FIELDS[1:], strict=True)]))
def test_words_on_different_headers_may_come_in_any_order(order: list[Correction]) -> None:
    log = [word.model_copy(update={"number": place}) for place, word in enumerate(order, 1)]
    memory = Memory(log, KEYS, 1)
    assert {each.header: each.field for each in memory.lessons(SERVERS)} == {word.header: word.field for word in order}
    assert memory.examples() == Memory(log[::-1], KEYS, 1).examples()
