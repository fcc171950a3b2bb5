"""What the load asks for: list and detail addresses of one large migration, each with its share of the requests."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import psycopg

from tests.perf.load.filling import Filled

PLACES = 200
"""So many different keys, numbers and pages are asked for."""

SEARCHED = "name, hostname, fqdn, application_name, ip_address, os_name, asset_id, serial_number"


@dataclass(frozen=True)
class Question:
    """One kind of request: addresses to take in turns, and how often it comes (parts of the whole).

    `peer` is the SQL that would answer a question for which the API asks a snapshot; "" = what the API itself sends.
    """

    name: str
    share: int
    addresses: tuple[str, ...]
    is_detail: bool = False
    peer: str = ""


def questions(database: psycopg.Connection[tuple[object, ...]], filled: Filled, seed: int = 1) -> list[Question]:
    """Return everything that is asked of a filled store; `database` tells which keys and numbers there are."""
    chance, mine = random.Random(seed), f"/migrations/{filled.migration}"

    def some(told: str, table: str, where: str = "") -> list[object]:
        condition = where or f"migration_id = {filled.migration}"
        rows = database.execute(f"SELECT {told} FROM {table} WHERE {condition} ORDER BY md5(id::text) LIMIT {PLACES}")
        return [row[0] for row in rows]

    def at(path: str, **asked: Sequence[object] | object) -> tuple[str, ...]:
        """Return an address for each of the values of a parameter that has several."""
        lengths = [len(value) for value in asked.values() if isinstance(value, list)]
        turns = [
            {name: value[turn % len(value)] if isinstance(value, list) else value for name, value in asked.items()}
            for turn in range(max(lengths, default=1))
        ]
        return tuple(f"{path}?{urlencode(turn)}" if turn else path for turn in turns)

    def each(path: str, values: Sequence[object], end: str = "") -> tuple[str, ...]:
        return tuple(f"{path}/{quote(str(value))}{end}" for value in values)

    keys, subjects = some("key", "asset"), some("subject_key", "recommendation")
    plans, imports = (
        some("id", "plan", f"id IN (SELECT plan_id FROM placement) AND migration_id = {filled.migration}"),
        some("id", "import"),
    )
    runs, sessions = some("id", "run"), some("id", "session")
    placed = f"{mine}/plans/{plans[0]}/placements"
    words = [f"{place}{chance.randrange(filled.assets):06d}" for place in ("web", "sql", "app") for _ in range(20)]
    ofs = f"FROM asset WHERE migration_id = {filled.migration}"
    cut = "ORDER BY key LIMIT 51"
    searched = " OR ".join(f"{column} ILIKE %(text)s" for column in SEARCHED.split(", "))
    return [
        Question("assets, first page", 6, at(f"{mine}/inventory")),
        Question("assets, a page in the middle", 10, at(f"{mine}/inventory", after=keys)),
        Question("assets, 200 a page", 1, at(f"{mine}/inventory", after=keys, limit=200)),
        Question(
            "assets of a kind",
            2,
            at(f"{mine}/inventory", kind=["server", "database", "application", "network"]),
            peer=f"SELECT * {ofs} AND kind = %(kind)s {cut}",
        ),
        Question(
            "assets by two filters",
            2,
            at(
                f"{mine}/inventory",
                environment=["production", "test"],
                business_criticality=["critical", "low", "high"],
            ),
            peer=f"SELECT * {ofs} AND environment = %(environment)s "
            f"AND business_criticality = %(business_criticality)s {cut}",
        ),
        Question(
            "assets of an application",
            2,
            at(f"{mine}/inventory", application_name=[f"Application {chance.randrange(9_000):05d}" for _ in range(50)]),
            peer=f"SELECT * {ofs} AND application_name = %(application_name)s {cut}",
        ),
        Question(
            "assets, a search",
            2,
            at(f"{mine}/inventory", text=words),
            peer=f"SELECT * {ofs} AND ({searched}) {cut}",
        ),
        Question(
            "assets, sorted",
            2,
            at(f"{mine}/inventory", sort=["memory_gb", "os_name", "location"], descending="true"),
            peer=f"SELECT * {ofs} ORDER BY memory_gb DESC NULLS LAST, key LIMIT 51",
        ),
        Question("strategies", 4, at(f"{mine}/strategies", after=["", *subjects])),
        Question(
            "strategies of one kind", 3, at(f"{mine}/strategies", strategy=["rehost", "retire", "refactor", "retain"])
        ),
        Question(
            "strategies, a search", 2, at(f"{mine}/strategies", text=[f"cation {n:05d}" for n in range(0, 9_000, 97)])
        ),
        Question("placements", 4, at(placed, after=["", *some("application", "placement", f"plan_id = {plans[0]}")])),
        Question("placements of a wave", 3, at(placed, wave=list(range(1, 21)))),
        Question("runs", 4, at(f"{mine}/runs", after=[0, *runs])),
        Question("plans", 2, at(f"{mine}/plans")),
        Question("imports", 3, at("/discovery/imports", migration_id=filled.migration)),
        Question(
            "quarantine of an import", 1, each("/discovery/imports", [max(map(int, map(str, imports)))], "/quarantine")
        ),
        Question("feedback", 3, at("/feedback", migration_id=filled.migration, after=[0, 500, 3_000])),
        Question("sessions", 3, at("/sessions", migration_id=filled.migration)),
        Question("migrations", 4, at("/migrations", after=[0, 100, 300])),
        Question("tasks of agents", 1, at("/monitoring/tasks", migration_id=filled.migration)),
        Question("events of a run", 2, each("/monitoring/runs", runs, "/events")),
        Question("one asset", 8, each(f"{mine}/inventory", keys), is_detail=True),
        Question("one strategy", 6, each(f"{mine}/strategies", subjects), is_detail=True),
        Question("one plan", 3, each(f"{mine}/plans", plans), is_detail=True),
        Question("one import", 3, each("/discovery/imports", imports), is_detail=True),
        Question("columns of an import", 2, each("/discovery/imports", imports, "/columns"), is_detail=True),
        Question("one run", 6, each("/monitoring/runs", runs), is_detail=True),
        Question("one session", 3, each("/sessions", sessions), is_detail=True),
        Question("one migration", 4, at(mine), is_detail=True),
    ]
