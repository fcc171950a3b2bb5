"""Names of machines, databases and applications taken apart, and what the difference between two names is."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance import OSA

from platform_core.errors import BadInput

_RUN = re.compile(r"[^\W\d_]+|\d+")
_LOOK_ALIKE = str.maketrans("oli", "011")
NETBIOS_LENGTH = 15
"""NetBIOS names are cut to 15 characters (Microsoft, "Naming conventions in Active Directory")."""

SHORTEST_FOR_SLIP = 5
"""A word with fewer letters that differs by one is more often another code (fra, fre) than a slip."""

SHORTEST_CODE = 3
"""Shorter parts are always taken for codes."""

ONE_OFF_IN = 50
"""Of so many names with a part, one may have it with a slip: "tets" in one of a hundred names is "test" misspelled."""

USED_BY_SCHEME = 3
"""A part that stands in as many names belongs to the naming scheme: app and apq, if both do, are two codes."""


class Sort(StrEnum):
    """What a known part of a name says."""

    ENVIRONMENT = "environment"
    LETTER = "environment letter"
    ROLE = "role"
    SITE = "site"
    GENERATION = "generation"
    REMARK = "remark"
    FILLER = "filler"

    @property
    def says_which(self) -> bool:
        """Whether the part belongs to what tells one machine from another."""
        return self not in {Sort.REMARK, Sort.FILLER}


class Code(NamedTuple):
    """What a part of a name means."""

    sort: Sort
    means: str


class Difference(StrEnum):
    """What lies between two names: the first ones are noise, those from NUMBER on tell machines apart."""

    NONE = "same"
    SIGNS = "signs"  # separators, case, leading zeros
    CONFUSED = "confused"  # O for 0, l for 1
    ORDER = "order"
    CUT = "cut"
    CUT_SHARED = "cut shared"  # several names begin so
    SLIP = "slip"
    SHORT_SLIP = "short slip"  # a letter in a short word that no other name has
    REMARK = "remark"
    EXTRA = "extra"  # a part more that nothing is known of
    UNLIKE = "unlike"
    PART = "part"
    GENERATION = "generation"
    SITE = "site"
    ROLE = "role"
    ENVIRONMENT = "environment"
    NUMBER = "number"

    @property
    def is_noise(self) -> bool:
        """Whether names that differ so are the same name, written differently."""
        return _GRAVEST.index(self) <= _GRAVEST.index(Difference.REMARK) and self is not Difference.CUT_SHARED


class Compared(NamedTuple):
    """The difference of two names and the parts it lies in ("" where a side has none)."""

    difference: Difference
    first: str = ""
    second: str = ""


_DISTINGUISHING = {
    Sort.ENVIRONMENT: Difference.ENVIRONMENT,
    Sort.LETTER: Difference.ENVIRONMENT,
    Sort.ROLE: Difference.ROLE,
    Sort.SITE: Difference.SITE,
    Sort.GENERATION: Difference.GENERATION,
    Sort.REMARK: Difference.REMARK,
    Sort.FILLER: Difference.REMARK,
}
_STAGES = (Sort.ENVIRONMENT, Sort.LETTER)
_SAY_NOTHING = (Sort.REMARK, Sort.FILLER)
_BETWEEN_LIKE_NAMES = frozenset((Difference.REMARK, Difference.EXTRA, Difference.PART, Difference.NUMBER))
"""Differences that mean something only where the rest of both names has a word in common."""

_GRAVEST = tuple(Difference)


def load_codes(data: Path) -> dict[str, Code]:
    """Read `inventory/name_codes.csv` (code, sort, means, source); raises BadInput on a code twice or unsourced."""
    with (data / "inventory" / "name_codes.csv").open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    codes = {row["code"]: Code(Sort(row["sort"]), row["means"]) for row in rows}
    if len(codes) != len(rows) or not all(row["source"] for row in rows):
        raise BadInput("The table of name codes has a code twice or one without a source.")
    return codes


@lru_cache(maxsize=1 << 18)
def parts_of(name: str) -> tuple[str, ...]:
    """Return the runs of letters and of digits of a casefolded short name; digits without leading zeros."""
    return tuple(run.lstrip("0") or "0" if run[0].isdigit() else run for run in _RUN.findall(name))


def unconfused(name: str) -> str:
    """Return a name with O, l and i as the digits they are mistaken for ("prodO1", "apollol4")."""
    return name.translate(_LOOK_ALIKE)


def letters(parts: Iterable[str]) -> str:
    """Return the letters of a name, by which names of one scheme are told from slips."""
    return "".join(part for part in parts if not part[0].isdigit())


def digits(parts: Iterable[str]) -> tuple[str, ...]:
    """Return the numbers in a name."""
    return tuple(part for part in parts if part[0].isdigit())


@dataclass(frozen=True)
class Scheme:
    """What the names of an inventory have in common: in how many different names each part, and all letters, stand."""

    codes: Mapping[str, Code]
    parts: Mapping[str, int]
    letters: Mapping[str, int]
    beginnings: Mapping[str, int]

    @classmethod
    def of(cls, names: Iterable[str], codes: Mapping[str, Code]) -> Scheme:
        """Count the parts of different names."""
        parts, whole, beginnings = Counter[str](), Counter[str](), Counter[str]()
        for name in names:
            split = parts_of(name)
            parts.update({part for part in split if not part[0].isdigit()})
            whole[letters(split)] += 1
            if len(name) > NETBIOS_LENGTH:
                beginnings[name[:NETBIOS_LENGTH]] += 1
        return cls(codes, parts, whole, beginnings)

    def compare(self, first: str, second: str) -> Compared:
        """Return what the difference between two casefolded short names is."""
        if first == second:
            return Compared(Difference.NONE)
        ours, theirs = parts_of(first), parts_of(second)
        if "".join(ours) == "".join(theirs):
            return Compared(Difference.SIGNS, first, second)
        if parts_of(unconfused(first)) == parts_of(unconfused(second)):
            return Compared(Difference.CONFUSED, first, second)
        if sorted(ours) == sorted(theirs):
            return Compared(Difference.ORDER, first, second)
        if is_cut(first, second) or is_cut(second, first):
            is_only = self.beginnings.get(min(first, second, key=len), 0) <= 1
            return Compared(Difference.CUT if is_only else Difference.CUT_SHARED, first, second)
        return self._unequal(ours, theirs)

    def _unequal(self, ours: tuple[str, ...], theirs: tuple[str, ...]) -> Compared:
        left, right = _without_common(ours, theirs)
        found = self._rest(ours, theirs, left, right)
        has_common_letters = letters(left) != letters(ours)
        if not has_common_letters and found.difference in _BETWEEN_LIKE_NAMES:
            return Compared(Difference.UNLIKE, "".join(ours), "".join(theirs))
        return found

    def _rest(
        self, ours: tuple[str, ...], theirs: tuple[str, ...], left: tuple[str, ...], right: tuple[str, ...]
    ) -> Compared:
        if digits(left) != digits(right):
            return Compared(Difference.NUMBER, " ".join(digits(left)), " ".join(digits(right)))
        if not left or not right:
            return self._more(left or right, is_first=bool(left))
        if len(left) == len(right):
            return max(map(self._word, left, right), key=_gravity)
        if _is_slip(letters(ours), letters(theirs)):
            return self._letter(letters(ours), letters(theirs))
        return self._several(left, right)

    def _more(self, parts: tuple[str, ...], *, is_first: bool) -> Compared:
        """Judge parts that only one name has."""
        found = max((self._one_more(part) for part in parts), key=_gravity)
        return found if is_first else Compared(found.difference, "", found.first)

    def _one_more(self, part: str) -> Compared:
        code = self.codes.get(part)
        return Compared(_DISTINGUISHING[code.sort] if code else Difference.EXTRA, part, "")

    def _several(self, left: tuple[str, ...], right: tuple[str, ...]) -> Compared:
        """Judge different numbers of parts on both sides: the gravest known one counts."""
        known = [self._one_more(part) for part in (*left, *right) if part in self.codes]
        gravest = max(known, key=_gravity).difference if known else Difference.PART
        return Compared(max(gravest, Difference.PART, key=_GRAVEST.index), " ".join(left), " ".join(right))

    def _word(self, first: str, second: str) -> Compared:
        """Judge two different parts in the same place."""
        ours, theirs = self.codes.get(first), self.codes.get(second)
        if ours and theirs:
            same = ours.means == theirs.means and ours.sort not in _SAY_NOTHING
            gravest = max(_DISTINGUISHING[ours.sort], _DISTINGUISHING[theirs.sort], key=_GRAVEST.index)
            return Compared(Difference.SIGNS if same else gravest, first, second)
        if len(first) == len(second) == 1 and not _are_letters(first, second, self.codes):
            return Compared(Difference.NUMBER, first, second)
        if _is_slip(first, second):
            return self._letter(first, second)
        if self._is_glued(first, second):
            return Compared(Difference.ENVIRONMENT, first, second)
        if OSA.distance(first, second, score_cutoff=1) <= 1 and self._is_one_off(first, second):
            return Compared(Difference.SHORT_SLIP, first, second)
        known = ours or theirs
        return Compared(_DISTINGUISHING[known.sort] if known else Difference.PART, first, second)

    def _is_glued(self, first: str, second: str) -> bool:
        """Tell whether two words are one stem with two environments at its end ("sapprd", "sapdev")."""
        for ours in range(1, min(5, len(first))):
            theirs = len(second) - (len(first) - ours)
            codes = self.codes.get(first[-ours:]), self.codes.get(second[-theirs:]) if theirs > 0 else None
            if first[:-ours] == second[: len(first) - ours] and all(code and code.sort in _STAGES for code in codes):
                return True
        return False

    def _is_one_off(self, first: str, second: str) -> bool:
        """Tell whether one of two words stands in next to no other name and the other is a usual part of names.

        The rare one is then no code. A letter in place of another in a short word makes another code more easily (fra,
        fre) than one that is left out or out of order does.
        """
        rarest, usual = sorted((first, second), key=lambda word: self.parts.get(word, 0))
        rare, often = self.parts.get(rarest, 0), self.parts.get(usual, 0)
        most = 1 if _exchanged(first, second) else max(1, often // ONE_OFF_IN)
        shortest = SHORTEST_CODE if _exchanged(first, second) else SHORTEST_CODE - 1
        is_code = rarest in self.codes
        return not is_code and min(len(first), len(second)) >= shortest and rare <= most and often >= USED_BY_SCHEME

    def _letter(self, first: str, second: str) -> Compared:
        """Judge two words that differ by one letter: an environment's letter, two codes of the scheme, or a slip."""
        pair = _exchanged(first, second)
        if (
            pair
            and _are_letters(*pair, self.codes)
            and not (first[0] == second[0] and first[-1] == second[-1] and self._is_one_off(first, second))
        ):
            return Compared(Difference.ENVIRONMENT, first, second)
        rarest = min(max(self.parts.get(word, 0), self.letters.get(word, 0)) for word in (first, second))
        return Compared(Difference.PART if rarest >= USED_BY_SCHEME else Difference.SLIP, first, second)


