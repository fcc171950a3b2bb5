"""Numbers as people and tools write them: grouping signs, decimal commas, units in the cell."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from platform_core.domain.inventory import IssueKind
from platform_core.inventory.cells import LONGEST_VALUE, Read, Unfit

_QUANTITY = re.compile(
    r"(?P<before>[^\d+\-−]*?)(?P<sign>[+\-−]?)\s*(?P<number>(?:\d|[.,]\d)[\d.,'’ \u00a0\u202f]*)"
    r"(?P<exponent>[eE][+-]?\d{1,3}(?!\d))?(?P<after>[^\d]*)"
)
_COMMENT = re.compile(r"\s*[(\[][^\d()\[\]]*[)\]]\s*$")
_GROUPS = re.compile(r"\d{1,3}(?:([.,' \u00a0\u202f’])\d{3})(?:\1\d{3})*")
_LAKHS = re.compile(r"\d{1,2}(?:,\d{2})*,\d{3}")
_ONE_SIGN = re.compile(r"(\d*)([.,])(\d+)")
_COUNT_TIMES = re.compile(r"(\d{1,4})\s*[x×*]\s*(.+)", re.IGNORECASE)
_BLANKS = str.maketrans("", "", "'’ \u00a0\u202f")


class Decimal(Enum):
    """Which sign a column writes before decimals."""

    UNKNOWN = "unknown"
    POINT = "point"
    COMMA = "comma"
    BOTH = "both"


@dataclass(slots=True)
class DecimalEvidence:
    """Collects from the cells of a column which sign stands before decimals."""

    whole_numbers: bool = False
    point: bool = False
    comma: bool = False

    def note(self, cell: str) -> None:
        """Take in one cell: "1.234,5" and "0,5" speak for the comma, "1,234.5" and "0.5" for the point.

        One sign before exactly three digits says nothing, except that a point before three digits that are not
        all zero must group thousands where only whole numbers fit.
        """
        if ("," not in cell and "." not in cell) or len(cell) > LONGEST_VALUE:
            return
        match = _QUANTITY.fullmatch(_COMMENT.sub("", cell).strip())
        if match is not None:
            sign = _decimal_sign(_core(match["number"]), whole_numbers=self.whole_numbers)
            self.point |= sign == "."
            self.comma |= sign == ","

    @property
    def decimal(self) -> Decimal:
        """What the cells noted so far agree on."""
        if self.point and self.comma:
            return Decimal.BOTH
        if self.point:
            return Decimal.POINT
        return Decimal.COMMA if self.comma else Decimal.UNKNOWN


@dataclass(frozen=True)
class NumberFormat:
    """How the numbers of one column are read.

    `units` leads from the spellings of units of the `dimension` to factors into the field's unit; `factor` holds
    for cells without a unit; `marks` may stand before a number without changing it ("ca.", and "<" before a
    recovery objective, which is an upper bound by definition).
    """

    units: Mapping[str, float]
    dimension: str = "count"
    marks: frozenset[str] = frozenset()
    factor: float = 1.0
    decimal: Decimal = Decimal.UNKNOWN


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


def _quantity(cell: str, form: NumberFormat) -> float:
    if len(cell) > LONGEST_VALUE:
        raise UnreadableNumberError("This is not one number")
    match = _QUANTITY.fullmatch(_COMMENT.sub("", cell).strip())
    if match is None:
        return _sum_of_sizes(cell, form)
    value = _digits(_strip(match["number"]), form.decimal) * float("1" + (match["exponent"] or ""))
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


def _decimal_sign(number: str, *, whole_numbers: bool) -> str | None:
    points, commas = number.count("."), number.count(",")
    if points and commas:
        return "." if number.rindex(".") > number.rindex(",") else ","
    if points > 1 or commas > 1:
        return "," if points else "."
    match = _ONE_SIGN.fullmatch(number)
    if match is None:
        return None
    before, sign, after = match.groups()
    if len(after) != 3 or len(before) > 3 or before in {"", "0"}:
        return sign
    return "," if whole_numbers and sign == "." and after != "000" else None


def _digits(number: str, decimal: Decimal) -> float:
    """Return the value of digits with grouping and decimal signs, by the habit of the column where it is open."""
    sign = _decimal_sign(number.translate(_BLANKS), whole_numbers=False)
    if sign is None and _ONE_SIGN.fullmatch(number):
        sign = _habit(decimal)
    grouped, _, decimals = number.partition(sign) if sign and number.count(sign) == 1 else (number, "", "")
    is_whole = not grouped or grouped.isdecimal() or _GROUPS.fullmatch(grouped) or _LAKHS.fullmatch(grouped)
    if not is_whole or (decimals and not decimals.isdecimal()):
        raise UnreadableNumberError("The groups of digits are not those of one number")
    return float(f"{re.sub(r'[^0-9]', '', _ascii(grouped)) or '0'}.{_ascii(decimals) or '0'}")


def _habit(decimal: Decimal) -> str:
    if decimal is Decimal.BOTH:
        raise UnreadableNumberError("The column writes decimals with point and with comma, so this may be thousands")
    return "," if decimal is Decimal.COMMA else "."


def _core(number: str) -> str:
    return _strip(number).translate(_BLANKS)


def _strip(number: str) -> str:
    """Leave out what closes an amount ("1'200.-") or a sentence, not a leading sign (".5")."""
    return number.rstrip(" .,'’\u00a0\u202f")


def _ascii(digits: str) -> str:
    return "".join(str(int(c)) if c.isdecimal() else c for c in digits)
