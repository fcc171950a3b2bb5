"""Answers about how a column's cells are read: kept with its mapping, undone, taken over by the next export."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest

from platform_core.domain.choices import Several
from platform_core.domain.identity import Identity
from platform_core.domain.mapping import MappingState
from platform_core.errors import Conflict
from platform_core.inventory import QuestionKind
from platform_core.services import (
    applying,
    column_questions,
    history,
    imports,
    learning,
    mappings,
    receiving,
    saved_mappings,
)
from platform_core.services.column_questions import ColumnQuestion
from platform_core.services.migrations import create
from platform_core.store import Store

ANA = Identity(name="Ana Example")
FIRST = (
    b"Server Name,Operating System,Install Date,Vendor\n"
    b"web01,RHEL 8,03/04/2024,Oracle; SAP\nweb02,RHEL 8,05/06/2023,IBM\n"
)
LATER = FIRST + b"web03,RHEL 9,07/08/2024,SAP\n"


@pytest.fixture
def migration(store: Store) -> int:
    return create(store.unit_of_work(), "Move out", ANA).id


def receive(store: Store, migration: int, content: bytes) -> int:
    (number,) = receiving.receive(store, migration, "servers.csv", BytesIO(content), ANA).imports
    return number


def asked(store: Store, import_id: int, kind: QuestionKind) -> ColumnQuestion:
    found = column_questions.column_questions(store.unit_of_work(), import_id)
    return next(each for each in found if each.question.kind is kind)


def say(store: Store, import_id: int, kind: QuestionKind, said: bool | str | None) -> None:
    column_questions.answer(store.unit_of_work(), import_id, asked(store, import_id, kind), said, ANA)


def dates(store: Store, import_id: int) -> list[object]:
    assets = applying.preview(store.unit_of_work(), import_id, rows=9)
    return [asset.values.get("install_date") for asset in assets]


def test_an_answer_is_kept_with_the_mapping_and_settles_the_whole_column(store: Store, migration: int) -> None:
    number = receive(store, migration, FIRST)
    assert dates(store, number) == [None, None]
    say(store, number, QuestionKind.DAY_FIRST, said=True)
    assert dates(store, number) == [date(2024, 4, 3), date(2023, 6, 5)]
    assert asked(store, number, QuestionKind.DAY_FIRST).answer is True
    assert not asked(store, number, QuestionKind.DAY_FIRST).is_open


def test_an_answer_can_be_taken_back_by_undo(store: Store, migration: int) -> None:
    number = receive(store, migration, FIRST)
    say(store, number, QuestionKind.SEVERAL, Several.SPLIT)
    assert "several values are split" in history.undo(store.unit_of_work(), migration, ANA)
    assert asked(store, number, QuestionKind.SEVERAL).answer is None


def test_who_looked_at_an_older_state_is_told(store: Store, migration: int) -> None:
    number = receive(store, migration, FIRST)
    seen = asked(store, number, QuestionKind.DAY_FIRST)
    say(store, number, QuestionKind.DAY_FIRST, said=True)
    with pytest.raises(Conflict):
        column_questions.answer(store.unit_of_work(), number, seen, False, ANA)


def test_another_field_forgets_what_was_said_about_the_cells(store: Store, migration: int) -> None:
    number = receive(store, migration, FIRST)
    say(store, number, QuestionKind.DAY_FIRST, said=True)
    position = asked(store, number, QuestionKind.DAY_FIRST).position
    change = mappings.Decision(position=position, action=mappings.Action.CHANGE, field="notes")
    mappings.decide(store.unit_of_work(), number, [change], ANA)
    view = next(c for c in mappings.columns(store.unit_of_work(), number) if c.position == position)
    assert view.choices.said == {}


def test_the_next_export_of_the_same_kind_takes_the_answers_over(store: Store, migration: int) -> None:
    number = receive(store, migration, FIRST)
    say(store, number, QuestionKind.DAY_FIRST, said=True)
    view = imports.view(store.unit_of_work(), number)
    applying.apply(store, number, ANA, undecided=True, seen_version=view.version)
    newer = receive(store, migration, LATER)
    saved_mappings.use_saved(store.unit_of_work(), newer, number, ANA)
    assert dates(store, newer)[2] == date(2024, 8, 7)


def test_answers_travel_with_exported_mappings(store: Store, migration: int) -> None:
    number = receive(store, migration, FIRST)
    say(store, number, QuestionKind.DAY_FIRST, said=False)
    view = imports.view(store.unit_of_work(), number)
    applying.apply(store, number, ANA, undecided=True, seen_version=view.version)
    document = learning.export_mappings(store.unit_of_work(), migration)
    other = create(store.unit_of_work(), "Elsewhere", ANA).id
    learning.import_mappings(store.unit_of_work(), other, document, ANA)
    fresh = receive(store, other, LATER)
    stands = next(c for c in mappings.columns(store.unit_of_work(), fresh) if c.header == "Install Date")
    assert stands.choices.day_first is False
    assert stands.state is MappingState.SUGGESTED
    assert dates(store, fresh)[2] == date(2024, 7, 8)
