"""Which sign stands before decimals: settled by the whole column, never by one cell that could be either."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

ONE_SIGN = re.compile(r"(\d*)([.,])(\d+)")
_BLANKS = str.maketrans("", "", "'’ \u00a0\u202f")

OUTVOTED = 9
"""Evidence counts as a slip of the pen when there is this many times more for the opposite."""


class Decimal(Enum):
    """Which sign a column writes before decimals."""

    UNKNOWN = "unknown"
    POINT = "point"
    COMMA = "comma"
    BOTH = "both"


@dataclass(slots=True)
class _Tally:
    """What was seen of one sign: certainly before decimals, of these with other than three, and open cases.

    "1,234" is open; an open case that ends in 0 could be a decimal only where all decimals have three digits.
    """

    decimal: int = 0
    uneven: int = 0
    open: int = 0
    open_round: int = 0

    @property
    def contradicts_itself(self) -> bool:
        return bool(self.uneven and self.open_round)


@dataclass(slots=True)
class DecimalEvidence:
    """Collects from the numbers of a column which sign stands before decimals.

    "1.234,5" and "0,5" speak for the comma, "1,234.5" and "0.5" for the point. One sign before exactly three digits
    is open, except that a point before three digits that are not all zero must group thousands where only whole
    numbers fit.
    """

    whole_numbers: bool = False
    point: _Tally = field(default_factory=_Tally)
    comma: _Tally = field(default_factory=_Tally)

    def note(self, number: str) -> None:
        """Take in the digits and signs of one cell."""
        bare = number.translate(_BLANKS)
        sign = decimal_sign(bare, whole_numbers=self.whole_numbers)
        if sign is None:
            match = ONE_SIGN.fullmatch(bare)
            if match is not None:
                tally = self.point if match[2] == "." else self.comma
                tally.open += 1
                tally.open_round += match[3].endswith("0")
            return
        tally = self.point if sign == "." else self.comma
        tally.decimal += 1
        tally.uneven += sign in bare and len(bare.rpartition(sign)[2]) != 3

    @property
    def decimal(self) -> Decimal:
        """What the cells noted so far agree on."""
        points, commas = self.point.decimal, self.comma.decimal
        if not points and not commas:
            return Decimal.UNKNOWN
        if points >= OUTVOTED * commas or self.comma.open > OUTVOTED * commas:
            return Decimal.BOTH if self.point.contradicts_itself else Decimal.POINT
        if commas >= OUTVOTED * points:
            return Decimal.BOTH if self.comma.contradicts_itself else Decimal.COMMA
        return Decimal.BOTH


def decimal_sign(number: str, *, whole_numbers: bool) -> str | None:
    """Return the sign that must stand before decimals if `number` (digits, points, commas) is one number.

    That is the other sign where one can only group ("1,234,567" → "."); None where both readings are possible.
    """
    points, commas = number.count("."), number.count(",")
    if points and commas:
        return "." if number.rindex(".") > number.rindex(",") else ","
    if points > 1 or commas > 1:
        return "," if points else "."
    match = ONE_SIGN.fullmatch(number)
    if match is None:
        return None
    before, sign, after = match.groups()
    if len(after) != 3 or len(before) > 3 or before in {"", "0"}:
        return sign
    return "," if whole_numbers and sign == "." and after != "000" else None


def without_blanks(number: str) -> str:
    """Return `number` without the blanks and apostrophes that group digits."""
    return number.translate(_BLANKS)
