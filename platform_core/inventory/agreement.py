"""Whether two sources say the same about a field."""

from __future__ import annotations

from platform_core.domain.inventory import Value
from platform_core.inventory.names import loose, short_and_domain

MACHINE_NAME_FIELDS = frozenset(("asset_name", "hostname", "fqdn"))

ROUNDING = 0.02
"""Relative difference below which two measured numbers are one: exports round to whole units (15.9 GB and 16)."""


def agree(field: str, kept: Value, other: Value) -> bool:
    """Tell whether `other` confirms `kept`: equal but for spelling, rounding or, for lists, with a common item."""
    if kept == other:
        return True
    if isinstance(kept, tuple) and isinstance(other, tuple):
        return bool({loose(item) for item in kept} & {loose(item) for item in other})
    if isinstance(kept, float) and isinstance(other, float):
        return abs(kept - other) <= ROUNDING * max(abs(kept), abs(other))
    if isinstance(kept, str) and isinstance(other, str):
        return _same_text(field, kept, other)
    return False


def _same_text(field: str, kept: str, other: str) -> bool:
    if loose(kept) == loose(other):
        return True
    if field not in MACHINE_NAME_FIELDS:
        return False
    return short_and_domain(kept)[0] == short_and_domain(other)[0]
