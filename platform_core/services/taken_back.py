"""Second thoughts: accepted proposals whose matter stands otherwise by now count as taken back, however that came."""

from __future__ import annotations

from pydantic import TypeAdapter

from platform_core.domain.agents import (
    AliasChange,
    Change,
    ColumnChange,
    CorrectionChange,
    Reach,
    RiskChange,
    StrategyChange,
    WaveChange,
)
from platform_core.domain.runs import ProposalState
from platform_core.errors import NotFound
from platform_core.services.knowledge import header_keys
from platform_core.services.learned import word_log
from platform_core.store import UnitOfWork
from platform_core.store.models import ProposalRow

_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)


def note_taken_back(work: UnitOfWork, migration_id: int) -> int:
    """Mark the accepted proposals that were undone or decided otherwise later; returns how many were marked now.

    What cannot be told any more (the import, application or plan is gone) stays accepted.
    """
    with work.reading():
        accepted = work.proposals.of(migration_id, state=ProposalState.ACCEPTED)
        reverted = [row.id for row in accepted if not _stands(work, row)]
    if reverted:
        with work:
            for number in reverted:
                work.proposals.get(number).state = ProposalState.REVERTED
            work.commit()
    return len(reverted)


def _stands(work: UnitOfWork, row: ProposalRow) -> bool:
    """Tell whether what was accepted still holds; call inside an open block of `work`."""
    try:
        match change := _CHANGE.validate_python(row.proposed):
            case ColumnChange() if row.import_id is not None:
                return work.mappings.get(row.import_id, change.position).field == change.field
            case StrategyChange():
                return work.recommendations.get(row.migration_id, change.application).decided == change.strategy
            case WaveChange() if change.plan is not None:
                waves = {p.wave for p in work.plans.placements(change.plan) if p.move_group == change.group}
                return not waves or waves == {change.wave}
            case RiskChange():
                entry = work.choices.entry(row.migration_id, change.application)
                return entry is not None and change.driver.replace("_", " ").casefold() in entry.note.casefold()
            case AliasChange() | CorrectionChange():
                return _is_said(work, row.migration_id, change)
            case _:
                return True
    except NotFound:
        return True


def _is_said(work: UnitOfWork, migration_id: int, change: AliasChange | CorrectionChange) -> bool:
    """Tell whether a learned word still counts; a correction that was to reach nowhere taught none."""
    if isinstance(change, AliasChange) and change.reach is Reach.NOWHERE:
        return True
    plain = header_keys().plain
    return any(
        word.counts and word.field == change.field and plain(word.header) == plain(change.header)
        for word in word_log(work)
        if word.migration_id == migration_id
    )
