"""Organisations that share this workbench: who belongs to which, set up from the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from platform_core.domain.identity import Identity
from platform_core.domain.organisations import Organisation
from platform_core.errors import BadInput, Forbidden, NotFound
from platform_core.services.bootstrap import store
from platform_core.settings import settings
from platform_core.store import Store, UnitOfWork
from platform_core.store.models import MembershipRow, OrganisationRow

NAME_LENGTH = 200
PERSON_LENGTH = 320
"""The longest address of e-mail there can be."""

BYPASSED = "The database role bypasses row-level security, so organisations would not be kept apart."
BYPASSED_HINT = "Connect as a role that is neither superuser nor BYPASSRLS, as docs/deploy.md shows."


def listed(store: Store) -> list[Organisation]:
    """Return all organisations, the oldest first, each with its people."""
    work = store.everywhere().unit_of_work()
    with work.reading():
        people = work.organisations.people()
        rows = work.organisations.all()
    return [_view(row, [who.person for who in people if who.organisation_id == row.id]) for row in rows]


def add(store: Store, name: str, by: Identity) -> Organisation:
    """Let another organisation share the workbench.

    Raises BadInput for a name that is empty, too long or taken, and where the database would not keep them apart.
    """
    wanted = " ".join(name.split())
    if not 0 < len(wanted) <= NAME_LENGTH:
        raise BadInput(f"An organisation needs a name of at most {NAME_LENGTH} characters.", hint="Give it a name.")
    if store.bypasses_row_security():
        raise BadInput(BYPASSED, hint=BYPASSED_HINT)
    work = store.everywhere().unit_of_work()
    with work:
        if work.organisations.named(wanted):
            raise BadInput(f"There is an organisation called {wanted!r} already.", hint="Choose another name.")
        row = OrganisationRow(name=wanted)
        work.organisations.add(row)
        work.flush()
        text = f"Let {wanted} share the workbench"
        work.audit.record(
            by, "organisation.added", migration_id=None, subject=str(row.id), text=text
        ).organisation_id = row.id
        work.commit()
        return _view(row)


def rename(store: Store, name: str, to: str, by: Identity) -> Organisation:
    """Give an organisation another name; raises NotFound, or BadInput as `add` does."""
    wanted = " ".join(to.split())
    work = store.everywhere().unit_of_work()
    with work:
        row = _named(work, name)
        taken = work.organisations.named(wanted)
        if not 0 < len(wanted) <= NAME_LENGTH or (taken is not None and taken.id != row.id):
            raise BadInput(f"The organisation cannot be called {wanted!r}.", hint="Choose another name.")
        row.name = wanted
        text = f"Called the organisation {wanted}"
        work.audit.record(
            by, "organisation.renamed", migration_id=None, subject=str(row.id), text=text
        ).organisation_id = row.id
        work.commit()
        return _view(row)


def assign(store: Store, name: str, person: str, by: Identity) -> Organisation:
    """Let a person (e-mail) or everybody of a domain (@ and its name) belong to an organisation, and to no other.

    Raises NotFound for an organisation that is not there, BadInput for what is no address.
    """
    who = _address(person)
    work = store.everywhere().unit_of_work()
    with work:
        row = _named(work, name)
        for former in work.organisations.memberships([who]):
            work.organisations.remove_person(former)
        work.flush()
        work.organisations.add_person(MembershipRow(organisation_id=row.id, person=who, created_by=by.name))
        text = f"{who} belongs to {row.name}"
        work.audit.record(
            by, "organisation.assigned", migration_id=None, subject=who, text=text
        ).organisation_id = row.id
        work.commit()
    return next(view for view in listed(store) if view.id == row.id)


def remove(store: Store, person: str, by: Identity) -> str:
    """Let a person or domain belong to no organisation any more; returns the entry. Raises NotFound."""
    who = _address(person)
    work = store.everywhere().unit_of_work()
    with work:
        found = work.organisations.memberships([who])
        if not found:
            raise NotFound(f"{who} belongs to no organisation.", hint="`organisation list` names everybody.")
        for row in found:
            work.organisations.remove_person(row)
            text = f"{who} belongs to it no more"
            entry = work.audit.record(by, "organisation.removed", migration_id=None, subject=who, text=text)
            entry.organisation_id = row.organisation_id
        work.commit()
    return who


def of_person(store: Store, by: Identity) -> Organisation:
    """Return the organisation of whoever is at the keyboard; where there is only one it is everybody's.

    What the identity provider claims counts before an address of its own, and that before a domain. Raises Forbidden
    for somebody who belongs to none, and for anybody who has not signed in where there are several.
    """
    work = store.everywhere().unit_of_work()
    with work.reading():
        rows = work.organisations.all()
        if len(rows) == 1:
            return _view(rows[0])
        number = _claimed(rows, by) if by.organisation else _entered(work, by)
    found = next((row for row in rows if row.id == number), None)
    if found is None:
        raise Forbidden(
            "You belong to none of the organisations that share this workbench."
            if by.email or by.organisation
            else "Several organisations share this workbench, so everybody has to sign in.",
            hint="Ask whoever runs the workbench to let your account in.",
        )
    return _view(found)


def only(store: Store) -> int | None:
    """Return the number of the organisation where there is only one, else None."""
    work = store.everywhere().unit_of_work()
    with work.reading():
        rows = work.organisations.all()
    return rows[0].id if len(rows) == 1 else None


def numbered(store: Store, name: str | None) -> int:
    """Return the number of the organisation called `name` (None = the only one); raises NotFound or BadInput."""
    if name is None:
        number = only(store)
        if number is None:
            raise BadInput("Several organisations share this workbench.", hint="Name one with --organisation.")
        return number
    work = store.everywhere().unit_of_work()
    with work.reading():
        return _named(work, name).id


def add_here(name: str) -> dict[str, Any]:
    """Add an organisation to the store of the settings, as the terminal does."""
    return add(_opened(), name, _operator()).model_dump(mode="json")


def rename_here(name: str, to: str) -> dict[str, Any]:
    """Rename an organisation of the store of the settings."""
    return rename(_opened(), name, to, _operator()).model_dump(mode="json")


def assign_here(name: str, person: str) -> dict[str, Any]:
    """Assign a person or domain in the store of the settings."""
    return assign(_opened(), name, person, _operator()).model_dump(mode="json")


def remove_here(person: str) -> dict[str, Any]:
    """Remove a person or domain in the store of the settings."""
    return {"removed": remove(_opened(), person, _operator())}


def list_here() -> dict[str, Any]:
    """List the organisations of the store of the settings."""
    return {"organisations": [view.model_dump(mode="json") for view in listed(_opened())]}


def lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield an organisation, or all of them a line each, with who belongs to it."""
    for each in answer.get("organisations", [answer]):
        yield f"{each['name']}: {', '.join(each['people']) or 'nobody named'}"


