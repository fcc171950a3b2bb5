"""Numbers as people and tools write them: grouping signs, decimal commas, units in the cell."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from platform_core.domain.inventory import IssueKind
from platform_core.inventory.cells import LONGEST_VALUE, Read, Unfit
from platform_core.inventory.decimals import ONE_SIGN, Decimal, DecimalEvidence, decimal_sign, without_blanks

_QUANTITY = re.compile(
    r"(?P<before>[^\d+\-−]*?)(?P<sign>[+\-−]?)\s*(?P<number>(?:\d|[.,]\d)[\d.,'’ \u00a0\u202f]*)"
    r"(?P<exponent>[eE][+-]?\d{1,3}(?!\d))?(?P<after>[^\d]*)"
)
_COMMENT = re.compile(r"\s*[(\[][^\d()\[\]]*[)\]]\s*$")
_GROUPS = re.compile(r"\d{1,3}(?:([.,' \u00a0\u202f’])\d{3})(?:\1\d{3})*")
_LAKHS = re.compile(r"\d{1,2}(?:,\d{2})*,\d{3}")
_COUNT_TIMES = re.compile(r"(\d{1,4})\s*[x×*]\s*(.+)", re.IGNORECASE)


@dataclass(slots=True)
class NumberEvidence:
    """Collects how the numbers of a column are written; cells with words beside the number are a column apart.

    Such cells ("1,5 TB" among plain numbers) were typed by another hand than the rest.
    """

    plain: DecimalEvidence = field(default_factory=DecimalEvidence)
    worded: DecimalEvidence = field(default_factory=DecimalEvidence)

    @classmethod
    def of(cls, *, whole_numbers: bool) -> NumberEvidence:
        """Start with nothing seen of a column of whole numbers or of any."""
        return cls(DecimalEvidence(whole_numbers), DecimalEvidence(whole_numbers))

    def note(self, cell: str) -> None:
        """Take in one cell."""
        if ("," not in cell and "." not in cell) or len(cell) > LONGEST_VALUE:
            return
        match = _QUANTITY.fullmatch(_COMMENT.sub("", cell).strip())
        if match is not None:
            has_words = bool(match["before"].strip() or match["after"].strip())
            (self.worded if has_words else self.plain).note(_strip(match["number"]))


@dataclass(frozen=True)
class NumberFormat:
    """How the numbers of one column are read.

    `units` leads from the spellings of units of the `dimension` to factors into the field's unit; `factor` holds
    for cells without a unit; `decimal` settles open cases in cells of numbers only, `worded_decimal` in those with
    words beside the number; `marks` may stand before a number without changing it ("ca.", and "<" before a
    recovery objective, which is an upper bound by definition).
    """

    units: Mapping[str, float]
    dimension: str = "count"
    marks: frozenset[str] = frozenset()
    factor: float = 1.0
    decimal: Decimal = Decimal.UNKNOWN
    worded_decimal: Decimal = Decimal.UNKNOWN


class UnreadableNumberError(Exception):
    """A text is not a number; the message starts the sentence that says why."""


def read_quantity(cell: str, form: NumberFormat) -> Read:
    """Return the number in `cell` in the field's unit, rounded to six decimals, or why there is none.

    Sizes may be written as sums and products with their units: "2 x 500 GB", "500 GB + 1 TB".
    """
    if cell.isdecimal():
        value = float(cell) * form.factor
    else:
        try:
            value = _quantity(cell, form)
        except UnreadableNumberError as error:
            return Unfit(IssueKind.UNREADABLE, str(error))
    return round(value, 6) if math.isfinite(value) else Unfit(IssueKind.UNREADABLE, "This number is too large")


def is_open(cell: str) -> bool:
    """Tell whether the one sign in a number could group thousands or stand before decimals ("1,234", "1.234 GB")."""
    if len(cell) > LONGEST_VALUE:
        return False
    match = _QUANTITY.fullmatch(_COMMENT.sub("", cell).strip())
    number = _strip(match["number"]) if match is not None else ""
    return bool(ONE_SIGN.fullmatch(number)) and decimal_sign(without_blanks(number), whole_numbers=False) is None


def quantity_rule(cell: str, form: NumberFormat, unit: str, column_unit: str | None, *, said: bool) -> str:
    """Return in words how the number in `cell` was read; `unit` is the field's, `said` = an analyst chose the sign."""
    match = _QUANTITY.fullmatch(_COMMENT.sub("", cell).strip())
    if match is None:
        return f"sizes added up in {unit}"
    number = _strip(match["number"])
    words = []
    if is_open(cell):
        decimal = form.worded_decimal if match["before"].strip() or match["after"].strip() else form.decimal
        origin = "as chosen for the column" if said else "as the column writes numbers"
        words.append(f"{'comma' if _habit(decimal) == ',' else 'point'} before decimals, {origin}")
    elif not number.isdecimal():
        sign = decimal_sign(without_blanks(number), whole_numbers=False)
        words.append({",": "comma before decimals", ".": "point before decimals"}.get(sign or "", "digits grouped"))
    source = " ".join(match["after"].split()) or column_unit
    if source and unit and source.casefold() != unit.casefold():
        words.append(f"{source} turned into {unit}")
    return "; ".join(words) or "as it stands"


