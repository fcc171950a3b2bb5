"""What analysts taught the mapper: a fold over the mapping corrections that were not undone."""

from __future__ import annotations

from platform_core.domain.learning import CorrectionKind, LearnedMapping
from platform_core.store import UnitOfWork


def learned_mappings(work: UnitOfWork, migration_id: int) -> list[LearnedMapping]:
    """Return the migration's learned headers, oldest first: the later one wins where two disagree.

    Call inside an open block of `work`.
    """
    return [
        LearnedMapping(
            header=row.subject,
            field=row.after.get("field"),
            format=row.format,
            author=row.author,
            at=row.at,
        )
        for row in work.corrections.of(migration_id, CorrectionKind.MAPPING)
    ]
