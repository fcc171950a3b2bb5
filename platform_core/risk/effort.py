"""How much work it is to move one application, in effort points."""

from __future__ import annotations

import math

from platform_core.domain.answers import as_number, as_texts, as_yes_no
from platform_core.domain.risk import Effort
from platform_core.domain.strategy import Facts, Strategy
from platform_core.risk.model import Drivers, EffortFactors

EFFORT_KEYS = frozenset(
    {
        "servers",
        "server_count",
        "databases",
        "db",
        "database",
        "database_engine",
        "database_size_gb",
        "inbound_dependencies",
        "outbound_dependencies",
        "compliance_scope",
        "data_classification",
    }
)
"""The keys of all facts that an estimate goes by."""


def effort(facts: Facts, strategy: Strategy | None, drivers: Drivers) -> Effort:
    """Estimate the effort of moving the application that `facts` describe by `strategy` (None = undecided).

    points = base of the strategy x servers^0.8 x database factor x interface factor x compliance factor; the tier
    follows from the points. A factor whose facts are unknown is 1 and named in `unknown`.
    """
    scale = drivers.effort
    unknown: list[str] = [] if strategy else ["strategy"]
    factors = {
        "base": scale.base[strategy],
        "servers": _servers(facts, scale, unknown),
        "database": _database(facts, scale, unknown),
        "interfaces": _interfaces(facts, scale, unknown),
        "compliance": _compliance(facts, scale, unknown),
    }
    points = round(math.prod(factors.values()), 2)
    return Effort(points=points, tier=_tier(points, scale), factors=factors, unknown=tuple(unknown))


def _known(facts: Facts, *keys: str) -> float | None:
    values = (as_number(facts[key].value) for key in keys if key in facts)
    return next((value for value in values if value is not None and value >= 0), None)


def _servers(facts: Facts, scale: EffortFactors, unknown: list[str]) -> float:
    servers = _known(facts, "servers", "server_count")
    if servers is None:
        unknown.append("servers")
        return 1.0
    return round(math.pow(max(1.0, servers), scale.servers_exponent), 4)


def _database(facts: Facts, scale: EffortFactors, unknown: list[str]) -> float:
    count = _known(facts, "databases")
    if count is None and any(key in facts for key in ("db", "database", "database_engine")):
        count = 1.0
    size = _known(facts, "database_size_gb")
    if count is None and size is None:
        unknown.append("databases")
        return 1.0
    databases = max(1.0, count or 0.0) if count or size else 0.0
    factor = 1.0 + (scale.database_present + scale.database_each_further * (databases - 1) if databases else 0.0)
    factor += max((extra for least, extra in scale.database_sizes if size is not None and size >= least), default=0.0)
    return round(min(scale.database_most, factor), 4)


def _interfaces(facts: Facts, scale: EffortFactors, unknown: list[str]) -> float:
    linked = [n for key in ("inbound_dependencies", "outbound_dependencies") if (n := _known(facts, key)) is not None]
    if not linked:
        unknown.append("dependencies")
        return 1.0
    return round(min(scale.interface_most, 1.0 + scale.interface_each * sum(linked)), 4)


def _compliance(facts: Facts, scale: EffortFactors, unknown: list[str]) -> float:
    scope, kind = facts.get("compliance_scope"), facts.get("data_classification")
    if scope is None and kind is None:
        unknown.append("compliance")
        return 1.0
    regulated = scope is not None and as_yes_no(scope.value) is True
    secret = kind is not None and any(text.lower() in scale.confidential for text in as_texts(kind.value))
    return scale.compliance if regulated or secret else 1.0


def _tier(points: float, scale: EffortFactors) -> str:
    return next((tier for tier, most in scale.tiers.items() if points <= most), "XL")
