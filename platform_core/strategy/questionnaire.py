"""The questionnaire: the few questions worth asking about an application, alone, for many at once, or as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from platform_core.domain.answers import as_level, as_number, as_span, as_texts, as_yes_no, shown
from platform_core.domain.conditions import Reading
from platform_core.domain.strategy import (
    AnswerProblem,
    AnswersRead,
    Fact,
    Facts,
    Question,
    SharedQuestion,
)
from platform_core.errors import BadInput
from platform_core.strategy.observing import observe
from platform_core.strategy.policy import Key, Policy
from platform_core.strategy.questions import askable, by_gain
from platform_core.strategy.scoring import judge

SUBJECT, NAME = "application_key", "application"
"""The first two columns of an answer table."""

_FORM = 8
_SAMPLE = 60
_LONGEST = 2_000
_YES_OR_NO = frozenset({"yes", "y", "true", "1", "x", "ja", "j", "no", "n", "false", "0", "nein"})
_EXPECTED = {
    Reading.YES_NO: "yes or no",
    Reading.NUMBER: "a number",
    Reading.SHARE: "a share such as 0.15 or 15 %",
    Reading.DAYS: "a number of days",
    Reading.MONTHS: "a number of months",
    Reading.LEVEL: "none, low, medium, high or very high",
    Reading.TEXT: "a text",
}


def short_form(facts: Facts, policy: Policy, *, most: int = _FORM) -> tuple[Question, ...]:
    """Return the questions to put to an application's owner: open ones by what they bring, then those answered.

    What the inventory or an earlier answer says is filled in already (`known`) and only to be checked.
    """
    observing = observe(facts, policy)
    open_ones = by_gain(observing, judge(observing.observed, policy), policy)[:most]
    known = {policy.keys[name].means: facts[name] for name in observing.by_key if facts[name].value is not None}
    answered = [key for key in _asked(policy) if key.key in known]
    return (
        *(_question(key, gain) for key, gain in open_ones),
        *(_question(key, 0.0, known[key.key]) for key in answered),
    )


def question_of(name: str, policy: Policy) -> Question:
    """Return the question behind a key; raises BadInput for one that nobody asks."""
    return _question(_key(name, policy), 0.0)


def shared_questions(
    portfolio: Mapping[str, Facts], policy: Policy, *, most: int = _FORM
) -> tuple[SharedQuestion, ...]:
    """Return the questions open in a portfolio (facts by subject key), by the sum of what their answers bring.

    What an answer brings is worked out on an even sample of at most 60 applications and scaled to those that lack it.
    """
    subjects: dict[str, list[str]] = {}
    gains: dict[str, list[float]] = {}
    step = -(-len(portfolio) // _SAMPLE) or 1
    for place, (subject, facts) in enumerate(portfolio.items()):
        observing = observe(facts, policy)
        for key in askable(observing, policy):
            subjects.setdefault(key.key, []).append(subject)
        if place % step == 0:
            for key, gain in by_gain(observing, judge(observing.observed, policy), policy):
                gains.setdefault(key.key, []).append(gain)
    brings = {key: sum(known) / len(known) * len(subjects[key]) for key, known in gains.items()}
    ordered = sorted(brings, key=lambda key: -brings[key])[:most]
    return tuple(
        SharedQuestion(key=key, text=policy.keys[key].question, subjects=tuple(subjects[key]), gain=brings[key])
        for key in ordered
    )


def with_answers(facts: Facts, answers: Mapping[str, JsonValue], policy: Policy, *, source: str) -> dict[str, Fact]:
    """Return the facts after `answers` (by key) were given; an answer of None takes an earlier one back.

    An answer stands in place of what was known under the same key or another spelling of it. Raises BadInput for a
    key nobody asks for and for a value that cannot be read as that key is.
    """
    changed = dict(facts)
    for name, value in answers.items():
        key = _key(name, policy)
        read = None if value is None else _read(value, key)
        if value is not None and read is None:
            raise BadInput(f"“{shown(value)}” is no answer to: {key.question}", hint=f"Give {_EXPECTED[key.reading]}.")
        for other in [known for known in changed if known in policy.keys and policy.keys[known].means == key.key]:
            del changed[other]
        if read is not None:
            changed[key.key] = Fact(key=key.key, value=read, source=source)
    return changed


def answer_table(
    portfolio: Mapping[str, Facts], names: Mapping[str, str], policy: Policy, keys: Sequence[str] = ()
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return header and rows of a table to fill in: a line an application, a column a question, known cells filled.

    Without `keys` the questions are those open for most of the portfolio.
    """
    chosen = tuple(keys) or tuple(question.key for question in shared_questions(portfolio, policy))
    rows = []
    for subject, facts in portfolio.items():
        known = {policy.keys[name].means: shown(fact.value) for name, fact in facts.items() if name in policy.keys}
        rows.append((subject, names.get(subject, subject), *(known.get(key, "") for key in chosen)))
    return (SUBJECT, NAME, *chosen), rows


