"""Train the mapper's models and calibrate them: `python -m platform_core.mapping.train` (four CPU minutes).

With OMP_NUM_THREADS=1 the same data give the same files bit for bit; more threads add in another order.

Training rows are the columns of all known exports, the combinations of patterns.csv, the wordings of
header_phrases.csv, the labelled columns of gold.jsonl, and those of collected.jsonl: files of many origins, labelled
before the mapper first read them. The calibration is fitted to both sets. Everything reported as "family out" leaves
all sources and exports of a tool out together (those whose names start with the same word), and with them every general
wording that these sets know from this tool alone, so that no figure comes from a header that only this tool uses.
Families are dealt out to ten groups, each of which is left out in turn. "source out" forgets sources of the gold set
in the same way and keeps the other exports of their tools.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from platform_core.domain.mapping import FileKind, MappingProposal
from platform_core.mapping.benchmark import Figures, GoldSource, measure, read_gold
from platform_core.mapping.calibrating import accept_cut, isotonic_knots, review_cut
from platform_core.mapping.calibration import Calibration
from platform_core.mapping.company import Company
from platform_core.mapping.features import column_features, file_features, siblings
from platform_core.mapping.held_out import HeldOut
from platform_core.mapping.knowledge import Knowledge, read_knowledge
from platform_core.mapping.learning_curve import learning_curve
from platform_core.mapping.lessons import Lesson, all_lessons, parts, sole_users
from platform_core.mapping.mapper import propose
from platform_core.mapping.names import normalise_all
from platform_core.mapping.ranker import PENALTY, LinearModel
from platform_core.mapping.ridge import Fit, Ridge, Rows
from platform_core.mapping.values import NO_FIELD
from platform_core.reference import DATA

_KIND_PENALTY = 0.1
_REPETITION = 0.7  # how far a header that a tool repeats in all its exports loses weight; 1 = counts once
_FIRST_MEANING = 0.8  # share of the target for the better of two accepted fields
_WEAK_MEANING = 0.55  # share of the target for a field that barely fits; the rest says "leave it"
_TEMPERATURE = 10.0  # logits for a score of 1: chosen for the flattest calibration on held-out families
_DEALS = 10  # groups of families (of sources) that are left out of training in turn
_PART_WEIGHT = 0.5  # weight of a part of a file, from which kinds are learned too, against the whole

Pairs = dict[tuple[str, str], set[str]]


@dataclass(frozen=True)
class Learned:
    """All models fitted to all rows, and for every row of training whose it is.

    `families` and `sources` name the family and the labelled source that a row of `columns` (a file of `kinds`)
    belongs to; `pairs[word, field]` are the families that use the word for the field, `by_source` the sources.
    """

    knowledge: Knowledge
    columns: Ridge
    kinds: Ridge
    families: NDArray[np.str_]
    sources: NDArray[np.str_]
    kind_families: NDArray[np.str_]
    kind_sources: NDArray[np.str_]
    pairs: Pairs
    by_source: Pairs


def main() -> None:
    """Train, measure with families and sources held out, calibrate, and write model, calibration and figures."""
    flat = Calibration(_TEMPERATURE, ((-40.0, 1e-9), (40.0, 1 - 1e-9)), 0.5, 0.9)
    empty = LinearModel(("",), {}, np.zeros((0, 1), np.float16), np.zeros(0, np.float16))
    knowledge = read_knowledge(DATA, columns=empty, kinds=empty, company=Company.of({}, ()), calibration=flat)
    gold, collected = (read_gold(DATA / "mapping" / name) for name in ("gold.jsonl", "collected.jsonl"))
    labelled = [*gold, *collected]
    learned = learn(labelled, knowledge)
    unseen = without_families(labelled, learned)
    calibration = calibrate(labelled, unseen)
    family_out = _measure(gold, unseen[: len(gold)], calibration)
    collected_out = _measure(collected, unseen[len(gold) :], calibration)
    source_out = _measure(gold, without_sources(gold, learned), calibration)
    cold = replace(without_any(gold, learned), calibration=calibration)
    held_out = HeldOut(
        family_out=family_out,
        source_out=source_out,
        collected_out=collected_out,
        learning=tuple(learning_curve(cold, gold)),
    )
    _write(learned, calibration, held_out)
    print(held_out.model_dump_json(indent=1))  # noqa: T201


def learn(gold: Sequence[GoldSource], knowledge: Knowledge) -> Learned:
    """Fit all models to everything there is to learn from, prepared for leaving families and sources out."""
    lessons = all_lessons(gold, knowledge)
    sole_family, sole_source = sole_users(gold)
    features, targets, weights, families, sources = [], [], [], [], []
    pairs: Pairs = defaultdict(set)
    by_source: Pairs = defaultdict(set)
    said = Counter((lesson.group, name.key) for lesson in lessons for name in lesson.names)
    for lesson in lessons:
        beside = siblings(lesson.names) if lesson.is_file else ()
        for name, fields, weak in zip(lesson.names, lesson.labels, lesson.weak, strict=True):
            features.append(column_features(name, {lesson.kind: 1.0}, beside))
            targets.append(_target(fields, knowledge.classes, weak=weak))
            weights.append(lesson.weight / said[lesson.group, name.key] ** _REPETITION)
            families.append(lesson.group if lesson.of_a_tool else sole_family.get(name.plain, lesson.group))
            sources.append(lesson.source if lesson.of_a_tool else sole_source.get(name.plain, ""))
            for pair in ((word, field) for word in name.concepts for field in (*fields, NO_FIELD)):
                pairs[pair].add(families[-1])
                by_source[pair].add(sources[-1])
    rows = Rows(features, np.array(targets, np.float32), np.array(weights, np.float32), families)
    columns = Ridge(rows, knowledge.classes, PENALTY)
    kinds, kind_families, kind_sources = _kind_ridge(lessons)
    return Learned(
        knowledge, columns, kinds, np.array(families), np.array(sources), kind_families, kind_sources, pairs, by_source
    )


def _kind_ridge(lessons: Sequence[Lesson]) -> tuple[Ridge, NDArray[np.str_], NDArray[np.str_]]:
    """Learn kinds from whole files and from parts of them: people export a dozen columns of a tool's hundred."""
    classes = tuple(kind.value for kind in FileKind)
    files = [(lesson, part) for lesson in lessons if lesson.is_file for part in (lesson.names, *parts(lesson.names))]
    targets = np.array([[float(lesson.kind == name) for name in classes] for lesson, _ in files], np.float32)
    weights = np.array([1.0 if part is lesson.names else _PART_WEIGHT for lesson, part in files], np.float32)
    families = [lesson.group for lesson, _ in files]
    ridge = Ridge(Rows([file_features(part) for _, part in files], targets, weights, families), classes, _KIND_PENALTY)
    return ridge, np.array(families), np.array([lesson.source for lesson, _ in files])


