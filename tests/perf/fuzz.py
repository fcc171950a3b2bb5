"""Conservation at length: tables that come back cell by cell, damaged files that lose no row.

    python -m tests.perf.fuzz --tables 10000 --mutants 20000

Exit code 1 when a table does not come back, or a damaged file crashes, hangs or loses a row.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from platform_core.ingest import blocks, layout
from tests.harness.mutants import read_mutants
from tests.unit.ingest import test_round_trip as round_trip

ANY_TABLE = round_trip.test_any_table_in_any_dialect_and_encoding_comes_back
SMALL = {"head": 3, "stretch": 40}
"""Records looked at first and characters cut at once, so that small tables go every way that large ones go."""


def tables_come_back(count: int) -> None:
    """Write and read `count` tables in any dialect and encoding; raises what Hypothesis finds."""
    inner: Any = ANY_TABLE.hypothesis.inner_test  # type: ignore[attr-defined]
    unlimited = settings(
        max_examples=count,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    unlimited(given(st.data())(inner))()


@contextmanager
def small_stretches() -> Iterator[None]:
    """Have small tables read in the pieces in which large ones are read."""
    former = layout.HEAD, blocks.STRETCH
    layout.HEAD, blocks.STRETCH = SMALL["head"], SMALL["stretch"]
    try:
        yield
    finally:
        layout.HEAD, blocks.STRETCH = former


def main() -> None:
    """Run both and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=10_000)
    parser.add_argument("--mutants", type=int, default=20_000)
    parser.add_argument("--workbooks", type=float, default=0.2, help="share of workbooks among the damaged files")
    parser.add_argument("--seed", type=int, default=0, help="of the first damaged file")
    chosen = parser.parse_args()
    tables_come_back(chosen.tables // 2)
    with small_stretches():
        tables_come_back(chosen.tables - chosen.tables // 2)
    print(f"{chosen.tables:,} tables came back cell by cell", flush=True)  # noqa: T201
    verdicts = read_mutants(range(chosen.seed, chosen.seed + chosen.mutants), workbook_share=chosen.workbooks)
    print(  # noqa: T201
        f"{chosen.mutants:,} damaged files: {verdicts.read:,} read with every row accounted for, "
        f"{verdicts.refused:,} refused, {len(verdicts.faults)} faults"
    )
    sys.stdout.writelines(f"  {fault}\n" for fault in verdicts.faults)
    sys.exit(1 if verdicts.faults else 0)


if __name__ == "__main__":
    main()
