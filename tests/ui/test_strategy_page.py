"""6R strategy: what counts, why, and the analyst's override."""

from __future__ import annotations

from pages._strategy_argument import would_change
from platform_core.domain.strategy import NEEDS_DATA, Counterfactual, PolicyChange, Strategy
from platform_core.services import policies, questionnaires, strategies
from platform_core.services.strategies import ApplicationStrategy, StrategyArgument
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen


def lines(screen: Screen, **wanted: str) -> list[ApplicationStrategy]:
    return strategies.page(screen.store.unit_of_work(), 1, offset=0, limit=1_000, **wanted)[0]


def argument(screen: Screen, key: str) -> StrategyArgument:
    return strategies.argument(screen.store.unit_of_work(), 1, key)


def override(screen: Screen, key: str, strategy: Strategy | None, reason: str) -> None:
    """Fill the form and send it."""
    screen.open("strategy", migration=1, application=key)
    next(box for box in screen.at.selectbox if box.label == "Strategy that counts").set_value(strategy or "")
    next(field for field in screen.at.text_input if field.label == "Reason").set_value(reason)
    screen.click("Override")


def test_an_answer_in_the_short_form_becomes_a_fact_with_its_author(loaded: Screen) -> None:
    line = lines(loaded, strategy=NEEDS_DATA)[0]
    loaded.open("strategy", migration=1, application=line.subject_key)
    asked = next(box for box in loaded.at.selectbox if box.key and box.key.startswith("ask-"))
    key = asked.key.split("-")[1]
    asked.set_value(_first_answer(loaded, line.subject_key, key))
    loaded.click("Save answers")
    facts = {fact.key: fact for fact in argument(loaded, line.subject_key).facts}
    assert facts[key].source.startswith(f"answered by {ANALYST.name}")


def test_a_moved_goal_shows_what_would_change_and_counts_only_when_applied(loaded: Screen) -> None:
    loaded.open("strategy", migration=1, tab="Policy")
    for goal in ("speed", "cloud_native"):
        loaded.at.slider(key=f"goal-{goal}-0-0").set_value(5 if goal == "cloud_native" else 1)
    loaded.at.run()
    effect = policies.preview(
        loaded.store.unit_of_work(),
        1,
        PolicyChange(goals={"speed": 1, "cloud_native": 5, "licence": 3, "operations": 3}),
    )
    assert f"**{len(effect.flips)} recommendation" in loaded.text
    assert policies.current(loaded.store.unit_of_work(), 1).number == 0
    loaded.at.text_input(key="policy-reason-0").set_value("cloud first").run()
    loaded.click("Apply policy")
    made = policies.current(loaded.store.unit_of_work(), 1)
    assert (made.number, made.flips, made.reason) == (1, len(effect.flips), "cloud first")


def _first_answer(screen: Screen, subject: str, key: str) -> object:
    form = questionnaires.form(screen.store.unit_of_work(), 1, subject)
    return next(question.answers[0] for question in form if question.key == key)


def test_the_page_lists_what_the_store_holds(loaded: Screen) -> None:
    table = loaded.open("strategy", migration=1).table("applications")
    assert list(table["Application or machine"]) == [line.name for line in lines(loaded)[:25]]
    assert f"{len(lines(loaded)):,} listed" in loaded.text
    assert f"{len(lines(loaded)):,} assessed" in loaded.text


def test_filter_and_order_come_from_the_address(loaded: Screen) -> None:
    table = loaded.open("strategy", migration=1, strategy="Retire", order="Largest first").table("applications")
    assert set(table["Strategy"]) == {"Retire"}
    assert list(table["Assets"]) == sorted(table["Assets"], reverse=True)


def test_a_filter_that_leaves_fewer_pages_shows_the_first(loaded: Screen) -> None:
    loaded.open("strategy", migration=1).set("strategy_page", 9)
    loaded.at.text_input(key="find_application").set_value("claims").run()
    assert list(loaded.table("applications").iloc[:, 0]) == [line.name for line in lines(loaded, text="claims")]


def test_a_link_opens_the_argument_behind_an_application(loaded: Screen) -> None:
    line = next(line for line in lines(loaded) if line.engine is Strategy.REPLATFORM)
    loaded.open("strategy", migration=1, application=line.subject_key)
    assert f"The rules say **Replatform** with {line.confidence:.0%} confidence" in loaded.text
    ranking = loaded.table("Strategies by share of belief")
    assert ranking["Strategy"][0] == "Replatform"
    assert len(loaded.table("Facts with their sources")) == len(argument(loaded, line.subject_key).facts)


def test_too_little_data_is_an_answer_with_the_next_question(loaded: Screen) -> None:
    line = lines(loaded, strategy=NEEDS_DATA)[0]
    loaded.open("strategy", migration=1, application=line.subject_key)
    assert "Too little is known to recommend a strategy" in loaded.text
    assert "0% confidence" not in loaded.text
    assert argument(loaded, line.subject_key).missing[0].question in loaded.text.replace("\\", "")


def test_an_override_with_its_reason_counts_and_can_be_taken_back(loaded: Screen) -> None:
    line = next(line for line in lines(loaded) if line.engine is Strategy.REPLATFORM)
    override(loaded, line.subject_key, Strategy.RETAIN, "The *licence* forbids it until 2030")
    stands = argument(loaded, line.subject_key)
    assert (stands.line.decided, stands.line.overridden) == (Strategy.RETAIN, True)
    assert "Overridden to **Retain** by Test analyst: The \\*licence\\* forbids it until 2030" in loaded.text
    override(loaded, line.subject_key, None, "Settled with the vendor")
    assert argument(loaded, line.subject_key).line.decided is Strategy.REPLATFORM


def test_an_override_without_a_reason_is_refused(loaded: Screen) -> None:
    line = next(line for line in lines(loaded) if line.engine is Strategy.REPLATFORM)
    override(loaded, line.subject_key, Strategy.RETAIN, "  ")
    assert loaded.alerts[0].startswith("An override needs a reason")
    assert not argument(loaded, line.subject_key).line.overridden


def test_a_colleagues_override_is_not_overwritten_unseen(loaded: Screen) -> None:
    key = lines(loaded)[0].subject_key
    loaded.open("strategy", migration=1, application=key)
    next(box for box in loaded.at.selectbox if box.label == "Strategy that counts").set_value(Strategy.RETIRE)
    next(field for field in loaded.at.text_input if field.label == "Reason").set_value("Nobody uses it")
    ada = ANALYST.model_copy(update={"name": "Ada"})
    version = argument(loaded, key).version
    strategies.override(
        loaded.store.unit_of_work(), 1, key, Strategy.RETAIN, "Board decision", ada, seen_version=version
    )
    loaded.click("Override")
    stands = argument(loaded, key)
    assert (stands.line.decided, stands.override_by) == (Strategy.RETAIN, "Ada")
    assert "meanwhile" in loaded.alerts[0]


def test_a_link_to_an_application_that_is_gone_says_so(loaded: Screen) -> None:
    loaded.open("strategy", migration=1, application="application:gone")
    assert loaded.alerts == ["The application of this link is not in the inventory any more."]
    assert len(loaded.table("applications")) == 25


def test_what_would_change_the_answer_is_told_without_keys() -> None:
    change = Counterfactual(
        changes={"os_out_of_support": False, "user_count": None, "age_years": 3},
        becomes=Strategy.REHOST,
        text="as the engine says it",
    )
    assert would_change(change) == (
        "Rehost if “Is its operating system out of support?” were answered no and “How many people use it?” were left "
        "open and Age years were 3."
    )