def _target(fields: Sequence[str], classes: Sequence[str], *, weak: bool) -> list[float]:
    target = [0.0] * len(classes)
    for field, share in zip(fields, (_FIRST_MEANING, 1 - _FIRST_MEANING) if len(fields) > 1 else (1.0,), strict=False):
        target[classes.index(field)] += share * (_WEAK_MEANING if weak else 1.0)
    target[classes.index(NO_FIELD)] = 1 - sum(target)
    return target


def without_families(sources: Sequence[GoldSource], learned: Learned) -> list[Knowledge]:
    """Return for each of `sources` the knowledge that is left when its family is forgotten, with others of its deal."""
    return _without(sources, learned, learned.families, learned.kind_families, learned.pairs, by_family=True)


def without_sources(sources: Sequence[GoldSource], learned: Learned) -> list[Knowledge]:
    """Return for each of `sources` the knowledge that is left when it is forgotten, with others of its deal."""
    return _without(sources, learned, learned.sources, learned.kind_sources, learned.by_source, by_family=False)


def _without(
    sources: Sequence[GoldSource],
    learned: Learned,
    rows: NDArray[np.str_],
    files: NDArray[np.str_],
    pairs: Pairs,
    *,
    by_family: bool,
) -> list[Knowledge]:
    """Deal families (or sources) out to a few groups, fit without each group, and give every source its fit."""
    left: dict[str, Knowledge] = {}
    owners = {source.name: source.family if by_family else source.name for source in sources}
    for deal in range(_DEALS):
        gone = {owner for owner in owners.values() if crc32(owner.encode()) % _DEALS == deal}
        columns = learned.columns.fit(np.flatnonzero(np.isin(rows, list(gone))))
        kinds = learned.kinds.fit(np.flatnonzero(np.isin(files, list(gone))))
        company = Company.of(pairs, learned.knowledge.classes, gone)
        for source in sources:
            if owners[source.name] in gone:
                knowledge = replace(_without_formats(source, learned.knowledge, by_family=by_family), company=company)
                left[source.name] = _with_models(source, learned, knowledge, columns, kinds)
    return [left[source.name] for source in sources]


