"""A store on PostgreSQL with one large migration: assets as made for the inventory page, the rest repeated samples."""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from platform_core.domain.access import Scope
from platform_core.domain.identity import Identity
from platform_core.services import access, migrations, receiving, snapshots, work
from platform_core.services.plans import PlanWish
from platform_core.services.requests import LoadSamples, MakePlan
from platform_core.store import Store
from platform_core.store.database import EVERYWHERE
from platform_core.store.models import Base
from tests.harness.portfolio import STARTS_ON
from tests.harness.server_export import write
from tests.perf.inventory_page import made_assets

BY = Identity(name="measurement")
ASSETS_IN_AN_APPLICATION = 9
WAVES = 20
NAME = "'Application ' || lpad(n::text, greatest(5, length(n::text)), '0')"
SUBJECT = f"lower('application:' || {NAME})"


@dataclass(frozen=True)
class Filled:
    """What requests are made of: a token, the large migration, and its numbers."""

    secret: str
    migration: int
    assets: int


def fill(store: Store, engine: Engine, assets: int, seed: int = 1) -> Filled:
    """Fill an empty, newest schema: the sample portfolio, then a migration of `assets` assets beside it."""
    unit = store.unit_of_work()
    samples = migrations.opened(unit, None, BY).id
    work.start(store, LoadSamples(migration_id=samples), BY)
    work.start(store, MakePlan(migration_id=samples, wish=PlanWish(starts_on=STARTS_ON)), BY)
    large = migrations.create(unit, f"{assets:,} assets", BY).id
    _receive(store, large, assets)
    _copy_assets(engine, large, assets, seed)
    _repeat_samples(engine, samples, large, assets)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    snapshots.prepare(unit, large)
    return Filled(access.create(unit, "load", Scope.ADMIN, BY)[1], large, assets)


