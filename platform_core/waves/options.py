"""Why a group stands where it stands: for each wave the rules that forbid it, or what it would sever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

import numpy as np

from platform_core.domain.waves import MoveGroup, Order, Portfolio, Rules, WaveOption
from platform_core.errors import NotFound
from platform_core.waves.applications import Applications, Floats, Indices, add_up, read_applications
from platform_core.waves.direct import direct_rules
from platform_core.waves.foundation import severable
from platform_core.waves.instance import EXACT, Instance, build_instance, pilot_refuses
from platform_core.waves.rulebook import hard, order_sentence, pilot_sentence, staging_sentence


def options(portfolio: Portfolio, rules: Rules, wave_of: Mapping[str, int], application: str) -> tuple[WaveOption, ...]:
    """Return a row for each wave: what moving the group of `application` there would mean, all others staying.

    `forbidden_by` are the rules in the way (pin, frozen, pilot, order, effort, critical assets, team), in words; with
    none `cut_change` is the severed weight gained (+) or saved (-) against where the group stands now. A group
    torn over several waves counts as being where most of its assets are. Raises NotFound for an unknown name.
    """
    portfolio, rules = severable(portfolio, rules), direct_rules(portfolio, rules)
    applications = read_applications(portfolio)
    if application not in applications.index:
        raise NotFound(f"{application} is not in the portfolio.", hint="Choose an application from the plan.")
    instance = build_instance(applications, rules)
    where = _Surroundings(portfolio, hard(rules), instance, applications, wave_of)
    return where.options(int(instance.of_application[applications.index[application]]))


def options_of_groups(
    portfolio: Portfolio, rules: Rules, wave_of: Mapping[str, int], only: Set[str] | None = None
) -> Iterator[tuple[MoveGroup, tuple[WaveOption, ...]]]:
    """Yield every move group with what each wave would mean for it, all others staying; see `options`.

    With `only` those that hold one of these applications.
    """
    portfolio, rules = severable(portfolio, rules), direct_rules(portfolio, rules)
    applications = read_applications(portfolio)
    instance = build_instance(applications, rules)
    where = _Surroundings(portfolio, hard(rules), instance, applications, wave_of)
    for number, group in enumerate(instance.groups):
        if only is None or not only.isdisjoint(group.applications):
            yield group, where.options(number)


class _Surroundings:
    """All groups where they stand (-1: nowhere), seen from one group that may move."""

    def __init__(
        self,
        portfolio: Portfolio,
        rules: Rules,
        instance: Instance,
        applications: Applications,
        wave_of: Mapping[str, int],
    ) -> None:
        self._rules, self._instance, self._applications = rules, instance, applications
        self._numbers = {name: n for n, group in enumerate(instance.groups) for name in group.applications}
        self._of = instance.of_application
        self.wave = stands(portfolio, instance, wave_of)

    def options(self, group: int) -> tuple[WaveOption, ...]:
        """Return what each wave would mean for a group."""
        linked = self.linked(group)
        now = int(self.wave[group])
        stays = linked[now] if now >= 0 else 0.0
        return tuple(
            WaveOption(wave=wave + 1, forbidden_by=reasons, cut_change=None if reasons else float(stays - linked[wave]))
            for wave, reasons in enumerate(tuple(self.reasons(group, wave)) for wave in range(self._rules.waves))
        )

    def linked(self, group: int) -> Floats:
        """Return the weight of the group's links into each wave."""
        links = self._instance.links
        mine = (links.first == group) | (links.second == group)
        other = np.where(links.first == group, links.second, links.first)[mine]
        placed = self.wave[other] >= 0
        return add_up(links.weight[mine][placed], self.wave[other][placed], self._rules.waves)

    def reasons(self, group: int, wave: int) -> Iterator[str]:
        """Yield every rule that keeps `group` out of `wave`, in words."""
        yield from self._own_rules(group, wave)
        yield from self._order(group, wave)
        yield from self._apart(group, wave)
        yield from self._load(group, wave)

    def _own_rules(self, group: int, wave: int) -> Iterator[str]:
        names = set(self._instance.groups[group].applications)
        for pin in self._rules.pins:
            if pin.application in names and pin.wave != wave + 1:
                yield f"{pin.application} is pinned to wave {pin.wave}."
        for freeze in self._rules.frozen:
            for name in freeze.applications:
                if name in names and wave + 1 in freeze.waves:
                    yield f"{name} is frozen in wave {wave + 1}."
        pilot = self._rules.pilot
        if pilot is not None and wave + 1 in pilot.waves:
            inside = self._of == group
            if pilot_refuses(pilot, self._applications)[inside].any():
                yield pilot_sentence(pilot)
        staging = self._rules.staging
        if staging is not None and staging.until is not None:
            production = self._applications.production[self._of == group]
            if production.any() if wave < staging.until else not production.all():
                yield staging_sentence(staging)

    def _order(self, group: int, wave: int) -> Iterator[str]:
        for order in self._rules.order:
            before, after = self._numbers[order.before], self._numbers[order.after]
            if group not in (before, after):
                continue
            if before == after:
                if order.strict:
                    yield order_sentence(order)
                continue
            other = int(self.wave[after if group == before else before])
            late = wave + order.strict > other if group == before else other + order.strict > wave
            if other >= 0 and late:
                yield _with_wave(order, other, other_is_after=group == before)

    def _apart(self, group: int, wave: int) -> Iterator[str]:
        for one, other in self._instance.apart.tolist():
            partner = other if one == group else one
            if group in (one, other) and self.wave[partner] == wave:
                name = self._instance.groups[partner].name
                yield f"It may not share a wave with {name}, which is in wave {wave + 1}."
        for names in self._rules.apart:
            if len(set(names) & set(self._instance.groups[group].applications)) > 1:
                yield f"{', '.join(names)} may not share a wave but travel as one."

    def _load(self, group: int, wave: int) -> Iterator[str]:
        it = self._instance
        others = (self.wave == wave) & (np.arange(len(self.wave)) != group)
        here = int(self.wave[group])
        if here not in (-1, wave) and it.smallest > 0:
            left = float(it.effort[self.wave == here].sum() - it.effort[group])
            if left < it.smallest - EXACT * it.smallest:
                yield f"Wave {here + 1} would be left with {left:g} effort points; it holds at least {it.smallest:g}."
        room = float(it.capacity[wave] - it.effort[others].sum())
        if it.effort[group] > room + EXACT * max(1.0, it.capacity[wave]):
            yield f"Wave {wave + 1} lacks {it.effort[group] - room:g} effort points of room."
        spare = it.critical_cap - it.critical[others].sum()
        if it.critical[group] > spare:
            yield f"Wave {wave + 1} would move {it.critical[group] - spare:g} critical assets too many."
        for entry in np.flatnonzero(it.team_group == group):
            team = it.team[entry]
            same = (it.team == team) & others[it.team_group]
            room = float(it.team_cap[team] - it.team_effort[same].sum())
            if it.team_effort[entry] > room + EXACT * max(1.0, it.team_cap[team]):
                short = it.team_effort[entry] - room
                yield f"{it.teams[team] or 'No team'} lacks {short:g} effort points in wave {wave + 1}."


def stands(portfolio: Portfolio, instance: Instance, wave_of: Mapping[str, int]) -> Indices:
    """Return the wave (from 0) in which most assets of each group are, the earliest of equals, -1 for none."""
    asked = [wave_of.get(asset.asset_id, 0) for asset in portfolio.assets]
    wave = np.array([wave if 1 <= wave <= instance.waves else 0 for wave in asked], np.int64)
    votes = np.zeros((len(instance.groups), instance.waves + 1), np.int64)
    np.add.at(votes, (instance.of_asset, wave), 1)
    placed = votes[:, 1:]
    return np.where(placed.any(axis=1), placed.argmax(axis=1), -1)


def _with_wave(order: Order, other: int, *, other_is_after: bool) -> str:
    name = order.after if other_is_after else order.before
    return f"{order_sentence(order)[:-1]}, and {name} is in wave {other + 1}."
