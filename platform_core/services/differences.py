"""What stands in another wave of another scenario, group by group, each with the reason that is computed for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from platform_core import waves
from platform_core.domain.base import Frozen
from platform_core.domain.waves import WaveOption
from platform_core.services.arrangements import Arrangement, arrangement
from platform_core.store import UnitOfWork
from platform_core.store.models import PlacementRow

SAME = 0.05
"""Severed weights that differ by less are the same."""


class MovedGroup(Frozen):
    """What stands as one in another wave of the other scenario; None where it is not in that one.

    `reason` says which rule, room or weight holds it here, or that none does.
    """

    group: str
    applications: tuple[str, ...]
    wave: int | None
    other_wave: int | None
    assets: int
    reason: str


@dataclass(frozen=True)
class Scenario:
    """A scenario on the portfolio of now: where everything stands, and why something is left out."""

    name: str
    placed: Mapping[str, PlacementRow]
    left_out: Mapping[str, str]
    current: Arrangement

    def wave(self, application: str) -> int | None:
        """Return the wave of an application, None where it is in none."""
        row = self.placed.get(application)
        return row.wave if row is not None else None


def scenario(work: UnitOfWork, plan_id: int) -> Scenario:
    """Return a stored plan to be compared. Call inside an open block of `work`; raises NotFound."""
    row = work.plans.get(plan_id)
    placed = {line.application: line for line in work.plans.placements(plan_id)}
    return Scenario(row.name, placed, row.left_out, arrangement(work, plan_id))


def moved_groups(here: Scenario, there: Scenario) -> tuple[MovedGroup, ...]:
    """Return what stands elsewhere in the other scenario, the largest first."""
    parts: dict[tuple[str, int | None, int | None], list[str]] = defaultdict(list)
    for name in sorted(here.placed.keys() | there.placed.keys()):
        ours, theirs = here.wave(name), there.wave(name)
        if ours != theirs:
            row = here.placed.get(name) or there.placed[name]
            parts[row.move_group, ours, theirs].append(name)
    names = [names[0] for names in parts.values()]
    ours_may, theirs_may = _options(here, names), _options(there, names)
    found = []
    for (group, ours, theirs), members in parts.items():
        first = members[0]
        rows = [here.placed.get(name) or there.placed[name] for name in members]
        found.append(
            MovedGroup(
                group=group,
                applications=tuple(members),
                wave=ours,
                other_wave=theirs,
                assets=sum(row.assets for row in rows),
                reason=next(_reasons(here, there, first, ours_may.get(first, ()), theirs_may.get(first, ()))),
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.assets, each.group)))


def _options(scenario: Scenario, names: list[str]) -> dict[str, tuple[WaveOption, ...]]:
    """Return what each wave would mean for the group of each application, all others staying."""
    current = scenario.current
    everything = current.planned.portfolio
    wanted = set(names) & {asset.application for asset in everything.assets}
    found: dict[str, tuple[WaveOption, ...]] = {}
    for group, options in waves.options_of_groups(everything, current.rules, current.wave_of, wanted):
        found |= {name: options for name in group.applications if name in wanted}
    return found


def _reasons(
    here: Scenario, there: Scenario, name: str, ours_may: tuple[WaveOption, ...], theirs_may: tuple[WaveOption, ...]
) -> Iterator[str]:
    """Yield what holds an application in its wave here instead of that of the other scenario, what binds most first."""
    ours, theirs = here.wave(name), there.wave(name)
    if ours is None or theirs is None:
        absent = here if ours is None else there
        yield f"In no wave of {absent.name}: {absent.left_out.get(name, 'it is not in it')}."
        return
    if here.placed[name].by_hand or there.placed[name].by_hand:
        yield f"Placed by hand in {here.name if here.placed[name].by_hand else there.name}."
    at_theirs, at_ours = _at(ours_may, theirs), _at(theirs_may, ours)
    if at_theirs is None:
        yield f"{here.name} has no wave {theirs}."
    elif at_theirs.forbidden_by:
        yield f"Wave {theirs} of {here.name} is closed to it: {' '.join(at_theirs.forbidden_by)}"
    if at_ours is None:
        yield f"{there.name} has no wave {ours}."
    elif at_ours.forbidden_by:
        yield f"Wave {ours} of {there.name} is closed to it: {' '.join(at_ours.forbidden_by)}"
    more = at_theirs.cut_change if at_theirs and at_theirs.cut_change else 0.0
    if more > SAME:
        yield f"Wave {theirs} of {here.name} would sever {more:,.1f} more."
    other = at_ours.cut_change if at_ours and at_ours.cut_change else 0.0
    if other > SAME:
        yield f"Wave {ours} of {there.name} would sever {other:,.1f} more."
    less = f"{-more:,.1f} less" if more < -SAME else "as much"
    yield f"No rule closes wave {theirs} of {here.name} to it, and it would sever {less}."


def _at(options: tuple[WaveOption, ...], wave: int) -> WaveOption | None:
    return next((option for option in options if option.wave == wave), None)
