"""Requests that may be sent twice: what a key stood for the first time is answered again, never done again."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from platform_core.domain.base import Frozen
from platform_core.errors import BadInput, Conflict
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import AnswerRow

REMEMBERED_FOR = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(minutes=15)
"""After this long a request that never got an answer died with its process, and may be sent again."""


class Remembered(Frozen):
    """An answer that was given before."""

    status: int
    body: str


def begin(work: UnitOfWork, caller: str, key: str, request: str) -> int | Remembered:
    """Return the number under which a request's answer is to be kept, or the answer it had the first time.

    `request` is the digest of method, address and body. Raises BadInput when the key stood for another request,
    Conflict while the first one is under way.
    """
    with work:
        work.answers.forget(now() - REMEMBERED_FOR)
        row = work.answers.find(caller, key)
        if row is not None and row.status is None and now() - row.created_at > GIVEN_UP_AFTER:
            work.answers.remove(row)
            work.flush()
            row = None
        if row is None:
            row = AnswerRow(caller=caller, key=key, request=request)
            work.answers.add(row)
            work.commit()
            return row.id
    if row.request != request:
        raise BadInput("This idempotency key belongs to another request.", hint="Use a new key for each request.")
    if row.status is None:
        raise Conflict("The same request is under way.", hint="Ask again in a moment.")
    return Remembered(status=row.status, body=row.body)


def keep(work: UnitOfWork, number: int, status: int, body: str) -> None:
    """Keep the answer of the request that `begin` gave this number."""
    with work:
        row = work.answers.get(number)
        if row is not None:
            row.status, row.body, row.digest = status, body, hashlib.sha256(body.encode()).hexdigest()
        work.commit()


def drop(work: UnitOfWork, number: int) -> None:
    """Forget a request that did nothing, so that it can be sent again under its key."""
    with work:
        row = work.answers.get(number)
        if row is not None:
            work.answers.remove(row)
        work.commit()