def _receive(store: Store, migration_id: int, rows: int) -> None:
    """Upload a server export of as many rows as there are assets, so that lineage is read from a real table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "servers.csv"
        write(path, rows)
        with path.open("rb") as data:
            receiving.receive(store, migration_id, path.name, data, BY)


def _copy_assets(engine: Engine, migration_id: int, assets: int, seed: int) -> None:
    with engine.execution_options(**EVERYWHERE).begin() as connection:
        (import_id,) = connection.execute(
            text("SELECT id FROM import WHERE migration_id = :mine"), {"mine": migration_id}
        ).one()
        accepted = "UPDATE mapping SET state = 'accepted' WHERE import_id = :read AND field IS NOT NULL"
        connection.execute(text(accepted), {"read": import_id})
        connection.execute(text("UPDATE import SET state = 'applied' WHERE id = :read"), {"read": import_id})
        driver: Any = connection.connection.cursor()
        made = made_assets(migration_id, assets, random.Random(seed))
        first = next(made)
        names = ", ".join(first)
        driver.execute("CREATE TEMPORARY TABLE made (LIKE asset) ON COMMIT DROP")  # row security forbids COPY
        driver.execute("ALTER TABLE made ALTER id DROP NOT NULL, ALTER id SET DEFAULT 0")
        with driver.copy(f"COPY made ({names}) FROM STDIN") as copy:
            for number, asset in enumerate(chain([first], made)):
                copy.write_row([*({**asset, "sources": f"[[{import_id}, {number + 2}]]"}).values()])
        driver.execute(f"INSERT INTO asset ({names}) SELECT {names} FROM made")
        driver.execute(
            "INSERT INTO quality_issue (migration_id, kind, field, asset_key, import_id, line, raw, text) "
            "SELECT migration_id, CASE id % 3 WHEN 0 THEN 'conflict' ELSE 'unreadable' END, 'memory_gb', key, "
            f"{import_id}, id, '?', 'made' FROM asset WHERE migration_id = {migration_id} AND id % 20 = 0"
        )
        driver.execute(
            f"UPDATE migration SET inventory_revision = 1, inventory_stamp = 'made' WHERE id = {migration_id}"
        )


def _repeat_samples(engine: Engine, samples: int, large: int, assets: int) -> None:
    """Repeat what the sample portfolio has of everything else, under names and numbers of the large migration."""
    applications = max(1, assets // ASSETS_IN_AN_APPLICATION)
    of_samples, mine = f"migration_id = {samples}", {"migration_id": str(large)}
    named = {"subject_key": SUBJECT, "name": NAME}
    with engine.execution_options(**EVERYWHERE).begin() as connection:

        def repeat(table: str, rows: int, where: str, changes: dict[str, str]) -> None:
            names = [column.name for column in Base.metadata.tables[table].columns if column.name != "id"]
            given = ", ".join(changes.get(name, f'sample."{name}"') for name in names)
            listed = ", ".join(f'"{name}"' for name in names)
            connection.execute(
                text(
                    f"WITH sample AS (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS all_ "
                    f'FROM "{table}" WHERE {where}) INSERT INTO "{table}" ({listed}) SELECT {given} '
                    f"FROM generate_series(0, {rows - 1}) n JOIN sample ON place = n % all_"
                )
            )

        repeat("recommendation", applications, of_samples, mine | named)
        repeat("risk", applications, of_samples, mine | named)
        repeat("plan", WAVES, of_samples, mine | {"name": "'Scenario ' || n"})
        plans = [row[0] for row in connection.execute(text(f"SELECT id FROM plan WHERE migration_id = {large}"))]
        of_plan = f"plan_id = (SELECT min(id) FROM plan WHERE {of_samples})"
        for plan in plans[:2]:
            place = {"plan_id": str(plan)}
            repeat("wave", WAVES, of_plan, place | {"number": "n + 1", "applications": f"{applications // WAVES}"})
            repeat("move_group", applications, of_plan, place | {"name": NAME})
            group = {"application": NAME, "subject_key": SUBJECT, "move_group": NAME, "wave": f"n % {WAVES} + 1"}
            repeat("placement", applications, of_plan, place | group)
        repeat("migration", 500, f"id = {samples}", {"name": "'Programme ' || n", "inventory_stamp": "NULL"})
        repeat("run", 20_000, of_samples, mine | {"deduplication_key": "NULL"})
        run = f"(SELECT max(id) FROM run WHERE migration_id = {large})"
        repeat("run_event", 5_000, "true", {"run_id": f"{run} - n % 10"})
        repeat("import", 50, of_samples, mine | {"number": "n + 2"})
        imports = f"(SELECT id FROM import WHERE migration_id = {large} AND number = n % 50 + 2)"
        longest = "import_id = (SELECT import_id FROM mapping GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1)"
        column = {"import_id": imports, "position": "n / 50", "duplicate_of": "NULL"}
        repeat("import_column", 2_000, longest, column)
        repeat("mapping", 2_000, longest, column)
        words = {"page": "'api'", "text": "'RAM_GB should map to Memory (GB), line ' || n", "author": "'measurement'"}
        moment = {"at": "now()", "version": "1", "status": "'open'", "subject": "''"}
        listed = {"corrections": "'[]'::json", "not_understood": "'[]'::json", "rating": "0"}
        _insert(connection, "feedback", 5_000, mine | words | moment | listed)
        figures = """'{"assets": 1, "applications": 1, "ready": 1, "severed": null}'::json"""
        kept = {"document": "'none'", "assets": "'none'", "figures": figures, "note": "''", "created_at": "now()"}
        names = {"session_name": "'s' || n", "session_display_name": "'Session ' || n", "created_by": "'measurement'"}
        _insert(connection, "session", 300, mine | kept | names)
        found = {"line": "n", "reason": "'too few cells'", "raw": "'a,b,c'"}
        _insert(connection, "quarantine", 2_000, found | {"import_id": "(SELECT max(id) FROM import)"})


def _insert(connection: Any, table: str, rows: int, values: dict[str, str]) -> None:
    told = f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())}"
    connection.execute(text(f"{told} FROM generate_series(1, {rows}) n"))
