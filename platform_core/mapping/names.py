"""Headers brought to comparable words: case, camel humps, diacritics, prefixes, repeated groups, languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from platform_core.mapping.lexicon import Lexicon

_ONE_WORD = re.compile(
    r"IPv[46]|[KMGTP]iB|[KMGT]Bps|[KMGT]bps|[KMG]Hz|IOPS|DNS|vCenter|vSphere|vInfo|vHost|vApp|iLO|iDRAC|iSCSI|"
    r"NetBIOS|DevOps|FedRAMP|macOS|GitHub|VMware|ESXi|"
    r"(?<![A-Za-z])[vpn][A-Z]{2,}s?(?![a-z])|[A-Z]{2,}s(?![a-z])"
)
_WORD = re.compile(
    r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+(?:\d+(?![A-Za-z]))?|\d+[A-Za-z]{1,2}(?![A-Za-z])|[A-Z]+\d?(?![a-z])|\d+|[#%]"
    r"|[぀-ヿ㐀-鿿가-힯]+|[^\W\d_]+"
)
_SPACED_UPPER = re.compile(r"(?<![A-Za-z])([A-Za-z])\.\s?([A-Za-z])\.")
_LIST_OF_VALUES = re.compile(r"\([^()]*(?:/[^()/]*){2,}\)")  # "Criticality (LOW/MEDIUM/HIGH)"
_OPTIONAL_PLURAL = re.compile(r"(?<=\w)\((?:s|es|en|n|e|x)\)")  # "Application(s)"
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})
_SCCM_SUFFIX = re.compile(r"(?<=[A-Za-z])0+$")
_TABLE_PREFIXES = ("u_", "x_", "cmdb_ci_", "c_")
_WITH_NUMBER = re.compile(r"([^\W\d_]{3,})(\d+)$")
_NUMBER = re.compile(r"\d+$")
_LETTERED = frozenset({"disk", "volume", "partition"})  # concepts whose members have letters: "Drive C size"


@dataclass(frozen=True)
class Name:
    """A header as the mapper reads it.

    `plain` holds its own words, lower case and blank separated; `concepts` the same in the mapper's English
    vocabulary, numbers as "#"; `ordinal` is the number of a member of a repeated group ("Disk 3 size" → 3).
    """

    header: str
    plain: str
    concepts: tuple[str, ...]
    ordinal: int | None

    @property
    def key(self) -> str:
        """Return the concepts as one text: equal for headers that say the same."""
        return " ".join(self.concepts)


def plain_words(header: str) -> list[str]:
    """Split a header into its own words, lower case; at least one for any header that is not blank."""
    text = unicodedata.normalize("NFKC", header).translate(_LIGATURES).strip()
    text = _OPTIONAL_PLURAL.sub("", text)
    text = _LIST_OF_VALUES.sub(" ", text).strip() or text
    for prefix in _TABLE_PREFIXES:
        text = text.removeprefix(prefix) or text
    text = _SPACED_UPPER.sub(r"\1\2", _SCCM_SUFFIX.sub("", text) or text)
    text = _ONE_WORD.sub(lambda match: f" {match.group().lower()} ", text)
    words: list[str] = []
    for match in _WORD.finditer(_fold(text)):
        words.extend(_with_number_apart(match.group().lower()))
    return words or text.lower().split()


def normalise(header: str, lexicon: Lexicon, language: str = "en") -> Name:
    """Read one header in the file's `language`; never without concepts for a header that is not blank."""
    words = plain_words(header)
    letter = _drive_letter(words, lexicon, language)
    if letter is not None:
        words[letter] = str(ord(words[letter]) - ord("a") + 1)
    readable = ["number" if word == "#" else "percent" if word == "%" else word for word in words]
    concepts = lexicon.concepts(["#" if _NUMBER.match(word) else word for word in readable], language)
    numbers = [int(word) for word in words if _NUMBER.match(word) and len(word) < 4]
    return Name(
        header,
        " ".join(words),
        tuple(concepts) or tuple(readable),
        numbers[0] if len(numbers) == 1 and len(words) > 1 else None,
    )


def header_meaning(header: str, lexicon: Lexicon) -> str:
    """Return what a header says in the mapper's own words, whatever file it stands in: equal for equal meanings."""
    return normalise_all([header], lexicon)[1][0].key


def normalise_all(headers: Sequence[str], lexicon: Lexicon) -> tuple[str, list[Name]]:
    """Read all headers of a file: its language, and one name a header in order."""
    language = lexicon.language_of(word for header in headers for word in plain_words(header))
    return language, [normalise(header, lexicon, language) for header in headers]


def _drive_letter(words: Sequence[str], lexicon: Lexicon, language: str) -> int | None:
    """Return where a letter stands for the number of a drive ("Drive C size", "Laufwerk D"), None when none does."""
    for place, (before, word) in enumerate(pairwise(words), 1):
        if len(word) == 1 and "c" <= word <= "z" and lexicon.concept(before, language) in _LETTERED:
            return place
    return None


def _with_number_apart(word: str) -> list[str]:
    split = _WITH_NUMBER.match(word)
    return [split[1], split[2]] if split and not word.startswith("ipv") else [word]


def folded(text: str) -> str:
    """Return a cell's text trimmed, lower case and without Latin diacritics."""
    return _fold(unicodedata.normalize("NFKC", text).strip().lower())


def _fold(text: str) -> str:
    """Drop diacritics of Latin letters only: kana change their meaning without theirs."""
    if text.isascii():
        return text
    return "".join(_fold_letter(letter) if ord(letter) < 0x0250 else letter for letter in text)


def _fold_letter(letter: str) -> str:
    if letter in "ßẞ":
        return "ss"
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)) or letter
