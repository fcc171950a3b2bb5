"""The shipped gold set holds the mapper to its figures; held-out figures were measured by training."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from platform_core.mapping import Knowledge, suggest
from platform_core.mapping.benchmark import Figures, measure, read_gold
from platform_core.mapping.held_out import HeldOut

DATA = Path(__file__).parents[3] / "data"


@pytest.fixture(scope="module")
def figures(shipped: Knowledge) -> Figures:
    gold = read_gold(DATA / "mapping" / "gold.jsonl")
    return measure(gold, [suggest(source.table(), shipped) for source in gold])


def test_the_shipped_model_maps_the_gold_set(figures: Figures) -> None:
    assert figures.columns == 1195
    assert (figures.f1 or 0) >= 0.94
    assert (figures.precision or 0) >= 0.96
    assert figures.null_fpr is not None
    assert figures.null_fpr <= 0.05
    assert (figures.top1 or 0) >= 0.97
    assert (figures.top3 or 0) >= 0.99
    assert (figures.unit_accuracy or 0) >= 0.97
    assert (figures.accepted_share or 0) >= 0.7
    assert (figures.accepted_precision or 0) >= 0.97
    assert (figures.ece if figures.ece is not None else 1) <= 0.03


def test_what_was_measured_on_unseen_tools_holds_its_bars() -> None:
    held_out = HeldOut.load(DATA)
    for figures in (held_out.family_out, held_out.source_out):
        assert (figures.top1 or 0) >= 0.88
        assert (figures.top3 or 0) >= 0.95
        assert (figures.f1 or 0) >= 0.85
        assert (figures.precision or 0) >= 0.92
        assert (figures.null_fpr if figures.null_fpr is not None else 1) <= 0.07
        assert (figures.unit_accuracy or 0) >= 0.9
        assert (figures.accepted_share or 0) >= 0.55
        assert (figures.accepted_precision or 0) >= 0.97
        assert (figures.ece if figures.ece is not None else 1) <= 0.05


def test_what_was_measured_on_files_of_other_origins_holds_the_bars() -> None:
    figures = HeldOut.load(DATA).collected_out
    assert figures.sources >= 200
    assert (figures.top1 or 0) >= 0.93
    assert (figures.f1 or 0) >= 0.88
    assert (figures.precision or 0) >= 0.93
    assert (figures.null_fpr if figures.null_fpr is not None else 1) <= 0.07
    assert (figures.accepted_precision or 0) >= 0.97
    assert (figures.ece if figures.ece is not None else 1) <= 0.05


def test_corrections_never_cost_more_than_noise_on_tools_nobody_corrected() -> None:
    curve = HeldOut.load(DATA).learning
    assert [point.sources for point in curve] == sorted(point.sources for point in curve)
    assert all(later.f1 >= earlier.f1 - 0.005 for earlier, later in pairwise(curve))
    assert curve[-1].f1 > curve[0].f1
