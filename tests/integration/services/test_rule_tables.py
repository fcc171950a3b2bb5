"""Rules as tables and back: nothing is lost on the way, and what is half said is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from platform_core.domain.waves import Freeze, Objective, Order, Pilot, Pin, RuleKind, Rules, Staging, Wish
from platform_core.errors import BadInput
from platform_core.services.rule_tables import COLUMNS, rules_of, shape_of, tables_of

RULES = Rules(
    waves=4,
    capacity=(5.0, 9.0, 9.0, 9.0),
    smallest_wave=2.0,
    max_critical_per_wave=3,
    team_capacity={"net": 4.0},
    pilot=Pilot(waves=(1,), max_risk=0.3, max_effort=7.0),
    staging=Staging(),
    together=(("A", "B", "C"),),
    apart=(("D", "E"),),
    order=(Order(before="A", after="D", strict=True), Order(before="B", after="E")),
    frozen=(
        Freeze(applications=("A",), waves=(2, 3)),
        Freeze(owner="Ada", first=date(2027, 6, 1), last=date(2027, 6, 30)),
        Freeze(waves=(4,)),
    ),
    pins=(Pin(application="E", wave=2),),
    wishes=(
        Wish(kind=RuleKind.ORDER, place=1, price=4.0),
        Wish(kind=RuleKind.FROZEN, place=1, price=2.5),
        Wish(kind=RuleKind.PILOT, price=9.0),
    ),
    two_way=12.0,
    shared_databases=True,
    dependencies_first=6.0,
    objective=Objective(distance=0.5, early_risk=1.0, stability=3.0),
)


def rows(rules: Rules) -> dict[str, list[dict[str, Any]]]:
    return {
        kind: [dict(zip(COLUMNS[kind], line, strict=True)) for line in lines]
        for kind, lines in tables_of(rules).items()
    }


def test_rules_come_back_from_their_tables_as_they_were() -> None:
    assert rules_of(rows(RULES), shape_of(RULES)) == RULES


def test_added_waves_hold_what_the_last_one_holds() -> None:
    shape = shape_of(RULES).model_copy(update={"waves": 6})
    assert rules_of(rows(RULES), shape).capacity == (5.0, 9.0, 9.0, 9.0, 9.0, 9.0)


@pytest.mark.parametrize(
    ("table", "row", "says"),
    [
        ("order", {"Before": "A", "After": None, "Strict": False, "Price": None}, "half filled"),
        ("pins", {"Application": "A", "Wave": 9, "Price": None}, "no wave of this plan"),
        ("frozen", {"Application": "A"}, "does not say when"),
        ("frozen", {"Application": "A", "From": "June"}, "is no day"),
    ],
)
def test_what_is_half_said_is_refused(table: str, row: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        rules_of({**rows(RULES), table: [row]}, shape_of(RULES))
