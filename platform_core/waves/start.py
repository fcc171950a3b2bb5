"""Where annealing starts: a graph partition whose blocks are ordered into waves, or a topological first-fit plan."""

from __future__ import annotations

from collections import defaultdict, deque

import numpy as np

from platform_core.waves.adjacency import Adjacency
from platform_core.waves.applications import Floats, Indices
from platform_core.waves.instance import Instance, Mask

METIS_LIMIT = 1_000_000_000
"""METIS adds up weights in 32-bit integers; the sum must stay below."""

PARTITIONS = 4
"""Partitions of which METIS keeps the best."""

UNEVENNESS = 100
"""How uneven METIS may make blocks, in thousandths: with its own 30 it missed a third of the planted plans that
sever nothing, with 100 none, and cut less on usual portfolios as well."""

EXCHANGES_PER_WAVE = 150
"""Trials for each wave when blocks are ordered; the cost no longer fell with more (60 waves)."""

FEWEST_ORDERS = 4
"""Orders of blocks tried at least, over all chains: one alone may cost a plan of 60 waves 2 %."""

MOST_ORDERING = 100_000_000
"""Cells (waves squared) looked at while blocks are ordered: keeps plans of hundreds of waves quick."""


def partition(instance: Instance, seed: int) -> Indices:
    """Return the block (0..waves-1) of each group in a METIS partition sized by the waves' capacities.

    Block b has the share of wave b in the capacity as its target. With fewer groups than two a block a partition
    says little: then the groups are dealt out in turn. (METIS takes seeds 0 and 1 for the same, so we start at 2.)
    """
    groups, blocks = len(instance.groups), instance.waves
    if blocks == 1 or groups < 2 * blocks:
        return np.arange(groups) % blocks
    import pymetis  # noqa: PLC0415  loaded only where a plan is made

    links = instance.links
    near, where = Adjacency.of(np.append(links.first, links.second), np.append(links.second, links.first), groups)
    result = pymetis.part_graph(
        blocks,
        pymetis.CSRAdjacency(near.starts.tolist(), near.neighbour.tolist()),
        vweights=_whole(instance.effort, smallest=0).tolist(),
        eweights=_whole(np.append(links.weight, links.weight)[where], smallest=1).tolist(),
        tpwgts=_shares(instance.capacity).tolist(),
        recursive=False,
        options=pymetis.Options(seed=2 + seed % 2**30, ufactor=UNEVENNESS, ncuts=PARTITIONS),
    )
    return np.array(result.vertex_part, np.int64)


