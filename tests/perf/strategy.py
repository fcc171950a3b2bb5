"""Measure facts, 6R, risk and effort on a made portfolio, and how firmly answers stand on the samples.

    python -m tests.perf.strategy --applications 10000 --assets 100000 --seed 1

A line of JSON: CPU seconds of the whole assessment, milliseconds to assess one application again (quickly, and with its
whole argument), and on the samples the share of recommendations that one step of one slider flips and the share
whose lead is within the noise. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from platform_core import strategy
from platform_core.domain.base import silent
from platform_core.domain.inventory import Asset, AssetKind, Dependency, Inventory, SourceRow
from platform_core.domain.strategy import Facts, PolicyChange
from platform_core.services.assessment import judge, stored_facts
from platform_core.services.judgements import Judged
from platform_core.services.knowledge import policy, products, risk_drivers
from platform_core.services.strategies import NOISE_MARGIN
from platform_core.store.staging import staging
from tests.harness.portfolio import make_portfolio, store_at
from tests.harness.staged import stage_inventory

ON = date(2026, 11, 1)
SYSTEMS = ("Windows Server 2012 R2", "Windows Server 2019", "Red Hat Enterprise Linux 7", "Ubuntu 22.04", "AIX 7.2")
ENGINES = ("SQL Server 2014", "Oracle Database 19c", "MySQL 5.7", "PostgreSQL 15")
FUNCTIONS = ("order management", "e-mail", "payroll", "plant control", "customer portal", "data warehouse")
NOTES = (
    "stable, nobody complains",
    "vendor offers a hosted edition",
    "to be replaced by the new ERP",
    "monolith, releases take months",
    "lease of the data centre ends next year",
    "licence cost rises each year",
)


def made(applications: int, assets: int, seed: int) -> Inventory:
    """An inventory of so many applications on so many assets, with three flows a machine."""
    rng = np.random.default_rng(seed)
    built = Inventory()
    for number in range(applications):
        values = {
            "business_criticality": ("low", "medium", "high", "critical")[rng.integers(4)],
            "business_service": FUNCTIONS[rng.integers(len(FUNCTIONS))],
            "notes": f"{NOTES[rng.integers(len(NOTES))]}; case {number}",
            "user_count": int(rng.integers(0, 5_000)),
            "application_type": ("custom", "cots")[rng.integers(2)],
        }
        built.assets.append(
            Asset(f"application:{number}", AssetKind.APPLICATION, f"App {number}", values, [SourceRow(1, number + 2)])
        )
    for number in range(assets - applications):
        belongs = f"App {number % applications}"
        built.assets.append(_machine(number, belongs, rng))
    servers = [asset for asset in built.assets if asset.kind is AssetKind.SERVER]
    for source, target in rng.integers(0, len(servers), (3 * len(servers), 2)):
        one, other = servers[source], servers[target]
        built.dependencies.append(Dependency(one.name, other.name, one.key, other.key, port=443))
    return built


def _machine(number: int, application: str, rng: np.random.Generator) -> Asset:
    kind = AssetKind.DATABASE if number % 8 == 0 else AssetKind.SERVER
    values = {
        "application_name": application,
        "os_name": SYSTEMS[rng.integers(len(SYSTEMS))],
        "cpu_cores": int(rng.integers(1, 32)),
        "memory_gb": float(rng.integers(2, 128)),
        "storage_gb": float(rng.integers(20, 2_000)),
        "cpu_utilization_pct": float(rng.integers(1, 90)),
        "is_virtual": bool(rng.random() < 0.8),
        "last_seen": ON - timedelta(days=int(rng.integers(0, 300))),
    }
    if kind is AssetKind.DATABASE:
        values["database_engine"] = ENGINES[rng.integers(len(ENGINES))]
    return Asset(f"{kind.value}:{number}", kind, f"m{number}", values, [SourceRow(2, number + 2)])


def sample_facts() -> dict[str, Facts]:
    """The facts of every application of the sample portfolio."""
    with tempfile.TemporaryDirectory() as folder:
        make_portfolio(Path(folder))
        store = store_at(Path(folder))
        try:
            work = store.unit_of_work()
            with work.reading():
                return {row.subject_key: stored_facts(row) for row in work.recommendations.of(1)}
        finally:
            store.close()


def firmness(portfolio: dict[str, Facts]) -> dict[str, float]:
    """Share of recommendations that the worst single step of a slider flips, and share within the noise."""
    shipped = policy()
    flips = [
        strategy.compare(shipped, shipped.changed(PolicyChange(goals={goal: value})), portfolio).share
        for goal in shipped.goals
        for value in (2, 4)
    ]
    leads = [strategy.assess(facts, shipped, explain=False) for facts in portfolio.values()]
    close = [
        r for r in leads if r.strategy and len(r.ranking) > 1 and r.ranking[0].score - r.ranking[1].score < NOISE_MARGIN
    ]
    return {
        "applications": len(portfolio),
        "flipped_by_one_step_worst": round(max(flips), 4),
        "flipped_by_one_step_mean": round(statistics.mean(flips), 4),
        "within_noise": round(len(close) / len(leads), 4),
    }


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _again(judged: Sequence[Judged], explain: bool) -> float:
    """The median of milliseconds to assess one application of many again."""
    every = [stored_facts(each.recommendation) for each in judged[:: max(1, len(judged) // 200)]]
    return round(
        1000 * statistics.median(_seconds(lambda f=f: strategy.assess(f, policy(), explain=explain)) for f in every), 2
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applications", type=int, default=10_000)
    parser.add_argument("--assets", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    policy(), products(), risk_drivers()
    built = made(chosen.applications, chosen.assets, chosen.seed)
    kept: list[Judged] = []
    with staging() as staged:
        stage_inventory(staged, built)
        seconds = _seconds(lambda: kept.extend(judge(staged, {1: "register.csv", 2: "cmdb.csv"}, ON, silent)))
    figures = {
        "applications": chosen.applications,
        "assets": chosen.assets,
        "assessed": len(kept),
        "cpu_seconds": round(seconds, 2),
        "one_again_ms": _again(kept, explain=False),
        "one_with_its_argument_ms": _again(kept, explain=True),
        "samples": firmness(sample_facts()),
    }
    print(json.dumps(figures))  # noqa: T201


if __name__ == "__main__":
    main()
