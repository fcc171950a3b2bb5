"""Learning through the services: feedback that helps at once, the gate, undo, agreement, disagreement, exchange."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest

from platform_core.domain.identity import Identity
from platform_core.domain.learning import Scope
from platform_core.domain.mapping import FileKind, MappingState, Source
from platform_core.errors import BadInput, Conflict
from platform_core.services import applying, feedback, imports, learning, mappings, migrations, receiving, terminal
from platform_core.services.imports import ImportView
from platform_core.services.learning import LearnedView
from platform_core.services.mappings import Action, ColumnView, Decision
from platform_core.store import Store
from tests.integration.services.conftest import SERVERS, Upload

ANA, BEN = Identity(name="Ana Example"), Identity(name="Ben Example")
ESTATE = """\
SRV,RAM_GB,APPLICATION_OWNER,DR_TIER,STICKER
web01,8,Ada Example,2,q-17
app01,16,Ben Example,1,q-18
"""


def column(store: Store, import_id: int, header: str) -> ColumnView:
    return next(c for c in mappings.columns(store.unit_of_work(), import_id) if c.header == header)


def latest(store: Store, migration_id: int) -> ImportView:
    return imports.listed(store.unit_of_work(), migration_id)[-1]


def say(store: Store, migration_id: int, text: str, by: Identity = ANA) -> feedback.Learned:
    work = store.unit_of_work()
    given = feedback.give(work, migration_id, by, page="feedback", text=text)
    return feedback.confirm(work, given.id, by, seen_version=given.version)


def decide(store: Store, view: ImportView, header: str, field: str | None, by: Identity = ANA) -> None:
    position = column(store, view.id, header).position
    action = Action.CHANGE if field else Action.IGNORE
    decision = Decision(position=position, action=action, field=field)
    mappings.decide(store.unit_of_work(), view.id, [decision], by)


def apply(store: Store, view: ImportView, by: Identity = ANA) -> None:
    now = imports.view(store.unit_of_work(), view.id)
    applying.apply(store, view.id, by, undecided=True, seen_version=now.version)


def suggestions(store: Store, import_id: int) -> list[tuple[str, str | None, float, str]]:
    views = mappings.columns(store.unit_of_work(), import_id)
    return sorted((v.header, v.suggested_field, v.confidence, v.source) for v in views)


def entry(store: Store, migration_id: int, header: str) -> LearnedView:
    return next(e for e in learning.timeline(store.unit_of_work(), migration_id) if e.subject == header)


def test_feedback_on_three_headers_leaves_fewer_critical_attributes_missing(
    store: Store, migration_id: int, upload: Upload
) -> None:
    upload(
        "estate.csv", ESTATE.replace("RAM_GB", "KAPA").replace("APPLICATION_OWNER", "VERANTW").replace("SRV", "GERT")
    )
    view = latest(store, migration_id)
    before = mappings.coverage(view.kind, mappings.columns(store.unit_of_work(), view.id))
    say(store, migration_id, "KAPA should map to Memory (GB), VERANTW is the app owner, not business owner")
    say(store, migration_id, "DR_TIER is the DR tier; GERT is the server name; ignore column STICKER")
    after = mappings.coverage(FileKind.SERVER, mappings.columns(store.unit_of_work(), view.id))
    assert "memory_gb" not in after.missing
    assert len(after.missing) < len(before.missing) or before.needed == 0
    fields = {c.header: c.field for c in mappings.columns(store.unit_of_work(), view.id)}
    assert fields == {
        "GERT": "asset_name",
        "KAPA": "memory_gb",
        "VERANTW": "application_owner",
        "DR_TIER": "dr_tier",
        "STICKER": None,
    }


def test_what_is_said_counts_at_once_but_not_over_a_decision(store: Store, migration_id: int, upload: Upload) -> None:
    upload("estate.csv", ESTATE)
    view = latest(store, migration_id)
    decide(store, view, "STICKER", "asset_tag")
    learned = say(store, migration_id, "DR_TIER means location; STICKER is the serial number")
    assert [(c.header, c.after) for c in learned.changed if c.header == "DR_TIER"] == [("DR_TIER", "location")]
    assert column(store, view.id, "DR_TIER").source is Source.LEARNED
    assert column(store, view.id, "STICKER").field == "asset_tag"


def test_undo_names_what_it_changes_and_restores_the_suggestions_exactly(
    store: Store, migration_id: int, upload: Upload
) -> None:
    upload("estate.csv", ESTATE)
    view = latest(store, migration_id)
    before = suggestions(store, view.id)
    say(store, migration_id, "DR_TIER means location")
    assert suggestions(store, view.id) != before
    word = entry(store, migration_id, "DR_TIER")
    changed = learning.undo(store.unit_of_work(), word.id, BEN)
    assert [(c.file_name, c.header, c.before, c.after) for c in changed] == [
        ("estate.csv", "DR_TIER", "location", "dr_tier")
    ]
    assert suggestions(store, view.id) == before
    kept = entry(store, migration_id, "DR_TIER")
    assert (kept.undone_by, kept.can_be_undone) == ("Ben Example", False)
    with pytest.raises(Conflict, match="Ben Example undid this already"):
        learning.undo(store.unit_of_work(), word.id, ANA)


def test_a_word_tells_its_effect_on_past_files_too(store: Store, migration_id: int, upload: Upload) -> None:
    upload("estate.csv", ESTATE)
    view = latest(store, migration_id)
    decide(store, view, "DR_TIER", "location")
    apply(store, view)
    word = entry(store, migration_id, "DR_TIER")
    changed = learning.effect(store.unit_of_work(), migration_id, word.id)
    assert [(c.file_name, c.header, c.before, c.after) for c in changed] == [
        ("estate.csv", "DR_TIER", "dr_tier", "location")
    ]


def test_a_refusal_keeps_a_field_away_from_a_header(store: Store, migration_id: int, upload: Upload) -> None:
    upload("estate.csv", ESTATE)
    say(store, migration_id, "DR_TIER is not the DR tier")
    assert column(store, latest(store, migration_id).id, "DR_TIER").suggested_field != "dr_tier"
    assert entry(store, migration_id, "DR_TIER").after == "not DR Tier"


def test_a_word_for_any_file_that_would_cost_shipped_columns_is_held_back_and_says_which(
    store: Store, migration_id: int, upload: Upload
) -> None:
    learned = say(store, migration_id, "Operating System means location; STICKER means the asset tag")
    assert learned.held_back == ("Operating System",)
    word = entry(store, migration_id, "Operating System")
    assert {(loss.field, loss.instead) for loss in word.would_lose} == {("os_name", "location")}
    assert entry(store, migration_id, "STICKER").would_lose == ()
    upload("servers.csv", SERVERS)
    assert column(store, latest(store, migration_id).id, "Operating System").field == "os_name"


def test_a_word_on_one_layout_settles_it_there_and_is_only_weighed_elsewhere(
    store: Store, migration_id: int, upload: Upload
) -> None:
    upload("estate.csv", ESTATE.replace("STICKER", "Operating System"))
    say(store, migration_id, "Operating System means location")
    assert column(store, latest(store, migration_id).id, "Operating System").field == "location"
    upload("servers.csv", SERVERS)
    assert column(store, latest(store, migration_id).id, "Operating System").field == "os_name"


def test_re_applying_the_same_decisions_teaches_nothing_twice(store: Store, migration_id: int, upload: Upload) -> None:
    upload("estate.csv", ESTATE)
    view = latest(store, migration_id)
    decide(store, view, "DR_TIER", "location")
    apply(store, view)
    applying.withdraw(store, view.id, ANA, seen_version=imports.view(store.unit_of_work(), view.id).version)
    apply(store, view)
    assert [e.subject for e in learning.timeline(store.unit_of_work(), migration_id)] == ["DR_TIER"]


def test_an_applied_mapping_suggests_the_other_files_in_review_anew(
    store: Store, migration_id: int, upload: Upload
) -> None:
    upload("may.csv", ESTATE)
    upload("june.csv", ESTATE.replace("web01", "web07"))
    may, june = imports.listed(store.unit_of_work(), migration_id)
    decide(store, may, "STICKER", "asset_tag")
    apply(store, may)
    sticker = column(store, june.id, "STICKER")
    assert (sticker.field, sticker.source, sticker.state) == ("asset_tag", Source.LEARNED, MappingState.SUGGESTED)


def test_two_who_disagree_are_shown_and_settled(store: Store, migration_id: int, upload: Upload) -> None:
    upload("estate.csv", ESTATE)
    say(store, migration_id, "STICKER is the asset tag", ANA)
    say(store, migration_id, "STICKER is the serial number", BEN)
    work = store.unit_of_work()
    (conflict,) = learning.disagreements(work, migration_id)
    assert [(w.author, learning.in_words(w)) for w in conflict.words] == [
        ("Ben Example", "Serial Number"),
        ("Ana Example", "Asset Tag"),
    ]
    learning.settle(work, conflict, conflict.words[1].number, BEN)
    assert learning.disagreements(work, migration_id) == []
    assert column(store, latest(store, migration_id).id, "STICKER").field == "asset_tag"


def test_what_two_migrations_agree_on_counts_in_a_third(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    second, third = (migrations.create(work, name, ANA).id for name in ("Second", "Third"))
    for place, each in enumerate((migration_id, second, third)):
        text = ESTATE.replace("web01", f"web{place}").encode()
        receiving.receive(store, each, "estate.csv", BytesIO(text), ANA)
    say(store, migration_id, "STICKER is the asset tag")
    assert entry(store, migration_id, "STICKER").scope is Scope.MIGRATION
    say(store, second, "STICKER is the asset tag", BEN)
    assert entry(store, migration_id, "STICKER").scope is Scope.ORGANISATION
    receiving.receive(store, third, "again.csv", BytesIO(ESTATE.replace("web01", "web9").encode()), ANA)
    assert column(store, latest(store, third).id, "STICKER").field == "asset_tag"


def test_learned_mappings_travel_to_another_migration(store: Store, migration_id: int, upload: Upload) -> None:
    work = store.unit_of_work()
    upload("estate.csv", ESTATE)
    say(store, migration_id, "STICKER is the asset tag; DR_TIER is not the DR tier")
    text = learning.export_mappings(work, migration_id)
    assert {m["migration"] for m in json.loads(text)["mappings"]} == {"Exit 2027"}
    other = migrations.create(work, "Other", ANA).id
    taken = learning.import_mappings(work, other, text, BEN)
    assert (taken.learned, taken.known_before, taken.held_back) == (2, 0, ())
    sticker = entry(store, other, "STICKER")
    assert (sticker.author, sticker.scope) == ("Ana Example", Scope.ORGANISATION)
    assert learning.import_mappings(work, other, text, BEN).known_before == 2
    receiving.receive(store, other, "estate.csv", BytesIO(ESTATE.encode()), ANA)
    assert column(store, latest(store, other).id, "STICKER").field == "asset_tag"
    assert column(store, latest(store, other).id, "DR_TIER").field != "dr_tier"


def test_a_file_that_holds_no_mappings_is_refused_and_nothing_is_kept(store: Store, migration_id: int) -> None:
    with pytest.raises(BadInput, match="no learned mappings"):
        learning.import_mappings(store.unit_of_work(), migration_id, "{}", ANA)
    assert learning.timeline(store.unit_of_work(), migration_id) == []


def test_the_terminal_maps_with_an_exported_file(
    store: Store, migration_id: int, upload: Upload, tmp_path: Path
) -> None:
    upload("estate.csv", ESTATE)
    say(store, migration_id, "STICKER is the asset tag")
    exported, file = tmp_path / "field_mappings.json", tmp_path / "estate.csv"
    exported.write_text(learning.export_mappings(store.unit_of_work(), migration_id), encoding="utf-8")
    file.write_text(ESTATE, encoding="utf-8")
    answer = terminal.map_files([file], exported)
    fields = {c["header"]: (c["field"], c["source"]) for c in answer["files"][0]["columns"]}
    assert fields["STICKER"] == ("asset_tag", "learned")
