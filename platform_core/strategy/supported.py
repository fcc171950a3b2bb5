"""Facts about support: which of the products an application names are out of support, and when others will be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from platform_core.domain.answers import as_texts
from platform_core.domain.lifecycle import Support, SupportStatus
from platform_core.domain.strategy import Fact

_KINDS = {"os": "os", "database": "db", "server-app": "software", "framework": "software", "lang": "software"}
_NAMING = ("os", "os_name", "db", "database", "database_engine", "stack", "technology_stack", "installed_software")
_MOSTLY = 0.5
"""From this share of unsupported parts on, the application as a whole counts as out of support (judgement)."""
_SHOWN = 3
_SETTLED = ("out_of_support", "partly_out_of_support", "support_ends_within_months")


@dataclass(frozen=True, slots=True)
class _Judged:
    kind: str
    is_over: bool
    months_left: float | None
    told: str


def with_support(facts: Mapping[str, Fact], recognise: Callable[[str], Sequence[Support]], on: date) -> dict[str, Fact]:
    """Return `facts` with what their product names say about support on the day `on`, unless stated already."""
    mentions = [
        (text, facts[key].source or key) for key in _NAMING if key in facts for text in as_texts(facts[key].value)
    ]
    derived = {fact.key: fact for fact in support_facts(mentions, recognise, on)}
    stated = {kind for kind in set(_KINDS.values()) for end in _SETTLED if f"{kind}_{end}" in facts}
    added = {key: fact for key, fact in derived.items() if key.split("_", 1)[0] not in stated}
    return {**added, **facts}


def support_facts(
    mentions: Iterable[tuple[str, str]], recognise: Callable[[str], Sequence[Support]], on: date
) -> Iterator[Fact]:
    """Yield for systems, databases and other software whether they are out of support and when the next one will be.

    `mentions` are texts with their sources. Half of them or more being out of support counts as out of support,
    fewer as partly so. Nothing is yielded for a kind of which no product has known dates.
    """
    found: dict[str, list[tuple[_Judged, str]]] = {}
    for text, source in mentions:
        for judged in _judged(text, recognise, on):
            found.setdefault(judged.kind, []).append((judged, source))
    for kind, items in found.items():
        yield from _facts_of_kind(kind, items)


@lru_cache(maxsize=20_000)
def _judged(text: str, recognise: Callable[[str], Sequence[Support]], on: date) -> tuple[_Judged, ...]:
    """Return the products of a text whose support is known; machines repeat the same texts."""
    return tuple(
        _Judged(_KINDS[support.category], status.is_out_of_support, support.months_left(on), _told(support, status))
        for support in recognise(text)
        if support.category in _KINDS and (status := support.status(on)) is not SupportStatus.UNKNOWN
    )


def _facts_of_kind(kind: str, items: list[tuple[_Judged, str]]) -> Iterator[Fact]:
    ended = [item for item in items if item[0].is_over]
    source = _sources(ended or items)
    mostly = len(ended) >= _MOSTLY * len(items)
    if ended and not mostly:
        yield Fact(key=f"{kind}_partly_out_of_support", value=True, source=f"{len(ended)} of {len(items)}: {source}")
    else:
        yield Fact(key=f"{kind}_out_of_support", value=bool(ended), source=source)
    left = [judged.months_left for judged, _ in items if judged.months_left is not None]
    if left and not ended and kind != "software":
        yield Fact(key=f"{kind}_support_ends_within_months", value=round(min(left), 1), source=source)


def _sources(items: list[tuple[_Judged, str]]) -> str:
    told = (f"{judged.told}, {source})" if source else f"{judged.told})" for judged, source in items)
    return "; ".join(list(dict.fromkeys(told))[:_SHOWN])


def _told(support: Support, status: SupportStatus) -> str:
    """Return product, end of support and day of the snapshot; the source and the closing bracket follow."""
    name = f"{support.title} {support.version or ''}".strip()
    end = f"until {support.end}" if isinstance(support.end, date) else status.value
    return f"{name}: support {end} (as of {support.as_of}"
