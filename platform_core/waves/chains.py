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

PATIENCE, CALM_SHARE = 4, 0.3
"""Choices after which a group that stayed counts as calm, and the share of calm groups that choose in a hasty sweep:
less than half the choices of a search, and as good a plan for it at 1,700 groups."""

UNRANKED = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Heat:
    """How freely groups move: `temperature` for each chain, and the prices of broken rules, in link weights.

    `order` is paid for each wave that an order rule is off, `load` for each effort point (or its equivalent in
    critical assets) above a capacity or cap. `hasty`: groups that kept their wave PATIENCE times in a row choose again
    only in some sweeps.
    """

    temperature: Singles
    order: float
    load: float
    hasty: bool = False


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
        self._links, self._wished, self._scale = links, instance.wished.pairs, scale
        near, where = Adjacency.of(np.append(links.first, links.second), np.append(links.second, links.first), groups)
        weight = (np.append(links.weight, links.weight)[where] / scale).astype(np.float32)
        self._near, self._weight = near.repeat(count, groups), np.tile(weight, count)
        self._ramps = ramps(self.waves)
        before, after, strict = instance.order.T
        one, other = instance.apart.T
        first, second, kind = np.append(before, one), np.append(after, other), np.append(strict, np.full(len(one), 2))
        self._ordered, self._order_kind, _ = _both_ways(first, second, kind, np.ones(len(kind)), groups, count)
        wished = instance.wished.pairs
        price = wished.price / scale
        pairs = _both_ways(wished.first, wished.second, wished.kind, price, groups, count)
        self._paired, self._pair_kind, self._pair_price = pairs
        limits = instance.wished.limits
        self._wished_pools = None if limits is None else Pools(instance.limited(limits), count)
        if limits is not None and self._wished_pools is not None:
            self._wished_pools.reprice(limits.price / scale)
        self._wished_load = 0.0 if limits is None else limits.price / scale

    def place(self, wave: Indices) -> None:
        """Put the groups of every chain into `wave` (chains, G) and count links, order and loads afresh."""
        self.wave = np.ascontiguousarray(wave, np.int64).ravel().copy()
        self._stays = np.zeros(self.size, np.int64)
        there = self._near.owners() * self.waves + self.wave[self._near.neighbour]
        linked = np.bincount(there, self._weight, minlength=self.size * self.waves).reshape(self.size, self.waves)
        self._cost = (np.tile(self._standing, (self.count, 1)) - linked).astype(np.float32)
        paid = self._ramps[self._pair_kind, self.wave[self._paired.owners()]]
        np.add.at(self._cost, self._paired.neighbour, paid * self._pair_price[:, None])
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
        wave, links, pairs = self.wave.reshape(self.count, self.groups), self._links, self._wished
        cost = (wave[:, links.first] != wave[:, links.second]) @ links.weight
        if len(pairs.price):
            cost = cost + self._ramps[pairs.kind, wave[:, pairs.first], wave[:, pairs.second]] @ pairs.price
        cost = cost / self._scale
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
        """Let every group of every chain choose its wave once, in random order; see `Heat` for hasty sweeps."""
        self._pools.reprice(heat.load)
        self._order_price = np.float32(heat.order)
        self._order_cost = self._off_order * self._order_price
        turn, before = self._turn(heat), self.wave.copy()
        batch = min(LARGEST_BATCH, max(1, self.size // 8))
        for start in range(0, len(turn), batch):
            self._step(turn[start : start + batch], heat.temperature)
        self._stays[turn] += 1
        self._stays[self.wave != before] = 0

    def _turn(self, heat: Heat) -> Indices:
        """Return who chooses in this sweep, in random order."""
        if not heat.hasty:
            return self._rng.permutation(self.size)
        due = self._stays < PATIENCE
        due |= self._rng.random(self.size, dtype=np.float32) < CALM_SHARE
        return self._rng.permutation(np.flatnonzero(due))

    def _step(self, batch: Indices, temperature: Singles) -> None:
        current = self.wave.take(batch)
        chosen = self._choose(batch, current, temperature)
        moving = np.flatnonzero(chosen != current)
        if not len(moving):
            return
        groups, source, target = batch.take(moving), current.take(moving), chosen.take(moving)
        owner, entry = self._near.entries(groups)
        near = self._near.neighbour[entry]
        going = self._pools.fitting_together(groups, target)
        going[owner[self._rank_of(groups, near) < owner]] = False
        kept = going[owner]
        owner, row, weight = owner[kept], near[kept] * self.waves, self._weight[entry[kept]]
        np.add.at(self._cost.reshape(-1), row + source[owner], weight)
        np.subtract.at(self._cost.reshape(-1), row + target[owner], weight)
        self._move(groups[going], source[going], target[going])

    def _choose(self, batch: Indices, current: Indices, temperature: Singles) -> Indices:
        cost = self._cost.take(batch, axis=0)
        if len(self._order_kind):
            cost += self._order_cost.take(batch, axis=0)
        self._pools.charge(cost, batch, current)
        if self._wished_pools is not None:
            self._wished_pools.charge(cost, batch, current)
        start = int(self._rng.integers(0, NOISE - cost.size))
        noise = self._noise[start : start + cost.size].reshape(cost.shape)
        cost += noise * (temperature[0] if self.count == 1 else temperature[self.chain[batch], None])
        return np.asarray(cost.argmin(1))

    def _rank_of(self, groups: Indices, near: Indices) -> Indices:
        self._rank[groups] = np.arange(len(groups))
        ranks = self._rank[near]
        self._rank[groups] = UNRANKED
        return ranks

    def _move(self, groups: Indices, source: Indices, target: Indices) -> None:
        owner, entry = self._ordered.entries(groups)
        if len(owner):
            change = self._difference(self._order_kind[entry], source[owner], target[owner])
            place = self._cells(self._ordered.neighbour[entry])
            np.add.at(self._off_order.reshape(-1), place, change.ravel())
            np.add.at(self._order_cost.reshape(-1), place, change.ravel() * self._order_price)
        owner, entry = self._paired.entries(groups)
        if len(owner):
            change = self._difference(self._pair_kind[entry], source[owner], target[owner])
            paid = (change * self._pair_price[entry, None]).ravel()
            np.add.at(self._cost.reshape(-1), self._cells(self._paired.neighbour[entry]), paid)
        self._pools.move(groups, source, target)
        if self._wished_pools is not None:
            self._wished_pools.move(groups, source, target)
        self.wave[groups] = target

    def _difference(self, kind: Indices, source: Indices, target: Indices) -> Singles:
        """Return (pairs, waves): what the other of each pair pays more in each wave for the move."""
        return np.asarray(self._ramps[kind, target] - self._ramps[kind, source])

    def _cells(self, rows: Indices) -> Indices:
        return (rows[:, None] * self.waves + np.arange(self.waves)).ravel()


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
