"""What the terminal answers about files without a store: mapping, reading, feedback."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from platform_core import ingest
from platform_core.domain.learning import CorrectedFile, Correction, Verdict
from platform_core.domain.mapping import MappingProposal, Suggestion
from platform_core.domain.reading import Reading
from platform_core.errors import BadInput
from platform_core.learning import Memory, admit, read_feedback, read_mappings
from platform_core.reference import catalogue
from platform_core.services.json_lines import json_lines
from platform_core.services.knowledge import header_keys, mapping_knowledge
from platform_core.services.replaying import shipped_columns
from platform_core.services.suggesting import look, suggest
from platform_core.settings import settings


def map_files(files: list[Path], corrections: Path | None = None) -> dict[str, Any]:
    """Return a suggestion for every column of every file; a sheet counts as a file.

    Corrections pass the same gate as those of the pages; what it holds back is told under "held_back". Raises
    BadInput for a file that cannot be read or a corrections file that is not one.
    """
    words = learned_words(corrections) if corrections else []
    memory = Memory(words, header_keys())
    readings = ((path, reading) for path in files for reading in read_file(path, min_rows=0))
    answers = [mapped_file(path, reading, suggest(reading.table, memory)) for path, reading in readings]
    held_back = [_held_back(word) for word in words if word.would_lose]
    return {"files": answers} | ({"held_back": held_back} if held_back else {})


def read_file(path: Path, *, min_rows: int = 1) -> list[Reading]:
    """Return the tables of a file, held in memory; `min_rows` 0 accepts a header alone. Raises BadInput."""
    if not path.is_file():
        raise BadInput(f"There is no file {path.name}.", hint="Check the name and the folder.")
    limits = settings().read_limits.model_copy(update={"min_rows": min_rows})
    with tempfile.TemporaryDirectory() as folder:
        readings = ingest.read(path, name=path.name, into=Path(folder), limits=limits)
        return [reading.in_memory() for reading in readings]


def learned_words(path: Path) -> list[Correction]:
    """Return the words of a corrections file, a JSON line each or a field_mappings.json, as the gate lets them count.

    Raises BadInput saying where the file is wrong.
    """
    said = _exported(path) if path.suffix == ".json" else read_corrections(path)
    return admit([], said, header_keys(), shipped_columns())


def read_corrections(path: Path) -> list[Correction]:
    """Return the corrections of a file with a JSON line each; raises BadInput naming the line.

    Those of one source belong to one file, whose rows are what its headers say.
    """
    items = []
    for number, item in json_lines(path):
        field, source = item.get("field"), item.get("source")
        if not isinstance(item.get("header"), str) or (field is not None and field not in catalogue()):
            raise BadInput(
                f"Line {number} of {path.name} is no correction.",
                hint='Each line needs "header" and "field" (a canonical key or null).',
            )
        items.append((item["header"], field, source if isinstance(source, str) and source.strip() else None))
    headers: dict[str, dict[str, None]] = {}
    for header, _, source in items:
        if source is not None:
            headers.setdefault(source, {})[header] = None
    files = {source: _corrected_file(source, tuple(mine)) for source, mine in headers.items()}
    return [
        Correction(
            number=place,
            header=header,
            verdict=Verdict.MEANS if field else Verdict.IGNORE,
            field=field,
            file=files[source] if source else None,
        )
        for place, (header, field, source) in enumerate(items, 1)
    ]


def _corrected_file(source: str, headers: tuple[str, ...]) -> CorrectedFile:
    return look(headers, mapping_knowledge()).model_copy(update={"format": source})


def _exported(path: Path) -> list[Correction]:
    if not path.is_file():
        raise BadInput(f"There is no file {path.name}.", hint="Check the name and the folder.")
    return read_mappings(path.read_bytes(), catalogue())


def _held_back(word: Correction) -> dict[str, Any]:
    losses = [loss.model_dump(mode="json") for loss in word.would_lose]
    return {"header": word.header, "field": word.field, "would_lose": losses}


def inspect_file(path: Path) -> dict[str, Any]:
    """Return how a file was read; a workbook's first table at the top and every table under "sheets"."""
    tables = [_inspected(reading) for reading in read_file(path)]
    return tables[0] | ({"sheets": tables} if len(tables) > 1 else {})


