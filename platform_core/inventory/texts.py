"""Reading many different texts of a column at once: what is tidy and simple is recognised for all of them together."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from platform_core.inventory.cells import Read, Reader, clean_text, tidy

Signs = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_BETWEEN = "\0"
_POINT, _ZERO, _NINE = (ord(sign) for sign in ".09")


class TextReader:
    """Turns a text into a value, None where it is empty or one of the `fillers`.

    `typed` gets the tidied text, or the cell itself where it `wants_raw`; None = the tidied text is the value.
    """

    def __init__(
        self, typed: Reader | None, fillers: frozenset[str], *, wants_raw: bool, addresses: bool = False
    ) -> None:
        self._typed, self._fillers, self._wants_raw = typed, fillers, wants_raw
        self._longest = max(map(len, fillers), default=0)
        self._is_plain = typed is None or typed is clean_text
        self._addresses = addresses

    def __call__(self, cell: str) -> Read:
        """Return the reading of one cell."""
        text = tidy(cell)
        if not text or (len(text) <= self._longest and text.casefold() in self._fillers):
            return None
        if self._typed is None:
            return text
        return self._typed(cell if self._wants_raw else text)

    def read_all(self, texts: list[str]) -> list[Read]:
        """Return the readings of many texts, the same as one by one; `texts` itself where each is its own reading."""
        if self._is_plain or self._addresses:
            tidied = TidyTexts.of(texts)
            if tidied is not None and not self._has_filler(texts, tidied):
                if self._is_plain:
                    return cast("list[Read]", texts)
                if tidied.are_addresses():
                    return list(zip(texts, strict=True))
        return list(map(self, texts))

    def _has_filler(self, texts: list[str], tidied: TidyTexts) -> bool:
        maybe = np.flatnonzero(_shapes_of(self._fillers)[tidied.shapes(self._longest)])
        return any(texts[at].casefold() in self._fillers for at in maybe.tolist())


class TidyTexts:
    """Texts in ASCII that `tidy` leaves as they are, none of them empty, as one array of signs with zeros between."""

    def __init__(self, signs: Signs, ends: NDArray[np.int64]) -> None:
        self._signs, self._ends = signs, ends

    @classmethod
    def of(cls, texts: list[str]) -> TidyTexts | None:
        """Return `texts`, None where one of them is empty, not tidy or not in ASCII."""
        joined = f"\0{_BETWEEN.join(texts)}\0"
        if not joined.isascii():
            return None
        signs = np.frombuffer(joined.encode("ascii"), np.uint8)
        ends = np.flatnonzero(signs == 0)
        blank = signs == ord(" ")
        blank[ends] = True
        printable = (signs >= ord(" ")) & (signs <= ord("~"))
        is_tidy = len(ends) == len(texts) + 1 and np.count_nonzero(printable) == len(signs) - len(ends)
        return cls(signs, ends) if is_tidy and not (blank[1:] & blank[:-1]).any() else None

    def shapes(self, longest: int) -> NDArray[np.int64]:
        """Return a number for length, first and last sign of each text; texts over `longest` share one length."""
        starts, ends = self._ends[:-1], self._ends[1:]
        lengths = np.minimum(ends - starts - 1, longest + 1)
        return _shape(lengths, _lower(self._signs[starts + 1]), _lower(self._signs[ends - 1]))

    def are_addresses(self) -> bool:
        """Tell whether every text is an IPv4 address in its usual notation."""
        stops = np.flatnonzero((self._signs == _POINT) | (self._signs == 0))
        if len(stops) != 4 * len(self._ends) - 3 or (stops[::4] != self._ends).any():
            return False
        sizes, last = np.diff(stops) - 1, stops[1:] - 1
        digits = (self._signs >= _ZERO) & (self._signs <= _NINE)
        if np.count_nonzero(digits) != len(self._signs) - len(stops) or sizes.min() < 1 or sizes.max() > 3:
            return False
        long = sizes > 1
        if (self._signs[last[long] - sizes[long] + 1] == _ZERO).any():
            return False
        places = last[sizes == 3, np.newaxis] - (2, 1, 0)
        return bool(((self._signs[places] - _ZERO) @ (100, 10, 1) <= 255).all())


@lru_cache(maxsize=64)
def _shapes_of(fillers: frozenset[str]) -> Mask:
    """Tell for each shape of a text whether a filler has it."""
    longest = max(map(len, fillers), default=0)
    found = np.zeros((longest + 2) << 16, np.bool_)
    for filler in fillers:
        if filler and filler.isascii():
            found[_shape(np.array(len(filler)), np.array(ord(filler[0])), np.array(ord(filler[-1])))] = True
    return found


def _shape(lengths: NDArray[np.int64], first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int64]:
    return (lengths << 16) + (first << 8) + last


def _lower(signs: Signs) -> NDArray[np.int64]:
    """Return capital letters as small ones."""
    capital = (signs >= ord("A")) & (signs <= ord("Z"))
    return signs.astype(np.int64) + 32 * capital
