"""What one row of a file describes, told from all its headers before any column is mapped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from platform_core.domain.mapping import Evidence, EvidenceKind, FileKind
from platform_core.errors import BadInput
from platform_core.mapping.features import file_features
from platform_core.mapping.formats import KnownFormat
from platform_core.mapping.names import Name, folded
from platform_core.mapping.ranker import LinearModel, Scores
from platform_core.mapping.tables import rows
from platform_core.mapping.values import ValueProfile

_TEMPERATURE = 8.0  # logits a score of 1 is worth; chosen on the gold set with families left out
_FORMAT_LOGITS = 8.0  # a recognised export settles the question
_VALUE_LOGITS = 3.0  # what a column of types counts for that names nothing but types of one kind
_TYPE_WORDS = frozenset({"type", "category", "class", "role", "family", "device", "kind"})
_WORDS_SHOWN = 4

_SPEAKS_OF = {
    FileKind.SERVER: "servers and virtual machines",
    FileKind.APPLICATION: "applications",
    FileKind.DATABASE: "databases",
    FileKind.NETWORK: "network devices",
    FileKind.STORAGE: "storage",
    FileKind.HARDWARE: "hardware assets",
    FileKind.SOFTWARE: "software and licences",
    FileKind.DEPENDENCY: "dependencies between systems",
    FileKind.SECURITY: "security findings",
    FileKind.OTHER: "something that is not an inventory",
}


@dataclass(frozen=True)
class KindOpinion:
    """The probability of every kind of file, and why the first one leads."""

    probabilities: Mapping[FileKind, float]
    evidence: tuple[Evidence, ...]

    @property
    def best(self) -> FileKind:
        """Return the most probable kind."""
        return max(self.probabilities, key=lambda kind: self.probabilities[kind])


@dataclass(frozen=True)
class TypeValues:
    """Names of types of assets, folded ("switch", "imprimante"), each with the kind of file that lists such things."""

    kinds: Mapping[str, FileKind]

    @classmethod
    def load(cls, folder: Path) -> TypeValues:
        """Read kind_values.csv; raises BadInput for a kind that there is not."""
        try:
            return cls(
                {row["value"]: FileKind(row["kind"]) for row in rows(folder / "kind_values.csv", "value", "kind")}
            )
        except ValueError as error:
            raise BadInput("kind_values.csv names an unknown kind of file.") from error

    def shares(self, names: Sequence[Name], profiles: Sequence[ValueProfile]) -> dict[FileKind, float]:
        """Return for each kind which share of the sample values of columns of types name a thing of this kind."""
        samples = [
            folded(sample)
            for name, profile in zip(names, profiles, strict=True)
            if _TYPE_WORDS.intersection(name.concepts)
            for sample in profile.samples
        ]
        found = Counter(kind for sample in samples if (kind := self.kinds.get(sample)))
        return {kind: number / len(samples) for kind, number in found.items()}


def file_kind(
    names: Sequence[Name],
    known: KnownFormat | None,
    model: LinearModel,
    by_values: Mapping[FileKind, float] | None = None,
) -> KindOpinion:
    """Tell the kind of a file from its headers and the types its rows name; a recognised export says it outright.

    `by_values` are shares as `TypeValues` gives them. Evidence weights are logits against the runner-up and add up
    to the log odds between the two.
    """
    features = file_features(names)
    return opinion(features, model.contributions(features, list(features)), known, model.classes, by_values or {})


def opinion(
    features: Mapping[str, float],
    contributions: Scores,
    known: KnownFormat | None,
    classes: Sequence[str],
    by_values: Mapping[FileKind, float],
) -> KindOpinion:
    """Turn what each feature adds to each kind into probabilities and evidence."""
    logits = contributions.sum(axis=0) * _TEMPERATURE
    if known:
        logits[classes.index(known.kind)] += _FORMAT_LOGITS
    for kind, share in by_values.items():
        logits[classes.index(kind)] += _VALUE_LOGITS * share
    odds = np.exp(logits - logits.max())
    order = np.argsort(-logits)
    best, second = int(order[0]), int(order[1])
    apart = (contributions[:, best] - contributions[:, second]) * _TEMPERATURE
    evidence = [_words_evidence(FileKind(classes[best]), list(features), apart)]
    if known:
        weight = _FORMAT_LOGITS * (known.kind == classes[best]) - _FORMAT_LOGITS * (known.kind == classes[second])
        evidence.insert(
            0, Evidence(kind=EvidenceKind.FORMAT, text=f"the columns are those of {known.name}", weight=weight)
        )
    told = _VALUE_LOGITS * (by_values.get(FileKind(classes[best]), 0.0) - by_values.get(FileKind(classes[second]), 0.0))
    if told:
        text = f"the types named in the cells are {'' if told > 0 else 'not '}{_SPEAKS_OF[FileKind(classes[best])]}"
        evidence.append(Evidence(kind=EvidenceKind.VALUES, text=text, weight=told))
    probabilities = {FileKind(name): float(share) for name, share in zip(classes, odds / odds.sum(), strict=True)}
    return KindOpinion(probabilities, tuple(evidence))


def _words_evidence(kind: FileKind, features: list[str], apart: Scores) -> Evidence:
    strongest = [features[i].removeprefix("k:") for i in np.argsort(-apart) if apart[i] > 0 and features[i][0] == "k"]
    words = ", ".join(f"“{word.replace('_', ' ')}”" for word in strongest[:_WORDS_SHOWN])
    text = f"headers such as {words} speak of {_SPEAKS_OF[kind]}" if words else "no header says what a row is"
    return Evidence(kind=EvidenceKind.NAME, text=text, weight=float(apart.sum()))