def _without_formats(source: GoldSource, knowledge: Knowledge, *, by_family: bool) -> Knowledge:
    return knowledge.without_formats_of(source.family) if by_family else knowledge.without_format(source.name)


def without_any(gold: Sequence[GoldSource], learned: Learned) -> Knowledge:
    """Return the knowledge that is left when all families of the gold set are forgotten."""
    families = {source.family for source in gold}
    left = learned.knowledge
    for family in families:
        left = left.without_formats_of(family)
    columns = learned.columns.fit(np.flatnonzero(np.isin(learned.families, list(families))))
    kinds = learned.kinds.fit(np.flatnonzero(np.isin(learned.kind_families, list(families))))
    company = Company.of(learned.pairs, left.classes, families)
    return replace(left, columns=learned.columns.model(columns), kinds=learned.kinds.model(kinds), company=company)


def _with_models(source: GoldSource, learned: Learned, left: Knowledge, columns: Fit, kinds: Fit) -> Knowledge:
    """Add fitted models, reduced to the features that the columns of `source` have."""
    _, names = normalise_all(source.headers, left.lexicon)
    every, beside = dict.fromkeys(FileKind, 1.0), siblings(names)
    wanted = {feature for name in names for feature in column_features(name, every, beside)}
    of_file = set(file_features(names))
    return replace(left, columns=learned.columns.model(columns, wanted), kinds=learned.kinds.model(kinds, of_file))


def _answer(source: GoldSource, knowledge: Knowledge) -> MappingProposal:
    return propose(source.headers, knowledge.values.profiles(source.table()), knowledge)


def _measure(gold: Sequence[GoldSource], unseen: Sequence[Knowledge], calibration: Calibration) -> Figures:
    calibrated = (replace(knowledge, calibration=calibration) for knowledge in unseen)
    return measure(gold, [_answer(source, knowledge) for source, knowledge in zip(gold, calibrated, strict=True)])


def calibrate(gold: Sequence[GoldSource], unseen: Sequence[Knowledge]) -> Calibration:
    """Fit the curve from score to probability and choose the cuts, on answers of knowledge that has not seen them."""
    scores, right, null, due = [], [], [], []
    for source, knowledge in zip(gold, unseen, strict=True):
        for column, suggestion in zip(source.columns, _answer(source, knowledge).suggestions, strict=True):
            best = suggestion.field or suggestion.alternatives[0].field
            scores.append(sum(term.weight for term in suggestion.evidence) * (1 if suggestion.field else -1))
            right.append(best in column.fields)
            null.append(not column.fields)
            due.append(bool(column.fields) and not column.optional)
    knots = isotonic_knots(np.array(scores), np.array(right))
    curve = Calibration(_TEMPERATURE, knots, 0.5, 0.9)
    probabilities = np.array([curve.probability(score) for score in scores])
    review = review_cut(probabilities, np.array(right), np.array(null), np.array(due))
    return Calibration(_TEMPERATURE, knots, review, max(review, accept_cut(probabilities, np.array(right))))


def _write(learned: Learned, calibration: Calibration, held_out: HeldOut) -> None:
    folder: Path = DATA / "mapping"
    columns = learned.columns.model(learned.columns.fit())
    kinds = learned.kinds.model(learned.kinds.fit())
    company = Company.of(learned.pairs, columns.classes)
    arrays = {**columns.stored("columns"), **kinds.stored("kinds"), **company.stored()}
    np.savez_compressed(folder / "model.npz", **arrays)  # type: ignore[arg-type]
    stored = {
        "temperature": calibration.temperature,
        "knots": calibration.knots,
        "review": calibration.review,
        "accept": calibration.accept,
        "source": "platform_core.mapping.train on gold.jsonl and collected.jsonl, tool families held out",
    }
    (folder / "calibration.json").write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    (folder / "held_out.json").write_text(held_out.model_dump_json(indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
