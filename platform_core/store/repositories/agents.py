"""What agents did: tasks, the ledger of model requests, and proposals with what became of them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from platform_core.domain.model_calls import AttemptStatus
from platform_core.domain.runs import ProposalState
from platform_core.store.models import CallRow, ModelTextRow, ProposalRow, RunRow, TaskRow
from platform_core.store.repositories.base import Repository, expect


class Tasks(Repository):
    """Pieces of work of agents."""

    def add(self, row: TaskRow) -> None:
        """Add a task; its number is known after a flush."""
        self._session.add(row)

    def get(self, task_id: int) -> TaskRow:
        """Return a task; raises NotFound."""
        return self._one(self._session.get(TaskRow, task_id), "task")

    def of_run(self, run_id: int) -> list[TaskRow]:
        """Return the tasks of a run in the order they began."""
        return self._rows(select(TaskRow).where(TaskRow.run_id == run_id).order_by(TaskRow.id))

    def open(self) -> list[tuple[TaskRow, RunRow]]:
        """Return the tasks that never ended, each with its run, oldest first."""
        query = select(TaskRow, RunRow).join(RunRow, RunRow.id == TaskRow.run_id).where(TaskRow.ended_at.is_(None))
        return [(task, run) for task, run in self._tuples(query.order_by(TaskRow.id))]

    def with_runs(
        self, *, agent: str = "", migration_id: int | None = None, before: int = 0, limit: int
    ) -> list[tuple[TaskRow, RunRow]]:
        """Return the latest tasks with a number below `before` (0 = all), each with its run, newest first."""
        query = select(TaskRow, RunRow).join(RunRow, RunRow.id == TaskRow.run_id)
        if agent:
            query = query.where(TaskRow.agent == agent)
        if migration_id is not None:
            query = query.where(RunRow.migration_id == migration_id)
        if before:
            query = query.where(TaskRow.id < before)
        return [(task, run) for task, run in self._tuples(query.order_by(TaskRow.id.desc()).limit(limit))]

    def ended_since(self, since: datetime, migration_id: int | None) -> list[tuple[str, str, datetime, datetime]]:
        """Return (agent, status, start, end) of the tasks that ended after `since`."""
        query = select(TaskRow.agent, TaskRow.status, TaskRow.started_at, TaskRow.ended_at)
        query = query.where(TaskRow.ended_at >= since)
        if migration_id is not None:
            query = query.join(RunRow, RunRow.id == TaskRow.run_id).where(RunRow.migration_id == migration_id)
        return [(agent, status, start, end) for agent, status, start, end in self._tuples(query)]


class Calls(Repository):
    """The ledger: append-only."""

    def add(self, row: CallRow, prompt: str, answer: str) -> None:
        """Append an entry with the redacted texts that it points to."""
        row.prompt, row.answer = self._kept(prompt), self._kept(answer)
        self._session.add(row)

    def get(self, call: int) -> CallRow:
        """Return an entry by its number; raises NotFound."""
        return self._one(self._session.get(CallRow, call), "request")

    def of_run(self, run_id: int, *, after: int = 0) -> list[CallRow]:
        """Return the entries of a run with a number above `after`, in order."""
        return self._rows(select(CallRow).where(CallRow.run_id == run_id, CallRow.id > after).order_by(CallRow.id))

    def text(self, digest: str | None) -> str:
        """Return a kept text; "" where there is none."""
        query = select(ModelTextRow.text).where(ModelTextRow.digest == digest)
        return (self._session.scalar(query) if digest else None) or ""

    def sums(self, since: datetime, migration_id: int | None) -> list[tuple[Any, ...]]:
        """Return per agent and status: entries, prompt and completion tokens, estimated entries, cost, unpriced ones.

        Sums are None where no entry tells; `unpriced` counts answered entries without a cost.
        """
        unpriced = case((CallRow.cost.is_(None), 1), else_=0)
        query = select(
            CallRow.agent,
            CallRow.status,
            func.count(),
            func.sum(CallRow.prompt_tokens),
            func.sum(CallRow.completion_tokens),
            func.sum(case((CallRow.estimated, 1), else_=0)),
            func.sum(CallRow.cost),
            func.sum(unpriced),
        ).where(CallRow.started_at >= since)
        if migration_id is not None:
            query = query.join(RunRow, RunRow.id == CallRow.run_id).where(RunRow.migration_id == migration_id)
        return self._tuples(query.group_by(CallRow.agent, CallRow.status))

    def sums_by_run(self, run_ids: Collection[int]) -> list[tuple[int, int | None, float | None]]:
        """Return (run, tokens, cost) of the runs among `run_ids` that sent a request; None where no entry tells."""
        known = func.coalesce(CallRow.prompt_tokens, 0) + func.coalesce(CallRow.completion_tokens, 0)
        query = (
            select(CallRow.run_id, func.sum(known), func.sum(CallRow.cost))
            .where(CallRow.run_id.in_(run_ids), CallRow.status != AttemptStatus.CACHED)
            .group_by(CallRow.run_id)
        )
        return [(run_id, tokens, cost) for run_id, tokens, cost in self._tuples(query)]

    def _kept(self, text: str) -> str | None:
        """Keep a text under its digest, whoever else keeps the same one at this moment; None for no text."""
        if not text:
            return None
        digest = hashlib.sha256(text.encode()).hexdigest()
        insert = postgresql.insert if self._session.get_bind().dialect.name == "postgresql" else sqlite.insert
        self._session.execute(
            insert(ModelTextRow)
            .values(digest=digest, text=text)
            .on_conflict_do_update(
                index_elements=["organisation_id", "digest"],
                set_={"text": text},  # locks it: nobody deletes a text that an entry under way points to
            )
        )
        return digest


class Proposals(Repository):
    """What agents suggest, and what became of it."""

    def add_all(self, rows: Iterable[ProposalRow]) -> None:
        """Add proposals; their numbers are known after a flush."""
        self._session.add_all(rows)

    def get(self, proposal_id: int, *, expected: int | None = None) -> ProposalRow:
        """Return a proposal; raises NotFound, or Conflict when it is not at version `expected` any more."""
        row = self._one(self._session.get(ProposalRow, proposal_id), "proposal")
        expect(row.version, expected, "this proposal", row.decided_by)
        return row

    def of_run(self, run_id: int) -> list[ProposalRow]:
        """Return the proposals of a run in the order they were made."""
        return self._rows(select(ProposalRow).where(ProposalRow.run_id == run_id).order_by(ProposalRow.id))

    def of(
        self, migration_id: int, kind: str = "", *, import_id: int | None = None, state: ProposalState | None = None
    ) -> list[ProposalRow]:
        """Return the proposals of a migration, all or those of one kind, newest first."""
        query = select(ProposalRow).where(ProposalRow.migration_id == migration_id)
        if kind:
            query = query.where(ProposalRow.kind == kind)
        if import_id is not None:
            query = query.where(ProposalRow.import_id == import_id)
        if state is not None:
            query = query.where(ProposalRow.state == state)
        return self._rows(query.order_by(ProposalRow.id.desc()))

    def counts(self, migration_id: int | None) -> list[tuple[str, str, bool, int]]:
        """Return (agent, state, agrees with the engine, how many) of all proposals."""
        columns = (ProposalRow.agent, ProposalRow.state, ProposalRow.agrees)
        query = select(*columns, func.count()).group_by(*columns)
        if migration_id is not None:
            query = query.where(ProposalRow.migration_id == migration_id)
        return [(agent, state, agrees, number) for agent, state, agrees, number in self._tuples(query)]
