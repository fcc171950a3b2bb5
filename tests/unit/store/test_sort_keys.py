"""A column of texts is put in order as each of its texts alone."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.store.snapshots.sort_keys import LONGEST, sort_key, sort_keys

TEXTS = st.text("abZ.09 1234ßÄéŁıÆ½٣五", max_size=12) | st.text("0129", min_size=8, max_size=LONGEST + 2)


@given(st.lists(TEXTS, max_size=20))
def test_keys_of_a_column_are_those_of_its_texts_cut_where_they_are_too_long(texts: list[str]) -> None:
    keys = [sort_key(text).encode() for text in texts]
    cut = [key if len(key) <= LONGEST else key[:LONGEST] + b"\xff" for key in keys]
    assert sort_keys(pa.array(texts, pa.string())).tolist() == cut


@pytest.mark.parametrize("start", [0, 1, 2])
def test_a_part_of_a_column_has_the_keys_of_that_part(start: int) -> None:
    column = pa.array(["web10", "Änne", "7 0"], pa.string())
    assert sort_keys(column.slice(start)).tolist() == [b"web210", b"anne", b"17 0"][start:]


def test_signs_that_mean_nothing_to_numpy_are_left_out() -> None:
    assert sort_keys(pa.array(["a\x00b1", "1\x001"], pa.string())).tolist() == [b"ab11", b"1111"]
