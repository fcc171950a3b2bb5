"""Where the shipped reference data lies, and the catalogue of canonical fields read from it once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.software import SOFTWARE_FIELDS

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DATA = PROJECT_ROOT / "data"


@cache
def catalogue() -> Catalogue:
    """Return the canonical fields of `data/fields.csv`."""
    return Catalogue.load(DATA / "fields.csv")


@cache
def shown_fields() -> Catalogue:
    """Return what a table of assets can show: the canonical fields, then what is known of their software."""
    return Catalogue([*catalogue(), *SOFTWARE_FIELDS])
