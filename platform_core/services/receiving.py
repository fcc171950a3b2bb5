"""Receiving files: read an upload, suggest a field for every column, keep it; read it again with other choices."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from platform_core import ingest, mapping
from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.mapping import MappingProposal, MappingState, Suggestion
from platform_core.domain.reading import ReadChoices, Reading
from platform_core.domain.runs import RunKind
from platform_core.errors import BadInput
from platform_core.jobs import Hold
from platform_core.services.activity import tracked
from platform_core.services.imports import ImportView, still_in_review, view
from platform_core.services.knowledge import mapping_knowledge
from platform_core.services.learned import memory_of
from platform_core.services.suggesting import suggest_again
from platform_core.services.teaching import suggested
from platform_core.settings import settings
from platform_core.store import Store
from platform_core.store.models import ColumnRow, ImportRow, MappingRow

ENCODINGS, DELIMITERS = ingest.ENCODINGS, ingest.DELIMITERS
"""What the analyst may choose from where the detection was wrong."""

NAME_LENGTH = 200
CHUNK = 1024 * 1024


class Received(Frozen):
    """What became of an uploaded file: new imports, or the import it is identical to."""

    imports: tuple[int, ...] = ()
    identical_to: int | None = None


@dataclass(frozen=True)
class _Read:
    """One table that was read, with the mapper's answer and the key under which its Parquet file is kept."""

    reading: Reading
    proposal: MappingProposal
    profiles: tuple[mapping.ValueProfile, ...]
    key: str


AS_DETECTED = ReadChoices()
"""A file is read as it looks to be written."""


def receive(
    store: Store, migration_id: int, name: str, data: BinaryIO, by: Identity, *, choices: ReadChoices = AS_DETECTED
) -> Received:
    """Read an uploaded file and keep it with a suggestion for every column; a sheet becomes an import of its own.

    Raises BadInput, with nothing kept, when the file cannot be used. A file that is byte for byte one of the
    migration's imports is recognised and not read again.
    """
    shown = display_name(name)
    with (
        tempfile.TemporaryDirectory() as folder,
        tracked(store, RunKind.IMPORT, shown, by, migration_id=migration_id) as run,
    ):
        original = Path(folder) / "original"
        sha256, size = _spool(data, original, settings().read_limits.max_bytes)
        twin = _twin(store, migration_id, sha256)
        if twin is not None:
            run.note(f"Identical to import {twin}")
            return Received(identical_to=twin)
        tables = _read(store, migration_id, original, shown, sha256, choices, run)
        store.files.publish(original, original_key(sha256))
        with store.unit_of_work() as work:
            rows = [_new_row(migration_id, shown, sha256, size, table, by) for table in tables]
            for row, table in zip(rows, tables, strict=True):
                row.choices = choices.model_dump(exclude_none=True)
                work.imports.add(row, *_parts(table), table.reading.quarantine)
                work.audit.record(
                    by, "import.received", migration_id=migration_id, subject=str(row.id), text=_told(row)
                )
            work.commit()
        run.note("; ".join(_told(row) for row in rows))
        return Received(imports=tuple(row.id for row in rows))


def read_again(store: Store, import_id: int, choices: ReadChoices, by: Identity, *, seen_version: int) -> ImportView:
    """Read an import's file anew with the analyst's choices; decisions about its columns start afresh.

    Raises Conflict when the import was applied already or changed meanwhile, BadInput when the file cannot be
    read that way; the import then stays as it was.
    """
    work = store.unit_of_work()
    with work.reading():
        row = work.imports.get(import_id, expected=seen_version)
        still_in_review(row)
    with (
        work.files.local(row.original) as original,
        tracked(store, RunKind.IMPORT, row.file_name, by, migration_id=row.migration_id) as run,
    ):
        tables = _read(store, row.migration_id, original, row.file_name, row.sha256, choices, run)
    table = next((t for t in tables if t.reading.sheet == row.sheet), None)
    if table is None:
        raise BadInput(f"Read that way, sheet {row.sheet!r} holds no table.", hint="Choose another header row.")
    with work:
        row = work.imports.get(import_id, expected=seen_version)
        still_in_review(row)
        _take(row, table)
        row.choices = choices.model_dump(exclude_none=True)
        work.imports.replace(row, *_parts(table), table.reading.quarantine)
        work.audit.record(by, "import.read_again", migration_id=row.migration_id, subject=str(row.id), text=_told(row))
        work.commit()
    return view(work, import_id)


