"""A change of policy that is not applied yet: kept while other tabs and pages are looked at."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages import _words as words
from platform_core.domain.strategy import PolicyChange
from platform_core.services.policies import PolicyVersion
from platform_core.services.policy_drafts import rebased


@dataclass
class PolicyDraft:
    """What is wanted instead of the version `of`, and the state `begun` that the fields show before they are edited.

    Fields forget what was typed once they are not drawn any more; then they begin from what was wanted. `turn` tells
    the fields of a draft from those of one that was discarded. `told` says what became of it when somebody applied
    another version.
    """

    of: PolicyVersion
    begun: PolicyChange
    wanted: PolicyChange
    turn: int = 0
    told: str = ""

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
        self.told = ""


def draft(migration_id: int, now: PolicyVersion, field: str) -> PolicyDraft:
    """Return the draft of a change to `now`; `field` is a field by whose key it shows whether the fields are drawn."""
    place = f"policy-draft-{migration_id}"
    kept = st.session_state.get(place)
    if not isinstance(kept, PolicyDraft):
        kept = st.session_state[place] = PolicyDraft(now, now.change, now.change)
    if kept.of != now:
        kept = st.session_state[place] = _on(now, kept)
    if f"{field}-{kept.key}" not in st.session_state:
        kept.begun = kept.wanted
    return kept


def _on(now: PolicyVersion, kept: PolicyDraft) -> PolicyDraft:
    """Return a draft of a former version as one of the version that counts now."""
    if not kept.differs or kept.wanted == now.change:
        return PolicyDraft(now, now.change, now.change)
    found = rebased(kept.of.change, kept.wanted, now.change)
    applied = f"{words.plain(now.by)} applied version {now.number} of the policy meanwhile"
    if found.change == now.change:
        told = f"{applied}, which sets all that your draft was about; nothing of it is left."
    elif found.collided:
        told = f"{applied}; your draft is kept but for {words.counted(found.collided, 'number')} which that sets too."
    else:
        told = f"{applied}; your draft is kept and now changes that version."
    return PolicyDraft(now, found.change, found.change, kept.turn + 1, told)
