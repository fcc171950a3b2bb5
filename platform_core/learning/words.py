"""Which words on a header hold for a file: those of the same export, of files alike, of any file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from platform_core.domain.learning import CorrectedFile, Correction, Scope

_ALIKE = 0.6  # share of all headers of two files that both have, from which they are one layout
_FEWEST_SHARED = 4  # headers, below which no layout is told from another


@dataclass(frozen=True)
class HeaderKeys:
    """How headers are compared: `plain` by their own words, `meaning` by what the words mean."""

    plain: Callable[[str], str]
    meaning: Callable[[str], str]


class Match(IntEnum):
    """How near the file of a word is to the file at hand; nearer ones are asked first."""

    EXPORT = 0  # the same recognised export, or the same layout
    KIND = 1  # another layout whose rows describe the same
    ANY = 2  # said of any file


def match(word: Correction, file: CorrectedFile, keys: HeaderKeys) -> Match | None:
    """Tell how near the file a word was said of is to `file`; None = the word does not hold there.

    In a recognised export, words on files of the same kind do not hold: what the export itself says is nearer.
    """
    if word.file is None:
        return None if word.would_lose else Match.ANY
    if is_same_export(word.file, file, keys):
        return Match.EXPORT
    if word.would_lose or file.format is not None or word.file.kind is None or word.file.kind is not file.kind:
        return None
    return Match.KIND


def is_same_export(one: CorrectedFile, other: CorrectedFile, keys: HeaderKeys) -> bool:
    """Tell whether two files are the same recognised export, or have one layout: most of their headers in common."""
    if one.format is not None and one.format == other.format:
        return True
    mine, theirs = ({keys.plain(header) for header in file.headers if header.strip()} for file in (one, other))
    shared = len(mine & theirs)
    return bool(mine) and (mine == theirs or (shared >= _FEWEST_SHARED and shared >= _ALIKE * len(mine | theirs)))


def heard(
    log: Iterable[Correction], migration_id: int | None, agreed: frozenset[int] = frozenset()
) -> list[Correction]:
    """Return the words that count in a migration, oldest first: its own, and those of the organisation.

    `agreed` are the numbers of words that other migrations share; they count as the organisation's.
    """
    words = (word for word in log if word.counts)
    return sorted(
        (w for w in words if is_own(w, migration_id) or w.scope is Scope.ORGANISATION or w.number in agreed),
        key=lambda word: word.number,
    )


def is_own(word: Correction, migration_id: int | None) -> bool:
    """Tell whether a word was said in the migration itself."""
    return word.scope is Scope.MIGRATION and word.migration_id == migration_id


def latest(words: Sequence[Correction]) -> list[Correction]:
    """Return words newest first, of each person only the last that settles the header of a file; refusals all stay.

    Words of nobody in particular on no file in particular are several people's.
    """
    kept: list[Correction] = []
    settled: set[tuple[object, CorrectedFile | None]] = set()
    for word in sorted(words, key=lambda word: -word.number):
        person = word.author if word.author or word.file else word.number
        if not word.settles:
            kept.append(word)
        elif (person, word.file) not in settled:
            settled.add((person, word.file))
            kept.append(word)
    return kept
