"""Where snapshots lie among the files."""

from __future__ import annotations

FOLDER = "inventory"


def snapshot_key(migration_id: int, stamp: str) -> str:
    """Return the key of the snapshot of a migration's inventory as of the rebuild `stamp`."""
    return f"{FOLDER}/{migration_id}/{stamp}.duckdb"
