"""One column's case: what every piece of evidence adds to every field, in logits that simply add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from platform_core.domain.learning import LearnedMapping
from platform_core.domain.mapping import EvidenceKind, FileKind
from platform_core.mapping.features import MARKERS, Features, Part, part_of
from platform_core.mapping.filekind import KindOpinion
from platform_core.mapping.formats import KnownColumn, KnownFormat, column_key
from platform_core.mapping.knowledge import Knowledge
from platform_core.mapping.names import Name
from platform_core.mapping.ranker import Scores
from platform_core.mapping.values import NO_FIELD, ValueProfile

FORMAT_LOGITS = 16.0
"""What a recognised export's own column is worth: more than any name (about 10), less than an analyst's word."""
_RELATED_LOGITS = 8.0  # the same for a column that only another export of the tool is known to have
_SECOND_MEANING = 0.6  # share of it for the second of two accepted fields
_WEAK_MEANING = 0.35  # share of it for a field that barely fits, and for leaving such a column alone
_TWIN_DISCOUNT = 2.0  # logits: seven of eight times, a column that suits twins was labelled with either
LEARNED_LOGITS = 30.0
"""What an analyst's word is worth: more than everything else together."""
_DOUBTFUL_LOGITS = 6.0  # the same where others disagree, or where it was said of the same words in another file
_STRANGER = 2.0  # logits towards no field in a file that is certainly no inventory
_STRANGER_FROM = 0.4  # probability of that from which it counts
_UNKNOWN_WORD = 0.5  # logits towards no field for each word that no training source used
_STRANGE_COMPANY = 1.5  # logits a word costs the fields whose headers never have it; flat from 1 to 2.5


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
    twins: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @cached_property
    def logits(self) -> Scores:
        """Sum of all reasons, one number a class."""
        total: Scores = np.sum([reason.logits for reason in self.reasons], axis=0)
        return total

    @cached_property
    def ranking(self) -> tuple[int, ...]:
        """Classes other than none, best first; ties in catalogue order."""
        return tuple(int(i) for i in np.argsort(-self.logits[:-1], kind="stable"))

    @cached_property
    def _known_scores(self) -> dict[int, float]:
        return {}

    def score(self, place: int) -> float:
        """Return the log odds of one class against all others together, a twin of it counting for little.

        A twin is a field that the same column may feed as well ("Owner" of a server: business or technical owner).
        """
        if place not in self._known_scores:
            self._known_scores[place] = self._score(place)
        return self._known_scores[place]

    def _score(self, place: int) -> float:
        others = self.logits.copy()
        others[list(self.twins.get(place, ()))] -= _TWIN_DISCOUNT
        others = np.delete(others, place)
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
    known, worth = _known_column(name, context.known)
    learned = context.learned.get(name.plain)
    reasons = [*linear]
    if known and context.known:
        reasons.append(_format_reason(known, context.known, worth, knowledge.classes))
    else:
        reasons += _qualifier_reasons(name, knowledge)
        reasons += _stranger_reasons(context, knowledge.classes)
    reasons += _value_reasons(profile, knowledge)
    if learned:
        reasons += learned_reasons(learned, knowledge.classes)
    return Case(position, name, profile, known, learned, knowledge.classes, tuple(reasons), knowledge.twins)


def name_reasons(name: Name, features: Features, context: FileContext, knowledge: Knowledge) -> list[Reason]:
    """Split the ranker's score for a column into what its words say and what the file around it says."""
    keys = list(features)
    parts = knowledge.columns.contributions(features, keys) * knowledge.calibration.temperature
    in_file = np.array([part_of(key) is Part.FILE for key in keys])
    reasons = [
        Reason(EvidenceKind.NAME, _name_text(name), parts[~in_file].sum(axis=0), leads=bool(name.concepts)),
        Reason(EvidenceKind.FILE_KIND, _file_text(name, context), parts[in_file].sum(axis=0), leads=True),
    ]
    reasons += _unknown_words(name, knowledge)
    reasons += _strange_company(name, knowledge)
    return reasons + _taught_reasons(features, knowledge)


