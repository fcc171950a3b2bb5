"""Many texts read together become what each of them becomes alone."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from platform_core.inventory.cells import clean_text, read_addresses
from platform_core.inventory.texts import TextReader, TidyTexts

FILLERS = frozenset(("n/a", "none", "-", "0", "0.0.0.0", "keine angabe", "größe"))
TEXTS = st.one_of(
    st.sampled_from(["web01", "N/A", "None", "-", "0", " web01", "web 01", "a  b", "", "Größe", "GRÖẞE", "a\0b"]),
    st.text(alphabet="aN/ -0\t\x7f\u00a0é", max_size=6),
)
ADDRESSES = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.lists(st.sampled_from(["0", "00", "1", "9", "25", "255", "256", "1000", "", "a"]), max_size=5).map(".".join),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, max_size=6, unique=True))
@example(["web01", "web02"])
@example(["web01", "nON/a"])
@example(["web01", "nONE"])
def test_plain_texts(texts: list[str]) -> None:
    for typed in (None, clean_text):
        reader = TextReader(typed, FILLERS, wants_raw=typed is not None)
        assert reader.read_all(texts) == [reader(text) for text in texts]


@settings(max_examples=500, deadline=None)
@given(st.lists(ADDRESSES, max_size=4, unique=True))
@example(["10.0.0.1", "255.255.255.255", "0.0.0.1"])
@example(["10.0.0.1", "0.0.0.0"])
@example(["1.2.3", "4.1.2.3.4"])
@example(["10.0.0.01"])
def test_addresses(texts: list[str]) -> None:
    reader = TextReader(lambda cell: read_addresses(cell, FILLERS), FILLERS, wants_raw=False, addresses=True)
    assert reader.read_all(texts) == [reader(text) for text in texts]


def test_what_is_tidy_and_simple_is_seen_so() -> None:
    found = TidyTexts.of(["10.0.0.1", "192.168.100.255", "0.0.0.0"])
    assert found is not None
    assert found.are_addresses()
    assert TidyTexts.of(["web 01", "x"]) is not None
    assert all(TidyTexts.of([text]) is None for text in ("", " a", "a ", "a  b", "é", "a\tb", "a\0b"))
