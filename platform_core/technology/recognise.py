"""From a text to the technology it names, with the next likely ones and a probability."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from platform_core.domain.technology import Mention, NamedTechnology
from platform_core.technology.names import Technologies, unit
from platform_core.technology.spelling import key_of, pieces_of, readings, words_of

SHARPNESS = 4
"""An entity is as like a text as its spellings together, the likest counting most: the 4-norm of their cosines.
Held-out spellings were told best between 4 (0.80) and 10 (0.78)."""

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
    likeness = _likeness(said, technologies)
    order = np.argsort(-likeness, kind="stable")[:ALTERNATIVES]
    ranked = [(int(place), float(likeness[place])) for place in order if likeness[place] > 0]
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
    telling = telling_share(said, technologies.words[ranked[0][0]], technologies.ordinary)
    found = _named(ranked, telling, technologies)
    best = technologies.entities[ranked[0][0]]
    is_named = found[0].confidence >= technologies.certainty.accept and (
        telling > 0 or ranked[0][1] >= technologies.certainty.whole
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


def _likeness(text: str, technologies: Technologies) -> npt.NDArray[np.float64]:
    """Return for each entity how like it the text is, as it stands or without and within its brackets."""
    total = np.zeros(len(technologies.entities))
    for reading in readings(text):
        total = np.maximum(total, _of_reading(reading, technologies))
    return total


def _of_reading(text: str, technologies: Technologies) -> npt.NDArray[np.float64]:
    cosine = np.zeros(len(technologies.owner))
    for piece, weight in unit(pieces_of(text, technologies.ordinary), technologies.rarity, technologies.unseen).items():
        held = technologies.spellings.get(piece)
        if held is not None:
            cosine[held[0]] += weight * held[1]
    powers = np.bincount(technologies.owner, np.minimum(cosine, 1.0) ** SHARPNESS, minlength=len(technologies.entities))
    likeness: npt.NDArray[np.float64] = np.asarray(powers ** (1 / SHARPNESS), np.float64)
    return likeness


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


def _named(ranked: list[tuple[int, float]], telling: float, technologies: Technologies) -> list[NamedTechnology]:
    """Return the entities with probabilities: the curve's for the best, what it leaves shared out by likeness."""
    likest = ranked[0][1]
    lead = likest - (ranked[1][1] if len(ranked) > 1 else 0.0)
    sure = technologies.certainty.probability(likest, lead, telling)
    rest = sum(value**2 for _, value in ranked[1:]) or 1.0
    shares = [sure, *(min(sure, (1 - sure) * value**2 / rest) for _, value in ranked[1:])]
    return [
        NamedTechnology(entity=technologies.entities[place].name, confidence=round(share, 4))
        for (place, _), share in zip(ranked, shares, strict=True)
    ]


def _version_in(text: str, product: str) -> str | None:
    """Return the version in a mention, unless the number belongs to the product's own name ("OS/2")."""
    found = _VERSION.search(text) or _LAST_NUMBER.search(text)
    if found is None or found[1] in re.findall(r"\d+", product) or key_of(text) == key_of(product):
        return None
    return found[1]
