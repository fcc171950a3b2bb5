"""Train the mapper's models and calibrate them: `python -m platform_core.mapping.train` (about three minutes).

Training rows are the columns of all known exports, the combinations of patterns.csv, and the labelled columns of
gold.jsonl. Everything reported as "held out" leaves all sources and exports of a tool out together (those whose
names start with the same word), so that no figure comes from a header the model has seen in the same family.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from re import findall
from zlib import crc32

import numpy as np

from platform_core.domain.mapping import FileKind, MappingProposal
from platform_core.mapping.benchmark import Figures, GoldSource, measure, read_gold
from platform_core.mapping.calibration import Calibration
from platform_core.mapping.features import column_features, file_features, siblings
from platform_core.mapping.knowledge import Knowledge, read_knowledge
from platform_core.mapping.mapper import propose
from platform_core.mapping.names import Name, normalise_all
from platform_core.mapping.ranker import LinearModel
from platform_core.mapping.ridge import Ridge, Rows
from platform_core.mapping.tables import known_fields, rows
from platform_core.mapping.values import NO_FIELD
from platform_core.reference import DATA

PENALTY = 0.3
"""Ridge penalty of the column model; flat between 0.1 and 1 on held-out families."""
_KIND_PENALTY = 0.1
_GOLD_WEIGHT, _EXPORT_WEIGHT, _CATALOGUE_WEIGHT, _PATTERN_WEIGHT = 1.0, 0.7, 0.4, 0.3
_REPETITION = 0.7  # how far a header that a tool repeats in all its exports loses weight; 1 = counts once
_PATTERN_SHARE_UNMAPPED = 0.15  # of the many combinations without a field, to keep them in proportion
_FIRST_MEANING = 0.8  # share of the target for the better of two accepted fields
_WEAK_MEANING = 0.55  # share of the target for a field that barely fits; the rest says "leave it"
_TEMPERATURE = 10.0  # logits for a score of 1: chosen for the flattest calibration on held-out families
_MOST_NULL = 0.07  # share of columns without a field that may get one, when the review cut is chosen
_LEAST_PRECISION = 0.925  # of all fields given, likewise
_ACCEPT_PRECISION = 0.97
_KNOTS = 14


@dataclass(frozen=True)
class Lesson:
    """A labelled file to learn from; `labels[i]` are the accepted fields of column i, `weak[i]` a bare fit."""

    group: str
    kind: FileKind
    names: Sequence[Name]
    labels: Sequence[tuple[str, ...]]
    weak: Sequence[bool]
    weight: float
    is_file: bool


@dataclass(frozen=True)
class Held:
    """The held-out answer for a gold source: the proposal and the raw scores of each column's best field."""

    source: GoldSource
    proposal: MappingProposal
    scores: Sequence[float]


def main() -> None:
    """Train, measure with families held out, calibrate, and write model, calibration and figures."""
    flat = Calibration(_TEMPERATURE, ((-40.0, 1e-9), (40.0, 1 - 1e-9)), 0.5, 0.9)
    empty = LinearModel(("",), {}, np.zeros((0, 1), np.float16))
    knowledge = read_knowledge(DATA, columns=empty, kinds=empty, calibration=flat)
    gold = read_gold(DATA / "mapping" / "gold.jsonl")
    lessons = [
        *_from_exports(knowledge, {source.name for source in gold}),
        *_from_patterns(knowledge),
        *_from_catalogue(knowledge),
        *_from_gold(gold, knowledge),
    ]
    families = sorted({source.family for source in gold})
    columns, kinds = _column_ridge(lessons, knowledge, families), _kind_ridge(lessons, families)
    raw = [_held_out(source, columns, kinds, knowledge) for source in gold]
    calibration = _calibrate(raw)
    figures = measure(gold, [_recalibrated(source, columns, kinds, knowledge, calibration) for source in gold])
    _write(columns.model(), kinds.model(), calibration, figures)
    print(figures.model_dump_json(indent=1))  # noqa: T201


def _from_exports(knowledge: Knowledge, labelled: set[str]) -> Iterator[Lesson]:
    for known in knowledge.formats.formats:
        if known.name in labelled:
            continue
        _, names = normalise_all([column.header for column in known.columns.values()], knowledge.lexicon)
        labels = [column.fields for column in known.columns.values()]
        weak = [column.weak for column in known.columns.values()]
        yield Lesson(known.name.split()[0].lower(), known.kind, names, labels, weak, _EXPORT_WEIGHT, is_file=True)


def _from_gold(gold: Sequence[GoldSource], knowledge: Knowledge) -> Iterator[Lesson]:
    for source in gold:
        _, names = normalise_all(source.headers, knowledge.lexicon)
        labels = [column.fields for column in source.columns]
        weak = [column.optional for column in source.columns]
        yield Lesson(source.family, source.kind, names, labels, weak, _GOLD_WEIGHT, is_file=True)


