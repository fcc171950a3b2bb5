"""The description of the API as one page for people: made here, from the same document, with nothing fetched."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from starlette.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

ROOM = Path(__file__).parent


@router.get("/docs", response_class=HTMLResponse)
def documentation(request: Request) -> HTMLResponse:
    """Show every address, what it takes and gives, and every schema."""
    document = request.app.openapi()
    return HTMLResponse(_template().render(api=document, root=request.scope.get("root_path", "")))


@cache
def _template() -> Template:
    pages = Environment(loader=FileSystemLoader(ROOM), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    pages.filters |= {"named": named, "example": example}
    pages.lstrip_blocks = True
    return pages.get_template("docs.html.j2")


def named(schema: dict[str, Any]) -> str:
    """Return a schema in a few words: "array of AssetOut", "integer or null", "one of read, write"."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema and "type" not in schema:
        return " or ".join(named(each) for each in schema["anyOf"])
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    if schema.get("type") == "array":
        return f"array of {named(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")


def example(schema: dict[str, Any], components: dict[str, Any]) -> str:
    """Return the first example of a schema as JSON, "" without one."""
    found = components.get(named(schema), schema).get("examples", [])
    return json.dumps(found[0], ensure_ascii=False, indent=2) if found else ""
