"""Move groups too large for every wave, and the cut that parts them at the least severed weight."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from platform_core.domain.base import silent
from platform_core.domain.waves import Rules, Split
from platform_core.waves.applications import Applications, Edges, Indices
from platform_core.waves.budgets import BUDGETS
from platform_core.waves.instance import EXACT, Instance, build_instance
from platform_core.waves.search import Search
from platform_core.waves.windows import narrow

MORE_PARTS = 2
"""Parts tried beyond those that the effort needs: large applications may not pack into fewer."""


def splits(applications: Applications, instance: Instance) -> Iterator[Split]:
    """Yield every move group of `instance` that no wave can hold, with its best cut into as few parts as fit."""
    room = float(instance.capacity.max()) if len(instance.capacity) else np.inf
    for number in np.flatnonzero(instance.effort > room * (1 + EXACT)).tolist():
        group = instance.groups[number]
        inside = np.flatnonzero(instance.of_application == number)
        parts, severed = _best_cut(_only(applications, inside), room)
        yield Split(
            group=group.name,
            reasons=group.reasons,
            effort=float(instance.effort[number]),
            room=room,
            parts=parts,
            severed=severed,
        )


def _best_cut(inside: Applications, room: float) -> tuple[tuple[tuple[str, ...], ...], float]:
    """Return the parts, by name, and the weight between them; no parts when one application alone is too large."""
    if not room > 0 or bool((inside.effort > room * (1 + EXACT)).any()):
        return (), 0.0
    fewest = math.ceil(float(inside.effort.sum()) / room - EXACT)
    for count in range(max(2, fewest), fewest + MORE_PARTS + 1):
        instance = build_instance(inside, Rules(waves=count, capacity=(room,) * count))
        wave = Search(instance, narrow(instance), 0, silent).cold(BUDGETS["fast"])
        if wave is not None:
            parts = [_names(instance, wave, part) for part in range(count)]
            return tuple(sorted(part for part in parts if part)), instance.cut(wave)
    return (), 0.0


def _names(instance: Instance, wave: Indices, part: int) -> tuple[str, ...]:
    return tuple(instance.groups[group].name for group in np.flatnonzero(wave == part).tolist())


def _only(applications: Applications, kept: Indices) -> Applications:
    """Return nothing but the applications `kept`, with the links among them."""
    place = np.full(len(applications.names), -1)
    place[kept] = np.arange(len(kept))
    names = tuple(applications.names[number] for number in kept.tolist())
    links, team = applications.links, place[applications.team_application] >= 0
    first, second = place[links.first], place[links.second]
    inner = (first >= 0) & (second >= 0)
    return replace(
        applications,
        names=names,
        index={name: number for number, name in enumerate(names)},
        of_asset=np.zeros(0, np.int64),
        effort=applications.effort[kept],
        critical=applications.critical[kept],
        risk=applications.risk[kept],
        exposure=applications.exposure[kept],
        production=applications.production[kept],
        foundation=applications.foundation[kept],
        team_application=place[applications.team_application[team]],
        team=applications.team[team],
        team_effort=applications.team_effort[team],
        links=Edges(first[inner], second[inner], links.weight[inner]),
    )
