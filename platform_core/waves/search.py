"""From an instance to the best plan found: chains of restarts for a new plan, a short walk for a changed one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from platform_core.domain.base import Progress
from platform_core.domain.waves import Objective
from platform_core.waves.anneal import BINDING, Best, Cooling, cool
from platform_core.waves.applications import Indices
from platform_core.waves.budgets import BUDGETS, Budget
from platform_core.waves.chains import Chains
from platform_core.waves.coarse import coarsen
from platform_core.waves.costs import keeps_all, wish_cost
from platform_core.waves.crossing import crossed
from platform_core.waves.ground import MANY_GROUPS, SOFT_ORDER, Ground
from platform_core.waves.instance import Instance, Mask
from platform_core.waves.pools import Pools
from platform_core.waves.start import first_fit, order_blocks, partition
from platform_core.waves.windows import keep_order

RESCUES = 3
"""Rounds of reheating with ever higher prices for overload before the search gives up on a clean plan."""

WARMEST, COLDEST = 8.0, 2.5
"""Where the cooling starts for the hottest and the coldest chain, in link weights: hot ones find better plans on
usual portfolios, cold ones keep a partition that is already right."""

WARM_ENOUGH = 6.0
"""Above MANY_GROUPS no chain starts hotter: the sweeps that can be afforded there cool too fast from 8."""

HUGE, MELTING = 4_000, 12.0
"""From so many move groups on the first half is done on merged groups, from a heat that forgets the partition: at
16,500 groups one chain so severs 0.288 of first-fit for half the work of 0.289 without; four of them crossed, 0.265."""

SETTLING, SHORTEST = 4, 30
"""Chains in which the plan that came of all crossings is made to keep every rule, and the fewest sweeps of that."""


class Search:
    """One search for a clean plan of `instance` within the waves `allowed` (G, W) that rules leave.

    `previous` (G) holds waves that should be kept where possible, -1 where a group had none, each asset at the price
    `stability` (in usual link weights). `closest` (G) is the
    assignment that broke the rules least, for the case that no clean plan was found.
    """

    def __init__(
        self,
        instance: Instance,
        allowed: Mask,
        seed: int,
        progress: Progress,
        previous: Indices | None = None,
        stability: float = Objective().stability,
    ) -> None:
        self._instance, self._allowed = instance, allowed
        self._ground = Ground.of(instance, allowed, previous, stability)
        self._scale, self._price = self._ground.scale, self._ground.price
        self._seed, self._rng = seed, np.random.default_rng(seed)
        self._progress = progress
        self.closest = np.zeros(len(instance.groups), np.int64)

    def cold(self, budget: Budget) -> Indices | None:
        """Return the best clean plan (G) that comes of crossing chains started from partitions, None if none did."""
        groups = len(self._instance.groups)
        sweeps, chains = budget.sweeps(groups), self._ground.chains(budget.chains(groups), self._rng)
        warmest = self._start(chains, sweeps)
        best = Best(chains)
        best.look(chains)
        ceiling = np.geomspace(max(warmest, COLDEST), COLDEST, chains.count) if chains.count > 1 else None
        apart = replace(self._ground.soft(sweeps, warmest), resample=False)
        cool(chains, best, apart, self._told(0.2, 0.4, best), self._rng, ceiling)
        if best.least <= 0.0:
            return best.plan
        told = self._told(0.6, 0.25, best)
        outcome = crossed(self._ground, chains.assignments(), budget.crossing_sweeps(groups), self._rng, told)
        settled = self._settled(outcome, min(SETTLING, chains.count), max(SHORTEST, sweeps // 2))
        found = [plan for plan in (settled, best.plan) if plan is not None]
        return self._better_of(min(found, key=self._cost, default=None), first_fit(self._instance))

    def _settled(self, outcome: Indices, count: int, sweeps: int) -> Indices | None:
        """Return the best clean plan (G) that `count` chains come to from `outcome` (G), None if none was found."""
        chains = self._ground.chains(count, self._rng)
        chains.place(np.tile(outcome, (count, 1)))
        best = Best(chains)
        self._settle(chains, best, sweeps, self._told(0.85, 0.05, best))
        return best.plan

    def _start(self, chains: Chains, sweeps: int) -> float:
        """Place `chains` for the main cooling and return the temperature at which it begins."""
        if chains.groups < HUGE:
            chains.place(self._partitioned(self._ground, chains.count))
            return WARMEST if chains.groups <= MANY_GROUPS else WARM_ENOUGH
        into = coarsen(self._instance, self._allowed)
        merged = self._ground.merged(into)
        melted = merged.chains(chains.count, self._rng)
        melted.place(self._partitioned(merged, chains.count))
        best = Best(melted)
        order, load = SOFT_ORDER[0], 0.15 * self._price
        rough = Cooling(sweeps, (MELTING, COLDEST), (order, order), (load, 3 * load), hasty=True)
        cool(melted, best, rough, self._told(0.05, 0.15, best), self._rng)
        chains.place(melted.assignments()[:, into])
        return COLDEST

    def _partitioned(self, ground: Ground, count: int) -> Indices:
        """Return the waves (count, G) of ordered partitions, each from a seed of its own."""
        blocks = np.array([partition(ground.instance, self._seed * 1_000 + n) for n in range(count)])
        return order_blocks(ground.instance, ground.allowed, blocks, self._rng)

    def warm(self, start: Indices, sweeps: int) -> Indices | None:
        """Return a clean plan (G) near `start` after a few cold sweeps, None if none was found."""
        chains = self._ground.chains(1, self._rng)
        chains.place(self._nearest_allowed(start)[None, :])
        best = Best(chains)
        self._settle(chains, best, sweeps, self._told(0.05, 0.85, best))
        return best.plan

    def improve(self, start: Indices, sweeps: int) -> Indices | None:
        """Return the best clean plan (G) found around `start` in a few chains, None if none was found."""
        groups = len(self._instance.groups)
        chains = self._ground.chains(BUDGETS["fast"].chains(groups), self._rng)
        chains.place(np.repeat(self._nearest_allowed(start)[None, :], chains.count, axis=0))
        best = Best(chains)
        best.look(chains)
        cool(chains, best, self._ground.soft(sweeps, COLDEST), self._told(0.05, 0.7, best), self._rng)
        self._settle(chains, best, sweeps // 4, self._told(0.75, 0.2, best))
        return best.plan

    def _settle(self, chains: Chains, best: Best, sweeps: int, watch: _Told) -> None:
        """Make order rules binding and overload dear; soften the order and reheat while no chain is clean."""
        self._bind(chains, best, sweeps, 40 * self._price, watch)
        for number in range(RESCUES):
            if best.plan is not None:
                return
            dear = 40 * self._price * 4**number
            cool(chains, best, Cooling(2 * sweeps, (2.0 + number, 0.3), SOFT_ORDER, (dear / 8, dear)), watch, self._rng)
            self._bind(chains, best, sweeps, dear, watch)
        self.closest = best.closest

    def _bind(self, chains: Chains, best: Best, sweeps: int, dear: float, watch: _Told) -> None:
        chains.place(np.array([self._ordered(wave) for wave in chains.assignments()]))
        best.look(chains)
        binding = Cooling(sweeps, (0.3, 0.1), (BINDING, BINDING), (dear / 20, dear))
        cool(chains, best, binding, watch, self._rng)

    def _ordered(self, wave: Indices) -> Indices:
        before, after, strict = self._instance.order.T
        if not (wave[before] + strict > wave[after]).any():
            return wave
        wave = self._nearest_allowed(wave)
        pushed = [keep_order(self._instance, self._allowed, wave, later=later) for later in (True, False)]
        return min(pushed, key=self._cost)

    def _cost(self, wave: Indices) -> float:
        pools = Pools(self._instance, 1)
        pools.fill(wave)
        paid = self._instance.cut(wave) + wish_cost(self._instance, wave)
        return paid / self._scale + 2 * self._price * float(pools.overloads()[0])

    def _nearest_allowed(self, wave: Indices) -> Indices:
        distance = np.abs(np.arange(self._instance.waves)[None, :] - wave[:, None])
        return np.asarray(np.where(self._allowed, distance, self._instance.waves + distance).argmin(1))

    def _better_of(self, found: Indices | None, simple: Indices) -> Indices | None:
        """Return the cheaper plan, so that the result is never worse than a clean first-fit plan."""
        if not keeps_all(self._instance, self._allowed, simple):
            return found
        return simple if found is None or self._cost(simple) < self._cost(found) else found

    def _told(self, start: float, span: float, best: Best) -> _Told:
        return _Told(self._progress, start, span, self._scale, self._instance.links.total, best)


class _Told:
    """Turns sweeps into progress a person can read."""

    def __init__(self, progress: Progress, start: float, span: float, scale: float, total: float, best: Best) -> None:
        self._progress, self._start, self._span = progress, start, span
        self._scale, self._total, self._best = scale, total, best

    def __call__(self, share: float, least: float) -> None:
        """Report the share done and the best plan so far."""
        text = "Looking for a plan that keeps every rule"
        if np.isfinite(least) and self._total > 0:
            text = f"Best plan so far severs {least * self._scale / self._total:.0%} of the dependency weight"
        self._progress(self._start + self._span * share, text)
