"""Ports and processes whose traffic says nothing about an application, and from when an asset is a hub."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from platform_core.dependencies.directory import folded
from platform_core.domain.base import Frozen
from platform_core.domain.dependencies import DependencyVerdict, NoiseChange
from platform_core.domain.inventory import Dependency
from platform_core.errors import BadInput


class NoisePort(Frozen):
    """A port of shared infrastructure. `foundation`: who listens on it serves everybody (DNS, directory, …)."""

    port: int
    service: str
    kind: str
    foundation: bool
    source: str


class NoiseProcess(Frozen):
    """A program whose connections serve the machine it runs on, not an application."""

    name: str
    service: str
    source: str


class HubLimits(Frozen):
    """From when an asset is a hub.

    Direct dependants as a share of all connected assets and as a number, or clients on one foundation port.
    """

    fan_in_share: float
    least_fan_in: int
    least_clients: int


class Noise:
    """What counts as noise, with the limits for hubs."""

    def __init__(self, ports: Iterable[NoisePort], processes: Iterable[NoiseProcess], limits: HubLimits) -> None:
        self._ports: Mapping[int, NoisePort] = {port.port: port for port in ports}
        self._processes: Mapping[str, NoiseProcess] = {_program(process.name): process for process in processes}
        self.limits = limits

    def hides(self, dependency: Dependency) -> bool:
        """Tell whether a dependency counts for nothing: rejected, or noise that no analyst confirmed."""
        if dependency.verdict is not None:
            return dependency.verdict is DependencyVerdict.REJECTED
        return self.why(dependency) is not None

    def why(self, dependency: Dependency) -> str | None:
        """Return the service that makes a dependency noise by its port or process, None where it is none."""
        found = self.port(dependency.port) or self.process(dependency.process)
        return found.service if found else None

    def port(self, number: int | None) -> NoisePort | None:
        """Return what is known about a port."""
        return None if number is None else self._ports.get(number)

    def process(self, name: str | None) -> NoiseProcess | None:
        """Return what is known about a process, by its name, path or command line."""
        return self._processes.get(_program(name)) if name else None

    @staticmethod
    def same_program(one: str, other: str) -> bool:
        """Tell whether two processes are the same program, whatever their folders and arguments."""
        return _program(one) == _program(other)

    @property
    def ports(self) -> tuple[NoisePort, ...]:
        """All noise ports by number."""
        return tuple(self._ports[port] for port in sorted(self._ports))

    @property
    def processes(self) -> tuple[NoiseProcess, ...]:
        """All noise processes by name."""
        return tuple(self._processes[name] for name in sorted(self._processes))

    def changed(self, change: NoiseChange) -> Noise:
        """Return this noise with what a migration adds to it and takes out of it."""
        own = [
            NoisePort(port=port, service=text or "noise here", kind=OWN, foundation=False, source=OWN)
            for port, text in change.ports.items()
        ]
        programs = [NoiseProcess(name=name, service="noise here", source=OWN) for name in change.processes]
        dropped = {_program(name) for name in change.no_processes}
        return Noise(
            [*(port for port in self.ports if port.port not in {*change.no_ports, *change.ports}), *own],
            [*(process for process in self.processes if _program(process.name) not in dropped), *programs],
            self.limits,
        )


OWN = "set for this migration"
"""Kind and source of noise that analysts added."""


def _program(text: str) -> str:
    """Return a process as it is compared: the program's own name, without its folder, arguments and .exe."""
    command, ends_here, _ = folded(text).replace("\\", "/").partition(".exe")
    path = command if ends_here else (command.split() or [""])[0]
    return path.rpartition("/")[2]


def load_noise(data: Path) -> Noise:
    """Read `noise_ports.csv`, `noise_processes.csv` and `hub_limits.csv` in the folder `dependencies` under `data`.

    Raises BadInput when a row is incomplete, a port or process is listed twice or a limit is missing.
    """
    folder = data / "dependencies"
    ports = [_port(row) for row in _rows(folder / "noise_ports.csv")]
    if len({port.port for port in ports}) != len(ports):
        raise BadInput("The list of noise ports names a port twice.")
    processes = [NoiseProcess.model_validate(row) for row in _rows(folder / "noise_processes.csv")]
    if len({_program(process.name) for process in processes}) != len(processes):
        raise BadInput("The list of noise processes names a process twice.")
    limits = {row["limit"]: float(row["value"]) for row in _rows(folder / "hub_limits.csv")}
    return Noise(ports, processes, HubLimits.model_validate(limits))


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
