"""One column's case: what every piece of evidence adds to every field, in logits that simply add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from platform_core.domain.learning import LearnedMapping
from platform_core.domain.mapping import EvidenceKind, FileKind
from platform_core.mapping.features import NO_MACHINES_INSIDE, Features, Part, part_of
from platform_core.mapping.filekind import KindOpinion
from platform_core.mapping.formats import KnownColumn, KnownFormat
from platform_core.mapping.knowledge import Knowledge
from platform_core.mapping.names import Name
from platform_core.mapping.ranker import Scores
from platform_core.mapping.values import NO_FIELD, ValueProfile

FORMAT_LOGITS = 6.0
"""What a recognised export's own column is worth: more than any name, less than an analyst's word."""
_SECOND_MEANING = 0.75  # share of it for the second of two accepted fields
_WEAK_MEANING = 0.35  # share of it for a field that barely fits, and for leaving such a column alone
LEARNED_LOGITS = 30.0
"""What an analyst's word is worth: more than everything else together."""
_STRANGER = 2.0  # logits towards no field in a file that is certainly no inventory
_STRANGER_FROM = 0.4  # probability of that from which it counts
_UNKNOWN_WORD = 0.5  # logits towards no field for each word that no training source used


@dataclass(frozen=True)
class Reason:
    """One piece of evidence with what it adds to each class; `leads` when its text wants the field named after it."""

    kind: EvidenceKind
    text: str
    logits: Scores
    leads: bool = False


@dataclass(frozen=True)
class Case:
    """Everything that speaks for or against each class (fields and none) for one column."""

    position: int
    name: Name
    profile: ValueProfile
    known: KnownColumn | None
    learned: LearnedMapping | None
    classes: tuple[str, ...]
    reasons: tuple[Reason, ...]

    @cached_property
    def logits(self) -> Scores:
        """Sum of all reasons, one number a class."""
        total: Scores = np.sum([reason.logits for reason in self.reasons], axis=0)
        return total

    @cached_property
    def ranking(self) -> tuple[int, ...]:
        """Classes other than none, best first; ties in catalogue order."""
        return tuple(int(i) for i in np.argsort(-self.logits[:-1], kind="stable"))

    def score(self, place: int) -> float:
        """Return the log odds of one class against all others together."""
        others = np.delete(self.logits, place)
        top = others.max()
        return float(self.logits[place] - top - np.log(np.exp(others - top).sum()))


@dataclass(frozen=True)
class FileContext:
    """What is true of the whole file while its columns are judged."""

    kinds: KindOpinion
    known: KnownFormat | None
    beside: tuple[str, ...]
    learned: Mapping[str, LearnedMapping]


def build_case(
    position: int,
    name: Name,
    profile: ValueProfile,
    context: FileContext,
    linear: Sequence[Reason],
    knowledge: Knowledge,
) -> Case:
    """Collect the reasons for one column; `linear` are those of the ranker."""
    known = context.known.columns.get(name.plain) if context.known else None
    learned = context.learned.get(name.plain)
    reasons = [*linear]
    if known and context.known:
        reasons.append(_format_reason(known, context.known, knowledge.classes))
    else:
        reasons += _qualifier_reasons(name, knowledge)
        reasons += _stranger_reasons(context, knowledge.classes)
    reasons += _value_reasons(profile, knowledge)
    if learned:
        reasons.append(_learned_reason(learned, knowledge.classes))
    return Case(position, name, profile, known, learned, knowledge.classes, tuple(reasons))


def name_reasons(name: Name, features: Features, context: FileContext, knowledge: Knowledge) -> list[Reason]:
    """Split the ranker's score for a column into what its words say and what the file around it says."""
    keys = list(features)
    parts = knowledge.columns.contributions(features, keys) * knowledge.calibration.temperature
    in_file = np.array([part_of(key) is Part.FILE for key in keys])
    reasons = [
        Reason(EvidenceKind.NAME, _name_text(name), parts[~in_file].sum(axis=0), leads=bool(name.concepts)),
        Reason(EvidenceKind.FILE_KIND, _file_text(name, context), parts[in_file].sum(axis=0), leads=True),
    ]
    return reasons + _unknown_words(name, knowledge)


