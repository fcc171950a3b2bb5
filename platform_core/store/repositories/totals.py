"""How much there is of what operators watch, over all migrations."""

from __future__ import annotations

from sqlalchemy import func, select

from platform_core.store.models import CallRow, ImportRow, RunRow
from platform_core.store.repositories.base import Repository


class Totals(Repository):
    """Counts and sums of the whole store."""

    def runs(self) -> list[tuple[str, str, int]]:
        """Return (kind, status, how many) of all runs."""
        query = select(RunRow.kind, RunRow.status, func.count()).group_by(RunRow.kind, RunRow.status)
        return [(kind, status, number) for kind, status, number in self._tuples(query)]

    def imports(self) -> list[tuple[str, int]]:
        """Return (state, how many) of all imports."""
        query = select(ImportRow.state, func.count()).group_by(ImportRow.state)
        return [(state, number) for state, number in self._tuples(query)]

    def rows(self) -> dict[str, int]:
        """Return how many rows of all imports were stored and set aside."""
        query = select(func.sum(ImportRow.rows_stored), func.sum(ImportRow.rows_quarantined))
        stored, quarantined = self._tuples(query)[0]
        return {"stored": int(stored or 0), "quarantined": int(quarantined or 0)}

    def calls(self) -> list[tuple[str, str, int, int, int, float]]:
        """Return (agent, status, requests, tokens read, tokens written, cost) of all requests to models."""
        sums = (func.sum(CallRow.prompt_tokens), func.sum(CallRow.completion_tokens), func.sum(CallRow.cost))
        query = select(CallRow.agent, CallRow.status, func.count(), *sums).group_by(CallRow.agent, CallRow.status)
        return [
            (agent, status, number, int(read or 0), int(written or 0), float(cost or 0.0))
            for agent, status, number, read, written, cost in self._tuples(query)
        ]
