"""Organisations that share a workbench: none of them sees anything of another."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from platform_core.domain.base import Frozen

DEFAULT: Final = 1
"""Number of the organisation that every store begins with; where it is the only one, nobody hears of it."""

EVERY: Final = "every"
"""Reach of the few places that work for all organisations at once: rounds of workers, copies, who is who."""

Reach = int | Literal["every"]
"""Whose rows may be seen and written: those of one organisation (its number), or `EVERY`."""


class Organisation(Frozen):
    """An organisation that shares the workbench, with the people who belong to it (e-mail or @domain)."""

    id: int
    name: str
    created_at: datetime
    people: tuple[str, ...] = ()
