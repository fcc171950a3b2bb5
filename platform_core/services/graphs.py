"""Dependencies between applications: the neighbourhood of one, components, cycles, hubs, what stops when one stops."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median

from platform_core.dependencies import Graph
from platform_core.domain.base import Frozen
from platform_core.domain.inventory import Asset, AssetKind
from platform_core.domain.strategy import NEEDS_DATA, Call, Contradiction, Strategy
from platform_core.errors import NotFound
from platform_core.services.knowledge import policy
from platform_core.services.verdicts import noise_of
from platform_core.store import Store, UnitOfWork
from platform_core.strategy import between

KEPT_GRAPHS = 4
"""Graphs of the latest revisions looked at, shared by all analysts of this process."""

Revision = tuple[int, int]
"""Of the inventory, and of what analysts say of its dependencies."""

STAYING = frozenset({Strategy.RETAIN, Strategy.RETIRE})
"""Strategies that a link to another application can contradict."""

SHOWN_NODES = 80
"""More around one application is a hairball; the nearest and heaviest are shown."""


class GraphNode(Frozen):
    """An application (or machine that belongs to none) of a neighbourhood, `hops` away from the centre."""

    key: str
    name: str
    strategy: str
    hops: int


class GraphEdge(Frozen):
    """`source` needs `target` (subject keys); `weight` adds up the observations, `ports` are those seen."""

    source: str
    target: str
    weight: float
    ports: tuple[int, ...]


class NeighbourhoodView(Frozen):
    """What is around an application; `left_out` counts what did not fit, `depends_on_it` all that needs it."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    left_out: int
    depends_on_it: tuple[str, ...]


class HubView(Frozen):
    """Shared infrastructure that belongs to no application's move."""

    name: str
    fan_in: int
    text: str


class Structure(Frozen):
    """The whole graph: how many dependencies, connected groups and cycles by name, hubs, the usual weight of one."""

    dependencies: int
    unresolved: int
    components: tuple[tuple[str, ...], ...]
    cycles: tuple[tuple[str, ...], ...]
    hubs: tuple[HubView, ...]
    usual_weight: float


@dataclass(frozen=True)
class _Graphs:
    """The graph between subjects with the name of each key, and what was found in it and between the assets."""

    subjects: Graph
    names: dict[str, str]
    subject_names: dict[str, str]
    components: tuple[tuple[str, ...], ...]
    cycles: tuple[tuple[str, ...], ...]
    hubs: tuple[HubView, ...]
    usual_weight: float


def applications(store: Store, migration_id: int) -> dict[str, str]:
    """Return the name of each assessed subject by key, in name order."""
    graphs = _graphs(store, migration_id)
    return dict(sorted(graphs.subject_names.items(), key=lambda item: item[1].casefold()))


def neighbourhood(store: Store, migration_id: int, subject_key: str, hops: int) -> NeighbourhoodView:
    """Return what is within `hops` dependencies of an application, in either direction; raises NotFound."""
    graphs = _graphs(store, migration_id)
    if subject_key not in graphs.subject_names:
        raise NotFound("This application is not in the inventory.", hint="Choose one from the list.")
    near = graphs.subjects.neighbourhood(subject_key, hops, SHOWN_NODES)
    work = store.unit_of_work()
    with work.reading():
        decided = work.recommendations.decided(migration_id)
    nodes = [
        GraphNode(
            key=node.key,
            name=graphs.names[node.key],
            strategy=decided.get(node.key) or NEEDS_DATA,
            hops=node.hops,
        )
        for node in near.nodes
    ]
    edges = [GraphEdge(source=e.source, target=e.target, weight=e.weight, ports=e.ports) for e in near.edges]
    return NeighbourhoodView(
        nodes=tuple(nodes),
        edges=tuple(edges),
        left_out=near.left_out,
        depends_on_it=tuple(sorted(graphs.names[key] for key in graphs.subjects.blast_radius(subject_key))),
    )


def structure(store: Store, migration_id: int) -> Structure:
    """Return components, cycles and hubs of the whole inventory."""
    graphs = _graphs(store, migration_id)
    work = store.unit_of_work()
    with work.reading():
        every, unresolved = work.dependencies.counts(migration_id)
    return Structure(
        dependencies=every,
        unresolved=unresolved,
        components=graphs.components,
        cycles=graphs.cycles,
        hubs=graphs.hubs,
        usual_weight=graphs.usual_weight,
    )


def contradictions(store: Store, migration_id: int) -> tuple[Contradiction, ...]:
    """Return where strategies contradict: staying beside a move over a hard link, retiring what others call.

    A link is hard when it was seen on a port of `hard_links.csv`.
    """
    work = store.unit_of_work()
    with work.reading():
        revision = _revision(work, migration_id)
        words = work.recommendations.decided(migration_id)
    return _contradicting(store, migration_id, revision, tuple(words.items()))


@lru_cache(maxsize=KEPT_GRAPHS)
def _contradicting(
    store: Store, migration_id: int, revision: Revision, words: tuple[tuple[str, str | None], ...]
) -> tuple[Contradiction, ...]:
    """Return the contradictions of a revision under the strategies that count, worked out once for each."""
    graphs, hard = _built(store, migration_id, revision), policy().hard_ports
    decided = {key: Strategy(word) if word else None for key, word in words}
    calls = []
    for edge in graphs.subjects.edges:
        if STAYING.isdisjoint((decided.get(edge.source), decided.get(edge.target))):
            continue
        means = next((hard[port] for port in edge.ports if port in hard), "")
        calls.append(Call(source=edge.source, target=edge.target, hard=bool(means), text=means))
    return between(decided, calls, graphs.names)


def _graphs(store: Store, migration_id: int) -> _Graphs:
    work = store.unit_of_work()
    with work.reading():
        revision = _revision(work, migration_id)
    return _built(store, migration_id, revision)


def _revision(work: UnitOfWork, migration_id: int) -> Revision:
    migration = work.migrations.get(migration_id)
    return migration.inventory_revision, migration.dependency_revision


@lru_cache(maxsize=KEPT_GRAPHS)
def _built(store: Store, migration_id: int, _: Revision) -> _Graphs:
    """Build the graphs of a revision; it is the key, so that a rebuild or a verdict is seen at once."""
    work = store.unit_of_work()
    with work.reading():
        noise = noise_of(work, migration_id)
        nodes = work.assets.nodes(migration_id)
        dependencies = work.dependencies.all(migration_id)
        subject_names = work.recommendations.names(migration_id)
    names = {key: name for key, _, name, _ in nodes}
    subject_of = {key: subject for key, _, _, subject in nodes}
    between = [
        replace(d, source_key=subject_of.get(d.source_key or ""), target_key=subject_of.get(d.target_key or ""))
        for d in dependencies
    ]
    heads = [Asset(key, AssetKind.APPLICATION, name) for key, _, name, subject in nodes if key == subject]
    subjects = Graph(heads, between, noise)
    hubs = Graph([Asset(key, kind, name) for key, kind, name, _ in nodes], dependencies, noise).hubs()
    return _Graphs(
        subjects=subjects,
        names=names,
        subject_names=subject_names,
        components=tuple(tuple(names[key] for key in part) for part in subjects.components() if len(part) > 1),
        usual_weight=median([d.weight for d in dependencies if not noise.hides(d)] or [1.0]),
        cycles=tuple(tuple(names[key] for key in cycle) for cycle in subjects.cycles()),
        hubs=tuple(HubView(name=names[hub.key], fan_in=hub.fan_in, text=hub.text) for hub in hubs),
    )
