"""The sample portfolio: a fictitious company's exports, read and applied like anybody's."""

from __future__ import annotations

from pathlib import Path

from platform_core.reference import DATA

FOLDER = DATA / "samples"


def files() -> list[Path]:
    """Return the sample exports in the order they are read."""
    return sorted(FOLDER.glob("*.csv"))
