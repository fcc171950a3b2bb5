"""Adds up what speaks for and against each pair, and learns from the inventory what one file listing both means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from platform_core.inventory.duplicates.comparing import NONE, Comparison
from platform_core.inventory.duplicates.knowledge import START, Knowledge
from platform_core.inventory.duplicates.records import Reals

SURE = 3.0
"""Score without regard to files from which a pair counts as one (or, negated, as two) when files are judged."""

SOURCE = "source"


def weights_of(comparison: Comparison, known: Knowledge) -> Reals:
    """Return the weight of each level, and 0 for none at the end, where level -1 finds it."""
    levels = known.levels[comparison.field]
    return np.array([*(levels[name].weight for name in comparison.names), 0.0])


def scores(comparisons: Sequence[Comparison], known: Knowledge) -> tuple[Reals, float]:
    """Return the score of each pair in logits, and the weight that one file listing both has in this inventory.

    Fellegi and Sunter (1969): the weights are logarithms of how much likelier a level is for one thing than for two;
    their sum from the start is the score, as far as the fields are independent of each other.
    """
    total = np.full(len(comparisons[0].levels), known.levels[START]["start"].weight)
    for comparison in comparisons:
        if comparison.field != SOURCE:
            total += weights_of(comparison, known)[comparison.levels]
    listed = next(c for c in comparisons if c.field == SOURCE).levels != NONE
    weight = source_weight(total, listed, known.levels[SOURCE]["same"].weight)
    return total + weight * listed, weight


def source_weight(total: Reals, listed: np.typing.NDArray[np.bool_], strongest: float) -> float:
    """Return how much it speaks against a pair that one file lists both: one step of expectation-maximisation.

    Files that list every machine once hardly ever list both sides of a pair that is surely one; a register with
    double entries, or an inventory of a single file, does, and then it says nothing. Few sure pairs leave it mild.
    """
    one, two = total >= SURE, total <= -SURE
    among_one = (np.sum(listed & one) + 1.0) / (np.sum(one) + 4.0)
    among_two = (np.sum(listed & two) + 2.0) / (np.sum(two) + 4.0)
    return float(min(0.0, max(strongest, np.log(among_one / among_two))))
