"""The shipped gold set holds the mapper to its figures; held-out figures were measured by training."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from platform_core.mapping import Knowledge, suggest
from platform_core.mapping.benchmark import Figures, measure, read_gold

MAPPING = Path(__file__).parents[3] / "data" / "mapping"


@pytest.fixture(scope="module")
def figures(shipped: Knowledge) -> Figures:
    gold = read_gold(MAPPING / "gold.jsonl")
    return measure(gold, [suggest(source.table(), shipped) for source in gold])


def test_the_shipped_model_maps_the_gold_set(figures: Figures) -> None:
    assert figures.columns == 1195
    assert (figures.f1 or 0) >= 0.94
    assert (figures.precision or 0) >= 0.96
    assert figures.null_fpr is not None
    assert figures.null_fpr <= 0.05
    assert (figures.top1 or 0) >= 0.97
    assert (figures.unit_accuracy or 0) >= 0.9


def test_an_unseen_tool_family_is_mapped_nearly_as_well() -> None:
    held_out = Figures(**json.loads((MAPPING / "held_out.json").read_text(encoding="utf-8")))
    assert (held_out.f1 or 0) >= 0.85
    assert held_out.null_fpr is not None
    assert held_out.null_fpr <= 0.08
    assert (held_out.accepted_precision or 0) >= 0.95
    assert held_out.ece is not None
    assert held_out.ece <= 0.05
