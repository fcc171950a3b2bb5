"""What a model can say: choices among what was asked, each by itself, whatever else it says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.agents.answers import AnswerForm, one_of, quote, some_of
from platform_core.agents.extraction import Unusable
from platform_core.agents.replies import Spoken

IDS = ("i1", "i2", "i3")
FIELDS = ("hostname", "ip_address", "unmapped")
FORM = AnswerForm(IDS, {"field": one_of(FIELDS), "facts": some_of(("os", "users"), 2)}, most=3, each_once=True)


def entry(**changes: Any) -> dict[str, Any]:
    return {"id": "i1", "field": "hostname", "facts": ["os"], "rationale": "the name says so", **changes}


def said(*entries: Any) -> Spoken:
    return Spoken(json.dumps({"items": list(entries)}))


def test_a_good_answer_is_read() -> None:
    reading = FORM.read(said(entry(), entry(id="i2", field="unmapped")))
    assert [(c.id, c.model_dump()["field"]) for c in reading.choices] == [("i1", "hostname"), ("i2", "unmapped")]
    assert reading.dropped == ()


@pytest.mark.parametrize(
    "fault",
    [
        {"id": "i9"},
        {"field": "payload_hostname"},
        {"field": None},
        {"facts": ["os", "canary"]},
        {"facts": "os"},
        {"confidence": 0.99},
        {"rationale": 7},
        {"id": ["i1"]},
    ],
)
def test_a_bad_choice_drops_only_itself(fault: dict[str, Any]) -> None:
    reading = FORM.read(said(entry(id="i2"), entry(**fault), entry(id="i3")))
    assert [choice.id for choice in reading.choices] == ["i2", "i3"]
    assert len(reading.dropped) == 1


def test_an_item_answered_twice_differently_is_dropped_and_twice_alike_is_kept() -> None:
    reading = FORM.read(said(entry(), entry(field="unmapped"), entry(id="i2"), entry(id="i2")))
    assert [choice.id for choice in reading.choices] == ["i2"]
    assert [each.item for each in reading.dropped] == ["i1"]


@pytest.mark.parametrize(
    "content",
    [
        'Sure! ```json\n{"items": [ENTRY]}\n```',
        'I think {"items": [ENTRY]} is right.',
        '<br>{"items": [ENTRY], "note": 1}',
        "[ENTRY]",
        '{"items": [ENTRY, {"id": "i2", "fie',
    ],
)
def test_an_answer_is_found_in_fences_prose_and_cut_off_text(content: str) -> None:
    reading = FORM.read(Spoken(content.replace("ENTRY", json.dumps(entry()))))
    assert [choice.id for choice in reading.choices] == ["i1"]


@pytest.mark.parametrize("content", ["", "no", "{}", '{"items": 3}', "NaN", '{"items": [{"id": "i9"}]}', "[" * 5_000])
def test_what_holds_no_choice_is_unusable_and_says_how_to_do_better(content: str) -> None:
    with pytest.raises(Unusable) as told:
        FORM.read(Spoken(content))
    assert "Answer" in str(told.value)


def test_a_rationale_is_plain_words_of_bounded_length() -> None:
    hostile = "=cmd|'/c calc'!A1 <script>alert(1)</script> ![x](https://evil.example/c) `{{7*7}}`" + "x" * 900
    (choice,) = FORM.read(said(entry(rationale=hostile))).choices
    assert len(choice.rationale) <= 200
    assert not set("<>`[]{}|*#") & set(choice.rationale)
    assert "evil.example" not in choice.rationale
    assert not choice.rationale.startswith("=")


def test_a_schema_closes_every_vocabulary_and_offers_no_number() -> None:
    form = AnswerForm(IDS, {"field": one_of(FIELDS), "passage": quote(50)}, most=3, each_once=True)
    text = json.dumps(form.schema)
    properties = form.schema["properties"]["items"]["items"]["properties"]
    assert properties["id"]["enum"] == list(IDS)
    assert properties["field"]["enum"] == list(FIELDS)
    assert '"number"' not in text
    assert '"integer"' not in text
    assert "$ref" not in text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
NEARLY_RIGHT = st.fixed_dictionaries(
    {
        "id": st.sampled_from([*IDS, "i9", "I1", "i1 ", "", 1]) | JSON,
        "field": st.sampled_from([*FIELDS, "Hostname", "hostname ", "drop table"]) | JSON,
        "facts": st.lists(st.sampled_from(["os", "users", "canary", "OS"]), max_size=4) | JSON,
        "rationale": st.text(max_size=300) | JSON,
    },
    optional={"extra": JSON},
)


@settings(max_examples=150, deadline=None)
@given(
    entries=st.lists(NEARLY_RIGHT | JSON, max_size=8),
    wrap=st.sampled_from(["%s", "```json\n%s\n```", "So: %s.", "%s%s"]),
    cut=st.integers(0, 400) | st.none(),
)
def test_no_unknown_id_or_value_survives_whatever_a_model_says(entries: list[Any], wrap: str, cut: int | None) -> None:
    text = json.dumps({"items": entries})
    try:
        reading = FORM.read(Spoken((wrap.replace("%s", text))[:cut]))
    except Unusable:
        return
    assert len(reading.choices) <= len(IDS)
    assert len({choice.id for choice in reading.choices}) == len(reading.choices)
    for choice in reading.choices:
        chosen = choice.model_dump()
        assert chosen["id"] in IDS
        assert chosen["field"] in FIELDS
        assert set(chosen["facts"]) <= {"os", "users"}
        assert set(chosen) == {"id", "field", "facts", "rationale"}


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_no_text_at_all_makes_reading_fail_otherwise_than_told(text: str) -> None:
    try:
        reading = FORM.read(Spoken(text))
    except Unusable:
        return
    assert {choice.id for choice in reading.choices} <= set(IDS)
