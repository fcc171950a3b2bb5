"""What a text that could not be read probably means: the first of several ways of looking at it that gives a value.

A proposal is never applied by itself; its reason says what was left out or assumed, for whoever decides.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process

from platform_core.domain.catalogue import Field, FieldType
from platform_core.domain.inventory import Value
from platform_core.domain.stored_values import DAYS
from platform_core.inventory.cells import IPV4, LONGEST_VALUE
from platform_core.inventory.reading import NUMERIC
from platform_core.inventory.typed import read_value
from platform_core.inventory.vocabularies import Vocabularies, dimension_of
from platform_core.inventory.words import WordList, plain


class ProposedReading(NamedTuple):
    """A value a text may stand for (None = it says that nothing is known), and why, as a sentence without its end."""

    value: Value | None
    why: str


Way = tuple[str, str]
"""A text to be read in place of the refused one, and what was done to get it."""

LIKE = 84.0
"""Share of signs, of 100, that a misspelled word has in common with the word that is meant; one slip in six letters."""

MAYBE = 60.0
"""A word less like every unit than this is no unit, and a number beside it can be read without it."""

SHORTEST = 4
"""Shorter words have too many neighbours to be told by likeness."""

END_FIELDS = frozenset(("warranty_expiry", "end_of_support_date", "retirement_date"))
"""Days on which something ends: a month or year alone means its last day, elsewhere its first."""

FILLER_YEARS = frozenset(("0000", "0001", "1601", "1753", "1899", "1900", "2099", "2999", "9999"))
"""Years in which tools put the date they do not have (Windows file times, SQL Server, spreadsheets, open ends)."""

_DOUBT = " ?!*~'\"“”„<>≈=+"
_REMARK = re.compile(r"\s*[(\[{][^)\]}]*[)\]}]?\s*")
_DIGIT_LIKE = re.compile(r"(?<=\d)[oOlI](?![a-zA-Z])|(?<![a-zA-Z])[oOlI](?=\d)")
_NUMBER_WITH_UNIT = re.compile(r"(?<![-−\d.,])\d[\d.,]*(?:\s*[^\W\d_]{1,12})?")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d[\d.,]*")
_UNIT = re.compile(r"(\d[\d.,]*)\s*([^\W\d_]+)\.?")
_IPV4 = re.compile(rf"(?<![\d.]){IPV4}(?![\d.])", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,2})", re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{4})", re.ASCII)
_YEAR_MONTH = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})", re.ASCII)
_NAMED_MONTH = re.compile(r"([^\W\d_]+)\.?,?\s+(\d{4})")
_QUARTER = re.compile(r"(?:q|quarter\s*)([1-4])[\s/-]*(\d{4})|(\d{4})[\s/-]*q([1-4])", re.ASCII | re.IGNORECASE)
_YEAR = re.compile(r"((?:19|20)\d{2})", re.ASCII)


def propose_reading(
    text: str, target: Field, vocabularies: Vocabularies, *, unit: str | None = None
) -> ProposedReading | None:
    """Return what a refused text of `target` probably means, None where no way of looking at it gives a value.

    `unit` is that of its column (None = the field's). Pure; nothing is raised whatever the text is.
    """
    if len(text) > LONGEST_VALUE:
        return None
    for other, why in _ways(text.strip(), target, vocabularies):
        value, problem = read_value(other, target, vocabularies, unit=unit)
        if value is not None and not problem and not unknown_word(other, target, vocabularies):
            return ProposedReading(value, why)
    return _of_limits(text.strip(), target, vocabularies, unit)


def unknown_word(text: str, target: Field, vocabularies: Vocabularies) -> bool:
    """Tell whether a value of a closed set is none of its words."""
    words = vocabularies.words_of(target.key)
    return target.type is FieldType.CATEGORY and bool(words.whole or words.parts) and words.find(text) is None


def _ways(text: str, target: Field, vocabularies: Vocabularies) -> Iterator[Way]:
    yield from _without_doubt(text)
    if target.type in NUMERIC:
        bare = _bare(text)
        spelled = [word for word in _WORD.findall(bare.casefold()) if word in vocabularies.number_words]
        if not spelled:
            yield from _numbers(bare, vocabularies.units_of(target))
        elif not _NUMBER.search(bare):
            yield from _number_words(bare, spelled, vocabularies.number_words)
    elif target.type in DAYS:
        yield from _dates(_bare(text), vocabularies.months, ends=target.key in END_FIELDS)
    elif target.type is FieldType.IP:
        found = _IPV4.findall(re.sub(r"(?<=\d)\s*,\s*(?=\d)", ".", text) if "." not in text else text)
        yield "; ".join(found), "the addresses in it"
    elif target.type in {FieldType.BOOLEAN, FieldType.CATEGORY}:
        yield from _words(text, vocabularies.words_of(target.key))
        if target.type is FieldType.BOOLEAN:
            yield from _words(text, vocabularies.words_of("boolean"))


def _bare(text: str) -> str:
    return _REMARK.sub(" ", text).strip(_DOUBT)


def _without_doubt(text: str) -> Iterator[Way]:
    yield text.strip(_DOUBT), "without the signs of doubt"
    yield _bare(text), "without the remark"


def _numbers(text: str, units: Mapping[str, float]) -> Iterator[Way]:
    digits = _DIGIT_LIKE.sub(lambda found: "0" if found[0] in "oO" else "1", text)
    if digits != text:
        yield digits, "letters read as the digits they look like"
    spelled = [known for known in units if len(known) >= SHORTEST - 1]
    if match := _UNIT.fullmatch(digits):
        likely = _alike(match[2], spelled, LIKE)
        if likely:
            yield f"{match[1]} {likely}", f"“{match[2]}” taken for {likely}"
    found = _NUMBER_WITH_UNIT.findall(digits)
    if len(found) == 1 == len(_NUMBER.findall(digits)):
        yield found[0], "the only number in it"
        word = found[0].lstrip("0123456789., ")
        if not _alike(word, spelled, MAYBE):
            yield found[0].removesuffix(word), "the only number in it"


def _number_words(text: str, spelled: Sequence[str], known: Mapping[str, int]) -> Iterator[Way]:
    """Give a text whose number is `spelled` with digits: "eight", "thirty-two GB", "two hundred fifty", "quad core"."""
    amount = known[spelled[0]]
    for number in (known[word] for word in spelled[1:]):
        if number == 100 and 0 < amount < 10:
            amount *= 100
        elif (amount >= 20 and not amount % 10 and 0 < number < 10) or (amount >= 100 and not amount % 100):
            amount += number
        else:
            return
    rest = [word for word in _WORD.findall(text.casefold()) if word not in known]
    yield " ".join((str(amount), *rest)), f"“{' '.join(spelled)}” is {amount}"


def _dates(text: str, months: Mapping[str, int], *, ends: bool) -> Iterator[Way]:
    if match := _YEAR_FIRST.search(text):
        yield from _last_day(int(match[1]), int(match[2]), int(match[3]))
    elif match := _YEAR_LAST.search(text):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        yield from _last_day(year, second, first)
        yield from _last_day(year, first, second)
    elif match := _QUARTER.fullmatch(text):
        year, quarter = int(match[2] or match[3]), int(match[1] or match[4])
        yield _day_of(year, 3 * quarter if ends else 3 * quarter - 2, last=ends), f"the {_end(ends)} day of the quarter"
    elif match := _MONTH_YEAR.fullmatch(text):
        yield _day_of(int(match[2]), int(match[1]), last=ends), f"the {_end(ends)} day of the month"
    elif match := _YEAR_MONTH.fullmatch(text):
        yield _day_of(int(match[1]), int(match[2]), last=ends), f"the {_end(ends)} day of the month"
    elif (match := _NAMED_MONTH.fullmatch(text)) and match[1].casefold() in months:
        yield _day_of(int(match[2]), months[match[1].casefold()], last=ends), f"the {_end(ends)} day of the month"
    elif match := _YEAR.fullmatch(text):
        yield _day_of(int(match[1]), 12 if ends else 1, last=ends), f"the {_end(ends)} day of the year"


def _last_day(year: int, month: int, day: int) -> Iterator[Way]:
    """Give the last day of a month that has fewer days; any other day that does not exist may mean anything."""
    if 1 <= month <= 12 and year and calendar.monthrange(year, month)[1] < day <= 31:
        last = calendar.monthrange(year, month)[1]
        yield _day_of(year, month, last=True), f"{calendar.month_name[month]} {year} ends on the {last}th"


def _day_of(year: int, month: int, *, last: bool) -> str:
    if not 1 <= month <= 12 or not year:
        return ""
    return f"{year:04}-{month:02}-{calendar.monthrange(year, month)[1] if last else 1:02}"


def _end(ends: bool) -> str:
    return "last" if ends else "first"


def _words(text: str, words: WordList) -> Iterator[Way]:
    spelled = [known for known in {**words.whole, **words.parts} if len(known) >= SHORTEST - 1]
    for part in (part for part in dict.fromkeys((plain(text), *plain(text).split())) if len(part) >= SHORTEST):
        if likely := _alike(part, spelled, LIKE):
            yield likely, f"looks like “{likely}”"


def _alike(word: str, known: Sequence[str], least: float) -> str:
    """Return the known word that a word is most like, "" where none is like it enough."""
    found = process.extractOne(word.casefold(), known, scorer=fuzz.ratio, score_cutoff=least)
    return found[0] if found is not None else ""


def _of_limits(text: str, target: Field, vocabularies: Vocabularies, unit: str | None) -> ProposedReading | None:
    """Explain a value outside what its field can hold: MB in a column of GB, a date that stands for none."""
    if target.type in DAYS:
        filler = any(year in FILLER_YEARS for year in re.findall(r"\d{4}", text))
        return ProposedReading(None, "a date that tools put where they have none") if filler else None
    if target.type not in NUMERIC:
        return None
    if not text.strip("0., "):
        return ProposedReading(None, "nought stands for not known")
    if dimension_of(target) == "size" and unit is None:
        value, problem = read_value(f"{text} MB", target, vocabularies)
        return ProposedReading(value, "MB in a column of GB") if value is not None and not problem else None
    return None
