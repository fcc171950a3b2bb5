"""Who serves so many that it is shared infrastructure: by the number of dependants, and by the ports they use."""

from __future__ import annotations

from collections import defaultdict

from platform_core.dependencies.noise import Noise
from platform_core.domain.base import Frozen


class Hub(Frozen):
    """An asset that serves so many others that it belongs to no application's move; `text` says why."""

    key: str
    fan_in: int
    services: tuple[str, ...]
    text: str


class Served:
    """Counts who needs whom, noise included; both ends are asset keys."""

    def __init__(self, noise: Noise) -> None:
        self._noise = noise
        self._clients: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._needed_by: dict[str, set[str]] = defaultdict(set)

    def add(self, source: str, target: str, port: int | None) -> None:
        """Count that `source` needs `target`, on `port` where it is known."""
        self._needed_by[target].add(source)
        known = self._noise.port(port)
        if known is not None and known.foundation:
            self._clients[target][known.service].add(source)

    def hubs(self) -> tuple[Hub, ...]:
        """Return the hubs among those counted, most needed first; see `Graph.hubs` for when one is."""
        limits = self._noise.limits
        connected = {key for target, sources in self._needed_by.items() for key in (target, *sources)}
        enough = max(limits.least_fan_in, limits.fan_in_share * len(connected))
        found = []
        for key, sources in self._needed_by.items():
            clients = self._clients.get(key, {})
            services = tuple(sorted(name for name, who in clients.items() if len(who) >= limits.least_clients))
            if services or len(sources) >= enough:
                text = _reason(len(sources), len(connected), services)
                found.append(Hub(key=key, fan_in=len(sources), services=services, text=text))
        return tuple(sorted(found, key=lambda hub: (-hub.fan_in, hub.key)))


def _reason(fan_in: int, connected: int, services: tuple[str, ...]) -> str:
    count = f"{fan_in:,} of {connected:,} connected assets need it"
    return f"{count}; serves {', '.join(services)}." if services else f"{count}."
