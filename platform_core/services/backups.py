"""Backups: everything in one folder, taken while people work, compared, and brought back into an empty store."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from platform_core.errors import BadInput
from platform_core.settings import settings
from platform_core.store import Files
from platform_core.store.columns import now
from platform_core.store.database import create_store_engine
from platform_core.store.moving import CopiedTable, copy_files, copy_rows
from platform_core.store.schema import upgrade_engine

DATABASE, FILES, MANIFEST = "workbench.db", "files", "backup.json"


def back_up(folder: Path) -> dict[str, Any]:
    """Write database and files of the settings into the new or empty `folder`, whichever database it is.

    The database is read as of one moment while others go on writing. The manifest comes last: a folder without one is
    a backup that was broken off. Raises BadInput for a folder that holds something.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BadInput("The folder of the backup is not empty.", hint="Name a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    configured = settings()
    source, copy = create_store_engine(configured.DATABASE_URL), create_store_engine(_address(folder))
    try:
        upgrade_engine(source)
        upgrade_engine(copy)
        tables = copy_rows(source, copy)
    finally:
        source.dispose()
        copy.dispose()
    files = copy_files(Files(configured.FILES_URL), Files(str(folder / FILES)))
    manifest = {"taken_at": now().isoformat(), "version": configured.VERSION, "files": files} | _told(tables)
    manifest["database"] = _digest(folder / DATABASE)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return manifest


def restore(folder: Path) -> dict[str, Any]:
    """Bring a backup back into the empty database and place for files of the settings.

    Raises BadInput when the folder is no whole backup, was altered since, or the database holds something.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(
            "This folder holds no whole backup.", hint=f"Name the folder in which {MANIFEST} lies."
        ) from error
    if _digest(folder / DATABASE) != manifest["database"]:
        raise BadInput("The backup was altered since it was taken.", hint="Bring back another backup.")
    configured = settings()
    with tempfile.TemporaryDirectory() as work:
        shutil.copyfile(folder / DATABASE, Path(work) / DATABASE)
        source, target = create_store_engine(_address(Path(work))), create_store_engine(configured.DATABASE_URL)
        try:
            upgrade_engine(source)  # a backup of an earlier version has an earlier schema
            upgrade_engine(target)
            tables = copy_rows(source, target)
        finally:
            source.dispose()
            target.dispose()
    files = copy_files(Files(str(folder / FILES)), Files(configured.FILES_URL))
    if files != manifest["files"]:
        raise BadInput(
            f"The backup lacks {manifest['files'] - files:,} of its files.", hint="Bring back another backup."
        )
    return {"taken_at": manifest["taken_at"], "files": files} | _told(tables)


def lines(answer: dict[str, Any]) -> Iterator[str]:
    """Say what was copied and compared."""
    yield f"{answer['rows']:,} rows and {answer['files']:,} files copied and compared, as of {answer['taken_at']}."


def _address(folder: Path) -> str:
    return f"sqlite:///{folder.resolve() / DATABASE}"


def _told(tables: Sequence[CopiedTable]) -> dict[str, Any]:
    return {
        "tables": {table.name: {"rows": table.rows, "checksum": table.checksum} for table in tables},
        "rows": sum(table.rows for table in tables),
    }


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
