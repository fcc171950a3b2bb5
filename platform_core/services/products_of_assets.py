"""What software an asset runs: product, version, edition, maker, category, and how long it is supported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from platform_core import lifecycle
from platform_core.domain.base import Frozen
from platform_core.domain.inventory import AssetKind
from platform_core.domain.lifecycle import Milestone, Support, SupportStatus
from platform_core.services.knowledge import products
from platform_core.services.technologies import named
from platform_core.store.columns import now
from platform_core.strategy import with_version

NAMED_IN = (
    ("os_name", "os_version"),
    ("database_engine", "database_version"),
    ("virtualization_platform", None),
    ("technology_stack", None),
    ("installed_software", None),
)
"""Fields that name software, each with the one that holds its version."""

MOST = 40
"""Products of one asset that are looked up: a machine may list hundreds of programs."""

_EDITION = re.compile(
    r"\b(standard|enterprise|datacenter|data center|express|developer|web|business intelligence|professional|pro|"
    r"home|education|essentials|foundation|community|ltsc|ltsb|lts|azure edition|evaluation|core|advanced|workgroup|"
    r"for sap(?: applications)?|nd|network deployment)(?: edition)?\b",
    re.IGNORECASE,
)


class ProductHere(Frozen):
    """A piece of software that an asset names in `field`; `text` is what stands there, the rest what it says.

    None = not told. Support dates are those of the snapshot of the day `as_of`; `status` is that of the day asked for.
    """

    field: str
    text: str
    product: str | None
    version: str | None
    edition: str | None
    vendor: str | None
    category: str | None
    active_end: Milestone
    end: Milestone
    extended_end: Milestone
    status: SupportStatus
    as_of: date | None


def products_of(kind: AssetKind, values: Mapping[str, Any], on: date) -> tuple[ProductHere, ...]:
    """Return the software that an asset names, field by field, with its support on the day `on`.

    What no table knows comes back with its text alone: unknown stays unknown.
    """
    named_here = dict.fromkeys(texts(kind, values))
    return tuple(_product(field, text, on) for field, text in list(named_here)[:MOST])


def texts(kind: AssetKind, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the texts that name software, each with its field; the version stands behind the name."""
    for field, version in NAMED_IN:
        said = values.get(field)
        if said is None:
            continue
        for text in said if isinstance(said, tuple | list) else [said]:
            yield field, with_version(values, field, version) if version else str(text)
    if kind is AssetKind.SOFTWARE and values.get("asset_name"):
        yield "asset_name", with_version(values, "asset_name", "software_version")


def _product(field: str, text: str, on: date) -> ProductHere:
    mention = named(text)
    support = support_of(text)
    edition = _EDITION.search(text)
    return ProductHere(
        field=field,
        text=text,
        product=mention.product or (support.title if support else None),
        version=(support.version if support else None) or mention.version,
        edition=edition[0] if edition else None,
        vendor=mention.vendor,
        category=mention.category or (support.category if support else None),
        active_end=support.active_end if support else None,
        end=support.end if support else None,
        extended_end=support.extended_end if support else None,
        status=support.status(on) if support else SupportStatus.UNKNOWN,
        as_of=support.as_of if support else None,
    )


@lru_cache(maxsize=50_000)
def support_of(text: str) -> Support | None:
    """Return how long the software that a text names is supported; texts repeat, so each is looked up once."""
    return next(iter(lifecycle.all_support_in(text, products())), None)


def dates_are_stale() -> bool:
    """Tell whether the support dates are so old today that they should be refreshed."""
    return products().is_stale(now().date())
