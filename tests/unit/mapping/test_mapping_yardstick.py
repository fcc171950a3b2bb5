"""Exports, scripts and registers that no training row comes from are read right.

`yardstick.jsonl` holds headers as other tools, scripts and registers in nine languages write them, labelled before the
mapper ever saw them (cells are made up) and never learned from. The files labelled earlier are learned from today
(`data/mapping/collected.jsonl`); what each batch came to on its first run stands in docs/benchmarks.md.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_core.mapping import Knowledge, suggest
from platform_core.mapping.benchmark import Figures, measure, read_gold

YARDSTICK = Path(__file__).parent / "yardstick.jsonl"


@pytest.fixture(scope="module")
def figures(shipped: Knowledge) -> Figures:
    sources = read_gold(YARDSTICK)
    return measure(sources, [suggest(source.table(), shipped) for source in sources])


def test_what_is_given_is_right_and_little_is_missed(figures: Figures) -> None:
    assert (figures.precision or 0) >= 0.95
    assert (figures.f1 or 0) >= 0.88
    assert (figures.top1 or 0) >= 0.92
    assert (figures.top3 or 0) >= 0.97


def test_columns_without_a_target_are_left_alone(figures: Figures) -> None:
    assert figures.null_fpr is not None
    assert figures.null_fpr <= 0.05


def test_units_are_read_and_confidence_means_what_it_says(figures: Figures) -> None:
    assert (figures.unit_accuracy or 0) >= 0.97
    assert (figures.accepted_precision or 0) >= 0.96
    assert figures.ece is not None
    assert figures.ece <= 0.05


def test_sources_of_the_yardstick_are_not_in_the_training_data(shipped: Knowledge) -> None:
    data = Path(__file__).parents[3] / "data" / "mapping"
    trained = {source.name for name in ("gold.jsonl", "collected.jsonl") for source in read_gold(data / name)}
    trained |= {known.name for known in shipped.formats.formats}
    assert not trained & {source.name for source in read_gold(YARDSTICK)}
