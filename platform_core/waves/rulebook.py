"""Rules taken apart into single clauses, each with its sentence, and put together again from some of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from platform_core.domain.waves import Order, Pilot, RuleKind, Rules

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
        RuleKind.CRITICAL_CAP: int(rules.max_critical_per_wave is not None),
        RuleKind.TEAM_CAP: len(rules.team_capacity),
        RuleKind.PILOT: int(rules.pilot is not None),
        RuleKind.TOGETHER: len(rules.together),
        RuleKind.ORDER: len(rules.order),
        RuleKind.FROZEN: len(rules.frozen),
        RuleKind.PIN: len(rules.pins),
    }
    return [Clause(kind, place) for kind, count in counts.items() for place in range(count)]


def only(rules: Rules, kept: Iterable[Clause]) -> Rules:
    """Return `rules` with nothing but the clauses in `kept`; a capacity left out no longer binds."""
    chosen = set(kept)

    def has(kind: RuleKind, place: int = 0) -> bool:
        return Clause(kind, place) in chosen

    capacity = tuple(c if has(RuleKind.CAPACITY, n) else float("inf") for n, c in enumerate(rules.capacity))
    teams = {
        team: rules.team_capacity[team]
        for n, team in enumerate(sorted(rules.team_capacity))
        if has(RuleKind.TEAM_CAP, n)
    }
    return rules.model_copy(
        update={
            "capacity": capacity,
            "max_critical_per_wave": rules.max_critical_per_wave if has(RuleKind.CRITICAL_CAP) else None,
            "team_capacity": teams,
            "pilot": rules.pilot if has(RuleKind.PILOT) else None,
            "together": tuple(r for n, r in enumerate(rules.together) if has(RuleKind.TOGETHER, n)),
            "order": tuple(r for n, r in enumerate(rules.order) if has(RuleKind.ORDER, n)),
            "frozen": tuple(r for n, r in enumerate(rules.frozen) if has(RuleKind.FROZEN, n)),
            "pins": tuple(r for n, r in enumerate(rules.pins) if has(RuleKind.PIN, n)),
        }
    )


def sentences(rules: Rules, chosen: Iterable[Clause]) -> tuple[str, ...]:
    """Return the clauses `chosen` in words, pins first; neighbouring waves of one capacity share a sentence."""
    wanted = sorted(set(chosen), key=lambda clause: (_SPOKEN.index(clause.kind), clause.place))
    said = [_sentence(rules, clause) for clause in wanted if clause.kind is not RuleKind.CAPACITY]
    return (*said, *_capacities(rules, [clause.place for clause in wanted if clause.kind is RuleKind.CAPACITY]))


_SPOKEN = [
    RuleKind.PIN, RuleKind.ORDER, RuleKind.TOGETHER, RuleKind.FROZEN,
    RuleKind.PILOT, RuleKind.CRITICAL_CAP, RuleKind.TEAM_CAP, RuleKind.CAPACITY,
]  # fmt: skip


def _sentence(rules: Rules, clause: Clause) -> str:
    kind, place = clause.kind, clause.place
    if kind is RuleKind.PIN:
        return f"{rules.pins[place].application} moves in wave {rules.pins[place].wave}."
    if kind is RuleKind.ORDER:
        return order_sentence(rules.order[place])
    if kind is RuleKind.TOGETHER:
        return f"{_named(rules.together[place])} move together."
    if kind is RuleKind.FROZEN:
        freeze = rules.frozen[place]
        waves = _named(tuple(str(wave) for wave in sorted(freeze.waves)))
        return f"{_named(freeze.applications)} may not move in wave {waves}."
    if kind is RuleKind.TEAM_CAP:
        team = sorted(rules.team_capacity)[place]
        return f"{team or 'No team'} does at most {rules.team_capacity[team]:g} effort points in a wave."
    if kind is RuleKind.PILOT and rules.pilot is not None:
        return pilot_sentence(rules.pilot)
    return f"At most {rules.max_critical_per_wave} critical assets move in a wave."


def order_sentence(order: Order) -> str:
    """Say an order rule."""
    if order.strict:
        return f"{order.before} moves in an earlier wave than {order.after}."
    return f"{order.before} moves in the same wave as {order.after} or earlier."


def pilot_sentence(pilot: Pilot) -> str:
    """Say a pilot rule."""
    waves = _named(tuple(str(wave) for wave in sorted(pilot.waves)))
    critical = "" if pilot.critical_allowed else " and no critical assets"
    return f"In pilot wave {waves} only applications with a risk up to {pilot.max_risk:g}{critical} move."


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
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
