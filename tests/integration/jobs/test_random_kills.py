"""A few workers killed at random moments in the middle of runs; `make crash` kills a hundred."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_core.store import Store
from tests.harness.crashes import CrashTest
from tests.harness.workers import Crew

KILLS = 4


@pytest.mark.slow
def test_random_kills_lose_no_run_and_repeat_no_effect(crewed: Crew, store: Store, tmp_path: Path) -> None:
    toll = CrashTest(crewed, tmp_path, seed=7).run(KILLS, freeze_share=0.2)
    assert toll.faults == []
    assert toll.kills == KILLS
    assert toll.resumed > 0
