"""Moving the workbench to another database and place for files: copied, compared, and nothing changed here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from platform_core.errors import BadInput
from platform_core.settings import settings
from platform_core.store import Files, Store
from platform_core.store.database import create_store_engine, ping
from platform_core.store.moving import Told, copy_files, copy_rows
from platform_core.store.schema import upgrade_engine


def move_here(to: str, files_to: str | None, told: Told) -> dict[str, Any]:
    """Copy the database and files of the settings to the addresses `to` and `files_to` (None = the files stay).

    Raises BadInput for the same database, a target that is not empty, or while a run is under way here.
    """
    configured = settings()
    if to == configured.DATABASE_URL:
        raise BadInput("Source and target are the same database.", hint="Name another one with --to.")
    source, target = create_store_engine(configured.DATABASE_URL), create_store_engine(to)
    files = Files(configured.FILES_URL)
    try:
        ping(target)
        upgrade_engine(source)
        _nothing_under_way(Store(source, files).everywhere())
        upgrade_engine(target)
        tables = copy_rows(source, target, told)
        number = len(copy_files(files, Files(files_to))) if files_to else 0
    finally:
        source.dispose()
        target.dispose()
    return {
        "tables": [{"table": t.name, "rows": t.rows, "checksum": t.checksum} for t in tables],
        "rows": sum(t.rows for t in tables),
        "files": number,
        "files_copied": files_to is not None,
    }


def move_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Say what was copied and what to do next."""
    for table in answer["tables"]:
        if table["rows"]:
            yield f"{table['table']}: {table['rows']:,} rows, checksum {table['checksum']} on both sides"
    yield f"{answer['rows']:,} rows copied and compared."
    if answer["files_copied"]:
        yield f"{answer['files']:,} files copied and compared. Set DATABASE_URL and FILES_URL, then start it."
    else:
        yield "The files stayed where they are. Set DATABASE_URL, then start it."


def _nothing_under_way(store: Store) -> None:
    work = store.unit_of_work()
    with work.reading():
        number = len(work.runs.open())
    if number:
        raise BadInput(
            f"Runs are under way or waiting: {number:,}.", hint="Let them end or cancel them, then repeat the command."
        )