def _from_patterns(knowledge: Knowledge) -> Iterator[Lesson]:
    """Spell out the combinations of patterns.csv, one file a kind; of those without a field only a share."""
    tables = DATA / "mapping"
    words: dict[str, list[str]] = {}
    for row in rows(tables / "pattern_words.csv", "set", "word", "source"):
        words.setdefault(row["set"], []).append(row["word"])
    by_kind: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for row in rows(tables / "patterns.csv", "pattern", "fields", "kind", "source"):
        fields = known_fields(row["fields"], knowledge.catalogue, "patterns.csv")
        slots = findall(r"\{(\w+)\}", row["pattern"])
        template = row["pattern"]
        for slot in slots:
            template = template.replace(f"{{{slot}}}", "{}", 1)
        headers = (template.format(*chosen) for chosen in product(*(words[slot] for slot in slots)))
        kept = [header for header in headers if fields or _in_share(header, _PATTERN_SHARE_UNMAPPED)]
        by_kind.setdefault(row["kind"], []).extend((header, fields) for header in kept)
    for kind, combinations in by_kind.items():
        _, names = normalise_all([header for header, _ in combinations], knowledge.lexicon)
        labels = [fields for _, fields in combinations]
        turned = [(_turned(name), fields) for name, fields in zip(names, labels, strict=True) if fields]
        names, labels = [*names, *(name for name, _ in turned)], [*labels, *(fields for _, fields in turned)]
        weak = [False] * len(names)
        yield Lesson(f"patterns {kind}", FileKind(kind), names, labels, weak, _PATTERN_WEIGHT, is_file=False)


def _from_catalogue(knowledge: Knowledge) -> Iterator[Lesson]:
    """Every field under its key, its label and the names analysts give it, in each kind of file it may be in."""
    names: dict[str, list[str]] = {field.key: [field.key, field.label] for field in knowledge.catalogue}
    for row in rows(DATA / "learning" / "field_names.csv", "name", "field", "source"):
        names[row["field"]].append(row["name"])
    for kind in (FileKind.SERVER, FileKind.APPLICATION, FileKind.HARDWARE, FileKind.DEPENDENCY):
        kept = [key for key in names if key.startswith("dep_") == (kind is FileKind.DEPENDENCY)]
        headers = [(header, (key,)) for key in kept for header in dict.fromkeys(names[key])]
        _, read = normalise_all([header for header, _ in headers], knowledge.lexicon)
        labels, weak = [fields for _, fields in headers], [False] * len(read)
        yield Lesson(f"catalogue {kind}", kind, read, labels, weak, _CATALOGUE_WEIGHT, is_file=False)


def _turned(name: Name) -> Name:
    """Return a name in the order of Romance languages: "version operating_system" for "operating_system version"."""
    return replace(name, concepts=name.concepts[::-1], plain=" ".join(reversed(name.plain.split())))


def _in_share(text: str, share: float) -> bool:
    """Choose a fixed share of texts, the same ones at each training."""
    return crc32(text.encode()) % 1000 < share * 1000


def _column_ridge(lessons: Sequence[Lesson], knowledge: Knowledge, families: Sequence[str]) -> Ridge:
    features, targets, weights, groups = [], [], [], []
    said = Counter((lesson.group, name.key) for lesson in lessons for name in lesson.names)
    for lesson in lessons:
        beside = siblings(lesson.names) if lesson.is_file else ()
        for name, fields, weak in zip(lesson.names, lesson.labels, lesson.weak, strict=True):
            features.append(column_features(name, {lesson.kind: 1.0}, beside))
            targets.append(_target(fields, knowledge.classes, weak=weak))
            weights.append(lesson.weight / said[lesson.group, name.key] ** _REPETITION)
            groups.append(lesson.group)
    data = Rows(features, np.array(targets, np.float32), np.array(weights, np.float32), groups)
    return Ridge(data, knowledge.classes, PENALTY, families)


def _kind_ridge(lessons: Sequence[Lesson], families: Sequence[str]) -> Ridge:
    files = [lesson for lesson in lessons if lesson.is_file]
    classes = tuple(kind.value for kind in FileKind)
    targets = np.array([[float(lesson.kind == name) for name in classes] for lesson in files], np.float32)
    features = [file_features(lesson.names) for lesson in files]
    data = Rows(features, targets, np.ones(len(files), np.float32), [lesson.group for lesson in files])
    return Ridge(data, classes, _KIND_PENALTY, families)


def _target(fields: Sequence[str], classes: Sequence[str], *, weak: bool) -> list[float]:
    target = [0.0] * len(classes)
    for field, share in zip(fields, (_FIRST_MEANING, 1 - _FIRST_MEANING) if len(fields) > 1 else (1.0,), strict=False):
        target[classes.index(field)] += share * (_WEAK_MEANING if weak else 1.0)
    target[classes.index(NO_FIELD)] = 1 - sum(target)
    return target


def _unseen(source: GoldSource, columns: Ridge, kinds: Ridge, knowledge: Knowledge) -> Knowledge:
    """Return the knowledge that is left when the whole family of `source` is forgotten."""
    _, names = normalise_all(source.headers, knowledge.lexicon)
    beside = siblings(names)
    every = dict.fromkeys(FileKind, 1.0)
    wanted = {feature for name in names for feature in column_features(name, every, beside)}
    return _with_models(
        knowledge.without_formats_of(source.family),
        columns.model(source.family, wanted),
        kinds.model(source.family, set(file_features(names))),
        knowledge.calibration,
    )


