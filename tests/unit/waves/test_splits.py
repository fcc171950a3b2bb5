from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core import waves
from platform_core.domain.waves import Portfolio, RuleKind, Rules
from tests.unit.waves.portfolios import portfolio, portfolios


def too_large() -> tuple[Portfolio, Rules]:
    links = (("A", "B", 9.0), ("B", "C", 1.0), ("C", "D", 9.0), ("A", "D", 0.5))
    rules = Rules(waves=3, capacity=(8.0, 9.0, 7.0), together=(("A", "B", "C", "D"),))
    return portfolio(dict.fromkeys("ABCD", 4), links), rules


def test_a_move_group_too_large_for_a_wave_is_told_with_its_lightest_cut() -> None:
    conflicts = waves.plan(*too_large()).conflicts
    (split,) = conflicts[0].splits
    assert (split.group, split.effort, split.room) == ("A", 16.0, 9.0)
    assert split.parts == (("A", "B"), ("C", "D"))
    assert split.severed == 1.5
    assert split.reasons == ("together rule: A, B, C, D",)
    assert RuleKind.TOGETHER in {way.kind for way in conflicts[0].ways_out}


def test_an_application_that_alone_is_too_large_has_no_cut() -> None:
    rules = Rules(waves=2, capacity=(9.0, 9.0), together=(("A", "B"),))
    (split,) = waves.plan(portfolio({"A": 10, "B": 1}), rules).conflicts[0].splits
    assert split.parts == ()
    assert split.severed == 0.0


@settings(max_examples=60, deadline=None)
@given(portfolios(), st.sampled_from([2.0, 3.5, 6.0]))
def test_the_parts_of_a_cut_hold_everything_once_and_fit_into_a_wave(small: Portfolio, room: float) -> None:
    names = tuple(sorted({asset.application for asset in small.assets}))
    rules = Rules(waves=2, capacity=(room, room), together=(names,))
    for conflict in waves.plan(small, rules).conflicts:
        for split in conflict.splits:
            parted = sorted(name for part in split.parts for name in part)
            assert parted in ([], sorted(names))
            part_of = {name: number for number, part in enumerate(split.parts) for name in part}
            effort = [0.0] * len(split.parts)
            application = {asset.asset_id: asset.application for asset in small.assets}
            for asset in small.assets if parted else ():
                effort[part_of[asset.application]] += asset.effort
            assert all(load <= split.room + 1e-6 for load in effort)
            ends = [(application[k.source], application[k.target], k.weight) for k in small.links if parted]
            severed = sum(weight for one, other, weight in ends if part_of[one] != part_of[other])
            assert abs(split.severed - severed) < 1e-6
