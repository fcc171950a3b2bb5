"""The independent check of an assignment: every rule recounted from the assets, sharing nothing with the planner."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from platform_core.domain.waves import PlannedAsset, Portfolio, RuleKind, Rules, Violation
from platform_core.errors import BadInput

ROUNDING = 1e-9
"""Relative error that adding up effort points may bring."""


def check(portfolio: Portfolio, rules: Rules, wave_of: Mapping[str, int]) -> tuple[Violation, ...]:
    """Return every rule that `wave_of` (asset id to wave, from 1) breaks, one sentence each; none means a clean plan.

    Meant for plans from anywhere: made here, moved by hand, or read back from a spreadsheet. Assets that are not in
    the portfolio are ignored. Raises BadInput when a rule names an application that the portfolio does not have.
    """
    recount = _Recount(portfolio, rules, wave_of)
    return (
        *recount.unplaced(),
        *recount.torn_apart(),
        *recount.too_much_effort(),
        *recount.too_many_critical(),
        *recount.overworked_teams(),
        *recount.unfit_for_pilot(),
        *recount.out_of_order(),
        *recount.frozen(),
        *recount.off_their_pin(),
    )


class _Recount:
    def __init__(self, portfolio: Portfolio, rules: Rules, wave_of: Mapping[str, int]) -> None:
        self._assets, self._rules, self._wave_of = portfolio.assets, rules, wave_of
        self._placed = [(asset, wave_of[asset.asset_id]) for asset in self._assets if asset.asset_id in wave_of]
        self._waves: dict[str, set[int]] = defaultdict(set)
        loose: dict[str, set[int]] = {}
        for asset in self._assets:
            wave = {wave_of[asset.asset_id]} if asset.asset_id in wave_of else set()
            if asset.application:
                self._waves[asset.application] |= wave
            else:
                loose[asset.asset_id] = wave
        self._waves = {**loose, **self._waves}

    def _waves_of(self, application: str) -> set[int]:
        if application not in self._waves:
            raise BadInput(
                f"The rules name {application}, which the portfolio does not have.",
                hint="Correct the name or take the rule out.",
            )
        return self._waves[application]

    def unplaced(self) -> Iterator[Violation]:
        for asset in self._assets:
            wave = self._wave_of.get(asset.asset_id)
            if wave is None:
                yield _broken(RuleKind.COMPLETE, f"{asset.asset_id} is in no wave.", None, _name(asset))
            elif not 1 <= wave <= self._rules.waves:
                text = f"{asset.asset_id} is in wave {wave}, but the plan has waves 1 to {self._rules.waves}."
                yield _broken(RuleKind.COMPLETE, text, wave, _name(asset))

    def torn_apart(self) -> Iterator[Violation]:
        for application, waves in self._waves.items():
            if len(waves) > 1:
                text = f"The assets of {application} are split over waves {_and(waves)}."
                yield _broken(RuleKind.TOGETHER, text, None, application)
        for names in self._rules.together:
            waves = {wave for name in names for wave in self._waves_of(name)}
            if len(waves) > 1:
                text = f"{', '.join(names)} must move together but are in waves {_and(waves)}."
                yield _broken(RuleKind.TOGETHER, text, None, *names)

    def too_much_effort(self) -> Iterator[Violation]:
        load: dict[int, float] = defaultdict(float)
        for asset, wave in self._placed:
            load[wave] += asset.effort
        for wave, most in enumerate(self._rules.capacity, start=1):
            if _exceeds(load[wave], most):
                text = f"Wave {wave} holds {load[wave]:g} effort points, {load[wave] - most:g} above its {most:g}."
                yield _broken(RuleKind.CAPACITY, text, wave)

    def too_many_critical(self) -> Iterator[Violation]:
        most = self._rules.max_critical_per_wave
        if most is None:
            return
        for wave, count in sorted(Counter(wave for asset, wave in self._placed if asset.critical).items()):
            if count > most:
                text = f"Wave {wave} moves {count} critical assets; at most {most} may move in a wave."
                yield _broken(RuleKind.CRITICAL_CAP, text, wave)

    def overworked_teams(self) -> Iterator[Violation]:
        load: dict[tuple[int, str], float] = defaultdict(float)
        for asset, wave in self._placed:
            if asset.team in self._rules.team_capacity:
                load[wave, asset.team] += asset.effort
        for (wave, team), effort in sorted(load.items()):
            most = self._rules.team_capacity[team]
            if _exceeds(effort, most):
                text = f"{team or 'No team'} has {effort:g} effort points in wave {wave}, {effort - most:g} too many."
                yield _broken(RuleKind.TEAM_CAP, text, wave)

    def unfit_for_pilot(self) -> Iterator[Violation]:
        pilot = self._rules.pilot
        if pilot is None:
            return
        reasons: dict[tuple[int, str], str] = {}
        for asset, wave in self._placed:
            if wave not in pilot.waves:
                continue
            if asset.risk > pilot.max_risk:
                reasons[wave, _name(asset)] = f"its risk of {asset.risk:g} is above {pilot.max_risk:g}"
            elif asset.critical and not pilot.critical_allowed:
                reasons.setdefault((wave, _name(asset)), "it has critical assets")
        for (wave, name), reason in reasons.items():
            yield _broken(RuleKind.PILOT, f"{name} may not move in pilot wave {wave}: {reason}.", wave, name)

    def out_of_order(self) -> Iterator[Violation]:
        for order in self._rules.order:
            before, after = self._waves_of(order.before), self._waves_of(order.after)
            if before and after and max(before) + order.strict > min(after):
                asked = "in an earlier wave than" if order.strict else "in the same wave as or before"
                text = f"{order.before} (wave {max(before)}) must move {asked} {order.after} (wave {min(after)})."
                yield _broken(RuleKind.ORDER, text, None, order.before, order.after)

    def frozen(self) -> Iterator[Violation]:
        for freeze in self._rules.frozen:
            for name in freeze.applications:
                for wave in sorted(self._waves_of(name) & set(freeze.waves)):
                    yield _broken(RuleKind.FROZEN, f"{name} is frozen in wave {wave}.", wave, name)

    def off_their_pin(self) -> Iterator[Violation]:
        for pin in self._rules.pins:
            waves = self._waves_of(pin.application)
            if waves and waves != {pin.wave}:
                text = f"{pin.application} is pinned to wave {pin.wave} but is in wave {_and(waves)}."
                yield _broken(RuleKind.PIN, text, pin.wave, pin.application)


def _broken(kind: RuleKind, text: str, wave: int | None, *applications: str) -> Violation:
    return Violation(kind=kind, text=text, wave=wave, applications=applications)


def _name(asset: PlannedAsset) -> str:
    return asset.application or asset.asset_id


def _exceeds(load: float, most: float) -> bool:
    return load > most + ROUNDING * max(1.0, most)


def _and(waves: set[int]) -> str:
    *first, last = [str(wave) for wave in sorted(waves)]
    return f"{', '.join(first)} and {last}" if first else last