def removed_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield who was removed."""
    yield f"{answer['removed']} belongs to no organisation any more."


def _claimed(rows: list[OrganisationRow], by: Identity) -> int | None:
    return next((row.id for row in rows if row.name.lower() == by.organisation.lower()), None)


def _entered(work: UnitOfWork, by: Identity) -> int | None:
    email = by.email.strip().lower()
    if "@" not in email:
        return None
    domain = "@" + email.rpartition("@")[2]
    found = {row.person: row.organisation_id for row in work.organisations.memberships([email, domain])}
    return found.get(email, found.get(domain))


def _address(person: str) -> str:
    who = person.strip().lower()
    name, at, domain = who.rpartition("@")
    if not at or not domain or "@" in name or any(sign.isspace() for sign in who) or len(who) > PERSON_LENGTH:
        raise BadInput(f"{person!r} is no e-mail address and no domain.", hint="Write ana@example.com or @example.com.")
    return who


def _named(work: UnitOfWork, name: str) -> OrganisationRow:
    row = work.organisations.named(" ".join(name.split()))
    if row is None:
        raise NotFound(f"There is no organisation called {name!r}.", hint="`organisation list` names them.")
    return row


def _opened() -> Store:
    opened = store()
    opened.upgrade()
    return opened


def _operator() -> Identity:
    return Identity(name=settings().ANALYST_NAME)


def _view(row: OrganisationRow, people: list[str] | None = None) -> Organisation:
    return Organisation(id=row.id, name=row.name, created_at=row.created_at, people=tuple(people or ()))
