"""A made portfolio of any size in a store: uploaded, applied, assessed and planned like an analyst's."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from platform_core.domain.identity import Identity
from platform_core.domain.organisations import DEFAULT
from platform_core.services import applying, migrations, plans, receiving, snapshots
from platform_core.store import Files, Store
from platform_core.store.database import create_store_engine

MEASURER = Identity(name="measurement")
SYSTEMS = ("Windows Server 2012 R2", "Windows Server 2019", "Red Hat Enterprise Linux 7", "Ubuntu 22.04", "AIX 7.2")
TYPES = ("COTS", "Custom", "SaaS")
LEVELS = ("Critical", "High", "Medium", "Low")
UNITS = ("Sales", "Finance", "Claims", "Logistics", "Legal", "Research", "Operations")
ASSETS_IN_AN_APPLICATION = 6
FLOWS_OF_AN_ASSET = 5


def fill(var: Path, assets: int, seed: int = 1) -> int:
    """Fill the store under `var` with a portfolio of about `assets` assets and a plan; return its migration."""
    var.mkdir(parents=True, exist_ok=True)
    store = Store(create_store_engine(f"sqlite:///{var / 'workbench.db'}"), Files(str(var / "files"))).of(DEFAULT)
    store.upgrade()
    migration = migrations.create(store.unit_of_work(), f"{assets:,} assets", MEASURER)
    for name, content in exports(assets, seed).items():
        receiving.receive(store, migration.id, name, io.BytesIO(content.encode()), MEASURER)
    applying.apply_all(store, migration.id, MEASURER)
    snapshots.prepare(store.unit_of_work(), migration.id)  # as the worker does behind every rebuild
    plans.make(store, migration.id, plans.PlanWish(starts_on=date(2027, 1, 4)), MEASURER)
    store.close()
    return migration.id


def exports(assets: int, seed: int) -> dict[str, str]:
    """Return the three exports of a portfolio by file name; the same seed gives the same bytes."""
    rng = np.random.default_rng(seed)
    applications = max(1, assets // ASSETS_IN_AN_APPLICATION)
    servers = assets - applications
    member = rng.integers(0, applications, servers)
    return {
        "servers.csv": _text(
            "Server Name,IP,Operating System,RAM (MB),CPUs,Disk (GB),Application Name,Environment,Support Group",
            (_server(i, int(member[i]), rng) for i in range(servers)),
        ),
        "applications.csv": _text(
            "Application Name,Purpose,Application Type,Business Owner,Business Unit,Business Criticality,Users",
            (_application(a, rng) for a in range(applications)),
        ),
        "flows.csv": _text("Source Server,Destination Server,Destination Port,Protocol", _flows(servers, member, rng)),
    }


def _server(number: int, application: int, rng: np.random.Generator) -> Sequence[object]:
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    memory, cores = 2048 * 2 ** int(rng.integers(0, 6)), 2 ** int(rng.integers(0, 5))
    team = f"Team {application % 40:02d}"
    stage = "PROD" if rng.random() < 0.7 else "DEV"
    disk = int(rng.integers(40, 2000))
    system = SYSTEMS[int(rng.integers(len(SYSTEMS)))]
    return [f"srv{number:06d}", address, system, memory, cores, disk, f"Application {application:05d}", stage, team]


def _application(number: int, rng: np.random.Generator) -> Sequence[object]:
    kind, level = TYPES[int(rng.integers(3))], LEVELS[int(rng.integers(4))]
    unit = UNITS[int(rng.integers(len(UNITS)))]
    owner, users = f"Owner {number % 97}", int(rng.integers(1, 9000))
    return [f"Application {number:05d}", f"Purpose {number}", kind, owner, unit, level, users]


def _flows(servers: int, member: np.ndarray, rng: np.random.Generator) -> Iterable[Sequence[object]]:
    """Yield about five flows a server: half within the application, the others near it or to a few hubs."""
    ordered = np.argsort(member, kind="stable")
    place = np.empty(servers, int)
    place[ordered] = np.arange(servers)
    for source in range(servers):
        for _ in range(FLOWS_OF_AN_ASSET):
            reach = int(rng.choice([3, 60, servers], p=[0.5, 0.4, 0.1]))
            near = (int(place[source]) + int(rng.integers(1, reach + 1))) % servers
            yield [f"srv{source:06d}", f"srv{int(ordered[near]):06d}", int(rng.choice([443, 1433, 8080, 53])), "TCP"]


def _text(header: str, rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    text.write(header + "\n")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
