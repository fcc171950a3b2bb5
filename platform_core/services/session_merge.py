"""Taking accepted mappings of a kept session over into the imports that are in review now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.imports import ImportState
from platform_core.domain.mapping import MappingState
from platform_core.domain.sessions import KeptColumn, KeptImport, KeptState
from platform_core.errors import Conflict
from platform_core.services import mappings
from platform_core.services.mappings import USED, Action, Decision
from platform_core.services.sessions import get, opened
from platform_core.store import UnitOfWork
from platform_core.store.models import ImportRow, MappingRow


class MergeLine(Frozen):
    """A column in review that the session maps otherwise; the fields are keys, None = none.

    `open` tells that nobody decided about it yet, so taking over overrules nobody.
    """

    import_id: int
    file_name: str
    position: int
    header: str
    field: str | None
    unit: str | None
    kept_field: str
    kept_unit: str | None
    kept_by: str
    open: bool
    version: int


class Pick(Frozen):
    """A column in review to be decided as the session has it; `version` is the one it was offered at."""

    import_id: int
    position: int
    version: int


def offered(work: UnitOfWork, session_id: int, migration_id: int) -> list[MergeLine]:
    """Return every column in review of a migration for which the session holds another accepted mapping.

    A column is recognised in the same file (by digest), else by its header in files whose rows describe the same;
    a header that the session maps in two ways is left out. Raises NotFound.
    """
    kept = opened(work, session_id)
    with work.reading():
        rows = work.imports.of(migration_id, ImportState.REVIEW)
        return [line for row in rows for line in _lines(row, work.mappings.of(row.id), kept)]


def take_over(work: UnitOfWork, lines: Iterable[MergeLine], by: Identity) -> int:
    """Decide the columns of `lines` as the session has them, all or none; return how many.

    Raises Conflict when somebody decided about one of them since it was offered.
    """
    by_import: dict[int, list[Decision]] = defaultdict(list)
    for line in lines:
        by_import[line.import_id].append(
            Decision(
                position=line.position,
                action=Action.CHANGE,
                field=line.kept_field,
                unit=line.kept_unit,
                seen_version=line.version,
            )
        )
    return mappings.decide_all(work, by_import, by)


def take_over_picked(work: UnitOfWork, session_id: int, picks: Iterable[Pick], by: Identity) -> int:
    """Take over what a session offers its own migration for the columns of `picks`; return how many were decided.

    Raises NotFound, or Conflict when a column was decided since or is not offered any more.
    """
    lines = {
        (line.import_id, line.position): line for line in offered(work, session_id, get(work, session_id).migration_id)
    }
    wanted = []
    for pick in picks:
        line = lines.get((pick.import_id, pick.position))
        if line is None:
            raise Conflict(
                f"Nothing is offered for column {pick.position} of import {pick.import_id}.",
                hint="Look at what the session offers now.",
            )
        wanted.append(line.model_copy(update={"version": pick.version}))
    return take_over(work, wanted, by)


def _lines(row: ImportRow, columns: Sequence[MappingRow], kept: KeptState) -> list[MergeLine]:
    same = next((each for each in kept.imports if _is_same(each, row)), None)
    by_header = {} if same else _by_header(each for each in kept.imports if each.kind == row.kind)
    found = []
    for column in columns:
        known = same.columns.get(column.position) if same else by_header.get(_folded(column.header))
        if known is not None and known.state in USED and known.field and _differs(column, known):
            found.append(_line(row, column, known))
    return found


def _is_same(kept: KeptImport, row: ImportRow) -> bool:
    return (kept.sha256, kept.sheet) == (row.sha256, row.sheet or "")


def _by_header(imports: Iterable[KeptImport]) -> Mapping[str, KeptColumn]:
    """Return what the session accepted for each header, as far as it is one thing."""
    said: dict[str, dict[tuple[str | None, str | None], KeptColumn]] = defaultdict(dict)
    for each in imports:
        for column in each.columns.values():
            if column.state in USED and column.header.strip():
                said[_folded(column.header)][column.field, column.unit] = column
    return {header: next(iter(ways.values())) for header, ways in said.items() if len(ways) == 1}


def _folded(header: str) -> str:
    return " ".join(header.casefold().split())


def _differs(column: MappingRow, known: KeptColumn) -> bool:
    decided = column.state in USED
    return not decided or (column.field, column.unit) != (known.field, known.unit)


def _line(row: ImportRow, column: MappingRow, known: KeptColumn) -> MergeLine:
    return MergeLine(
        import_id=row.id,
        file_name=row.file_name,
        position=column.position,
        header=column.header,
        field=column.field,
        unit=column.unit,
        kept_field=known.field or "",
        kept_unit=known.unit,
        kept_by=known.by,
        open=column.state == MappingState.SUGGESTED,
        version=column.version,
    )
