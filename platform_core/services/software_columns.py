"""What all assets run, column by column, for the snapshot of an inventory: products, makers, sorts and support."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any

from platform_core.domain.inventory import AssetKind
from platform_core.domain.lifecycle import Support
from platform_core.domain.software import TOLD, SoftwareReader
from platform_core.reference import DATA
from platform_core.services.products_of_assets import MOST, support_of, texts
from platform_core.services.technologies import named

READ = (
    "os_name",
    "os_version",
    "database_engine",
    "database_version",
    "virtualization_platform",
    "technology_stack",
    "installed_software",
    "asset_name",
    "software_version",
)
LISTS = frozenset({"technology_stack", "installed_software"})
TABLES = ("technology", "lifecycle")
DATABASES = frozenset({"database"})
MIDDLEWARE = frozenset({"application server", "middleware"})
SORTS = {"os": "operating system", "server-app": "application", "framework": "library", "lang": "language"}
"""What the table of support dates calls sorts of products that the table of names calls otherwise."""


@cache
def software_reader() -> SoftwareReader:
    """Return the reader of software by the shipped tables."""
    told = hashlib.sha256()
    for path in sorted(path for table in TABLES for path in (DATA / table).iterdir() if path.is_file()):
        told.update(path.read_bytes())
    return SoftwareReader(mark=told.hexdigest()[:16], read=read)


def read(columns: Mapping[str, Sequence[Any]]) -> Mapping[str, Sequence[Any]]:
    """Return what assets run, as a `SoftwareReader` does."""
    rows = zip(columns["kind"], *(columns[name] for name in READ), strict=True)
    told = [_told(*(row if row[0] == AssetKind.SOFTWARE else (row[0], *row[1:-2], None, None))) for row in rows]
    return dict(zip(TOLD, zip(*told, strict=True) if told else [()] * len(TOLD), strict=True))


@lru_cache(maxsize=20_000)
def _told(kind: str, *cells: str | None) -> tuple[Any, ...]:
    """Return what one asset runs, in the order of `TOLD`; assets repeat, so each sort of them is looked up once."""
    values = {
        name: cell.split("\n") if name in LISTS else cell
        for name, cell in zip(READ, cells, strict=True)
        if cell is not None
    }
    found = list(dict.fromkeys(texts(AssetKind(kind), values)))[:MOST]
    mentions = [(field, named(text), support_of(text)) for field, text in found]
    products = [
        (field, said.product or (support.title if support else None), said.vendor, said.category or _sort(support))
        for field, said, support in mentions
    ]
    return (
        min((s.end for _, _, s in mentions if s and isinstance(s.end, date)), default=None),
        next((product for field, product, _, _ in products if field == "os_name"), None),
        _lines(product for _, product, _, sort in products if sort in DATABASES),
        _lines(product for _, product, _, sort in products if sort in MIDDLEWARE),
        _lines(product for _, product, _, _ in products),
        _lines(vendor for _, _, vendor, _ in products),
        _lines(sort for _, _, _, sort in products),
        *_phases([support for _, _, support in mentions]),
    )


def _phases(supports: Sequence[Support | None]) -> tuple[date | None, date | None, date | None, bool | None]:
    """Return the first days on which one product is in each later phase, and whether the phase of one is known."""
    phases = [support.phases() for support in supports if support]
    return (
        min((each.maintenance for each in phases if each.maintenance), default=None),
        min((each.extended for each in phases if each.extended), default=None),
        min((each.ended for each in phases if each.ended), default=None),
        any(each.is_known for each in phases) if supports else None,
    )


def _sort(support: Support | None) -> str | None:
    return SORTS.get(support.category, support.category) if support else None


def _lines(names: Iterable[str | None]) -> str | None:
    return "\n".join(dict.fromkeys(name for name in names if name)) or None
