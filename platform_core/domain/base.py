"""The base of all value objects, and the callback by which long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict

Progress = Callable[[float, str], None]
"""Called with the share done (0..1) and a short text; may raise `Cancelled` to stop the work."""


def silent(share: float, text: str) -> None:
    """Ignore progress: the default where nobody watches."""


class Frozen(BaseModel):
    """An immutable value object that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
