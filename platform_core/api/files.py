"""Files in a request: as text in JSON, or as a form; both are described, and taken in the same way."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, BinaryIO

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from platform_core.api.schemas.building_blocks import LARGEST, NumberAsText
from platform_core.api.schemas.discovery import FileGiven

JSON, FORM = "application/json", "multipart/form-data"
MOST_FILES = 50
FORM_FIELDS = ("files", "migration_id")


@dataclass(frozen=True)
class Given:
    """Files of a request, by name, and the migration they belong to."""

    files: list[tuple[str, BinaryIO]]
    migration_id: int | None


@asynccontextmanager
async def given(request: Request, model: type[FileGiven]) -> AsyncIterator[Given]:
    """Yield the files of a request as long as the block lasts; `model` describes the JSON form.

    Raises RequestValidationError naming the fields that do not fit, HTTPException 415 for any other type of body.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == JSON:
        file = _of_json(await request.body(), model)
        yield Given([(file.filename, io.BytesIO(file.content.encode()))], file.migration_id)
    elif kind == FORM:
        async with request.form(max_files=MOST_FILES, max_fields=MOST_FILES) as form:
            yield _of_form(form, is_needed=model.model_fields["migration_id"].is_required())
    else:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send {JSON} or {FORM}")


def described(model: type[FileGiven]) -> dict[str, Any]:
    """Return the description of a body that is either `model` as JSON or a form with files."""
    is_needed = model.model_fields["migration_id"].is_required()
    form = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "files": {
                "type": "array",
                "items": {"type": "string", "format": "binary"},
                "minItems": 1,
                "maxItems": 1 if is_needed else MOST_FILES,
            },
            "migration_id": {"type": "integer", "minimum": 1, "maximum": LARGEST},
        },
        "required": ["files", "migration_id"] if is_needed else ["files"],
    }
    content = {JSON: {"schema": model.model_json_schema()}, FORM: {"schema": form}}
    return {"requestBody": {"required": True, "content": content}}


def _of_json(body: bytes, model: type[FileGiven]) -> FileGiven:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RequestValidationError([_fault("value_error", (), "is no JSON")]) from error
    try:
        return model.model_validate(parsed)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in faults]) from error


def _of_form(form: FormData, *, is_needed: bool) -> Given:
    unknown = [name for name in dict.fromkeys(form) if name not in FORM_FIELDS]
    others = [_fault("extra_forbidden", (name,), "is not known") for name in unknown]
    uploads = form.getlist("files")
    files = [(upload.filename or "", upload.file) for upload in uploads if isinstance(upload, UploadFile)]
    if not files or len(files) != len(uploads):
        others.append(_fault("missing", ("files",), "one or more files are needed"))
    if is_needed and len(files) > 1:
        others.append(_fault("too_long", ("files",), "one file at a time is kept"))
    number = form.get("migration_id")
    if number is None and is_needed:
        others.append(_fault("missing", ("migration_id",), "is needed"))
    try:
        migration_id = None if number is None else TypeAdapter(NumberAsText).validate_python(number)
    except ValidationError:
        others.append(_fault("int_parsing", ("migration_id",), "is no number of a migration"))
    if others:
        raise RequestValidationError(others)
    return Given(files, migration_id)


def _fault(kind: str, place: tuple[str, ...], message: str) -> dict[str, Any]:
    return {"type": kind, "loc": ("body", *place), "msg": message, "input": None}