def order_blocks(instance: Instance, allowed: Mask, block: Indices, rng: np.random.Generator) -> Indices:
    """Return the wave of each group (chains, G) when whole blocks are put into the order that costs least.

    `block` (chains, G) holds a partition for each chain. The cost counts order rules turned round, groups in waves
    they may not take and effort above capacity; the orders of all chains are found side by side by annealing over
    exchanges and insertions. Few chains get the best of several orders.
    """
    tries = max(1, FEWEST_ORDERS // len(block))
    if tries > 1:
        repeated = np.repeat(block, tries, axis=0)
        orders, cost = _ordered_blocks(instance, allowed, repeated, rng)
        best = cost.reshape(-1, tries).argmin(1) + tries * np.arange(len(block))
        return np.take_along_axis(orders[best], block, axis=1)
    return np.take_along_axis(_ordered_blocks(instance, allowed, block, rng)[0], block, axis=1)


def _ordered_blocks(
    instance: Instance, allowed: Mask, block: Indices, rng: np.random.Generator
) -> tuple[Indices, Floats]:
    """Return the wave of each block (chains, waves) in the best order found, and what it costs."""
    chains, waves = len(block), instance.waves
    blocks = _Blocks(instance, allowed, block)
    place = np.array([np.argsort(_by_size(instance, own)) for own in block])
    now = blocks.cost(place)
    best, least = place.copy(), now.copy()
    trials = min(EXCHANGES_PER_WAVE * waves, MOST_ORDERING // waves**2) if waves > 1 else 0
    spots = rng.integers(waves, size=(trials, 2, chains, 1))
    luck, swaps = rng.random((trials, chains)), rng.random((trials, chains, 1)) < 0.5
    heat = np.maximum(now, 1.0) / waves
    for trial in range(trials):
        tried = _rearranged(place, spots[trial, 0], spots[trial, 1], swaps[trial])
        then = blocks.cost(tried)
        cooled = heat * 0.01 ** (trial / trials)
        taken = (then <= now) | (luck[trial] < np.exp(np.minimum(0.0, now - then) / cooled))
        place[taken], now[taken] = tried[taken], then[taken]
        better = now < least
        best[better], least[better] = place[better], now[better]
    return best, least


def first_fit(instance: Instance) -> Indices:
    """Return the topological first-fit plan: what a careful person makes by hand.

    Groups in order of their names, each as soon as all its predecessors are placed, take the first wave that every
    rule allows; one that fits nowhere goes into the last wave, so that this yardstick may break rules.
    """
    follows: dict[int, list[tuple[int, int]]] = defaultdict(list)
    missing = np.zeros(len(instance.groups), np.int64)
    for before, after, strict in instance.order.tolist():
        follows[before].append((after, strict))
        missing[after] += 1
    earliest = np.zeros(len(instance.groups), np.int64)
    wave = np.full(len(instance.groups), instance.waves - 1)
    room = _Room(instance)
    ready = deque(np.flatnonzero(missing == 0).tolist())
    while ready:
        group = ready.popleft()
        wave[group] = room.first(group, int(earliest[group]))
        room.take(group, int(wave[group]))
        for after, strict in follows[group]:
            earliest[after] = max(earliest[after], wave[group] + strict)
            missing[after] -= 1
            if missing[after] == 0:
                ready.append(after)
    return wave


class _Room:
    """The room left by wave while groups are placed one after the other."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._effort = instance.capacity.copy()
        self._closed = np.zeros((len(instance.groups), instance.waves), bool)
        self._apart: dict[int, list[int]] = defaultdict(list)
        for one, other in instance.apart.tolist():
            self._apart[one].append(other)
            self._apart[other].append(one)
        self._critical = np.full(instance.waves, instance.critical_cap)
        self._team = np.tile(instance.team_cap[:, None], (1, instance.waves))
        self._teams: dict[int, list[tuple[int, float]]] = defaultdict(list)
        triples = (instance.team_group.tolist(), instance.team.tolist(), instance.team_effort.tolist())
        for group, team, effort in zip(*triples, strict=True):
            self._teams[group].append((team, effort))

    def first(self, group: int, earliest: int) -> int:
        """Return the first wave from `earliest` on that takes `group`, the last wave if none does."""
        it = self._instance
        fits = (
            it.allowed[group]
            & ~self._closed[group]
            & (self._effort >= it.effort[group])
            & (self._critical >= it.critical[group])
        )
        for team, effort in self._teams[group]:
            fits = fits & (self._team[team] >= effort)
        open_waves = np.flatnonzero(fits[earliest:])
        return earliest + int(open_waves[0]) if len(open_waves) else it.waves - 1

    def take(self, group: int, wave: int) -> None:
        """Use up the room that `group` needs in `wave`."""
        self._effort[wave] -= self._instance.effort[group]
        self._critical[wave] -= self._instance.critical[group]
        self._closed[self._apart[group], wave] = True
        for team, effort in self._teams[group]:
            self._team[team, wave] -= effort


def _by_size(instance: Instance, block: Indices) -> Indices:
    """Return the block for each wave that puts the heaviest block into the largest wave, and so on down."""
    load = np.bincount(block, instance.effort, minlength=instance.waves)
    order = np.empty(instance.waves, np.int64)
    order[np.argsort(-instance.capacity, kind="stable")] = np.argsort(-load, kind="stable")
    return order


class _Blocks:
    """What it costs each chain to put its blocks into the waves `place` (chains, blocks)."""

    def __init__(self, instance: Instance, allowed: Mask, block: Indices) -> None:
        self._chains, waves = np.arange(len(block))[:, None], instance.waves
        self._blocks = np.arange(waves)[None, :]
        before, after, strict = instance.order.T
        self._backward = np.zeros((len(block), waves, waves))
        np.add.at(self._backward, (self._chains, block[:, before], block[:, after]), 1.0 + strict[None, :])
        self._backward[:, self._blocks[0], self._blocks[0]] = 0.0
        self._misplaced = np.array([_misplaced(instance, allowed, own) for own in block])

    def cost(self, place: Indices) -> Floats:
        """Return the cost of each chain."""
        late = np.maximum(0, place[:, :, None] - place[:, None, :])
        misplaced = self._misplaced[self._chains, self._blocks, place]
        return np.asarray((self._backward * late).sum((1, 2)) + misplaced.sum(1))


def _rearranged(place: Indices, one: Indices, other: Indices, swap: Mask) -> Indices:
    """Return `place` with the blocks at `one` and `other` exchanged or, without `swap`, one moved to the other's."""
    between = (place >= np.minimum(one, other)) & (place <= np.maximum(one, other))
    moved = np.where(between, place + np.sign(one - other), place)
    exchanged = np.where(place == other, one, place)
    return np.where(place == one, other, np.where(swap, exchanged, moved))


def _misplaced(instance: Instance, allowed: Mask, block: Indices) -> Floats:
    """Return (block, wave): groups of the block that may not take the wave, plus the share of it that does not fit."""
    waves = instance.waves
    barred = np.zeros((waves, waves))
    np.add.at(barred, block, ~allowed)
    load = np.bincount(block, instance.effort, minlength=waves)
    usual = max(float(instance.effort.mean()), 1e-12) if len(block) else 1.0
    return barred + np.maximum(0.0, load[:, None] - instance.capacity[None, :]) / usual


def _whole(weight: Floats, *, smallest: int) -> Indices:
    """Return weights as whole numbers that METIS can add up, exact where they are whole and small enough already."""
    if bool((weight == np.round(weight)).all()) and weight.sum() < METIS_LIMIT:
        return np.maximum(smallest, weight.astype(np.int64))
    share = weight / max(float(weight.sum()), 1e-300)
    return np.maximum(smallest, np.round(share * (METIS_LIMIT / 2))).astype(np.int64)


def _shares(capacity: Floats) -> Floats:
    if not bool(np.isfinite(capacity).all()) or capacity.sum() <= 0:
        return np.full(len(capacity), 1 / len(capacity))
    share = np.maximum(capacity, 1e-4 * capacity.max())
    return np.asarray(share / share.sum())
