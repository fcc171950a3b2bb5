"""Tokens of programs, and the answers they may ask for again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select

from platform_core.store.models import AnswerRow, TokenRow
from platform_core.store.repositories.base import Repository


class Tokens(Repository):
    """The programs that may call the web interface."""

    def add(self, row: TokenRow) -> None:
        """Add a token; its number is known after a flush."""
        self._session.add(row)

    def get(self, token_id: int) -> TokenRow:
        """Return a token; raises NotFound."""
        return self._one(self._session.get(TokenRow, token_id), "token")

    def named(self, name: str) -> TokenRow | None:
        """Return the token called `name`."""
        return self._session.scalar(select(TokenRow).where(TokenRow.name == name))

    def with_digest(self, digest: str) -> TokenRow | None:
        """Return the token whose secret has this SHA-256."""
        return self._session.scalar(select(TokenRow).where(TokenRow.digest == digest))

    def all(self) -> list[TokenRow]:
        """Return every token there ever was, oldest first."""
        return self._rows(select(TokenRow).order_by(TokenRow.id))

    def count(self) -> int:
        """Return how many tokens there ever were."""
        return self._count(select(func.count(TokenRow.id)))


class Answers(Repository):
    """What was answered to requests that may be repeated."""

    def add(self, row: AnswerRow) -> None:
        """Add a request that begins now."""
        self._session.add(row)

    def get(self, answer_id: int) -> AnswerRow | None:
        """Return a remembered request, None if it was forgotten."""
        return self._session.get(AnswerRow, answer_id)

    def find(self, caller: str, key: str) -> AnswerRow | None:
        """Return what a caller's key stands for."""
        return self._session.scalar(select(AnswerRow).where(AnswerRow.caller == caller, AnswerRow.key == key))

    def remove(self, row: AnswerRow) -> None:
        """Forget one request."""
        self._session.delete(row)

    def forget(self, before: datetime) -> None:
        """Forget the requests that began before `before`."""
        self._run(delete(AnswerRow).where(AnswerRow.created_at < before))
