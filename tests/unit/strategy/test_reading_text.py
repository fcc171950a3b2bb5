"""What free text says, with an eye for negation."""

from __future__ import annotations

import pytest

from platform_core.reference import DATA
from platform_core.strategy import facts_from_json, load_policy
from platform_core.strategy.observing import observe

POLICY = load_policy(DATA)


def features(key: str, text: str) -> set[str]:
    return set(observe(facts_from_json({key: text}), POLICY).observed)


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("migrate the machines without any changes", "as_is"),
        ("as-is for now, modernise later", "as_is"),
        ("move the code base without rewriting it", "no_code_change"),
        ("no microservices, please", "no_code_change"),
        ("leave the core architecture alone: no redesign of the architecture", "keep_architecture"),
        ("use a managed database", "managed_service"),
        ("package it into containers", "containers"),
        ("break the monolith into services", "cloud_native"),
        ("we don't want to operate the servers any more", "stop_running_it"),
        ("vendor-hosted edition", "saas_wanted"),
        ("the lease of the data centre ends in May", "exit"),
        ("keep using vCenter", "hypervisor_move"),
        ("cut licence costs", "licence_cut"),
        ("get onto a supported operating system", "supported_platform"),
        ("release every week instead of every quarter: faster releases", "release_speed"),
        ("it must stay on premises", "retain_wanted"),
    ],
)
def test_a_goal_is_understood(text: str, feature: str) -> None:
    assert feature in features("goals", text)


@pytest.mark.parametrize(
    ("key", "text", "feature"),
    [
        ("goals", "no serverless, no microservices", "cloud_native"),
        ("goals", "containers are not an option", "containers"),
        ("goals", "SaaS is ruled out", "saas_wanted"),
        ("goals", "phase out Windows Server 2008", "decommission_planned"),
        ("goals", "decommission the data centre", "decommission_planned"),
        ("goals", "decompose the monolith", "decommission_planned"),
        ("goals", "code changes are not required", "not_needed_later"),
        ("goals", "no users affected", "unused"),
        ("problems", "we pay for idle capacity", "unused"),
        ("problems", "long waiting times for users", "retain_wanted"),
        ("goals", "postpone modernisation", "retain_wanted"),
        ("context", "WebSphere replaced by Tomcat", "not_needed_later"),
        ("description", "Application of the HR department", "commodity"),
    ],
)
def test_what_only_sounds_like_it_is_not_taken_for_it(key: str, text: str, feature: str) -> None:
    assert feature not in features(key, text)


def test_a_pain_stays_a_pain_when_it_is_put_negatively() -> None:
    assert "scale" in features("problems", "it cannot scale with demand")
    assert "technical_debt" in features("problems", "nobody understands the code")


def test_words_that_denials_pass_over_do_not_deny() -> None:
    assert "cloud_native" in features("goals", "not only microservices but functions")


def test_a_denial_ends_with_its_clause() -> None:
    assert "managed_service" in features("goals", "no rewrite, managed database")


def test_a_word_counts_only_where_such_a_text_may_say_it() -> None:
    assert "mainframe" in features("stack", "COBOL on z/OS")
    assert "mainframe" not in features("industry", "mainframe vendor")


def test_the_matched_words_are_kept_as_value() -> None:
    seen = observe(facts_from_json({"goals": ["Lift and shift, please."]}), POLICY).observed
    assert (seen["as_is"].key, seen["as_is"].value) == ("goals", "“lift and shift”")


@pytest.mark.parametrize(
    ("facts", "feature"),
    [
        ({"legal_retention": "yes, 10 years"}, "retention_duty"),
        ({"legal_retention": "none"}, "no_retention_duty"),
        ({"last_used_days": "8 months"}, "unused"),
        ({"exit_deadline_months": "half a year, i.e. 6 months"}, "deadline"),
        ({"exit_deadline_months": "nine"}, "deadline"),
        ({"deployment_failure_rate": "30 %"}, "failing_releases"),
        ({"deployment_failure_rate": 30}, "failing_releases"),
        ({"annual_licence_usd": "$1.2 million"}, "licence_heavy"),
        ({"code_change_budget": "considerable"}, "code_budget"),
        ({"code_change_budget": 0}, "no_code_budget"),
        ({"virtualised": "VMware vSphere"}, "vmware"),
        ({"Licence-Cost": "very high"}, "licence_heavy"),
    ],
)
def test_answers_are_read_however_they_are_given(facts: dict[str, object], feature: str) -> None:
    assert feature in observe(facts_from_json(facts), POLICY).observed


@pytest.mark.parametrize("value", ["unknown", "n/a", "?", "tbd", "not known", ""])
def test_an_answer_that_says_unknown_says_nothing(value: str) -> None:
    assert not observe(facts_from_json({"actively_used": value, "legal_retention": value}), POLICY).observed
