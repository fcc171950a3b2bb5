"""The questionnaire: one application's short form, one answer for many, and a table to fill in elsewhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import JsonValue

from platform_core.domain.answers import shown
from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.strategy import AnswerProblem, Facts, Question, SharedQuestion
from platform_core.errors import BadInput
from platform_core.reports import Sheet, as_csv
from platform_core.services.assessment import policy_of, reassess, stored_facts
from platform_core.services.chronicle import EventKind, note
from platform_core.services.knowledge import policy
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import RecommendationRow
from platform_core.strategy import (
    Policy,
    answer_table,
    question_of,
    read_answers,
    shared_questions,
    short_form,
    with_answers,
)

KEPT = 4
"""Migrations whose shared questions are kept in memory."""

MOST_BYTES = 20_000_000
"""An answer file larger than this is none."""


Given = Mapping[str, Mapping[str, Any]]
"""Answers by subject key and fact key."""


class AnswersTaken(Frozen):
    """What an answer file brought: answers taken, recommendations changed by them, and the cells refused."""

    answers: int
    applications: int
    changed: int
    problems: tuple[AnswerProblem, ...]
    ignored_columns: tuple[str, ...]


def form(work: UnitOfWork, migration_id: int, subject_key: str) -> tuple[Question, ...]:
    """Return the questions for one application, the most telling first, known answers filled in. Raises NotFound."""
    with work.reading():
        row = work.recommendations.get(migration_id, subject_key)
        return short_form(stored_facts(row), policy_of(work, migration_id))


def shared(store: Store, migration_id: int) -> tuple[SharedQuestion, ...]:
    """Return the questions that one answer for many applications would settle most by.

    They are kept until something changes in the migration.
    """
    work = store.unit_of_work()
    with work.reading():
        latest = next((entry.id for entry in work.audit.recent(migration_id, 1)), 0)
    return _shared(store, migration_id, latest)


@lru_cache(maxsize=KEPT)
def _shared(store: Store, migration_id: int, _latest: int) -> tuple[SharedQuestion, ...]:
    work = store.unit_of_work()
    with work.reading():
        return shared_questions(_portfolio(work, migration_id), policy_of(work, migration_id))


def asked(key: str) -> Question:
    """Return a question by its key, with the usual answers; raises BadInput for one that nobody asks."""
    return question_of(key, policy())


def answer(
    work: UnitOfWork,
    migration_id: int,
    subject_keys: Sequence[str],
    answers: Mapping[str, JsonValue],
    by: Identity,
    *,
    seen_version: int | None = None,
) -> int:
    """Give the same answers (by key, None takes one back) for one or many applications and assess them again.

    Returns how many recommendations changed. Raises BadInput for an answer that cannot be read, NotFound, and Conflict
    when one application was named and moved on since `seen_version`.
    """
    with work:
        work.migrations.hold(migration_id)
        goes_by = policy_of(work, migration_id)
        rows = [work.recommendations.get(migration_id, key, expected=seen_version) for key in subject_keys]
        before = _answers(rows)
        changed = _take(work, migration_id, [(row, answers) for row in rows], goes_by, by)
        what = "; ".join(f"{key}: {shown(value) or 'taken back'}" for key, value in answers.items())
        named = rows[0].name if len(rows) == 1 else f"{len(rows):,} applications"
        _record(work, migration_id, by, f"{named}: {what}"[:500], rows, before)
        work.commit()
    return changed


def export(work: UnitOfWork, migration_id: int, keys: Sequence[str] = ()) -> bytes:
    """Return a CSV file to fill in: a line an application, a column a question, known answers filled in."""
    with work.reading():
        names = work.recommendations.names(migration_id)
        header, rows = answer_table(_portfolio(work, migration_id), names, policy_of(work, migration_id), keys)
    return as_csv(Sheet("Questionnaire", header, rows))


def take_file(work: UnitOfWork, migration_id: int, content: bytes, by: Identity) -> AnswersTaken:
    """Take the answers of a filled CSV file; cells that cannot be read are told and left out, the others count.

    Raises BadInput when the file is no UTF-8 CSV file with a column of application keys.
    """
    lines = list(_lines(content))
    with work:
        work.migrations.hold(migration_id)
        goes_by = policy_of(work, migration_id)
        found = read_answers(lines, _portfolio(work, migration_id), goes_by)
        rows = [work.recommendations.get(migration_id, key) for key in found.answers]
        before = _answers(rows)
        changed = _take(work, migration_id, [(row, found.answers[row.subject_key]) for row in rows], goes_by, by)
        count = sum(map(len, found.answers.values()))
        if rows:
            text = f"{count:,} answers for {len(rows):,} applications from a file"
            _record(work, migration_id, by, text, rows, before)
        work.commit()
    return AnswersTaken(
        answers=count,
        applications=len(rows),
        changed=changed,
        problems=found.problems,
        ignored_columns=found.ignored_columns,
    )


def restore(work: UnitOfWork, migration_id: int, before: Given, after: Given, by: Identity) -> None:
    """Put back the answers that `after` brought, by subject and key; what was answered anew since then stays.

    Call inside an open block of `work`. Raises NotFound when an application is gone.
    """
    goes_by, planned_otherwise = policy_of(work, migration_id), False
    for subject, taken in after.items():
        row = work.recommendations.get(migration_id, subject)
        former, now_given = before.get(subject, {}), dict(row.answers or {})
        for key in taken.keys() | former.keys():
            if now_given.get(key) == taken.get(key):
                now_given.pop(key, None)
                now_given.update({key: former[key]} if key in former else {})
        row.answers = now_given
        note(work, row, by, EventKind.ANSWERED, "Answers taken back")
        planned_otherwise |= reassess(work, row, goes_by, by, "Answers taken back")
    if planned_otherwise:
        work.migrations.count_strategy_change(migration_id)


def _answers(rows: Sequence[RecommendationRow]) -> dict[str, dict[str, Any]]:
    return {row.subject_key: dict(row.answers or {}) for row in rows}


def _portfolio(work: UnitOfWork, migration_id: int) -> dict[str, Facts]:
    return {row.subject_key: stored_facts(row) for row in work.recommendations.of(migration_id)}


def _take(
    work: UnitOfWork,
    migration_id: int,
    told: Sequence[tuple[RecommendationRow, Mapping[str, JsonValue]]],
    goes_by: Policy,
    by: Identity,
) -> int:
    """Keep the answers told of each application and assess it again; returns how many recommendations changed."""
    before = [row.strategy for row, _ in told]
    planned_otherwise = [_take_one(work, row, answers, goes_by, by) for row, answers in told]
    if any(planned_otherwise):
        work.migrations.count_strategy_change(migration_id)
    return sum(row.strategy != former for (row, _), former in zip(told, before, strict=True))


def _take_one(
    work: UnitOfWork, row: RecommendationRow, answers: Mapping[str, JsonValue], goes_by: Policy, by: Identity
) -> bool:
    """Keep answers beside the inventory's facts and assess again; tells whether planning sees it otherwise now."""
    given = dict(row.answers or {})
    for name, value in answers.items():
        read = with_answers({}, {name: value}, goes_by, source="")
        key = next(iter(read), goes_by.keys[name].means)
        given.pop(key, None)
        if value is not None:
            given[key] = {"value": read[key].value, "author": by.name, "day": now().date().isoformat()}
    row.answers = given
    what = "; ".join(f"{key}: {shown(value) or 'taken back'}" for key, value in answers.items())
    note(work, row, by, EventKind.ANSWERED, what)
    return reassess(work, row, goes_by, by, f"Answered {what}")


def _record(
    work: UnitOfWork, migration_id: int, by: Identity, text: str, rows: Sequence[RecommendationRow], before: Given
) -> None:
    work.audit.record(
        by,
        "questionnaire.answered",
        migration_id=migration_id,
        subject=rows[0].subject_key if len(rows) == 1 else "",
        text=text,
        before=dict(before),
        after=_answers(rows),
    )


def _lines(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line of the file, cells by header); the apostrophe that keeps a cell from being a formula is dropped."""
    if len(content) > MOST_BYTES:
        raise BadInput("The file is too large for a questionnaire.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("The file is not UTF-8 text.", hint="Save it as CSV UTF-8.") from error
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if _by_semicolon(text) else ",")
        if "application_key" not in (reader.fieldnames or ()):
            raise BadInput("The file has no column application_key.", hint="Fill in the exported questionnaire.")
        for cells in reader:
            yield reader.line_num, {k: (v or "").removeprefix("'") for k, v in cells.items() if isinstance(k, str)}
    except csv.Error as error:
        raise BadInput("The file is no CSV file.") from error


def _by_semicolon(text: str) -> bool:
    first = text.partition("\n")[0]
    return first.count(";") > first.count(",")