def _is_slip(first: str, second: str) -> bool:
    """Tell whether one is the other with one letter wrong, left out, doubled or out of order."""
    if min(len(first), len(second)) < SHORTEST_FOR_SLIP - (len(first) != len(second)):
        return False
    return OSA.distance(first, second, score_cutoff=1) <= 1


def _are_letters(first: str, second: str, codes: Mapping[str, Code]) -> bool:
    return all(sign in codes and codes[sign].sort is Sort.LETTER for sign in (first, second))


def _gravity(compared: Compared) -> int:
    return _GRAVEST.index(compared.difference)


def is_cut(short: str, long: str) -> bool:
    """Tell whether one name is the other cut to what NetBIOS holds."""
    return len(short) == NETBIOS_LENGTH and long.startswith(short)


def _without_common(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what is left of both when the parts that both have are taken out."""
    shared = Counter(ours) & Counter(theirs)
    return _rest(ours, Counter(shared)), _rest(theirs, Counter(shared))


def _rest(parts: tuple[str, ...], taken: Counter[str]) -> tuple[str, ...]:
    left = []
    for part in parts:
        if taken[part]:
            taken[part] -= 1
        else:
            left.append(part)
    return tuple(left)


def _exchanged(first: str, second: str) -> tuple[str, str] | None:
    """Return the letters that stand in place of each other, None where the words differ otherwise."""
    if len(first) != len(second):
        return None
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a != b]
    return pairs[0] if len(pairs) == 1 else None
