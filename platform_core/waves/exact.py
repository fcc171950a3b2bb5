"""CP-SAT as judge: whether any plan can keep all rules, and what the best severs. Slow, but its word is proof."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np

from platform_core.waves.applications import Floats, Indices
from platform_core.waves.instance import Instance, Mask

WORK_LIMIT = 5.0
"""Deterministic seconds (CP-SAT's own machine-independent unit) for one question."""

LARGEST_MODEL = 60_000
"""Group-wave pairs above which the model is not built: memory and time no longer fit an interactive answer."""

LARGEST_PROOF, MOST_LINKS, PROOF_LIMIT = 40, 120, 1.0
"""Move groups and links up to which a least cut is looked for, and deterministic seconds spent: 20 dense or 40 sparse
groups are settled in that; beyond, the bound of `bounds` is the better one."""

WEIGHT_PARTS = 1_000_000_000
"""Into how many parts all links together are cut when weights are not whole numbers."""

PARTS = 1_000
"""Into how many parts effort points are cut when they are not whole numbers."""


class Verdict(StrEnum):
    """Whether a plan exists."""

    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"


def solve_exactly(instance: Instance, allowed: Mask) -> tuple[Verdict, Indices | None]:
    """Return whether a plan keeps all rules, and one if so (wave of each group, from 0).

    Fractional loads are rounded down and limits up, so that "impossible" is proof; a plan found so must be checked.
    The answer is the same at every call: one worker, a fixed seed, and a limit on work done instead of on time.
    """
    if int(allowed.sum()) > LARGEST_MODEL:
        return Verdict.UNKNOWN, None
    from ortools.sat.python import cp_model  # noqa: PLC0415  takes seconds to load and is needed for proofs only

    model = cp_model.CpModel()
    places = _kept_rules(model, instance, allowed)
    solver = _solver(cp_model.CpSolver(), WORK_LIMIT)
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return Verdict.IMPOSSIBLE, None
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Verdict.UNKNOWN, None
    return Verdict.POSSIBLE, _found(solver, places)


def least_cut(instance: Instance, allowed: Mask, hint: Indices) -> tuple[float, Indices] | None:
    """Return the least weight of links that a plan must sever, and a plan that does; None where it stays unproved.

    `hint` (G) is a plan to start from. Weights are rounded down to parts of the whole, so the least weight is a bound
    that no plan goes below, short of the truth by a billionth of all links each at most.
    """
    links = instance.links
    if len(instance.groups) > LARGEST_PROOF or len(links.weight) > MOST_LINKS or not links.total > 0:
        return None
    from ortools.sat.python import cp_model  # noqa: PLC0415  takes seconds to load and is needed for proofs only

    model = cp_model.CpModel()
    places = _kept_rules(model, instance, allowed)
    whole = bool((links.weight == np.floor(links.weight)).all())
    unit = 1.0 if whole else links.total / WEIGHT_PARTS
    cut = [model.new_bool_var("") for _ in links.weight]
    for severed, one, other in zip(cut, links.first.tolist(), links.second.tolist(), strict=True):
        for wave, here in places[one].items():
            model.add(severed >= here - places[other].get(wave, 0))
    parts = np.floor(links.weight / unit).astype(np.int64).tolist()
    model.minimize(sum(part * severed for part, severed in zip(parts, cut, strict=True)))
    for options, wave in zip(places, hint.tolist(), strict=True):
        for place, here in options.items():
            model.add_hint(here, place == wave)
    solver = _solver(cp_model.CpSolver(), PROOF_LIMIT)
    if solver.solve(model) != cp_model.OPTIMAL:
        return None
    return float(solver.best_objective_bound) * unit, _found(solver, places)


def _solver(solver: Any, limit: float) -> Any:
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = limit
    return solver


def _found(solver: Any, places: list[dict[int, Any]]) -> Indices:
    chosen = [next(wave for wave, here in options.items() if solver.boolean_value(here)) for options in places]
    return np.array(chosen, np.int64)


def _kept_rules(model: Any, instance: Instance, allowed: Mask) -> list[dict[int, Any]]:
    """State every rule in `model`; return for each group the variables that say in which wave it stands."""
    places = [
        {int(wave): model.new_bool_var("") for wave in np.flatnonzero(allowed[group])}
        for group in range(len(instance.groups))
    ]
    for options in places:
        model.add_exactly_one(options.values())
    wave_of = [sum(wave * here for wave, here in options.items()) for options in places]
    for before, after, strict in instance.order.tolist():
        model.add(wave_of[before] + strict <= wave_of[after])
    for one, other in instance.apart.tolist():
        for wave in places[one].keys() & places[other].keys():
            model.add_at_most_one([places[one][wave], places[other][wave]])
    everyone = np.arange(len(instance.groups))
    _fill(model, places, instance)
    _limit(model, places, everyone, instance.effort, instance.capacity)
    _limit(model, places, everyone, instance.critical, np.full(instance.waves, instance.critical_cap))
    for team, cap in enumerate(instance.team_cap):
        mine = instance.team == team
        _limit(model, places, instance.team_group[mine], instance.team_effort[mine], np.full(instance.waves, cap))
    return places


def _fill(model: Any, places: list[dict[int, Any]], instance: Instance) -> None:
    """Demand the smallest effort in every wave; loads are rounded up and the demand down."""
    if instance.smallest <= 0:
        return
    for wave in range(instance.waves):
        terms = [
            (int(np.ceil(amount * PARTS)), options[wave])
            for amount, options in zip(instance.effort.tolist(), places, strict=True)
            if amount > 0 and wave in options
        ]
        model.add(sum(amount * here for amount, here in terms) >= int(np.floor(instance.smallest * PARTS)))


def _limit(model: Any, places: list[dict[int, Any]], groups: Indices, load: Floats, limit: Floats) -> None:
    whole = bool((load == np.floor(load)).all())
    parts = 1 if whole else PARTS
    for wave in np.flatnonzero(np.isfinite(limit)).tolist():
        terms = [
            (int(np.floor(amount * parts)), places[group][wave])
            for group, amount in zip(groups.tolist(), load.tolist(), strict=True)
            if amount > 0 and wave in places[group]
        ]
        if terms:
            most = int(np.floor(limit[wave])) if whole else int(np.ceil(limit[wave] * parts))
            model.add(sum(amount * here for amount, here in terms) <= most)
