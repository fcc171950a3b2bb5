"""What analysts taught, as a pure function of the log: words for a file's headers, and columns to generalise from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from platform_core.domain.choices import NOTHING_SAID
from platform_core.domain.learning import CorrectedFile, Correction, Disagreement, LearnedMapping
from platform_core.domain.mapping import FileKind, TaughtColumn
from platform_core.learning.agreement import agreed, are_opposed, disagreements
from platform_core.learning.words import HeaderKeys, Match, heard, is_own, latest, match


class Memory:
    """The words that count in one migration; order of the log matters only where two words are on one header."""

    def __init__(self, log: Sequence[Correction], keys: HeaderKeys, migration_id: int | None = None) -> None:
        self._keys = keys
        self._migration_id = migration_id
        self.shared = agreed(log, keys)
        self.words = tuple(heard(log, migration_id, self.shared))
        self._meaning: dict[str, list[Correction]] = defaultdict(list)
        for word in self.words:
            self._meaning[keys.meaning(word.header)].append(word)

    def lessons(self, file: CorrectedFile) -> list[LearnedMapping]:
        """Return what the words amount to for each header of `file` that somebody spoke about."""
        headers = dict.fromkeys(header for header in file.headers if header.strip())
        found = (self._lesson(header, file) for header in headers)
        return [lesson for lesson in found if lesson is not None]

    def spoken_of_here(self, file: CorrectedFile) -> frozenset[str]:
        """Return the headers of `file` that somebody spoke about for this very export: that is between people."""
        return frozenset(
            header
            for header in file.headers
            if any(match(word, file, self._keys) is Match.EXPORT for word in self._said_of(header))
        )

    def examples(self) -> list[TaughtColumn]:
        """Return the settled columns that other files may learn from, each once, whatever order they came in."""
        last: dict[tuple[str, CorrectedFile], Correction] = {}
        for word in self.words:
            if (
                word.settles
                and word.file
                and word.file.kind
                and not word.would_lose
                and word.header in word.file.headers
            ):
                last[self._keys.plain(word.header), word.file] = word
        return [_example(word, file) for (_, file), word in sorted(last.items(), key=_place)]

    def conflicts(self) -> list[Disagreement]:
        """Return the headers on which people disagree, newest first."""
        return disagreements(self.words, self._keys)

    def _lesson(self, header: str, file: CorrectedFile) -> LearnedMapping | None:
        refused: dict[str, Correction] = {}
        for near, layer in self._layers(header, file):
            words = latest(layer)
            if near is Match.KIND and are_opposed(words):
                continue
            for word in words:
                if not word.settles:
                    refused.setdefault(str(word.field), word)
                elif word.field not in refused:
                    return _settled(header, file, word, () if near is Match.KIND else words, refused)
        likely = self._likely(header, file)
        if likely is not None and likely.field not in refused:
            return _settled(header, file, likely, (), refused)
        return _refused(header, refused) if refused else None

    def _layers(self, header: str, file: CorrectedFile) -> list[tuple[Match, list[Correction]]]:
        """Return the words on a header by layer: one's own migration before the organisation, near files before far.

        A field that was refused is refused for every header that means the same.
        """
        layers: list[list[Correction]] = [[] for _ in range(2 * len(Match))]
        for word in self._said_of(header):
            near = match(word, file, self._keys)
            if near is not None:
                layers[near + (0 if is_own(word, self._migration_id) else len(Match))].append(word)
        return [(Match(place % len(Match)), layer) for place, layer in enumerate(layers) if layer]

    def _said_of(self, header: str) -> list[Correction]:
        """Return the words on exactly this header, and refusals on any header that means the same."""
        plain = self._keys.plain(header)
        alike = self._meaning.get(self._keys.meaning(header), ())
        return [word for word in alike if not word.settles or self._keys.plain(word.header) == plain]

    def _likely(self, header: str, file: CorrectedFile) -> Correction | None:
        """Return a word on the same meaning in files of the same kind, provided that all such words agree.

        In a recognised export, what the export itself says is nearer.
        """
        if file.format is not None:
            return None
        said = [
            word
            for word in self._meaning.get(self._keys.meaning(header), ())
            if word.settles and not word.would_lose and word.file and word.file.kind is file.kind
        ]
        return said[-1] if said and len({word.field for word in said}) == 1 else None


def _settled(
    header: str,
    file: CorrectedFile,
    word: Correction,
    beside: Sequence[Correction],
    refused: dict[str, Correction],
) -> LearnedMapping:
    others = [other for other in beside if other.number != word.number]
    return LearnedMapping(
        header=header,
        field=word.field,
        format=file.format if word.file and word.file.format == file.format else None,
        author=word.author,
        at=word.at,
        is_certain=bool(beside) and not are_opposed([word, *others]),
        is_disputed=are_opposed([word, *others]),
        vetoes=tuple(field for field in refused if field != word.field),
        choices=word.choices if beside else NOTHING_SAID,
        note=_note(word, others) if beside else "of another file",
    )


def _refused(header: str, refused: dict[str, Correction]) -> LearnedMapping:
    first = next(iter(refused.values()))
    return LearnedMapping(
        header=header, field=None, author=first.author, at=first.at, is_word=False, vetoes=tuple(refused)
    )


def _note(word: Correction, others: Sequence[Correction]) -> str:
    against = dict.fromkeys(other.author for other in others if are_opposed([word, other]))
    return f"{', '.join(name or 'somebody' for name in against)} said otherwise" if against else ""


def _example(word: Correction, file: CorrectedFile) -> TaughtColumn:
    return TaughtColumn(
        headers=file.headers,
        position=file.headers.index(word.header),
        kind=file.kind or FileKind.OTHER,
        field=word.field,
    )


def _place(entry: tuple[tuple[str, CorrectedFile], Correction]) -> tuple[str, str, tuple[str, ...]]:
    (header, file), _ = entry
    return header, str(file.kind), file.headers
