"""How values are put into words, and data into Markdown."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages import _words as words


def unescaped(markdown: str) -> str:
    """Read Markdown as a browser does: backslashes and joints are not shown."""
    return re.sub(r"\\([\W_])", r"\1", markdown.replace(words.JOINT, ""))


@given(st.text())
def test_plain_text_reads_as_it_was_on_one_line(text: str) -> None:
    assert unescaped(words.plain(text)) == " ".join(text.split())


@given(st.text(alphabet="ab:/[](){}<>$*_`~@.-=w \\!#|&+", max_size=30))
def test_no_sign_of_markdown_is_left_live(text: str) -> None:
    bare = re.sub(r"\\.", "", words.plain(text).replace(words.JOINT, "\0"))
    assert not set(bare) & set("\\`*_{}[]()#+-.!|~$:<>&")


@pytest.mark.parametrize("text", [":material/home:", "http://a.b", "www.a.b", "a@b.c", "a -> b", "a <- b", "a -- b"])
def test_what_is_found_in_unescaped_text_is_parted(text: str) -> None:
    assert words.JOINT in words.plain(text)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"),
        ((), "–"),
        ("", "–"),
        (0, "0"),
        (False, "no"),
        (1234567, "1,234,567"),
        (1.25, "1.2"),
        (("a", "b"), "a, b"),
        (date(2026, 3, 1), "2026-03-01"),
        ("0", "0"),
    ],
)
def test_a_value_is_said_with_a_dash_for_unknown(value: object, said: str) -> None:
    assert words.shown(value) == said


def test_counts_shares_and_sizes_read_naturally() -> None:
    assert [words.counted(1, "row"), words.counted(2310, "row")] == ["1 row", "2,310 rows"]
    assert [words.percent(None), words.percent(0.256), words.percent(0)] == ["–", "26%", "0%"]
    assert [words.size(12), words.size(2048), words.size(3 * 1024**3)] == ["12 bytes", "2 kB", "3.0 GB"]


def test_moments_of_other_days_carry_their_date() -> None:
    now = datetime.now(UTC)
    assert words.clock(now) == f"{now:%H:%M}"
    assert words.clock(now - timedelta(days=2)).startswith(f"{now - timedelta(days=2):%Y-%m-%d}")


@pytest.mark.parametrize(
    ("value", "said"),
    [(910, "910"), (9_999, "9,999"), (42_145, "42 k"), (42_145_117, "42.1 M"), (1_200_000_000, "1,200.0 M")],
)
def test_large_amounts_are_said_in_short(value: float, said: str) -> None:
    assert words.short(value) == said
