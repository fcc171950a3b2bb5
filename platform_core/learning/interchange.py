"""Learned mappings as a JSON document that one workbench writes and another takes over."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import ValidationError

from platform_core.domain.base import Frozen
from platform_core.domain.catalogue import Catalogue
from platform_core.domain.choices import NOTHING_SAID, ColumnChoices
from platform_core.domain.learning import CorrectedFile, Correction, Scope, Verdict
from platform_core.errors import BadInput

FILE_NAME = "field_mappings.json"
FORMAT: Literal["field-mappings"] = "field-mappings"
VERSION: Literal[1] = 1
MOST_MAPPINGS = 100_000


class ExchangedMapping(Frozen):
    """One word on a header with its provenance; `file` is the place of its file among the document's files."""

    header: str
    verdict: Verdict
    field: str | None = None
    file: int | None = None
    choices: ColumnChoices = NOTHING_SAID
    author: str = ""
    at: datetime | None = None
    reason: str = ""
    migration: str = ""


class ExchangedMappings(Frozen):
    """The whole document: each file described once, and the words on its headers in the order they were said."""

    format: Literal["field-mappings"]
    version: Literal[1]
    files: tuple[CorrectedFile, ...] = ()
    mappings: tuple[ExchangedMapping, ...] = ()


def write_mappings(words: Sequence[Correction], migration: str = "") -> str:
    """Return the words that count as the text of `field_mappings.json`, oldest first.

    `migration` names where they come from, for words of a migration's own.
    """
    files: dict[CorrectedFile, int] = {}
    mappings = []
    for word in words:
        if word.counts:
            place = files.setdefault(word.file, len(files)) if word.file else None
            mappings.append(_exchanged(word, place, migration))
    document = ExchangedMappings(format=FORMAT, version=VERSION, files=tuple(files), mappings=tuple(mappings))
    return json.dumps(document.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"


def read_mappings(text: str | bytes, catalogue: Catalogue) -> list[Correction]:
    """Return the words of a document as corrections that belong to no migration yet, in their order.

    Raises BadInput with one sentence that says where the document is wrong.
    """
    document = _document(text)
    if len(document.mappings) > MOST_MAPPINGS:
        raise BadInput(f"The file holds more than {MOST_MAPPINGS:,} mappings.", hint="Split it and import the parts.")
    return [_correction(place, mapping, document, catalogue) for place, mapping in enumerate(document.mappings, 1)]


def _document(text: str | bytes) -> ExchangedMappings:
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("The file is not JSON.", hint=f"Choose a {FILE_NAME} that a workbench exported.") from error
    if not isinstance(stored, dict) or stored.get("format") != FORMAT:
        raise BadInput("The file holds no learned mappings.", hint=f"Choose a {FILE_NAME} that a workbench exported.")
    if stored.get("version") != VERSION:
        raise BadInput(
            f"The file has version {str(stored.get('version'))[:20]} of the format; this workbench reads {VERSION}.",
            hint="Export it again with a workbench of the same version.",
        )
    try:
        return ExchangedMappings.model_validate(stored)
    except ValidationError as error:
        raise BadInput(_first_fault(error), hint="Correct it there, or export it again.") from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    where = [f"{part + 1}" if isinstance(part, int) else str(part) for part in fault["loc"]]
    return f"The file is wrong at {' → '.join(where)}: {fault['msg'].lower()}."


def _correction(place: int, mapping: ExchangedMapping, document: ExchangedMappings, catalogue: Catalogue) -> Correction:
    if not mapping.header.strip():
        raise BadInput(f"Mapping {place} of the file names no header.", hint="Add the header, or remove the mapping.")
    if (mapping.field is None) is not (mapping.verdict is Verdict.IGNORE):
        needs = "has a field but ignores the header" if mapping.field else "needs a field"
        raise BadInput(
            f"Mapping {place} of the file {needs}.", hint="“means” and “not” need a field, “ignore” has none."
        )
    if mapping.field is not None and mapping.field not in catalogue:
        raise BadInput(
            f"Mapping {place} of the file names the field {mapping.field[:60]!r}, which is unknown here.",
            hint="Use the key of a field of this workbench.",
        )
    if mapping.file is not None and not 0 <= mapping.file < len(document.files):
        raise BadInput(f"Mapping {place} of the file belongs to a file that the document does not describe.")
    return Correction(
        number=place,
        header=mapping.header,
        verdict=mapping.verdict,
        field=mapping.field,
        choices=mapping.choices,
        file=document.files[mapping.file] if mapping.file is not None else None,
        author=mapping.author,
        at=mapping.at,
        reason=mapping.reason,
        scope=Scope.ORGANISATION,
    )


def _exchanged(word: Correction, place: int | None, migration: str) -> ExchangedMapping:
    return ExchangedMapping(
        header=word.header,
        verdict=word.verdict,
        field=word.field,
        choices=word.choices,
        file=place,
        author=word.author,
        at=word.at,
        reason=word.reason,
        migration=migration if word.scope is Scope.MIGRATION else "",
    )
