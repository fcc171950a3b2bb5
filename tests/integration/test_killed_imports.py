"""An import that is killed at any moment leaves nothing by half."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.import_crashes import kill_imports


@pytest.mark.slow
def test_ten_killed_imports_leave_nothing_by_half(tmp_path: Path) -> None:
    losses = kill_imports(tmp_path, 10, seed=7)
    assert losses.faults == []
    assert sum(losses.states.values()) >= 10
