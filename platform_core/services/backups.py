"""Backups: everything in one folder, taken while people work, compared, and brought back into an empty store."""

from __future__ import annotations

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
from platform_core.store.moving import CopiedTable, copy_files, copy_rows, file_digest
from platform_core.store.schema import upgrade_engine

DATABASE, FILES, DIGESTS, MANIFEST = "workbench.db", "files", "files.sha256", "backup.json"
"""What a backup's folder holds; the digests are written as `sha256sum --check` reads them."""


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
    digests = "".join(f"{digest}  {FILES}/{key}\n" for key, digest in files.items())
    (folder / DIGESTS).write_text(digests, encoding="utf-8")
    manifest = {"taken_at": now().isoformat(), "version": configured.VERSION, "files": len(files)} | _told(tables)
    manifest |= {name: file_digest(folder / name) for name in (DATABASE, DIGESTS)}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return manifest


def restore(folder: Path) -> dict[str, Any]:
    """Bring a backup back into the empty database and place for files of the settings.

    Raises BadInput when the folder is no whole backup, was altered since, or the database holds something. Every
    file of the backup is looked at before the first one is brought back.
    """
    manifest = _whole(folder)
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
    return {"taken_at": manifest["taken_at"], "files": len(files)} | _told(tables)


def lines(answer: dict[str, Any]) -> Iterator[str]:
    """Say what was copied and compared."""
    yield f"{answer['rows']:,} rows and {answer['files']:,} files copied and compared, as of {answer['taken_at']}."


def _whole(folder: Path) -> dict[str, Any]:
    """Return what a backup says of itself, after everything in it was found to be as it was written."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        is_same = all(file_digest(folder / name) == manifest[name] for name in (DATABASE, DIGESTS))
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(
            "This folder holds no whole backup.", hint=f"Name the folder in which {MANIFEST} lies."
        ) from error
    lines = (folder / DIGESTS).read_text(encoding="utf-8").splitlines() if is_same else []
    digests = {folder / name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    lacking = sum(not path.exists() for path in digests)
    if lacking:
        raise BadInput(f"The backup lacks {lacking:,} of its files.", hint="Bring back another backup.")
    if not is_same or any(file_digest(path) != digest for path, digest in digests.items()):
        raise BadInput("The backup was altered since it was taken.", hint="Bring back another backup.")
    return manifest


def _address(folder: Path) -> str:
    return f"sqlite:///{folder.resolve() / DATABASE}"


def _told(tables: Sequence[CopiedTable]) -> dict[str, Any]:
    return {
        "tables": {table.name: {"rows": table.rows, "checksum": table.checksum} for table in tables},
        "rows": sum(table.rows for table in tables),
    }
