"""What a search stands on: an instance, what its waves cost, and the units in which the search counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from platform_core.waves.anneal import Cooling
from platform_core.waves.applications import Indices, Singles
from platform_core.waves.chains import NEVER, Chains
from platform_core.waves.coarse import merge
from platform_core.waves.instance import Instance, Mask

MANY_GROUPS = 600
"""From so many move groups on calm groups are passed over (see `Cooling`); with fewer that costs more than it saves."""

SOFT_ORDER = (30.0, 300.0)
"""Price of an order rule while it may still be broken, in link weights a wave: at first and in the end."""


@dataclass(frozen=True)
class Ground:
    """An instance, the waves `allowed` (G, W) that rules leave, and the units of a search.

    `leaving` (G, W) is paid for leaving a former wave, in multiples of `scale`, the usual link weight; `price` is
    what an effort point above a capacity costs, in the same unit.
    """

    instance: Instance
    allowed: Mask
    leaving: Singles
    scale: float
    price: float

    @classmethod
    def of(cls, instance: Instance, allowed: Mask, previous: Indices | None, stability: float) -> Ground:
        """Return the ground of an instance; `previous` (G) = former waves, -1 where a group had none."""
        weights, effort = instance.links.weight, float(instance.effort.sum())
        scale = float(np.median(weights[weights > 0])) if (weights > 0).any() else 1.0
        linked = 2 * instance.links.total / scale
        price = linked / effort if linked > 0 and effort > 0 else 1.0
        return cls(instance, allowed, _leaving(instance, previous, stability), scale, price)

    def merged(self, into: Indices) -> Ground:
        """Return the ground on which group g is part of group `into[g]`, in the same units."""
        instance, allowed = merge(self.instance, self.allowed, into)
        leaving = np.zeros(allowed.shape, np.float32)
        np.add.at(leaving, into, self.leaving)
        return Ground(instance, allowed, leaving, self.scale, self.price)

    def chains(self, count: int, rng: np.random.Generator) -> Chains:
        """Return `count` chains whose groups still have to be placed."""
        standing = np.where(self.allowed, np.float32(0), NEVER).astype(np.float32)
        standing += np.asarray(self.instance.wished.standing / self.scale, np.float32)
        return Chains(self.instance, count, standing + self.leaving, self.scale, rng)

    def soft(self, sweeps: int, warmest: float) -> Cooling:
        """Return the cooling in which order rules and limits are dear, but not binding."""
        hasty = len(self.instance.groups) > MANY_GROUPS
        load = (0.15 * self.price, 2 * self.price)
        return Cooling(sweeps, (warmest, 0.3), SOFT_ORDER, load, resample=True, hasty=hasty)


def _leaving(instance: Instance, previous: Indices | None, stability: float) -> Singles:
    groups = len(instance.groups)
    if previous is None:
        return np.zeros((groups, instance.waves), np.float32)
    size = np.bincount(instance.of_asset, minlength=groups) * stability
    elsewhere = np.arange(instance.waves)[None, :] != previous[:, None]
    return np.asarray(size[:, None] * (elsewhere & (previous >= 0)[:, None]), np.float32)
