"""Feedback that the rules could not read: what a model read of it stands beside the comment until it is confirmed."""

from __future__ import annotations

from platform_core.domain.agents import AgentName, CorrectionChange
from platform_core.domain.base import Frozen
from platform_core.domain.feedback import FeedbackStatus
from platform_core.domain.identity import Identity
from platform_core.services import feedback, proposals
from platform_core.services.crew import Subject
from platform_core.services.feedback import FeedbackView
from platform_core.services.proposals import ProposalView
from platform_core.services.requests import AskAgent
from platform_core.settings import settings
from platform_core.store import UnitOfWork


class Confirmed(Frozen):
    """What confirming came to: corrections learned, suggestions in review that changed, and what was refused, why."""

    learned: int
    changed: int
    held_back: tuple[str, ...]
    refused: tuple[str, ...]


def question(migration_id: int, entry: FeedbackView) -> AskAgent | None:
    """Return the request to have a model read the rest of a comment; None where no model is set or nothing is left."""
    if settings().model_endpoint is None or entry.status is not FeedbackStatus.OPEN or not entry.not_understood:
        return None
    subject = Subject(migration_id=migration_id, feedback_id=entry.id)
    return AskAgent(agent=AgentName.LEARNING_SPECIALIST, subject=subject)


def read(work: UnitOfWork, migration_id: int) -> dict[int, list[ProposalView]]:
    """Return the corrections that a model read, by comment, as far as they wait for a decision."""
    found: dict[int, list[ProposalView]] = {}
    for view in proposals.waiting(work, migration_id, "correction"):
        if isinstance(view.change, CorrectionChange) and view.change.feedback is not None:
            found.setdefault(view.change.feedback, []).append(view)
    return found


def confirm(work: UnitOfWork, entry: FeedbackView, by_model: list[ProposalView], by: Identity) -> Confirmed:
    """Learn what was understood of a comment, by rules and by the model, through the same gate.

    Raises BadInput when nothing was understood, Conflict when somebody else dealt with the comment meanwhile.
    """
    learned, changed = 0, 0
    held_back: tuple[str, ...] = ()
    if entry.corrections or not by_model:
        done = feedback.confirm(work, entry.id, by, seen_version=entry.version)
        learned, changed, held_back = done.corrections, len(done.changed), done.held_back
    accepted, refused = proposals.accept_all(work, [view.id for view in by_model], by)
    if accepted:
        feedback.settle_without(work, entry.id, by)
    return Confirmed(
        learned=learned + len(accepted), changed=changed, held_back=held_back, refused=tuple(refused.values())
    )


def close(work: UnitOfWork, entry: FeedbackView, by_model: list[ProposalView], by: Identity) -> None:
    """Close a comment with nothing learned; what a model read of it is put aside."""
    feedback.close(work, entry.id, by, seen_version=entry.version)
    for view in by_model:
        proposals.reject(work, view.id, by)
