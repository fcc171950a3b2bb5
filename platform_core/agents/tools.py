"""Tools that an agent may use while it answers an analyst's question: look-ups that change nothing.

They are never offered with a task that reads cells, since a cell that speaks of a tool would then be able to use it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from platform_core.agents.wholesome import visible
from platform_core.errors import WorkbenchError

RESULT_LENGTH = 2_000
"""Longest result of a look-up that a model gets, in characters."""


@dataclass(frozen=True)
class LookUp:
    """A read-only tool: `arguments` is the form of what it takes, `answer` looks it up and returns text."""

    name: str
    description: str
    arguments: type[BaseModel]
    answer: Callable[[BaseModel], str]

    def use(self, given: dict[str, Any]) -> str:
        """Return the answer for what a model asks, or in words why there is none; never raises on its account."""
        try:
            return visible(self.answer(self.arguments.model_validate(given)), RESULT_LENGTH)
        except ValidationError:
            return f"{self.name} was not asked in its form."
        except WorkbenchError as error:
            return error.message
