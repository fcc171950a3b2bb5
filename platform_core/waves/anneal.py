"""The schedule by which chains are cooled, the best ones multiplied, and rules made binding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from platform_core.waves.applications import Floats, Indices
from platform_core.waves.chains import NEVER, Chains, Heat

BINDING = 1e4
"""Price of an order rule that may no longer be broken, in link weights a wave."""

CLEAN = 1e-6
"""What of a chain's breaches counts as none: loads are already compared with their own rounding error."""

LOOK_EVERY = 5
"""Sweeps between two looks at whether a chain holds a better plan."""

RESAMPLINGS = 20
"""How often during a cooling the worst quarter of the chains is replaced by copies of the best."""

Watch = Callable[[float, float], None]
"""Called with the share of the sweeps done (0..1) and the least severed weight of a clean plan (inf: none yet)."""


@dataclass(frozen=True)
class Cooling:
    """A run of sweeps in which each figure goes from its first to its second value in equal ratios.

    `resample` multiplies the best chains; `hasty` passes over groups that have long kept their wave (see `Chains`).
    """

    sweeps: int
    temperature: tuple[float, float]
    order: tuple[float, float]
    load: tuple[float, float]
    resample: bool = False
    hasty: bool = False

    def heat(self, sweep: int, ceiling: Floats) -> Heat:
        """Return the heat of one sweep; no chain gets hotter than its `ceiling`."""
        done = sweep / max(1, self.sweeps - 1)
        temperature = np.minimum(ceiling, _between(self.temperature, done)).astype(np.float32)
        return Heat(temperature, _between(self.order, done), _between(self.load, done), self.hasty)


class Best:
    """The clean plan with the least severed weight and standing cost that each chain has come by.

    `closest` is, of all assignments seen, the one that breaks the rules least.
    """

    def __init__(self, chains: Chains) -> None:
        self.cost = np.full(chains.count, np.inf)
        self.wave = np.zeros((chains.count, chains.groups), np.int64)
        self.closest = self.wave[0]
        self._least_broken = np.inf

    def look(self, chains: Chains) -> None:
        """Keep what is better than before."""
        cost = chains.cuts() + chains.standing_costs()
        broken = chains.waves_off_order() + chains.overloads() + np.floor(chains.standing_costs() / (NEVER / 2))
        better = (broken <= CLEAN) & (cost < self.cost)
        if better.any():
            self.cost[better] = cost[better]
            self.wave[better] = chains.assignments()[better]
        if broken.min() < self._least_broken:
            self._least_broken = float(broken.min())
            self.closest = chains.assignments()[int(broken.argmin())]

    @property
    def least(self) -> float:
        """The least cost of all chains, inf while none is clean."""
        return float(self.cost.min())

    @property
    def plan(self) -> Indices | None:
        """The best chain's waves (G), None while none is clean."""
        return self.wave[int(self.cost.argmin())] if np.isfinite(self.least) else None


def cool(
    chains: Chains, best: Best, cooling: Cooling, watch: Watch, rng: np.random.Generator, ceiling: Floats | None = None
) -> None:
    """Run `cooling` on all chains and note the clean plans on the way in `best`.

    A plan that costs nothing ends it early. `ceiling` keeps chains from getting hotter than a temperature of their
    own; chains are resampled only once all have the same temperature, otherwise the cold ones would always win.
    """
    highest = np.full(chains.count, np.inf) if ceiling is None else ceiling
    every = max(1, cooling.sweeps // RESAMPLINGS)
    for sweep in range(cooling.sweeps):
        heat = cooling.heat(sweep, highest)
        chains.sweep(heat)
        if sweep % LOOK_EVERY == LOOK_EVERY - 1 or sweep == cooling.sweeps - 1:
            best.look(chains)
            watch((sweep + 1) / cooling.sweeps, best.least)
        if best.least <= 0.0:
            return
        even = float(np.ptp(heat.temperature)) == 0.0 and chains.count > 1
        if cooling.resample and even and sweep % every == every - 1 and sweep < 0.9 * cooling.sweeps:
            _resample(chains, heat, rng)


def energies(chains: Chains, heat: Heat) -> Floats:
    """Return what each chain costs, broken rules at the prices of `heat`, in link weights."""
    cost = chains.cuts() + chains.standing_costs()
    return np.asarray(cost + heat.order * chains.waves_off_order() + heat.load * chains.overloads())


def _resample(chains: Chains, heat: Heat, rng: np.random.Generator) -> None:
    ranking = np.argsort(energies(chains, heat), kind="stable")
    few = max(1, chains.count // 4)
    wave = chains.assignments()
    wave[ranking[-few:]] = wave[rng.permutation(ranking[:few])]
    chains.place(wave)


def _between(ends: tuple[float, float], done: float) -> float:
    return float(ends[0] * (ends[1] / ends[0]) ** done)
