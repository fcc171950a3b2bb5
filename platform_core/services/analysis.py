"""The whole main job on files, without a store or a browser: read, map, build, assess, plan, write the results."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from platform_core import inventory, mapping, waves
from platform_core.domain.identity import Identity
from platform_core.domain.inventory import AssetKind, Inventory
from platform_core.domain.mapping import MappedTable, MappingProposal
from platform_core.domain.reading import Reading
from platform_core.domain.strategy import NEEDS_DATA, Strategy
from platform_core.domain.waves import Plan, Rules
from platform_core.reference import catalogue
from platform_core.reports import as_csv
from platform_core.services import exports
from platform_core.services.arrangements import wave_rows
from platform_core.services.assessment import judge
from platform_core.services.building import settle_dependencies, stage
from platform_core.services.judgements import Judged
from platform_core.services.knowledge import mapping_knowledge, noise
from platform_core.services.mappings import standing
from platform_core.services.planning_files import answer, read_rules
from platform_core.services.portfolios import Judgement, PlannedPortfolio, compose_portfolio
from platform_core.services.receiving import mapping_row
from platform_core.services.reporting import Findings, as_html, compose
from platform_core.services.terminal import mapped_file, read_file
from platform_core.settings import settings
from platform_core.store.columns import now
from platform_core.store.models import RecommendationRow, RiskRow
from platform_core.store.staging import Staging, staging

WEEKS_PER_WAVE = 4


@dataclass
class Analysis:
    """What an analysis has found so far, with the seconds each stage took."""

    readings: list[tuple[Path, Reading, MappingProposal]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Conclusions:
    """What the engines concluded, a row of each kind for each planning subject."""

    recommendations: list[RecommendationRow]
    risks: list[RiskRow]

    @classmethod
    def of(cls, judged: Iterable[Judged]) -> Conclusions:
        """Gather what was concluded of each planning subject."""
        every = list(judged)
        return cls([each.recommendation for each in every], [each.risk for each in every])


def analyze(files: Sequence[Path], out: Path, rules: Path | None = None) -> dict[str, Any]:
    """Analyse inventory files and write tables, documents and the report into the folder `out`.

    Written are assets.csv, dependencies.csv, strategy.csv, risk.csv, mapping.json, quality.json, plan.json and
    report.html. Columns are used as far as the mapper is sure of them; a file that is no inventory is told and
    left out. Returns counts, warnings and CPU seconds by stage. Raises BadInput for a file that cannot be read.
    """
    with staging() as staged:
        return _analyzed(files, out, read_rules(rules) if rules else None, staged)


def _analyzed(files: Sequence[Path], out: Path, wanted: Rules | None, staged: Staging) -> dict[str, Any]:
    found = Analysis()
    with _timed(found, "read"):
        tables = [(path, reading) for path in files for reading in read_file(path)]
    with _timed(found, "map"):
        found.readings = [(path, r, mapping.suggest(r.table, mapping_knowledge())) for path, r in tables]
    with _timed(found, "inventory"):
        stage(list(mapped(found)), staged)
        settle_dependencies(staged)
        built = staged.inventory()
    if not built.assets and not built.dependencies:
        found.warnings.append("No asset came out of these files: no column with a name was recognised for sure.")
    with _timed(found, "assess"):
        names = {number: path.name for number, (path, _, _) in enumerate(found.readings, 1)}
        judged = Conclusions.of(judge(staged, names, now().date()))
    with _timed(found, "plan"):
        planned = _portfolio(built, staged, judged)
        plan = _plan(planned, wanted)
    with _timed(found, "write"):
        out.mkdir(parents=True, exist_ok=True)
        _write(out, found, built, judged, planned, plan)
    return _summary(found, built, judged, plan)


def summary_lines(summary: dict[str, Any]) -> Iterator[str]:
    """Yield the outcome of an analysis for a person to read."""
    for file in summary["files"]:
        kept = f"{file['rows_stored']:,} stored, {file['rows_quarantined']:,} quarantined"
        yield f"{file['path']}: {file['kind']}, {file['rows_read']:,} rows read, {kept}"
    counts = summary["counts"]
    yield f"{counts['assets']:,} assets in {counts['applications']:,} applications"
    yield f"{counts['dependencies']:,} dependencies, {counts['unresolved']:,} with an end outside the inventory"
    yield from summary["warnings"]


@contextmanager
def _timed(found: Analysis, stage: str) -> Iterator[None]:
    start = time.process_time()
    yield
    found.seconds[stage] = round(time.process_time() - start, 3)


def mapped(found: Analysis) -> Iterator[MappedTable]:
    """Yield what can go into an inventory; why the rest is left out is added to the warnings."""
    for number, (path, reading, proposal) in enumerate(found.readings, 1):
        columns = standing([mapping_row(s) for s in proposal.suggestions], undecided=False)
        name = f"{path.name} · {reading.sheet}" if reading.sheet else path.name
        if not proposal.kind.is_inventory:
            reasons = (
                "; ".join(evidence.text for evidence in proposal.kind_evidence) or "its columns describe no assets"
            )
            found.warnings.append(f"{name} is not an inventory and was left out: {reasons}.")
        elif not columns:
            found.warnings.append(f"No column of {name} was recognised for sure; it was left out.")
        else:
            yield MappedTable(number, path.name, proposal.kind, reading.table, tuple(columns))


def _portfolio(built: Inventory, staged: Staging, judged: Conclusions) -> PlannedPortfolio:
    judgement = Judgement(
        names={row.subject_key: row.name for row in judged.recommendations},
        decided={row.subject_key: row.strategy for row in judged.recommendations},
        risks={row.subject_key: (row.score, row.effort_points) for row in judged.risks},
    )
    subject_of = staged.subjects_of([asset.key for asset in built.assets])
    return compose_portfolio(built.assets, subject_of, judgement, built.dependencies, noise())


def _plan(planned: PlannedPortfolio, rules: Rules | None) -> tuple[Plan, Rules] | None:
    if not planned.portfolio.assets:
        return None
    chosen = rules or waves.suggest_rules(planned.portfolio)
    return waves.plan(planned.portfolio, chosen), chosen


def _write(
    out: Path,
    found: Analysis,
    built: Inventory,
    judged: Conclusions,
    planned: PlannedPortfolio,
    plan: tuple[Plan, Rules] | None,
) -> None:
    for row in judged.recommendations:
        row.decided = row.strategy
    sheets = {
        "assets": exports.inventory_sheet(built.assets),
        "dependencies": exports.dependency_sheet(built.dependencies),
        "strategy": exports.strategy_sheet(judged.recommendations),
        "risk": exports.risk_sheet(judged.risks),
    }
    for name, sheet in sheets.items():
        (out / f"{name}.csv").write_bytes(as_csv(sheet))
    documents: dict[str, Any] = {
        "mapping": {"files": [mapped_file(path, reading, proposal) for path, reading, proposal in found.readings]},
        "quality": _quality(found, built),
        "plan": answer(plan[0]) if plan else {"waves": [], "metrics": {}, "conflicts": [], "explanations": {}},
    }
    for name, document in documents.items():
        text = json.dumps(document, ensure_ascii=False, indent=1, default=str)
        (out / f"{name}.json").write_text(text, encoding="utf-8")
    findings = _findings(found, built, judged, planned, plan)
    by = Identity(name=settings().ANALYST_NAME)
    (out / "report.html").write_bytes(as_html(compose(findings, by, now())))


def _quality(found: Analysis, built: Inventory) -> dict[str, Any]:
    score = inventory.quality(built, catalogue())
    return {
        "score": score.model_dump(mode="json"),
        "files": [_counts(path, reading, proposal) for path, reading, proposal in found.readings],
        "findings": dict(Counter(str(issue.kind) for issue in built.issues)),
        "issues": [issue.model_dump(mode="json") for issue in built.issues],
    }


def _counts(path: Path, reading: Reading, proposal: MappingProposal) -> dict[str, Any]:
    return {
        "path": str(path),
        "sheet": reading.sheet,
        "kind": proposal.kind,
        "is_inventory": proposal.kind.is_inventory,
        "format": proposal.format,
        "rows_read": reading.rows_read,
        "rows_stored": reading.rows_stored,
        "rows_quarantined": reading.rows_quarantined,
    }


def _findings(
    found: Analysis,
    built: Inventory,
    judged: Conclusions,
    planned: PlannedPortfolio,
    plan: tuple[Plan, Rules] | None,
) -> Findings:
    waves_of: dict[str, Any] = {}
    outcome, rules = plan or (None, None)
    if outcome and rules and outcome.metrics:
        starts_on = now().date() + timedelta(days=7 - now().date().weekday())
        waves_of = {
            "waves": wave_rows(starts_on, WEEKS_PER_WAVE, rules, outcome.metrics, outcome.wave_of),
            "wave_of": {
                planned.subject_of[a.application]: outcome.wave_of[a.asset_id] for a in planned.portfolio.assets
            },
            "metrics": outcome.metrics,
        }
    return Findings(
        title="Migration analysis",
        inputs=[_input(path, reading, proposal) for path, reading, proposal in found.readings],
        kinds=Counter(asset.kind for asset in built.assets),
        recommendations=judged.recommendations,
        risks=sorted(judged.risks, key=lambda row: (-row.score, row.name)),
        conflicts=[rule for conflict in plan[0].conflicts for rule in conflict.rules] if plan else (),
        left_out=planned.left_out,
        dependencies=len(built.dependencies),
        unresolved=_unresolved(built),
        issues=len(built.issues),
        **waves_of,
    )


def _input(path: Path, reading: Reading, proposal: MappingProposal) -> list[str | int]:
    used = standing([mapping_row(s) for s in proposal.suggestions], undecided=False)
    name = f"{path.name} · {reading.sheet}" if reading.sheet else path.name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    counts = [reading.rows_read, reading.rows_stored, reading.rows_quarantined]
    return [name, proposal.format or proposal.kind, *counts, len(used), digest]


def _unresolved(built: Inventory) -> int:
    return sum(d.source_key is None or d.target_key is None for d in built.dependencies)


def _summary(found: Analysis, built: Inventory, judged: Conclusions, plan: tuple[Plan, Rules] | None) -> dict[str, Any]:
    strategies = Counter(row.strategy or NEEDS_DATA for row in judged.recommendations)
    return {
        "files": [_counts(path, reading, proposal) for path, reading, proposal in found.readings],
        "counts": {
            "assets": len(built.assets),
            "applications": sum(asset.kind is AssetKind.APPLICATION for asset in built.assets),
            "assessed": len(judged.recommendations),
            "dependencies": len(built.dependencies),
            "unresolved": _unresolved(built),
            "findings": len(built.issues),
            "waves": len(plan[0].waves) if plan else 0,
            "rows_used": built.rows_used,
            "rows_skipped": built.rows_skipped,
        },
        "strategies": {str(s): strategies[s] for s in [*Strategy, NEEDS_DATA] if strategies[s]},
        "plan": plan[0].metrics.model_dump(mode="json") if plan and plan[0].metrics else None,
        "warnings": found.warnings,
        "seconds": found.seconds,
    }