def _taught_reasons(features: Features, knowledge: Knowledge) -> list[Reason]:
    if knowledge.taught is None:
        return []
    logits = knowledge.taught.scores(features) * knowledge.calibration.temperature
    return [Reason(EvidenceKind.LEARNED, "columns that analysts settled read alike", logits)] if logits.any() else []


def _file_text(name: Name, context: FileContext) -> str:
    beside = [word for word in context.beside if word not in (*name.concepts, *MARKERS)]
    with_columns = f" with columns on {', '.join(beside[:3])}" if beside and len(name.concepts) <= 2 else ""
    article = "an" if context.kinds.best[0] in "aeiou" else "a"
    return f"this is {article} {context.kinds.best} list{with_columns}"


def _unknown_words(name: Name, knowledge: Knowledge) -> list[Reason]:
    unknown = [word for word in name.concepts if f"w:{word}" not in knowledge.columns.row_of and word != "#"]
    if not unknown:
        return []
    words = ", ".join(f"“{word}”" for word in dict.fromkeys(unknown))
    logits = _towards(knowledge.classes, NO_FIELD, _UNKNOWN_WORD * len(unknown))
    return [Reason(EvidenceKind.NAME, f"no known inventory uses {words}", logits)]


def _strange_company(name: Name, knowledge: Knowledge) -> list[Reason]:
    """A word that no header of a field has makes it another thing: "environment priority" is no environment."""
    reasons = []
    for word in dict.fromkeys(name.concepts):
        strangers = knowledge.company.strangers(word) if word != "#" else None
        if strangers is not None:
            logits = np.where(strangers, -_STRANGE_COMPANY, 0.0)
            logits[knowledge.classes.index(NO_FIELD)] = 0.0
            text = f"“{word.replace('_', ' ')}” is not said of it elsewhere"
            reasons.append(Reason(EvidenceKind.QUALIFIER, text, logits, leads=True))
    return reasons


def _name_text(name: Name) -> str:
    if not name.concepts:
        return "the column has no header"
    read = " ".join(word.replace("_", " ") for word in name.concepts)
    return f"the header reads “{read}”" if read != name.plain else f"the header says “{name.plain}”"


def _known_column(name: Name, export: KnownFormat | None) -> tuple[KnownColumn | None, float]:
    """Find a header among a recognised export's columns, and say what that is worth in logits."""
    if export is None:
        return None, 0.0
    key = column_key(name.plain)
    own = export.columns.get(key)
    return (own, FORMAT_LOGITS) if own else (export.relatives.get(key), _RELATED_LOGITS)


def _format_reason(known: KnownColumn, export: KnownFormat, worth: float, classes: tuple[str, ...]) -> Reason:
    shares = dict(zip(known.fields, (1.0, _SECOND_MEANING), strict=False)) or {NO_FIELD: 1.0}
    if known.weak:
        shares = {known.fields[0]: _WEAK_MEANING, NO_FIELD: _WEAK_MEANING}
    logits = np.zeros(len(classes))
    for key, share in shares.items():
        logits[classes.index(key)] = worth * share
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


def learned_reasons(learned: LearnedMapping, classes: tuple[str, ...]) -> list[Reason]:
    """Return what analysts' words on a header count for, one reason a word and refusal."""
    who = learned.author or "an analyst"
    when = f" on {learned.at:%Y-%m-%d}" if learned.at else ""
    where = f" for {learned.format}" if learned.format else ""
    note = f"; {learned.note}" if learned.note else ""
    reasons = []
    if learned.is_word:
        worth = LEARNED_LOGITS if learned.is_certain else _DOUBTFUL_LOGITS
        logits = _towards(classes, learned.field or NO_FIELD, worth)
        reasons.append(Reason(EvidenceKind.LEARNED, f"learned from {who}{when}{where}{note}", logits))
    for field_refused in learned.vetoes:
        logits = _towards(classes, field_refused, -LEARNED_LOGITS)
        text = "somebody said it is not this field" if learned.is_word else f"{who} said{when} it is not this field"
        reasons.append(Reason(EvidenceKind.LEARNED, text, logits))
    return reasons


def _towards(classes: tuple[str, ...], key: str, logits: float) -> Scores:
    vector = np.zeros(len(classes))
    vector[classes.index(key)] = logits
    return vector
