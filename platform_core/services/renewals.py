"""A newer export of a source that was imported before: how it is recognised, and what it says otherwise."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from platform_core import inventory
from platform_core.domain.base import Frozen
from platform_core.domain.imports import ImportState
from platform_core.domain.inventory import Asset, IssueKind, QualityIssue
from platform_core.domain.sessions import AssetDifferences
from platform_core.store import UnitOfWork
from platform_core.store.models import ImportRow
from platform_core.store.plain_values import FIELDS
from platform_core.store.staging import Staging

SHARED_COLUMNS = 0.9
"""Share of all headers of two files that both must have, where their names agree but for dates and numbers."""

AT_ONCE, KEPT_AT_ONCE = 20_000, 2_000
EXAMPLES = 20

Item = TypeVar("Item")

_CHANGING = re.compile(r"[\d\W_]+|\b(?:copy|new|latest|final)\b")


class Renewed(Frozen):
    """The import that a newer export of the same source would replace."""

    import_id: int
    number: int
    title: str


def predecessor(work: UnitOfWork, row: ImportRow) -> ImportRow | None:
    """Return the applied import of the same source as `row`, the latest where there are several.

    The same source is the same sheet and kind of list with either the very same columns, or nearly the same ones in a
    file of the same name but for dates, numbers and words like "copy". Call inside an open block of `work`.
    """
    headers = _headers(work, row)
    earlier = (each for each in work.imports.of(row.migration_id, ImportState.APPLIED) if each.id != row.id)
    same = [each for each in earlier if _same_source(row, headers, each, _headers(work, each))]
    return same[-1] if same else None


def renewed(row: ImportRow) -> Renewed:
    """Return an import as one that may be replaced."""
    title = f"{row.file_name} · {row.sheet}" if row.sheet else row.file_name
    return Renewed(import_id=row.id, number=row.number, title=title)


def kept_of(work: UnitOfWork, row: ImportRow) -> list[ImportRow]:
    """Return the imports whose assets are kept although a newer export tells them no more, the newest first."""
    found: list[ImportRow] = []
    while row.replaces is not None and row.keeps_gone:
        row = work.imports.get(row.replaces)
        found.append(row)
    return found


def compare(before: Staging, after: Staging) -> AssetDifferences:
    """Return what an older and a newer export of a source say otherwise, each built by itself."""
    with tempfile.TemporaryDirectory(prefix="renewal-") as folder:
        paths = [Path(folder) / name for name in ("before.parquet", "after.parquet")]
        for staged, path in zip((before, after), paths, strict=True):
            _write(staged, path)
        return inventory.differences(*paths, shown=EXAMPLES)


def keep_gone(staged: Staging, older: Staging, file_name: str) -> None:
    """Add to `staged` the assets that only the `older` export of a source tells, each with a finding that says so.

    What could not be read of them comes along, for the rules that read it.
    """
    gone = older.keys_not_in(staged)
    staged.add_issues(older.refusals(gone))
    text = f"{file_name} does not list it any more; it is kept as the older export told it."
    for some in _portions(older.assets(gone), KEPT_AT_ONCE):
        staged.put(some)
        staged.add_issues(_gone(asset, text) for asset in some)


def _gone(asset: Asset, text: str) -> QualityIssue:
    row = asset.sources[0]
    return QualityIssue(
        kind=IssueKind.GONE,
        field=None,
        asset_key=asset.key,
        import_id=row.import_id,
        line=row.line,
        raw=asset.name,
        text=text,
    )


def _same_source(row: ImportRow, headers: Sequence[str], other: ImportRow, others: Sequence[str]) -> bool:
    if row.sheet != other.sheet or row.kind != other.kind:
        return False
    if headers == others:
        return True
    every, both = set(headers) | set(others), set(headers) & set(others)
    return _stem(row.file_name) == _stem(other.file_name) and len(both) >= SHARED_COLUMNS * len(every)


def _headers(work: UnitOfWork, row: ImportRow) -> list[str]:
    return [column.header for column in work.imports.columns(row.id)]


def _stem(name: str) -> str:
    return _CHANGING.sub("", name.casefold().rpartition(".")[0])


def _write(staged: Staging, path: Path) -> None:
    names = ("key", "name", *FIELDS)
    schema = pa.schema([(name, pa.string()) for name in names])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for rows in _portions(staged.rows(names), AT_ONCE):
            columns = [pa.array(column).cast(pa.string()) for column in zip(*rows, strict=True)]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def _portions(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    return iter(lambda: list(islice(items, size)), [])
