"""A name as the pieces that other spellings of it share: letters in a row, words, pairs of words, initials."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection
from itertools import pairwise

_MARKS = re.compile(r"[®™©]|\((?:r|tm|c)\)", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_DIGITS = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_POSSESSIVE = re.compile(r"'s\b")
_SPLIT = re.compile(r"[\W_]+")
_BRACKETS = re.compile(r"(.*?)\s*\(([^()]+)\)\s*(.*)")
_SIGNS = (("c++", "cplusplus "), (".net", " dotnet "))
_SHARP = re.compile(r"\b([cf])#")
# fmt: off
SORTS = frozenset((
    "software", "program", "programs", "programming", "language", "computing", "computer", "computers",
    "science", "operating", "system", "os", "product", "application", "app", "package", "tool", "utility",
    "platform", "technology", "technologies", "company", "website", "distribution", "file", "format",
    "database", "dbms", "markup", "scripting", "library", "framework", "version", "release", "edition",
    "interface", "architecture",
))
# fmt: on
"""Words that say what sort of thing a name stands for, not which."""

_SAME = {"microsoft": "ms"}
LINKS = frozenset({"of", "for", "and", "the"})

# What a piece weighs before its rarity does: set once on spellings held out from the table.
_LETTERS, _JOINED, _WORD, _NUMBER, _PAIR, _WHOLE = 0.7, 0.5, 2.0, 0.7, 1.0, 3.0
_INITIALS, _MAIN_INITIALS, _SHORT = 2.0, 1.0, 1.5
_ORDINARY = 0.4
_SHORT_NAME = range(3, 7)
"""Letters of a name that may itself be made of initials."""


def words_of(name: str) -> list[str]:
    """Return the words of a name in lower case, letters and digits apart ("SQL2016" is sql, 2016); [] for none."""
    text = _CAMEL.sub(" ", unicodedata.normalize("NFKC", _MARKS.sub("", name))).lower()
    text = _SHARP.sub(r"\1sharp ", text)
    for sign, word in _SIGNS:
        text = text.replace(sign, word)
    text = _DIGITS.sub(" ", _POSSESSIVE.sub("", text))
    return [_SAME.get(word, word) for word in _SPLIT.split(text) if word]


def key_of(name: str) -> str:
    """Return what all spellings of a name that differ in case, blanks and signs have in common."""
    return "".join(words_of(name))


def readings(name: str) -> list[str]:
    """Return the ways to read a name: as it is, outside and inside its brackets, without words that say what it is.

    "Cassandra (software)" and "Scala programming language" are read as Cassandra and Scala, never as "software".
    """
    found = _BRACKETS.fullmatch(name)
    parts = [name, f"{found[1]} {found[3]}".strip(), found[2]] if found else [name]
    if found and SORTS.issuperset(words_of(found[2])):
        parts = [parts[1] or name]
    bare = " ".join(word for word in words_of(parts[0]) if word not in SORTS)
    parts += [bare] if bare and bare != " ".join(words_of(parts[0])) else []
    return [part for part in dict.fromkeys(parts) if words_of(part)]


def pieces_of(name: str, ordinary: Collection[str]) -> dict[str, float]:
    """Return the pieces of a name with their weights; words of `ordinary` (server, software, customer …) weigh less."""
    words = words_of(name)
    joined = "".join(words)
    pieces: defaultdict[str, float] = defaultdict(float)
    for word in words:
        share = _ORDINARY if word in ordinary else 1.0
        for piece in _letters(f"<{word}>", (2, 3, 4)):
            pieces[f"l{piece}"] += share * _LETTERS
        pieces[f"w{word}"] += _NUMBER if word.isdigit() else _WORD * share
    for piece in _letters(joined, (3, 4, 5)):
        pieces[f"j{piece}"] += _JOINED
    for one, other in pairwise(words):
        pieces[f"p{one} {other}"] += _PAIR
    if joined:
        pieces[f"a{joined}"] += _WHOLE
    _add_initials(pieces, [word for word in words if not word.isdigit()])
    return pieces


def _letters(text: str, lengths: tuple[int, ...]) -> list[str]:
    return [text[i : i + n] for n in lengths for i in range(len(text) - n + 1)]


def _add_initials(pieces: defaultdict[str, float], words: list[str]) -> None:
    if len(words) >= 3:
        pieces["i" + "".join(word[0] for word in words)] += _INITIALS
        pieces["i" + "".join(word[0] for word in words if word not in LINKS)] += _MAIN_INITIALS
    if len(words) == 1 and len(words[0]) in _SHORT_NAME:
        pieces[f"i{words[0]}"] += _SHORT
