"""What is asked of an inventory to find its faults: numbers, never rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from platform_core.domain.asset_decisions import Condition


class Look(Protocol):
    """An inventory that answers in numbers, wherever it lies."""

    def count_each(self, groups: Sequence[Sequence[Condition]]) -> list[int]:
        """Return for each group of conditions how many assets meet all of them."""

    def values(self, field: str, *, limit: int, least: int = 1) -> list[tuple[str, int]]:
        """Return the texts in a field that at least so many assets have, with their numbers, most frequent first."""

    def sample(self, fields: Sequence[str], only: Sequence[Condition], *, limit: int) -> list[tuple[Any, ...]]:
        """Return `fields` of up to `limit` assets that meet the conditions, taken from all over the inventory."""
