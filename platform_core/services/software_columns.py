"""What all assets run, column by column, for the snapshot of an inventory: products, makers, sorts and support."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from platform_core.domain.inventory import AssetKind
from platform_core.domain.lifecycle import Support, SupportPhases
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
    programs = [_program(text) for _, text in found]
    return (
        _first(program.until for program in programs),
        next(
            (program.product for program, (field, _) in zip(programs, found, strict=True) if field == "os_name"), None
        ),
        _lines([program.product for program in programs if program.sort in DATABASES]),
        _lines([program.product for program in programs if program.sort in MIDDLEWARE]),
        _lines([program.product for program in programs]),
        _lines([program.vendor for program in programs]),
        _lines([program.sort for program in programs]),
        _first(program.maintenance for program in programs),
        _first(program.extended for program in programs),
        _first(program.ended for program in programs),
        any(program.is_known for program in programs) if programs else None,
    )


@dataclass(frozen=True, slots=True)
class _Program:
    """What is known of a piece of software; the days are those from which it is in a later phase of support."""

    product: str | None
    vendor: str | None
    sort: str | None
    until: date | None
    maintenance: date | None
    extended: date | None
    ended: date | None
    is_known: bool


@lru_cache(maxsize=50_000)
def _program(text: str) -> _Program:
    """Return what a text names; texts repeat, so each is looked up once."""
    said, support = named(text), support_of(text)
    phases = support.phases() if support else SupportPhases()
    return _Program(
        product=said.product or (support.title if support else None),
        vendor=said.vendor,
        sort=said.category or _sort(support),
        until=support.end if support and isinstance(support.end, date) else None,
        maintenance=phases.maintenance,
        extended=phases.extended,
        ended=phases.ended,
        is_known=phases.is_known,
    )


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day), default=None)


def _sort(support: Support | None) -> str | None:
    return SORTS.get(support.category, support.category) if support else None


def _lines(names: Sequence[str | None]) -> str | None:
    return "\n".join(dict.fromkeys(filter(None, names))) or None
