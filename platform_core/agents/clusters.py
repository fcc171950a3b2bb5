"""Clusters in an inventory: like names, likely duplicates, and what dependencies tie together. Pure and exact.

Names and keys are data: they are compared, never interpreted. The label is the engine's own where a rule is plain,
None where people or a model would have to judge. What the
engine saw is said in at most five words, as everything is that goes to a model together with others.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from platform_core.agents.contexts import Cluster, ClusterKind, ClusterMember
from platform_core.dependencies import Graph
from platform_core.domain.inventory import Asset, AssetKind

_LEAST_OF_A_SCHEME = 3  # like names that are no coincidence
_MOST_MEMBERS = 200
_SMALLEST_STEM = 2  # letters a common stem must have
_LARGEST_COMPONENT = 12  # assets that can still be seen as the tiers of one application
_PART = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class _Named:
    asset: Asset
    parts: tuple[str, ...]


def find_clusters(assets: Sequence[Asset], graph: Graph, name_parts: Mapping[str, str]) -> tuple[Cluster, ...]:
    """Return the clusters of an inventory: naming, duplicates, dependencies, each kind largest first.

    `name_parts` maps parts of names to what they mean ("dev" → "environment: development").
    """
    named = [_Named(asset, _parts(asset.name)) for asset in assets if asset.name.strip()]
    by_key = {asset.key: asset for asset in assets}
    return (
        *_largest_first(_naming(named, name_parts)),
        *_largest_first(_duplicates(named, name_parts)),
        *_largest_first(_dependencies(graph, by_key, name_parts)),
    )


def _naming(named: Iterable[_Named], meanings: Mapping[str, str]) -> Iterator[Cluster]:
    """Yield machines whose names differ in their numbers, and those that differ in their environment, only."""
    numbered: dict[tuple[AssetKind, str], list[_Named]] = defaultdict(list)
    environments: dict[tuple[AssetKind, str], dict[str, _Named]] = defaultdict(dict)
    for each in named:
        stem = "#".join("" if part.isdigit() else part for part in each.parts)
        numbered[each.asset.kind, stem].append(each)
        for part in each.parts:
            if _means(part, meanings, "environment"):
                rest = "-".join(other for other in each.parts if other != part)
                environments[each.asset.kind, rest].setdefault(part, each)
    for (kind, stem), group in numbered.items():
        if len(group) >= _LEAST_OF_A_SCHEME and sum(map(str.isalpha, stem)) >= _SMALLEST_STEM:
            role = any(_means(part, meanings, "role") for part in group[0].parts)
            label, sure = ("farm", 0.65) if role and len(group[0].parts) <= 3 else (None, 0.4)
            text = f"{len(group)} names differ in numbers"
            yield _cluster(ClusterKind.NAMING, f"{kind} {stem}", group, label, sure, text)
    for (kind, rest), by_part in environments.items():
        if len(by_part) > 1 and rest:
            text = f"{len(by_part)} differ in the environment"
            yield _cluster(ClusterKind.NAMING, f"{kind} {rest} *", list(by_part.values()), "environments", 0.8, text)


def _duplicates(named: Iterable[_Named], meanings: Mapping[str, str]) -> Iterator[Cluster]:
    """Yield assets that could be one and the same: equal but for separators, or for a word of age, or by address."""
    compact: dict[tuple[AssetKind, str], list[_Named]] = defaultdict(list)
    aged: dict[tuple[AssetKind, str], list[_Named]] = defaultdict(list)
    addressed: dict[tuple[AssetKind, str], list[_Named]] = defaultdict(list)
    for each in named:
        kind = each.asset.kind
        compact[kind, "".join(each.parts)].append(each)
        plain = [part for part in each.parts if not _means(part, meanings, "state")]
        aged[kind, "-".join(plain)].append(each)
        address = each.asset.values.get("ip_address")
        for one in address if isinstance(address, tuple) else (address,) if address else ():
            addressed[kind, str(one)].append(each)
    seen: set[frozenset[str]] = set()
    for groups, label, sure, text in (
        (compact, "same_asset", 0.6, "differ in separators only"),
        (aged, "successor", 0.6, "differ in their age"),
        (addressed, None, 0.3, "share an address"),
    ):
        for (kind, name), group in groups.items():
            members = frozenset(each.asset.key for each in group)
            if len(members) > 1 and members not in seen:
                seen.add(members)
                yield _cluster(ClusterKind.DUPLICATE, f"{kind} {name}", group, label, sure, f"{len(group)} {text}")


def _dependencies(graph: Graph, by_key: Mapping[str, Asset], meanings: Mapping[str, str]) -> Iterator[Cluster]:
    """Yield assets that all need each other, shared services with those that need them, and small components."""
    tangled: set[str] = set()
    for cycle in graph.cycles():
        tangled.update(cycle)
        group = [_Named(by_key[key], ()) for key in cycle]
        yield _cluster(
            ClusterKind.DEPENDENCY, f"cycle {cycle[0]}", group, "tangle", 0.9, f"{len(cycle)} need each other"
        )
    for hub in graph.hubs():
        group = [_Named(by_key[hub.key], ())]
        yield _cluster(ClusterKind.DEPENDENCY, f"hub {hub.key}", group, "shared_service", 0.85, hub.text)
    for component in graph.components():
        if 2 < len(component) <= _LARGEST_COMPONENT and not tangled.intersection(component):
            group = [_Named(by_key[key], _parts(by_key[key].name)) for key in component]
            roles = {meaning for each in group for part in each.parts if (meaning := meanings.get(part, ""))}
            tiers = sum(meaning.startswith("role") for meaning in roles)
            label, sure = ("tiers", 0.6) if tiers > 1 else (None, 0.3)
            text = f"{len(component)} linked among themselves"
            yield _cluster(ClusterKind.DEPENDENCY, f"component {component[0]}", group, label, sure, text)


def _cluster(
    kind: ClusterKind, key: str, group: Sequence[_Named], label: str | None, confidence: float, evidence: str
) -> Cluster:
    members = sorted({each.asset.key: each.asset for each in group}.values(), key=lambda asset: asset.name)
    return Cluster(
        key=f"{kind} {key}",
        kind=kind,
        members=tuple(ClusterMember(key=a.key, name=a.name, role=a.kind) for a in members[:_MOST_MEMBERS]),
        label=label,
        confidence=confidence,
        evidence=evidence,
    )


def _largest_first(clusters: Iterable[Cluster]) -> list[Cluster]:
    return sorted(clusters, key=lambda cluster: (-len(cluster.members), cluster.key))


def _parts(name: str) -> tuple[str, ...]:
    return tuple(_PART.findall(name.partition(".")[0].casefold()))


def _means(part: str, meanings: Mapping[str, str], what: str) -> bool:
    return meanings.get(part, "").startswith(what)
