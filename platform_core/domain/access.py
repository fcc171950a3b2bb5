"""Who may call the web interface, and how much of it."""

from __future__ import annotations

from enum import StrEnum

from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity


class Scope(StrEnum):
    """How much a token allows; each scope includes those before it."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def covers(self, needed: Scope) -> bool:
        """Tell whether whoever has this scope may do what asks for `needed`."""
        order = list(Scope)
        return order.index(self) >= order.index(needed)


class Caller(Frozen):
    """Who sent a request, for which organisation: a token's name and number, or (None) the person at this machine."""

    name: str
    scope: Scope
    organisation: int
    token_id: int | None = None

    @property
    def identity(self) -> Identity:
        """The caller as the trail of changes names it."""
        return Identity(name=self.name)

    @property
    def key(self) -> str:
        """What tells this caller from others, where requests are counted and answers remembered."""
        return "local" if self.token_id is None else f"token-{self.token_id}"
