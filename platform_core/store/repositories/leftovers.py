"""What the store holds longer than anybody needs it: counted, and deleted some at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, or_, select, union

from platform_core.domain.runs import EventKind
from platform_core.store.models import (
    AnswerRow,
    CallRow,
    ImportRow,
    MigrationRow,
    ModelTextRow,
    RunEventRow,
    RunRow,
    RunStepRow,
    SessionRow,
    TokenRow,
)
from platform_core.store.repositories.base import Repository, portions
from platform_core.store.repositories.events import LOOKED_BACK
from platform_core.store.snapshots.places import snapshot_key

Keys = Select[Any]
"""A query for the primary keys of rows that may go."""


class Leftovers(Repository):
    """Rows and files that may go. Imports, decisions, runs, the ledger and the trail are never among them."""

    def events(self, before: datetime) -> Keys:
        """Return events of runs that ended before `before`, all but those that tell where a run stood.

        The newest numbers stay, whatever they tell: who follows the live view looks for gaps among them.
        """
        newest = select(func.max(RunEventRow.id)).scalar_subquery()
        return (
            select(RunEventRow.id)
            .join(RunRow, RunRow.id == RunEventRow.run_id)
            .where(
                RunRow.ended_at < before, RunEventRow.kind != EventKind.STATE, RunEventRow.id <= newest - LOOKED_BACK
            )
        )

    def steps(self, before: datetime) -> Keys:
        """Return the notes of finished steps of runs that ended before `before`: there is nothing to go on with."""
        return select(RunStepRow.id).join(RunRow, RunRow.id == RunStepRow.run_id).where(RunRow.ended_at < before)

    def model_texts(self, before: datetime) -> Keys:
        """Return the texts that only requests to models from before `before` point to."""
        young = CallRow.started_at >= before
        used = union(
            select(CallRow.prompt).where(young, CallRow.prompt.is_not(None)),
            select(CallRow.answer).where(young, CallRow.answer.is_not(None)),
        )
        return select(ModelTextRow.id).where(ModelTextRow.digest.not_in(used.subquery().select()))

    def answers(self, before: datetime) -> Keys:
        """Return the requests that began before `before` and could be repeated until then."""
        return select(AnswerRow.id).where(AnswerRow.created_at < before)

    def tokens(self, before: datetime) -> Keys:
        """Return tokens that have opened nothing since `before`.

        The newest one stays: where there never was a token, nobody is asked for one.
        """
        newest = select(func.max(TokenRow.id)).scalar_subquery()
        over = or_(TokenRow.expires_at < before, TokenRow.revoked_at < before)
        return select(TokenRow.id).where(over, TokenRow.id < newest)

    def count(self, keys: Keys) -> int:
        """Return how many rows `keys` finds."""
        return self._count(select(func.count()).select_from(keys.subquery()))

    def delete(self, keys: Keys, most: int) -> int:
        """Delete up to `most` of the rows that `keys` finds; return how many.

        Rows are locked before it is looked once more whether they may go: somebody may have begun to point to them.
        """
        (column,) = keys.selected_columns
        table: Any = column.table
        found = self._session.scalars(keys.limit(most)).all()
        gone = 0
        for some in portions(found):
            locked = self._session.scalars(select(column).where(column.in_(some)).with_for_update()).all()
            still = self._session.scalars(keys.where(column.in_(locked))).all()
            self._session.execute(delete(table).where(column.in_(still)))
            gone += len(still)
        return gone

    def files_in_use(self) -> set[str]:
        """Return the keys of all files that an import, a kept session, an inventory or an open run refers to."""
        found = {key for query in self._referring() for key in self._session.scalars(query) if key}
        stamps = select(MigrationRow.id, MigrationRow.inventory_stamp)
        return found | {snapshot_key(number, stamp) for number, stamp in self._tuples(stamps) if stamp}

    def digests_in_use(self) -> set[str]:
        """Return the digests of the originals that runs which are not over were asked to read."""
        arguments = self._session.scalars(select(RunRow.arguments).where(RunRow.ended_at.is_(None)))
        return {str(each["sha256"]) for each in arguments if "sha256" in each}

    def originals(self, before: datetime) -> set[str]:
        """Return the keys of the originals that only imports from before `before` were read from."""
        young = select(ImportRow.original).where(ImportRow.created_at >= before)
        return set(self._session.scalars(select(ImportRow.original).where(ImportRow.original.not_in(young))))

    def _referring(self) -> Iterator[Select[Any]]:
        for column in (ImportRow.original, ImportRow.table, SessionRow.document, SessionRow.assets):
            yield select(column)
