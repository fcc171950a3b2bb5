"""From an inventory to judgements: facts of each application, its 6R recommendation, its risk and effort."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter

from platform_core import lifecycle, risk, strategy
from platform_core.dependencies import Noise
from platform_core.domain.base import Progress, silent
from platform_core.domain.dependencies import DependencyDecision
from platform_core.domain.identity import Identity
from platform_core.domain.inventory import Asset, AssetKind
from platform_core.domain.lifecycle import Support
from platform_core.domain.risk import RiskAssessment
from platform_core.domain.strategy import Fact, Facts, PolicyChange, Recommendation, Strategy
from platform_core.errors import Conflict
from platform_core.services.chronicle import note_change
from platform_core.services.judgements import Judged, store_judgements
from platform_core.services.knowledge import noise, policy, products, risk_drivers
from platform_core.services.links import links_by_subject
from platform_core.services.subjects import find_subjects
from platform_core.services.verdicts import noise_of, verdicts
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import MigrationRow, RecommendationRow, RiskRow
from platform_core.store.staging import Staging
from platform_core.strategy import Links, Member, Policy

ASSESSED = frozenset({AssetKind.APPLICATION, AssetKind.SERVER, AssetKind.DATABASE})
"""What gets a strategy when it stands alone; network, storage and the like follow what they carry."""

_FIELDS = (*strategy.FACT_FIELDS, "business_unit")
"""What has to be known of an asset to assess it: `recommendation_row` also tells the business unit."""

_ARGUMENT = TypeAdapter(Recommendation)
_FACTS = TypeAdapter(dict[str, Fact])
_RISK = TypeAdapter(RiskAssessment)


@dataclass(frozen=True)
class Decisions:
    """What analysts decided about a migration, by subject key; no policy or noise = the shipped one.

    `dependencies` are their verdicts, as of `dependency_revision`.
    """

    policy: Policy | None = None
    noise: Noise | None = None
    dependencies: Sequence[DependencyDecision] = ()
    dependency_revision: int = 0
    overrides: Mapping[str, Strategy] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mitigations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Assessed:
    """How large the inventory is after a rebuild, and its revision."""

    assets: int
    applications: int
    dependencies: int
    revision: int


def judge(
    staged: Staging,
    file_names: Mapping[int, str],
    on: date,
    progress: Progress = silent,
    decisions: Decisions | None = None,
) -> Iterator[Judged]:
    """Assess every application, and every server or database that belongs to none, as of the day `on`, one by one.

    Dependencies must be settled. `file_names` names the imports in the sources of facts; risk and effort follow the
    strategy that counts, which is the analysts' where `decisions` hold one. Fixes the planning subjects of the staged
    assets; of these only one subject's are in memory at a time.
    """
    find_subjects(staged)
    with _collector_at_rest():
        yield from _judged(staged, file_names, on, progress, decisions or Decisions())


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep the garbage collector from walking over what is kept anyway, again and again: judging makes no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _judged(
    staged: Staging, file_names: Mapping[int, str], on: date, progress: Progress, decisions: Decisions
) -> Iterator[Judged]:
    goes_by = decisions.policy or policy()
    links = _links(staged, decisions.noise or noise())
    count = staged.subject_count()
    for place, (key, group) in enumerate(staged.groups(_FIELDS)):
        if place % 100 == 0:
            progress(place / count, "Assessing applications")
        head = next((asset for asset in group if asset.key == key), None)
        if head is None or head.kind not in ASSESSED:
            continue
        facts = subject_facts(key, group, links(key), file_names, on)
        told = answered(facts, decisions.answers.get(key, {}))
        found = strategy.assess(told, goes_by, explain=False)
        decided = decisions.overrides.get(key, found.strategy)
        yield Judged(
            recommendation_row(head, group, facts, found),
            risk_row(key, head.name, told, decided, decisions.mitigations.get(key, ())),
        )


def keep(
    work: UnitOfWork,
    migration_id: int,
    staged: Staging,
    by: Identity,
    *,
    seen_stamp: str | None,
) -> Assessed:
    """Put a staged inventory, with what was concluded from it, in place of the former. Call in an open block of `work`.

    Raises Conflict when somebody else rebuilt the inventory since the rebuild with `seen_stamp`.
    """
    migration = work.migrations.hold(migration_id)
    expect_same_build(migration, seen_stamp)
    revision = migration.inventory_revision + 1
    migration.inventory_revision, migration.changed_at = revision, now()
    migration.inventory_stamp, migration.inventory_edition = uuid4().hex, 0
    work.assets.replace_all(migration_id, staged)
    work.dependencies.replace_all(migration_id, staged.dependencies)
    work.issues.replace_all(migration_id, staged)
    store_judgements(work, migration_id, staged, by, f"Inventory revision {revision}")
    kinds = staged.by_kind()
    assets, applications = sum(kinds.values()), kinds.get(AssetKind.APPLICATION, 0)
    text = f"Inventory revision {revision}: {assets:,} assets, {applications:,} applications"
    work.audit.record(by, "inventory.rebuilt", migration_id=migration_id, text=text)
    return Assessed(assets, applications, len(staged.dependencies), revision)


def expect_same_build(migration: MigrationRow, seen_stamp: str | None) -> None:
    """Raise Conflict when an inventory was rebuilt since the rebuild with `seen_stamp`."""
    if migration.inventory_stamp != seen_stamp:
        raise Conflict("The inventory was rebuilt by somebody else meanwhile.", hint="Look at it, then repeat.")


def decisions_of(work: UnitOfWork, migration_id: int) -> Decisions:
    """Return what the analysts of a migration decided. Call inside an open block of `work`."""
    return Decisions(
        policy=policy_of(work, migration_id),
        noise=noise_of(work, migration_id),
        dependencies=verdicts(work, migration_id),
        dependency_revision=work.migrations.get(migration_id).dependency_revision,
        overrides=work.recommendations.overrides(migration_id),
        answers=work.recommendations.answers(migration_id),
        mitigations={key: tuple(row.chosen) for key, row in work.choices.register(migration_id).items()},
    )


def policy_of(work: UnitOfWork, migration_id: int) -> Policy:
    """Return the policy that a migration goes by. Call inside an open block of `work`."""
    row = work.choices.policy(migration_id)
    return changed_policy(PolicyChange.model_validate(row.change)) if row is not None else policy()


def changed_policy(change: PolicyChange) -> Policy:
    """Return the shipped policy with a change; raises BadInput when it cannot be."""
    return _changed_policy(change.model_dump_json())


@lru_cache(maxsize=8)
def _changed_policy(change: str) -> Policy:
    return policy().changed(PolicyChange.model_validate_json(change))


def answered(facts: Facts, answers: Mapping[str, Any]) -> Facts:
    """Return facts with what analysts answered (by key: value, author, day) in place of what the inventory says."""
    for key, given in answers.items():
        source = f"answered by {given['author']}, {given['day']}"
        facts = strategy.with_answers(facts, {key: given["value"]}, policy(), source=source)
    return facts


def reassess(work: UnitOfWork, row: RecommendationRow, goes_by: Policy, by: Identity, cause: str) -> bool:
    """Assess one application again after its answers or the policy changed; risk and effort follow.

    `cause` says in its history what led to another recommendation. Tells whether planning sees it otherwise now: by
    the strategy that counts, its risk or its effort. Call inside an open block of `work`.
    """
    facts, before, counted = stored_facts(row), row.strategy, row.decided
    for column, value in _judgement(strategy.assess(facts, goes_by, explain=False)).items():
        setattr(row, column, value)
    row.decided = row.override or row.strategy
    row.assessed_at = now()
    note_change(work, row, by, cause, before=before)
    return refresh_risk(work, row) or row.decided != counted


def refresh_risk(work: UnitOfWork, row: RecommendationRow) -> bool:
    """Assess risk and effort of one application again by the strategy that counts and the mitigations chosen.

    Tells whether its inherent risk score or its effort is another one now.
    """
    entry = work.choices.entry(row.migration_id, row.subject_key)
    decided = Strategy(row.decided) if row.decided else None
    chosen = tuple(entry.chosen) if entry is not None else ()
    return work.risks.replace(row.migration_id, risk_row(row.subject_key, row.name, stored_facts(row), decided, chosen))


def stored_facts(row: RecommendationRow) -> Facts:
    """Return the facts a recommendation was made from: those of the inventory, and answers in their place."""
    return answered(_FACTS.validate_python(row.facts), row.answers or {})


def risk_row(
    subject_key: str, name: str, facts: Facts, decided: Strategy | None, chosen: Sequence[str] = ()
) -> RiskRow:
    """Return risk and effort of moving one application by the strategy that counts; `chosen` mitigations lower it."""
    found = risk.assess_risk(facts, decided, risk_drivers(), chosen)
    work = risk.effort(facts, decided, risk_drivers())
    return RiskRow(
        subject_key=subject_key,
        name=name,
        likelihood=found.likelihood,
        impact=found.impact,
        score=found.score,
        band=found.band,
        residual_likelihood=found.residual_likelihood,
        residual_impact=found.residual_impact,
        **_RISK.dump_python(found, mode="json", include={"drivers", "mitigations"}),
        unknown=[*found.unknown, *work.unknown],
        effort_points=work.points,
        effort_tier=work.tier,
        effort_factors=work.factors,
    )


def recommendation_row(
    head: Asset, group: Sequence[Asset], facts: Mapping[str, Fact], found: Recommendation
) -> RecommendationRow:
    """Return the recommendation for the application `head` with its assets `group`, not yet of any migration."""
    return RecommendationRow(
        subject_key=head.key,
        name=head.name,
        assets=sum(asset.kind is not AssetKind.APPLICATION for asset in group) or 1,
        business_unit=_text(head, "business_unit") or _agreed(group, "business_unit"),
        criticality=_text(head, "business_criticality") or _agreed(group, "business_criticality"),
        **_judgement(found),
        facts=_FACTS.dump_python(dict(facts), mode="json"),
        assessed_at=now(),
    )


def _judgement(found: Recommendation) -> dict[str, Any]:
    """Return the columns of a recommendation that the engine fills."""
    runner_up = found.ranking[1] if len(found.ranking) > 1 else None
    leader = found.ranking[0].score if found.ranking else 0.0
    return {
        "strategy": found.strategy,
        "runner_up": runner_up.strategy if runner_up else None,
        "margin": leader - runner_up.score if runner_up else leader,
        "confidence": found.confidence,
        **_ARGUMENT.dump_python(found, mode="json", include={"ranking", "evidence", "vetoes", "missing"}),
    }


def subject_facts(
    key: str, group: Sequence[Asset], links: Links, file_names: Mapping[int, str], on: date
) -> dict[str, Fact]:
    """Return the facts of the planning subject `key` from its assets `group` (itself among them)."""
    head = next(asset for asset in group if asset.key == key)
    others = [asset for asset in group if asset.key != key]
    as_member = partial(_member, file_names=file_names)
    if head.kind is not AssetKind.APPLICATION:
        others.append(head)
    return strategy.facts_of(
        as_member(head),
        [as_member(asset) for asset in others],
        recognise=_support,
        on=on,
        links=links,
    )


def _support(text: str) -> Sequence[Support]:
    return lifecycle.all_support_in(text, products())


def _member(asset: Asset, *, file_names: Mapping[int, str]) -> Member:
    return Member(asset.kind, asset.values, _Origins(asset, file_names))


@dataclass(frozen=True, slots=True)
class _Origins(Mapping[str, str]):
    """File and line of each value of an asset, put into words only when asked for: most values never are."""

    asset: Asset
    file_names: Mapping[int, str]

    def __getitem__(self, name: str) -> str:
        if name not in self.asset.values:
            raise KeyError(name)
        if self.asset.edits and name in self.asset.edits:
            return f"set by {self.asset.edits[name].author}, {self.asset.edits[name].day}"
        if not self.asset.sources:
            return ""
        row = self.asset.sources[self.asset.origins.get(name, 0)]
        return f"{self.file_names.get(row.import_id, 'import')}, line {row.line}"

    def __contains__(self, name: object) -> bool:
        return name in self.asset.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.asset.values)

    def __len__(self) -> int:
        return len(self.asset.values)


def _links(staged: Staging, says_nothing: Noise) -> Callable[[str], Links]:
    """Return the links of a planning subject to others."""
    ends = {key for each in staged.dependencies for key in (each.source_key, each.target_key) if key}
    leaving = staged.subjects_with("retirement_date")
    return links_by_subject(staged.dependencies, staged.subjects_of(ends), leaving, says_nothing)


def _text(asset: Asset, name: str) -> str | None:
    value = asset.values.get(name)
    return str(value) if value is not None else None


def _agreed(group: Iterable[Asset], name: str) -> str | None:
    """Return the value that every asset with a value agrees on."""
    said = {text for asset in group if (text := _text(asset, name))}
    return said.pop() if len(said) == 1 else None
