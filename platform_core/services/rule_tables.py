"""Planning rules as small tables and a few fields that a person edits, and back again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from platform_core.domain.base import Frozen
from platform_core.domain.waves import (
    FoundationRule,
    Freeze,
    Objective,
    Order,
    Pilot,
    Pin,
    RuleKind,
    Rules,
    Staging,
    Wish,
)
from platform_core.errors import BadInput

Rows = Sequence[Mapping[str, Any]]

PRICE = "Price"
"""Heads the column that makes a rule a wish: empty = hard, else what breaking it once may cost."""

TITLES = {
    "capacity": "Capacity",
    "teams": "Teams",
    "together": "Together",
    "apart": "Apart",
    "order": "Order",
    "frozen": "Freezes",
    "pins": "Pins",
}
_PRICED = "A price makes it a wish: so much dependency weight may be severed to keep it."
SENTENCES = {
    "capacity": "Effort points each wave can take; empty = no limit for any wave.",
    "teams": "Effort points a support group can take in one wave.",
    "together": f"Applications in one row move in the same wave. {_PRICED}",
    "apart": f"No two applications of one row move in the same wave. {_PRICED}",
    "order": f"Before moves in the same or an earlier wave than After; strict: in an earlier one. {_PRICED}",
    "frozen": (
        "Who may not move when: an application, all of an owner or all at a site (none of them: everything), in waves "
        f"(numbers with commas) or between two days. {_PRICED}"
    ),
    "pins": f"The application moves in exactly this wave. {_PRICED}",
}
COLUMNS = {
    "capacity": ("Wave", "Points"),
    "teams": ("Support group", "Points"),
    "together": ("Application", "Moves with", PRICE),
    "apart": ("Application", "Not with", PRICE),
    "order": ("Before", "After", "Strict", PRICE),
    "frozen": ("Application", "Owner", "Site", "Waves", "From", "To", PRICE),
    "pins": ("Application", "Wave", PRICE),
}
KINDS = {
    "together": RuleKind.TOGETHER,
    "apart": RuleKind.APART,
    "order": RuleKind.ORDER,
    "frozen": RuleKind.FROZEN,
    "pins": RuleKind.PIN,
}
"""Tables whose rows can be wishes."""


class Shape(Frozen):
    """The rules that are fields, not tables. A price makes pilot and staging wishes; None leaves them hard."""

    waves: int
    max_critical: int | None = None
    smallest_wave: float = 0.0
    pilot_waves: int = 0
    pilot_risk: float = 1.0
    pilot_critical: bool = False
    pilot_effort: float | None = None
    pilot_price: float | None = None
    staging: bool = False
    staging_price: float | None = None
    two_way: float | None = None
    shared_databases: bool = False
    dependencies_first: float | None = None
    foundation: FoundationRule = FoundationRule.OUTSIDE
    distance: float = 0.0
    early_risk: float = 0.0
    stability: float = 2.0


def shape_of(rules: Rules) -> Shape:
    """Return the fields that `rules` fill."""
    prices, pilot = _prices(rules), rules.pilot
    return Shape(
        waves=rules.waves,
        max_critical=rules.max_critical_per_wave,
        smallest_wave=rules.smallest_wave,
        pilot_waves=len(pilot.waves) if pilot else 0,
        pilot_risk=pilot.max_risk if pilot else 0.4,
        pilot_critical=pilot.critical_allowed if pilot else False,
        pilot_effort=pilot.max_effort if pilot else None,
        pilot_price=prices.get((RuleKind.PILOT, 0)),
        staging=rules.staging is not None,
        staging_price=prices.get((RuleKind.STAGING, 0)),
        two_way=rules.two_way,
        shared_databases=rules.shared_databases,
        dependencies_first=rules.dependencies_first,
        foundation=rules.foundation,
        distance=rules.objective.distance,
        early_risk=rules.objective.early_risk,
        stability=rules.objective.stability,
    )


def tables_of(rules: Rules) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of each table, as wide as its columns; of a freeze one row for each application."""
    capacity = rules.capacity or (None,) * rules.waves
    prices = _prices(rules)

    def price(kind: RuleKind, place: int) -> float | None:
        return prices.get((kind, place))

    frozen = [
        (name, f.owner, f.site, ", ".join(map(str, f.waves)), f.first, f.last, price(RuleKind.FROZEN, n))
        for n, f in enumerate(rules.frozen)
        for name in f.applications or ("",)
    ]
    return {
        "capacity": list(enumerate(capacity, 1)),
        "teams": list(rules.team_capacity.items()),
        "together": [(r[0], ", ".join(r[1:]), price(RuleKind.TOGETHER, n)) for n, r in enumerate(rules.together) if r],
        "apart": [(r[0], ", ".join(r[1:]), price(RuleKind.APART, n)) for n, r in enumerate(rules.apart) if r],
        "order": [(o.before, o.after, o.strict, price(RuleKind.ORDER, n)) for n, o in enumerate(rules.order)],
        "frozen": frozen,
        "pins": [(pin.application, pin.wave, price(RuleKind.PIN, n)) for n, pin in enumerate(rules.pins)],
    }


