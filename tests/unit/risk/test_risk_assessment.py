"""Risk as likelihood times impact of named drivers, and what mitigations take off it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.risk import RiskAssessment, RiskAxis, RiskBand
from platform_core.domain.strategy import Fact, Strategy
from platform_core.errors import BadInput
from platform_core.reference import DATA
from platform_core.risk import assess_risk, load_drivers

DRIVERS = load_drivers(DATA)
NAMES = [mitigation.name for mitigation in DRIVERS.mitigations]
VALUES: dict[str, Any] = {
    "business_criticality": ["low", "medium", "high", "critical"],
    "dependencies_known": [True, False],
    "inbound_dependencies": [0, 6, 40],
    "os_out_of_support": [True, False],
    "database_size_gb": [10, 2_000, 50_000],
    "servers": [1, 12, 80],
    "user_count": [5, 1_500, 20_000],
    "rto_hours": [1, 48],
    "environment": ["production", "test"],
    "owner_known": [True, False],
    "migration_tested": [True, False],
    "data_classification": ["public", "restricted"],
}
facts_drawn = st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in VALUES.items()}).map(
    lambda raw: {key: Fact(key=key, value=value) for key, value in raw.items()}
)
strategies_drawn = st.none() | st.sampled_from(list(Strategy))


def assess(strategy: Strategy | None = Strategy.REHOST, chosen: tuple[str, ...] = (), **facts: Any) -> RiskAssessment:
    return assess_risk({key: Fact(key=key, value=value) for key, value in facts.items()}, strategy, DRIVERS, chosen)


def names(assessment: RiskAssessment) -> set[str]:
    return {driver.name for driver in assessment.drivers}


KNOWN = {
    "business_criticality": "low",
    "dependencies_known": True,
    "os_out_of_support": False,
    "database_size_gb": 10,
    "owner_known": True,
}


def test_a_small_well_known_application_is_of_low_risk() -> None:
    assessment = assess(**KNOWN)
    assert (assessment.likelihood, assessment.impact, assessment.band) == (1, 1, RiskBand.LOW)
    assert names(assessment) == {"strategy"}


def test_nothing_known_is_not_low_and_is_told() -> None:
    assessment = assess(None)
    assert assessment.band is RiskBand.MEDIUM
    assert {"undiscovered dependencies", "criticality", "unsupported platform", "strategy"} <= set(assessment.unknown)
    assert {"undiscovered dependencies", "criticality"} <= names(assessment)


def test_a_critical_application_being_refactored_is_of_high_risk() -> None:
    assessment = assess(Strategy.REFACTOR, business_criticality="critical", user_count=20_000, inbound_dependencies=20)
    assert assessment.band is RiskBand.HIGH
    assert assessment.score == assessment.likelihood * assessment.impact


def test_the_strongest_step_of_a_driver_counts_and_only_that() -> None:
    assessment = assess(inbound_dependencies=40)
    points = [driver.points for driver in assessment.drivers if driver.name == "many callers"]
    assert points == [1.0]


def test_any_of_several_facts_can_speak_for_a_driver() -> None:
    assert "unsupported platform" in names(assess(os_out_of_support=False, db_out_of_support=True))
    assert "unsupported platform" not in names(assess(os_out_of_support=False))


def test_each_driver_names_the_source_of_its_fact() -> None:
    facts = {"servers": Fact(key="servers", value=12, source="12 servers in the inventory")}
    found = {d.name: d for d in assess_risk(facts, Strategy.REHOST, DRIVERS).drivers}
    assert found["many servers"].source == "12 servers in the inventory"
    assert found["many servers"].axis is RiskAxis.LIKELIHOOD


def test_without_a_chosen_mitigation_nothing_is_taken_off() -> None:
    assessment = assess(Strategy.REFACTOR)
    assert assessment.mitigations
    assert assessment.chosen == ()
    assert (assessment.residual_likelihood, assessment.residual_impact) == (assessment.likelihood, assessment.impact)


def test_a_chosen_mitigation_lowers_the_residual_risk_of_its_drivers() -> None:
    before = assess(Strategy.REPLATFORM, **(KNOWN | {"dependencies_known": False}))
    after = assess(Strategy.REPLATFORM, ("Discover dependencies",), **(KNOWN | {"dependencies_known": False}))
    assert after.likelihood == before.likelihood == 3
    assert after.residual_likelihood == 2
    assert after.chosen == ("Discover dependencies",)


def test_a_mitigation_applies_only_where_one_of_its_drivers_is_present() -> None:
    offered = {mitigation.name for mitigation in assess(**KNOWN).mitigations}
    assert "Rehearse the cutover" in offered
    assert "Bring in specialists" not in offered


def test_what_stays_where_it_is_cannot_fail_in_moving() -> None:
    assessment = assess(Strategy.RETAIN, business_criticality="critical", inbound_dependencies=40)
    assert assessment.likelihood == 1
    assert assessment.impact >= 4


def test_an_unknown_mitigation_is_refused() -> None:
    with pytest.raises(BadInput, match="Pray"):
        assess(chosen=("Pray",))


@given(facts_drawn, strategies_drawn, st.lists(st.sampled_from(NAMES), unique=True))
def test_mitigation_never_raises_a_risk_and_stays_on_the_scale(
    facts: dict[str, Fact], strategy: Strategy | None, chosen: list[str]
) -> None:
    assessment = assess_risk(facts, strategy, DRIVERS, chosen)
    assert 1 <= assessment.residual_likelihood <= assessment.likelihood <= 5
    assert 1 <= assessment.residual_impact <= assessment.impact <= 5
    assert assessment.residual <= assessment.score


@given(facts_drawn, strategies_drawn, st.sampled_from(["business_criticality", "dependencies_known"]))
def test_not_knowing_is_never_the_lowest(facts: dict[str, Fact], strategy: Strategy | None, key: str) -> None:
    best = {"business_criticality": "low", "dependencies_known": True}[key]
    blank = {name: fact for name, fact in facts.items() if name != key}
    ignorant = assess_risk(blank, strategy, DRIVERS)
    informed = assess_risk(blank | {key: Fact(key=key, value=best)}, strategy, DRIVERS)
    assert ignorant.score >= informed.score


@given(st.dictionaries(st.sampled_from(sorted(VALUES)), st.text(max_size=20) | st.floats() | st.none(), max_size=8))
def test_odd_values_do_not_crash(raw: dict[str, Any]) -> None:
    risk = assess_risk({key: Fact(key=key, value=value) for key, value in raw.items()}, Strategy.REHOST, DRIVERS)
    assert 1 <= risk.likelihood <= 5
    assert 1 <= risk.impact <= 5
