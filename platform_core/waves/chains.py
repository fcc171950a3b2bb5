"""Many wave assignments of one instance side by side, improved a batch of groups at a time.

Annealing moves one group at a time; done so in Python it is slow. Here a batch of groups looks at all its waves at
once (heat-bath moves: the wave is drawn from the Boltzmann distribution over all waves, by the Gumbel trick), and
the moves that would spoil each other (neighbours, or a wave overfilled together) wait for another turn. Several
chains are laid out as copies of the same groups in the same arrays, so restarts cost little more than one run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from platform_core.waves.adjacency import Adjacency
from platform_core.waves.applications import Floats, Indices, Singles
from platform_core.waves.instance import Instance
from platform_core.waves.pools import Pools

NEVER = np.float32(1e9)
"""Cost of a forbidden wave, in multiples of the usual link weight; large against any sum of links of a group."""

NOISE = 1 << 20
"""Random numbers drawn once; a batch takes a random stretch, at most LARGEST_BATCH x 1,000 waves long."""

LARGEST_BATCH = 512
"""Groups looked at in one step: larger is faster for each but works on staler loads (as good as 64, at 1,700)."""

UNRANKED = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Heat:
    """How freely groups move: `temperature` for each chain, and the prices of broken rules, in link weights.

    `order` is paid for each wave that an order rule is off, `load` for each effort point (or its equivalent in
    critical assets) above a capacity or cap.
    """

    temperature: Singles
    order: float
    load: float


class Chains:
    """`count` wave assignments of `instance`; `scale` is the link weight that counts as 1.

    `standing` (G, W) is the cost of a wave for a group whatever the others do, NEVER where it is forbidden.
    """

    def __init__(self, instance: Instance, count: int, standing: Singles, scale: float, rng: np.random.Generator):
        self.count, self.groups, self.waves = count, len(instance.groups), instance.waves
        self.size = count * self.groups
        self.chain = np.repeat(np.arange(count), self.groups)
        self.wave = np.zeros(self.size, np.int64)
        self._rng, self._standing = rng, standing
        self._everyone = np.arange(self.size)
        self._rank = np.full(self.size, UNRANKED)
        self._noise = np.log(np.maximum(rng.standard_exponential(NOISE, dtype=np.float32), np.float32(1e-30)))
        self._pools = Pools(instance, count)
        links, groups = instance.links, self.groups
        near, where = Adjacency.of(np.append(links.first, links.second), np.append(links.second, links.first), groups)
        weight = (np.append(links.weight, links.weight)[where] / scale).astype(np.float32)
        self._near, self._weight = near.repeat(count, groups), np.tile(weight, count)
        self._degree = np.bincount(self._near.owners(), self._weight, minlength=self.size)
        self._ramps = ramps(self.waves)
        before, after, strict = instance.order.T
        one, other = instance.apart.T
        first, second, kind = np.append(before, one), np.append(after, other), np.append(strict, np.full(len(one), 2))
        self._ordered, self._order_kind, _ = _both_ways(first, second, kind, np.ones(len(kind)), groups, count)
        self._is_ordered = np.diff(self._ordered.starts) > 0
        wished = instance.wished.pairs
        price = wished.price / scale
        pairs = _both_ways(wished.first, wished.second, wished.kind, price, groups, count)
        self._paired, self._pair_kind, self._pair_price = pairs
        limits = instance.wished.limits
        self._wished_pools = None if limits is None else Pools(instance.limited(limits), count)
        self._wished_load = 0.0 if limits is None else limits.price / scale

    def place(self, wave: Indices) -> None:
        """Put the groups of every chain into `wave` (chains, G) and count links, order and loads afresh."""
        self.wave = np.ascontiguousarray(wave, np.int64).ravel().copy()
        there = self._near.owners() * self.waves + self.wave[self._near.neighbour]
        sums = np.bincount(there, self._weight, minlength=self.size * self.waves)
        self._linked = sums.astype(np.float32).reshape(self.size, self.waves)
        paid = self._ramps[self._pair_kind, self.wave[self._paired.owners()]]
        np.subtract.at(self._linked, self._paired.neighbour, paid * self._pair_price[:, None])
        self._off_order = np.zeros((self.size, self.waves), np.float32)
        ramp = self._ramps[self._order_kind, self.wave[self._ordered.owners()]]
        np.add.at(self._off_order, self._ordered.neighbour, ramp)
        self._pools.fill(self.wave)
        if self._wished_pools is not None:
            self._wished_pools.fill(self.wave)

    def assignments(self) -> Indices:
        """Return the wave of each group in each chain (chains, G)."""
        return self.wave.reshape(self.count, self.groups).copy()

    def cuts(self) -> Floats:
        """Return the severed weight of each chain and what it pays for wishes, in multiples of `scale`."""
        severed = self._degree - self._linked[self._everyone, self.wave]
        cost = severed.reshape(self.count, self.groups).sum(1, dtype=np.float64) / 2
        if self._wished_pools is not None:
            self._wished_pools.fill(self.wave)
            cost = cost + self._wished_load * self._wished_pools.overloads()
        return np.asarray(cost)

    def standing_costs(self) -> Floats:
        """Return each chain's sum of standing costs; NEVER or more when a group stands in a forbidden wave."""
        costs = self._standing[self._everyone % self.groups, self.wave] if self.size else np.zeros(0)
        return np.asarray(costs.reshape(self.count, self.groups).sum(1, dtype=np.float64))

    def waves_off_order(self) -> Floats:
        """Return by how many waves each chain is off its order rules, all rules together."""
        off = self._off_order[self._everyone, self.wave]
        return np.asarray(off.reshape(self.count, self.groups).sum(1, dtype=np.float64) / 2)

    def overloads(self) -> Floats:
        """Return each chain's effort (or equivalent) above capacities and caps, counted afresh."""
        self._pools.fill(self.wave)
        return self._pools.overloads()

    def sweep(self, heat: Heat) -> None:
        """Let every group of every chain choose its wave once, in random order."""
        turn = self._rng.permutation(self.size)
        batch = min(LARGEST_BATCH, max(1, self.size // 8))
        for start in range(0, self.size, batch):
            self._step(turn[start : start + batch], heat)

    def _step(self, batch: Indices, heat: Heat) -> None:
        chosen = self._choose(batch, heat)
        moving = np.flatnonzero(chosen != self.wave[batch])
        if not len(moving):
            return
        groups, target = batch[moving], chosen[moving]
        owner, entry = self._near.entries(groups)
        going = self._pools.fitting_together(groups, target)
        going[owner[self._rank_of(groups, entry) < owner]] = False
        self._move(groups[going], target[going])

    def _choose(self, batch: Indices, heat: Heat) -> Indices:
        current = self.wave[batch]
        cost = self._standing[batch % self.groups]
        cost -= self._linked[batch]
        bound = np.flatnonzero(self._is_ordered[batch])
        cost[bound] += np.float32(heat.order) * self._off_order[batch[bound]]
        added = self._pools.overload_added(batch, current)
        cost += np.multiply(added, np.float32(heat.load), out=added)
        if self._wished_pools is not None:
            cost += np.float32(self._wished_load) * self._wished_pools.overload_added(batch, current)
        start = int(self._rng.integers(0, NOISE - cost.size))
        noise = self._noise[start : start + cost.size].reshape(cost.shape)
        cost += heat.temperature[self.chain[batch], None] * noise
        return np.asarray(cost.argmin(1))

    def _rank_of(self, groups: Indices, entry: Indices) -> Indices:
        self._rank[groups] = np.arange(len(groups))
        ranks = self._rank[self._near.neighbour[entry]]
        self._rank[groups] = UNRANKED
        return ranks

    def _move(self, groups: Indices, target: Indices) -> None:
        source = self.wave[groups]
        owner, entry = self._near.entries(groups)
        row, weight = self._near.neighbour[entry] * self.waves, self._weight[entry]
        linked = self._linked.reshape(-1)
        np.subtract.at(linked, row + source[owner], weight)
        np.add.at(linked, row + target[owner], weight)
        owner, entry = self._ordered.entries(groups)
        if len(owner):
            steps = self._ramps[self._order_kind[entry]]
            change = steps[np.arange(len(owner)), target[owner]] - steps[np.arange(len(owner)), source[owner]]
            np.add.at(self._off_order, self._ordered.neighbour[entry], change)
        owner, entry = self._paired.entries(groups)
        if len(owner):
            steps = self._ramps[self._pair_kind[entry]]
            change = steps[np.arange(len(owner)), target[owner]] - steps[np.arange(len(owner)), source[owner]]
            np.subtract.at(self._linked, self._paired.neighbour[entry], change * self._pair_price[entry, None])
        self._pools.move(groups, source, target)
        if self._wished_pools is not None:
            self._wished_pools.move(groups, source, target)
        self.wave[groups] = target


def _both_ways(
    first: Indices, second: Indices, kind: Indices, price: Floats, groups: int, copies: int
) -> tuple[Adjacency, Indices, Singles]:
    """Return neighbour lists of pairs seen from either end, with the kind (see `ramps`) and price of each entry."""
    near, where = Adjacency.of(np.append(first, second), np.append(second, first), groups)
    seen = np.append(kind, kind + KINDS)[where]
    paid = np.append(price, price)[where].astype(np.float32)
    return near.repeat(copies, groups), np.tile(seen, copies), np.tile(paid, copies)


KINDS = 5
"""Kinds of pairs (see `instance.Pairs`); seen from the second of a pair each is numbered so much higher."""


def ramps(waves: int) -> Singles:
    """Return (kind, own wave, other's wave): what a pair comes to when one group stands where it does.

    Kinds as in `instance.Pairs`, from the first group's side and then from the second's.
    """
    own, other = np.arange(waves)[:, None], np.arange(waves)[None, :]
    late = [np.maximum(0, own + strict - other) for strict in (0, 1)]
    early = [np.maximum(0, other + strict - own) for strict in (0, 1)]
    same = own == other
    either = [same, ~same, np.abs(own - other)]
    return np.array([*late, *either, *early, *either], np.float32)
