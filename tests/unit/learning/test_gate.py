"""No word takes a shipped or confirmed column from its right answer, whatever is said in whatever order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.domain.learning import CorrectedFile, Correction
from platform_core.domain.mapping import FileKind
from platform_core.learning import Memory, admit
from tests.unit.learning.said import FILES, HEADERS, KEYS, SERVERS, KnownColumns, logs, said

SHIPPED = CorrectedFile(kind=FileKind.SERVER, headers=("Hostname", "Name", "Owner", "Site"))
KNOWN = KnownColumns((SHIPPED, "Name", "asset_name"), (SHIPPED, "Site", "location"))


def test_a_word_that_loses_nothing_counts_for_other_files() -> None:
    (word,) = admit([], [said(1, "Owner", "business_owner")], KEYS, KNOWN, migration_id=1)
    assert word.would_lose == ()


def test_a_word_that_loses_a_shipped_column_is_held_back_and_says_which() -> None:
    (word,) = admit([], [said(1, "Name", "business_owner")], KEYS, KNOWN, migration_id=1)
    assert [(loss.header, loss.field, loss.instead) for loss in word.would_lose] == [
        ("Name", "asset_name", "business_owner")
    ]
    memory = Memory([word], KEYS, 1)
    assert memory.examples() == []
    assert [lesson.field for lesson in memory.lessons(SERVERS)] == ["business_owner"], "its own export keeps it"
    assert memory.lessons(SHIPPED) == []


def test_one_bad_word_does_not_hold_back_the_others() -> None:
    log = [
        said(1, "Owner", "business_owner"),
        said(2, "Name", "location"),
        said(3, "RAM", "memory_gb"),
        said(4, "Site", None),
    ]
    admitted = admit([], log, KEYS, KNOWN, migration_id=1)
    assert [word.header for word in admitted if word.would_lose] == ["Name", "Site"]
    assert [word.number for word in admitted] == [1, 2, 3, 4]


def test_a_word_for_any_file_that_would_lose_a_column_counts_nowhere() -> None:
    (word,) = admit([], [said(1, "Name", None, file=None)], KEYS, KNOWN, migration_id=1)
    assert word.would_lose
    assert Memory([word], KEYS, 1).lessons(SERVERS) == []


@st.composite
def known_columns(draw: st.DrawFn) -> KnownColumns:
    columns = st.tuples(
        st.sampled_from(FILES[:-1]), st.sampled_from(HEADERS), st.sampled_from(("memory_gb", "location", None))
    )
    return KnownColumns(*draw(st.lists(columns, max_size=5, unique_by=lambda column: column[:2])))


@settings(max_examples=200)
@given(logs(4), logs(6), known_columns())
def test_the_gate_never_loses_a_known_column(log: list[Correction], new: list[Correction], known: KnownColumns) -> None:
    new = [word.model_copy(update={"number": len(log) + word.number}) for word in new]
    admitted = admit(log, new, KEYS, known, migration_id=1)
    assert [(word.header, word.field) for word in admitted] == [(word.header, word.field) for word in new]
    before, after = known.wrong(Memory(log, KEYS, 1)), known.wrong(Memory([*log, *admitted], KEYS, 1))
    assert set(after) <= set(before)
