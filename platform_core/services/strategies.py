"""6R strategy: the distribution, one page of applications, one application's argument, overrides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.learning import CorrectionKind
from platform_core.domain.strategy import (
    NEEDS_DATA,
    Counterfactual,
    Fact,
    MissingFact,
    Ranked,
    SignalEvidence,
    Strategy,
    Veto,
)
from platform_core.errors import BadInput
from platform_core.services.assessment import policy_of, refresh_risk, stored_facts
from platform_core.services.chronicle import EventKind, note
from platform_core.services.migrations import must_exist
from platform_core.services.name_search import found_after
from platform_core.services.paging import cut
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import CorrectionRow, RecommendationRow
from platform_core.store.repositories.recommendations import Filter
from platform_core.strategy import Robustness, assess, robustness

DRAWN_FROM = 1
"""Every robustness draws its weights from here, so that it is the same each time the argument is read."""

OVERRIDDEN = "strategy.overridden"
"""The trail's word for overrides; its states are by subject key, of one application or of many."""

UNKNOWN_GROUP = "Not stated"
NOISE_MARGIN = 0.10
"""A lead over the runner-up below this share of belief counts as within the noise and is shown as such."""


class Doubt(StrEnum):
    """Which recommendations are looked at: those without an answer, close calls, or those decided by hand."""

    NEEDS_DATA = "needs_data"
    NOISE = "noise"
    OVERRIDDEN = "overridden"


class ApplicationStrategy(Frozen):
    """A line of the strategy table."""

    subject_key: str
    name: str
    assets: int
    criticality: str | None
    decided: Strategy | None
    engine: Strategy | None
    runner_up: Strategy | None
    margin: float
    confidence: float
    drivers: tuple[str, ...]
    overridden: bool


class Distribution(Frozen):
    """How the portfolio splits: applications by strategy, and assets by (group, strategy)."""

    applications: dict[str, int]
    by_unit: tuple[tuple[str, str, int], ...]
    by_criticality: tuple[tuple[str, str, int], ...]
    total: int
    needs_data: int
    overridden: int
    within_noise: int


class StrategyArgument(Frozen):
    """Everything behind one application's recommendation."""

    line: ApplicationStrategy
    ranking: tuple[Ranked, ...]
    evidence: tuple[SignalEvidence, ...]
    vetoes: tuple[Veto, ...]
    missing: tuple[MissingFact, ...]
    would_change: tuple[Counterfactual, ...]
    contradictions: tuple[str, ...]
    firm: Robustness | None
    facts: tuple[Fact, ...]
    override_reason: str | None
    override_by: str | None
    override_at: datetime | None
    version: int


def distribution(work: UnitOfWork, migration_id: int) -> Distribution:
    """Return how the portfolio splits over the strategies that count (overrides included)."""
    with work.reading():
        mix = work.recommendations.distribution(migration_id)
        noise, overridden = work.recommendations.doubtful(migration_id, NOISE_MARGIN)
    applications: dict[str, int] = {}
    units: dict[tuple[str, str], int] = {}
    criticalities: dict[tuple[str, str], int] = {}
    for strategy, unit, criticality, count, assets in mix:
        name = strategy or NEEDS_DATA
        applications[name] = applications.get(name, 0) + count
        for groups, group in ((units, unit), (criticalities, criticality)):
            cell = (group or UNKNOWN_GROUP, name)
            groups[cell] = groups.get(cell, 0) + assets
    return Distribution(
        applications=applications,
        by_unit=tuple((g, s, n) for (g, s), n in units.items()),
        by_criticality=tuple((g, s, n) for (g, s), n in criticalities.items()),
        total=sum(applications.values()),
        needs_data=applications.get(NEEDS_DATA, 0),
        overridden=overridden,
        within_noise=noise,
    )


def page(
    work: UnitOfWork,
    migration_id: int,
    *,
    text: str = "",
    strategy: str = "",
    only: Doubt | None = None,
    subjects: Sequence[str] | None = None,
    order: str = "name",
    offset: int,
    limit: int,
) -> tuple[list[ApplicationStrategy], int]:
    """Return one page of applications that pass the filter, and how many pass it in all.

    `only` keeps those in doubt or decided by hand, `subjects` (None = all) those named.
    """
    wanted = _filter(text, strategy, only, subjects)
    with work.reading():
        total = work.recommendations.count(migration_id, wanted)
        rows = work.recommendations.page(migration_id, only=wanted, order=order, offset=offset, limit=limit)
        return [_line(row) for row in rows], total


