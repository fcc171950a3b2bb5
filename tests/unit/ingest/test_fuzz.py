"""The short run of what `make fuzz` does at length."""

from __future__ import annotations

from tests.harness.mutants import read_mutants
from tests.perf.fuzz import small_stretches, tables_come_back


def test_tables_read_in_small_stretches_come_back() -> None:
    with small_stretches():
        tables_come_back(150)


def test_damaged_files_are_refused_or_read_with_every_row_accounted_for() -> None:
    verdicts = read_mutants(range(300), workbook_share=0.05)
    assert verdicts.faults == []
    assert verdicts.read > 100
    assert verdicts.refused > 5
