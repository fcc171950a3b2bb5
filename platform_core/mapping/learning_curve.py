"""How the mapper gets better with every corrected source: measured on families of tools that nobody corrected."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from platform_core.domain.base import Frozen
from platform_core.domain.learning import LearnedMapping
from platform_core.domain.mapping import TaughtColumn
from platform_core.mapping.benchmark import GoldSource, measure
from platform_core.mapping.knowledge import Knowledge
from platform_core.mapping.mapper import suggest
from platform_core.mapping.teaching import taught

Teach = Callable[[Knowledge, Sequence[GoldSource]], tuple[Knowledge, Sequence[LearnedMapping]]]
"""What is made of corrected sources: the knowledge and the analysts' words that later suggestions get."""

CORRECTED = (0, 1, 2, 3, 4, 5, 10, 20)
_TEST_SOURCES = 20


class Point(Frozen):
    """Figures after `sources` corrected sources, averaged over orders."""

    sources: int
    f1: float
    precision: float
    null_fpr: float
    top1: float


def learning_curve(
    cold: Knowledge, gold: Sequence[GoldSource], teach: Teach | None = None, orders: int = 3
) -> list[Point]:
    """Return the curve over `CORRECTED` sources for a mapper that has seen none of `gold`.

    In every order the last sources are for measuring only, and nobody corrects a source of their families.
    """
    points: dict[int, list[Point]] = {count: [] for count in CORRECTED}
    for seed in range(orders):
        mixed = [gold[place] for place in np.random.default_rng(seed).permutation(len(gold))]
        tested = mixed[-_TEST_SOURCES:]
        unseen = {source.family for source in tested}
        corrected = [source for source in mixed[:-_TEST_SOURCES] if source.family not in unseen]
        for count in CORRECTED:
            if count <= len(corrected):
                points[count].append(_point(cold, corrected[:count], tested, teach or teach_columns))
    return [_mean(found) for found in points.values() if found]


def teach_columns(cold: Knowledge, corrected: Sequence[GoldSource]) -> tuple[Knowledge, Sequence[LearnedMapping]]:
    """Generalise from every column of the corrected sources; a word on one tool's header binds no other tool."""
    columns = [
        TaughtColumn(headers=source.headers, position=place, kind=source.kind, field=next(iter(column.fields), None))
        for source in corrected
        for place, column in enumerate(source.columns)
        if not column.optional
    ]
    return taught(cold, columns), []


def _point(cold: Knowledge, corrected: Sequence[GoldSource], tested: Sequence[GoldSource], teach: Teach) -> Point:
    knowledge, words = teach(cold, corrected)
    figures = measure(tested, [suggest(source.table(), knowledge, words) for source in tested])
    return Point(
        sources=len(corrected),
        f1=figures.f1 or 0.0,
        precision=figures.precision or 0.0,
        null_fpr=figures.null_fpr or 0.0,
        top1=figures.top1 or 0.0,
    )


def _mean(points: Sequence[Point]) -> Point:
    def mean(values: Sequence[float]) -> float:
        return round(sum(values) / len(values), 4)

    return Point(
        sources=points[0].sources,
        f1=mean([point.f1 for point in points]),
        precision=mean([point.precision for point in points]),
        null_fpr=mean([point.null_fpr for point in points]),
        top1=mean([point.top1 for point in points]),
    )
