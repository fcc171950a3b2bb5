"""Files to take away: inventory, dependencies, strategies, risks and plan as CSV and Excel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from platform_core.domain.inventory import Asset, AssetFilter, Dependency, Value
from platform_core.domain.strategy import NEEDS_DATA
from platform_core.errors import BadInput
from platform_core.reference import catalogue
from platform_core.reports import Cell, Sheet, as_csv, as_excel
from platform_core.services.inventory_files import LIST_SEPARATOR, csv_file, stored_sheet
from platform_core.store import UnitOfWork
from platform_core.store.models import PlacementRow, RecommendationRow, RiskRow, WaveRow

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"


def inventory_sheet(assets: Iterable[Asset]) -> Sheet:
    """Return the assets with every field that any of them has, headed by the canonical keys."""
    every = list(assets)
    used = {key for asset in every for key in asset.values}
    fields = [field for field in catalogue() if field.key in used]
    rows: list[list[Cell]] = [[a.key, a.kind, *(_cell(a.values.get(f.key)) for f in fields)] for a in every]
    return Sheet("Inventory", ["key", "kind", *(f.key for f in fields)], rows)


def dependency_sheet(dependencies: Iterable[Dependency]) -> Sheet:
    """Return the dependencies with the keys of both ends where they are known."""
    headers = ["dep_source", "dep_target", "source_key", "target_key", "dep_port", "dep_protocol", "weight"]
    rows: list[list[Cell]] = [
        [d.source_name, d.target_name, d.source_key, d.target_key, d.port, d.protocol, d.weight] for d in dependencies
    ]
    return Sheet("Dependencies", headers, rows)


def strategy_sheet(recommendations: Iterable[RecommendationRow]) -> Sheet:
    """Return one line an application: what counts, what the rules said, how sure, and the strongest reasons."""
    headers = [
        "application",
        "strategy",
        "rules_say",
        "runner_up",
        "confidence",
        "margin",
        "overridden_by",
        "override_reason",
        "assets",
        "business_unit",
        "criticality",
        "reasons",
        "ask_next",
    ]
    return Sheet("Strategy", headers, [_strategy_line(row) for row in recommendations])


def risk_sheet(risks: Iterable[RiskRow]) -> Sheet:
    """Return one line an application: likelihood, impact, residual, effort and the drivers."""
    headers = ["application", "likelihood", "impact", "risk", "band", "residual", "effort_points", "effort_tier"]
    rows: list[list[Cell]] = [
        [
            r.name,
            r.likelihood,
            r.impact,
            r.score,
            r.band,
            r.residual_likelihood * r.residual_impact,
            r.effort_points,
            r.effort_tier,
            LIST_SEPARATOR.join(driver["text"] for driver in r.drivers),
            LIST_SEPARATOR.join(r.unknown),
        ]
        for r in risks
    ]
    return Sheet("Risk", [*headers, "drivers", "not_known"], rows)


def plan_sheet(waves: Sequence[WaveRow], placements: Iterable[PlacementRow]) -> Sheet:
    """Return one line an application: its wave with dates, and what it brings into it."""
    days = {wave.number: (wave.starts_on, wave.ends_on) for wave in waves}
    headers = [
        "wave",
        "starts_on",
        "ends_on",
        "application",
        "move_group",
        "assets",
        "effort_points",
        "critical_assets",
    ]
    rows: list[list[Cell]] = [
        [p.wave, *days[p.wave], p.application, p.move_group, p.assets, p.effort, p.critical, p.risk, p.by_hand]
        for p in placements
    ]
    return Sheet("Plan", [*headers, "risk", "placed_by_hand"], rows)


def inventory_csv(work: UnitOfWork, migration_id: int) -> bytes:
    """Return the whole inventory as plain CSV."""
    with csv_file(work, migration_id, AssetFilter(), packed=False) as file:
        return file.read()


def inventory_excel(work: UnitOfWork, migration_id: int, wanted: AssetFilter | None = None) -> bytes:
    """Return the assets that pass a filter, and all dependencies where none is set, as one workbook.

    Raises BadInput when there are more assets than a workbook should hold.
    """
    with work.reading():
        sheets = [stored_sheet(work, migration_id, wanted or AssetFilter())]
        if wanted is None or wanted.is_open:
            sheets.append(dependency_sheet(work.dependencies.all(migration_id)))
    return as_excel(sheets)


def strategy_csv(work: UnitOfWork, migration_id: int) -> bytes:
    """Return the strategies as CSV."""
    with work.reading():
        return as_csv(_strategies(work, migration_id)[0])


def strategy_excel(work: UnitOfWork, migration_id: int) -> bytes:
    """Return strategies and risks as one workbook."""
    with work.reading():
        return as_excel(_strategies(work, migration_id))


def plan_csv(work: UnitOfWork, plan_id: int) -> bytes:
    """Return a plan as CSV."""
    with work.reading():
        return as_csv(_plan(work, plan_id))


def plan_excel(work: UnitOfWork, plan_id: int) -> bytes:
    """Return a plan as a workbook."""
    with work.reading():
        return as_excel([_plan(work, plan_id)])


def everything_excel(work: UnitOfWork, migration_id: int) -> bytes:
    """Return inventory, dependencies, strategies, risks and the latest plan, as of one moment, as one workbook."""
    with work.reading():
        edges = dependency_sheet(work.dependencies.all(migration_id))
        sheets = [*_inventory(work, migration_id), edges, *_strategies(work, migration_id)]
        sheets += [_plan(work, plan.id) for plan in work.plans.of(migration_id)[:1]]
    return as_excel(sheets)


Maker = Callable[[UnitOfWork, int], bytes]
STRATEGY_FILES: tuple[tuple[str, Maker, str, str], ...] = (
    ("CSV", strategy_csv, "csv", CSV),
    ("Excel", strategy_excel, "xlsx", EXCEL),
)
"""(label, function of work and migration, file suffix, media type)."""

PLAN_FILES: tuple[tuple[str, Maker, str, str], ...] = (
    ("CSV", plan_csv, "csv", CSV),
    ("Excel", plan_excel, "xlsx", EXCEL),
)
"""(label, function of work and plan, file suffix, media type)."""


def quarantine_csv(work: UnitOfWork, import_id: int) -> bytes:
    """Return the rows of an import that could not be stored."""
    with work.reading():
        rows: list[list[Cell]] = [
            [row.line, row.reason, row.raw] for row in work.imports.quarantine(import_id, limit=1_000_000)
        ]
    return as_csv(Sheet("Quarantine", ["line", "reason", "text"], rows))


def _inventory(work: UnitOfWork, migration_id: int) -> list[Sheet]:
    """Return the inventory for a workbook; where it is too large for one it is left to the CSV file."""
    try:
        return [stored_sheet(work, migration_id, AssetFilter())]
    except BadInput as error:
        return [Sheet("Inventory", ["not_included"], [[str(error)]])]


def _strategies(work: UnitOfWork, migration_id: int) -> list[Sheet]:
    return [strategy_sheet(work.recommendations.of(migration_id)), risk_sheet(work.risks.of(migration_id))]


def _plan(work: UnitOfWork, plan_id: int) -> Sheet:
    return plan_sheet(work.plans.waves(plan_id), work.plans.placements(plan_id))


def _strategy_line(row: RecommendationRow) -> list[Cell]:
    leader = row.strategy or (row.ranking[0]["strategy"] if row.ranking else None)
    reasons = sorted((e for e in row.evidence if e["strategy"] == leader), key=lambda e: -abs(e["weight"]))
    return [
        row.name,
        row.decided or NEEDS_DATA,
        row.strategy or NEEDS_DATA,
        row.runner_up,
        round(row.confidence, 3),
        round(row.margin, 3),
        row.override_by,
        row.override_reason,
        row.assets,
        row.business_unit,
        row.criticality,
        LIST_SEPARATOR.join(reason["text"] for reason in reasons[:5]),
        LIST_SEPARATOR.join(fact["question"] for fact in row.missing[:3]),
    ]


def _cell(value: Value | None) -> Cell:
    return LIST_SEPARATOR.join(value) if isinstance(value, tuple) else value
