"""CP-SAT as judge of whether any plan can keep all rules: slow on large portfolios, but its word is proof."""

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
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = WORK_LIMIT
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return Verdict.IMPOSSIBLE, None
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Verdict.UNKNOWN, None
    found = [next(wave for wave, here in options.items() if solver.boolean_value(here)) for options in places]
    return Verdict.POSSIBLE, np.array(found, np.int64)


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