def after(
    work: UnitOfWork, migration_id: int, subject_key: str, *, text: str = "", strategy: str = "", limit: int
) -> tuple[list[ApplicationStrategy], str | None]:
    """Return the applications above `subject_key` that pass the filter, by subject key, and where to go on.

    Raises NotFound.
    """
    with work.reading():
        if text:
            rows = found_after(work, migration_id, subject_key, text=text, strategy=strategy, limit=limit + 1)
        else:
            rows = work.recommendations.after(migration_id, subject_key, strategy=strategy, limit=limit + 1)
        if not rows:
            must_exist(work, migration_id)
    return cut([_line(row) for row in rows], limit, lambda line: line.subject_key)


def keys(
    work: UnitOfWork,
    migration_id: int,
    *,
    text: str = "",
    strategy: str = "",
    only: Doubt | None = None,
    subjects: Sequence[str] | None = None,
) -> list[str]:
    """Return the subject keys of all applications that pass the filter of a page."""
    with work.reading():
        return work.recommendations.keys(migration_id, _filter(text, strategy, only, subjects))


def _filter(text: str, strategy: str, only: Doubt | None, subjects: Sequence[str] | None) -> Filter:
    return Filter(
        text=text,
        strategy=NEEDS_DATA if only is Doubt.NEEDS_DATA else strategy,
        within=NOISE_MARGIN if only is Doubt.NOISE else None,
        overridden=only is Doubt.OVERRIDDEN,
        subjects=None if subjects is None else tuple(subjects),
    )


def argument(work: UnitOfWork, migration_id: int, subject_key: str, *, tried: bool = True) -> StrategyArgument:
    """Return the argument for one application, worked out anew from the facts kept of it. Raises NotFound.

    Unless it is to be `tried`, what would change it and how firm it stands are left out, which takes most of the time.
    """
    with work.reading():
        row = work.recommendations.look(migration_id, subject_key)
        goes_by = policy_of(work, migration_id)
    facts = stored_facts(row)
    found = assess(facts, goes_by, turning=tried)
    return StrategyArgument(
        line=_line(row),
        ranking=tuple(Ranked.model_validate(item) for item in row.ranking),
        evidence=found.evidence,
        vetoes=tuple(Veto.model_validate(item) for item in row.vetoes),
        missing=found.missing,
        would_change=found.would_change,
        contradictions=tuple(item.text for item in found.contradictions),
        firm=robustness(facts, goes_by, seed=DRAWN_FROM) if tried else None,
        facts=tuple(facts.values()),
        override_reason=row.override_reason,
        override_by=row.override_by,
        override_at=row.override_at,
        version=row.version,
    )


def accept(work: UnitOfWork, migration_id: int, subject_keys: Sequence[str], reason: str, by: Identity) -> int:
    """Make the engine's answers of many applications the analysts' own, so that later data do not change them.

    Applications that need data or are overridden already are passed over; returns how many were accepted. All or
    none are kept, and undone together. Raises BadInput without a reason, NotFound.
    """
    with work:
        rows = [work.recommendations.get(migration_id, key) for key in subject_keys]
        wanted = [(row, Strategy(row.strategy)) for row in rows if row.strategy is not None and row.override is None]
        _put(work, migration_id, wanted, reason, by)
        work.commit()
    return len(wanted)


def override_many(
    work: UnitOfWork,
    migration_id: int,
    subject_keys: Sequence[str],
    strategy: Strategy | None,
    reason: str,
    by: Identity,
) -> int:
    """Put one strategy in place of the engine's for many applications (None takes their overrides back).

    Returns how many that changed; all or none are kept, and undone together. Raises BadInput without a reason,
    NotFound.
    """
    with work:
        rows = [work.recommendations.get(migration_id, key) for key in subject_keys]
        wanted = [(row, strategy) for row in rows if row.override != strategy]
        _put(work, migration_id, wanted, reason, by)
        work.commit()
    return len(wanted)


