"""What one row of a file describes, told from all its headers before any column is mapped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from platform_core.domain.mapping import Evidence, EvidenceKind, FileKind
from platform_core.mapping.features import file_features
from platform_core.mapping.formats import KnownFormat
from platform_core.mapping.names import Name
from platform_core.mapping.ranker import LinearModel, Scores

_TEMPERATURE = 8.0  # logits a score of 1 is worth; chosen on the gold set with families left out
_FORMAT_LOGITS = 8.0  # a recognised export settles the question
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


def file_kind(names: Sequence[Name], known: KnownFormat | None, model: LinearModel) -> KindOpinion:
    """Tell the kind of a file from its headers; a recognised export says it outright.

    Evidence weights are logits against the runner-up and add up to the log odds between the two.
    """
    features = file_features(names)
    return opinion(features, model.contributions(features, list(features)), known, model.classes)


def opinion(
    features: Mapping[str, float], contributions: Scores, known: KnownFormat | None, classes: Sequence[str]
) -> KindOpinion:
    """Turn what each feature adds to each kind into probabilities and evidence."""
    logits = contributions.sum(axis=0) * _TEMPERATURE
    if known:
        logits[classes.index(known.kind)] += _FORMAT_LOGITS
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
    probabilities = {FileKind(name): float(share) for name, share in zip(classes, odds / odds.sum(), strict=True)}
    return KindOpinion(probabilities, tuple(evidence))


def _words_evidence(kind: FileKind, features: list[str], apart: Scores) -> Evidence:
    strongest = [features[i].removeprefix("k:") for i in np.argsort(-apart) if apart[i] > 0 and features[i][0] == "k"]
    words = ", ".join(f"“{word.replace('_', ' ')}”" for word in strongest[:_WORDS_SHOWN])
    text = f"headers such as {words} speak of {_SPEAKS_OF[kind]}" if words else "no header says what a row is"
    return Evidence(kind=EvidenceKind.NAME, text=text, weight=float(apart.sum()))
