"""6R strategy: the distribution, one page of applications, one application's argument, overrides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
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
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import CorrectionRow, RecommendationRow
from platform_core.strategy import Robustness, assess, robustness

DRAWN_FROM = 1
"""Every robustness draws its weights from here, so that it is the same each time the argument is read."""

UNKNOWN_GROUP = "Not stated"
NOISE_MARGIN = 0.10
"""A lead over the runner-up below this share of belief counts as within the noise and is shown as such."""


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
    order: str = "name",
    offset: int,
    limit: int,
) -> tuple[list[ApplicationStrategy], int]:
    """Return one page of applications that pass the filter, and how many pass it in all."""
    with work.reading():
        total = work.recommendations.count(migration_id, text=text, strategy=strategy)
        rows = work.recommendations.page(
            migration_id, text=text, strategy=strategy, order=order, offset=offset, limit=limit
        )
        return [_line(row) for row in rows], total


def argument(work: UnitOfWork, migration_id: int, subject_key: str) -> StrategyArgument:
    """Return the argument for one application, worked out anew from the facts kept of it. Raises NotFound."""
    with work.reading():
        row = work.recommendations.get(migration_id, subject_key)
        goes_by = policy_of(work, migration_id)
    facts = stored_facts(row)
    found = assess(facts, goes_by)
    return StrategyArgument(
        line=_line(row),
        ranking=tuple(Ranked.model_validate(item) for item in row.ranking),
        evidence=found.evidence,
        vetoes=tuple(Veto.model_validate(item) for item in row.vetoes),
        missing=found.missing,
        would_change=found.would_change,
        contradictions=tuple(item.text for item in found.contradictions),
        firm=robustness(facts, goes_by, seed=DRAWN_FROM),
        facts=tuple(facts.values()),
        override_reason=row.override_reason,
        override_by=row.override_by,
        override_at=row.override_at,
        version=row.version,
    )


def accept(work: UnitOfWork, migration_id: int, subject_keys: Sequence[str], reason: str, by: Identity) -> int:
    """Make the engine's answers of many applications the analysts' own, so that later data do not change them.

    Applications that need data or are overridden already are passed over; returns how many were accepted. Raises
    BadInput without a reason, NotFound.
    """
    taken = 0
    for key in subject_keys:
        with work.reading():
            row = work.recommendations.get(migration_id, key)
        if row.strategy is not None and row.override is None:
            override(work, migration_id, key, Strategy(row.strategy), reason, by, seen_version=row.version)
            taken += 1
    return taken


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
    if strategy is not None and not reason.strip():
        raise BadInput("An override needs a reason.", hint="Say in a few words why the engine is wrong here.")
    with work:
        row = work.recommendations.get(migration_id, subject_key, expected=seen_version)
        before = override_state(row)
        set_override(work, row, {"override": strategy, "reason": reason.strip() or None, "by": by.name})
        after = override_state(row)
        text = f"{row.name}: {before['decided'] or NEEDS_DATA} → {after['decided'] or NEEDS_DATA}"
        work.corrections.add(
            CorrectionRow(
                migration_id=migration_id,
                kind=CorrectionKind.STRATEGY,
                subject=subject_key,
                before=before,
                after=after,
                reason=reason.strip(),
                author=by.name,
            )
        )
        work.audit.record(
            by,
            "strategy.overridden",
            migration_id=migration_id,
            subject=subject_key,
            text=text,
            before=before,
            after=after,
            why=reason.strip(),
        )
        work.commit()


def override_state(row: RecommendationRow) -> dict[str, Any]:
    """Return what an override consists of, as the trail keeps it."""
    return {
        "override": row.override,
        "reason": row.override_reason,
        "by": row.override_by,
        "decided": row.decided,
    }


def set_override(work: UnitOfWork, row: RecommendationRow, state: dict[str, Any]) -> None:
    """Put an override (or none) in place and note the moment; what counts, risk and effort follow.

    Call inside an open block of `work`.
    """
    row.override = state["override"]
    row.override_reason = state["reason"] if row.override else None
    row.override_by = state["by"] if row.override else None
    row.override_at = now()
    row.decided = row.override or row.strategy
    refresh_risk(work, row)


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
