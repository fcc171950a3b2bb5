"""Where annealing starts: a graph partition whose blocks are ordered into waves, or a topological first-fit plan."""

from __future__ import annotations

from collections import defaultdict, deque

import numpy as np

from platform_core.waves.adjacency import Adjacency
from platform_core.waves.applications import Floats, Indices
from platform_core.waves.instance import Instance, Mask

METIS_LIMIT = 1_000_000_000
"""METIS adds up weights in 32-bit integers; the sum must stay below."""

UNEVENNESS = 100
"""How uneven METIS may make blocks, in thousandths: with its own 30 it missed a third of the planted plans that
sever nothing, with 100 none, and cut less on usual portfolios as well."""

EXCHANGES_PER_WAVE = 150
"""Trials for each wave when blocks are ordered; the cost no longer fell with more (60 waves)."""

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
        options=pymetis.Options(seed=2 + seed % 2**30, ufactor=UNEVENNESS),
    )
    return np.array(result.vertex_part, np.int64)


def order_blocks(instance: Instance, allowed: Mask, block: Indices, rng: np.random.Generator) -> Indices:
    """Return the wave of each group when whole blocks are put into the order that costs least.

    The cost counts order rules turned round, groups in waves they may not take and effort above capacity; the order
    is found by annealing over exchanges and insertions.
    """
    waves = instance.waves
    backward = np.zeros((waves, waves))
    before, after, strict = instance.order.T
    np.add.at(backward, (block[before], block[after]), 1.0 + strict)
    np.fill_diagonal(backward, 0.0)
    misplaced = _misplaced(instance, allowed, block)

    def cost(order: Indices) -> float:
        position = np.argsort(order)
        late = np.maximum(0, position[:, None] - position[None, :])
        return float((backward * late).sum() + misplaced[np.arange(waves), position].sum())

    order = _by_size(instance, block)
    now = cost(order)
    best, least = order, now
    trials = min(EXCHANGES_PER_WAVE * waves, MOST_ORDERING // waves**2) if waves > 1 else 0
    heat = max(now, 1.0) / waves
    for trial in range(trials):
        tried = _exchange(order, rng)
        then = cost(tried)
        if then <= now or rng.random() < np.exp((now - then) / (heat * 0.01 ** (trial / trials))):
            order, now = tried, then
            if now < least:
                best, least = order, now
    return np.asarray(np.argsort(best)[block])


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
        self._critical = np.full(instance.waves, instance.critical_cap)
        self._team = np.tile(instance.team_cap[:, None], (1, instance.waves))
        self._teams: dict[int, list[tuple[int, float]]] = defaultdict(list)
        triples = (instance.team_group.tolist(), instance.team.tolist(), instance.team_effort.tolist())
        for group, team, effort in zip(*triples, strict=True):
            self._teams[group].append((team, effort))

    def first(self, group: int, earliest: int) -> int:
        """Return the first wave from `earliest` on that takes `group`, the last wave if none does."""
        it = self._instance
        fits = it.allowed[group] & (self._effort >= it.effort[group]) & (self._critical >= it.critical[group])
        for team, effort in self._teams[group]:
            fits = fits & (self._team[team] >= effort)
        open_waves = np.flatnonzero(fits[earliest:])
        return earliest + int(open_waves[0]) if len(open_waves) else it.waves - 1

    def take(self, group: int, wave: int) -> None:
        """Use up the room that `group` needs in `wave`."""
        self._effort[wave] -= self._instance.effort[group]
        self._critical[wave] -= self._instance.critical[group]
        for team, effort in self._teams[group]:
            self._team[team, wave] -= effort


def _by_size(instance: Instance, block: Indices) -> Indices:
    """Return the block for each wave that puts the heaviest block into the largest wave, and so on down."""
    load = np.bincount(block, instance.effort, minlength=instance.waves)
    order = np.empty(instance.waves, np.int64)
    order[np.argsort(-instance.capacity, kind="stable")] = np.argsort(-load, kind="stable")
    return order


def _exchange(order: Indices, rng: np.random.Generator) -> Indices:
    one, other = rng.integers(len(order), size=2)
    if rng.random() < 0.5:
        tried = order.copy()
        tried[[one, other]] = tried[[other, one]]
        return tried
    return np.insert(np.delete(order, one), other, order[one])


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
