"""From an inventory to judgements: facts of each application, its 6R recommendation, its risk and effort."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from pydantic import TypeAdapter

from platform_core import lifecycle, risk, strategy
from platform_core.domain.base import Progress, silent
from platform_core.domain.identity import Identity
from platform_core.domain.inventory import Asset, AssetKind, Dependency, Inventory
from platform_core.domain.lifecycle import Support
from platform_core.domain.risk import RiskAssessment
from platform_core.domain.strategy import Fact, Recommendation, Strategy
from platform_core.errors import Conflict
from platform_core.services.bootstrap import noise_ports, policy, products, risk_drivers
from platform_core.services.subjects import members, subjects
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import RecommendationRow, RiskRow
from platform_core.strategy import Links, Member

ASSESSED = frozenset({AssetKind.APPLICATION, AssetKind.SERVER, AssetKind.DATABASE})
"""What gets a strategy when it stands alone; network, storage and the like follow what they carry."""

_ARGUMENT = TypeAdapter(Recommendation)
_FACTS = TypeAdapter(dict[str, Fact])
_RISK = TypeAdapter(RiskAssessment)


@dataclass(frozen=True)
class Judged:
    """What the engines concluded: the planning subject of each asset, and a row of each kind for each subject."""

    subject_of: dict[str, str]
    recommendations: list[RecommendationRow]
    risks: list[RiskRow]


@dataclass(frozen=True)
class Assessed:
    """How large the inventory is after a rebuild, and its revision."""

    assets: int
    applications: int
    dependencies: int
    revision: int


def judge(
    built: Inventory,
    file_names: Mapping[int, str],
    on: date,
    progress: Progress = silent,
    overrides: Mapping[str, Strategy] | None = None,
) -> Judged:
    """Assess every application, and every server or database that belongs to none, as of the day `on`.

    Dependencies must be resolved. `file_names` names the imports in the sources of facts; `overrides` are the
    analysts' strategies by subject key: risk and effort follow what counts, not what the rules say.
    """
    subject_of = subjects(built.assets)
    groups = {
        key: group
        for key, group in members(built.assets, subject_of).items()
        if any(asset.key == key and asset.kind in ASSESSED for asset in group)
    }
    links = _links_by_subject(built.dependencies, subject_of, built.assets)
    recommendations, risks = [], []
    for place, (key, group) in enumerate(groups.items()):
        if place % 100 == 0:
            progress(place / len(groups), "Assessing applications")
        facts = _facts(key, group, links(key), file_names, on)
        found = strategy.assess(facts, policy(), explain=False)
        head = next(asset for asset in group if asset.key == key)
        recommendations.append(_recommendation_row(head, group, facts, found))
        decided = (overrides or {}).get(key, found.strategy)
        risks.append(risk_row(key, head.name, facts, decided))
    return Judged(subject_of, recommendations, risks)


def keep(
    work: UnitOfWork, migration_id: int, built: Inventory, judged: Judged, by: Identity, *, seen_revision: int
) -> Assessed:
    """Put a rebuilt inventory with its judgements in place of the former one. Call inside an open block of `work`.

    Raises Conflict when somebody else rebuilt the inventory since revision `seen_revision`.
    """
    migration = work.migrations.get(migration_id)
    if migration.inventory_revision != seen_revision:
        raise Conflict("The inventory was rebuilt by somebody else meanwhile.", hint="Look at it, then repeat.")
    migration.inventory_revision, migration.changed_at = seen_revision + 1, now()
    work.assets.replace_all(migration_id, built.assets, judged.subject_of)
    work.dependencies.replace_all(migration_id, built.dependencies)
    work.issues.replace_all(migration_id, built.issues)
    for recommendation in judged.recommendations:
        recommendation.migration_id = migration_id
    work.recommendations.replace_all(migration_id, judged.recommendations)
    for row in judged.risks:
        row.migration_id = migration_id
    work.risks.replace_all(migration_id, judged.risks)
    applications = sum(asset.kind is AssetKind.APPLICATION for asset in built.assets)
    text = f"Inventory revision {seen_revision + 1}: {len(built.assets):,} assets, {applications:,} applications"
    work.audit.record(by, "inventory.rebuilt", migration_id=migration_id, text=text)
    return Assessed(len(built.assets), applications, len(built.dependencies), seen_revision + 1)


def risk_row(subject_key: str, name: str, facts: Mapping[str, Fact], decided: Strategy | None) -> RiskRow:
    """Return risk and effort of moving one application by the strategy that counts."""
    found = risk.assess_risk(facts, decided, risk_drivers())
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


def _recommendation_row(
    head: Asset, group: Sequence[Asset], facts: Mapping[str, Fact], found: Recommendation
) -> RecommendationRow:
    runner_up = found.ranking[1] if len(found.ranking) > 1 else None
    leader = found.ranking[0].score if found.ranking else 0.0
    return RecommendationRow(
        subject_key=head.key,
        name=head.name,
        assets=sum(asset.kind is not AssetKind.APPLICATION for asset in group) or 1,
        business_unit=_text(head, "business_unit") or _agreed(group, "business_unit"),
        criticality=_text(head, "business_criticality") or _agreed(group, "business_criticality"),
        strategy=found.strategy,
        runner_up=runner_up.strategy if runner_up else None,
        margin=leader - runner_up.score if runner_up else leader,
        confidence=found.confidence,
        **_ARGUMENT.dump_python(found, mode="json", include={"ranking", "evidence", "vetoes", "missing"}),
        facts=_FACTS.dump_python(dict(facts), mode="json"),
        assessed_at=now(),
    )


def _facts(key: str, group: Sequence[Asset], links: Links, file_names: Mapping[int, str], on: date) -> dict[str, Fact]:
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
    return Member(asset.kind, asset.values, {name: _source(asset, name, file_names) for name in asset.values})


def _source(asset: Asset, name: str, file_names: Mapping[int, str]) -> str:
    if not asset.sources:
        return ""
    row = asset.sources[asset.origins.get(name, 0)]
    return f"{file_names.get(row.import_id, 'import')}, line {row.line}"


def _links_by_subject(
    dependencies: Iterable[Dependency], subject_of: Mapping[str, str], assets: Iterable[Asset]
) -> Callable[[str], Links]:
    """Return the links of a subject to other subjects, leaving out traffic that says nothing of an application."""
    ports, known = noise_ports(), False
    inbound: dict[str, set[str]] = defaultdict(set)
    outbound: dict[str, set[str]] = defaultdict(set)
    for dependency in dependencies:
        known = True
        source, target = _ends(dependency, subject_of)
        if source and target and source != target and not ports.is_noise(dependency.port):
            inbound[target].add(source)
            outbound[source].add(target)
    leaving = {subject_of[asset.key] for asset in assets if "retirement_date" in asset.values}
    if not known:
        return lambda _key: Links()
    return lambda key: Links(len(inbound[key]), len(outbound[key]), len(inbound[key] - leaving))


def _ends(dependency: Dependency, subject_of: Mapping[str, str]) -> tuple[str | None, str | None]:
    source = subject_of.get(dependency.source_key) if dependency.source_key else None
    target = subject_of.get(dependency.target_key) if dependency.target_key else None
    return source, target


def _text(asset: Asset, name: str) -> str | None:
    value = asset.values.get(name)
    return str(value) if value is not None else None


def _agreed(group: Iterable[Asset], name: str) -> str | None:
    """Return the value that every asset with a value agrees on."""
    said = {text for asset in group if (text := _text(asset, name))}
    return said.pop() if len(said) == 1 else None
