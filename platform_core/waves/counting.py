"""Proof by counting that no plan exists: a group without a wave, or more load than a span of waves holds."""

from __future__ import annotations

import numpy as np

from platform_core.waves.applications import Floats, Indices, add_up
from platform_core.waves.instance import EXACT, Instance, Mask
from platform_core.waves.windows import narrow


def impossible(instance: Instance, allowed: Mask | None = None) -> bool:
    """Tell whether counting alone shows that no plan keeps all rules; False proves nothing.

    For every span of waves, the groups that can move nowhere else are added up and compared with what the span
    holds: effort points, critical assets, and the effort of each capped team. `allowed` is the result of `narrow`.
    """
    if not len(instance.groups):
        return False
    allowed = narrow(instance) if allowed is None else allowed
    if not allowed.any(axis=1).all():
        return True
    if instance.smallest * instance.waves > float(instance.effort.sum()) * (1 + EXACT) + EXACT:
        return True
    waves = instance.waves
    earliest, latest = allowed.argmax(1), waves - 1 - allowed[:, ::-1].argmax(1)
    if _overfull(earliest, latest, instance.effort, instance.capacity):
        return True
    if _overfull(earliest, latest, instance.critical, np.full(waves, instance.critical_cap)):
        return True
    for team, cap in enumerate(instance.team_cap):
        mine = instance.team == team
        of = instance.team_group[mine]
        if _overfull(earliest[of], latest[of], instance.team_effort[mine], np.full(waves, cap)):
            return True
    return False


def _overfull(earliest: Indices, latest: Indices, load: Floats, limit: Floats) -> bool:
    if not np.isfinite(limit).any():
        return False
    waves = len(limit)
    inside = add_up(load, earliest * waves + latest, waves * waves).reshape(waves, waves)
    inside = np.cumsum(np.cumsum(inside[::-1], axis=0)[::-1], axis=1)
    bounded = np.where(np.isfinite(limit), limit, load.sum() + 1.0)
    upto = np.append(0.0, np.cumsum(bounded))
    room = upto[None, 1:] - upto[:-1, None]
    return bool((np.triu(inside) > np.triu(room) + EXACT * (1.0 + np.abs(np.triu(room)))).any())
