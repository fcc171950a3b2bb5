"""Pairs of assets that may be the same thing, with what speaks for and against it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from platform_core.domain.base import Frozen


class Reason(Frozen):
    """One signed reason for or against two assets being the same, in words an analyst can check.

    `weight` is in logits (natural logarithm of the odds): above 0 speaks for the same, below for two; the weights of a
    pair, with the starting weight among them, add up to its score. `field` is a canonical field, or "" for the start.
    """

    field: str
    text: str
    weight: float


class Likeness(StrEnum):
    """How sure it is that a pair is one thing; the limits stand in `LIMITS`."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


LIMITS = {Likeness.CERTAIN: 0.98, Likeness.LIKELY: 0.50, Likeness.POSSIBLE: 0.20}
"""Least probability of each; below the last a pair is not shown."""


class Evidence(NamedTuple):
    """What the comparison of one field came to.

    `mentions` counts the assets of one file that carry what both share, 0 where nothing is shared.
    """

    field: str
    level: str
    weight: float
    mentions: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two assets, by key (`first` < `second`), with what speaks for and against them being one thing.

    The weights of `evidence` add up to `score`. `group` is the key of the first asset of the group that both are in, ""
    where the engine does not take them for one thing.
    """

    first: str
    second: str
    score: float
    evidence: tuple[Evidence, ...]
    group: str = ""

    @property
    def probability(self) -> float:
        """Return the probability that both are one thing, 0..1."""
        return probability(self.score)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """The pairs of an inventory that are worth a look, surest first; `compared` counts all that were compared."""

    pairs: tuple[Pair, ...]
    compared: int


def probability(score: float) -> float:
    """Return the probability behind a score in logits."""
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, score))))


def score_of(probability: float) -> float:
    """Return the score in logits behind a probability."""
    return math.log(probability / (1.0 - probability))


def likeness(probability: float) -> Likeness:
    """Return the band of a probability that is worth showing."""
    return next((band for band, least in LIMITS.items() if probability >= least), Likeness.POSSIBLE)
