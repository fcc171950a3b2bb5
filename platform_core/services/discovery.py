"""What is in some files, told at once and without a trace: mapping, kinds of assets, quality, what is missing."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from platform_core import dependencies, ingest, inventory
from platform_core.domain.base import Frozen
from platform_core.domain.inventory import AssetKind, Inventory
from platform_core.domain.mapping import Band, FileKind, MappingProposal, Source, Suggestion
from platform_core.domain.quality import QualityPart
from platform_core.domain.reading import Reading
from platform_core.errors import BadInput
from platform_core.inventory import missing_critical
from platform_core.learning import Memory
from platform_core.reference import catalogue
from platform_core.services.analysis import Analysis, mapped
from platform_core.services.knowledge import header_keys, vocabularies
from platform_core.services.learned import memory_of
from platform_core.services.receiving import display_name
from platform_core.services.suggesting import suggest
from platform_core.settings import settings
from platform_core.store import UnitOfWork

SHOWN_FINDINGS = 200


class FileFound(Frozen):
    """A file or sheet: how it was read, what its rows describe and why, its columns, and what planning would miss.

    `missing` holds the fields that are critical for such rows and that no column was recognised as.
    """

    name: str
    sheet: str | None
    encoding: str
    delimiter: str
    header_row: int | None
    rows_read: int
    rows_stored: int
    rows_quarantined: int
    notes: tuple[str, ...]
    kind: FileKind
    kind_confidence: float
    kind_reasons: tuple[str, ...]
    format: str | None
    columns: tuple[Suggestion, ...]
    missing: tuple[str, ...]


class FindingCount(Frozen):
    """How many findings of a kind there are."""

    kind: str
    number: int


class Finding(Frozen):
    """One finding about a value or row."""

    kind: str
    field: str | None
    asset_key: str | None
    file: str
    line: int
    text: str


class Discovered(Frozen):
    """What came out of some files together. `score` is 0..100, None where nothing could be looked at.

    `sources` tells for each part of the answer who made it; columns tell it one by one.
    """

    files: tuple[FileFound, ...]
    assets: dict[AssetKind, int]
    dependencies: int
    score: float | None
    parts: tuple[QualityPart, ...]
    findings: tuple[FindingCount, ...]
    first_findings: tuple[Finding, ...]
    warnings: tuple[str, ...]
    sources: dict[str, Source]


def analyze(work: UnitOfWork, files: Sequence[tuple[str, BinaryIO]], *, migration_id: int | None = None) -> Discovered:
    """Read files (name, bytes), suggest a field for each column, and say what an inventory of them would be.

    Columns are used as far as the mapper is sure of them. With `migration_id` what was learned there counts; nothing
    is kept either way. Raises BadInput for a file that cannot be read, NotFound.
    """
    memory = _memory(work, migration_id)
    found = Analysis()
    for name, data in files:
        shown = display_name(name)
        found.readings += [(Path(shown), each, suggest(each.table, memory)) for each in _readings(shown, data)]
    built = inventory.build(list(mapped(found)), catalogue(), vocabularies())
    dependencies.resolve(built)
    score = inventory.quality(built, catalogue())
    return Discovered(
        files=tuple(_file(*reading) for reading in found.readings),
        assets=dict(Counter(asset.kind for asset in built.assets)),
        dependencies=len(built.dependencies),
        score=score.score,
        parts=score.parts,
        findings=tuple(FindingCount(kind=kind, number=number) for kind, number in _counted(built).items()),
        first_findings=tuple(_findings(found, built)),
        warnings=tuple(found.warnings),
        sources=dict.fromkeys(("asset_types", "quality", "missing"), Source.RULES),
    )


def _memory(work: UnitOfWork, migration_id: int | None) -> Memory:
    if migration_id is None:
        return Memory([], header_keys())
    with work.reading():
        work.migrations.get(migration_id)
        return memory_of(work, migration_id)


def _readings(name: str, data: BinaryIO) -> list[Reading]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        with path.open("wb") as handle:
            shutil.copyfileobj(data, handle)
        if not path.stat().st_size:
            raise BadInput(f"{name} is empty.", hint="Export it again.")
        limits = settings().read_limits.model_copy(update={"min_rows": 0})
        into = Path(folder) / "tables"
        into.mkdir()
        return [reading.in_memory() for reading in ingest.read(path, name=name, into=into, limits=limits)]


def _file(path: Path, reading: Reading, proposal: MappingProposal) -> FileFound:
    known = {s.field for s in proposal.suggestions if s.field and s.band is not Band.UNMAPPED}
    return FileFound(
        name=path.name,
        sheet=reading.sheet,
        encoding=reading.dialect.encoding,
        delimiter=reading.dialect.delimiter,
        header_row=reading.dialect.header_row,
        rows_read=reading.rows_read,
        rows_stored=reading.rows_stored,
        rows_quarantined=reading.rows_quarantined,
        notes=reading.notes,
        kind=proposal.kind,
        kind_confidence=proposal.kind_confidence,
        kind_reasons=tuple(evidence.text for evidence in proposal.kind_evidence),
        format=proposal.format,
        columns=proposal.suggestions,
        missing=tuple(missing_critical(known, proposal.kind, catalogue())),
    )


def _counted(built: Inventory) -> dict[str, int]:
    return dict(Counter(str(issue.kind) for issue in built.issues).most_common())


def _findings(found: Analysis, built: Inventory) -> Iterator[Finding]:
    for issue in built.issues[:SHOWN_FINDINGS]:
        path = found.readings[issue.import_id - 1][0]
        facts: dict[str, Any] = issue.model_dump(include={"field", "asset_key", "line", "text"})
        yield Finding(kind=issue.kind, file=path.name, **facts)
