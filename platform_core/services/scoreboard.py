"""The scoreboard: the engines' own figures, measured now on the labelled data and samples shipped with them."""

from __future__ import annotations

import csv
import io
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from platform_core import mapping, strategy
from platform_core.domain.waves import PlanMetrics
from platform_core.mapping.benchmark import measure as measure_mapping
from platform_core.mapping.benchmark import read_gold
from platform_core.mapping.held_out import HeldOut
from platform_core.mapping.peers import compare
from platform_core.reference import DATA, catalogue
from platform_core.services.agent_evaluation import INTENT, evaluate
from platform_core.services.analysis import analyze
from platform_core.services.bootstrap import agent_manager
from platform_core.services.json_lines import json_lines
from platform_core.services.knowledge import mapping_knowledge, policy
from platform_core.services.samples import FOLDER as SAMPLES
from platform_core.services.terminal import read_file
from platform_core.settings import settings

OVER_CONFIDENT = 0.6
"""A wrong answer given with at least this confidence counts as over-confident."""

CSV_ROWS = 20_000


def measure(subjects: Sequence[str]) -> dict[str, Any]:
    """Return the figures of the chosen subjects: mapping, strategy, waves, ingest, agents."""
    return {subject: SUBJECTS[subject]() for subject in subjects}


def lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield the figures for a person to read."""
    for subject, figures in answer.items():
        yield subject.capitalize()
        yield from _indented(figures, "  ")


def _indented(figures: dict[str, Any], margin: str) -> Iterator[str]:
    for name, value in figures.items():
        if isinstance(value, dict) and any(isinstance(inner, dict) for inner in value.values()):
            yield f"{margin}{name}:"
            yield from _indented(value, margin + "  ")
        elif isinstance(value, dict):
            yield f"{margin}{name}: {', '.join(f'{inner} {number}' for inner, number in value.items())}"
        elif isinstance(value, list):
            yield from _indented({f"{name} {place}": entry for place, entry in enumerate(value)}, margin)
        else:
            yield f"{margin}{name}: {value}"


def _mapping() -> dict[str, Any]:
    sources = read_gold(DATA / "mapping" / "gold.jsonl")
    start = time.process_time()
    proposals = [mapping.suggest(source.table(), mapping_knowledge()) for source in sources]
    seconds = time.process_time() - start
    figures = measure_mapping(sources, proposals).model_dump(mode="json")
    held_out = HeldOut.load(DATA)
    return figures | {
        "cpu_seconds_per_100_columns": round(100 * seconds / figures["columns"], 4),
        "family_out": held_out.family_out.model_dump(mode="json"),
        "source_out": held_out.source_out.model_dump(mode="json"),
        "collected_out": held_out.collected_out.model_dump(mode="json"),
        "peers_family_out": compare(sources, catalogue()),
        "learning_from_corrected_sources": [point.model_dump(mode="json") for point in held_out.learning],
    }


def _strategy() -> dict[str, Any]:
    cases = [case for _, case in json_lines(DATA / "strategy" / "gold.jsonl")]
    everything = _score([(case["facts"], case["expected"]) for case in cases])
    bare = [({k: v for k, v in case["facts"].items() if k not in INTENT}, case["expected"]) for case in cases]
    return everything | {"without_stated_intent": _score(bare)}


def _score(cases: Sequence[tuple[dict[str, Any], list[str]]]) -> dict[str, Any]:
    first = second = over = needs = 0
    for facts, expected in cases:
        found = strategy.assess(strategy.facts_from_json(facts), policy(), explain=False)
        right = found.strategy in expected
        first += right
        second += any(ranked.strategy in expected for ranked in found.ranking[:2])
        needs += found.strategy is None
        over += not right and found.strategy is not None and found.confidence >= OVER_CONFIDENT
    count = len(cases)
    return {
        "cases": count,
        "top1": round(first / count, 3),
        "top2": round(second / count, 3),
        "over_confident": over,
        "needs_data": needs,
    }


def _waves() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        summary = analyze(sorted(SAMPLES.glob("*.csv")), Path(folder))
    metrics = PlanMetrics.model_validate(summary["plan"])
    return {
        "assets": summary["counts"]["assets"],
        "waves": summary["counts"]["waves"],
        "violations": metrics.violations,
        "cut_share": metrics.cut_share,
        "first_fit_cut_share": metrics.first_fit_cut_share,
        "cpu_seconds": summary["seconds"]["plan"],
    }


def _ingest() -> dict[str, Any]:
    readings = [reading for path in sorted(SAMPLES.glob("*.csv")) for reading in read_file(path)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        path.write_text(_repeated(SAMPLES / "vsphere_vms.csv", CSV_ROWS), encoding="utf-8")
        ours, peer = _seconds(lambda: read_file(path)), _seconds(lambda: _scan(path))
    return {
        "files": len(readings),
        "rows_read": sum(reading.rows_read for reading in readings),
        "rows_stored": sum(reading.rows_stored for reading in readings),
        "rows_quarantined": sum(reading.rows_quarantined for reading in readings),
        "cpu_against_a_bare_csv_scan": round(ours / peer, 2),
    }


def _repeated(path: Path, rows: int) -> str:
    header, *body = list(csv.reader(path.open(newline="", encoding="utf-8-sig")))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    whole = [row for row in body if len(row) == len(header)]
    writer.writerows(whole[i % len(whole)] for i in range(rows))
    return text.getvalue()


def _scan(path: Path) -> int:
    with path.open(newline="", encoding="utf-8") as handle:
        return sum(len(row) for row in csv.reader(handle, strict=True))


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


SUBJECTS: dict[str, Callable[[], dict[str, Any]]] = {
    "mapping": _mapping,
    "strategy": _strategy,
    "waves": _waves,
    "ingest": _ingest,
    "agents": lambda: evaluate(agent_manager(), settings().agent_budget),
}
