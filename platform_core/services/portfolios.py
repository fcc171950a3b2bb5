"""From the inventory to what the wave planner plans: assets with team, criticality, risk, effort, and their links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from platform_core.dependencies import Noise, Served
from platform_core.domain.dependencies import DependencyVerdict
from platform_core.domain.inventory import Asset, AssetKind, Dependency
from platform_core.domain.strategy import Strategy
from platform_core.domain.waves import BEFORE_PRODUCTION, Foundation, Link, PlannedAsset, Portfolio
from platform_core.services.verdicts import noise_of
from platform_core.store import UnitOfWork

STAYING = {Strategy.RETAIN: "retained, stays where it is", Strategy.RETIRE: "retired, is switched off"}
"""Strategies that move nothing, with the words for it."""

CRITICAL = "critical"
"""The canonical word of the highest business criticality."""

HIGHEST_SCORE = 25
"""Likelihood × impact at most; divides a risk score into the planner's 0..1."""


OWNERS, SITES = ("application_owner", "business_owner", "technical_owner"), ("datacenter", "location")
"""Fields that say whose an asset is and where it stands, the first that is known counts."""

PLANNED_BY = ("support_group", "business_criticality", "environment", *OWNERS, *SITES)
"""Everything of an asset that planning looks at."""


@dataclass(frozen=True)
class PlannedPortfolio:
    """What is planned, under which subject key each application name stands, and what is left out and why."""

    portfolio: Portfolio
    subject_of: Mapping[str, str]
    left_out: Mapping[str, str]


@dataclass(frozen=True)
class Judgement:
    """What is known about the subjects of a portfolio by key: name, strategy that counts, risk score and effort."""

    names: Mapping[str, str]
    decided: Mapping[str, str | None]
    risks: Mapping[str, tuple[int, float]]


def portfolio(work: UnitOfWork, migration_id: int) -> PlannedPortfolio:
    """Return what there is to plan of a stored migration. Call inside an open block of `work`."""
    judgement = Judgement(
        names=work.recommendations.names(migration_id),
        decided=work.recommendations.decided(migration_id),
        risks=work.risks.outlines(migration_id),
    )
    assets = work.assets.outlines(migration_id, PLANNED_BY)
    dependencies, noise = work.dependencies.between_known(migration_id), noise_of(work, migration_id)
    subject_of = {asset.key: subject for asset, subject in assets}
    return compose_portfolio([asset for asset, _ in assets], subject_of, judgement, dependencies, noise)


def compose_portfolio(
    assets: Iterable[Asset],
    subject_of: Mapping[str, str],
    judgement: Judgement,
    dependencies: Iterable[Dependency],
    noise: Noise,
) -> PlannedPortfolio:
    """Return what there is to plan; retained and retired applications, and what was not assessed, are left out.

    An application with machines is planned as its machines, one without as itself. The effort points of an
    application are spread evenly over its assets; its risk (likelihood × impact / 25) is each asset's.
    Who serves everybody is named as the foundation; the rules of a plan say what becomes of its links.
    Noise (name service, directory, monitoring …) and rejected dependencies never hold a wave together: left out.
    """
    labels = application_labels(judgement.names)
    staying = {key: STAYING[Strategy(s)] for key, s in judgement.decided.items() if s in STAYING}
    everything = list(assets)
    moving = _machines_or_self([a for a in everything if subject_of[a.key] in labels], subject_of, staying)
    sizes = Counter(subject_of[asset.key] for asset in moving)
    planned = tuple(_planned(a, subject_of[a.key], labels, judgement.risks, sizes) for a in moving)
    known, names = list(dependencies), {asset.key: asset.name for asset in everything}
    counting = (dependency for dependency in known if not noise.hides(dependency))
    ends = {asset.asset_id: asset.asset_id for asset in planned}
    first = {asset.application: asset.asset_id for asset in reversed(planned)}
    ends |= {key: first[labels[key]] for key in sizes if key not in ends}
    return PlannedPortfolio(
        portfolio=Portfolio(planned, tuple(_links(counting, ends)), tuple(_foundation(known, noise, ends, names))),
        subject_of={labels[key]: key for key in sizes},
        left_out={labels[key]: why for key, why in staying.items()},
    )


def _foundation(
    dependencies: Iterable[Dependency], noise: Noise, ends: Mapping[str, str], names: Mapping[str, str]
) -> Iterable[Foundation]:
    """Yield what moves and serves everybody, by its ports or by how many need it; `ends` as for `_links`."""
    served = Served(noise)
    for dependency in dependencies:
        source, target = dependency.source_key, dependency.target_key
        if source and target and source != target and dependency.verdict is not DependencyVerdict.REJECTED:
            served.add(source, target, dependency.port)
    for hub in served.hubs():
        if hub.key in ends:
            yield Foundation(asset_id=ends[hub.key], name=names[hub.key], reason=hub.text)


def application_labels(names: Mapping[str, str]) -> dict[str, str]:
    """Return a name for each subject key that no other has: the application's own, with its key where shared."""
    shared = Counter(names.values())
    return {key: name if shared[name] == 1 else f"{name} ({key})" for key, name in names.items()}


def _machines_or_self(
    assets: Iterable[Asset], subject_of: Mapping[str, str], staying: Mapping[str, str]
) -> list[Asset]:
    moving = [asset for asset in assets if subject_of[asset.key] not in staying]
    with_machines = {subject_of[asset.key] for asset in moving if asset.kind is not AssetKind.APPLICATION}
    return [a for a in moving if a.kind is not AssetKind.APPLICATION or subject_of[a.key] not in with_machines]


def _planned(
    asset: Asset,
    subject: str,
    labels: Mapping[str, str],
    risks: Mapping[str, tuple[int, float]],
    sizes: Mapping[str, int],
) -> PlannedAsset:
    risk = risks.get(subject)
    return PlannedAsset(
        asset_id=asset.key,
        application=labels.get(subject, subject),
        team=str(asset.values.get("support_group") or ""),
        critical=asset.values.get("business_criticality") == CRITICAL,
        risk=risk[0] / HIGHEST_SCORE if risk else 0.0,
        owner=_first(asset, *OWNERS),
        site=_first(asset, *SITES),
        production=asset.values.get("environment") not in BEFORE_PRODUCTION,
        database=asset.kind is AssetKind.DATABASE,
        effort=round(risk[1] / sizes[subject], 3) if risk else 1.0,
    )


def _first(asset: Asset, *fields: str) -> str:
    return next((str(asset.values[field]) for field in fields if asset.values.get(field)), "")


def _links(edges: Iterable[Dependency], ends: Mapping[str, str]) -> Iterable[Link]:
    """Yield what is between planned assets; an application that is planned as its machines is met at the first."""
    for edge in edges:
        source, target = ends.get(edge.source_key or ""), ends.get(edge.target_key or "")
        if source and target and source != target:
            yield Link(source, target, edge.weight)
