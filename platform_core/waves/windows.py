"""Earliest and latest waves: what order rules leave of the waves that pilot, frozen and pin rules allow."""

from __future__ import annotations

from collections import deque

import numpy as np

from platform_core.waves.applications import Indices
from platform_core.waves.instance import EXACT, Instance, Mask


def narrow(instance: Instance) -> Mask:
    """Return the waves (G, W) that each group can take when order, pilot, frozen and pin rules all hold.

    A wave that cannot hold the group even alone is no option either. Bounds are pushed along the order rules until
    nothing changes. As every such rule is a bound between two groups or a set of waves for one, the earliest waves
    that remain keep all of them together, and so do the latest; a group without any wave means a conflict.
    """
    allowed = instance.allowed & _holding(instance)
    follows, precedes = _neighbours(instance)
    waiting = deque(range(len(instance.groups)))
    queued = np.ones(len(instance.groups), bool)
    while waiting:
        group = waiting.popleft()
        queued[group] = False
        open_waves = np.flatnonzero(allowed[group])
        if not len(open_waves):
            return allowed
        earliest, latest = int(open_waves[0]), int(open_waves[-1])
        for other, strict in follows[group]:
            _forbid(allowed, other, slice(0, earliest + strict), waiting, queued)
        for other, strict in precedes[group]:
            _forbid(allowed, other, slice(latest - strict + 1, None), waiting, queued)
    return allowed


def spans(instance: Instance) -> tuple[Indices, Indices]:
    """Return the first wave that what precedes leaves each group, and the last wave that what follows leaves it.

    What other rules forbid the group itself is left aside, so that the two can be told apart. The number of waves
    or more as first wave, or less than 0 as last, says that the others leave it none.
    """
    follows, precedes = _neighbours(instance)
    allowed = instance.allowed & _holding(instance)
    first = _first_waves(allowed, follows, precedes)
    return first, instance.waves - 1 - _first_waves(allowed[:, ::-1], precedes, follows)


def _first_waves(allowed: Mask, ahead: list[list[tuple[int, int]]], behind: list[list[tuple[int, int]]]) -> Indices:
    groups, waves = allowed.shape
    bounds, taken = np.zeros(groups, np.int64), np.full(groups, waves)
    missing = np.array([len(others) for others in behind])
    ready = deque(np.flatnonzero(missing == 0).tolist())
    while ready:
        group = ready.popleft()
        bounds[group] = max([0, *(int(taken[other]) + strict for other, strict in behind[group])])
        open_waves = np.flatnonzero(allowed[group, bounds[group] :])
        taken[group] = bounds[group] + int(open_waves[0]) if len(open_waves) else waves
        for other, _ in ahead[group]:
            missing[other] -= 1
            if missing[other] == 0:
                ready.append(other)
    return bounds


def keep_order(instance: Instance, allowed: Mask, wave: Indices, *, later: bool) -> Indices:
    """Return `wave` with groups moved later (or else earlier) just as far as the order rules demand.

    `allowed` is the result of `narrow` and every group must stand in one of its waves: then a wave that suits all
    order rules exists in the direction of the push.
    """
    settled = wave.copy()
    follows, precedes = _neighbours(instance)
    ahead, behind = (follows, precedes) if later else (precedes, follows)
    missing = np.array([len(others) for others in behind])
    ready = deque(np.flatnonzero(missing == 0).tolist())
    while ready:
        group = ready.popleft()
        settled[group] = _pushed(settled, allowed, group, behind[group], later=later)
        for other, _ in ahead[group]:
            missing[other] -= 1
            if missing[other] == 0:
                ready.append(other)
    return settled


def _holding(instance: Instance) -> Mask:
    """Return (G, W): whether the wave, otherwise empty, could hold the group."""
    groups = len(instance.groups)
    holding: Mask = instance.effort[:, None] <= instance.capacity[None, :] * (1 + EXACT)
    holding &= (instance.critical <= instance.critical_cap)[:, None]
    fits = instance.team_effort <= instance.team_cap[instance.team] * (1 + EXACT)
    holding &= (np.bincount(instance.team_group[~fits], minlength=groups) == 0)[:, None]
    return holding


def _pushed(settled: Indices, allowed: Mask, group: int, behind: list[tuple[int, int]], *, later: bool) -> int:
    open_waves = np.flatnonzero(allowed[group])
    if later:
        bound = max([int(settled[group]), *(int(settled[other]) + strict for other, strict in behind)])
        return int(open_waves[np.searchsorted(open_waves, bound)])
    bound = min([int(settled[group]), *(int(settled[other]) - strict for other, strict in behind)])
    return int(open_waves[np.searchsorted(open_waves, bound, side="right") - 1])


def _neighbours(instance: Instance) -> tuple[list[list[tuple[int, int]]], list[list[tuple[int, int]]]]:
    follows: list[list[tuple[int, int]]] = [[] for _ in instance.groups]
    precedes: list[list[tuple[int, int]]] = [[] for _ in instance.groups]
    for before, after, strict in instance.order.tolist():
        follows[before].append((after, strict))
        precedes[after].append((before, strict))
    return follows, precedes


def _forbid(allowed: Mask, group: int, waves: slice, waiting: deque[int], queued: Mask) -> None:
    if not allowed[group, waves].any():
        return
    allowed[group, waves] = False
    if not queued[group]:
        queued[group] = True
        waiting.append(group)
