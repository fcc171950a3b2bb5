"""The register asks for what each status needs; finished work says what an effort point takes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.register import Actual, RegisterEntry, RegisterStatus
from platform_core.errors import BadInput
from platform_core.reference import DATA
from platform_core.risk import calibrate, checked, load_drivers

DRIVERS = load_drivers(DATA)
TODAY = date(2026, 11, 1)
MITIGATION = DRIVERS.mitigations[0].name


def entry(**said: object) -> RegisterEntry:
    return RegisterEntry.model_validate({"subject_key": "application:erp", **said})


def test_an_entry_is_tidied() -> None:
    found = checked(entry(owner="  Ann   Lee ", note=" soon ", chosen=[MITIGATION, MITIGATION]), DRIVERS, today=TODAY)
    assert (found.owner, found.note, found.chosen) == ("Ann Lee", "soon", (MITIGATION,))


@pytest.mark.parametrize(
    "said",
    [
        {"status": "mitigating", "chosen": [MITIGATION]},
        {"status": "mitigating", "owner": "Ann"},
        {"status": "accepted", "owner": "Ann"},
        {"status": "accepted", "note": "small"},
        {"status": "closed"},
        {"chosen": ["hope"]},
        {"due": "2026-10-31"},
    ],
)
def test_a_status_without_what_it_needs_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        checked(entry(**said), DRIVERS, today=TODAY)


def test_a_settled_risk_may_have_been_due_in_the_past() -> None:
    said = entry(status="closed", note="moved", due="2026-10-01")
    assert checked(said, DRIVERS, today=TODAY).status is RegisterStatus.CLOSED


def test_the_ratio_is_that_of_the_sums_and_lies_in_its_interval() -> None:
    done = [Actual(name=f"wave {n}", points=p, days=d) for n, (p, d) in enumerate([(10, 22), (20, 38), (5, 12)])]
    found = calibrate(done, seed=7)
    assert found is not None
    assert found.days_per_point == pytest.approx(72 / 35, abs=1e-4)
    assert found.low <= found.days_per_point <= found.high
    assert found == calibrate(done, seed=7)


def test_two_finished_waves_say_too_little() -> None:
    assert calibrate([Actual(name="a", points=1, days=1)] * 2, seed=1) is None


def test_work_without_points_or_days_is_refused() -> None:
    with pytest.raises(BadInput):
        calibrate([Actual(name="a", points=0, days=1)], seed=1)


@given(st.lists(st.tuples(st.floats(0.1, 1e3), st.floats(0.1, 1e3)), min_size=3, max_size=12), st.floats(0.1, 10))
def test_twice_the_days_make_twice_the_ratio(work: list[tuple[float, float]], factor: float) -> None:
    one = calibrate([Actual(name="w", points=p, days=d) for p, d in work], seed=1)
    more = calibrate([Actual(name="w", points=p, days=d * factor) for p, d in work], seed=1)
    assert one is not None
    assert more is not None
    rounding = 1e-4 * (1 + factor)  # both are given to four digits
    assert more.days_per_point == pytest.approx(one.days_per_point * factor, rel=1e-3, abs=rounding)
