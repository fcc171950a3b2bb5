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
from platform_core.domain.duplicates import Pair
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


def find_clusters(
    assets: Sequence[Asset], graph: Graph, name_parts: Mapping[str, str], alike: Sequence[Pair]
) -> tuple[Cluster, ...]:
    """Return the clusters of an inventory: naming, duplicates, dependencies, each kind largest first.

    `name_parts` maps parts of names to what they mean ("dev" → "environment: development"), `alike` are the pairs
    that the inventory's search for duplicates found.
    """
    named = [_Named(asset, _parts(asset.name)) for asset in assets if asset.name.strip()]
    by_key = {asset.key: asset for asset in assets}
    return (
        *_largest_first(_naming(named, name_parts)),
        *_largest_first(_duplicates(alike, {each.asset.key: each for each in named}, name_parts)),
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


def _duplicates(pairs: Iterable[Pair], by_key: Mapping[str, _Named], meanings: Mapping[str, str]) -> Iterator[Cluster]:
    """Yield the groups of assets that may be one and the same, and the pairs that belong to no group."""
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair.group or f"{pair.first} {pair.second}"].append(pair)
    for name, alike in groups.items():
        keys = dict.fromkeys(key for pair in alike for key in (pair.first, pair.second))
        group = [by_key[key] for key in keys if key in by_key]
        if len(group) > 1:
            label, text = _what_they_are(group, meanings) if alike[0].group else (None, "may be one asset")
            sure = min(pair.probability for pair in alike)
            yield _cluster(ClusterKind.DUPLICATE, name, group, label, sure, f"{len(group)} {text}")


def _what_they_are(group: Iterable[_Named], meanings: Mapping[str, str]) -> tuple[str, str]:
    """Return the label of a group that the search takes for one thing, and what was seen."""
    if any(_means(part, meanings, "state") for each in group for part in each.parts):
        return "successor", "differ in their age"
    return "same_asset", "look like one asset"


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
