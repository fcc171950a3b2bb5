"""Free text into proposed corrections: which header, which field, in whose words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from rapidfuzz import fuzz, process

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.learning import ProposedCorrection, UnderstoodFeedback
from platform_core.learning.vocabulary import Action, Vocabulary, load_vocabulary, plain
from platform_core.reference import DATA

_CLOSE_ENOUGH = 86.0  # similarity (0..100) from which a misspelt field name still counts
_LONGEST_CLAUSE = 8  # pieces between commas and "and"s that one phrase may span
_SENTENCE_END = re.compile(r"[;\n]+|(?<=[^\s.])[.!?]+(?=\s|$)")
_CONNECTOR = re.compile(r"\s*,\s*(?:and|und|et|but|aber|mais|while)?\s+|\s+(?:and|und|et|but|aber|mais|while|&)\s+")
_ENUMERATION = re.compile(r"\s*,\s*(?:and|und|et|or|oder|ou)?\s*|\s+(?:and|und|et|or|oder|ou|&)\s+")
_QUOTES = "\"'`“”„«»‹›‘’ "
_HEADER_SHAPE = re.compile(r"\w*_\w+|[A-Z0-9]{2,}|\w*[a-z][A-Z]\w*|\w+\.\w+|\w*\d\w*|[\"'`“”„«].+[\"'`“”«»]")
_FILLER = re.compile(
    r"^(?:please|also|bitte|auch|aussi|the|die|der|das|la|le|les|column|columns|field|spalte|colonne|then)\s+|"
    r"\s+(?:column|columns|field|spalte|feld|colonne|champ|please|bitte|too)$",
    re.IGNORECASE,
)


def read_feedback(text: str, catalogue: Catalogue, headers: Sequence[str] = ()) -> UnderstoodFeedback:
    """Read corrections of mappings out of `text`, several in a sentence if need be; nothing is applied.

    `headers` are the columns in question: a name among them is recognised in any spelling of case; without them
    a header is what stands where a phrase expects one. What could not be read is returned word for word.
    """
    reader = _Reader(_vocabulary(), catalogue, headers)
    corrections: dict[str, ProposedCorrection] = {}
    not_understood: list[str] = []
    for sentence in _SENTENCE_END.split(text):
        for clause, found in reader.read(sentence.strip()):
            corrections.update({correction.header: correction for correction in found})
            if not found:
                not_understood.append(clause)
    return UnderstoodFeedback(corrections=tuple(corrections.values()), not_understood=tuple(not_understood))


@cache
def _vocabulary() -> Vocabulary:
    return load_vocabulary(DATA)


class _Reader:
    """Reads one sentence at a time with the names of fields and headers at hand."""

    def __init__(self, vocabulary: Vocabulary, catalogue: Catalogue, headers: Sequence[str]) -> None:
        self._vocabulary = vocabulary
        self._headers = {plain(header): header for header in headers}
        own = {plain(name): field.key for field in catalogue for name in (field.key, field.label)}
        shown = {plain(re.sub(r"\(.*?\)", "", field.label)): field.key for field in catalogue}
        known = {name: key for name, key in vocabulary.names.items() if key in catalogue}
        self._fields = {**known, **shown, **own}

    def read(self, sentence: str) -> Iterator[tuple[str, list[ProposedCorrection]]]:
        """Yield each clause of a sentence with what it asks for; an empty list where nothing was understood."""
        pieces = [piece for piece in _CONNECTOR.split(sentence) if piece and piece.strip()]
        marks = [match.group() for match in _CONNECTOR.finditer(sentence)] + [""]
        start = 0
        while start < len(pieces):
            end, found = self._longest(pieces, marks, start)
            yield _joined(pieces, marks, start, end), found
            start = end

    def _longest(self, pieces: list[str], marks: list[str], start: int) -> tuple[int, list[ProposedCorrection]]:
        """Take as many pieces as one phrase explains, up to where the next phrase of its own begins."""
        for end in range(min(len(pieces), start + _LONGEST_CLAUSE), start, -1):
            found = self._clause(_joined(pieces, marks, start, end))
            if found and not any(self._splits(pieces, marks, start, middle, end) for middle in range(start + 1, end)):
                return end, found
        return start + 1, self._clause(pieces[start])

    def _splits(self, pieces: list[str], marks: list[str], start: int, middle: int, end: int) -> bool:
        """Tell whether a stretch of pieces is two phrases rather than one with a list in it."""
        halves = _joined(pieces, marks, start, middle), _joined(pieces, marks, middle, end)
        return all(self._clause(half) for half in halves)

    def _clause(self, clause: str) -> list[ProposedCorrection]:
        text = _without_filler(clause)
        for phrase in self._vocabulary.of(Action.IGNORE):
            match = phrase.pattern.fullmatch(text)
            if match and (headers := self._named(match["header"])):
                return [ProposedCorrection(header=header, field=None) for header in headers]
        for phrase in self._vocabulary.of(Action.MAP):
            match = phrase.pattern.fullmatch(text)
            field = self._field(match["field"]) if match else None
            if match and field and (headers := self._named(match["header"])):
                return [ProposedCorrection(header=header, field=field) for header in headers]
        return []

    def _named(self, text: str) -> list[str]:
        """Return the headers that `text` names, or none when any part of it is no header."""
        known = self._headers.get(plain(text))
        if known is not None:
            return [known]
        named = [self._header(part) for part in _ENUMERATION.split(text) if part.strip(_QUOTES)]
        return [header for header in named if header] if all(named) else []

    def _header(self, text: str) -> str | None:
        bare = _without_filler(text.strip()).strip(_QUOTES)
        if plain(bare) in self._headers:
            return self._headers[plain(bare)]
        shaped = _HEADER_SHAPE.fullmatch(_without_filler(text.strip())) is not None
        return bare if bare and (shaped or len(bare.split()) <= 3) and not self._is_pronoun(bare) else None

    def _field(self, text: str) -> str | None:
        """Return the field that `text` names, once a trailing "not Y" is cut off; None when none is close enough."""
        for phrase in self._vocabulary.of(Action.CONTRAST):
            text = phrase.pattern.sub("", text)
        name = plain(_without_filler(text.strip(_QUOTES)))
        if not name:
            return None
        if name in self._fields:
            return self._fields[name]
        close = process.extractOne(name, self._fields.keys(), scorer=fuzz.ratio, score_cutoff=_CLOSE_ENOUGH)
        return self._fields[close[0]] if close else None

    @staticmethod
    def _is_pronoun(text: str) -> bool:
        return plain(text) in {"it", "this", "that", "they", "these", "es", "das", "dies", "ce", "cela", "il", "elle"}


def _joined(pieces: list[str], marks: list[str], start: int, end: int) -> str:
    return "".join(piece + mark for piece, mark in zip(pieces[start:end], [*marks[start : end - 1], ""], strict=True))


def _without_filler(text: str) -> str:
    while (shorter := _FILLER.sub("", text.strip())) != text:
        text = shorter
    return text
