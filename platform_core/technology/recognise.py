"""From a text to the technology it names, with the next likely ones and a probability."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from platform_core.domain.technology import Mention, NamedTechnology
from platform_core.technology.alignment import alignment
from platform_core.technology.names import Technologies, unit
from platform_core.technology.spelling import key_of, pieces_of, readings, words_of

SHARPNESS = 4
"""An entity is as like a text as its spellings together, the likest counting most: the 4-norm of their cosines.
Held-out spellings were told best between 4 (0.80) and 10 (0.78)."""

CANDIDATES, SPELLINGS = 15, 6
"""Entities whose words are aligned, and how many of the likest spellings of each."""

MOST_ALIKE, ALIGNED = 1.1, 0.6
"""Likeness counts up to here, agreement word by word this much beside it: held-out spellings were told best between
0.4 (0.848) and 1.0 (0.849), without it 0.835."""

ALTERNATIVES = 5
SAME_WORD = 78
"""Similarity (0 to 100, of the edits between them) from which two words are one, misspelled."""

LONG_WORD = 4
"""Letters from which a word may be misspelled, or be the beginning of another, and still be told."""

LONGEST = 200
"""Characters of a text that are read: a name is short, and a cell may be anything."""

_VERSION = re.compile(r"(?<![\w.])[vVrR]?(\d+(?:\.\d+){0,3}[a-z]{0,2}|\d{4}(?: ?R2)?)(?: ?(?:SP|sp) ?\d)?(?![\w.])")
_LAST_NUMBER = re.compile(r"[A-Za-z]+-?(\d+(?:\.\d+)*)(?:[a-z]{0,2})?$")


def recognise(text: str, technologies: Technologies) -> Mention:
    """Return what `text` names; raises nothing, whatever the text is.

    A text that is nobody's name, or too little like one, comes back without an entity but with what it is likest.
    """
    said = text[:LONGEST]
    ranked = _ranked(said, technologies)
    if not ranked:
        return Mention(
            text=text,
            entity=None,
            confidence=0.0,
            alternatives=(),
            product=None,
            version=None,
            vendor=None,
            category=None,
        )
    telling = telling_share(said, technologies.words[ranked[0].entity], technologies.ordinary)
    found = _named(ranked, telling, technologies)
    best = technologies.entities[ranked[0].entity]
    is_named = found[0].confidence >= technologies.certainty.accept and (
        telling > 0 or ranked[0].likeness >= technologies.certainty.whole
    )
    return Mention(
        text=text,
        entity=best.name if is_named else None,
        confidence=found[0].confidence,
        alternatives=tuple(found),
        product=best.product if is_named else None,
        version=_version_in(said, best.product) if is_named else None,
        vendor=(best.vendor or None) if is_named else None,
        category=best.category if is_named else None,
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An entity with how like it the text is, and the score by which it is ranked."""

    entity: int
    likeness: float
    score: float


def _ranked(text: str, technologies: Technologies) -> list[_Candidate]:
    """Return the likest entities, best first: ranked by their pieces, then again with their words aligned."""
    ways = readings(text)
    if not ways:
        return []
    cosine = np.maximum.reduce([_cosines(way, technologies) for way in ways])
    powers = np.bincount(technologies.owner, cosine**SHARPNESS, minlength=len(technologies.entities))
    likeness = powers ** (1 / SHARPNESS)
    order = np.argsort(-likeness, kind="stable")[:CANDIDATES]
    spellings = _likest_spellings(cosine, frozenset(order.tolist()), technologies.owner)
    said = [words_of(way) for way in ways]
    found = [
        _Candidate(entity, alike, min(alike, MOST_ALIKE) + ALIGNED * _aligned(said, spellings[entity], technologies))
        for entity, alike in zip(order.tolist(), likeness[order].tolist(), strict=True)
        if alike > 0
    ]
    return sorted(found, key=lambda candidate: -candidate.score)[:ALTERNATIVES]


def _likest_spellings(
    cosine: npt.NDArray[np.float64], entities: Collection[int], owner: npt.NDArray[np.int32]
) -> dict[int, list[int]]:
    """Return for each entity its spellings that are likest the text."""
    found: dict[int, list[int]] = {entity: [] for entity in entities}
    held = np.flatnonzero(cosine)
    for place in held[np.argsort(-cosine[held], kind="stable")].tolist():
        mine = found.get(int(owner[place]))
        if mine is not None and len(mine) < SPELLINGS:
            mine.append(place)
    return found


def _aligned(said: Sequence[Sequence[str]], spellings: Sequence[int], technologies: Technologies) -> float:
    weights, unseen = technologies.word_weights, technologies.unseen_word
    return max(
        (
            alignment(words, technologies.written[place], lambda word: weights.get(word, unseen))
            for words in said
            for place in spellings
        ),
        default=0.0,
    )


def _cosines(text: str, technologies: Technologies) -> npt.NDArray[np.float64]:
    cosine = np.zeros(len(technologies.owner))
    for piece, weight in unit(pieces_of(text, technologies.ordinary), technologies.rarity, technologies.unseen).items():
        held = technologies.spellings.get(piece)
        if held is not None:
            cosine[held[0]] += weight * held[1]
    return np.minimum(cosine, 1.0)


def telling_share(text: str, known: Collection[str], ordinary: Collection[str]) -> float:
    """Return the share (0 to 1) of the letters of a text that lie in words of the entity which others do not use.

    "Customer care" holds none, however like another name it is.
    """
    words = [word for word in words_of(text) if not word.isdigit()]
    told = sum(len(word) * _told(word, known) for word in words if word not in ordinary)
    return told / (sum(map(len, words)) or 1)


def _told(word: str, known: Collection[str]) -> float:
    if word in known:
        return 1.0
    if len(word) < LONG_WORD:
        return 0.0
    if any(len(other) >= LONG_WORD and (other.startswith(word) or word.startswith(other)) for other in known):
        return 0.9
    near = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=SAME_WORD)
    return near[1] / 100 if near else 0.0


def _named(ranked: Sequence[_Candidate], telling: float, technologies: Technologies) -> list[NamedTechnology]:
    """Return the entities with probabilities: the curve's for the best, what it leaves shared out by score."""
    best = ranked[0].score
    lead = best - (ranked[1].score if len(ranked) > 1 else 0.0)
    sure = technologies.certainty.probability(best, lead, telling)
    rest = sum(other.score**2 for other in ranked[1:]) or 1.0
    shares = [sure, *(min(sure, (1 - sure) * other.score**2 / rest) for other in ranked[1:])]
    return [
        NamedTechnology(entity=technologies.entities[candidate.entity].name, confidence=round(share, 4))
        for candidate, share in zip(ranked, shares, strict=True)
    ]


def _version_in(text: str, product: str) -> str | None:
    """Return the version in a mention, unless the number belongs to the product's own name ("OS/2")."""
    found = _VERSION.search(text) or _LAST_NUMBER.search(text)
    if found is None or found[1] in re.findall(r"\d+", product) or key_of(text) == key_of(product):
        return None
    return found[1]
