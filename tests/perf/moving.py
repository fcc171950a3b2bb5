"""How much CPU it takes to move a store to PostgreSQL: `python -m tests.perf.moving --assets 1000000`."""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import Engine, text

from platform_core.store.database import create_store_engine
from platform_core.store.models import AssetRow
from platform_core.store.moving import copy_rows
from platform_core.store.schema import upgrade_engine
from tests.harness import postgresql
from tests.harness.portfolio import make_portfolio

MEGABYTE = 1024


def multiply_assets(engine: Engine, number: int) -> int:
    """Repeat the sample portfolio's assets under new keys until there are `number`; return how many there are."""
    names = [column.name for column in AssetRow.__table__.columns if column.name not in {"id", "key"}]
    listed = ", ".join(f'"{name}"' for name in names)
    with engine.begin() as connection:
        have = connection.scalar(text("SELECT count(*) FROM asset")) or 0
        round_ = 0
        while have < number:
            round_ += 1
            connection.execute(
                text(
                    f'INSERT INTO asset ("key", {listed}) SELECT "key" || :mark, {listed} FROM asset '
                    "ORDER BY id LIMIT :most"
                ),
                {"mark": f"~{round_}", "most": min(have, number - have)},
            )
            have = connection.scalar(text("SELECT count(*) FROM asset")) or 0
    return have


def main() -> None:
    """Fill a SQLite store, copy it into a fresh PostgreSQL database, and tell what that took of this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=int, default=100_000)
    wanted = parser.parse_args()
    programs = postgresql.installed()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed.")
    with tempfile.TemporaryDirectory() as home, postgresql.running_cluster(programs) as cluster:
        make_portfolio(Path(home) / "var")
        source = create_store_engine(f"sqlite:///{Path(home) / 'var' / 'workbench.db'}")
        assets = multiply_assets(source, wanted.assets)
        with cluster.fresh_database() as url:
            target = create_store_engine(url)
            upgrade_engine(target)
            before, started = time.process_time(), time.perf_counter()
            copied = copy_rows(source, target)
            cpu, wall = time.process_time() - before, time.perf_counter() - started
            target.dispose()
        source.dispose()
    rows = sum(table.rows for table in copied)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    told = f"{assets:,} assets, {rows:,} rows: {cpu:.1f} s CPU, {wall:.0f} s, peak {peak:.0f} MB; checksums equal"
    sys.stdout.write(told + "\n")


if __name__ == "__main__":
    main()
