"""Words of closed sets, recognised in the cells people write."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass


def plain(text: str) -> str:
    """Return `text` without case, accents and punctuation: the form in which words are compared."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    decomposed = folded if folded.isascii() else unicodedata.normalize("NFKD", folded)
    letters = (c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join("".join(letters).split())


@dataclass(frozen=True)
class WordList:
    """The spellings of a closed set: `whole` must be the entire cell, `parts` may stand inside a longer one.

    `negations` turn the next word into its opposite: a cell that holds one is read only as a listed phrase.
    """

    whole: Mapping[str, str]
    parts: Mapping[str, str]
    negations: frozenset[str] = frozenset()

    def find(self, text: str) -> str | None:
        """Return the canonical word `text` stands for, None when it names none or more than one.

        A longer phrase hides the shorter ones inside it ("pre production" is not "production").
        """
        words = plain(text)
        known = self.whole.get(words) or self.parts.get(words)
        if known is not None:
            return known
        return self._only_part(words.split())

    def _only_part(self, tokens: list[str]) -> str | None:
        found: set[str] = set()
        start = 0
        while start < len(tokens):
            width = self._longest_phrase(tokens, start)
            if width:
                found.add(self.parts[" ".join(tokens[start : start + width])])
            elif tokens[start] in self.negations:
                return None
            start += width or 1
        return found.pop() if len(found) == 1 else None

    def _longest_phrase(self, tokens: list[str], start: int) -> int:
        longest = min(6, len(tokens) - start)
        return next((n for n in range(longest, 0, -1) if " ".join(tokens[start : start + n]) in self.parts), 0)


EMPTY = WordList({}, {})
