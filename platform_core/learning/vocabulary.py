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
    """What a phrase asks for; CONTRAST is the "not Y" after it, which names what was wrong."""

    MAP = "map"
    IGNORE = "ignore"
    CONTRAST = "contrast"


@dataclass(frozen=True)
class Phrase:
    """A way to say something: a pattern with the groups `header` and, for MAP, `field`."""

    action: Action
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Vocabulary:
    """Phrases in the order in which they are tried, and names of fields beside their labels and keys."""

    phrases: tuple[Phrase, ...]
    names: Mapping[str, str]

    def of(self, action: Action) -> Iterator[Phrase]:
        """Yield the phrases of one action."""
        return (phrase for phrase in self.phrases if phrase.action is action)


def load_vocabulary(folder: Path) -> Vocabulary:
    """Read `learning/phrases.csv` and `learning/field_names.csv` under `folder` (the shipped `data/`).

    Raises BadInput when a table is missing or a pattern lacks its header or field.
    """
    phrases = tuple(_phrase(row) for row in _rows(folder / "learning" / "phrases.csv"))
    names = {plain(row["name"]): row["field"] for row in _rows(folder / "learning" / "field_names.csv")}
    return Vocabulary(phrases, names)


def plain(text: str) -> str:
    """Return a name as names are compared: lower case, no accents, only letters, digits and single blanks."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare.lower()))


def _phrase(row: dict[str, str]) -> Phrase:
    action = Action(row["action"])
    wanted = {Action.MAP: ("{header}", "{field}"), Action.IGNORE: ("{header}",), Action.CONTRAST: ()}[action]
    if not all(slot in row["pattern"] for slot in wanted):
        raise BadInput("A feedback phrase does not say where its header or field stands.")
    text = row["pattern"].replace("{header}", "(?P<header>.+?)").replace("{field}", "(?P<field>.+)")
    anchored = text if action is Action.CONTRAST else f"(?:{text})$"
    return Phrase(action, re.compile(anchored, re.IGNORECASE))


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise BadInput(f"The feedback table {path.name} is missing.", hint="Reinstall the reference data.")
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))