def _file_text(name: Name, context: FileContext) -> str:
    beside = [word for word in context.beside if word not in (*name.concepts, NO_MACHINES_INSIDE)]
    with_columns = f" with columns on {', '.join(beside[:3])}" if beside and len(name.concepts) <= 2 else ""
    return f"this is a {context.kinds.best} list{with_columns}"


def _unknown_words(name: Name, knowledge: Knowledge) -> list[Reason]:
    unknown = [word for word in name.concepts if f"w:{word}" not in knowledge.columns.row_of and word != "#"]
    if not unknown:
        return []
    words = ", ".join(f"“{word}”" for word in dict.fromkeys(unknown))
    logits = _towards(knowledge.classes, NO_FIELD, _UNKNOWN_WORD * len(unknown))
    return [Reason(EvidenceKind.NAME, f"no known inventory uses {words}", logits)]


def _name_text(name: Name) -> str:
    if not name.concepts:
        return "the column has no header"
    read = " ".join(word.replace("_", " ") for word in name.concepts)
    return f"the header reads “{read}”" if read != name.plain else f"the header says “{name.plain}”"


def _format_reason(known: KnownColumn, export: KnownFormat, classes: tuple[str, ...]) -> Reason:
    shares = dict(zip(known.fields, (1.0, _SECOND_MEANING), strict=False)) or {NO_FIELD: 1.0}
    if known.weak:
        shares = {known.fields[0]: _WEAK_MEANING, NO_FIELD: _WEAK_MEANING}
    logits = np.zeros(len(classes))
    for key, share in shares.items():
        logits[classes.index(key)] = FORMAT_LOGITS * share
    meaning = "a column of" if known.fields else "a column without use for a migration in"
    return Reason(EvidenceKind.FORMAT, f"{meaning} {export.name}", logits)


def _qualifier_reasons(name: Name, knowledge: Knowledge) -> list[Reason]:
    reasons = []
    for qualifier in knowledge.qualifiers.among(name.concepts):
        logits = np.array(
            [0.0 if key == NO_FIELD or key in qualifier.allowed else -qualifier.weight for key in knowledge.classes]
        )
        reasons.append(Reason(EvidenceKind.QUALIFIER, qualifier.text, logits))
    return reasons


def _stranger_reasons(context: FileContext, classes: tuple[str, ...]) -> list[Reason]:
    stranger = context.kinds.probabilities[FileKind.OTHER]
    if stranger < _STRANGER_FROM:
        return []
    logits = _towards(classes, NO_FIELD, _STRANGER * stranger)
    return [Reason(EvidenceKind.FILE_KIND, "the file does not look like an inventory", logits)]


def _value_reasons(profile: ValueProfile, knowledge: Knowledge) -> list[Reason]:
    return [
        Reason(
            EvidenceKind.VALUES, finding.text, np.array([finding.weights.get(key, 0.0) for key in knowledge.classes])
        )
        for finding in knowledge.values.findings(profile)
    ]


def _learned_reason(learned: LearnedMapping, classes: tuple[str, ...]) -> Reason:
    who = learned.author or "an analyst"
    when = f" on {learned.at:%Y-%m-%d}" if learned.at else ""
    where = f" for {learned.format}" if learned.format else ""
    logits = _towards(classes, learned.field or NO_FIELD, LEARNED_LOGITS)
    return Reason(EvidenceKind.LEARNED, f"learned from {who}{when}{where}", logits)


def _towards(classes: tuple[str, ...], key: str, logits: float) -> Scores:
    vector = np.zeros(len(classes))
    vector[classes.index(key)] = logits
    return vector
