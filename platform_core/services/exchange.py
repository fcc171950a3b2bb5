"""Learned mappings as files, as the terminal asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from platform_core.domain.identity import Identity
from platform_core.errors import BadInput, NotFound
from platform_core.services import learning, migrations, organisations
from platform_core.services.bootstrap import store
from platform_core.settings import settings
from platform_core.store import Store


def export_file(out: Path, migration: str | None, organisation: str | None) -> dict[str, Any]:
    """Write what counts in a migration to `out`; raises NotFound for a migration that is not there."""
    opened = _opened(organisation)
    number = _migration(opened, migration)
    text = learning.export_mappings(opened.unit_of_work(), number)
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{out.name} cannot be written.", hint="Choose another folder.") from error
    return {"file": out.name, "mappings": learning.count_mappings(text)}


def import_file(file: Path, migration: str | None, organisation: str | None) -> dict[str, Any]:
    """Take over the mappings of a file; raises BadInput with one sentence about a bad file."""
    if not file.is_file():
        raise BadInput(f"There is no file {file.name}.", hint="Check the name and the folder.")
    opened = _opened(organisation)
    number = _migration(opened, migration)
    by = Identity(name=settings().ANALYST_NAME)
    return learning.import_mappings(opened.unit_of_work(), number, file.read_bytes(), by).model_dump(mode="json")


def export_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield what was written, for a person."""
    yield f"{answer['mappings']:,} mappings written to {answer['file']}"


def import_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield what was taken over, for a person."""
    yield f"{answer['learned']:,} mappings learned, {answer['known_before']:,} known before"
    for header in answer["held_back"]:
        yield f"{header} counts for its own export only: elsewhere it would cost columns that are right"
    for change in answer["changed"]:
        yield f"{change['header']} of {change['file_name']}: {change['before'] or '–'} → {change['after'] or '–'}"


def _opened(organisation: str | None) -> Store:
    opened = store()
    opened.upgrade()
    return opened.of(organisations.numbered(opened, organisation))


def _migration(opened: Store, name: str | None) -> int:
    work = opened.unit_of_work()
    if name is None:
        return migrations.opened(work, None, Identity(name=settings().ANALYST_NAME)).id
    with work.reading():
        row = work.migrations.find(" ".join(name.split()))
    if row is None:
        raise NotFound(f"There is no migration called {name!r}.", hint="Give its name as the side bar shows it.")
    return row.id
