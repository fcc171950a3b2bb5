"""The inventory page over any number of assets: `python -m tests.perf.inventory_page --assets 1000000`.

Fills a store of its own with made assets, then times what the page asks for (each question to a snapshot that has not
answered it yet) and what runs of the page cost the server. Prints one JSON document; the figures of docs/benchmarks.md
come from here.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from platform_core.domain.duplicates import Evidence, Likeness, Pair, score_of
from platform_core.domain.inventory import AssetFilter
from platform_core.domain.quality import Dimension
from platform_core.services import duplicates, inventories, migrations, quality, quality_rows
from platform_core.services.inventories import DEFAULT_COLUMNS
from platform_core.services.snapshots import snapshot_of
from platform_core.store import Store
from platform_core.store.snapshots.opening import Snapshot
from platform_core.store.snapshots.profiles import groups, profile
from tests.harness.portfolio import store_at
from tests.harness.server import Workbench, running_workbench
from tests.harness.stream import visit
from tests.perf.portfolio import MEASURER

SIZE = 50
KINDS = ("server",) * 80 + ("database",) * 12 + ("application",) * 6 + ("network",) * 2
ENVIRONMENTS = ("production",) * 6 + ("development", "development", "test", "staging", None)
LEVELS = ("critical", "high", "medium", "low", None)
SYSTEMS = ("Windows Server", "Red Hat Enterprise Linux", "Ubuntu", "SUSE Linux Enterprise Server", "AIX", "Solaris")
ENGINES = ("Oracle Database 12c", "Oracle Database 19c", "Microsoft SQL Server 2014", "PostgreSQL 13", "MySQL 5.7")
PROGRAMS = ("Java", "Apache Tomcat", "Microsoft .NET Framework", "Nginx", "RabbitMQ", "Node.js", "PHP", "Redis")
PLACES = ("web", "app", "sql", "ora", "fil", "dom", "mon", "bck")
FILTERS = {
    "all": AssetFilter(),
    "one type": AssetFilter.of(kind=["database"]),
    "environment": AssetFilter.of(environment=["production"]),
    "two of criticality": AssetFilter.of(business_criticality=["critical", "high"]),
    "application": AssetFilter.of(application_name=["Application 00042"]),
    "location": AssetFilter.of(location=["City 7"]),
    "OS": AssetFilter.of(os_name=["AIX 4"]),
    "finding": AssetFilter.of(findings=["conflict"]),
    "support": AssetFilter.of(support=["ended", "extended"]),
    "database product": AssetFilter.of(database_product=["Oracle Database"]),
    "technology": AssetFilter.of(technology=["Apache Tomcat"]),
    "three facets": AssetFilter.of(kind=["server"], environment=["production"], os_name=["Ubuntu 1", "Ubuntu 2"]),
    "text, rare": AssetFilter.of(text="web00042"),
    "text, frequent": AssetFilter.of(text="web"),
    "text, two words": AssetFilter.of(text="ubuntu sql"),
}
SORTS = (
    "name",
    "kind",
    "application_name",
    "environment",
    "os_name",
    "cpu_cores",
    "memory_gb",
    "location",
    "serial_number",
    "support",
    "support_until",
    "os_product",
    "technology",
)
PROFILED = (
    "environment",
    "name",
    "application_name",
    "memory_gb",
    "cpu_cores",
    "install_date",
    "serial_number",
    "ip_address",
    "technology",
)


def fill(var: Path, assets: int, seed: int = 1) -> int:
    """Fill the store under `var` with a migration of `assets` assets and some findings; return its number."""
    store = store_at(var)
    store.upgrade()
    migration = migrations.create(store.unit_of_work(), f"{assets:,} assets", MEASURER)
    with store.unit_of_work() as work:
        row = work.migrations.get(migration.id)
        row.inventory_revision, row.inventory_stamp = 1, "made"
        driver: Any = work._now().connection().connection.cursor()
        made = made_assets(migration.id, assets, random.Random(seed))
        while some := list(islice(made, 20_000)):
            names = ", ".join(some[0])
            marks = ", ".join("?" * len(some[0]))
            driver.executemany(f"INSERT INTO asset ({names}) VALUES ({marks})", [tuple(each.values()) for each in some])
        findings = "INSERT INTO quality_issue (migration_id, kind, field, asset_key, import_id, line, raw, text) "
        driver.execute(
            f"{findings} SELECT migration_id, CASE id % 3 WHEN 0 THEN 'conflict' ELSE 'unreadable' END, 'memory_gb', "
            "key, 1, id, '?', 'made' FROM asset WHERE id % 20 = 0"
        )
        keys = [key for (key,) in driver.execute("SELECT key FROM asset WHERE id % 10 = 0")]
        work.duplicates.replace_all(migration.id, _pairs(keys))
        search = work.duplicates.own_search(migration.id)
        search.revision, search.compared = 1, len(keys)
        work.commit()
    store.close()
    return migration.id


def _pairs(keys: list[str]) -> Iterator[Pair]:
    """Yield a pair of each two neighbours, as sure as its place says, those above 80 % in groups of their own."""
    for at, (first, second) in enumerate(zip(keys[::2], keys[1::2], strict=False)):
        score = score_of(0.5 + 0.4999 * (at % 100) / 100)
        evidence = (Evidence("name", "equal", score),)
        yield Pair(*sorted((first, second)), score, evidence, str(at) if at % 100 > 60 else "")


def made_assets(migration_id: int, assets: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield rows of the table of assets, in no order of their names, with about forty fields each."""
    applications = max(1, assets // 9)
    numbers = list(range(assets))
    chance.shuffle(numbers)
    for number in numbers:
        kind = chance.choice(KINDS)
        name = f"{chance.choice(PLACES)}{number:06d}"
        application = f"Application {chance.randrange(applications):05d}"
        system = f"{chance.choice(SYSTEMS)} {chance.randrange(1, 9)}"
        yield {
            "migration_id": migration_id,
            "key": f"{kind}:{name}",
            "kind": kind,
            "name": name,
            "subject_key": f"application:{application.lower()}",
            "sources": f"[[1, {number + 2}]]",
            "origins": "{}",
            "asset_id": f"CI{number:08d}",
            "asset_name": name,
            "asset_type": kind.capitalize(),
            "hostname": name,
            "fqdn": f"{name}.{chance.choice(('corp', 'dmz', 'lab'))}.example.com",
            "serial_number": f"SN{chance.getrandbits(40):010x}",
            "uuid": f"{chance.getrandbits(128):032x}",
            "description": f"{kind} of {application} in rack {chance.randrange(400)}",
            "application_name": application if chance.random() < 0.95 else None,
            "vendor": f"Vendor {chance.randrange(60)}",
            "business_owner": f"Owner {chance.randrange(3000)}",
            "technical_owner": f"Engineer {chance.randrange(5000)}",
            "support_group": f"Team {chance.randrange(300)}",
            "business_unit": f"Unit {chance.randrange(14)}",
            "environment": chance.choice(ENVIRONMENTS),
            "business_criticality": chance.choice(LEVELS),
            "dr_tier": f"Tier {chance.randrange(1, 5)}",
            "rto_hours": float(chance.choice((1, 4, 8, 24, 72))),
            "location": f"City {chance.randrange(120)}",
            "datacenter": f"DC{chance.randrange(30)}",
            "ip_address": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
            "network_segment": f"VLAN {chance.randrange(900)}",
            "os_name": system if kind != "application" else None,
            "os_version": f"{chance.randrange(1, 20)}.{chance.randrange(10)}",
            "cpu_cores": 2 ** chance.randrange(7),
            "cpu_sockets": chance.choice((1, 2, 4)),
            "memory_gb": float(2 ** chance.randrange(11)) if chance.random() < 0.9 else None,
            "storage_gb": round(chance.lognormvariate(5, 1), 1),
            "storage_used_gb": round(chance.lognormvariate(4, 1), 1),
            "cpu_utilization_pct": round(100 * chance.random(), 1),
            "memory_utilization_pct": round(100 * chance.random(), 1),
            "is_virtual": int(chance.random() < 0.8),
            "cluster": f"Cluster {chance.randrange(200)}",
            "power_state": chance.choice(("running", "running", "running", "stopped")),
            "manufacturer": f"Maker {chance.randrange(12)}",
            "model": f"Model {chance.randrange(300)}",
            "install_date": str(date(2008, 1, 1) + timedelta(days=chance.randrange(6500))),
            "user_count": chance.randrange(9000),
            "cost": round(chance.lognormvariate(6, 1), 2),
            "database_engine": chance.choice(ENGINES) if kind == "database" else None,
            "installed_software": _programs(chance) if kind == "server" and chance.random() < 0.3 else None,
        }


def _programs(chance: random.Random) -> str:
    """Return four installed programs with their versions, as lines."""
    return "\n".join(f"{chance.choice(PROGRAMS)} {chance.randrange(1, 15)}.{chance.randrange(6)}" for _ in range(4))


def questions(store: Store, migration_id: int, repeats: int) -> dict[str, dict[str, float]]:
    """Return wall and CPU milliseconds (medians) of what the page asks for, the snapshot knowing no answer before."""
    work = store.unit_of_work()
    total = sum(inventories.kinds(work, migration_id).values())

    def page(wanted: AssetFilter, offset: int = 0) -> Callable[[], object]:
        return lambda: inventories.page(work, migration_id, wanted, DEFAULT_COLUMNS, offset=offset, limit=SIZE)

    asked: dict[str, Callable[[], object]] = {"open": page(AssetFilter())}
    for name, wanted in FILTERS.items():
        asked[f"filter {name}"] = page(wanted)
    for name in SORTS:
        asked[f"sort {name} up"] = page(AssetFilter(sort=name))
        asked[f"sort {name} down"] = page(AssetFilter(sort=name, descending=True))
    asked["next page"] = page(AssetFilter(), SIZE)
    asked["last page"] = page(AssetFilter(), total - total % SIZE - SIZE)
    asked["jump to the middle (orders all)"] = page(AssetFilter(), total // 2)
    for name in inventories.FACETS:
        asked[f"facet {name}"] = lambda name=name: inventories.facet(work, migration_id, name, AssetFilter())
        asked[f"facet {name}, filtered"] = lambda name=name: inventories.facet(
            work, migration_id, name, FILTERS["environment"]
        )
    told = {name: _timed(ask, store, migration_id, repeats) for name, ask in asked.items()}
    return told | _charts(store, migration_id, repeats) | _tabs(store, migration_id, repeats)


def _tabs(store: Store, migration_id: int, repeats: int) -> dict[str, dict[str, float]]:
    work = store.unit_of_work()

    def view() -> quality.QualityView:
        quality._views.clear()
        return quality.view(store, migration_id)

    seen = view()
    asked: dict[str, Callable[[], object]] = {"quality, first look": view}
    for part in (part for part in Dimension if seen.failing[part].count):
        asked[f"quality, rows that fail {part}"] = lambda part=part: quality_rows.failing(
            work, migration_id, seen, part, offset=20, limit=20
        )
    fault = max(seen.faults, key=lambda fault: fault.count)
    asked["quality, rows of the largest fault"] = lambda: quality_rows.rows(
        work, migration_id, fault.conditions, fault.rule, offset=20, limit=20
    )
    asked["findings of the imports"] = lambda: inventories.issue_groups(work, migration_id)
    asked["duplicates, state"] = lambda: duplicates.state(work, migration_id)
    asked["duplicates, a page of pairs"] = lambda: duplicates.listed(
        work, migration_id, Likeness.LIKELY, offset=100, limit=10
    )
    asked["duplicates, preview of merging all from 80 %"] = lambda: duplicates.preview_all(work, migration_id, 0.8)
    return {name: _timed(ask, store, migration_id, repeats) for name, ask in asked.items()}


def _charts(store: Store, migration_id: int, repeats: int) -> dict[str, dict[str, float]]:
    snapshot = _snapshot(store, migration_id)
    everything = AssetFilter()
    asked: dict[str, Callable[[], object]] = {
        f"group by {name}": lambda name=name: groups(snapshot, name, everything) for name in inventories.FACETS
    }
    asked["group by environment, criticality, memory"] = lambda: groups(
        snapshot, "environment", everything, split="business_criticality", amount="memory_gb"
    )
    asked |= {f"profile {name}": lambda name=name: profile(snapshot, name, everything) for name in PROFILED}
    return {name: _timed(ask, store, migration_id, repeats) for name, ask in asked.items()}


def _timed(ask: Callable[[], object], store: Store, migration_id: int, repeats: int) -> dict[str, float]:
    walls, cpus = [], []
    for _ in range(repeats):
        snapshot = _snapshot(store, migration_id)
        snapshot._answers.clear()
        snapshot._places.clear()
        wall, cpu = time.perf_counter(), time.process_time()
        ask()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return {"wall_ms": round(1000 * statistics.median(walls), 1), "cpu_ms": round(1000 * statistics.median(cpus), 1)}


def _snapshot(store: Store, migration_id: int) -> Snapshot:
    work = store.unit_of_work()
    with work.reading():
        return snapshot_of(work, migration_id)


def writing(store: Store, migration_id: int) -> dict[str, float]:
    """Return the CPU seconds and the megabytes of writing the snapshot, and the megabytes of memory it took."""
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    _snapshot(store, migration_id)
    spent = time.process_time() - begun
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with store.files.local(f"inventory/{migration_id}/made.duckdb") as path:
        size = path.stat().st_size
    return {"cpu_s": round(spent, 2), "file_mb": round(size / 1e6, 1), "memory_mb": round((after - before) / 1024, 1)}


def main(
    assets: Annotated[int, typer.Option(help="Number of made assets.")] = 100_000,
    repeats: Annotated[int, typer.Option(help="How often each question is asked.")] = 5,
    folder: Annotated[Path | None, typer.Option(help="Keep the store here, and use the one that is there.")] = None,
    pages: Annotated[bool, typer.Option(help="Measure runs of the page on a server too.")] = True,
) -> None:
    """Measure and print the figures as JSON."""
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        migration_id = 1 if (place / "var" / "workbench.db").exists() else fill(place / "var", assets)
        store = store_at(place / "var")
        found: dict[str, Any] = {"assets": assets, "writing": writing(store, migration_id)}
        found["questions"] = questions(store, migration_id, repeats)
        store.close()
        if pages:
            found["page"] = page_runs(place, repeats)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


def page_runs(place: Path, repeats: int) -> dict[str, dict[str, float]]:
    """Return milliseconds and megabytes of the server for runs of the page by address; `new` is its first run."""
    addresses = {
        "open": "",
        "filter environment": "environment=production",
        "filter type": "kind=database",
        "three facets": "kind=server&environment=production&business_criticality=high",
        "text": "find=web0004",
        "sort memory": "sort=memory_gb&direction=descending",
        "sort OS": "sort=os_name",
        "next page": "page=2",
        "page 3": "page=3",
        "deep page": "page=700",
        "page after it": "page=701",
        "by support": "sort=support&columns=support&columns=technology",
        "technology": "technology=Apache+Tomcat",
        "quality": "tab=Quality",
        "quality, a part": "tab=Quality&part=validity",
        "duplicates": "tab=Duplicates",
        "profile": "tab=Profile",
        "profile of a million names": "tab=Profile&field=name",
    }
    with running_workbench(place, {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true"}) as workbench:
        with visit(workbench.url, "inventory", "migration=1") as warm:
            warm.run()
        return {name: _page_run(workbench, query, repeats) for name, query in addresses.items()}


def _page_run(workbench: Workbench, query: str, repeats: int) -> dict[str, float]:
    process = Path(f"/proc/{workbench.process.pid}")
    (process / "clear_refs").write_text("5")  # its peak begins anew
    before = _megabytes(process, "VmRSS")
    with visit(workbench.url, "inventory", f"migration=1&{query}") as opened:
        first = opened.run()
        again = [opened.run() for _ in range(repeats)]
    return {
        "server_mb": before,
        "peak_growth_mb": round(_megabytes(process, "VmHWM") - before, 1),
        "new_ms": round(first.server_ms, 1),
        "again_ms": round(statistics.median(run.server_ms for run in again), 1),
        "payload_kb": round(max(run.payload for run in again) / 1000, 1),
    }


def _megabytes(process: Path, what: str) -> float:
    """Return a figure of a process's memory as the kernel tells it."""
    lines = (process / "status").read_text().splitlines()
    (told,) = (line for line in lines if line.startswith(f"{what}:"))
    return round(int(told.split()[1]) / 1024, 1)


if __name__ == "__main__":
    typer.run(main)
