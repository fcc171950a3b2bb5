"""Two organisations at work on one PostgreSQL at the same time: nothing of one reaches the other.

The short form of `python -m tests.perf.isolation`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.mixed_requests import ASKS, Tally, at_work, locks, rows_in_wrong_hands, run_mixed
from tests.harness.postgresql import Cluster, as_administrator

pytestmark = pytest.mark.postgres


def mixed(cluster: Cluster, folder: Path, requests: int, which: str) -> tuple[Tally, list[str]]:
    with cluster.fresh_database() as url, locks(which) as is_bound:
        with at_work(url if is_bound else as_administrator(url), str(folder / "files")) as two:
            tally = run_mixed(two, requests, seed=7)
        return tally, rows_in_wrong_hands(as_administrator(url), two)


@pytest.mark.parametrize("which", ["both", "database"])
def test_nothing_leaks_while_two_organisations_work_and_knock_at_each_other(
    postgresql_cluster: Cluster, tmp_path: Path, which: str
) -> None:
    requests = 120 if which == "both" else 50
    tally, wrong = mixed(postgresql_cluster, tmp_path, requests, which)
    assert (tally.leaks, wrong, tally.failures) == ([], [], [])
    assert tally.requests == requests
    assert len(tally.asked) > len(ASKS) // 4


def test_leaks_are_found_where_neither_lock_holds(postgresql_cluster: Cluster, tmp_path: Path) -> None:
    tally, wrong = mixed(postgresql_cluster, tmp_path, 40, "none")
    assert len(tally.leaks) > 5
    assert wrong
