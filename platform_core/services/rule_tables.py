"""Planning rules as small tables that a person edits, and back again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from platform_core.domain.waves import Freeze, Order, Pilot, Pin, Rules
from platform_core.errors import BadInput

Rows = Sequence[Mapping[str, Any]]

TITLES = {
    "capacity": "Capacity",
    "teams": "Teams",
    "together": "Together",
    "order": "Order",
    "frozen": "Freezes",
    "pins": "Pins",
}
SENTENCES = {
    "capacity": "Effort points each wave can take; empty = no limit for any wave.",
    "teams": "Effort points a support group can take in one wave.",
    "together": "Applications in one row move in the same wave.",
    "order": "Before moves in the same or an earlier wave than After; strict: in an earlier one.",
    "frozen": "The application moves in none of these waves (numbers with commas).",
    "pins": "The application moves in exactly this wave.",
}
COLUMNS = {
    "capacity": ("Wave", "Points"),
    "teams": ("Support group", "Points"),
    "together": ("Application", "Moves with"),
    "order": ("Before", "After", "Strict"),
    "frozen": ("Application", "Waves"),
    "pins": ("Application", "Wave"),
}


def tables_of(rules: Rules) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of each table, as wide as its columns."""
    capacity = rules.capacity or (None,) * rules.waves
    return {
        "capacity": list(enumerate(capacity, 1)),
        "teams": list(rules.team_capacity.items()),
        "together": [(names[0], ", ".join(names[1:])) for names in rules.together if names],
        "order": [(o.before, o.after, o.strict) for o in rules.order],
        "frozen": [(name, ", ".join(map(str, f.waves))) for f in rules.frozen for name in f.applications],
        "pins": [(pin.application, pin.wave) for pin in rules.pins],
    }


def rules_of(
    tables: Mapping[str, Rows],
    *,
    waves: int,
    max_critical: int | None,
    pilot_waves: int,
    pilot_risk: float,
    pilot_critical: bool,
) -> Rules:
    """Return the rules that the edited tables and fields say; half-filled rows are refused, empty ones ignored.

    With more waves than before, the added ones take the capacity of the last. Raises BadInput naming the row.
    """
    pilot = Pilot(waves=tuple(range(1, pilot_waves + 1)), max_risk=pilot_risk, critical_allowed=pilot_critical)
    return Rules(
        waves=waves,
        capacity=_capacity(tables["capacity"], waves),
        max_critical_per_wave=max_critical,
        team_capacity={r["Support group"]: float(r["Points"]) for r in _filled(tables["teams"], "teams")},
        pilot=pilot if pilot_waves else None,
        together=tuple((r["Application"], *_split(r["Moves with"])) for r in _filled(tables["together"], "together")),
        order=tuple(
            Order(before=r["Before"], after=r["After"], strict=bool(r.get("Strict")))
            for r in _filled(tables["order"], "order", optional=("Strict",))
        ),
        frozen=tuple(
            Freeze(applications=(r["Application"],), waves=_numbers(r["Waves"], waves))
            for r in _filled(tables["frozen"], "frozen")
        ),
        pins=tuple(
            Pin(application=r["Application"], wave=_number(r["Wave"], waves)) for r in _filled(tables["pins"], "pins")
        ),
    )


def _filled(rows: Rows, kind: str, optional: tuple[str, ...] = ()) -> Iterable[dict[str, Any]]:
    for row in rows:
        cells = {name: None if _empty(value) else _tidy(value) for name, value in row.items()}
        needed = [value for name, value in cells.items() if name not in optional]
        if all(value is None for value in needed):
            continue
        if any(value is None for value in needed):
            raise BadInput(
                f"A row of {TITLES[kind]} is only half filled.", hint="Fill every cell of the row or empty it."
            )
        yield cells


def _empty(value: Any) -> bool:
    return (
        value is None
        or (isinstance(value, float) and math.isnan(value))
        or (isinstance(value, str) and not value.strip())
    )


def _tidy(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _capacity(rows: Rows, waves: int) -> tuple[float, ...]:
    points = [None if _empty(row["Points"]) else float(row["Points"]) for row in rows]
    given = [value for value in points if value is not None]
    if not given:
        return ()
    if len(given) != len(points):
        raise BadInput("Some waves have a capacity and some have none.", hint="Fill the capacity of all waves or none.")
    return tuple((given + [given[-1]] * waves)[:waves])


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in str(text).split(",") if part.strip())


def _numbers(text: Any, waves: int) -> tuple[int, ...]:
    return tuple(_number(part, waves) for part in str(text).split(",") if part.strip())


def _number(value: Any, waves: int) -> int:
    try:
        number = int(float(value))
    except ValueError:
        number = 0
    if not 1 <= number <= waves:
        raise BadInput(f"{value!s} is no wave of this plan.", hint=f"Choose a number from 1 to {waves}.")
    return number
