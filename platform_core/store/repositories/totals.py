"""How much there is of what operators watch, over all migrations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, extract, func, select

from platform_core.domain.runs import RunStatus
from platform_core.store.models import CallRow, ImportRow, RunRow
from platform_core.store.repositories.base import Repository


class Totals(Repository):
    """Counts and sums of the whole store."""

    def runs(self) -> list[tuple[str, str, int]]:
        """Return (kind, status, how many) of all runs."""
        query = select(RunRow.kind, RunRow.status, func.count()).group_by(RunRow.kind, RunRow.status)
        return [(kind, status, number) for kind, status, number in self._tuples(query)]

    def durations(self, bounds: Sequence[float]) -> list[tuple[str, str, tuple[int, ...], int, float]]:
        """Return (kind, status, how many took at most each of `bounds`, how many in all, seconds) of ended runs."""
        took = self._seconds(RunRow.begun_at, RunRow.ended_at)
        within = [func.sum(case((took <= bound, 1), else_=0)) for bound in bounds]
        query = select(RunRow.kind, RunRow.status, *within, func.count(), func.sum(took))
        query = query.where(RunRow.ended_at.is_not(None), RunRow.begun_at.is_not(None))
        rows = self._tuples(query.group_by(RunRow.kind, RunRow.status))
        return [
            (kind, status, tuple(map(int, counts[:-2])), int(counts[-2]), float(counts[-1]))
            for kind, status, *counts in rows
        ]

    def waiting(self) -> list[tuple[str, int, datetime]]:
        """Return (job, how many, when the longest waiting one was asked for) of the runs that no worker took up yet."""
        query = select(RunRow.job, func.count(), func.min(RunRow.started_at)).where(
            RunRow.ended_at.is_(None), RunRow.worker.is_(None), RunRow.status.in_([RunStatus.QUEUED, RunStatus.LOST])
        )
        return [(job, number, since) for job, number, since in self._tuples(query.group_by(RunRow.job))]

    def imports(self) -> list[tuple[str, int]]:
        """Return (state, how many) of all imports."""
        query = select(ImportRow.state, func.count()).group_by(ImportRow.state)
        return [(state, number) for state, number in self._tuples(query)]

    def rows(self) -> dict[str, int]:
        """Return how many rows of all imports were stored and set aside."""
        query = select(func.sum(ImportRow.rows_stored), func.sum(ImportRow.rows_quarantined))
        stored, quarantined = self._tuples(query)[0]
        return {"stored": int(stored or 0), "quarantined": int(quarantined or 0)}

    def calls(self) -> list[tuple[str, str, int, int, int, float, float]]:
        """Return (agent, status, requests, tokens read, tokens written, cost, seconds) of all requests to models."""
        summed = (CallRow.prompt_tokens, CallRow.completion_tokens, CallRow.cost, CallRow.seconds)
        sums = [func.sum(column) for column in summed]
        query = select(CallRow.agent, CallRow.status, func.count(), *sums).group_by(CallRow.agent, CallRow.status)
        return [
            (agent, status, number, int(read or 0), int(written or 0), float(cost or 0.0), float(seconds or 0.0))
            for agent, status, number, read, written, cost, seconds in self._tuples(query)
        ]

    def _seconds(self, since: Any, until: Any) -> ColumnElement[Any]:
        """Return the seconds between two moments, to the millisecond, in the words of this database."""
        if self._session.get_bind().dialect.name == "postgresql":
            return extract("epoch", until - since)
        return (func.julianday(until) - func.julianday(since)) * 86_400.0
