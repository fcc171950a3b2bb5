"""From an instance to the best plan found: chains of restarts for a new plan, a short walk for a changed one."""

from __future__ import annotations

import numpy as np

from platform_core.domain.base import Progress
from platform_core.domain.waves import Objective
from platform_core.waves.anneal import BINDING, Best, Cooling, cool
from platform_core.waves.applications import Indices, Singles
from platform_core.waves.budgets import BUDGETS, Budget
from platform_core.waves.chains import NEVER, Chains
from platform_core.waves.coarse import coarsen
from platform_core.waves.costs import keeps_all, wish_cost
from platform_core.waves.instance import Instance, Mask
from platform_core.waves.pools import Pools
from platform_core.waves.start import first_fit, order_blocks, partition
from platform_core.waves.windows import keep_order

RESCUES = 3
"""Rounds of reheating with ever higher prices for overload before the search gives up on a clean plan."""

WARMEST, COLDEST = 8.0, 2.5
"""Where the cooling starts for the hottest and the coldest chain, in link weights: hot ones find better plans on
usual portfolios, cold ones keep a partition that is already right."""

MANY_GROUPS, WARM_ENOUGH = 600, 6.0
"""Above so many move groups no chain starts hotter: the sweeps that can be afforded there cool too fast from 8. Calm
groups are passed over there as well (see `Cooling`); with fewer groups that costs more than it saves."""

HUGE, MELTING = 4_000, 12.0
"""From so many move groups on the first half is done on merged groups, from a heat that forgets the partition: at
16,500 groups that severs 0.288 of first-fit for half the work of 0.289 without."""

SOFT_ORDER = (30.0, 300.0)
"""Price of an order rule while it may still be broken, in link weights a wave: at first and in the end."""


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
        self._instance, self._allowed, self._previous = instance, allowed, previous
        self._stability = stability
        self._seed, self._rng = seed, np.random.default_rng(seed)
        self._progress = progress
        weights = instance.links.weight
        self._scale = float(np.median(weights[weights > 0])) if (weights > 0).any() else 1.0
        effort = float(instance.effort.sum())
        linked = 2 * instance.links.total / self._scale
        self._price = linked / effort if linked > 0 and effort > 0 else 1.0
        self.closest = np.zeros(len(instance.groups), np.int64)

    def cold(self, budget: Budget) -> Indices | None:
        """Return the best clean plan (G) of several chains started from partitions, None if none was found."""
        groups = len(self._instance.groups)
        sweeps, chains = budget.sweeps(groups), self._chains(budget.chains(groups))
        warmest = self._start(chains, sweeps)
        best = Best(chains)
        best.look(chains)
        ceiling = np.geomspace(max(warmest, COLDEST), COLDEST, chains.count) if chains.count > 1 else None
        cool(chains, best, self._soft(sweeps, warmest), self._told(0.3, 0.5, best), self._rng, ceiling)
        self._settle(chains, best, sweeps // 8, self._told(0.8, 0.1, best))
        return self._better_of(best.plan, first_fit(self._instance))

    def _start(self, chains: Chains, sweeps: int) -> float:
        """Place `chains` for the main cooling and return the temperature at which it begins."""
        if chains.groups < HUGE:
            chains.place(self._partitioned(chains.count))
            return WARMEST if chains.groups <= MANY_GROUPS else WARM_ENOUGH
        merged, allowed, into = coarsen(self._instance, self._allowed)
        outline = Search(merged, allowed, self._seed, self._progress)
        outline._scale, outline._price = self._scale, self._price
        melted = outline._chains(chains.count)
        melted.place(outline._partitioned(chains.count))
        best = Best(melted)
        order, load = SOFT_ORDER[0], 0.15 * self._price
        rough = Cooling(sweeps, (MELTING, COLDEST), (order, order), (load, 3 * load), resample=True, hasty=True)
        cool(melted, best, rough, self._told(0.05, 0.25, best), self._rng)
        chains.place(melted.assignments()[:, into])
        return COLDEST

    def _partitioned(self, count: int) -> Indices:
        """Return the waves (count, G) of ordered partitions, each from a seed of its own."""
        blocks = np.array([partition(self._instance, self._seed * 1_000 + n) for n in range(count)])
        return order_blocks(self._instance, self._allowed, blocks, self._rng)

    def _soft(self, sweeps: int, warmest: float) -> Cooling:
        """Return the cooling in which order rules and limits are dear, but not binding."""
        load, hasty = (0.15 * self._price, 2 * self._price), len(self._instance.groups) > MANY_GROUPS
        return Cooling(sweeps, (warmest, 0.3), SOFT_ORDER, load, resample=True, hasty=hasty)

    def warm(self, start: Indices, sweeps: int) -> Indices | None:
        """Return a clean plan (G) near `start` after a few cold sweeps, None if none was found."""
        chains = self._chains(1)
        chains.place(self._nearest_allowed(start)[None, :])
        best = Best(chains)
        self._settle(chains, best, sweeps, self._told(0.05, 0.85, best))
        return best.plan

    def improve(self, start: Indices, sweeps: int) -> Indices | None:
        """Return the best clean plan (G) found around `start` in a few chains, None if none was found."""
        groups = len(self._instance.groups)
        chains = self._chains(BUDGETS["fast"].chains(groups))
        chains.place(np.repeat(self._nearest_allowed(start)[None, :], chains.count, axis=0))
        best = Best(chains)
        best.look(chains)
        cool(chains, best, self._soft(sweeps, COLDEST), self._told(0.05, 0.7, best), self._rng)
        self._settle(chains, best, sweeps // 4, self._told(0.75, 0.2, best))
        return best.plan

    def _chains(self, count: int) -> Chains:
        standing = np.where(self._allowed, np.float32(0), NEVER).astype(np.float32)
        standing += np.asarray(self._instance.wished.standing / self._scale, np.float32)
        return Chains(self._instance, count, standing + self._moving_costs(), self._scale, self._rng)

    def _moving_costs(self) -> Singles:
        groups = len(self._instance.groups)
        if self._previous is None:
            return np.zeros((groups, self._instance.waves), np.float32)
        size = np.bincount(self._instance.of_asset, minlength=groups) * self._stability
        elsewhere = np.arange(self._instance.waves)[None, :] != self._previous[:, None]
        return np.asarray(size[:, None] * (elsewhere & (self._previous >= 0)[:, None]), np.float32)

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
            text = f"Best plan so far severs {100 * least * self._scale / self._total:.1f} % of the dependency weight"
        self._progress(self._start + self._span * share, text)
