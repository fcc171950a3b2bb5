"""Snapshots: the inventory once more, column by column, so that a million assets can be looked through at once.

The database stays the truth. A snapshot is written from it once for each rebuild, as a DuckDB file; assets that were
changed since are read from the database and stand in place of the file's.
"""

from platform_core.store.snapshots.opening import Snapshot
from platform_core.store.snapshots.profiles import Group, Profile, groups, profile

__all__ = ["Group", "Profile", "Snapshot", "groups", "profile"]