def original_key(sha256: str) -> str:
    """Return the file store's key of an uploaded file: its digest, never its name."""
    return f"originals/{sha256[:2]}/{sha256}"


def display_name(name: str) -> str:
    """Return the name of an uploaded file as it is shown: its last part, printable and of limited length."""
    last = PurePosixPath(name.replace("\\", "/")).name
    printable = "".join(c for c in last if c.isprintable()).strip()
    return printable[-NAME_LENGTH:] or "unnamed file"


def _spool(data: BinaryIO, target: Path, limit: int) -> tuple[str, int]:
    """Copy an upload to `target`, no further than it takes to see that it is larger than `limit` bytes."""
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as handle:
        while size <= limit and (block := data.read(CHUNK)):
            digest.update(block)
            size += len(block)
            handle.write(block)
    return digest.hexdigest(), size


def _twin(store: Store, migration_id: int, sha256: str) -> int | None:
    work = store.unit_of_work()
    with work.reading():
        twins = work.imports.twins(migration_id, sha256)
        return twins[0].number if twins else None


def _read(
    store: Store, migration_id: int, path: Path, name: str, sha256: str, choices: ReadChoices, run: Hold
) -> list[_Read]:
    work = store.unit_of_work()
    with work.reading():
        memory = memory_of(work, migration_id)
    digest = hashlib.sha256(json.dumps(choices.model_dump(), sort_keys=True).encode()).hexdigest()[:12]
    with tempfile.TemporaryDirectory() as folder:
        readings = ingest.read(
            path,
            name=name,
            into=Path(folder),
            limits=settings().read_limits,
            choices=choices,
            progress=lambda share, text: run.progress(0.8 * share, text),
        )
        tables = []
        for place, reading in enumerate(readings):
            run.progress(0.8 + 0.2 * place / len(readings), "Suggesting fields")
            key = f"tables/{sha256[:2]}/{sha256}/{digest}-{place}.parquet"
            profiles = mapping.profile(reading.table, mapping_knowledge())
            tables.append(_Read(reading, suggest_again(reading.table.headers, profiles, memory), profiles, key))
            store.files.publish(Path(reading.table.source), key)
        return tables


def _new_row(migration_id: int, name: str, sha256: str, size: int, table: _Read, by: Identity) -> ImportRow:
    row = ImportRow(
        migration_id=migration_id,
        file_name=name,
        sha256=sha256,
        size_bytes=size,
        original=original_key(sha256),
        created_by=by.name,
    )
    _take(row, table)
    return row


def _take(row: ImportRow, table: _Read) -> None:
    reading, proposal = table.reading, table.proposal
    row.sheet, row.table, row.file_format = reading.sheet, table.key, reading.format
    row.encoding, row.delimiter = reading.dialect.encoding, reading.dialect.delimiter
    row.header_row, row.notes = reading.dialect.header_row, reading.notes
    row.rows_read, row.rows_stored = reading.rows_read, reading.rows_stored
    row.rows_quarantined = reading.rows_quarantined
    row.kind, row.kind_confidence, row.format = proposal.kind, proposal.kind_confidence, proposal.format
    row.kind_evidence = [evidence.model_dump(mode="json") for evidence in proposal.kind_evidence]


def _parts(table: _Read) -> tuple[list[ColumnRow], list[MappingRow]]:
    columns = [
        ColumnRow(position=i, header=header, samples=list(profile.samples), profile=profile.model_dump(mode="json"))
        for i, (header, profile) in enumerate(zip(table.reading.table.headers, table.profiles, strict=True))
    ]
    return columns, [mapping_row(suggestion) for suggestion in table.proposal.suggestions]


def mapping_row(suggestion: Suggestion) -> MappingRow:
    """Return a suggestion as the row that also holds what stands; nothing is decided yet."""
    return MappingRow(
        position=suggestion.position,
        header=suggestion.header,
        state=MappingState.SUGGESTED,
        **suggested(suggestion),
    )


def _told(row: ImportRow) -> str:
    sheet = f", sheet {row.sheet}" if row.sheet else ""
    kept = f"{row.rows_stored:,} rows stored, {row.rows_quarantined:,} set aside"
    return f"Read {row.file_name}{sheet}: {kept}"
