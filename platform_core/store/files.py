"""Originals, tables and exports: one place for files, addressed by key, on a disk or an object store."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import fsspec

from platform_core.errors import NotFound
from platform_core.store.columns import now

CHUNK = 1024 * 1024
PART = ".part"
"""How the name of a file ends that is being written."""

REWRITTEN_AFTER = timedelta(hours=12)
"""Half of the shortest time after which a file may be deleted because nothing refers to it: whoever is about to refer
to one that has lain there this long makes it young first."""


class StoredFile(NamedTuple):
    """A file by its key, with its size in bytes."""

    key: str
    size: int


class Files:
    """The file store at `url` (any fsspec address; a plain path is a folder on this disk).

    Keys are made of our own words and digests, never of a name that somebody uploaded.
    """

    def __init__(self, url: str) -> None:
        self._fs, root = fsspec.core.url_to_fs(url)
        self._root = root.rstrip("/")
        self._on_disk = "file" in (self._fs.protocol if isinstance(self._fs.protocol, tuple) else [self._fs.protocol])

    def within(self, folder: str) -> Files:
        """Return the part of this file store that lies in one folder."""
        part = copy(self)
        part._root = f"{self._root}/{folder}"
        return part

    def publish(self, local: Path, key: str) -> None:
        """Store the file `local` under `key`, whole or not at all, for somebody who is about to refer to it.

        What lies there already is left as it is, or written again when it has lain there long enough to be taken for
        something that nobody needs (`stored_before`).
        """
        written = self.written_at(key)
        if written is None or now() - written >= REWRITTEN_AFTER:
            self._write(local, key)

    def add(self, local: Path, key: str) -> None:
        """Store the file `local` under `key`, whole or not at all, unless something lies there."""
        if not self.exists(key):
            self._write(local, key)

    def _write(self, local: Path, key: str) -> None:
        target = f"{self._root}/{key}"
        self._fs.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
        part = f"{target}.{uuid.uuid4().hex}{PART}"
        with local.open("rb") as source, self._fs.open(part, "wb") as handle:
            shutil.copyfileobj(source, handle, CHUNK)
        self._fs.mv(part, target)

    def exists(self, key: str) -> bool:
        """Tell whether there is a file under `key`."""
        return bool(self._fs.exists(f"{self._root}/{key}"))

    def written_at(self, key: str) -> datetime | None:
        """Return when the file under `key` was written; None where there is none."""
        with suppress(FileNotFoundError):
            return _moment(self._fs.modified(f"{self._root}/{key}"))
        return None

    def stored_before(self, moment: datetime) -> Iterator[StoredFile]:
        """Yield what was written before `moment`, also what was left half written, in no order."""
        for found, about in self._fs.find(self._root, detail=True).items():
            with suppress(FileNotFoundError):  # somebody removed it meanwhile
                if _moment(self._fs.modified(found)) < moment:
                    yield StoredFile(found.removeprefix(self._root).lstrip("/"), int(about.get("size") or 0))

    def address(self, key: str) -> str:
        """Return what tells the file under `key` from every other of this process."""
        return f"{self._root}/{key}"

    def remove(self, key: str) -> None:
        """Delete the file under `key`, if it is there."""
        with suppress(FileNotFoundError):
            self._fs.rm_file(f"{self._root}/{key}")

    def remove_others(self, key: str) -> None:
        """Delete what lies in the folder of `key` beside it."""
        target = f"{self._root}/{key}"
        for other in self._fs.ls(target.rsplit("/", 1)[0], detail=False):
            if not str(other).endswith(key.rsplit("/", 1)[1]):
                with suppress(FileNotFoundError):
                    self._fs.rm_file(other)

    def stored(self) -> Iterator[str]:
        """Yield the key of every stored file, in order; what was left half written is passed over."""
        for found in sorted(self._fs.find(self._root)):
            if not found.endswith(PART):
                yield found.removeprefix(self._root).lstrip("/")

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """Give the file under `key` as a path on this disk; raises NotFound."""
        if not self.exists(key):
            raise NotFound("The stored file is gone.", hint="Upload the export again.")
        if self._on_disk:
            yield Path(self._root) / key
            return
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "file"
            self._fs.get_file(f"{self._root}/{key}", str(copy))
            yield copy

    def probe(self) -> None:
        """Write a small file and remove it again, as an upload would; raises what the file system says."""
        place = f"{self._root}/probes/{uuid.uuid4().hex}"
        self._fs.makedirs(f"{self._root}/probes", exist_ok=True)
        self._fs.pipe_file(place, b"ready")
        self._fs.rm_file(place)


def _moment(modified: Any) -> datetime:
    """Return a file system's time of writing in UTC; one without a time zone is UTC already."""
    written: datetime = modified
    return written.replace(tzinfo=UTC) if written.tzinfo is None else written.astimezone(UTC)
