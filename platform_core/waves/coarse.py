"""A smaller instance in place of a large one: groups merged by heavy links, or where plans agree about them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import rustworkx as rx

from platform_core.waves.applications import Floats, Indices, add_up, merge_edges
from platform_core.waves.instance import Instance, Mask, Pairs, Wished

SHRINK = 4
"""How many groups become one on average; 2.5 to 4 gave plans as good as each other at 16,500 groups."""

MOST_SHARE = 0.04
"""Largest merged group, as a share of an even wave: larger ones leave annealing too little to choose from."""

ROUNDS = 6
"""Offers made by groups still alone in one round of pairing; later ones are hardly ever taken up."""

STUCK = 0.95
"""Pairing ends when a round leaves more than this share of the groups."""


def coarsen(instance: Instance, allowed: Mask) -> Indices:
    """Return for each group (G) the number of the merged group it is in.

    Only groups are merged that share an allowed wave and have no strict order and no parting rule between them. Order
    rules between merged groups may run in a circle: such an instance is for softened order only.
    """
    into = np.arange(len(instance.groups))
    whole, most = len(into), MOST_SHARE * float(instance.effort.sum()) / instance.waves
    while len(instance.groups) > whole / SHRINK:
        step = _paired(instance, allowed, most)
        if int(step.max()) + 1 > STUCK * len(instance.groups):
            break
        (instance, allowed), into = merge(instance, allowed, step), step[into]
    return into


def agreed(instance: Instance, plans: Indices) -> Indices:
    """Return for each group (G) the number of the clump it is in, by waves in several `plans` (plans, G).

    A clump hangs together by links between groups that every plan puts into one wave (the overlap of clusterings of
    Sanders and Schulz 2012). No strict order and no parting rule runs between two groups joined by such a link.
    """
    links, count = instance.links, len(instance.groups)
    joins = (plans[:, links.first] == plans[:, links.second]).all(axis=0)
    joins &= ~np.isin(links.first * count + links.second, _parted(instance))
    graph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(count))
    graph.add_edges_from_no_data(list(zip(links.first[joins].tolist(), links.second[joins].tolist(), strict=True)))
    into = np.zeros(count, np.int64)
    for number, members in enumerate(rx.connected_components(graph)):
        into[list(members)] = number
    return into


def merge(instance: Instance, allowed: Mask, into: Indices) -> tuple[Instance, Mask]:
    """Return the instance in which group g is part of group `into[g]`, and the waves its groups may take."""
    return _merged(instance, into), _common(allowed, into)


def _paired(instance: Instance, allowed: Mask, most: float) -> Indices:
    """Return the number of each group's pair, or of itself alone.

    Groups offer themselves to the neighbour with the highest squared weight over the product of efforts (Holtgrewe,
    Sanders and Schulz 2010), and pair up where both do.
    """
    count, links = len(instance.groups), instance.links
    size = np.maximum(instance.effort, 1e-9)
    free = (size[links.first] + size[links.second] <= most) & (allowed[links.first] & allowed[links.second]).any(axis=1)
    free &= ~np.isin(links.first * count + links.second, _parted(instance))
    one, other, weight = links.first[free], links.second[free], links.weight[free]
    rating = np.tile(weight * weight / (size[one] * size[other]), 2)
    one, other = np.append(one, other), np.append(other, one)
    alone, mate = np.arange(count), np.arange(count)
    for _ in range(ROUNDS):
        open_ends = (mate[one] == one) & (mate[other] == other)
        one, other, rating = one[open_ends], other[open_ends], rating[open_ends]
        offer = _best_offers(one, other, rating, count)
        mutual = (offer[offer] == alone) & (offer != alone)
        mate[mutual] = offer[mutual]
    return np.asarray(np.unique(np.minimum(mate, alone), return_inverse=True)[1])


def _best_offers(one: Indices, other: Indices, rating: Floats, count: int) -> Indices:
    """Return for each group the neighbour of the highest rating, itself if it has none; ties by pair, not by end."""
    tie = (np.minimum(one, other) * 2_654_435_761 + np.maximum(one, other) * 40_503) % 1_009
    order = np.lexsort((tie, rating, one))
    last = np.append(one[order][1:] != one[order][:-1], True) if len(order) else np.zeros(0, bool)
    offer = np.arange(count)
    offer[one[order][last]] = other[order][last]
    return offer


def _parted(instance: Instance) -> Indices:
    count = len(instance.groups)
    strict = instance.order[instance.order[:, 2] == 1][:, :2]
    pairs = np.sort(np.concatenate([strict, instance.apart]), axis=1)
    return np.asarray(pairs[:, 0] * count + pairs[:, 1])


def _merged(instance: Instance, into: Indices) -> Instance:
    count, links, pairs = int(into.max()) + 1, instance.links, instance.wished.pairs
    _, first_member = np.unique(into, return_index=True)
    order = np.column_stack([into[instance.order[:, :2]], instance.order[:, 2]])
    first, second = into[pairs.first], into[pairs.second]
    outside = first != second
    standing = np.zeros((count, instance.waves))
    np.add.at(standing, into, instance.wished.standing)
    wished = Pairs(first[outside], second[outside], pairs.kind[outside], pairs.price[outside])
    width = max(1, len(instance.teams))
    teams, where = np.unique(into[instance.team_group] * width + instance.team, return_inverse=True)
    return replace(
        instance,
        groups=tuple(instance.groups[member] for member in first_member.tolist()),
        of_application=into[instance.of_application],
        of_asset=into[instance.of_asset],
        effort=add_up(instance.effort, into, count),
        critical=add_up(instance.critical, into, count),
        links=merge_edges(into[links.first], into[links.second], links.weight, count),
        order=order[order[:, 0] != order[:, 1]],
        apart=into[instance.apart],
        allowed=_common(instance.allowed, into),
        team_group=teams // width,
        team=teams % width,
        team_effort=add_up(instance.team_effort, where, len(teams)),
        wished=Wished(standing, wished, instance.wished.limits),
    )


def _common(allowed: Mask, into: Indices) -> Mask:
    """Return the waves that all members of each merged group may take."""
    common = np.ones((int(into.max()) + 1, allowed.shape[1]), bool)
    np.logical_and.at(common, into, allowed)
    return common
