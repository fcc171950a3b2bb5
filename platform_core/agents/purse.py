"""A run's budget: reserved before each request, settled after it, never overdrawn however many ask at once."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass

from platform_core.domain.model_calls import Budget, Prices, Usage

_BYTES_PER_TOKEN = 3.0
"""Bytes of JSON and English for a token. Tokenisers of current models need 3 to 4; the lower figure is the safe one."""


def estimated_tokens(text: str) -> int:
    """Return an upper estimate of the tokens in `text`, for budgets and for endpoints that tell no usage."""
    return math.ceil(len(text.encode("utf-8", "replace")) / _BYTES_PER_TOKEN)


@dataclass(frozen=True)
class Reservation:
    """The most that one request may spend."""

    prompt_tokens: int
    completion_tokens: int


class Purse:
    """What is left of a budget. Safe to use from several threads."""

    def __init__(self, budget: Budget, prices: Prices) -> None:
        self._budget = budget
        self._prices = prices
        self._requests = self._prompt = self._completion = self._from_cache = 0
        self._held_prompt = self._held_completion = 0
        self._estimated = False
        self._lock = threading.Lock()

    def reserve(self, prompt_tokens: int, completion_tokens: int) -> Reservation | None:
        """Set aside one request with that many tokens; None when the budget does not hold that much any more."""
        with self._lock:
            prompt = self._prompt + self._held_prompt + prompt_tokens
            completion = self._completion + self._held_completion + completion_tokens
            cost = self._prices.cost(prompt, completion)
            too_dear = cost is not None and self._budget.cost is not None and cost > self._budget.cost
            if self._requests >= self._budget.requests or prompt + completion > self._budget.tokens or too_dear:
                return None
            self._requests += 1
            self._held_prompt += prompt_tokens
            self._held_completion += completion_tokens
            return Reservation(prompt_tokens, completion_tokens)

    def settle(self, held: Reservation, prompt_tokens: int, completion_tokens: int, *, estimated: bool) -> None:
        """Replace a reservation by what the request really took."""
        with self._lock:
            self._held_prompt -= held.prompt_tokens
            self._held_completion -= held.completion_tokens
            self._prompt += prompt_tokens
            self._completion += completion_tokens
            self._estimated |= estimated

    def count_cached(self) -> None:
        """Count an answer that cost nothing."""
        with self._lock:
            self._from_cache += 1

    def usage(self, seconds: float) -> Usage:
        """Return what was spent in a run that took `seconds`."""
        with self._lock:
            return Usage(
                requests=self._requests,
                prompt_tokens=self._prompt,
                completion_tokens=self._completion,
                from_cache=self._from_cache,
                seconds=seconds,
                cost=self._prices.cost(self._prompt, self._completion),
                estimated=self._estimated,
            )
