"""Cells that could be read as instructions: kept from the model, or put to it in a question of their own.

A cell in a question of its own can mislead the model about its own row at most: no other row is in the request. So
whatever is not plainly a short value travels alone, and what speaks to a model is not asked about at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from platform_core.agents.tables import rows_of
from platform_core.errors import BadInput

_LONGEST, _MOST_WORDS, _LONGEST_WORD = 60, 5, 40
"""What still counts as a short value: a header, product, code or name. Longer texts have room for a sentence."""

_MOST_FOREIGN = 8  # letters of scripts written without blanks, in which a sentence is as short as a word
_PLAIN = re.compile(r"[\w\s.,:;/()%#&@'+°€$…-]*")


class Handling(IntEnum):
    """How an item may be put to a model, from the most to the least trusting."""

    TOGETHER = 0
    ALONE = 1
    WITHHELD = 2


@dataclass(frozen=True)
class Suspicion:
    """Patterns of `data/agents/suspicion.csv`: what is never sent, and what is sent in a question of its own."""

    withheld: tuple[re.Pattern[str], ...]
    alone: tuple[re.Pattern[str], ...]

    @classmethod
    def load(cls, path: Path) -> Suspicion:
        """Read suspicion.csv (verdict, pattern, source); raises BadInput for an unknown verdict or a bad pattern."""
        found: dict[str, list[re.Pattern[str]]] = {"withhold": [], "alone": []}
        for row in rows_of(path, "verdict", "pattern", "source"):
            try:
                found[row["verdict"]].append(re.compile(row["pattern"], re.IGNORECASE | re.DOTALL))
            except (KeyError, re.error) as error:
                raise BadInput(f"{path.name} holds an unknown verdict or a pattern that cannot be read.") from error
        return cls(tuple(found["withhold"]), tuple(found["alone"]))

    def handling(self, texts: Iterable[str]) -> Handling:
        """Return how an item with these texts may be asked about; instructions split over cells count as well."""
        seen = [unicodedata.normalize("NFKC", text) for text in texts if text]
        whole = " ".join(seen)
        if any(pattern.search(text) for pattern in self.withheld for text in (*seen, whole)):
            return Handling.WITHHELD
        if not all(map(_is_short_value, seen)) or any(pattern.search(whole) for pattern in self.alone):
            return Handling.ALONE
        return Handling.TOGETHER


def _is_short_value(text: str) -> bool:
    words = text.split()
    short = len(text) <= _LONGEST and len(words) <= _MOST_WORDS and all(len(word) <= _LONGEST_WORD for word in words)
    return short and _PLAIN.fullmatch(text) is not None and _foreign_letters(text) <= _MOST_FOREIGN


def _foreign_letters(text: str) -> int:
    return sum(letter.isalpha() and not unicodedata.name(letter, "").startswith("LATIN") for letter in text)
