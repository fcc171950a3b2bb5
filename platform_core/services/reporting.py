"""The report: everything behind the plan in one document, from the store or straight from an analysis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from platform_core.domain.identity import Identity
from platform_core.domain.inventory import AssetKind
from platform_core.domain.strategy import NEEDS_DATA, Strategy
from platform_core.domain.waves import PlanMetrics
from platform_core.reports import Cell, Report, Section, html_report
from platform_core.services.snapshots import snapshot_of
from platform_core.settings import settings
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import ImportRow, RecommendationRow, RiskRow, WaveRow

TOP_RISKS = 20


@dataclass(frozen=True)
class Findings:
    """What a report is composed of; rows need not be stored, risks are the highest first.

    `inputs` are one line an import, `wave_of` gives the wave of each subject key.
    """

    title: str
    inputs: Sequence[Sequence[Cell]]
    kinds: Mapping[AssetKind, int]
    recommendations: Sequence[RecommendationRow]
    risks: Sequence[RiskRow]
    waves: Sequence[WaveRow] = ()
    wave_of: Mapping[str, int] = field(default_factory=dict)
    metrics: PlanMetrics | None = None
    conflicts: Sequence[str] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    dependencies: int = 0
    unresolved: int = 0
    issues: int = 0


INPUT_HEADERS = ("File", "Recognised as", "Rows read", "Stored", "Quarantined", "Columns used", "SHA-256")


def report(work: UnitOfWork, migration_id: int, by: Identity) -> Report:
    """Return the report of a migration as it stands; raises NotFound."""
    with work.reading():
        migration = work.migrations.get(migration_id)
        imports = work.imports.of(migration_id)
        mapped = work.mappings.used(migration_id)
        plan = next(iter(work.plans.of(migration_id)), None)
        edges, dangling = work.dependencies.counts(migration_id)
        findings = Findings(
            title=migration.name,
            inputs=[input_line(row, mapped[row.id]) for row in imports],
            kinds=snapshot_of(work, migration_id).kinds(),
            recommendations=work.recommendations.outlines(migration_id),
            risks=work.risks.in_cell(migration_id, None, None, limit=TOP_RISKS),
            waves=work.plans.waves(plan.id) if plan else (),
            wave_of=work.plans.wave_of(plan.id) if plan else {},
            metrics=PlanMetrics.model_validate(plan.metrics["metrics"]) if plan and plan.metrics else None,
            conflicts=[rule for conflict in plan.conflicts for rule in conflict["rules"]] if plan else (),
            left_out=plan.left_out if plan else {},
            dependencies=edges,
            unresolved=dangling,
            issues=sum(number for _, _, number in work.issues.counts(migration_id)),
        )
    return compose(findings, by, now())


def as_html(document: Report) -> bytes:
    """Return a report as an HTML file."""
    return html_report(document).encode()


def input_line(row: ImportRow, columns: int) -> list[Cell]:
    """Return an import as a line of the report."""
    name = f"{row.file_name} · {row.sheet}" if row.sheet else row.file_name
    return [name, row.format or row.kind, row.rows_read, row.rows_stored, row.rows_quarantined, columns, row.sha256]


def compose(findings: Findings, by: Identity, at: datetime) -> Report:
    """Return the report of the findings, made by `by` at the moment `at`."""
    sections = [
        _strategies(findings),
        _plan(findings),
        _risks(findings),
        _overrides(findings),
        Section(
            "Applications and machines",
            "Every application, and every machine that belongs to none, with what is recommended.",
            *_applications(findings),
        ),
        Section(
            "Inputs", "Every file this rests on; the digest proves that it is the same.", INPUT_HEADERS, findings.inputs
        ),
    ]
    return Report(
        title=findings.title,
        made_at=at,
        made_by=by.name,
        version=settings().VERSION,
        figures=_figures(findings),
        sections=[section for section in sections if section.rows],
        unknown=_unknown(findings),
    )


def _figures(findings: Findings) -> list[tuple[str, str]]:
    cut = findings.metrics.cut_share if findings.metrics else None
    return [
        ("Assets", f"{sum(findings.kinds.values()):,}"),
        ("Applications", f"{findings.kinds.get(AssetKind.APPLICATION, 0):,}"),
        ("Waves", f"{len(findings.waves):,}" if findings.waves else "–"),
        ("Severed dependencies", "–" if cut is None else f"{cut:.0%}"),
    ]


def _strategies(findings: Findings) -> Section:
    applications = Counter(row.decided or NEEDS_DATA for row in findings.recommendations)
    assets: Counter[str] = Counter()
    for row in findings.recommendations:
        assets[row.decided or NEEDS_DATA] += row.assets
    order = [*Strategy, NEEDS_DATA]
    rows = [[s.replace("_", " ").capitalize(), applications[s], assets[s]] for s in order if applications[s]]
    note = "What happens to how much of the portfolio, overrides included."
    return Section("Portfolio by strategy", note, ("Strategy", "Applications and machines", "Assets"), rows)


def _plan(findings: Findings) -> Section:
    headers = ("Wave", "From", "To", "Assets", "Effort points", "Capacity", "Critical assets")
    rows = [[w.number, w.starts_on, w.ends_on, w.assets, w.load, w.capacity, w.critical] for w in findings.waves]
    note = "The order of the move."
    if findings.metrics:
        m = findings.metrics
        note = f"{m.violations} rules broken; severs {m.cut_share:.0%} of dependency weight between move groups"
        if m.first_fit_cut_share is not None:
            note += f"; first-fit under the same rules severs {m.first_fit_cut_share:.0%}"
        note += "."
    return Section("Wave plan", note, headers, rows)


def _risks(findings: Findings) -> Section:
    rows: list[list[Cell]] = [
        [r.name, r.likelihood, r.impact, r.score, r.residual_likelihood * r.residual_impact, _drivers(r)]
        for r in findings.risks[:TOP_RISKS]
    ]
    headers = ("Application or machine", "Likelihood", "Impact", "Risk", "Residual", "Drivers")
    return Section(f"Highest risks (first {TOP_RISKS})", "Likelihood × impact, 1 to 25.", headers, rows)


def _drivers(row: RiskRow) -> str:
    return "; ".join(driver["text"] for driver in row.drivers[:4])


def _overrides(findings: Findings) -> Section:
    rows: list[list[Cell]] = [
        [r.name, r.strategy or NEEDS_DATA, r.override, r.override_by, r.override_reason]
        for r in findings.recommendations
        if r.override
    ]
    headers = ("Application or machine", "Rules said", "Decided", "By", "Reason")
    return Section("Overrides", "Where an analyst decided otherwise, and why.", headers, rows)


def _applications(findings: Findings) -> tuple[tuple[str, ...], list[list[Cell]]]:
    headers = ("Application or machine", "Strategy", "Confidence", "Runner-up", "Assets", "Criticality", "Wave")
    rows: list[list[Cell]] = [
        [
            r.name,
            r.decided or NEEDS_DATA,
            f"{r.confidence:.0%}",
            r.runner_up,
            r.assets,
            r.criticality,
            findings.wave_of.get(r.subject_key),
        ]
        for r in findings.recommendations
    ]
    return headers, rows


def _unknown(findings: Findings) -> list[str]:
    needs = sum(row.decided is None for row in findings.recommendations)
    sentences = [f"{rule}" for rule in findings.conflicts]
    if needs:
        sentences.append(f"For {needs:,} applications and machines the facts are too thin to recommend a strategy.")
    if findings.unresolved:
        sentences.append(
            f"{findings.unresolved:,} of {findings.dependencies:,} dependencies name something outside the inventory."
        )
    if not findings.dependencies:
        sentences.append("No dependencies are known, so the plan cannot take them into account.")
    if findings.issues:
        sentences.append(f"{findings.issues:,} findings about values and rows are open; the inventory page lists them.")
    if findings.left_out:
        sentences.append(
            f"{len(findings.left_out):,} applications and machines are in no wave: they stay or are switched off."
        )
    return sentences
