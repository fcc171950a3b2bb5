"""Free text into proposed corrections: which header, which field, in whose words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.learning import ProposedCorrection, UnderstoodFeedback
from platform_core.learning.vocabulary import Action, Vocabulary, load_vocabulary, plain
from platform_core.reference import DATA

_CLOSE_ENOUGH = 86.0  # similarity (0..100) from which a misspelt field name still counts
_LONGEST_CLAUSE = 8  # pieces between commas and "and"s that one phrase may span
_LONGEST_PHRASE = 240  # letters; a longer clause says more than one correction
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
    complaint: _Clause | None = None
    for sentence in _SENTENCE_END.split(text):
        for clause in reader.read(sentence.strip()):
            if complaint and not clause.follows:
                not_understood.append(complaint.text)
            complaint = clause if clause.headers and not clause.asks else None
            corrections.update({correction.header: correction for correction in clause.asks})
            if not clause.headers:
                not_understood.append(clause.text)
    if complaint:
        not_understood.append(complaint.text)
    return UnderstoodFeedback(corrections=tuple(corrections.values()), not_understood=tuple(not_understood))


@cache
def _vocabulary() -> Vocabulary:
    return load_vocabulary(DATA)


@dataclass(frozen=True)
class _Clause:
    """A part of a sentence: the headers it names (none = not understood), and what it asks for.

    `follows` tells that it speaks of the headers named before it ("it should be …").
    """

    text: str
    headers: tuple[str, ...] = ()
    asks: tuple[ProposedCorrection, ...] = ()
    follows: bool = False


class _Reader:
    """Reads one sentence at a time with the names of fields and headers at hand, and the headers named last."""

    def __init__(self, vocabulary: Vocabulary, catalogue: Catalogue, headers: Sequence[str]) -> None:
        self._vocabulary = vocabulary
        self._headers = {plain(header): header for header in headers}
        own = {plain(name): field.key for field in catalogue for name in (field.key, field.label)}
        shown = {plain(re.sub(r"\(.*?\)", "", field.label)): field.key for field in catalogue}
        known = {name: key for name, key in vocabulary.names.items() if key in catalogue}
        self._fields = {**known, **shown, **own}
        self._last: tuple[str, ...] = ()

    def read(self, sentence: str) -> Iterator[_Clause]:
        """Yield the clauses of a sentence."""
        pieces = [piece for piece in _CONNECTOR.split(sentence) if piece and piece.strip()]
        marks = [match.group() for match in _CONNECTOR.finditer(sentence)] + [""]
        start = 0
        while start < len(pieces):
            end, clause = self._longest(pieces, marks, start)
            self._last = clause.headers or self._last
            if clause.headers or self._without_opening(clause.text):
                yield clause
            start = end

    def _longest(self, pieces: list[str], marks: list[str], start: int) -> tuple[int, _Clause]:
        """Take as many pieces as one phrase explains, up to where the next phrase of its own begins."""
        for end in range(min(len(pieces), start + _LONGEST_CLAUSE), start, -1):
            clause = self._clause(_joined(pieces, marks, start, end))
            if clause.asks and not any(
                self._splits(pieces, marks, start, middle, end) for middle in range(start + 1, end)
            ):
                return end, clause
        return start + 1, self._clause(pieces[start])

    def _splits(self, pieces: list[str], marks: list[str], start: int, middle: int, end: int) -> bool:
        """Tell whether a stretch of pieces is two phrases rather than one with a list in it."""
        halves = _joined(pieces, marks, start, middle), _joined(pieces, marks, middle, end)
        return all(self._clause(half).asks for half in halves)

    def _clause(self, clause: str) -> _Clause:
        text = _without_filler(self._without_opening(clause[: _LONGEST_PHRASE + 1]))
        if len(text) > _LONGEST_PHRASE:
            return _Clause(clause)
        for read in (self._refusal, self._ignored, self._meaning, self._complaint, self._following):
            found = read(clause, text)
            if found is not None:
                return found
        return _Clause(clause)

    def _refusal(self, clause: str, text: str) -> _Clause | None:
        for headers, field in self._matches(Action.REFUSE, text):
            if field:
                asks = tuple(ProposedCorrection(header=header, field=field, is_refusal=True) for header in headers)
                return _Clause(clause, headers, asks)
        return None

    def _ignored(self, clause: str, text: str) -> _Clause | None:
        for headers, _ in self._matches(Action.IGNORE, text):
            return _Clause(clause, headers, tuple(ProposedCorrection(header=h, field=None) for h in headers))
        return None

    def _meaning(self, clause: str, text: str) -> _Clause | None:
        for headers, field in self._matches(Action.MAP, text):
            if field:
                return _Clause(clause, headers, tuple(ProposedCorrection(header=h, field=field) for h in headers))
        return None

    def _complaint(self, clause: str, text: str) -> _Clause | None:
        for headers, _ in self._matches(Action.COMPLAINT, text):
            return _Clause(clause, headers)
        return None

    def _following(self, clause: str, text: str) -> _Clause | None:
        for phrase in self._vocabulary.of(Action.FOLLOW):
            match = phrase.pattern.fullmatch(text)
            field = self._field(match["field"]) if match and self._last else None
            if field:
                asks = tuple(ProposedCorrection(header=header, field=field) for header in self._last)
                return _Clause(clause, self._last, asks, follows=True)
        return None

    def _matches(self, action: Action, text: str) -> Iterator[tuple[tuple[str, ...], str | None]]:
        """Yield the headers and the field that each phrase of an action reads out of a text."""
        for phrase in self._vocabulary.of(action):
            match = phrase.pattern.fullmatch(text)
            headers = tuple(self._named(match["header"])) if match else ()
            if match and headers:
                yield headers, self._field(match["field"]) if "field" in phrase.pattern.groupindex else None

    def _without_opening(self, text: str) -> str:
        """Drop what only leads up to the matter: "No, I think that …"."""
        before = None
        while before != text:
            before = text
            for phrase in self._vocabulary.of(Action.OPENING):
                text = phrase.pattern.sub("", text.strip())
        return text

    def _named(self, text: str) -> list[str]:
        """Return the headers that `text` names, or none when any part of it is no header."""
        known = self._headers.get(plain(text))
        if known is not None:
            return [known]
        named = [self._header(part) for part in _ENUMERATION.split(text) if part.strip(_QUOTES)]
        return [header for header in named if header] if all(named) else []

    def _header(self, text: str) -> str | None:
        spelt = _without_filler(text.strip().rstrip(":,-–— "))
        bare = spelt.strip(_QUOTES)
        if plain(bare) in self._headers:
            return self._headers[plain(bare)]
        words = plain(bare).split()
        shaped = _HEADER_SHAPE.fullmatch(spelt) is not None
        likely = shaped or (len(words) <= 3 and not self._vocabulary.sentence_words.intersection(words))
        return bare if bare and likely and not self._is_pronoun(bare) else None

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
