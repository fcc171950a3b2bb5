"""What several migrations agree on becomes the organisation's; what people disagree on is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence

from platform_core.domain.learning import Correction, Disagreement, Scope
from platform_core.learning.words import HeaderKeys, latest

_MIGRATIONS = 2
"""So many migrations must say the same before it counts for all of them."""


def agreed(log: Iterable[Correction], keys: HeaderKeys) -> frozenset[int]:
    """Return the numbers of the words that two or more migrations share and none contradicts.

    Compared is what each migration said last of a header in one export, or in one kind of file; words that are held
    back say nothing beyond their own export.
    """
    numbers: set[int] = set()
    own = (word for word in log if word.scope is Scope.MIGRATION and not word.would_lose)
    for words in _by_place(own, keys).values():
        last = _last_words(words)
        if len(last) >= _MIGRATIONS and len({_answer(word) for word in last}) == 1:
            numbers.update(word.number for word in last)
    return frozenset(numbers)


def disagreements(words: Iterable[Correction], keys: HeaderKeys) -> list[Disagreement]:
    """Return the headers of which people say different things about one export or kind of file, newest first."""
    found = []
    for said in _by_place(words, keys).values():
        last = latest(said)
        if are_opposed(last) and len({word.author for word in last}) > 1:
            found.append(Disagreement(header=last[0].header, file=last[0].file, words=tuple(last)))
    return sorted(found, key=lambda conflict: -conflict.words[0].number)


def are_opposed(words: Sequence[Correction]) -> bool:
    """Tell whether words cannot all be right: two meanings, or a meaning that somebody refuses."""
    meanings = {word.field for word in words if word.settles}
    refused = {word.field for word in words if not word.settles}
    return len(meanings) > 1 or bool(meanings & refused)


def _by_place(log: Iterable[Correction], keys: HeaderKeys) -> dict[Hashable, list[Correction]]:
    places: dict[Hashable, list[Correction]] = defaultdict(list)
    for word in log:
        if word.counts:
            where = (word.file.format or word.file.kind) if word.file else None
            places[where, keys.plain(word.header)].append(word)
    return places


def _last_words(words: Sequence[Correction]) -> list[Correction]:
    """Return what each migration said last."""
    last: dict[int, Correction] = {}
    for word in sorted(words, key=lambda word: word.number):
        if word.migration_id is not None:
            last[word.migration_id] = word
    return list(last.values())


def _answer(word: Correction) -> Hashable:
    return word.verdict, word.field
