"""How well two names agree word by word: misspelled, cut short, or written as initials."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rapidfuzz import fuzz

from platform_core.technology.spelling import LINKS

BEGINNING = 0.85
"""What a word counts that is the beginning of the other ("Postgre", "Postgres")."""

SAME_WORD = 0.75
"""Similarity (0 to 1, of the edits between them) from which two words of four letters or more are one, misspelled."""

MISSPELLED = 0.95
INITIALS = 0.9
SAME_NAME = 0.8
RUN_TOGETHER = 0.1
"""What is taken off the similarity of two names written without blanks."""

Weigh = Callable[[str], float]


def alignment(said: Sequence[str], known: Sequence[str], weigh: Weigh) -> float:
    """Return how well the words of two names agree (0 to 1): the harmonic mean of what each finds in the other.

    Words count by their weight (soft TF-IDF after Cohen, Ravikumar and Fienberg 2003). One word that is the initials
    of the other name, or two names that are alike without their blanks, count whatever the words are.
    """
    if not said or not known:
        return 0.0
    found, covered = _found(said, known, weigh)
    return max(2 * found * covered / (found + covered) if found + covered else 0.0, _as_one(said, known))


def _found(said: Sequence[str], known: Sequence[str], weigh: Weigh) -> tuple[float, float]:
    covered = [0.0] * len(known)
    found = 0.0
    for word in said:
        likeness, at = max((_likeness(word, other), -place) for place, other in enumerate(known))
        found += likeness * weigh(word)
        covered[-at] = max(covered[-at], likeness)
    total, all_known = sum(map(weigh, said)), sum(map(weigh, known))
    return found / (total or 1.0), sum(c * weigh(word) for c, word in zip(covered, known, strict=True)) / (
        all_known or 1.0
    )


def _likeness(word: str, other: str) -> float:
    if word == other:
        return 1.0
    if len(word) >= 3 and len(other) >= 3 and (word.startswith(other) or other.startswith(word)):
        return BEGINNING
    if len(word) < 4 or len(other) < 4:
        return 0.0
    ratio = fuzz.ratio(word, other, score_cutoff=100 * SAME_WORD) / 100
    return ratio * MISSPELLED


def _as_one(said: Sequence[str], known: Sequence[str]) -> float:
    if _are_initials(said, known) or _are_initials(known, said):
        return INITIALS
    one, other = "".join(said), "".join(known)
    if len(one) < 5 or len(other) < 5:
        return 0.0
    ratio = fuzz.ratio(one, other, score_cutoff=100 * SAME_NAME) / 100
    return max(0.0, ratio - RUN_TOGETHER)


def _are_initials(short: Sequence[str], long: Sequence[str]) -> bool:
    if len(short) != 1 or len(long) < 3 or len(short[0]) < 3:
        return False
    words = [word for word in long if not word.isdigit()]
    return short[0] in {"".join(word[0] for word in words), "".join(word[0] for word in words if word not in LINKS)}