def read_answers(
    rows: Iterable[tuple[int, Mapping[str, str]]], portfolio: Mapping[str, Facts], policy: Policy
) -> AnswersRead:
    """Read a filled table: `rows` are (line of the file, cells by header).

    Empty cells and cells that say what is known already are no answers. A cell that cannot be read and a row of an
    unknown application are told as problems; everything else is taken.
    """
    answers: dict[str, dict[str, JsonValue]] = {}
    problems: list[AnswerProblem] = []
    ignored: dict[str, None] = {}
    for line, cells in rows:
        subject = (cells.get(SUBJECT) or "").strip()
        if subject not in portfolio:
            text = "There is no application with this key." if subject else "The row names no application."
            problems.append(AnswerProblem(line=line, column=SUBJECT, value=subject[:120], text=text))
            continue
        ignored |= dict.fromkeys(name for name in cells if name not in {SUBJECT, NAME} and not _is_asked(name, policy))
        for column, cell, value in _cells(cells, portfolio[subject], policy):
            if value is None:
                expected = _EXPECTED[_key(column, policy).reading]
                text = f"This is not {expected}."
                problems.append(AnswerProblem(line=line, column=column, value=cell[:120], text=text))
            else:
                answers.setdefault(subject, {})[_key(column, policy).key] = value
    return AnswersRead(answers=answers, problems=tuple(problems), ignored_columns=tuple(ignored))


def _cells(cells: Mapping[str, str], facts: Facts, policy: Policy) -> Iterator[tuple[str, str, JsonValue]]:
    """Yield (column, cell, value or None when it cannot be read) of the cells that say something new."""
    known = {policy.keys[name].means: shown(fact.value) for name, fact in facts.items() if name in policy.keys}
    for column, raw in cells.items():
        cell = (raw or "").strip()
        if cell and column not in {SUBJECT, NAME} and _is_asked(column, policy):
            key = _key(column, policy)
            if cell != known.get(key.key):
                yield column, cell, _read(cell, key)


def _asked(policy: Policy) -> Iterable[Key]:
    return (key for key in policy.keys.values() if key.question and key.means == key.key)


def _question(key: Key, gain: float, known: Fact | None = None) -> Question:
    return Question(
        key=key.key,
        text=key.question,
        topic=key.topic,
        reading=key.reading.value,
        answers=key.answers,
        gain=round(gain, 6),
        known=known,
    )


def _is_asked(name: str, policy: Policy) -> bool:
    return name in policy.keys and bool(policy.keys[policy.keys[name].means].question)


def _key(name: str, policy: Policy) -> Key:
    if not _is_asked(name, policy):
        raise BadInput(f"Nobody asks for “{name[:80]}”.")
    return policy.keys[policy.keys[name].means]


def _read(value: JsonValue, key: Key) -> JsonValue:
    """Return the answer as it is kept, None when it cannot be read as the key is."""
    if key.reading is Reading.YES_NO:
        return _plain_yes_no(value)
    if key.reading is Reading.LEVEL:
        level = as_level(value)
        return None if level is None else level.name.lower().replace("_", " ")
    if key.reading is Reading.DAYS:
        return _not_negative(as_span(value, "day"))
    if key.reading is Reading.MONTHS:
        return _not_negative(as_span(value, "month"))
    if key.reading in {Reading.NUMBER, Reading.SHARE}:
        return _not_negative(as_number(value))
    texts: list[JsonValue] = [text[:_LONGEST] for text in as_texts(value)]
    return texts if len(texts) > 1 else next(iter(texts), None)


def _plain_yes_no(value: JsonValue) -> bool | None:
    """Read a yes or no as people write it in a form; any other word is a slip here, not a yes."""
    if isinstance(value, str) and value.strip().lower() not in _YES_OR_NO:
        return None
    return as_yes_no(value)


def _not_negative(number: float | None) -> float | None:
    return None if number is None or number < 0 else number
