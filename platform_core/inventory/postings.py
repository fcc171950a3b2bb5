"""Which assets carry a token: a name, a UUID, a serial number."""

from __future__ import annotations

from collections.abc import Sequence

NAMESAKES = 32
"""A token that more assets carry than this is no evidence, and so many of them are compared at most."""


class Postings:
    """The numbers of the assets under each token; most tokens lead to exactly one."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}
        self._more: dict[str, list[int]] = {}

    def add(self, token: str, number: int) -> None:
        """Add `number` under `token`; of very many only the first are kept."""
        first = self._first.setdefault(token, number)
        if first == number:
            return
        more = self._more.setdefault(token, [])
        if len(more) < NAMESAKES and number not in more:
            more.append(number)

    def some(self, token: str) -> Sequence[int]:
        """Return the first numbers under `token`."""
        first = self._first.get(token)
        if first is None:
            return ()
        more = self._more.get(token)
        return (first,) if more is None else (first, *more)

    def evidence(self, token: str) -> Sequence[int]:
        """Return the numbers under `token`, none where it is carried by too many to tell anything."""
        found = self.some(token)
        return found if len(found) <= NAMESAKES else ()
