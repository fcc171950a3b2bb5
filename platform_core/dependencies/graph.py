"""The dependency graph of an inventory: what needs what, directly and through others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import rustworkx as rx

from platform_core.dependencies.hubs import Hub, Served
from platform_core.dependencies.noise import Noise
from platform_core.domain.base import Frozen
from platform_core.domain.dependencies import DependencyVerdict
from platform_core.domain.inventory import Asset, AssetKind, Dependency, applications_of
from platform_core.errors import NotFound


class Edge(Frozen):
    """`source` needs `target` (asset keys); `weight` adds up the observations, `ports` are those seen."""

    source: str
    target: str
    weight: float
    ports: tuple[int, ...] = ()


class Near(Frozen):
    """An asset `hops` dependencies away from the one asked about."""

    key: str
    hops: int


class Neighbourhood(Frozen):
    """The assets around one, nearest first, and all dependencies among those shown; `left_out` counts the rest."""

    nodes: tuple[Near, ...]
    edges: tuple[Edge, ...]
    left_out: int


class ApplicationLink(Frozen):
    """`source` needs `target` (application names); `weight` adds up their assets' dependencies."""

    source: str
    target: str
    weight: float


class Graph:
    """Assets and the dependencies between them, noise apart.

    Only dependencies with both ends in the inventory and different ends count, and none that an analyst rejected.
    Noise that nobody confirmed is left out of everything but `hubs`. Keys of assets go in and come out; they are data
    and never interpreted.
    """

    def __init__(self, assets: Iterable[Asset], dependencies: Iterable[Dependency], noise: Noise) -> None:
        self._assets = {asset.key: asset for asset in assets}
        self._place = {key: number for number, key in enumerate(self._assets)}
        self._keys = list(self._assets)
        self._served = Served(noise)
        weights: dict[tuple[str, str], float] = defaultdict(float)
        ports: dict[tuple[str, str], set[int]] = defaultdict(set)
        for source, target, dependency in self._between(dependencies):
            self._served.add(source, target, dependency.port)
            if noise.hides(dependency):
                continue
            weights[source, target] += dependency.weight
            if dependency.port is not None:
                ports[source, target].add(dependency.port)
        self._graph = rx.PyDiGraph(multigraph=False)
        self._graph.add_nodes_from(self._keys)
        self._graph.add_edges_from(
            (self._place[s], self._place[t], Edge(source=s, target=t, weight=w, ports=tuple(sorted(ports[s, t]))))
            for (s, t), w in weights.items()
        )

    def _between(self, dependencies: Iterable[Dependency]) -> Iterable[tuple[str, str, Dependency]]:
        for dependency in dependencies:
            source, target = dependency.source_key, dependency.target_key
            rejected = dependency.verdict is DependencyVerdict.REJECTED
            if source in self._assets and target in self._assets and source != target and not rejected:
                yield str(source), str(target), dependency

    @property
    def edges(self) -> tuple[Edge, ...]:
        """All dependencies, those between the same two assets added up."""
        return tuple(self._graph.edges())

    def fan_in(self, key: str) -> int:
        """Return how many assets need `key` directly."""
        return int(self._graph.in_degree(self._index(key)))

    def fan_out(self, key: str) -> int:
        """Return how many assets `key` needs directly."""
        return int(self._graph.out_degree(self._index(key)))

    def neighbourhood(self, key: str, hops: int = 1, limit: int = 300) -> Neighbourhood:
        """Return the assets within `hops` dependencies of `key` in either direction, at most `limit` of them.

        The nearest come first, among equals those with the heavier dependencies to what is already shown.
        """
        distance = {self._index(key): 0}
        rim = [self._index(key)]
        for hop in range(1, hops + 1):
            weight: dict[int, float] = defaultdict(float)
            for node in rim:
                for other, edge in self._around(node):
                    if other not in distance:
                        weight[other] += edge.weight
            rim = sorted(weight, key=lambda node: (-weight[node], self._keys[node]))
            distance |= dict.fromkeys(rim, hop)
        shown = list(distance)[: max(1, limit)]
        inside = set(shown)
        edges = [edge for node in shown for _, other, edge in self._graph.out_edges(node) if other in inside]
        return Neighbourhood(
            nodes=tuple(Near(key=self._keys[node], hops=distance[node]) for node in shown),
            edges=tuple(edges),
            left_out=len(distance) - len(shown),
        )

    def _around(self, node: int) -> Iterable[tuple[int, Edge]]:
        yield from ((other, edge) for _, other, edge in self._graph.out_edges(node))
        yield from ((other, edge) for other, _, edge in self._graph.in_edges(node))

    def components(self) -> tuple[tuple[str, ...], ...]:
        """Return the sets of assets that dependencies connect, whatever their direction, largest first."""
        return self._named(rx.weakly_connected_components(self._graph))

    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """Return the sets of assets that all need each other, directly or through others, largest first."""
        return self._named(part for part in rx.strongly_connected_components(self._graph) if len(part) > 1)

    def blast_radius(self, key: str) -> tuple[str, ...]:
        """Return all assets that need `key`, directly or through others: what may stop when it stops."""
        return tuple(sorted(self._keys[node] for node in rx.ancestors(self._graph, self._index(key))))

    def hubs(self) -> tuple[Hub, ...]:
        """Return the shared infrastructure, most needed first.

        An asset is a hub when many need it directly (a share of all connected assets and a number, both in
        `hub_limits.csv`) or when several reach it on a port of a foundation service (`noise_ports.csv`).
        """
        return self._served.hubs()

    def application_links(self) -> tuple[ApplicationLink, ...]:
        """Return what needs what between applications, heaviest first.

        A dependency of an asset that belongs to several applications counts for each of them; one between assets of
        the same application, or of none, for none.
        """
        names = {key: _applications(asset) for key, asset in self._assets.items()}
        weights: dict[tuple[str, str], float] = defaultdict(float)
        for edge in self._graph.edges():
            for source in names[edge.source]:
                for target in names[edge.target]:
                    if source != target:
                        weights[source, target] += edge.weight
        ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
        return tuple(ApplicationLink(source=s, target=t, weight=weight) for (s, t), weight in ranked)

    def _index(self, key: str) -> int:
        if key not in self._place:
            raise NotFound("This asset is not in the inventory.", hint="Choose one from the list.")
        return self._place[key]

    def _named(self, parts: Iterable[Iterable[int]]) -> tuple[tuple[str, ...], ...]:
        named = (tuple(sorted(self._keys[node] for node in part)) for part in parts)
        return tuple(sorted(named, key=lambda part: (-len(part), part)))


def _applications(asset: Asset) -> tuple[str, ...]:
    return (asset.name,) if asset.kind is AssetKind.APPLICATION else applications_of(asset)
