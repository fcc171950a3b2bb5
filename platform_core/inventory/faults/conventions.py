"""Environments that names tell: which marks do, the inventory itself bears out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import sqrt

from platform_core.domain.asset_decisions import Change, ChangeKind, Comparison, Condition
from platform_core.domain.quality import Dimension, Fault
from platform_core.inventory.faults.look import Look

MACHINES = Condition(field="kind", test=Comparison.ONE_OF, value=["server", "database"])
BORNE_OUT = 0.85
"""The lower bound of the 95 % interval of how often a mark agrees with the environment that is stated."""
LEAST = 20
"""So many stated environments must agree before a mark is believed."""
Z = 1.96


SAMPLED = 10_000
"""Names that are looked at to learn which marks the inventory bears out."""


@dataclass(frozen=True)
class _Mark:
    """A place of a mark in names, and how many stated environments of the sample agree with it, of how many."""

    place: Condition
    environment: str
    agree: int
    stated: int


def environments_in_names(look: Look, marks: Mapping[str, str]) -> Iterator[Fault]:
    """Yield names that tell an environment where none is stated, and those that contradict the stated one.

    A mark counts only where nearly all stated environments agree with it; of its places the one with most is taken.
    """
    found = _borne_out(look, marks)
    empty = Condition(field="environment", test=Comparison.EMPTY)
    asked: list[tuple[Condition, ...]] = []
    for mark in found:
        other = Condition(field="environment", test=Comparison.IS_NOT, value=mark.environment)
        asked += [(MACHINES, mark.place, empty), (MACHINES, mark.place, other)]
    counts = look.count_each(asked)
    for at, mark in enumerate(found):
        if counts[2 * at]:
            yield _told_by_name(mark, asked[2 * at], counts[2 * at])
        if counts[2 * at + 1]:
            yield _against_name(mark, asked[2 * at + 1], counts[2 * at + 1])


def _told_by_name(mark: _Mark, conditions: tuple[Condition, ...], count: int) -> Fault:
    return Fault(
        key=f"environment-from-name-{mark.place.test}-{mark.place.value}",
        dimension=Dimension.COMPLETENESS,
        title=f"Environment told by the name: {_words(mark)}",
        why=_why(mark),
        field="environment",
        conditions=conditions,
        change=Change(kind=ChangeKind.SET, field="environment", value=mark.environment),
        count=count,
    )


def _against_name(mark: _Mark, conditions: tuple[Condition, ...], count: int) -> Fault:
    return Fault(
        key=f"environment-against-name-{mark.place.test}-{mark.place.value}",
        dimension=Dimension.CONSISTENCY,
        title=f"Environment against the name: {_words(mark)}",
        why=_why(mark),
        field="environment",
        conditions=conditions,
        change=None,
        count=count,
    )


def _words(mark: _Mark) -> str:
    return f"{mark.place.test} {str(mark.place.value).upper()}, which means {mark.environment}"


def _why(mark: _Mark) -> str:
    return f"Of {mark.stated:,} names with this mark and a stated environment, {mark.agree:,} agree."


def _borne_out(look: Look, marks: Mapping[str, str]) -> list[_Mark]:
    """Return the marks that the inventory bears out, each at the place where it stands most often."""
    stated = Condition(field="environment", test=Comparison.FILLED)
    names = [
        (name.lower(), word) for name, word in look.sample(("name", "environment"), (MACHINES, stated), limit=SAMPLED)
    ]
    best: dict[str, _Mark] = {}
    for mark, environment in marks.items():
        for place in _places(mark):
            fits = _TESTS[place.test]
            words = [word for name, word in names if fits(name, str(place.value))]
            agree = words.count(environment)
            known = best.get(mark)
            if agree >= LEAST and _at_least(agree, len(words)) >= BORNE_OUT and (not known or agree > known.agree):
                best[mark] = _Mark(place, environment, agree, len(words))
    return list(best.values())


_TESTS: Mapping[Comparison, Callable[[str, str], bool]] = {
    Comparison.STARTS: str.startswith,
    Comparison.ENDS: str.endswith,
    Comparison.CONTAINS: str.__contains__,
}


def _places(mark: str) -> list[Condition]:
    """Return where a mark may stand; a single letter only at the end, or it would stand everywhere."""
    if len(mark) == 1:
        return [Condition(field="name", test=Comparison.ENDS, value=mark)]
    return [
        Condition(field="name", test=Comparison.STARTS, value=mark),
        Condition(field="name", test=Comparison.ENDS, value=mark),
        Condition(field="name", test=Comparison.CONTAINS, value=f"-{mark}"),
        Condition(field="name", test=Comparison.CONTAINS, value=f"{mark}-"),
        *([Condition(field="name", test=Comparison.CONTAINS, value=mark)] if len(mark) > 2 else []),
    ]


def _at_least(hits: int, tries: int) -> float:
    """Return the lower bound of the Wilson score interval of a share (E. B. Wilson, 1927)."""
    share = hits / tries
    middle = share + Z * Z / (2 * tries)
    spread = Z * sqrt(share * (1 - share) / tries + Z * Z / (4 * tries * tries))
    return (middle - spread) / (1 + Z * Z / tries)
