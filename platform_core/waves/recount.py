"""The independent check of an assignment: every rule recounted from the assets, sharing nothing with the planner."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations

from platform_core.domain.waves import PlannedAsset, Portfolio, RuleKind, Rules, UnmetWish, Violation
from platform_core.errors import BadInput
from platform_core.waves.direct import direct_rules
from platform_core.waves.rulebook import Clause, alone, hard, sentences, wishes

ROUNDING = 1e-9
"""Relative error that adding up effort points may bring."""


def check(portfolio: Portfolio, rules: Rules, wave_of: Mapping[str, int]) -> tuple[Violation, ...]:
    """Return every rule that `wave_of` (asset id to wave, from 1) breaks, one sentence each; none means a clean plan.

    Meant for plans from anywhere: made here, moved by hand, or read back from a spreadsheet. Assets that are not in
    the portfolio are ignored. Raises BadInput when a rule names an application that the portfolio does not have.
    """
    return broken_rules(portfolio, hard(direct_rules(portfolio, rules)), wave_of)


def broken_rules(portfolio: Portfolio, rules: Rules, wave_of: Mapping[str, int]) -> tuple[Violation, ...]:
    """Return what `wave_of` breaks of direct `rules`, all of them taken as hard; see `check`."""
    recount = _Recount(portfolio, rules, wave_of)
    return (
        *recount.unplaced(),
        *recount.torn_apart(),
        *recount.together_again(),
        *recount.too_much_effort(),
        *recount.too_little_effort(),
        *recount.too_many_critical(),
        *recount.overworked_teams(),
        *recount.unfit_for_pilot(),
        *recount.off_stage(),
        *recount.out_of_order(),
        *recount.frozen(),
        *recount.off_their_pin(),
    )


def unmet_wishes(portfolio: Portfolio, rules: Rules, wave_of: Mapping[str, int]) -> tuple[UnmetWish, ...]:
    """Return the wishes among `rules` that `wave_of` does not keep, the dearest first."""
    rules = direct_rules(portfolio, rules)
    recount, found = _Recount(portfolio, rules, wave_of), []
    for clause, price in wishes(rules).items():
        broken = tuple(recount.broken(rules, clause))
        if broken:
            cost = price * sum(violation.amount for violation in broken)
            found.append(UnmetWish(rule=sentences(rules, [clause])[0], broken=broken, cost=cost))
    return tuple(sorted(found, key=lambda wish: (-wish.cost, wish.rule)))


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

    def broken(self, rules: Rules, clause: Clause) -> Iterator[Violation]:
        """Yield what is broken of one clause of `rules`."""
        self._rules = alone(rules, clause)
        finders = {
            RuleKind.CAPACITY: self.too_much_effort,
            RuleKind.FLOOR: self.too_little_effort,
            RuleKind.CRITICAL_CAP: self.too_many_critical,
            RuleKind.TEAM_CAP: self.overworked_teams,
            RuleKind.PILOT: self.unfit_for_pilot,
            RuleKind.STAGING: self.off_stage,
            RuleKind.TOGETHER: self.torn_apart,
            RuleKind.BOND: self.torn_apart,
            RuleKind.APART: self.together_again,
            RuleKind.ORDER: self.out_of_order,
            RuleKind.FROZEN: self.frozen,
            RuleKind.PIN: self.off_their_pin,
        }
        for violation in finders[clause.kind]():
            torn_application = clause.kind is RuleKind.TOGETHER and len(violation.applications) < 2
            if violation.kind is clause.kind and not torn_application:
                yield violation

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

        for bond in self._rules.bonds:
            waves = {wave for name in bond.applications for wave in self._waves_of(name)}
            if len(waves) > 1:
                text = f"{', '.join(bond.applications)} are in waves {_and(waves)} although {bond.why}."
                yield _broken(RuleKind.BOND, text, None, *bond.applications)

    def together_again(self) -> Iterator[Violation]:
        for names in self._rules.apart:
            for one, other in combinations(dict.fromkeys(names), 2):
                for wave in sorted(self._waves_of(one) & self._waves_of(other)):
                    yield _broken(RuleKind.APART, f"{one} and {other} share wave {wave}.", wave, one, other)

    def too_much_effort(self) -> Iterator[Violation]:
        load: dict[int, float] = defaultdict(float)
        for asset, wave in self._placed:
            load[wave] += asset.effort
        for wave, most in enumerate(self._rules.capacity, start=1):
            if _exceeds(load[wave], most):
                text = f"Wave {wave} holds {load[wave]:g} effort points, {load[wave] - most:g} above its {most:g}."
                yield _broken(RuleKind.CAPACITY, text, wave, amount=load[wave] - most)

    def too_little_effort(self) -> Iterator[Violation]:
        least = self._rules.smallest_wave
        if least <= 0:
            return
        load: dict[int, float] = defaultdict(float)
        for asset, wave in self._placed:
            load[wave] += asset.effort
        for wave in range(1, self._rules.waves + 1):
            if _exceeds(least, load[wave]):
                text = f"Wave {wave} holds {load[wave]:g} effort points; every wave holds at least {least:g}."
                yield _broken(RuleKind.FLOOR, text, wave, amount=least - load[wave])

    def too_many_critical(self) -> Iterator[Violation]:
        most = self._rules.max_critical_per_wave
        if most is None:
            return
        for wave, count in sorted(Counter(wave for asset, wave in self._placed if asset.critical).items()):
            if count > most:
                text = f"Wave {wave} moves {count} critical assets; at most {most} may move in a wave."
                yield _broken(RuleKind.CRITICAL_CAP, text, wave, amount=count - most)

    def overworked_teams(self) -> Iterator[Violation]:
        load: dict[tuple[int, str], float] = defaultdict(float)
        for asset, wave in self._placed:
            if asset.team in self._rules.team_capacity:
                load[wave, asset.team] += asset.effort
        for (wave, team), effort in sorted(load.items()):
            most = self._rules.team_capacity[team]
            if _exceeds(effort, most):
                text = f"{team or 'No team'} has {effort:g} effort points in wave {wave}, {effort - most:g} too many."
                yield _broken(RuleKind.TEAM_CAP, text, wave, amount=effort - most)

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
        if pilot.max_effort is not None:
            effort: dict[str, float] = defaultdict(float)
            for asset in self._assets:
                effort[_name(asset)] += asset.effort
            for asset, wave in self._placed:
                name = _name(asset)
                if wave in pilot.waves and _exceeds(effort[name], pilot.max_effort):
                    text = f"its effort of {effort[name]:g} points is above {pilot.max_effort:g}"
                    reasons.setdefault((wave, name), text)
        for (wave, name), reason in reasons.items():
            yield _broken(RuleKind.PILOT, f"{name} may not move in pilot wave {wave}: {reason}.", wave, name)

    def off_stage(self) -> Iterator[Violation]:
        until = self._rules.staging.until if self._rules.staging is not None else None
        if until is None:
            return
        production = {_name(asset) for asset in self._assets if asset.production}
        said = set()
        for asset, wave in self._placed:
            name = _name(asset)
            if (name in production) == (wave <= until) and (name, wave) not in said:
                said.add((name, wave))
                what, span = (
                    ("production", f"up to {until}") if name in production else ("no production", f"after {until}")
                )
                text = f"{name} is {what} and moves in wave {wave}, in the time {span} that is not for it."
                yield _broken(RuleKind.STAGING, text, wave, name)

    def out_of_order(self) -> Iterator[Violation]:
        for order in self._rules.order:
            before, after = self._waves_of(order.before), self._waves_of(order.after)
            if before and after and max(before) + order.strict > min(after):
                asked = "in an earlier wave than" if order.strict else "in the same wave as or before"
                text = f"{order.before} (wave {max(before)}) must move {asked} {order.after} (wave {min(after)})."
                off = max(before) + order.strict - min(after)
                yield _broken(RuleKind.ORDER, text, None, order.before, order.after, amount=off)

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


def _broken(kind: RuleKind, text: str, wave: int | None, *applications: str, amount: float = 1.0) -> Violation:
    return Violation(kind=kind, text=text, wave=wave, applications=applications, amount=amount)


def _name(asset: PlannedAsset) -> str:
    return asset.application or asset.asset_id


def _exceeds(load: float, most: float) -> bool:
    return load > most + ROUNDING * max(1.0, most)


def _and(waves: set[int]) -> str:
    *first, last = [str(wave) for wave in sorted(waves)]
    return f"{', '.join(first)} and {last}" if first else last