def understand(text: str) -> dict[str, Any]:
    """Return the corrections read out of free text."""
    found = read_feedback(text, catalogue())
    asked = [{"header": c.header, "field": c.field} for c in found.corrections if not c.is_refusal]
    refused = [{"header": c.header, "field": c.field} for c in found.corrections if c.is_refusal]
    answer = {"corrections": asked, "not_understood": list(found.not_understood)}
    return answer | ({"refusals": refused} if refused else {})


def mapping_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield the mapping for a person to read."""
    for file in answer["files"]:
        sheet = f" · {file['sheet']}" if file["sheet"] else ""
        yield f"{file['path']}{sheet}: {file['kind']}{' (' + file['format'] + ')' if file['format'] else ''}"
        for column in file["columns"]:
            unit = f" [{column['unit']}]" if column["unit"] else ""
            yield f"  {column['header'][:40]:40} {column['field'] or '–'}{unit} {column['confidence']:.0%}"
    for word in answer.get("held_back", ()):
        lost = ", ".join(f"{loss['header']} of {loss['where']}" for loss in word["would_lose"])
        yield f"{word['header']} counts for its own export only: elsewhere it would lose {lost}"


def inspect_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield how a file was read, for a person."""
    for table in answer.get("sheets", [answer]):
        yield f"{table['sheet'] or 'File'}: {table['encoding']} {table['delimiter']!r}, header in {table['header_row']}"
        kept = f"{table['rows_stored']:,} stored, {table['rows_quarantined']:,} quarantined"
        yield f"  {table['rows_read']:,} rows read: {kept}; {len(table['columns'])} columns"
        for row in table["quarantine"][:20]:
            yield f"  line {row['line']}: {row['reason']}"


def feedback_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield what was understood, for a person."""
    for correction in answer["corrections"]:
        yield f"{correction['header']} → {correction['field'] or 'left unmapped'}"
    for refusal in answer.get("refusals", ()):
        yield f"{refusal['header']} is not {refusal['field']}"
    for part in answer["not_understood"]:
        yield f"Not understood: {part}"


def mapped_file(path: Path, reading: Reading, proposal: MappingProposal) -> dict[str, Any]:
    """Return the mapping of one table as the terminal's JSON."""
    return {
        "path": str(path),
        "sheet": reading.sheet,
        "kind": proposal.kind,
        "kind_confidence": round(proposal.kind_confidence, 4),
        "kind_reasons": [evidence.text for evidence in proposal.kind_evidence],
        "format": proposal.format,
        "columns": [_column(suggestion) for suggestion in proposal.suggestions],
    }


def _column(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "position": suggestion.position,
        "header": suggestion.header,
        "field": suggestion.field,
        "confidence": round(suggestion.confidence, 4),
        "band": suggestion.band,
        "unit": suggestion.unit,
        "unit_is_guess": suggestion.unit_is_guess,
        "combine": suggestion.combine,
        "duplicate_of": suggestion.duplicate_of,
        "alternatives": [{"field": c.field, "confidence": round(c.confidence, 4)} for c in suggestion.alternatives],
        "evidence": [e.model_dump(mode="json") for e in suggestion.evidence],
        "source": suggestion.source,
    }


def _inspected(reading: Reading) -> dict[str, Any]:
    return {
        "sheet": reading.sheet,
        "encoding": reading.dialect.encoding,
        "delimiter": reading.dialect.delimiter,
        "header_row": reading.dialect.header_row,
        "rows_read": reading.rows_read,
        "rows_stored": reading.rows_stored,
        "rows_quarantined": reading.rows_quarantined,
        "columns": list(reading.table.headers),
        "quarantine": [{"line": row.line, "reason": row.reason} for row in reading.quarantine],
        "notes": list(reading.notes),
    }