def _with_models(knowledge: Knowledge, columns: LinearModel, kinds: LinearModel, calibration: Calibration) -> Knowledge:
    return replace(knowledge, columns=columns, kinds=kinds, calibration=calibration)


def _held_out(source: GoldSource, columns: Ridge, kinds: Ridge, knowledge: Knowledge) -> Held:
    proposal = _answer(source, _unseen(source, columns, kinds, knowledge))
    return Held(
        source,
        proposal,
        [sum(term.weight for term in s.evidence) * (1 if s.field else -1) for s in proposal.suggestions],
    )


def _recalibrated(
    source: GoldSource, columns: Ridge, kinds: Ridge, knowledge: Knowledge, calibration: Calibration
) -> MappingProposal:
    unseen = _unseen(source, columns, kinds, knowledge)
    return _answer(source, _with_models(unseen, unseen.columns, unseen.kinds, calibration))


def _answer(source: GoldSource, knowledge: Knowledge) -> MappingProposal:
    return propose(source.headers, knowledge.values.profiles(source.table()), knowledge)


def _calibrate(held: Sequence[Held]) -> Calibration:
    """Fit the curve from score to probability and choose the cuts, on answers with the family held out."""
    scores, right, null, due = [], [], [], []
    for answer in held:
        for column, suggestion, score in zip(
            answer.source.columns, answer.proposal.suggestions, answer.scores, strict=True
        ):
            best = suggestion.field or suggestion.alternatives[0].field
            scores.append(score)
            right.append(best in column.fields)
            null.append(not column.fields)
            due.append(bool(column.fields) and not column.optional)
    knots = isotonic_knots(np.array(scores), np.array(right))
    curve = Calibration(_TEMPERATURE, knots, 0.5, 0.9)
    probabilities = np.array([curve.probability(score) for score in scores])
    review = _review_cut(probabilities, np.array(right), np.array(null), np.array(due))
    return Calibration(_TEMPERATURE, knots, review, max(review, _accept_cut(probabilities, np.array(right))))


def isotonic_knots(scores: np.ndarray, right: np.ndarray) -> tuple[tuple[float, float], ...]:
    """Return a rising piecewise linear curve through the share of right answers over equally filled bins.

    Neighbouring bins that fall are pooled (pool adjacent violators); one right and one wrong answer are added
    to each, so that no finite sample claims certainty.
    """
    order = np.argsort(scores, kind="stable")
    pools = [
        [float(scores[part].mean()), float(right[part].sum()) + 0.5, len(part) + 1.0]
        for part in np.array_split(order, _KNOTS)
        if len(part)
    ]
    merged: list[list[float]] = []
    for pool in pools:
        merged.append(pool)
        while len(merged) > 1 and merged[-2][1] / merged[-2][2] >= merged[-1][1] / merged[-1][2]:
            (low, ok_low, n_low), (high, ok_high, n_high) = merged[-2:]
            merged[-2:] = [[(low * n_low + high * n_high) / (n_low + n_high), ok_low + ok_high, n_low + n_high]]
    return tuple((round(score, 3), round(ok / count, 4)) for score, ok, count in merged)


def _review_cut(probability: np.ndarray, right: np.ndarray, null: np.ndarray, due: np.ndarray) -> float:
    """Choose the cut with the best F1 among those that are precise and leave enough columns without a field alone."""
    best = (0.0, 0.5)
    for cut in np.arange(0.2, 0.9, 0.02):
        given = probability >= cut
        precision, recall = right[given].mean(), (right & given & due).sum() / due.sum()
        if given[null].mean() <= _MOST_NULL and precision >= _LEAST_PRECISION:
            best = max(best, (round(2 * precision * recall / (precision + recall), 3), round(float(cut), 2)))
    return best[1]


def _accept_cut(probability: np.ndarray, right: np.ndarray) -> float:
    """Choose the lowest cut above which the demanded share of answers was right."""
    for cut in np.arange(0.5, 0.995, 0.005):
        given = probability >= cut
        if given.any() and right[given].mean() >= _ACCEPT_PRECISION:
            return round(float(cut), 3)
    return 0.995


def _write(columns: LinearModel, kinds: LinearModel, calibration: Calibration, figures: Figures) -> None:
    folder: Path = DATA / "mapping"
    np.savez_compressed(folder / "model.npz", **columns.stored("columns"), **kinds.stored("kinds"))  # type: ignore[arg-type]
    stored = {
        "temperature": calibration.temperature,
        "knots": calibration.knots,
        "review": calibration.review,
        "accept": calibration.accept,
        "source": "platform_core.mapping.train on gold.jsonl, tool families held out",
    }
    (folder / "calibration.json").write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    (folder / "held_out.json").write_text(figures.model_dump_json(indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