def rules_of(tables: Mapping[str, Rows], shape: Shape) -> Rules:
    """Return the rules that the edited tables and fields say; half-filled rows are refused, empty ones ignored.

    With more waves than before, the added ones take the capacity of the last. Raises BadInput naming the row.
    """
    waves = shape.waves
    rows = {kind: list(_filled(tables.get(kind, ()), kind)) for kind in TITLES if kind != "capacity"}
    pilot = Pilot(
        waves=tuple(range(1, shape.pilot_waves + 1)),
        max_risk=shape.pilot_risk,
        critical_allowed=shape.pilot_critical,
        max_effort=shape.pilot_effort,
    )
    return Rules(
        waves=waves,
        capacity=_capacity(tables["capacity"], waves),
        smallest_wave=shape.smallest_wave,
        max_critical_per_wave=shape.max_critical,
        team_capacity={r["Support group"]: float(r["Points"]) for r in rows["teams"]},
        pilot=pilot if shape.pilot_waves else None,
        staging=Staging() if shape.staging else None,
        together=tuple((r["Application"], *_split(r["Moves with"])) for r in rows["together"]),
        apart=tuple((r["Application"], *_split(r["Not with"])) for r in rows["apart"]),
        order=tuple(Order(before=r["Before"], after=r["After"], strict=bool(r.get("Strict"))) for r in rows["order"]),
        frozen=tuple(_freeze(r, waves) for r in rows["frozen"]),
        pins=tuple(Pin(application=r["Application"], wave=_number(r["Wave"], waves)) for r in rows["pins"]),
        wishes=tuple(_wishes(rows, shape)),
        two_way=shape.two_way,
        shared_databases=shape.shared_databases,
        dependencies_first=shape.dependencies_first,
        foundation=shape.foundation,
        objective=Objective(distance=shape.distance, early_risk=shape.early_risk, stability=shape.stability),
    )


OPTIONAL = {
    "order": ("Strict", PRICE),
    "frozen": COLUMNS["frozen"],
    "together": (PRICE,),
    "apart": (PRICE,),
    "pins": (PRICE,),
}
"""Cells that may stay empty in a row that says something."""


def _prices(rules: Rules) -> dict[tuple[RuleKind, int], float]:
    return {(wish.kind, wish.place): wish.price for wish in rules.wishes}


def _wishes(rows: Mapping[str, list[dict[str, Any]]], shape: Shape) -> Iterable[Wish]:
    for table, kind in KINDS.items():
        for place, row in enumerate(rows[table]):
            if row.get(PRICE):
                yield Wish(kind=kind, place=place, price=float(row[PRICE]))
    if shape.pilot_waves and shape.pilot_price:
        yield Wish(kind=RuleKind.PILOT, price=shape.pilot_price)
    if shape.staging and shape.staging_price:
        yield Wish(kind=RuleKind.STAGING, price=shape.staging_price)


def _freeze(row: Mapping[str, Any], waves: int) -> Freeze:
    freeze = Freeze(
        applications=_split(row.get("Application") or ""),
        owner=row.get("Owner") or "",
        site=row.get("Site") or "",
        waves=_numbers(row.get("Waves") or "", waves),
        first=_day(row.get("From")),
        last=_day(row.get("To")),
    )
    if not freeze.waves and freeze.first is None and freeze.last is None:
        raise BadInput("A freeze does not say when.", hint="Give waves or days.")
    return freeze


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date) or value is None:
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise BadInput(f"{value!s} is no day.", hint="Write it as 2027-06-01.") from error


def _filled(rows: Rows, kind: str) -> Iterable[dict[str, Any]]:
    optional = OPTIONAL.get(kind, ())
    for row in rows:
        cells = {name: None if _empty(value) else _tidy(value) for name, value in row.items()}
        if all(value is None or value is False for value in cells.values()):
            continue
        if any(value is None for name, value in cells.items() if name not in optional):
            raise BadInput(
                f"A row of {TITLES[kind]} is only half filled.", hint="Fill every cell of the row or empty it."
            )
        yield cells


def _empty(value: Any) -> bool:
    return (
        value is None
        or (isinstance(value, float) and math.isnan(value))
        or value != value  # noqa: PLR0124  a missing day of a data frame equals nothing, itself included
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
