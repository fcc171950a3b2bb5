"""Several columns for one field: which one leads, and how the others join it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from platform_core.domain.mapping import Combine
from platform_core.mapping.names import Name


@dataclass(frozen=True)
class Claim:
    """A column's claim to a field; `preference` is how much its words make it the field's first column."""

    position: int
    field: str
    confidence: float
    name: Name
    has_values: bool
    preference: int = 0


@dataclass(frozen=True)
class Place:
    """Where a column stands among those of its field: None = the primary column."""

    duplicate_of: int | None
    combine: Combine


def resolve(claims: Sequence[Claim], rules: Mapping[str, Combine]) -> dict[int, Place]:
    """Give every field one primary column and mark the others as its duplicates; nobody moves to another field.

    A column with values goes before one without, a whole before numbered parts of it ("Total disk" before "Disk 1"),
    then the one that its words prefer (the average before the peak), then the more certain one; within a repeated
    group the first. Sizes are added up only within such a group ("Disk 1 size", "Disk 2 size"): two totals of one
    machine must not be.
    """
    by_field: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_field[claim.field].append(claim)
    places: dict[int, Place] = {}
    for field, rivals in by_field.items():
        primary = min(rivals, key=_by_position if repeats([claim.name for claim in rivals]) else _by_worth)
        combine = _combine(rivals, rules.get(field, Combine.FIRST))
        for claim in rivals:
            places[claim.position] = Place(None if claim is primary else primary.position, combine)
    return places


def _by_position(claim: Claim) -> tuple[bool, int]:
    return not claim.has_values, claim.position


def _by_worth(claim: Claim) -> tuple[bool, bool, int, float, int]:
    is_part = claim.name.ordinal is not None
    return not claim.has_values, is_part, -claim.preference, -claim.confidence, claim.position


def repeats(names: Sequence[Name]) -> bool:
    """Tell whether headers are members of one repeated group: the same words, different numbers."""
    ordinals = [name.ordinal for name in names]
    return len(names) > 1 and None not in ordinals and len(set(ordinals)) > 1 and len({name.key for name in names}) == 1


def _combine(rivals: Sequence[Claim], rule: Combine) -> Combine:
    if len(rivals) == 1 or rule is Combine.FIRST:
        return Combine.FIRST
    if rule is Combine.SUM:
        return Combine.SUM if repeats([claim.name for claim in rivals]) else Combine.FIRST
    return Combine.LIST