def _quantity(cell: str, form: NumberFormat) -> float:
    if len(cell) > LONGEST_VALUE:
        raise UnreadableNumberError("This is not one number")
    match = _QUANTITY.fullmatch(_COMMENT.sub("", cell).strip())
    if match is None:
        return _sum_of_sizes(cell, form)
    has_words = bool(match["before"].strip() or match["after"].strip())
    decimal = form.worded_decimal if has_words else form.decimal
    value = _digits(_strip(match["number"]), decimal) * float("1" + (match["exponent"] or ""))
    sign = -1 if match["sign"] in {"-", "−"} else 1
    return sign * value * _factor(match["before"], match["after"], form)


def _sum_of_sizes(cell: str, form: NumberFormat) -> float:
    terms = [_COUNT_TIMES.fullmatch(term.strip()) or term for term in cell.split("+")]
    if form.dimension != "size" or (len(terms) == 1 and isinstance(terms[0], str)):
        raise UnreadableNumberError("This is not one number")
    return sum(_term(term, form) if isinstance(term, str) else int(term[1]) * _term(term[2], form) for term in terms)


def _term(size: str, form: NumberFormat) -> float:
    match = _QUANTITY.fullmatch(size.strip())
    if match is None or not match["after"].strip():
        raise UnreadableNumberError("This is not one size, nor a sum of sizes with their units")
    return _quantity(size, form)


def _factor(before: str, after: str, form: NumberFormat) -> float:
    mark, unit = (" ".join(text.casefold().split()) for text in (before, after))
    factors = [form.units.get(text) for text in (mark if mark not in form.marks else "", unit) if text]
    if None in factors or (len(factors) == 2 and form.dimension != "money"):
        raise UnreadableNumberError("The number stands beside words that are no known unit")
    return math.prod(factor or 0.0 for factor in factors) if factors else form.factor


def _digits(number: str, decimal: Decimal) -> float:
    """Return the value of digits with grouping and decimal signs, by the habit of the column where it is open."""
    sign = decimal_sign(without_blanks(number), whole_numbers=False)
    if sign is None and ONE_SIGN.fullmatch(number):
        sign = _habit(decimal)
    grouped, _, decimals = number.partition(sign) if sign and number.count(sign) == 1 else (number, "", "")
    is_whole = not grouped or grouped.isdecimal() or _GROUPS.fullmatch(grouped) or _LAKHS.fullmatch(grouped)
    if not is_whole or (decimals and not decimals.isdecimal()):
        raise UnreadableNumberError("The groups of digits are not those of one number")
    return float(f"{re.sub(r'[^0-9]', '', _ascii(grouped)) or '0'}.{_ascii(decimals) or '0'}")


def _habit(decimal: Decimal) -> str:
    if decimal is Decimal.BOTH:
        raise UnreadableNumberError("The column writes numbers in two ways, by which this differs a thousandfold")
    return "," if decimal is Decimal.COMMA else "."


def _strip(number: str) -> str:
    """Leave out what closes an amount ("1'200.-") or a sentence, not a leading sign (".5")."""
    return number.rstrip(" .,'’\u00a0\u202f")


def _ascii(digits: str) -> str:
    return "".join(str(int(c)) if c.isdecimal() else c for c in digits)
