"""What the inventory knows about words, units, fillers and ranges: data an expert can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from platform_core.domain.catalogue import Field, FieldType
from platform_core.inventory.signs import Signs
from platform_core.inventory.words import EMPTY, WordList


class RowRule(StrEnum):
    """What several rows of one file say together about a field of the same asset."""

    FIRST = "first"  # the first row that fills it
    SUM = "sum"  # they add up where the rows are disks or partitions, otherwise as FIRST
    LIST = "list"  # all different values
    LATEST = "latest"  # the greatest


@dataclass(frozen=True)
class MergeRule:
    """How a field is merged: `rows` within a file; `reports` = a different later value is a finding."""

    rows: RowRule = RowRule.FIRST
    reports: bool = True


USUAL_RULE = MergeRule()


@dataclass(frozen=True)
class Range:
    """What a field can hold: numbers from `minimum` to `maximum`, for dates the years."""

    minimum: float
    maximum: float


@dataclass(frozen=True)
class Placeholder:
    """Where a filler word means "not known": in `only_in` (empty = everywhere) but not in `not_in`."""

    only_in: frozenset[str]
    not_in: frozenset[str]

    def holds_for(self, field: str) -> bool:
        """Tell whether the filler says nothing about `field`."""
        return field not in self.not_in and (not self.only_in or field in self.only_in)


@dataclass(frozen=True)
class Vocabularies:
    """All reference data of the inventory, checked at loading.

    `words` has one list per field plus "boolean"; `asset_types` and `roles` lead to the values of `AssetKind`,
    `signs` are what systems, models and makers show;
    `units` leads from a dimension and a spelling to the factor into the canonical unit; `months` from a name to 1..12,
    `number_words` from a name to its number; `part_headers` name columns that tell the disks or partitions of one
    machine apart; `reversed_relations` are plain relation words by which the target needs the source; `marks` are the
    words that may stand before a number ("about", "at most"); `empty_words` are plain words that say nothing.
    """

    words: Mapping[str, WordList]
    asset_types: WordList
    roles: WordList
    signs: Signs
    placeholders: Mapping[str, Placeholder]
    units: Mapping[str, Mapping[str, float]]
    months: Mapping[str, int]
    number_words: Mapping[str, int]
    ranges: Mapping[str, Range]
    merge_rules: Mapping[str, MergeRule]
    part_headers: frozenset[str]
    reversed_relations: frozenset[str]
    marks: Mapping[str, frozenset[str]]
    empty_words: Mapping[str, frozenset[str]]

    def words_of(self, field: str) -> WordList:
        """Return the closed set of `field`, an empty one where its values are free."""
        return self.words.get(field, EMPTY)

    def fillers_of(self, field: str) -> frozenset[str]:
        """Return the casefolded texts that mean "not known" in `field`."""
        if field not in self._fillers:
            self._fillers[field] = frozenset(t for t, filler in self.placeholders.items() if filler.holds_for(field))
        return self._fillers[field]

    @cached_property
    def _fillers(self) -> dict[str, frozenset[str]]:
        """Those of the fields that were asked for: every cell that is explained asks again."""
        return {}

    def units_of(self, field: Field) -> Mapping[str, float]:
        """Return the unit spellings that can stand in cells of `field`."""
        return self.units[dimension_of(field)]

    def merge_rule(self, field: str) -> MergeRule:
        """Return how values of `field` are merged."""
        return self.merge_rules.get(field, USUAL_RULE)

    def is_reversed(self, relation: str) -> bool:
        """Tell whether `relation` (plain words) says that the target needs the source."""
        return relation in self.reversed_relations


DIMENSIONS = {"GB": "size", "h": "time", "%": "percent", "ops/s": "rate", "cores": "cores"}
"""The dimension in which each canonical unit of the catalogue is measured."""


def dimension_of(field: Field) -> str:
    """Return the dimension whose units can stand in cells of `field`."""
    if field.type is FieldType.MONEY:
        return "money"
    return DIMENSIONS.get(field.unit, "count")
