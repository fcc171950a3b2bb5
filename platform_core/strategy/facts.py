"""Typed facts of one application out of what the inventory knows about it and its assets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pydantic import JsonValue

from platform_core.domain.inventory import AssetKind, Value
from platform_core.domain.lifecycle import Support
from platform_core.domain.strategy import Fact
from platform_core.strategy.supported import support_facts

Recognise = Callable[[str], Sequence[Support]]
"""Tells the products that a text mentions, with their support dates."""

_COPIED = {
    "business_service": "business_service",
    "application_type": "application_type",
    "technology_stack": "technology_stack",
    "vendor": "vendor",
    "description": "description",
    "notes": "notes",
    "business_criticality": "business_criticality",
    "environment": "environment",
    "dr_tier": "dr_tier",
    "rto_hours": "rto_hours",
    "rpo_hours": "rpo_hours",
    "data_classification": "data_classification",
    "compliance_scope": "compliance_scope",
    "internet_facing": "internet_facing",
    "user_count": "user_count",
    "cost": "cost",
    "status": "status",
    "retirement_date": "decommission_date",
}
_FROM_MEMBERS = ("environment", "business_criticality", "internet_facing", "data_classification", "compliance_scope")
_OWNERS = ("business_owner", "application_owner", "technical_owner", "support_group")
FACT_FIELDS = (
    *_COPIED,
    *_OWNERS,
    "os_name",
    "os_version",
    "database_engine",
    "database_version",
    "installed_software",
    "virtualization_platform",
    "is_virtual",
    "cpu_cores",
    "memory_gb",
    "storage_gb",
    "database_size_gb",
    "cpu_utilization_pct",
    "memory_utilization_pct",
    "power_state",
    "last_seen",
    "install_date",
    "warranty_expiry",
)
"""Every field of an asset that a fact is made of."""

_SERVER_KINDS = frozenset({AssetKind.SERVER, AssetKind.HARDWARE})
_OFF = frozenset({"off", "powered off", "poweredoff", "stopped", "suspended", "shutdown", "deallocated"})
_REFRESH_WITHIN_DAYS = 365
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Member:
    """An asset that belongs to an application; `sources` says for a field where its value was found."""

    kind: AssetKind
    values: Mapping[str, Value]
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Links:
    """How an application hangs together with others; None = dependencies were not discovered.

    `inbound` and `outbound` count other applications that call it or that it calls, `inbound_live` those of the
    callers that are not about to be retired.
    """

    inbound: int | None = None
    outbound: int | None = None
    inbound_live: int | None = None


NO_LINKS = Links()


def facts_of(
    application: Member,
    members: Sequence[Member],
    *,
    recognise: Recognise,
    on: date,
    links: Links = NO_LINKS,
) -> dict[str, Fact]:
    """Return what is known about an application on the day `on`, by fact key.

    `application` holds the register's values (all empty when the application is only known by name), `members`
    its assets. What nobody recorded is left out: no fact is made up, and a summary of members ("out of support")
    is stated only where at least one of them was recognised.
    """
    facts = list(_copied(application, members))
    facts += _platform(members)
    facts += _use(members, on)
    facts += _age(application, members, on)
    facts += link_facts(links)
    facts += _ownership(application, members)
    facts += support_facts(_mentions(application, members), recognise, on)
    return {fact.key: fact for fact in reversed(facts)}


def _copied(application: Member, members: Sequence[Member]) -> Iterator[Fact]:
    for name, key in _COPIED.items():
        if name in application.values:
            yield Fact(key=key, value=_json(application.values[name]), source=application.sources.get(name, ""))
        elif name in _FROM_MEMBERS:
            yield from _shared(name, key, members)


def _shared(name: str, key: str, members: Sequence[Member]) -> Iterator[Fact]:
    """Yield the value that all members agree on; members that differ say nothing about the whole."""
    said = {member.values[name] for member in members if name in member.values}
    if len(said) == 1:
        yield Fact(key=key, value=_json(said.pop()), source=_source(members, name))


def _platform(members: Sequence[Member]) -> Iterator[Fact]:
    servers = [member for member in members if member.kind in _SERVER_KINDS]
    databases = [member for member in members if member.kind is AssetKind.DATABASE]
    if servers:
        yield Fact(key="servers", value=len(servers), source=f"{len(servers)} servers in the inventory")
    if databases:
        yield Fact(key="databases", value=len(databases), source=f"{len(databases)} databases in the inventory")
    yield from _texts("os", servers, "os_name")
    yield from _texts("db", members, "database_engine", "database_version")
    yield from _texts("virtualization_platform", servers, "virtualization_platform")
    yield from _all_or_none("virtualised", servers, "is_virtual")
    yield from _totals("cpu_cores", servers)
    yield from _totals("memory_gb", servers)
    yield from _totals("storage_gb", members)
    yield from _totals("database_size_gb", members)


def _use(members: Sequence[Member], on: date) -> Iterator[Fact]:
    servers = [member for member in members if member.kind in _SERVER_KINDS]
    for name in ("cpu_utilization_pct", "memory_utilization_pct"):
        known = [float(v) for m in servers if isinstance(v := m.values.get(name), int | float)]
        if known and len(known) == len(servers):
            yield Fact(key=name, value=round(max(known), 1), source=f"busiest of {len(servers)} servers")
    states = [str(member.values["power_state"]).strip().lower() for member in servers if "power_state" in member.values]
    if states and len(states) == len(servers):
        yield Fact(key="powered_off", value=all(s in _OFF for s in states), source=_source(servers, "power_state"))
    seen = [day for member in members if (day := _day(member.values.get("last_seen"))) is not None]
    if seen:
        yield Fact(key="last_seen_days", value=(on - max(seen)).days, source=_source(members, "last_seen"))


def _age(application: Member, members: Sequence[Member], on: date) -> Iterator[Fact]:
    installed = _day(application.values.get("install_date"))
    if installed is not None:
        years = round((on - installed).days / 365.25, 1)
        yield Fact(key="age_years", value=years, source=application.sources.get("install_date", ""))
    physical = [m for m in members if m.kind in _SERVER_KINDS and m.values.get("is_virtual") is False]
    warranties = [day for m in physical if (day := _day(m.values.get("warranty_expiry"))) is not None]
    if warranties:
        due = (min(warranties) - on).days <= _REFRESH_WITHIN_DAYS
        yield Fact(key="hardware_refresh_due", value=due, source=_source(physical, "warranty_expiry"))


def link_facts(links: Links) -> Iterator[Fact]:
    """Yield what an application's dependencies state."""
    source = "dependencies in the inventory"
    counts = {
        "inbound_dependencies": links.inbound,
        "outbound_dependencies": links.outbound,
        "inbound_live_dependencies": links.inbound_live,
    }
    yield from (Fact(key=key, value=count, source=source) for key, count in counts.items() if count is not None)
    yield Fact(key="dependencies_known", value=links.inbound is not None, source=source)


