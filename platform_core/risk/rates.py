"""Reading a rate card that the user supplies, with the reason for every line that is not taken."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from platform_core.domain.answers import as_date
from platform_core.domain.cost import Rate, RateCard, RateProblem
from platform_core.errors import BadInput

COLUMNS = ("item", "low", "base", "high", "currency", "as_of", "source")
"""The columns of a rate card file."""

_CURRENCY_LENGTH = 3


def read_rate_card(
    rows: Iterable[tuple[int, Mapping[str, str]]], items: Collection[str], *, name: str, today: date
) -> tuple[RateCard | None, tuple[RateProblem, ...]]:
    """Return the card that `rows` (line of the file, cells by header) make, and every line that was not taken.

    A line needs an item of `items`, numbers with low <= base <= high, a three-letter currency and a day that is not
    in the future; currency and day are the same on all lines. The card is None when no line could be taken.
    """
    rates: dict[str, Rate] = {}
    problems: list[RateProblem] = []
    heads: list[tuple[str, date]] = []
    for line, cells in rows:
        try:
            rate, head = _line(cells, items, today)
            _check_agrees(rate, head, rates, heads)
        except BadInput as problem:
            problems.append(RateProblem(line=line, text=str(problem)))
            continue
        rates[rate.item] = rate
        heads.append(head)
    if not heads:
        return None, tuple(problems)
    currency, as_of = heads[0]
    return RateCard(name=name, currency=currency, as_of=as_of, rates=rates), tuple(problems)


def _line(cells: Mapping[str, str], items: Collection[str], today: date) -> tuple[Rate, tuple[str, date]]:
    said = {column: (cells.get(column) or "").strip() for column in COLUMNS}
    if said["item"] not in items:
        raise BadInput(f"There is no item '{said['item'][:80]}'.")
    low, base, high = (_number(said[column], column) for column in ("low", "base", "high"))
    if not 0 <= low <= base <= high:
        raise BadInput("Low, base and high must rise and not be negative.")
    currency = said["currency"].upper()
    if len(currency) != _CURRENCY_LENGTH or not currency.isalpha():
        raise BadInput("The currency is no three-letter code.")
    as_of = as_date(said["as_of"])
    if as_of is None or as_of > today:
        raise BadInput("The day of the price (as_of, YYYY-MM-DD) is missing or in the future.")
    if not said["source"]:
        raise BadInput("The line does not say where its price comes from.")
    return Rate(item=said["item"], low=low, base=base, high=high, source=said["source"][:200]), (currency, as_of)


def _number(text: str, column: str) -> float:
    try:
        number = float(text.replace(",", "").replace(" ", ""))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadInput(f"'{text[:40]}' in {column} is no number.")
    return number


def _check_agrees(rate: Rate, head: tuple[str, date], rates: Mapping[str, Rate], heads: list[tuple[str, date]]) -> None:
    if rate.item in rates:
        raise BadInput(f"The item '{rate.item}' is priced twice.")
    if heads and head != heads[0]:
        raise BadInput("Currency and day must be the same on all lines.")
