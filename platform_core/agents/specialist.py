"""What every agent is made of: the engine's complete answers, what is in doubt, how to ask, and how to check."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from platform_core.agents.answers import Choice
from platform_core.agents.contexts import Context
from platform_core.agents.privacy import Sharing, Veil
from platform_core.agents.specs import AgentData, AgentSpec
from platform_core.domain.agents import Change, Cited, Dropped, EngineAnswer, Proposal

C = TypeVar("C", bound=Context)
I = TypeVar("I")  # noqa: E741 - an item of a context

Payload = Mapping[str, Any]
"""What a model is told about one item, as JSON, before it gets the id by which it is called in a request."""


class Rejected(Exception):
    """A choice of the right form that the data does not bear out; the message says why, for people."""


@dataclass(frozen=True)
class Entry(Generic[I]):
    """A question about one or more items that look exactly alike to the model; the answer counts for all of them.

    `alone` = it travels in a request of its own, because its text has room for more than a value.
    """

    id: str
    payload: Payload
    items: tuple[I, ...]
    alone: bool = False


@dataclass(frozen=True)
class Checked:
    """What a choice comes to for one item: the change, whether the engine says the same, and what was checked."""

    change: Change
    agrees: bool
    checks: tuple[str, ...]
    cited: tuple[Cited, ...] = ()


class Specialist(ABC, Generic[C, I]):
    """One task of an agent on one context, seen through a veil. Pure; the model comes in elsewhere."""

    task: ClassVar[str]
    each_once: ClassVar[bool] = True  # a request wants exactly one choice for each item

    def __init__(self, data: AgentData, context: C, veil: Veil) -> None:
        self.data = data
        self.context = context
        self.veil = veil
        self.spec: AgentSpec = data.specs[self.task]

    @abstractmethod
    def items(self) -> Sequence[I]:
        """Return everything the engine answered, in the order in which people see it."""

    @abstractmethod
    def engine(self, item: I) -> EngineAnswer:
        """Return the engine's answer about an item, with its doubt and worth."""

    @abstractmethod
    def payload(self, item: I) -> Payload:
        """Return what a model is told about an item: data only, through the veil, without its key."""

    @abstractmethod
    def choices(self, entries: Sequence[Entry[I]]) -> Mapping[str, Any]:
        """Return the names and types of what a model chooses for each item, closed to what the entries offer."""

    @abstractmethod
    def check(self, item: I, choice: Choice, payload: Payload) -> Checked:
        """Check a choice against the item itself and what was told of it; raises Rejected."""

    def shared(self, entries: Sequence[Entry[I]]) -> Payload:
        """Return what a model is told once for all items of a request: words of our own, never of the data."""
        del entries
        return {}

    def most_choices(self, entries: Sequence[Entry[I]]) -> int:
        """Return how many choices an answer may hold."""
        return len(entries)

    def withheld(self, item: I) -> str:
        """Return why no model may be asked about an item although it is in doubt; "" when one may."""
        del item
        return ""

    def columns(self) -> Iterable[str]:
        """Return the columns or facts from which cells could be sent."""
        return ()

    def divided(self, policy: Sharing) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the columns or facts whose values would be shared, and those that are kept back."""
        names = {name: policy.allows(name) for name in self.columns()}
        shared = tuple(sorted(name for name, allowed in names.items() if allowed))
        return shared, tuple(sorted(names.keys() - set(shared)))

    def settle(self, proposals: Sequence[Proposal]) -> tuple[list[Proposal], list[Dropped]]:
        """Weigh the proposals of a run against each other, most valuable first; returns (kept, dropped)."""
        return list(proposals), []


def choice_of(choice: Choice, name: str) -> Any:
    """Return what was chosen under `name`; the type made for the request has checked it."""
    return getattr(choice, name)
