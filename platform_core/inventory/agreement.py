"""Whether two sources say the same about a field."""

from __future__ import annotations

from platform_core.domain.inventory import Value
from platform_core.inventory.names import loose, short_and_domain
from platform_core.inventory.vocabularies import Vocabularies
from platform_core.inventory.words import plain

MACHINE_NAME_FIELDS = frozenset(("asset_name", "hostname", "fqdn"))

ROUNDING = 0.02
"""Relative difference below which two measured numbers are one: exports round to whole units (15.9 GB and 16)."""


def agree(field: str, kept: Value, other: Value, vocabularies: Vocabularies) -> bool:
    """Tell whether `other` confirms `kept`: equal but for spelling, detail or rounding; lists share an item."""
    if kept == other:
        return True
    if isinstance(kept, tuple) and isinstance(other, tuple):
        return bool({loose(item) for item in kept} & {loose(item) for item in other})
    if isinstance(kept, float) and isinstance(other, float):
        return abs(kept - other) <= ROUNDING * max(abs(kept), abs(other))
    if isinstance(kept, str) and isinstance(other, str):
        return _same_text(field, kept, other, vocabularies.empty_words.get(field, frozenset()))
    return False


def _same_text(field: str, kept: str, other: str, empty_words: frozenset[str]) -> bool:
    if loose(kept) == loose(other):
        return True
    if field in MACHINE_NAME_FIELDS:
        return short_and_domain(kept)[0] == short_and_domain(other)[0]
    first, second = (frozenset(plain(text).split()) - empty_words for text in (kept, other))
    return bool(first and second) and (first <= second or second <= first)
