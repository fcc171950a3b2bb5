"""6R strategy beyond the single application: pictures that filter, deciding in bulk, questionnaire, policy, cost."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from pages._pictures import caught
from platform_core.domain.identity import Identity
from platform_core.domain.strategy import PolicyChange, Strategy
from platform_core.services import costs, pictures, policies, policy_editor, questionnaires, strategies
from platform_core.services.strategies import ApplicationStrategy, Doubt
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen


def lines(screen: Screen, **wanted: Any) -> list[ApplicationStrategy]:
    return strategies.page(screen.store.unit_of_work(), 1, offset=0, limit=1_000, **wanted)[0]


def rate_card() -> bytes:
    rows = list(csv.DictReader(io.StringIO(costs.rate_card_template().decode("utf-8-sig"))))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    prices = {"low": 1, "base": 2, "high": 3, "currency": "EUR", "as_of": "2026-01-31", "source": "offer of May"}
    writer.writerows({**row, **prices} for row in rows)
    return text.getvalue().encode()


def select(screen: Screen, key: str, *rows: int) -> None:
    screen.set(key, {"selection": {"rows": list(rows), "columns": [], "cells": []}})


def test_what_the_lasso_holds_is_what_the_table_lists(loaded: Screen) -> None:
    bubbles = pictures.landscape(loaded.store.unit_of_work(), 1).bubbles[:3]
    loaded.open("strategy", migration=1, picture="Value and complexity")
    points = [{"customdata": [bubble.subject_key]} for bubble in bubbles]
    loaded.set("landscape", {"selection": {"points": points, "box": [], "lasso": [], "point_indices": []}})
    assert set(loaded.table("applications").iloc[:, 0]) == {bubble.name for bubble in bubbles}
    assert "Selected in the picture: 3 applications" in loaded.text


def test_an_area_of_the_treemap_lists_what_it_counts(loaded: Screen) -> None:
    loaded.open("strategy", migration=1, picture="Criticality")
    areas = loaded.table("numbers-Criticality")
    row = int(areas["Assets"].argmin())
    select(loaded, "numbers-Criticality", row)
    listed = loaded.table("applications")
    assert set(listed["Strategy"]) == {areas["Strategy"][row]}
    assert listed["Assets"].sum() == areas["Assets"][row]


def test_a_flow_lists_the_applications_it_counts(loaded: Screen) -> None:
    flows = loaded.open("strategy", migration=1, picture="Where it goes").table("numbers-Today")
    select(loaded, "numbers-Today", 1)
    assert set(loaded.table("applications")["Strategy"]) == {flows["Strategy"][1]}
    assert f"{flows['Applications'][1]:,} listed" in loaded.text


def test_nothing_under_the_lasso_is_no_filter() -> None:
    assert caught([]) is None
    assert caught([{"x": 1.0}, {"customdata": "application:a"}]) == ["application:a"]


def test_every_application_flows_from_where_it_runs_to_where_it_goes(loaded: Screen) -> None:
    work = loaded.store.unit_of_work()
    flows = pictures.flows(work, 1)
    mix = strategies.distribution(work, 1)
    by_strategy: dict[str, int] = {}
    for flow in flows:
        by_strategy[flow.strategy] = by_strategy.get(flow.strategy, 0) + flow.applications
    assert by_strategy == mix.applications
    assert len(flows) <= pictures.MOST_FLOWS
    assert "Microsoft Windows Server" in {flow.today for flow in flows}


def test_the_landscape_draws_each_application_of_known_value_once(loaded: Screen) -> None:
    found = pictures.landscape(loaded.store.unit_of_work(), 1)
    assert len({bubble.subject_key for bubble in found.bubbles}) == len(found.bubbles)
    assert len(found.bubbles) + found.not_stated == len(lines(loaded))


@pytest.mark.parametrize("only", list(Doubt))
def test_the_doubtful_are_listed_by_a_click_on_their_count(loaded: Screen, only: Doubt) -> None:
    strategies.accept(loaded.store.unit_of_work(), 1, [line.subject_key for line in lines(loaded)][:4], "ok", ANALYST)
    loaded.open("strategy", migration=1).set("only", only)
    assert f"{len(lines(loaded, only=only)):,} listed" in loaded.text
    assert 0 < len(lines(loaded, only=only)) < len(lines(loaded))


def test_several_are_decided_together_with_one_reason(loaded: Screen) -> None:
    loaded.open("strategy", migration=1)
    select(loaded, "applications", 0, 2)
    loaded.at.selectbox(key="bulk-strategy").set_value(Strategy.RETAIN)
    loaded.at.text_input(key="bulk-reason").set_value("frozen until 2028")
    loaded.click("Decide 2")
    first = lines(loaded)
    assert [line.decided for line in (first[0], first[2])] == [Strategy.RETAIN, Strategy.RETAIN]
    assert [line.overridden for line in first[:3]] == [True, False, True]


def test_all_that_are_listed_can_be_accepted_at_once(loaded: Screen) -> None:
    loaded.open("strategy", migration=1, strategy="Retire")
    wanted = lines(loaded, strategy=Strategy.RETIRE)
    select(loaded, "applications", 0, 1)
    loaded.at.checkbox(key="bulk-all").check().run()
    loaded.at.text_input(key="bulk-reason").set_value("agreed with the owners")
    loaded.click(f"Decide {len(wanted):,}")
    assert all(line.overridden for line in lines(loaded, strategy=Strategy.RETIRE))
    assert strategies.distribution(loaded.store.unit_of_work(), 1).overridden == len(wanted)


def test_one_answer_in_the_questionnaire_counts_for_all_it_is_open_for(loaded: Screen) -> None:
    loaded.open("strategy", migration=1, tab="Questionnaire")
    question = questionnaires.shared(loaded.store, 1)[0]
    assert loaded.table("shared-questions")["Question"][0] == question.text
    box = loaded.at.selectbox(key=f"ask-{question.key}-all")
    box.set_value(questionnaires.asked(question.key).answers[0]).run()
    loaded.click(f"Answer for {len(question.subjects):,}")
    assert question.key not in {open_one.key for open_one in questionnaires.shared(loaded.store, 1)}


def test_cells_of_a_filled_questionnaire_that_cannot_be_read_are_listed(loaded: Screen) -> None:
    rows = questionnaires.export(loaded.store.unit_of_work(), 1, ("compliance_lock",)).decode("utf-8-sig").splitlines()
    filled = "\n".join([rows[0], rows[1] + "yes", rows[2] + "perhaps"]).encode()
    loaded.open("strategy", migration=1, tab="Questionnaire")
    loaded.at.file_uploader[0].upload("questionnaire.csv", filled)
    loaded.click("Take the answers")
    assert "1 answer for 1 application" in loaded.toasts[0].replace("\\", "")
    refused = loaded.table("Cells not taken")
    assert list(refused["Value"]) == ["perhaps"]


def test_an_edited_weight_shows_its_flips_and_becomes_a_version(loaded: Screen) -> None:
    loaded.open("strategy", migration=1, tab="Policy")
    signal = [signal.name for signal in policy_editor.editable(PolicyChange()).signals].index("unused")
    change = PolicyChange(weights={"unused": {Strategy.RETIRE: -9.0}})
    effect = policies.preview(loaded.store.unit_of_work(), 1, change)
    edit = {"edited_rows": {signal: {"Retire": -9.0}}, "added_rows": [], "deleted_rows": []}
    loaded.set("weights-0-0", edit)
    assert f"**{len(effect.flips)} recommendation" in loaded.text
    loaded.at.text_input(key="policy-reason-0").set_value("nothing is retired").run()
    loaded.click("Apply policy")
    made = policies.current(loaded.store.unit_of_work(), 1)
    assert (made.number, made.change, made.flips) == (1, change, len(effect.flips))
    assert list(loaded.table("policy-versions")["Version"]) == [1, 0]


def test_a_draft_of_the_policy_outlives_a_look_elsewhere_until_it_is_discarded(loaded: Screen) -> None:
    loaded.open("strategy", migration=1, tab="Policy")
    signal = [signal.name for signal in policy_editor.editable(PolicyChange()).signals].index("unused")
    loaded.set("weights-0-0", {"edited_rows": {signal: {"Retire": -9.0}}, "added_rows": [], "deleted_rows": []})
    loaded.at.slider(key="goal-speed-0-0").set_value(5).run()
    loaded.open("strategy", migration=1, tab="Questionnaire").open("waves", migration=1)
    loaded.open("strategy", migration=1, tab="Policy")
    assert "would change" in loaded.text
    assert loaded.at.slider(key="goal-speed-0-0").value == 5
    kept = loaded.at.session_state["policy-draft-1"].wanted
    assert kept.weights == {"unused": {Strategy.RETIRE: -9.0}}
    assert kept.goals["speed"] == 5
    loaded.click("Discard changes")
    assert "would change" not in loaded.text
    assert loaded.at.slider(key="goal-speed-0-1").value == 3
    assert loaded.at.session_state["policy-draft-1"].wanted == PolicyChange()


def test_a_draft_of_the_policy_is_kept_when_a_colleague_applies_another_version(loaded: Screen) -> None:
    loaded.open("strategy", migration=1, tab="Policy")
    loaded.at.slider(key="goal-speed-0-0").set_value(5).run()
    loaded.at.slider(key="goal-licence-0-0").set_value(1).run()
    work, theirs = loaded.store.unit_of_work(), PolicyChange(goals={"licence": 4}, settings={"temperature": 0.7})
    policies.apply(work, 1, theirs, "cheaper", Identity(name="Ben Example"), seen_number=0)
    loaded.open("strategy", migration=1, tab="Policy")
    assert "Ben Example applied version 1 of the policy meanwhile; your draft is kept but for 1 number" in loaded.text
    draft = loaded.at.session_state["policy-draft-1"].wanted
    assert (draft.goals["speed"], draft.goals["licence"], draft.settings) == (5, 4, {"temperature": 0.7})
    assert loaded.at.slider(key="goal-speed-1-1").value == 5
    loaded.click("Discard changes")
    assert "meanwhile" not in loaded.text
    assert loaded.at.session_state["policy-draft-1"].wanted == theirs


def test_a_former_version_can_be_made_to_count_again(loaded: Screen) -> None:
    work = loaded.store.unit_of_work()
    policies.apply(work, 1, PolicyChange(goals={"speed": 5}), "fast", ANALYST, seen_number=0)
    loaded.open("strategy", migration=1, tab="Policy")
    select(loaded, "policy-versions", 1)
    loaded.at.text_input(key="policy-reason-1").set_value("back to the start").run()
    loaded.click("Apply policy")
    assert [v.change for v in policies.versions(work, 1)[::2]] == [PolicyChange(), PolicyChange()]


def test_without_prices_of_ones_own_no_cost_is_shown(loaded: Screen) -> None:
    loaded.open("strategy", migration=1, tab="Cost")
    assert "No cost is shown without prices" in loaded.text
    assert not loaded.at.metric


@pytest.mark.parametrize(("tab", "button"), [("Cost", "Use these prices"), ("Questionnaire", "Take the answers")])
def test_a_form_that_is_sent_without_its_file_says_so(loaded: Screen, tab: str, button: str) -> None:
    loaded.open("strategy", migration=1, tab=tab).click(button)
    assert "No file is chosen, so nothing was taken" in loaded.alerts[0]


def test_a_rate_card_gives_ranges_that_trace_to_quantities_and_prices(loaded: Screen) -> None:
    loaded.open("strategy", migration=1, tab="Cost")
    loaded.at.file_uploader[0].upload("offer.csv", rate_card())
    loaded.click("Use these prices")
    found = costs.of_migration(loaded.store.unit_of_work(), 1)
    assert found is not None
    told = {metric.label: metric.value for metric in loaded.at.metric}
    assert told["Running today, EUR a year"] == f"{round(found.forecast.today.middle):,}"
    key = next(line.subject_key for line in lines(loaded) if line.decided is Strategy.REHOST)
    loaded.at.selectbox(key="cost-application").set_value(key).run()
    rows = loaded.table("Lines of cost with quantities, prices and sources")
    cost = costs.of_application(loaded.store.unit_of_work(), 1, key)
    assert cost is not None
    assert list(rows["Quantity"]) == [line.quantity for line in cost[0].lines]
    assert set(rows["Price from"]) <= {"offer of May", "offer of May; offer of May"}
    assert (rows["Likely, EUR"] > 0).all()


def test_a_line_of_a_rate_card_that_cannot_be_read_is_told(loaded: Screen) -> None:
    loaded.open("strategy", migration=1, tab="Cost")
    loaded.at.file_uploader[0].upload("offer.csv", rate_card().replace(b",1,2,3,", b",1,cheap,3,", 1))
    loaded.click("Use these prices")
    assert "1 line of offer.csv could not be taken" in loaded.alerts[0].replace("\\", "")


def test_the_argument_tells_its_firmness_sources_and_history(loaded: Screen) -> None:
    line = next(line for line in lines(loaded) if line.engine is Strategy.REPLATFORM)
    strategies.override_many(
        loaded.store.unit_of_work(), 1, [line.subject_key], Strategy.RETAIN, "frozen until 2028", ANALYST
    )
    loaded.open("strategy", migration=1, application=line.subject_key)
    assert "of 200 draws give the same answer" in loaded.text
    reasons = loaded.table("Reasons for and against every strategy with their sources")
    found = strategies.argument(loaded.store.unit_of_work(), 1, line.subject_key)
    assert list(reasons["Reason"]) == [evidence.text for evidence in found.evidence]
    assert list(loaded.table("What happened to this application")["Why"]) == ["frozen until 2028"]
