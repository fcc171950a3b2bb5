"""Who is at the keyboard."""

from __future__ import annotations

from platform_core.domain.base import Frozen


class Identity(Frozen):
    """The person (or process) that does something, as written into the audit trail.

    `organisation` is the name that the identity provider claims for it, "" where it claims none.
    """

    name: str
    email: str = ""
    organisation: str = ""


SYSTEM = Identity(name="system")
"""The workbench itself: start-up, shipped samples, background runs."""
