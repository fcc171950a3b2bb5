"""Pages of lists for programs: each begins where the one before it ended, whatever others add or remove meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Line = TypeVar("Line")
Place = TypeVar("Place", int, str)


def cut(lines: list[Line], limit: int, place: Callable[[Line], Place]) -> tuple[list[Line], Place | None]:
    """Return the first `limit` lines and the place of the last of them, None where no line follows.

    `lines` are to be one more than are wanted, where there are as many.
    """
    return lines[:limit], place(lines[limit - 1]) if len(lines) > limit else None