def override(
    work: UnitOfWork,
    migration_id: int,
    subject_key: str,
    strategy: Strategy | None,
    reason: str,
    by: Identity,
    *,
    seen_version: int,
) -> None:
    """Put the analyst's strategy in place of the engine's (None takes the override back); kept over re-runs.

    Raises BadInput without a reason, Conflict when somebody else was faster.
    """
    with work:
        row = work.recommendations.get(migration_id, subject_key, expected=seen_version)
        _put(work, migration_id, [(row, strategy)], reason, by)
        work.commit()


def restore(work: UnitOfWork, migration_id: int, before: Mapping[str, Any], by: Identity) -> None:
    """Put former overrides (by subject key) back. Call inside an open block of `work`; raises NotFound."""
    rows = [(work.recommendations.get(migration_id, subject_key), state) for subject_key, state in before.items()]
    changed = [_set(work, row, state, by, "Override taken back") for row, state in rows]
    if any(changed):
        work.migrations.count_strategy_change(migration_id)


def _put(
    work: UnitOfWork,
    migration_id: int,
    wanted: Sequence[tuple[RecommendationRow, Strategy | None]],
    reason: str,
    by: Identity,
) -> None:
    """Override each row by the strategy beside it, as one entry of the trail."""
    why = reason.strip()
    if not why and any(strategy is not None for _, strategy in wanted):
        raise BadInput("An override needs a reason.", hint="Say in a few words why it is to count.")
    before, after, changed = {}, {}, False
    for row, strategy in wanted:
        before[row.subject_key] = override_state(row)
        changed |= _set(work, row, {"override": strategy, "reason": why or None, "by": by.name}, by, why)
        after[row.subject_key] = override_state(row)
        work.corrections.add(
            CorrectionRow(
                migration_id=migration_id,
                kind=CorrectionKind.STRATEGY,
                subject=row.subject_key,
                before=before[row.subject_key],
                after=after[row.subject_key],
                reason=why,
                author=by.name,
            )
        )
    if changed:
        work.migrations.count_strategy_change(migration_id)
    if wanted:
        work.audit.record(
            by,
            OVERRIDDEN,
            migration_id=migration_id,
            subject=wanted[0][0].subject_key if len(wanted) == 1 else "",
            text=_told(wanted, before, after),
            before=before,
            after=after,
            why=why,
        )


def _told(
    wanted: Sequence[tuple[RecommendationRow, Strategy | None]], before: Mapping[str, Any], after: Mapping[str, Any]
) -> str:
    if len(wanted) > 1:
        return f"Strategies of {len(wanted):,} applications decided"
    row = wanted[0][0]
    one, other = (state[row.subject_key]["decided"] or NEEDS_DATA for state in (before, after))
    return f"{row.name}: {one} → {other}"


def override_state(row: RecommendationRow) -> dict[str, Any]:
    """Return what an override consists of, as the trail keeps it."""
    return {
        "override": row.override,
        "reason": row.override_reason,
        "by": row.override_by,
        "decided": row.decided,
    }


def _set(work: UnitOfWork, row: RecommendationRow, state: Mapping[str, Any], by: Identity, why: str) -> bool:
    """Put an override (or none) in place and note the moment; what counts, risk and effort follow.

    Tells whether planning sees the application otherwise now.
    """
    before = row.decided
    row.override = state["override"]
    row.override_reason = state["reason"] if row.override else None
    row.override_by = state["by"] if row.override else None
    row.override_at = now()
    row.decided = row.override or row.strategy
    note(work, row, by, EventKind.OVERRIDDEN, why, before=before, after=row.decided)
    return refresh_risk(work, row) or row.decided != before


def _line(row: RecommendationRow) -> ApplicationStrategy:
    strongest = sorted(row.evidence, key=lambda item: -abs(item["weight"]))[:3]
    return ApplicationStrategy(
        subject_key=row.subject_key,
        name=row.name,
        assets=row.assets,
        criticality=row.criticality,
        decided=Strategy(row.decided) if row.decided else None,
        engine=Strategy(row.strategy) if row.strategy else None,
        runner_up=Strategy(row.runner_up) if row.runner_up else None,
        margin=row.margin,
        confidence=row.confidence,
        drivers=tuple(dict.fromkeys(item["signal"] for item in strongest)),
        overridden=row.override is not None,
    )
