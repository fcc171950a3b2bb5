"""Rules taken apart into single clauses, each with its sentence, and put together again from some of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from platform_core.domain.waves import Freeze, Order, Pilot, RuleKind, Rules, Staging

NAMES_SHOWN = 4
"""Applications named in a sentence before the rest is counted."""


@dataclass(frozen=True, order=True)
class Clause:
    """One rule of a rule set: `place` is its index in its list (waves and list entries from 0, teams by name)."""

    kind: RuleKind
    place: int = 0


def clauses(rules: Rules) -> list[Clause]:
    """Return every single rule that `rules` hold; the capacity of each wave is a rule of its own."""
    counts = {
        RuleKind.CAPACITY: len(rules.capacity),
        RuleKind.FLOOR: int(rules.smallest_wave > 0),
        RuleKind.CRITICAL_CAP: int(rules.max_critical_per_wave is not None),
        RuleKind.TEAM_CAP: len(rules.team_capacity),
        RuleKind.PILOT: int(rules.pilot is not None),
        RuleKind.STAGING: int(rules.staging is not None),
        RuleKind.TOGETHER: len(rules.together),
        RuleKind.BOND: len(rules.bonds),
        RuleKind.APART: len(rules.apart),
        RuleKind.ORDER: len(rules.order),
        RuleKind.FROZEN: len(rules.frozen),
        RuleKind.PIN: len(rules.pins),
    }
    return [Clause(kind, place) for kind, count in counts.items() for place in range(count)]


def wishes(rules: Rules) -> dict[Clause, float]:
    """Return the price of each clause that is a wish; a wish about a rule that is not there says nothing."""
    known = set(clauses(rules))
    priced = {Clause(wish.kind, wish.place): wish.price for wish in rules.wishes}
    return {clause: price for clause, price in priced.items() if clause in known}


def hard(rules: Rules) -> Rules:
    """Return `rules` without its wishes."""
    return only(rules, hard_clauses(rules)) if rules.wishes else rules


def hard_clauses(rules: Rules) -> list[Clause]:
    """Return the clauses of `rules` that are no wishes."""
    wished = wishes(rules)
    return [clause for clause in clauses(rules) if clause not in wished]


def named_in(rules: Rules, clause: Clause) -> tuple[str, ...] | None:
    """Return the applications that a clause is about, None for one that is about all."""
    place = clause.place
    if clause.kind is RuleKind.PIN:
        return (rules.pins[place].application,)
    if clause.kind is RuleKind.ORDER:
        return (rules.order[place].before, rules.order[place].after)
    if clause.kind is RuleKind.TOGETHER:
        return rules.together[place]
    if clause.kind is RuleKind.BOND:
        return rules.bonds[place].applications
    if clause.kind is RuleKind.APART:
        return rules.apart[place]
    return rules.frozen[place].applications if clause.kind is RuleKind.FROZEN else None


def only(rules: Rules, kept: Iterable[Clause]) -> Rules:
    """Return `rules` with nothing but the clauses in `kept`, all hard; a capacity left out no longer binds."""
    chosen = set(kept)

    def has(kind: RuleKind, place: int = 0) -> bool:
        return Clause(kind, place) in chosen

    def those(kind: RuleKind, listed: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(rule for place, rule in enumerate(listed) if has(kind, place))

    capacity = tuple(c if has(RuleKind.CAPACITY, n) else float("inf") for n, c in enumerate(rules.capacity))
    teams = {
        team: rules.team_capacity[team]
        for n, team in enumerate(sorted(rules.team_capacity))
        if has(RuleKind.TEAM_CAP, n)
    }
    return rules.model_copy(
        update={
            "capacity": capacity,
            "smallest_wave": rules.smallest_wave if has(RuleKind.FLOOR) else 0.0,
            "max_critical_per_wave": rules.max_critical_per_wave if has(RuleKind.CRITICAL_CAP) else None,
            "team_capacity": teams,
            "pilot": rules.pilot if has(RuleKind.PILOT) else None,
            "staging": rules.staging if has(RuleKind.STAGING) else None,
            "together": those(RuleKind.TOGETHER, rules.together),
            "bonds": those(RuleKind.BOND, rules.bonds),
            "apart": those(RuleKind.APART, rules.apart),
            "order": those(RuleKind.ORDER, rules.order),
            "frozen": those(RuleKind.FROZEN, rules.frozen),
            "pins": those(RuleKind.PIN, rules.pins),
            "wishes": (),
        }
    )


def alone(rules: Rules, clause: Clause) -> Rules:
    """Return `rules` with nothing but `clause` of its kind; rules of other kinds are left as they are.

    Quick where `only` is not, for going through thousands of clauses one by one.
    """
    field = _LISTS.get(clause.kind)
    if field is None:
        return only(rules, [clause])
    return rules.model_copy(update={field: (getattr(rules, field)[clause.place],)})


_LISTS = {
    RuleKind.TOGETHER: "together",
    RuleKind.BOND: "bonds",
    RuleKind.APART: "apart",
    RuleKind.ORDER: "order",
    RuleKind.FROZEN: "frozen",
    RuleKind.PIN: "pins",
}


def sentences(rules: Rules, chosen: Iterable[Clause]) -> tuple[str, ...]:
    """Return the clauses `chosen` in words, pins first; neighbouring waves of one capacity share a sentence."""
    wanted = sorted(set(chosen), key=lambda clause: (_SPOKEN.index(clause.kind), clause.place))
    said = [_sentence(rules, clause) for clause in wanted if clause.kind is not RuleKind.CAPACITY]
    return (*said, *_capacities(rules, [clause.place for clause in wanted if clause.kind is RuleKind.CAPACITY]))


_SPOKEN = [
    RuleKind.PIN, RuleKind.ORDER, RuleKind.TOGETHER, RuleKind.BOND, RuleKind.APART, RuleKind.FROZEN, RuleKind.PILOT,
    RuleKind.STAGING, RuleKind.CRITICAL_CAP, RuleKind.TEAM_CAP, RuleKind.FLOOR, RuleKind.CAPACITY,
]  # fmt: skip


def _sentence(rules: Rules, clause: Clause) -> str:
    kind, place = clause.kind, clause.place
    if kind is RuleKind.PIN:
        return f"{rules.pins[place].application} moves in wave {rules.pins[place].wave}."
    if kind is RuleKind.ORDER:
        return order_sentence(rules.order[place])
    if kind is RuleKind.TOGETHER:
        return f"{_named(rules.together[place])} move together."
    if kind is RuleKind.BOND:
        return f"{_named(rules.bonds[place].applications)} move together: {rules.bonds[place].why}."
    if kind is RuleKind.APART:
        return f"No two of {_named(rules.apart[place])} move in the same wave."
    if kind is RuleKind.FROZEN:
        return freeze_sentence(rules.frozen[place])
    if kind is RuleKind.TEAM_CAP:
        team = sorted(rules.team_capacity)[place]
        return f"{team or 'No team'} does at most {rules.team_capacity[team]:g} effort points in a wave."
    return _general_sentence(rules, kind)


def _general_sentence(rules: Rules, kind: RuleKind) -> str:
    if kind is RuleKind.PILOT and rules.pilot is not None:
        return pilot_sentence(rules.pilot)
    if kind is RuleKind.STAGING and rules.staging is not None:
        return staging_sentence(rules.staging)
    if kind is RuleKind.FLOOR:
        return f"Every wave holds at least {rules.smallest_wave:g} effort points."
    return f"At most {rules.max_critical_per_wave} critical assets move in a wave."


def freeze_sentence(freeze: Freeze) -> str:
    """Say a freeze: who, by name, owner or site, and when, by days or waves."""
    whose = [f"{what} {name}" for what, name in (("owner", freeze.owner), ("site", freeze.site)) if name]
    who = f"Applications of {' or '.join(whose)}" if whose else _named(freeze.applications) or "No application"
    waves = _named(tuple(str(wave) for wave in sorted(freeze.waves)))
    if freeze.first is None and freeze.last is None:
        return f"{who} may not move in wave {waves}."
    days = f"from {freeze.first or 'now'} to {freeze.last or 'the end'}"
    return f"{who} may not move {days} (wave {waves})." if waves else f"{who} may not move {days}."


def staging_sentence(staging: Staging) -> str:
    """Say that non-production moves before production."""
    if staging.until is None:
        return "Non-production moves in earlier waves than production."
    if staging.until == 0:
        return "Production may move in every wave, as nothing else moves before it."
    return f"Non-production moves up to wave {staging.until}, production afterwards."


def order_sentence(order: Order) -> str:
    """Say an order rule."""
    if order.strict:
        return f"{order.before} moves in an earlier wave than {order.after}."
    return f"{order.before} moves in the same wave as {order.after} or earlier."


def pilot_sentence(pilot: Pilot) -> str:
    """Say a pilot rule."""
    waves = _named(tuple(str(wave) for wave in sorted(pilot.waves)))
    critical = "" if pilot.critical_allowed else " and no critical assets"
    size = "" if pilot.max_effort is None else f", at most {pilot.max_effort:g} effort points"
    return f"In pilot wave {waves} only applications with a risk up to {pilot.max_risk:g}{size}{critical} move."


def _capacities(rules: Rules, waves: list[int]) -> list[str]:
    said = []
    for _, together in groupby(enumerate(waves), key=lambda pair: (pair[1] - pair[0], rules.capacity[pair[1]])):
        run = [wave + 1 for _, wave in together]
        which = f"Wave {run[0]} holds" if len(run) == 1 else f"Waves {run[0]} to {run[-1]} hold"
        each = "" if len(run) == 1 else " each"
        said.append(f"{which} at most {rules.capacity[run[0] - 1]:g} effort points{each}.")
    return said


def _named(names: tuple[str, ...]) -> str:
    if len(names) > NAMES_SHOWN + 1:
        return f"{', '.join(names[:NAMES_SHOWN])} and {len(names) - NAMES_SHOWN} more"
    *first, last = names or ("",)
    return f"{', '.join(first)} and {last}" if first else last
