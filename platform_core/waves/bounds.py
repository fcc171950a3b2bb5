"""What must cross waves whatever the plan: lower bounds on the severed weight."""

from __future__ import annotations

import numpy as np

from platform_core.waves.applications import Floats
from platform_core.waves.instance import Instance, Mask

LARGEST_SPECTRUM = 2_500
"""Move groups up to which the dense eigenvalue problem is solved (cubic: some 2 CPU seconds at 1,700)."""


def lower_bound(instance: Instance, allowed: Mask) -> float:
    """Return a weight of links between groups that no plan can go below: the best of three proofs.

    `allowed` (G, W) is the result of `windows.narrow`.
    """
    if not len(instance.links.weight):
        return 0.0
    return max(_forced(instance, allowed), _by_room(instance), _by_spectrum(instance))


def _forced(instance: Instance, allowed: Mask) -> float:
    """Add up the links between groups that have no wave in common or stand in strict order."""
    links = instance.links
    apart = ~(allowed[links.first] & allowed[links.second]).any(axis=1)
    before, after, _ = instance.order[instance.order[:, 2] == 1].T
    count = len(instance.groups)
    ordered = np.minimum(before, after) * count + np.maximum(before, after)
    never = instance.apart[:, 0] * count + instance.apart[:, 1]
    apart |= np.isin(links.first * count + links.second, np.append(ordered, never))
    return float(links.weight[apart].sum())


def _by_room(instance: Instance) -> float:
    """Add up what each group must lose because its neighbours do not all fit beside it in the largest wave.

    Each link counts half for either end. A group keeps at most the fractional knapsack of its neighbours by weight
    per effort in the room that the largest wave leaves beside it.
    """
    links, most = instance.links, float(instance.capacity.max())
    if not np.isfinite(most):
        return 0.0
    one, other = np.append(links.first, links.second), np.append(links.second, links.first)
    half, size = np.append(links.weight, links.weight) / 2, instance.effort[other]
    best_first = np.lexsort((size / np.maximum(half, 1e-300), one))
    one, half, size = one[best_first], half[best_first], size[best_first]
    begins = np.searchsorted(one, one)
    taken = np.cumsum(size) - size
    room = np.maximum(0.0, most - instance.effort[one]) - (taken - taken[begins])
    kept = np.where(size > 0, np.clip(room / np.maximum(size, 1e-300), 0.0, 1.0), 1.0)
    return float((half * (1.0 - kept)).sum())


def _by_spectrum(instance: Instance) -> float:
    """Bound the cut by eigenvalues of the links' Laplacian and the capacities (Donath and Hoffman 1973).

    For waves that hold efforts m1 >= m2 >= … the cut is at least half the sum of mi times the i-th smallest
    eigenvalue of L x = lambda D x, D the efforts; the sum is least when the largest waves are filled first.
    """
    count, effort = len(instance.groups), instance.effort
    total = float(effort.sum())
    if count > LARGEST_SPECTRUM or total <= 0 or not np.isfinite(instance.capacity).all():
        return 0.0
    least = 1e-6 * total / count
    mass = np.maximum(effort, least)
    loads = _fill(np.sort(instance.capacity)[::-1] + float((mass - effort).sum()), float(mass.sum()))
    links = instance.links
    laplacian = np.zeros((count, count))
    np.add.at(laplacian, (links.first, links.second), -links.weight)
    laplacian += laplacian.T
    laplacian[np.diag_indices(count)] = -laplacian.sum(axis=1)
    root = np.sqrt(mass)
    values = np.linalg.eigvalsh(laplacian / root[:, None] / root[None, :])
    values = np.maximum(0.0, values - 1e-9 * float(values[-1]))[: len(loads)]
    return float((loads[: len(values)] * values).sum() / 2)


def _fill(capacity: Floats, total: float) -> Floats:
    before = np.cumsum(capacity) - capacity
    return np.clip(total - before, 0.0, capacity)
