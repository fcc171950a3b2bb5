from __future__ import annotations

from dataclasses import replace

import pytest

from platform_core import waves
from platform_core.domain.waves import Foundation, FoundationRule, Link, Rules
from tests.unit.waves.portfolios import portfolio

NAMES = ("Ledger", "Portal", "Payroll", "Archive", "Names")
SERVED = replace(
    portfolio(
        dict.fromkeys(NAMES, 1),
        (("Ledger", "Portal", 5.0), *((name, "Names", 9.0) for name in NAMES[:4])),
    ),
    foundation=(Foundation("Names-0", "ns1", "4 of 5 connected assets need it; serves DNS."),),
)
PAIRS = Rules(waves=3, capacity=(2.0, 2.0, 2.0))


def test_links_to_what_serves_everybody_are_no_part_of_the_cut_and_it_is_named() -> None:
    plan = waves.plan(SERVED, PAIRS)
    assert plan.metrics is not None
    assert plan.metrics.cut_share == 0.0
    assert plan.wave_of["Ledger-0"] == plan.wave_of["Portal-0"]
    assert [(member.name, member.reason) for member in plan.foundation] == [
        ("ns1", "4 of 5 connected assets need it; serves DNS.")
    ]
    assert set(plan.wave_of) == {asset.asset_id for asset in SERVED.assets}


def test_counting_the_foundation_again_is_one_switch() -> None:
    rules = PAIRS.model_copy(update={"foundation": FoundationRule.COUNTED})
    plan = waves.plan(SERVED, rules)
    assert plan.metrics is not None
    assert plan.metrics.cut_share > 0.5
    assert plan.foundation == ()
    assert waves.severable(SERVED, rules).links == SERVED.links


def test_the_foundation_moves_in_the_first_wave_when_asked_to() -> None:
    late = replace(SERVED, links=(*SERVED.links, *(Link("Archive-0", "Payroll-0", 3.0),)))
    for seed in range(3):
        rules = PAIRS.model_copy(update={"foundation": FoundationRule.FIRST})
        assert waves.plan(late, rules, seed=seed).wave_of["Names-0"] == 1


def test_what_serves_everybody_ties_nobody_to_it() -> None:
    both = replace(SERVED, links=(Link("Ledger-0", "Names-0", 9.0), Link("Names-0", "Ledger-0", 9.0)))
    tied = Rules(waves=2, two_way=5.0, dependencies_first=5.0)
    assert len(waves.move_groups(both, tied)) == 5
    counted = tied.model_copy(update={"foundation": FoundationRule.COUNTED})
    assert len(waves.move_groups(both, counted)) == 4


def test_reported_figures_leave_the_foundation_out_wherever_they_are_measured() -> None:
    wave_of = {"Ledger-0": 1, "Portal-0": 2, "Payroll-0": 3, "Archive-0": 3, "Names-0": 1}
    assert waves.measure(SERVED, PAIRS, wave_of).cut_share == 1.0
    row = waves.options(SERVED, PAIRS, wave_of, "Ledger")[1]
    assert row.cut_change == -5.0
    counted = PAIRS.model_copy(update={"foundation": FoundationRule.COUNTED})
    assert waves.measure(SERVED, counted, wave_of).cut_share == pytest.approx((5 + 27) / 41)
