"""Tokens: which programs may call the web interface, created and revoked from the terminal."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from platform_core.domain.access import Caller, Scope
from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.errors import BadInput, NotFound
from platform_core.services import organisations
from platform_core.services.bootstrap import store
from platform_core.settings import settings
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import TokenRow

PREFIX = "amw_"
"""What every token begins with, so that scanners of source code recognise one that was left there."""

SECRET_BYTES = 32
NAME_LENGTH = 200
USE_NOTED_EVERY = timedelta(hours=1)


class TokenView(Frozen):
    """A token as it is listed; its secret is known to its owner alone."""

    id: int
    name: str
    scope: Scope
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None

    @property
    def is_valid(self) -> bool:
        """Whether it opens anything now."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now())


def create(
    work: UnitOfWork, name: str, scope: Scope, by: Identity, *, days: int | None = None
) -> tuple[TokenView, str]:
    """Return a new token and its secret, which is shown this once; it ends after `days` (None = never).

    The secret is 256 random bits, so its plain SHA-256 cannot be guessed back. Raises BadInput for a name that is
    empty, too long or taken.
    """
    wanted = " ".join(name.split())
    if not 0 < len(wanted) <= NAME_LENGTH:
        raise BadInput(f"A token needs a name of at most {NAME_LENGTH} characters.", hint="Say what it is used for.")
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with work:
        if work.tokens.named(wanted):
            raise BadInput(f"There is a token called {wanted!r} already.", hint="Choose another name.")
        ends = None if days is None else now() + timedelta(days=days)
        row = TokenRow(name=wanted, digest=digest(secret), scope=scope, created_by=by.name, expires_at=ends)
        work.tokens.add(row)
        work.flush()
        text = f"Created the token {wanted} ({scope})"
        work.audit.record(by, "token.created", migration_id=None, subject=str(row.id), text=text)
        work.commit()
        return _view(row), secret


def listed(work: UnitOfWork) -> list[TokenView]:
    """Return every token there ever was, oldest first."""
    with work.reading():
        return [_view(row) for row in work.tokens.all()]


def revoke(work: UnitOfWork, name: str, by: Identity) -> TokenView:
    """Let a token open nothing any more; raises NotFound."""
    with work:
        row = work.tokens.named(name)
        if row is None:
            raise NotFound(f"There is no token called {name!r}.", hint="`token list` names them.")
        if row.revoked_at is None:
            row.revoked_at = now()
            work.audit.record(
                by, "token.revoked", migration_id=None, subject=str(row.id), text=f"Revoked the token {name}"
            )
        work.commit()
        return _view(row)


def caller(store: Store, secret: str | None, *, is_local: bool) -> Caller | None:
    """Return who calls with `secret`, None where nobody is let in.

    Without a secret the person at this machine is let in, as long as there never was a token, nobody has to sign in
    and one organisation has the workbench to itself; `is_local` tells that the request came from this machine and not
    through a proxy.
    """
    work = store.everywhere().unit_of_work()
    with work.reading():
        if secret is None:
            is_open = is_local and not settings().REQUIRE_LOGIN and not work.tokens.count()
            sharing = work.organisations.all() if is_open else []
            if len(sharing) != 1:
                return None
            return Caller(name=settings().ANALYST_NAME, scope=Scope.ADMIN, organisation=sharing[0].id)
        row = work.tokens.with_digest(digest(secret))
    if row is None or not _view(row).is_valid:
        return None
    if row.used_at is None or now() - row.used_at > USE_NOTED_EVERY:
        with work:
            work.tokens.get(row.id).used_at = now()
            work.commit()
    return Caller(name=row.name, scope=Scope(row.scope), organisation=row.organisation_id, token_id=row.id)


def create_here(name: str, scope: Scope, days: int | None, organisation: str | None) -> dict[str, Any]:
    """Create a token of an organisation (None = the only one) in the store of the settings, as the terminal does."""
    view, secret = create(_work_of(organisation), name, scope, _operator(), days=days)
    return view.model_dump(mode="json") | {"token": secret}


def list_here(organisation: str | None) -> dict[str, Any]:
    """List the tokens of an organisation (None = the only one) in the store of the settings."""
    views = listed(_work_of(organisation))
    return {"tokens": [view.model_dump(mode="json") | {"is_valid": view.is_valid} for view in views]}


def revoke_here(name: str, organisation: str | None) -> dict[str, Any]:
    """Revoke a token of an organisation (None = the only one) in the store of the settings."""
    return revoke(_work_of(organisation), name, _operator()).model_dump(mode="json")


def created_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield a new token for its owner to keep."""
    yield answer["token"]
    yield f"{answer['name']} ({answer['scope']}), ends {answer['expires_at'] or 'never'}. It is shown this once."


def listed_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield the tokens, a line each."""
    for token in answer["tokens"]:
        state = "valid" if token["is_valid"] else ("revoked" if token["revoked_at"] else "expired")
        yield f"{token['name']}: {token['scope']}, {state}, last used {token['used_at'] or 'never'}"


def revoked_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield what was revoked."""
    yield f"{answer['name']} opens nothing any more."


def _work_of(organisation: str | None) -> UnitOfWork:
    opened = store()
    opened.upgrade()
    return opened.of(organisations.numbered(opened, organisation)).unit_of_work()


def _operator() -> Identity:
    return Identity(name=settings().ANALYST_NAME)


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _view(row: TokenRow) -> TokenView:
    return TokenView(
        id=row.id,
        name=row.name,
        scope=Scope(row.scope),
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        used_at=row.used_at,
    )
