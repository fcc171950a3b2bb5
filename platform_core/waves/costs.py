"""What an assignment of move groups costs besides what it severs, and whether it keeps every rule."""

from __future__ import annotations

import numpy as np

from platform_core.waves.anneal import CLEAN
from platform_core.waves.applications import Indices
from platform_core.waves.chains import ramps
from platform_core.waves.instance import Instance, Mask
from platform_core.waves.pools import Pools


def wish_cost(instance: Instance, wave: Indices) -> float:
    """Return what `wave` (G, from 0) pays for wishes and objectives, in link weights."""
    wished = instance.wished
    cost = float(wished.standing[np.arange(len(wave)), wave].sum())
    pairs = wished.pairs
    cost += float((ramps(instance.waves)[pairs.kind, wave[pairs.first], wave[pairs.second]] * pairs.price).sum())
    if wished.limits is not None:
        pools = Pools(instance.limited(wished.limits), 1)
        pools.fill(wave)
        cost += wished.limits.price * float(pools.overloads()[0])
    return cost


def keeps_all(instance: Instance, allowed: Mask, wave: Indices) -> bool:
    """Tell whether `wave` (G, from 0) keeps every rule of `instance`."""
    before, after, strict = instance.order.T
    if (wave[before] + strict > wave[after]).any() or not allowed[np.arange(len(wave)), wave].all():
        return False
    one, other = instance.apart.T
    if (wave[one] == wave[other]).any():
        return False
    pools = Pools(instance, 1)
    pools.fill(wave)
    return float(pools.overloads()[0]) <= CLEAN
