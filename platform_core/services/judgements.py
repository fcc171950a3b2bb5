"""What the engines concluded while an inventory is built: laid down beside it, and stored a portion at a time.

The arguments of a hundred thousand applications take gigabytes as rows; at no time are all of them in memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from platform_core.domain.identity import Identity
from platform_core.services.chronicle import note_change
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import RecommendationRow, RiskRow
from platform_core.store.staging import Staging


@dataclass(frozen=True)
class Judged:
    """What was concluded about one planning subject."""

    recommendation: RecommendationRow
    risk: RiskRow


def lay_down(staged: Staging, judged: Iterable[Judged]) -> None:
    """Put judgements beside the staged inventory they are about."""
    staged.add_judgements((_as_text(each.recommendation), _as_text(each.risk)) for each in judged)


def store_judgements(work: UnitOfWork, migration_id: int, staged: Staging, by: Identity, cause: str) -> None:
    """Put the judgements that were laid down in place of a migration's former ones. Call in an open block of `work`.

    Overrides and answers of those that remain are kept; where the recommendation changed, their history tells.
    """
    work.risks.remove_all(migration_id)
    told = set[str]()
    for portion in staged.judgements():
        own = {"migration_id": migration_id, "assessed_at": now()}
        rows = [own | json.loads(text) for text, _ in portion]
        for row, before in work.recommendations.replace_some(migration_id, rows):
            note_change(work, row, by, cause, before=before)
        work.risks.add([{"migration_id": migration_id, **json.loads(text)} for _, text in portion])
        told.update(row["subject_key"] for row in rows)
        work.flush()
    work.recommendations.keep_only(migration_id, told)


def _as_text(row: RecommendationRow | RiskRow) -> str:
    return json.dumps({name: value for name, value in vars(row).items() if name in _COLUMNS[type(row)]})


_COLUMNS = {
    row: frozenset(column.key for column in row.__table__.columns if column.key != "assessed_at")
    for row in (RecommendationRow, RiskRow)
}
