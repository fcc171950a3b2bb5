"""Reading many different texts of a column at once: what is tidy and simple is recognised for all of them together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from platform_core.inventory.cells import IPV4, Read, Reader, clean_text, tidy

_BETWEEN = "\0"
_ADDRESSES = re.compile(rf"{IPV4}(?:\0{IPV4})*", re.ASCII)


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
        if (self._is_plain or self._addresses) and all_tidy(texts):
            joined = _BETWEEN.join(texts)
            if self._fillers.isdisjoint(joined.casefold().split(_BETWEEN)):
                if self._is_plain:
                    return cast("list[Read]", texts)
                if _ADDRESSES.fullmatch(joined):
                    return list(zip(texts, strict=True))
        return list(map(self, texts))


def all_tidy(texts: Sequence[str]) -> bool:
    """Tell whether `tidy` would leave every one of `texts` as it is and none is empty, for ASCII texts only."""
    flat = "".join(texts)
    if not (flat.isascii() and flat.isprintable()):
        return False
    joined = f"\0{_BETWEEN.join(texts)}\0"
    return not any(untidy in joined for untidy in ("  ", " \0", "\0 ", "\0\0"))
