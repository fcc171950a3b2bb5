"""A change of policy that is not applied yet: kept while other tabs and pages are looked at."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from platform_core.domain.strategy import PolicyChange
from platform_core.services.policies import PolicyVersion


@dataclass
class PolicyDraft:
    """What is wanted instead of the version `of`, and the state `begun` that the fields show before they are edited.

    Fields forget what was typed once they are not drawn any more; then they begin from what was wanted. `turn` tells
    the fields of a draft from those of one that was discarded.
    """

    of: PolicyVersion
    begun: PolicyChange
    wanted: PolicyChange
    turn: int = 0

    @property
    def key(self) -> str:
        """The part of the fields' keys that is theirs alone."""
        return f"{self.of.number}-{self.turn}"

    @property
    def differs(self) -> bool:
        """Tell whether anything is wanted that does not count yet."""
        return self.wanted != self.of.change

    def discard(self) -> None:
        """Begin again from the version that counts."""
        self.begun = self.wanted = self.of.change
        self.turn += 1


def draft(migration_id: int, now: PolicyVersion, field: str) -> PolicyDraft:
    """Return the draft of a change to `now`; `field` is a field by whose key it shows whether the fields are drawn."""
    place = f"policy-draft-{migration_id}"
    kept = st.session_state.get(place)
    if not isinstance(kept, PolicyDraft) or kept.of != now:
        kept = st.session_state[place] = PolicyDraft(now, now.change, now.change)
    if f"{field}-{kept.key}" not in st.session_state:
        kept.begun = kept.wanted
    return kept
