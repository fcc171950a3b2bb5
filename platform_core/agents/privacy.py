"""What may leave the machine: columns on a list, and in place of hosts, addresses and people their pseudonyms."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from platform_core.agents.wholesome import CELL_LENGTH, visible

EVERYTHING = "*"
"""Put on the list of shared columns, lets the values of every column leave (behind pseudonyms)."""

_HEX = 6
_LONGEST_NAME = 4  # words of which a person's or machine's name may consist
_MAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_LINK = re.compile(r"(?i)\b[a-z][a-z0-9+.-]*://\S+|\\\\[\w.-]+\\\S*")
_ACCOUNT = re.compile(r"\b[A-Za-z][\w-]{1,20}\\[\w.-]+")
_IPV4 = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?(?![\d.])")
_IPV6 = re.compile(r"(?i)(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])")
_MAC = re.compile(r"(?i)(?<![\w:-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![\w:-])")
_FQDN = re.compile(
    r"(?i)\b(?:[a-z0-9][a-z0-9_-]*\.){2,}[a-z]{2,}\b|\b[a-z0-9][\w-]*\.(?:local|corp|lan|intern|internal|intra|home|arpa)\b"
)
_WORD = re.compile(r"[\w.@-]+")
_ALIAS = re.compile(r"(?i)\b(?:host|ip|person|thing)-[0-9a-f]{6}\b")


class Named(StrEnum):
    """What a pseudonym stands for."""

    HOST = "host"
    ADDRESS = "ip"
    PERSON = "person"
    THING = "thing"


_PATTERNS = (
    (_MAIL, Named.PERSON),
    (_LINK, Named.HOST),
    (_ACCOUNT, Named.PERSON),
    (_MAC, Named.ADDRESS),
    (_IPV4, Named.ADDRESS),
    (_IPV6, Named.ADDRESS),
    (_FQDN, Named.HOST),
)


@dataclass(frozen=True)
class Sharing:
    """What an endpoint may be told. `external` = it is not on this machine; else everything may be said.

    `columns` are the fields, facts and headers whose values may leave, in any spelling. `key` makes pseudonyms that
    nobody else can undo and that stay the same from run to run, so that cached answers remain good.
    """

    external: bool
    columns: frozenset[str] = frozenset()
    key: bytes = b""

    def allows(self, *names: str) -> bool:
        """Tell whether the values of a column known by all of `names` may be sent."""
        if not self.external or EVERYTHING in self.columns:
            return True
        return bool(names) and all(spelled(name) in self.columns for name in names)


def sharing(external: bool, shipped: Iterable[str], added: Iterable[str], key: bytes) -> Sharing:
    """Return the policy that allows the shipped fields and those the user added."""
    names = frozenset(name if name == EVERYTHING else spelled(name) for name in (*shipped, *added))
    return Sharing(external, names, key)


def spelled(name: str) -> str:
    """Return a name as names are compared: lower case, only letters and digits."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


class Veil:
    """Replaces what identifies for one run, and knows how to put it back in what the model says."""

    def __init__(self, policy: Sharing, known: Mapping[Named, Iterable[str]], common: frozenset[str]) -> None:
        self.policy = policy
        self._common = common
        self._original: dict[str, str] = {}
        self._known = {
            _folded(name): kind for kind, names in known.items() for name in names if len(_folded(name)) >= 3
        }

    def text(self, text: str, length: int = CELL_LENGTH) -> str:
        """Return a cell as it may be sent: visible, cut, names and addresses replaced where they would leave."""
        line = visible(text, length)
        if not self.policy.external:
            return line
        for pattern, kind in _PATTERNS:
            line = self._without(pattern, kind, line)
        return self._without_known_names(line)

    def name(self, name: str, kind: Named) -> str:
        """Return a name as it may be sent; for an external endpoint a pseudonym."""
        line = visible(name)
        return self._alias(line, kind) if self.policy.external and line else line

    def name_by_parts(self, name: str) -> str:
        """Return a machine's name with its pattern kept: digits, separators and words of the trade stay."""
        line = visible(name)
        if not self.policy.external:
            return line
        return re.sub(r"[^\W\d_]+", lambda found: self._part(found[0]), line)

    def put_back(self, text: str) -> str:
        """Return a text of the model with the names that the pseudonyms in it stand for."""
        return _ALIAS.sub(lambda found: self._original.get(found[0].lower(), found[0]), text)

    @property
    def replaced(self) -> dict[str, int]:
        """How many different names of each kind were replaced so far."""
        return dict(Counter(alias.partition("-")[0] for alias in self._original))

    def _part(self, word: str) -> str:
        if word.lower() in self._common or len(word) == 1:
            return word
        return f"x{self._digest(word, 'part')}"

    def _without(self, pattern: re.Pattern[str], kind: Named, line: str) -> str:
        return pattern.sub(lambda found: self._alias(found[0], kind), line)

    def _without_known_names(self, line: str) -> str:
        """Replace names of the inventory, of up to four words, wherever they stand."""
        if not self._known:
            return line
        words = list(_WORD.finditer(line))
        parts: list[str] = []
        done = position = 0
        while position < len(words):
            size, kind = self._known_at(line, words, position)
            if kind is None:
                position += 1
                continue
            start, end = words[position].start(), words[position + size - 1].end()
            parts += [line[done:start], self._alias(line[start:end], kind)]
            done, position = end, position + size
        return "".join((*parts, line[done:]))

    def _known_at(self, line: str, words: list[re.Match[str]], position: int) -> tuple[int, Named | None]:
        for size in range(min(_LONGEST_NAME, len(words) - position), 0, -1):
            span = line[words[position].start() : words[position + size - 1].end()]
            kind = self._known.get(_folded(span))
            if kind is not None:
                return size, kind
        return 1, None

    def _alias(self, original: str, kind: Named) -> str:
        if _ALIAS.fullmatch(original) or (kind is Named.ADDRESS and _is_a_time_of_day(original)):
            return original
        alias = f"{kind}-{self._digest(original, kind)}"
        self._original.setdefault(alias, original)
        return alias

    def _digest(self, original: str, kind: str) -> str:
        text = f"{kind}:{_folded(original)}".encode("utf-8", "replace")
        return hmac.new(self.policy.key, text, hashlib.sha256).hexdigest()[:_HEX]


def _is_a_time_of_day(text: str) -> bool:
    """Tell "12:30:45" from an address, which has more groups, two colons in a row or letters."""
    return re.fullmatch(r"\d{1,2}:\d{2}:\d{2}:?", text) is not None


def _folded(name: str) -> str:
    return " ".join(name.lower().split())
