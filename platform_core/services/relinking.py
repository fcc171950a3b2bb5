"""Bringing what applications know of their links up to date, after somebody decided about dependencies."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pydantic import TypeAdapter

from platform_core.domain.identity import Identity
from platform_core.domain.strategy import Fact
from platform_core.services.assessment import policy_of, reassess
from platform_core.services.links import stored_links
from platform_core.store import UnitOfWork
from platform_core.store.models import RecommendationRow
from platform_core.strategy import Links, link_facts

AT_ONCE = 2_000
"""Subjects looked at together."""

_FACTS = TypeAdapter(dict[str, Fact])


def relink(
    work: UnitOfWork, migration_id: int, by: Identity, cause: str, subjects: Collection[str] | None = None
) -> int:
    """Restate the links of some subjects (None = all) and assess again those whose links changed.

    Returns how many recommendations are other ones now. Call inside an open block of `work`.
    """
    goes_by, changed = policy_of(work, migration_id), 0
    wanted = sorted(work.recommendations.names(migration_id) if subjects is None else subjects)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        links = stored_links(work, migration_id, some)
        for row in work.recommendations.among(migration_id, some):
            before, facts = row.strategy, _restated(row, links[row.subject_key])
            if facts != row.facts:
                row.facts = facts
                reassess(work, row, goes_by, by, cause)
                changed += row.strategy != before
    return changed


def _restated(row: RecommendationRow, links: Links) -> dict[str, Any]:
    """Return the facts of an application with those about its links as they are now."""
    stated = _FACTS.dump_python({fact.key: fact for fact in link_facts(links)}, mode="json")
    gone = {"inbound_dependencies", "outbound_dependencies", "inbound_live_dependencies"} - stated.keys()
    return {**{key: fact for key, fact in row.facts.items() if key not in gone}, **stated}
