"""Text without what could hide or break out: control, invisible and direction-changing characters, markup, links."""

from __future__ import annotations

import re
import unicodedata

CELL_LENGTH = 240
"""Longest text of one cell that goes into a question, in characters; beyond it the point has been made."""

_BREAKS = frozenset({"Cc", "Zl", "Zp"})
_INVISIBLE = frozenset({"Cf", "Co", "Cs", "Cn"})
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_TURNED = "¤"
_LINK = re.compile(r"(?i)\b(?:[a-z][a-z0-9+.-]{1,15}://|www\.|data:|javascript:)\S*")
_MARKUP = re.compile(r"[<>`\[\]{}|*_#\\~]+")
_BLANKS = re.compile(r"\s+")


def visible(text: str, length: int = CELL_LENGTH) -> str:
    """Return `text` on one line without invisible characters, cut to `length` with an ellipsis.

    What breaks a line becomes a blank; what cannot be seen is left out, so that it cannot split a word unseen; what
    turns the direction of reading is shown, since text read the other way round is no plain value.
    """
    line = _BLANKS.sub(" ", "".join(map(_seen, text[: 4 * length]))).strip()
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def plain_words(text: str, length: int) -> str:
    """Return a model's own words as text that no page can take for markup, a link or a formula."""
    words = _MARKUP.sub(" ", _LINK.sub("(link removed)", visible(text, 4 * length)))
    return visible(words.lstrip("=+-@ "), length)


def _seen(letter: str) -> str:
    if letter in _TURNS:
        return _TURNED
    category = unicodedata.category(letter)
    if category in _BREAKS:
        return " "
    return "" if category in _INVISIBLE else letter
