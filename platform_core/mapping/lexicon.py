"""Words of headers in several languages, brought to one English vocabulary of concepts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from platform_core.errors import BadInput
from platform_core.mapping.tables import rows

ENGLISH = "en"
_FILLER = "of"  # the meaning of words that carry none
_LINKS = ("", "s", "n", "es", "en", "e")  # letters that German and Dutch put between the parts of a compound
_SHORTEST_PART = 3  # a shorter part of a compound is more often chance than meaning,
_SHORT_PARTS = frozenset({"vm", "os", "ip", "id", "db", "pc", "nr"})  # unless it is one of these
_BESIDE_SHORT = 3  # letters that stand beside such a short part at least
_LONGEST_PHRASE = 4
_SHORTEST_TELLING = 4  # letters of a word that can tell a language: "per" is Italian and English
_FOREIGN_SHARE = 0.08  # of all words; German CMDB exports keep half of their headers English
_SCRIPTS = (("ja", re.compile(r"[\u3040-\u30ff]")), ("zh", re.compile(r"[\u4e00-\u9fff]")))


@dataclass(frozen=True)
class Lexicon:
    """Terms by language: `terms[language][term]` is a concept, one token without blanks ("operating_system").

    A term is lower case, without Latin diacritics, and may be a phrase of up to four words. `inflections[language]`
    are endings and what stands for them in the form that the terms give ("policies" → "policy").
    """

    terms: Mapping[str, Mapping[str, str]]
    english: frozenset[str] = field(default_factory=frozenset)
    inflections: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Lexicon:
        """Read lexicon.csv (term, meaning, language) and inflections.csv; raises BadInput on an empty cell."""
        terms: dict[str, dict[str, str]] = defaultdict(dict)
        for row in rows(folder / "lexicon.csv", "term", "meaning", "language", "source"):
            if not all(row.values()):
                raise BadInput("A row of the mapping lexicon is incomplete.")
            terms[row["language"]].setdefault(row["term"], row["meaning"].replace(" ", "_"))
        english = frozenset(terms[ENGLISH]) | frozenset(
            word for meanings in terms.values() for meaning in meanings.values() for word in meaning.split("_")
        )
        endings: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in rows(folder / "inflections.csv", "language", "ending", "replacement", "source"):
            endings[row["language"]].append((row["ending"], row["replacement"]))
        return cls(dict(terms), english, {language: tuple(found) for language, found in endings.items()})

    @property
    def languages(self) -> tuple[str, ...]:
        """All languages, in the order of the file."""
        return tuple(self.terms)

    def language_of(self, words: Iterable[str]) -> str:
        """Return the language most of `words` speak; English where other languages do not clearly show.

        Only words that no English term uses count: "status" says nothing, "hersteller" says German.
        """
        unique = set(words)
        for language, script in _SCRIPTS:
            if sum(bool(script.search(word)) for word in unique) * 5 >= len(unique):
                return language
        votes = Counter[str]()
        for word in unique:
            if word not in self.english and len(word) >= _SHORTEST_TELLING:
                speakers = [language for language in self.terms if word in self.terms[language]]
                votes.update({language: 1 / len(speakers) for language in speakers})
        best = max(votes, key=lambda language: (votes[language], language), default=ENGLISH)
        return best if votes[best] >= max(1.0, _FOREIGN_SHARE * len(unique)) else ENGLISH

    def concept(self, term: str, language: str) -> str | None:
        """Return the concept of `term` in `language`, then English, then any other; None when unknown.

        A word that is not known as it stands is looked up without its ending, in its own language and English.
        """
        found = self._listed(term, language)
        if found is not None or " " in term or len(term) <= _SHORTEST_TELLING:
            return found
        stems = (
            (term.removesuffix(ending) + replacement, spoken)
            for spoken in dict.fromkeys((language, ENGLISH))
            for ending, replacement in self.inflections.get(spoken, ())
            if term.endswith(ending)
        )
        return next((found for stem, spoken in stems if (found := self._own(stem, spoken))), None)

    def _own(self, stem: str, language: str) -> str | None:
        if len(stem) < _SHORTEST_PART:
            return None
        found = self.terms.get(language, {}).get(stem)
        return found or (stem if language == ENGLISH and stem in self.english else None)

    def _listed(self, term: str, language: str) -> str | None:
        for candidate in dict.fromkeys((language, ENGLISH)):
            found = self.terms.get(candidate, {}).get(term)
            if found is not None:
                return found
        if term in self.english:
            return term
        others = (
            self.terms[other].get(term) for other in self.terms if len(term) > _SHORTEST_PART or term[0] > "\u2e80"
        )
        return next((found for found in others if found and found != _FILLER), None)

    def concepts(self, words: Sequence[str], language: str) -> list[str]:
        """Translate `words` into concepts, longest phrase first; a word nobody knows stays as it is."""
        return self._joined(self._translated(words, language))

    def _translated(self, words: Sequence[str], language: str) -> list[str]:
        found: list[str] = []
        start = 0
        while start < len(words):
            for length in range(min(_LONGEST_PHRASE, len(words) - start), 0, -1):
                meaning = self._meaning(" ".join(words[start : start + length]), language, alone=length == 1)
                if meaning:
                    found.extend(part for part in meaning if part != _FILLER)
                    start += length
                    break
            else:
                found.append(words[start])
                start += 1
        return found

    def _joined(self, concepts: list[str]) -> list[str]:
        """Join neighbours that are one concept together: "ip", "address" → "ip_address"."""
        phrases = self.terms.get(ENGLISH, {})
        joined: list[str] = []
        start = 0
        while start < len(concepts):
            for length in range(min(_LONGEST_PHRASE, len(concepts) - start), 1, -1):
                whole = phrases.get(" ".join(concepts[start : start + length]))
                if whole:
                    joined.append(whole)
                    start += length
                    break
            else:
                joined.append(concepts[start])
                start += 1
        return joined

    def _meaning(self, term: str, language: str, *, alone: bool) -> list[str] | None:
        whole = self.concept(term, language)
        if whole is not None:
            return [whole]
        return self._parts(term, language) if alone else None

    def _parts(self, word: str, language: str) -> list[str] | None:
        parts = _split(self, word, language) or ()
        found = [(part, self.concept(part, language)) for part in parts]
        # one ideograph means little where the word around it is not known: the "department" in "problem" (課題)
        whole = all(meaning for _, meaning in found)
        return [meaning for part, meaning in found if meaning and (whole or len(part) > 1)] or None

    def __hash__(self) -> int:
        return id(self)


@lru_cache(maxsize=20_000)
def _split(lexicon: Lexicon, word: str, language: str) -> tuple[str, ...] | None:
    """Split a compound ("arbeitsspeichergrosse", "ipaddress", "磁盘容量") into the fewest known parts, or None."""
    ideographic = any(ord(letter) > 0x2E80 for letter in word)
    shortest = 1 if ideographic else _SHORTEST_PART
    if len(word) < (2 if ideographic else 2 * _SHORTEST_PART):
        return None
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(end):
            head = best[start]
            if head is None:
                continue
            part = _known_part(lexicon, word[start:end], language, shortest)
            if part is None and ideographic and end - start == 1:
                part = word[start:end]
            shown = best[end]
            if part is not None and (shown is None or len(head) + 1 < len(shown)):
                best[end] = (*head, part)
    return best[len(word)] or _short_and_long(lexicon, word, language)


def _short_and_long(lexicon: Lexicon, word: str, language: str) -> tuple[str, ...] | None:
    """Split an abbreviation of two letters off a known word: "vmhost", "serverid"."""
    for parts in ((word[:2], word[2:]), (word[:-2], word[-2:])):
        long = max(parts, key=len)
        if _SHORT_PARTS.intersection(parts) and len(long) >= _BESIDE_SHORT:
            known = _known_part(lexicon, long, language, _BESIDE_SHORT)
            if known:
                return tuple(known if part == long else part for part in parts)
    return None


def _known_part(lexicon: Lexicon, text: str, language: str, shortest: int) -> str | None:
    for link in _LINKS:
        part = text.removesuffix(link) if link else text
        if (link and part == text) or len(part) < shortest:
            continue
        if part in lexicon.terms.get(language, {}) or part in lexicon.english:
            return part
    return None
