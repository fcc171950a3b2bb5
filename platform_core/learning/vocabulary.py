"""How analysts name fields and phrase corrections, in English, German and French."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from platform_core.errors import BadInput


class Action(StrEnum):
    """What a phrase asks for or does in a sentence."""

    MAP = "map"
    IGNORE = "ignore"
    REFUSE = "refuse"  # "X is not Y"
    COMPLAINT = "complaint"  # "you mapped X to Y", which asks for nothing by itself
    FOLLOW = "follow"  # "it should be Y", of the header named last
    CONTRAST = "contrast"  # the "not Y" after a phrase, which names what was wrong
    OPENING = "opening"  # "I think that", which says nothing


_SLOTS: Mapping[Action, tuple[str, ...]] = {
    Action.MAP: ("{header}", "{field}"),
    Action.IGNORE: ("{header}",),
    Action.REFUSE: ("{header}", "{field}"),
    Action.COMPLAINT: ("{header}",),
    Action.FOLLOW: ("{field}",),
    Action.CONTRAST: (),
    Action.OPENING: (),
}


@dataclass(frozen=True)
class Phrase:
    """A way to say something: a pattern with the groups `header` and `field`, as far as its action needs them."""

    action: Action
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Vocabulary:
    """Phrases in the order in which they are tried, and names of fields beside their labels and keys.

    A header that no file holds has none of the `sentence_words` ("should", "mapped").
    """

    phrases: tuple[Phrase, ...]
    names: Mapping[str, str]
    sentence_words: frozenset[str]

    def of(self, action: Action) -> Iterator[Phrase]:
        """Yield the phrases of one action."""
        return (phrase for phrase in self.phrases if phrase.action is action)


def load_vocabulary(folder: Path) -> Vocabulary:
    """Read `learning/phrases.csv`, `field_names.csv` and `sentence_words.csv` under `folder` (the shipped `data/`).

    Raises BadInput when a table is missing or a pattern lacks its header or field.
    """
    phrases = tuple(_phrase(row) for row in _rows(folder / "learning" / "phrases.csv"))
    names = {plain(row["name"]): row["field"] for row in _rows(folder / "learning" / "field_names.csv")}
    words = frozenset(plain(row["word"]) for row in _rows(folder / "learning" / "sentence_words.csv"))
    return Vocabulary(phrases, names, words)


def plain(text: str) -> str:
    """Return a name as names are compared: lower case, no accents, only letters, digits and single blanks."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare.lower()))


def _phrase(row: dict[str, str]) -> Phrase:
    action = Action(row["action"])
    if not all(slot in row["pattern"] for slot in _SLOTS[action]):
        raise BadInput("A feedback phrase does not say where its header or field stands.")
    text = row["pattern"].replace("{header}", "(?P<header>.+?)").replace("{field}", "(?P<field>.+)")
    anchored = text if action in {Action.CONTRAST, Action.OPENING} else f"(?:{text})$"
    return Phrase(action, re.compile(anchored, re.IGNORECASE))


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise BadInput(f"The feedback table {path.name} is missing.", hint="Reinstall the reference data.")
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))
