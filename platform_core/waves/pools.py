"""What is scarce in a wave: effort points, critical assets, and the effort of each team."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from platform_core.waves.applications import Floats, Indices, Singles
from platform_core.waves.instance import EXACT, Instance


class Pools:
    """How much room is left in each pool and wave, for several assignments of the same groups side by side.

    A pool is a row of `room` (pools of chain 0, then of chain 1, …): effort, critical assets, then one row a capped
    team. A group draws on up to as many pools as it has slots; slot 0 is effort, slot 1 critical assets, the others
    its teams, the busiest first. Critical assets are scaled so that all of them together weigh as much as all
    effort.
    """

    def __init__(self, instance: Instance, chains: int) -> None:
        rows = 2 + len(instance.teams)
        demand, pool = _slots(instance)
        unit = _critical_unit(instance)
        demand[:, 1] *= unit
        self.chains, self.waves = chains, instance.waves
        self._demand = np.ascontiguousarray(np.tile(demand.T, chains))
        self._pool = np.ascontiguousarray(np.tile(pool.T, chains) + np.repeat(np.arange(chains) * rows, len(demand)))
        limit = np.empty((rows, instance.waves))
        limit[0] = instance.capacity
        if instance.smallest > 0:  # what a wave lacks is counted from its room, which must then be a number
            limit[0] = np.minimum(limit[0], 2 * (instance.effort.sum() + instance.smallest))
        limit[1], limit[2:] = instance.critical_cap * unit, instance.team_cap[:, None]
        self._limit = np.tile(limit, (chains, 1))
        self._slots = [slot for slot in range(demand.shape[1]) if _binds(limit, demand, pool, slot)]
        self._tolerance = EXACT * np.where(np.isfinite(self._limit), np.maximum(self._limit, 1.0), 1.0)
        self._exact = self._limit.copy()
        self._smallest = instance.smallest
        self._price = 1.0
        self._asked, self._room = self._demand.astype(np.float32), self._exact.astype(np.float32)
        self._left, self._nothing = np.empty_like(self._room), np.zeros_like(self._room)

    def reprice(self, price: float) -> None:
        """Count what groups ask for and the room that is left in units that cost `price` when overdrawn."""
        self._room *= np.float32(price / self._price)
        self._asked = (self._demand * price).astype(np.float32)
        self._price = price

    def fill(self, wave: Indices) -> None:
        """Count the room left when the groups stand in `wave`, exactly; moves from there on are counted roughly."""
        places = (self._pool * self.waves + wave).ravel()
        taken = np.bincount(places, self._demand.ravel(), minlength=self._limit.size)
        self._exact = self._limit - taken.reshape(self._limit.shape)
        self._room = (self._exact * self._price).astype(np.float32)

    def move(self, groups: Indices, source: Indices, target: Indices) -> None:
        """Give back the room of `groups` in `source` and take it in `target`."""
        row, demand = self._pool.take(groups, axis=1) * self.waves, self._asked.take(groups, axis=1).ravel()
        room = self._room.reshape(-1)
        np.add.at(room, (row + source).ravel(), demand)
        np.subtract.at(room, (row + target).ravel(), demand)

    def overloads(self) -> Floats:
        """Return for each chain how much all pools together were overdrawn when last filled, rounding errors aside."""
        short = -self._exact
        short[short <= self._tolerance] = 0.0
        total = short.reshape(self.chains, -1).sum(1)
        if self._smallest > 0:
            lacking = self._smallest - self._loads(self._exact)
            total += np.where(lacking > EXACT * self._smallest, lacking, 0.0).sum(1)
        return np.asarray(total)

    def charge(self, cost: Singles, groups: Indices, current: Indices) -> None:
        """Add to `cost` (groups, waves) what each group, now in `current`, would overdraw in each wave.

        The same for all waves of a group may be missing from it: only the differences between waves count.
        """
        np.maximum(self._room, self._nothing, out=self._left)
        for slot in self._slots:
            demand = self._asked[slot].take(groups)
            asking = np.flatnonzero(demand)
            if len(asking) == len(groups):
                cost -= self._covered(groups, slot, demand, current)
            elif len(asking):
                cost[asking] -= self._covered(groups.take(asking), slot, demand.take(asking), current.take(asking))
        if self._smallest > 0:
            cost -= self._lack_ended(groups, current)

    def _covered(self, groups: Indices, slot: int, demand: Singles, current: Indices) -> Singles:
        """Return (groups, waves): how much of its demand each group finds in each wave, itself taken out."""
        pool = self._pool[slot].take(groups)
        found = self._left.take(pool, axis=0)
        here = self._room.reshape(-1).take(pool * self.waves + current)
        found.reshape(-1)[np.arange(0, found.size, self.waves) + current] = np.maximum(here + demand, 0.0)
        return np.asarray(np.minimum(found, demand[:, None], out=found))

    def _loads(self, room: Floats | Singles) -> Floats:
        """Return the effort in each wave (chains, waves) where `room` is left."""
        rows = len(self._limit) // self.chains
        return np.asarray(self._limit[::rows] - room[::rows])

    def _lack_ended(self, groups: Indices, current: Indices) -> Floats:
        """Return (groups, waves): how much less every wave would lack if each group stood there, priced."""
        rows = len(self._limit) // self.chains
        loads = self._loads(self._room / self._price)[self._pool[0, groups] // rows]
        demand = self._demand[0, groups]
        loads[np.arange(len(groups)), current] -= demand
        return np.asarray(self._price * np.minimum(demand[:, None], np.maximum(0.0, self._smallest - loads)))

    def fitting_together(self, groups: Indices, target: Indices) -> NDArray[np.bool_]:
        """Return which groups may enter their wave at once: the first always, others while effort capacity lasts."""
        place = self._pool[0].take(groups) * self.waves + target
        order = np.argsort(place, kind="stable")
        place, demand = place[order], self._asked[0].take(groups[order]).astype(np.float64)
        first = np.append(True, place[1:] != place[:-1])
        entered = np.cumsum(demand)
        before = np.maximum.accumulate(np.where(first, entered - demand, -1.0))
        fits = np.ones(len(groups), bool)
        fits[order] = first | (entered - before <= self._room.reshape(-1)[place])
        return fits


def _slots(instance: Instance) -> tuple[Floats, Indices]:
    """Return (G, slots): what each group asks for, and of which pool."""
    groups = len(instance.groups)
    by_load = np.lexsort((-instance.team_effort, instance.team_group))
    group, effort, team = instance.team_group[by_load], instance.team_effort[by_load], instance.team[by_load]
    most = int(np.bincount(group).max()) if len(group) else 0
    demand, pool = np.zeros((groups, 2 + most)), np.zeros((groups, 2 + most), np.int64)
    demand[:, 0], demand[:, 1], pool[:, 1] = instance.effort, instance.critical, 1
    begins = np.searchsorted(group, group)
    slot = 2 + np.arange(len(group)) - begins
    demand[group, slot], pool[group, slot] = effort, team + 2
    return demand, pool


def _critical_unit(instance: Instance) -> float:
    effort, critical = float(instance.effort.sum()), float(instance.critical.sum())
    return effort / critical if effort > 0 and critical > 0 else 1.0


def _binds(limit: Floats, demand: Floats, pool: Indices, slot: int) -> bool:
    return bool(np.isfinite(limit[pool[demand[:, slot] > 0, slot]]).any())