def _ownership(application: Member, members: Sequence[Member]) -> Iterator[Fact]:
    known = any(name in member.values for member in (application, *members) for name in _OWNERS)
    yield Fact(key="owner_known", value=known, source="ownership fields in the inventory")


def _mentions(application: Member, members: Sequence[Member]) -> Iterator[tuple[str, str]]:
    """Yield every text that may name a product, with its source."""
    for member in (application, *members):
        values = member.values
        if "os_name" in values:
            yield with_version(values, "os_name", "os_version"), member.sources.get("os_name", "")
        if "database_engine" in values:
            text = with_version(values, "database_engine", "database_version")
            yield text, member.sources.get("database_engine", "")
        for name in ("technology_stack", "installed_software"):
            yield from ((text, member.sources.get(name, "")) for text in _items(values.get(name)))


def with_version(values: Mapping[str, Value], name: str, version: str) -> str:
    """Return a product's name with its version behind it, unless the name says a version already."""
    text = str(values[name])
    return text if _DIGIT.search(text) else f"{text} {values.get(version, '')}".strip()


def _texts(key: str, members: Iterable[Member], *names: str) -> Iterator[Fact]:
    found: dict[str, str] = {}
    for member in members:
        text = " ".join(str(member.values[name]) for name in names if name in member.values)
        if text and text not in found and names[0] in member.values:
            found[text] = member.sources.get(names[0], "")
    if found:
        yield Fact(key=key, value=list(found), source=next(filter(None, found.values()), ""))


def _all_or_none(key: str, members: Sequence[Member], name: str) -> Iterator[Fact]:
    said = {member.values[name] for member in members if name in member.values}
    if len(said) == 1:
        yield Fact(key=key, value=said.pop() is True, source=_source(members, name))


def _totals(name: str, members: Iterable[Member]) -> Iterator[Fact]:
    known = [float(v) for m in members if isinstance(v := m.values.get(name), int | float)]
    if known:
        yield Fact(key=name, value=round(sum(known), 1), source=f"sum over {len(known)} assets")


def _source(members: Iterable[Member], name: str) -> str:
    return next((member.sources[name] for member in members if name in member.sources), "")


def _items(value: Value | None) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return () if value is None else (str(value),)


def _day(value: Value | None) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _json(value: Value) -> JsonValue:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value
