"""Two plans made one: what both keep together stays so, and the search goes on over what they disagree about.

The combine operator of Sanders and Schulz (KaFFPaE, 2012), with annealing in place of their refinement. It finds
what moving single groups does not: the plans of several chains differ in how whole clumps of groups are shared out.
"""

from __future__ import annotations

import numpy as np

from platform_core.waves.anneal import Best, Cooling, Watch, cool, energies
from platform_core.waves.applications import Indices
from platform_core.waves.coarse import agreed
from platform_core.waves.ground import SOFT_ORDER, Ground

WARMTH = 2.5
"""Where the cooling of clumps starts, in link weights; 1.5 and 4 gave the same at 1,700 groups."""

MOST_CHAINS, CLUMPS = 8, 1_500
"""Chains of a crossing, and the clumps in all of them together beyond which there are fewer (two at least)."""

POLISH = (0.5, 0.1)
"""Temperatures at which the groups of a new plan settle one by one."""


def crossed(ground: Ground, plans: Indices, sweeps: int, rng: np.random.Generator, watch: Watch) -> Indices:
    """Return the plan (G) that is left when `plans` (plans, G) are crossed in pairs, round by round.

    Each crossing takes `sweeps` sweeps over clumps and half as many over groups; plans that are the same count once.
    """
    plans = np.unique(plans, axis=0)
    whole = max(1, len(plans) - 1)
    while len(plans) > 1:
        pairs, children = len(plans) // 2, []
        for number in range(pairs):
            told = _Standing(watch, 1 - (len(plans) - 1 - number) / whole)
            children.append(_child(ground, plans[2 * number : 2 * number + 2], sweeps, rng, told))
        polished = _polished(ground, np.array(children), sweeps // 2, rng, told)
        plans = np.concatenate([polished, plans[2 * pairs :]])
    return np.asarray(plans[0])


def _child(ground: Ground, parents: Indices, sweeps: int, rng: np.random.Generator, watch: Watch) -> Indices:
    """Return a plan (G) that costs no more than either of `parents` (2, G)."""
    into = agreed(ground.instance, parents)
    clumps = ground.merged(into)
    _, first = np.unique(into, return_index=True)
    count = 2 * max(1, min(MOST_CHAINS, CLUMPS // len(first)) // 2)
    chains, cooling = clumps.chains(count, rng), clumps.soft(sweeps, WARMTH)
    start = np.tile(parents[:, first], (count // 2, 1))
    chains.place(start)
    end = cooling.heat(sweeps - 1, np.full(count, np.inf))
    before = energies(chains, end)
    cool(chains, Best(chains), cooling, watch, rng)
    after = energies(chains, end)
    best = chains.assignments()[after.argmin()] if after.min() < before.min() else start[before.argmin()]
    return np.asarray(best[into])


def _polished(ground: Ground, plans: Indices, sweeps: int, rng: np.random.Generator, watch: Watch) -> Indices:
    """Return `plans` (plans, G) after their groups chose one by one."""
    chains = ground.chains(len(plans), rng)
    chains.place(plans)
    order, load = SOFT_ORDER[1], 2 * ground.price
    cool(chains, Best(chains), Cooling(sweeps, POLISH, (order, order), (load, load)), watch, rng)
    return chains.assignments()


class _Standing:
    """Hears of sweeps in the middle of a crossing and says how far all crossings are, so that a search can be ended."""

    def __init__(self, watch: Watch, share: float) -> None:
        self._watch, self._share = watch, share

    def __call__(self, _share: float, _least: float) -> None:
        self._watch(self._share, np.inf)
