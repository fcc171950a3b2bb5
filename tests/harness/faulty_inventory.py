"""An inventory of servers as they should be, and the same with faults planted in it, so that repairs can be judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from platform_core.domain.asset_decisions import Condition
from platform_core.domain.inventory import Asset, AssetKind, Value
from platform_core.inventory.overlay import fits
from platform_core.reference import catalogue

Values = dict[str, Value]
Spoil = Callable[[Values, np.random.Generator], Mapping[str, Value | None] | None]
"""Returns the fields of a row as the fault leaves them, None where the fault cannot befall the row."""

ON = date(2026, 11, 27)
STAGES = {"prd": "production", "dev": "development", "tst": "test", "stg": "staging"}
SITES = ("Frankfurt am Main", "London Docklands", "Ashburn", "Singapore East")
TEAMS = tuple(f"Team {name}" for name in ("Web", "Data", "Core", "Mail", "Network", "Windows", "Linux"))
SYSTEMS = (("Windows Server", "2019"), ("Red Hat Enterprise Linux", "8.9"), ("Ubuntu", "22.04"), ("AIX", "7.2"))
SHAPES = ((2, 8), (2, 4), (4, 16), (8, 32), (8, 64), (16, 64), (32, 256), (64, 512), (1, 1), (1, 2), (2, 2), (8, 8))
RARE_SHAPES = ((448, 24576.0), (224, 12288.0), (128, 4096.0), (1, 0.5), (64, 32.0))


@dataclass(frozen=True)
class Planted:
    """The inventory as found, what is true by key, and by kind of fault the keys that have it with the fields hit."""

    assets: list[Asset]
    truth: Mapping[str, Values]
    faults: Mapping[str, Mapping[str, Sequence[str]]]


class InMemory:
    """Assets that answer as a stored inventory does."""

    def __init__(self, assets: Sequence[Asset]) -> None:
        self.assets = assets

    def count_each(self, groups: Sequence[Sequence[Condition]]) -> list[int]:
        tests = [fits(tuple(group), catalogue()) for group in groups]
        return [sum(map(test, self.assets)) for test in tests]

    def values(self, field: str, *, limit: int, least: int = 1) -> list[tuple[str, int]]:
        counts: dict[str, int] = {}
        for asset in self.assets:
            value = asset.values.get(field)
            if value is not None:
                counts[str(value)] = counts.get(str(value), 0) + 1
        often = ((text, number) for text, number in counts.items() if number >= least)
        return sorted(often, key=lambda item: (-item[1], item[0]))[:limit]

    def sample(self, fields: Sequence[str], only: Sequence[Condition], *, limit: int) -> list[tuple[Any, ...]]:
        test = fits(tuple(only), catalogue())
        rows = [asset for asset in self.assets if test(asset)][:: max(1, len(self.assets) // limit)]
        return [tuple(asset.name if f == "name" else asset.values.get(f) for f in fields) for asset in rows][:limit]


def server(number: int, rng: np.random.Generator) -> Values:
    """Return a server as it should be, odd ones among them: huge and tiny memory, file servers, idle machines."""
    stage = list(STAGES)[int(rng.choice(4, p=[0.5, 0.2, 0.2, 0.1]))]
    odd = rng.random()
    cores, memory = RARE_SHAPES[int(rng.integers(5))] if odd < 0.01 else SHAPES[int(rng.integers(len(SHAPES)))]
    storage = float(rng.integers(40, 4000)) if odd > 0.004 else float(rng.integers(20_000, 90_000))
    system, version = SYSTEMS[int(rng.integers(4))]
    installed = ON - timedelta(days=int(rng.integers(60, 4000)))
    host = f"srv{stage}{number:06d}"
    return {
        "hostname": host,
        "fqdn": f"{host}.corp.example",
        "ip_address": (f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",),
        "environment": STAGES[stage],
        "business_criticality": ("critical", "high", "medium", "low")[int(rng.integers(4))],
        "os_name": system,
        "os_version": version,
        "cpu_cores": cores,
        "cpu_sockets": max(1, cores // 8),
        "memory_gb": float(memory),
        "storage_gb": storage,
        "storage_used_gb": round(storage * float(rng.uniform(0.05, 1.01)), 1),
        "cpu_utilization_pct": round(float(rng.gamma(2, 8)) % 100, 1),
        "location": SITES[int(rng.integers(4))],
        "support_group": TEAMS[int(rng.integers(len(TEAMS)))],
        "technical_owner": f"Owner {int(rng.integers(90)):02d}",
        "serial_number": f"SN{number:08d}",
        "install_date": installed,
        "warranty_expiry": installed + timedelta(days=1500),
        "last_seen": ON - timedelta(days=int(rng.integers(0, 20))),
        "power_state": "on",
        "status": "active",
    }


def _times(field: str, factor: float, least: float = 0.0) -> Spoil:
    def spoil(values: Values, _rng: np.random.Generator) -> Values | None:
        value = values[field]
        return {field: round(value * factor, 6)} if isinstance(value, int | float) and value >= least else None

    return spoil


def _swap(one: str, two: str) -> Spoil:
    def spoil(values: Values, _rng: np.random.Generator) -> Values | None:
        first, second = values[one], values[two]
        if first == second:
            return None
        if isinstance(first, int) and isinstance(second, float):
            return {one: int(second), two: float(first)} if second.is_integer() else None
        return {one: second, two: first}

    return spoil


def _first_address(values: Values) -> str:
    addresses = values["ip_address"]
    assert isinstance(addresses, tuple)
    return addresses[0]


def _put(**fields: Value | None) -> Spoil:
    return lambda _values, _rng: fields


def _one_of(field: str, *texts: str) -> Spoil:
    return lambda _values, rng: {field: texts[int(rng.integers(len(texts)))]}


SPOILS: Mapping[str, Spoil] = {
    "memory in MiB": _times("memory_gb", 1024),
    "memory in GB as MB": _times("memory_gb", 1 / 1024, least=32),
    "storage in MiB": _times("storage_gb", 1024),
    "used storage in MiB": _times("storage_used_gb", 1024),
    "cores and memory swapped": _swap("cpu_cores", "memory_gb"),
    "cores and sockets swapped": _swap("cpu_cores", "cpu_sockets"),
    "system and version swapped": _swap("os_name", "os_version"),
    "environment and criticality swapped": _swap("environment", "business_criticality"),
    "domain in the host name": lambda values, _: {"hostname": str(values["fqdn"])},
    "address in the host name": lambda values, _: {"hostname": _first_address(values), "ip_address": None},
    "filler for the owner": _one_of("technical_owner", "TBD - ask Ben", "n/a (left)", "nobody", "unknown, see CMDB"),
    "filler for the team": _one_of("support_group", "tbc", "N/A - old", "to be clarified", "???"),
    "nines for cores": _put(cpu_cores=999),
    "far end of warranty": _put(warranty_expiry=date(2099, 1, 1)),
    "loopback address": lambda values, _: {"ip_address": ("127.0.0.1", _first_address(values))},
    "serial number of the image": _put(serial_number="VMW-IMAGE-01"),
    "another spelling of the site": lambda values, _: {"location": str(values["location"]).upper()},
    "environment left out": _put(environment=None),
}
"""Every kind of fault with what it does to a row; what is true is what stood there before."""

LOST: Mapping[str, Sequence[str]] = {
    "address in the host name": ("hostname",),
    "filler for the owner": ("technical_owner",),
    "filler for the team": ("support_group",),
    "nines for cores": ("cpu_cores",),
    "far end of warranty": ("warranty_expiry",),
    "serial number of the image": ("serial_number",),
}
"""Fields of which the true value is gone: the repair is to say that it is not known."""


def plant(number: int, share: float, seed: int, faults: Sequence[str] = tuple(SPOILS)) -> Planted:
    """Return an inventory of `number` servers, of which `share` have each kind of fault, at most one fault a row."""
    rng = np.random.default_rng(seed)
    truth: dict[str, Values] = {}
    found: list[Asset] = []
    hit: dict[str, dict[str, Sequence[str]]] = {fault: {} for fault in faults}
    for at in range(number):
        values = server(at, rng)
        key, name = f"server:{values['hostname']}", str(values["hostname"])
        drawn = int(rng.random() / share)
        fault = faults[drawn] if drawn < len(faults) else None
        spoiled = SPOILS[fault](values, rng) if fault else None
        truth[key] = dict(values)
        if fault and spoiled:
            hit[fault][key] = tuple(spoiled)
            for field in LOST.get(fault, ()):
                truth[key].pop(field)
            values = {name: value for name, value in {**values, **spoiled}.items() if value is not None}
        found.append(Asset(key, AssetKind.SERVER, name, dict(values)))
    return Planted(found, truth, hit)
