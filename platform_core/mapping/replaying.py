"""Answering columns once more with something learned, fast: what the shipped mapper says of them is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from platform_core.domain.learning import LearnedMapping
from platform_core.domain.mapping import EvidenceKind
from platform_core.mapping.features import Features, column_features
from platform_core.mapping.knowledge import Knowledge
from platform_core.mapping.mapper import field_of, judge, slack_of
from platform_core.mapping.ranker import LinearModel, Scores
from platform_core.mapping.scoring import Case, Reason, learned_reasons
from platform_core.mapping.values import ValueProfile


@dataclass(frozen=True)
class _Column:
    file: int
    case: Case
    features: Features
    field: str | None
    slack: float


class Replay:
    """The columns of some files with all that the shipped `knowledge` says of them.

    A hundred settled columns are replayed on a thousand columns in about 50 ms: only the columns that share a
    feature with what was taught, or that words speak about, are answered anew.
    """

    def __init__(self, files: Sequence[tuple[Sequence[str], Sequence[ValueProfile]]], knowledge: Knowledge) -> None:
        self._knowledge = replace(knowledge, taught=None)
        self._columns = [column for number, file in enumerate(files) for column in self._judged(number, *file)]
        self._using: dict[str, tuple[list[int], list[float]]] = {}
        for row, column in enumerate(self._columns):
            for feature, value in column.features.items():
                rows, values = self._using.setdefault(feature, ([], []))
                rows.append(row)
                values.append(value)

    def fields(
        self, taught: LinearModel | None, learned: Mapping[int, Sequence[LearnedMapping]]
    ) -> list[list[str | None]]:
        """Return the field of every column, file by file; `learned` are the words that hold for each file number."""
        added = self._added(taught) if taught is not None else np.zeros((len(self._columns), 1))
        words = {(number, word.header): word for number, said in learned.items() for word in said}
        answers: list[list[str | None]] = [[] for _ in range(1 + max((c.file for c in self._columns), default=-1))]
        for row, column in enumerate(self._columns):
            word = words.get((column.file, column.case.name.header))
            answers[column.file].append(self._field(column, added[row], word))
        return answers

    def _judged(self, number: int, headers: Sequence[str], profiles: Sequence[ValueProfile]) -> Iterator[_Column]:
        cases, context = judge(headers, profiles, self._knowledge)
        for case in cases:
            features = column_features(case.name, context.kinds.probabilities, context.beside)
            yield _Column(number, case, features, field_of(case, self._knowledge), slack_of(case, self._knowledge))

    def _added(self, taught: LinearModel) -> Scores:
        """Return what the taught model adds to every column, in logits."""
        added = np.zeros((len(self._columns), len(taught.classes)))
        for feature, place in taught.row_of.items():
            if feature in self._using:
                rows, values = self._using[feature]
                added[rows] += np.outer(values, taught.weights[place].astype(np.float64))
        return added * self._knowledge.calibration.temperature

    def _field(self, column: _Column, added: Scores, word: LearnedMapping | None) -> str | None:
        if word is None and np.abs(added).max() < column.slack:
            return column.field
        reasons = [*column.case.reasons]
        if added.any():
            reasons.append(Reason(EvidenceKind.LEARNED, "", added))
        if word is not None:
            reasons += learned_reasons(word, column.case.classes)
        return field_of(replace(column.case, reasons=tuple(reasons)), self._knowledge)
