"""Percentiles and success: what holds for all durations and ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.monitor import durations
from platform_core.monitor.figures import Ends

SECONDS = st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=200)


@given(SECONDS)
def test_percentiles_are_those_of_numpy(seconds: list[float]) -> None:
    found = durations(seconds)
    assert found.count == len(seconds)
    assert found.p50 == pytest.approx(np.percentile(seconds, 50))
    assert found.p95 == pytest.approx(np.percentile(seconds, 95))
    assert found.longest == max(seconds)


def test_no_durations_have_no_percentiles() -> None:
    found = durations([])
    assert (found.count, found.p50, found.p95, found.longest) == (0, None, None, None)


@given(st.lists(st.sampled_from(["completed", "failed", "cancelled", "lost", "running", "queued"])))
def test_success_counts_what_ended_and_was_not_cancelled(states: list[str]) -> None:
    ends = Ends.of(states)
    assert ends.total == sum(state not in {"running", "queued"} for state in states)
    tried = [state for state in states if state in {"completed", "failed", "lost"}]
    assert ends.success_rate == (tried.count("completed") / len(tried) if tried else None)
