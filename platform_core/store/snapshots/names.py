"""Which assets of a snapshot may be meant by a name or address; who asks looks at them closely."""

from __future__ import annotations

from collections.abc import Collection

from platform_core.dependencies import NAME_FIELDS
from platform_core.dependencies.directory import normal_address
from platform_core.domain.inventory import AssetFilter
from platform_core.store.snapshots.opening import Snapshot
from platform_core.store.snapshots.shape import KEY, quoted

NAME, ADDRESSES = "name", "ip_address"
CALLED = (NAME, "asset_id", *NAME_FIELDS)
"""Columns that hold a name or identifier of the asset itself, beside its key."""

LOOSE = r"regexp_replace(lower({0}), '[-_\s\x0b\x1c-\x1f]', '', 'g')"
FIRST = f"split_part({LOOSE}, '.', 1)"
ODD = "strlen({0}) <> length({0})"
"""Signs beyond ASCII, which databases and we fold in different ways: such a name may be any."""


def called(snapshot: Snapshot, filed: Collection[str], *, limit: int) -> list[str]:
    """Return the keys of up to `limit` assets, among them all of which a name is filed as one of `filed`."""
    addresses = sorted(name for name in filed if normal_address(name))
    names = sorted(set(filed).difference(addresses))
    several = any(":" in address for address in addresses)
    tests: list[str] = []
    used: list[str] = []
    for field in CALLED:
        column = quoted(field) if field == NAME else f"nullif({quoted(field)}, {quoted(NAME)})"
        tests.append(f"{ODD.format(column)} OR {FIRST.format(column)} IN ({_marks(names)})")
        used += names
        if addresses:
            tests.append(f"{LOOSE.format(column)} IN ({_marks(addresses)})")
            used += addresses
        if several:  # an address of which there are several spellings
            tests.append(f"contains({column}, ':')")
    keys = [name for name in names if ":" in name]  # a kind comes first, and no other name has one
    if keys:
        tests.append(f"{ODD.format(quoted(KEY))} OR {FIRST.format(quoted(KEY))} IN ({_marks(keys)})")
        used += keys
    tests += [f"contains({quoted(ADDRESSES)}, ?)" for _ in addresses]
    tests += [f"contains({quoted(ADDRESSES)}, ':')"] * several
    also = f"AND ({' OR '.join(tests)}) LIMIT {limit:d}"
    return [key for (key,) in snapshot.select(quoted(KEY), AssetFilter(), also, (*used, *addresses))]


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values)) or "NULL"
