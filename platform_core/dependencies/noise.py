"""Ports whose traffic says nothing about an application, and the limits from which an asset is a hub."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from platform_core.domain.base import Frozen
from platform_core.errors import BadInput


class NoisePort(Frozen):
    """A port of shared infrastructure. `foundation`: who listens on it serves everybody (DNS, directory, …)."""

    port: int
    service: str
    kind: str
    foundation: bool
    source: str


class HubLimits(Frozen):
    """From when an asset is a hub.

    Direct dependants as a share of all connected assets and as a number, or clients on one foundation port.
    """

    fan_in_share: float
    least_fan_in: int
    least_clients: int


class NoisePorts:
    """The noise ports by number, with the limits for hubs."""

    def __init__(self, ports: Iterable[NoisePort], limits: HubLimits) -> None:
        self._ports: Mapping[int, NoisePort] = {port.port: port for port in ports}
        self.limits = limits

    def is_noise(self, port: int | None) -> bool:
        """Tell whether traffic to `port` is noise; an unknown port is not."""
        return port in self._ports

    def of(self, port: int | None) -> NoisePort | None:
        """Return what is known about `port`."""
        return None if port is None else self._ports.get(port)

    @property
    def all(self) -> tuple[NoisePort, ...]:
        """All noise ports by number."""
        return tuple(self._ports[port] for port in sorted(self._ports))


def load_noise_ports(data: Path) -> NoisePorts:
    """Read `dependencies/noise_ports.csv` and `dependencies/hub_limits.csv` under `data`.

    Raises BadInput when a row is incomplete, a port is listed twice or a limit is missing.
    """
    folder = data / "dependencies"
    ports = [_port(row) for row in _rows(folder / "noise_ports.csv")]
    if len({port.port for port in ports}) != len(ports):
        raise BadInput("The list of noise ports names a port twice.")
    limits = {row["limit"]: float(row["value"]) for row in _rows(folder / "hub_limits.csv")}
    return NoisePorts(ports, HubLimits.model_validate(limits))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    if any(not value for row in rows for value in row.values()):
        raise BadInput(f"A row of {path.name} is incomplete.", hint="Fill every column, the source too.")
    return rows


def _port(row: dict[str, str]) -> NoisePort:
    return NoisePort(
        port=int(row["port"]),
        service=row["service"],
        kind=row["kind"],
        foundation=row["foundation"] == "yes",
        source=row["source"],
    )
