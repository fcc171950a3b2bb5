"""Feedback: rate or comment on anything; what is understood becomes corrections once confirmed."""

from __future__ import annotations

from datetime import datetime

from platform_core.domain.base import Frozen
from platform_core.domain.feedback import FeedbackStatus
from platform_core.domain.identity import Identity
from platform_core.domain.learning import CorrectedFile, Correction, ProposedCorrection, UnderstoodFeedback
from platform_core.errors import BadInput
from platform_core.learning import is_same_export, read_feedback
from platform_core.reference import catalogue
from platform_core.services.knowledge import header_keys
from platform_core.services.learned import file_of
from platform_core.services.migrations import must_exist
from platform_core.services.paging import cut
from platform_core.services.teaching import Changed, keep, prepare
from platform_core.store import UnitOfWork
from platform_core.store.models import FeedbackRow

TEXT_LENGTH = 4_000


class FeedbackView(Frozen):
    """A comment or rating with what was understood of it."""

    id: int
    page: str
    subject: str
    rating: int | None
    text: str
    corrections: tuple[ProposedCorrection, ...]
    not_understood: tuple[str, ...]
    status: FeedbackStatus
    at: datetime
    author: str
    version: int


class Learned(Frozen):
    """What came of confirming a comment: suggestions that changed, headers that count for their own files only."""

    corrections: int
    changed: tuple[Changed, ...]
    held_back: tuple[str, ...]


def understand(work: UnitOfWork, migration_id: int, text: str) -> UnderstoodFeedback:
    """Read corrections out of a text with the migration's headers in mind; nothing is kept."""
    with work.reading():
        headers = {r.header for i in work.imports.of(migration_id) for r in work.mappings.of(i.id) if r.header}
    return read_feedback(text, catalogue(), sorted(headers))


def give(
    work: UnitOfWork,
    migration_id: int,
    by: Identity,
    *,
    page: str,
    subject: str = "",
    rating: int | None = None,
    text: str = "",
) -> FeedbackView:
    """Keep a rating (0 bad, 1 good) or comment. Raises BadInput when there is neither or the text is too long."""
    words = text.strip()
    if rating is None and not words:
        raise BadInput("There is nothing to keep.", hint="Choose a rating or write a comment.")
    if len(words) > TEXT_LENGTH:
        raise BadInput(f"The comment is longer than {TEXT_LENGTH:,} characters.", hint="Shorten it.")
    understood = (
        understand(work, migration_id, words) if words else UnderstoodFeedback(corrections=(), not_understood=())
    )
    with work:
        row = FeedbackRow(
            migration_id=migration_id,
            page=page,
            subject=subject,
            rating=rating,
            text=words,
            corrections=[c.model_dump(mode="json") for c in understood.corrections],
            not_understood=list(understood.not_understood),
            author=by.name,
        )
        work.feedback.add(row)
        work.flush()
        about = subject or page
        work.audit.record(
            by, "feedback.given", migration_id=migration_id, subject=str(row.id), text=f"Commented on {about}"
        )
        work.commit()
        return _view(row)


def confirm(work: UnitOfWork, feedback_id: int, by: Identity, *, seen_version: int) -> Learned:
    """Turn what was understood of a comment into corrections, which count at once for every file in review.

    A correction holds for the files of the migration that have the header, for any file when none has it.
    Raises BadInput when nothing was understood, Conflict when somebody else dealt with the comment meanwhile.
    """
    with work.reading():
        row = work.feedback.get(feedback_id, expected=seen_version)
        proposed = [ProposedCorrection.model_validate(item) for item in row.corrections]
        if not proposed:
            raise BadInput("No correction was understood in this comment.", hint="Close it, or write it another way.")
        said = [word for each in proposed for word in words_of(work, row.migration_id, each, by, row.text)]
        lesson = prepare(work, row.migration_id, said)
    with work:
        row = work.feedback.get(feedback_id, expected=seen_version)
        changed = keep(work, row.migration_id, lesson, by)
        _settle(work, row, FeedbackStatus.CONFIRMED, by)
        work.commit()
    held_back = tuple(dict.fromkeys(word.header for word in lesson.words if word.would_lose))
    return Learned(corrections=len(proposed), changed=tuple(changed), held_back=held_back)


def close(work: UnitOfWork, feedback_id: int, by: Identity, *, seen_version: int) -> None:
    """Mark a comment as read, with nothing to change."""
    with work:
        row = work.feedback.get(feedback_id, expected=seen_version)
        _settle(work, row, FeedbackStatus.CLOSED, by)
        work.commit()


def settle_without(work: UnitOfWork, feedback_id: int, by: Identity) -> None:
    """Mark a comment as confirmed whose corrections were confirmed elsewhere; does nothing when it is settled."""
    with work:
        row = work.feedback.get(feedback_id)
        if row.status == FeedbackStatus.OPEN:
            _settle(work, row, FeedbackStatus.CONFIRMED, by)
            work.commit()


def listed(work: UnitOfWork, migration_id: int) -> list[FeedbackView]:
    """Return the feedback of a migration, newest first."""
    with work.reading():
        return [_view(row) for row in work.feedback.of(migration_id)]


def page(work: UnitOfWork, migration_id: int, *, after: int = 0, limit: int) -> tuple[list[FeedbackView], int | None]:
    """Return the feedback of a migration above number `after`, by number, and where the next page begins.

    Raises NotFound.
    """
    with work.reading():
        rows = work.feedback.after(migration_id, after, limit + 1)
        if not rows:
            must_exist(work, migration_id)
    return cut([_view(row) for row in rows], limit, lambda view: view.id)


def words_of(
    work: UnitOfWork, migration_id: int, correction: ProposedCorrection, by: Identity, reason: str
) -> list[Correction]:
    """Return a correction, read by rules or by a model, as words: one for each export that has the header.

    Call inside an open block of `work`.
    """
    keys = header_keys()
    files: list[CorrectedFile | None] = []
    for each in reversed(work.imports.of(migration_id)):
        file = file_of(work, each)
        has_it = keys.plain(correction.header) in map(keys.plain, file.headers)
        if has_it and not any(is_same_export(file, other, keys) for other in files if other):
            files.append(file)
    return [
        Correction(
            number=0,
            header=correction.header if file is None else _as_written(correction.header, file),
            verdict=correction.verdict,
            field=correction.field,
            file=file,
            author=by.name,
            reason=reason,
            migration_id=migration_id,
        )
        for file in files or [None]
    ]


def _as_written(header: str, file: CorrectedFile) -> str:
    plain = header_keys().plain
    return next(each for each in file.headers if plain(each) == plain(header))


def _settle(work: UnitOfWork, row: FeedbackRow, status: FeedbackStatus, by: Identity) -> None:
    before, row.status = {"status": row.status}, status
    work.audit.record(
        by,
        f"feedback.{status}",
        migration_id=row.migration_id,
        subject=str(row.id),
        text=f"Feedback {row.id}: {status}",
        before=before,
        after={"status": status},
    )


def _view(row: FeedbackRow) -> FeedbackView:
    return FeedbackView(
        id=row.id,
        page=row.page,
        subject=row.subject,
        rating=row.rating,
        text=row.text,
        corrections=tuple(ProposedCorrection.model_validate(item) for item in row.corrections),
        not_understood=tuple(row.not_understood),
        status=FeedbackStatus(row.status),
        at=row.at,
        author=row.author,
        version=row.version,
    )
