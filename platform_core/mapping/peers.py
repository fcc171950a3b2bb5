"""What simpler matchers reach on the labelled headers, each allowed to see the headers of all other families of tools.

Every matcher gives a score per header and field. The threshold above which it speaks is the one with the best F1 on
the other families, so that no matcher is judged by a threshold chosen on the headers it is measured on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz import fuzz, process, utils

from platform_core.domain.catalogue import Catalogue
from platform_core.mapping.benchmark import GoldColumn, GoldSource
from platform_core.mapping.formats import header_key

Scores = NDArray[np.float64]
Matcher = Callable[[Sequence[str], Mapping[str, Sequence[str]]], Scores]
"""Headers of a file and names by field → a score in 0..1 a header and field (in the mapping's order)."""

_THRESHOLDS = np.arange(0.3, 1.0, 0.02)


@dataclass(frozen=True)
class Peer:
    """A matcher to stand beside ours; `learns` tells whether it is given the other families' headers as names."""

    name: str
    matcher: Matcher
    learns: bool


@dataclass(frozen=True)
class Answer:
    """A matcher's best field for a labelled column, and its score."""

    column: GoldColumn
    field: str
    score: float


def peers() -> list[Peer]:
    """Return the matchers that can run here: those of optional packages only when these are installed."""
    found = [
        Peer("WRatio on key and label", _fuzzy, learns=False),
        Peer("WRatio on key, label and other tools' headers", _fuzzy, learns=True),
        Peer("exact memory of other tools' headers", _exact, learns=True),
    ]
    if find_spec("valentine"):
        found.append(Peer("valentine COMA on key, label and other tools' headers", _coma, learns=True))
    if find_spec("infermap"):
        found.append(Peer("infermap on key, label and other tools' headers", _infermap, learns=True))
    return found


def compare(gold: Sequence[GoldSource], catalogue: Catalogue) -> dict[str, dict[str, float]]:
    """Return precision, recall, F1, null_fpr and top1 of every peer on `gold`, families left out."""
    return {peer.name: _figures(peer, gold, catalogue) for peer in peers()}


def _figures(peer: Peer, gold: Sequence[GoldSource], catalogue: Catalogue) -> dict[str, float]:
    """Count as the benchmark of our own mapper does, each family at the threshold that suits the others best."""
    by_family: dict[str, list[Answer]] = defaultdict(list)
    for source in gold:
        names = _names(source.family if peer.learns else None, gold, catalogue)
        scores = peer.matcher(source.headers, names)
        best = scores.argmax(axis=1)
        for column, place, row in zip(source.columns, best, scores, strict=True):
            by_family[source.family].append(Answer(column, list(names)[place], float(row[place])))
    counts = {family: [_count(own, threshold) for threshold in _THRESHOLDS] for family, own in by_family.items()}
    whole = [sum((own[place] for own in counts.values()), Counter[str]()) for place in range(len(_THRESHOLDS))]
    total = Counter[str]()
    for own in counts.values():
        total += own[max(range(len(_THRESHOLDS)), key=lambda place: _f1(whole[place] - own[place]))]
    return {
        "precision": round(total["right"] / max(1, total["given"]), 4),
        "recall": round(total["found"] / total["mappable"], 4),
        "f1": round(_f1(total), 4),
        "null_fpr": round(total["null_given"] / total["null"], 4),
        "top1": round(total["top1"] / total["mappable"], 4),
    }


def _names(without: str | None, gold: Sequence[GoldSource], catalogue: Catalogue) -> dict[str, list[str]]:
    """Return the names of every field: key and label, and the headers of all families but `without` if it is given."""
    names = {field.key: [field.key.replace("_", " "), field.label] for field in catalogue}
    for source in gold if without else ():
        for column in source.columns if source.family != without else ():
            if column.fields:
                names[column.fields[0]].append(column.header)
    return names


def _count(answers: Sequence[Answer], threshold: float) -> Counter[str]:
    count = Counter[str]()
    for answer in answers:
        given, right = bool(answer.score >= threshold), answer.field in answer.column.fields
        count.update(given=given, right=given and right)
        if not answer.column.fields:
            count.update(null=1, null_given=given)
        elif not answer.column.optional:
            count.update(mappable=1, found=given and right, top1=right)
    return count


def _f1(count: Counter[str]) -> float:
    precision, recall = count["right"] / max(1, count["given"]), count["found"] / max(1, count["mappable"])
    return 2 * precision * recall / (precision + recall) if precision and recall else 0.0


def _fuzzy(headers: Sequence[str], names: Mapping[str, Sequence[str]]) -> Scores:
    flat = [(place, name) for place, aliases in enumerate(names.values()) for name in aliases]
    aliases = [name for _, name in flat]
    table = np.asarray(process.cdist(headers, aliases, scorer=fuzz.WRatio, processor=utils.default_process), np.float64)
    places = np.array([place for place, _ in flat])
    best: Scores = np.stack([table[:, places == place].max(axis=1) for place in range(len(names))], axis=1) / 100.0
    return best


def _exact(headers: Sequence[str], names: Mapping[str, Sequence[str]]) -> Scores:
    known = [Counter(header_key(name) for name in aliases) for aliases in names.values()]
    counts = np.array([[aliases[header_key(header)] for aliases in known] for header in headers], np.float64)
    shares: Scores = counts / np.maximum(1.0, counts.sum(axis=1, keepdims=True))
    return shares


def _coma(headers: Sequence[str], names: Mapping[str, Sequence[str]]) -> Scores:
    """Match two empty tables by their column names; numbers in front keep equal names apart."""
    valentine, algorithms = import_module("valentine"), import_module("valentine.algorithms")
    flat = [(place, name) for place, aliases in enumerate(names.values()) for name in aliases]
    left = pd.DataFrame(columns=[f"{number}|{header}" for number, header in enumerate(headers)])
    right = pd.DataFrame(columns=[f"{number}|{name}" for number, (_, name) in enumerate(flat)])
    scores = np.zeros((len(headers), len(names)))
    for pair, score in valentine.valentine_match([left, right], algorithms.Coma()).items():
        row = int(pair.source_column.split("|", 1)[0])
        column = flat[int(pair.target_column.split("|", 1)[0])][0]
        scores[row, column] = max(scores[row, column], score)
    return scores


def _infermap(headers: Sequence[str], names: Mapping[str, Sequence[str]]) -> Scores:
    """Match two schemas by name alone; the names of a field are its aliases."""
    infermap = import_module("infermap")
    left = infermap.SchemaInfo([infermap.FieldInfo(header) for header in dict.fromkeys(headers)])
    right = infermap.SchemaInfo(
        [infermap.FieldInfo(field, metadata={"aliases": list(aliases)}) for field, aliases in names.items()]
    )
    table = infermap.MapEngine(min_confidence=0.0, return_score_matrix=True).map_schemas(left, right).score_matrix
    return np.array([[table.get(header, {}).get(field, 0.0) for field in names] for header in headers], np.float64)
