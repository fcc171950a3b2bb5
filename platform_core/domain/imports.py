"""Where an import stands."""

from __future__ import annotations

from enum import StrEnum


class ImportState(StrEnum):
    """What has become of an uploaded file or sheet."""

    REVIEW = "review"  # read and suggested; its mapping awaits the analyst
    APPLIED = "applied"  # its rows are part of the inventory
    SET_ASIDE = "set_aside"  # replaced by a newer export of the same source
