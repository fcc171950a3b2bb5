"""An inventory under way, in an SQLite file of its own: a million assets are neither in memory nor in the store.

Nothing that is staged can be seen by anybody until it is published in one transaction; a process that dies before
that leaves the store as it was.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
from adbc_driver_sqlite.dbapi import connect
from sqlalchemy import FromClause
from sqlalchemy.dialects import sqlite

from platform_core.domain.inventory import (
    REFUSED,
    Asset,
    AssetKind,
    Dependency,
    Inventory,
    IssueKind,
    Part,
    QualityIssue,
)
from platform_core.store.models import AssetRow, IssueRow
from platform_core.store.plain_values import FIELDS, HEAD, PLACE, asset_of, plain_asset, plain_columns

ASKED_AT_ONCE = 500
"""Keys in one question to SQLite."""

SETTINGS = ("page_size=65536", "journal_mode=OFF", "synchronous=OFF", "temp_store=FILE", "cache_size=-32768")
"""A staged file is thrown away when its process dies: it needs no journal; large pages hold more rows whole."""

LOAD_SETTINGS = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-4096")
"""Of the connection that only ever adds rows behind the last one: it never comes back to a page."""

ASSET_COLUMNS = ("subject_key", *HEAD, *FIELDS)
ISSUE_COLUMNS = ("kind", "field", "asset_key", "import_id", "line", "raw", "text")
SUBJECT = "CASE a.kind WHEN 'application' THEN a.key ELSE coalesce(s.subject_key, a.key) END"
"""Whose strategy and wave asset `a` shares, with `s` its row in the table `subject`."""


@contextmanager
def staging() -> Iterator[Staging]:
    """Open an empty staged inventory that is thrown away at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="inventory-") as folder:
        staged = Staging(Path(folder) / "staged.db")
        try:
            yield staged
        finally:
            staged.close()


class Staging:
    """The assets, dependencies and findings of a rebuild, to be looked at and changed until they are published.

    Assets are read in the order of their first row. Dependencies are few and held in memory.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.dependencies: list[Dependency] = []
        self.rows_used = self.rows_skipped = 0
        self._has_key_index = False
        self._db = sqlite3.connect(path, isolation_level=None)
        self._arrow = connect(str(path), autocommit=True)
        for setting in SETTINGS:
            self._db.execute(f"PRAGMA {setting}")
        self._db.execute(_table("asset", AssetRow.__table__, (*HEAD, *FIELDS), PLACE))
        self._db.execute(_table("quality_issue", IssueRow.__table__, ISSUE_COLUMNS, "number"))
        self._db.execute("CREATE TABLE subject (application_name TEXT PRIMARY KEY, subject_key TEXT) WITHOUT ROWID")
        with self._arrow.cursor() as cursor:
            for setting in LOAD_SETTINGS:
                cursor.execute(f"PRAGMA {setting}")
                cursor.fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self._arrow.close()
        self._db.close()

    def add(self, part: Part) -> None:
        """Take in what some rows completed."""
        built = part.inventory
        rows = ((number, *plain_asset(a)) for number, a in zip(part.numbers, built.assets, strict=True))
        self._db.execute("BEGIN")
        self._db.executemany(_insert("asset", (PLACE, *HEAD, *FIELDS)), rows)
        self.add_issues(built.issues)
        self._db.execute("COMMIT")
        for columns in part.columns:
            self._load(plain_columns(columns))
        self.dependencies += built.dependencies
        self.rows_used += built.rows_used
        self.rows_skipped += built.rows_skipped

    def _load(self, rows: pa.RecordBatch) -> None:
        """Add assets that stand in columns as they are, which takes a third of what Python's driver takes for a row."""
        with self._arrow.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.executemany(_insert("asset", rows.schema.names), rows)
            cursor.execute("COMMIT")

    def add_issues(self, issues: Iterable[QualityIssue]) -> None:
        """Add findings."""
        rows = ([getattr(issue, name) for name in ISSUE_COLUMNS] for issue in issues)
        self._db.executemany(_insert("quality_issue", ISSUE_COLUMNS), rows)

    def assets(self, keys: Collection[str] | None = None) -> Iterator[Asset]:
        """Yield the assets with these keys, all of them when None is given."""
        query = f"SELECT {_names((*HEAD, *FIELDS))} FROM asset"
        if keys is None:
            yield from self._every(query)
            return
        if keys:
            self._index_keys()
        for some in _slices(sorted(keys)):
            found = self._db.execute(f"{query} WHERE key IN ({_marks(some)}) ORDER BY place", some)
            yield from map(asset_of, found.fetchall())

    def _every(self, query: str) -> Iterator[Asset]:
        """Walk over all assets a portion at a time, so that those already seen may be changed meanwhile."""
        last = -1
        (end,) = self._db.execute("SELECT coalesce(max(place), -1) FROM asset").fetchone()
        while last < end:
            window = (last, min(end, last + ASKED_AT_ONCE))
            yield from map(
                asset_of, self._db.execute(f"{query} WHERE place > ? AND place <= ? ORDER BY place", window).fetchall()
            )
            last = window[1]

    def put(self, assets: Iterable[Asset]) -> None:
        """Put assets in place of those with the same keys; others are added after the last."""
        every = list(map(plain_asset, assets))
        if every:
            self._index_keys()
        columns = (*HEAD, *FIELDS)
        changes = ", ".join(f'"{name}" = excluded."{name}"' for name in columns[1:])
        statement = f"{_insert('asset', columns)} ON CONFLICT (key) DO UPDATE SET {changes}"
        self._db.execute("BEGIN")
        self._db.executemany(statement, every)
        self._db.execute("COMMIT")

    def remove(self, keys: Iterable[str]) -> None:
        """Take assets out, with the findings about them."""
        self._index_keys()
        every = [(key,) for key in keys]
        self._db.executemany("DELETE FROM asset WHERE key = ?", every)
        self._db.executemany("DELETE FROM quality_issue WHERE asset_key = ?", every)

    def issues(self) -> Iterator[QualityIssue]:
        """Yield the findings by import and line, open names of dependencies last."""
        found = self._db.execute(f"SELECT {_names(ISSUE_COLUMNS)} FROM quality_issue ORDER BY {_ISSUE_ORDER}")
        for row in found:
            yield QualityIssue(**dict(zip(ISSUE_COLUMNS, row, strict=True)))

    def keys(self) -> set[str]:
        """Return the keys of all assets."""
        return {key for (key,) in self._db.execute("SELECT key FROM asset")}

    def refused(self, keys: Collection[str]) -> dict[str, frozenset[tuple[str, str]]]:
        """Return the (field, text) of the cells of assets that could not be read, by key."""
        kinds = ", ".join(f"'{kind}'" for kind in REFUSED)
        query = f"SELECT asset_key, field, raw FROM quality_issue WHERE kind IN ({kinds}) AND asset_key IN"
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._db.execute("CREATE INDEX IF NOT EXISTS issue_asset ON quality_issue (asset_key)")
        for some in _slices(sorted(keys)):
            for key, field, raw in self._db.execute(f"{query} ({_marks(some)})", some):
                found[key].add((field, raw))
        return {key: frozenset(texts) for key, texts in found.items()}

    def refusals(self, keys: Collection[str]) -> list[QualityIssue]:
        """Return the findings about cells of assets that could not be read."""
        wanted = set(keys)
        return [issue for issue in self.issues() if issue.kind in REFUSED and issue.asset_key in wanted]

    def by_kind(self) -> dict[AssetKind, int]:
        """Return how many assets of each kind there are."""
        return {AssetKind(kind): n for kind, n in self._db.execute("SELECT kind, count(*) FROM asset GROUP BY kind")}

    def issue_count(self) -> int:
        """Return how many findings there are."""
        return int(self._db.execute("SELECT count(*) FROM quality_issue").fetchone()[0])

    def keys_where(self, condition: str, used: Sequence[Any]) -> set[str]:
        """Return the keys of the assets for which an SQL condition with the parameters `used` holds."""
        return {key for (key,) in self._db.execute(f"SELECT key FROM asset WHERE {condition}", used)}

    def filled(self, field: str) -> Iterator[Asset]:
        """Yield the assets that have a value in `field`."""
        query = f'SELECT {_names((*HEAD, *FIELDS))} FROM asset WHERE "{_known(field)}" IS NOT NULL ORDER BY place'
        return map(asset_of, self._db.execute(query))

    def with_fields(self, fields: Sequence[str]) -> Iterator[Asset]:
        """Yield all assets with their values in `fields` alone, which is much less to read."""
        wanted = tuple(map(_known, fields))
        for row in self._db.execute(f"SELECT {_names((*HEAD, *wanted))} FROM asset ORDER BY place"):
            yield asset_of(row, wanted)

    def application_names(self) -> list[str]:
        """Return the different texts by which assets name their applications."""
        query = "SELECT DISTINCT application_name FROM asset WHERE application_name IS NOT NULL"
        return [name for (name,) in self._db.execute(query)]

    def applications(self) -> list[tuple[str, str]]:
        """Return key and name of each application."""
        return self._db.execute("SELECT key, name FROM asset WHERE kind = 'application' ORDER BY place").fetchall()

    def set_subjects(self, subject_of_name: Mapping[str, str]) -> None:
        """Fix by the text of `application_name` whose strategy and wave an asset shares; others stand alone."""
        self._db.execute("DELETE FROM subject")
        self._db.executemany("INSERT INTO subject VALUES (?, ?)", subject_of_name.items())

    def keys_not_in(self, other: Staging) -> list[str]:
        """Return the keys of the assets that `other` does not hold, in order."""
        other._index_keys()
        self._db.execute("ATTACH ? AS other", (str(other.path),))
        try:
            query = "SELECT key FROM asset WHERE key NOT IN (SELECT key FROM other.asset) ORDER BY place"
            return [key for (key,) in self._db.execute(query)]
        finally:
            self._db.execute("DETACH other")

    def subjects_of(self, keys: Collection[str]) -> dict[str, str]:
        """Return the planning subject of each of the assets `keys` that are there."""
        if keys:
            self._index_keys()
        found: dict[str, str] = {}
        for some in _slices(sorted(keys)):
            found.update(
                self._db.execute(f"SELECT a.key, {SUBJECT} {_WITH_SUBJECT} WHERE key IN ({_marks(some)})", some)
            )
        return found

    def subjects_with(self, field: str) -> set[str]:
        """Return the planning subjects of which an asset has a value in `field`."""
        query = f'SELECT DISTINCT {SUBJECT} {_WITH_SUBJECT} WHERE a."{_known(field)}" IS NOT NULL'
        return {key for (key,) in self._db.execute(query)}

    def subject_count(self) -> int:
        """Return how many planning subjects there are."""
        return int(self._db.execute(f"SELECT count(DISTINCT {SUBJECT}) {_WITH_SUBJECT}").fetchone()[0])

    def groups(self, fields: Sequence[str] = FIELDS) -> Iterator[tuple[str, list[Asset]]]:
        """Yield each planning subject with its assets, one subject at a time, by the place of its first asset.

        Assets have their values in `fields` alone. They are sorted as whole rows: fetched one by one, those of a
        subject, which lie far apart, would take a page of the file each.
        """
        wanted = tuple(map(_known, fields))
        self._db.execute("DROP TABLE IF EXISTS turn")
        self._db.execute("CREATE TABLE turn (place INTEGER PRIMARY KEY, subject TEXT, first INTEGER)")
        self._db.execute(
            f"INSERT INTO turn SELECT place, subject, min(place) OVER (PARTITION BY subject) "
            f"FROM (SELECT a.place, {SUBJECT} AS subject {_WITH_SUBJECT}) ORDER BY place"
        )
        query = (
            f"SELECT t.subject, {_names((*HEAD, *wanted), 'a.')} FROM asset a CROSS JOIN turn t ON t.place = a.place "
            "ORDER BY t.first, t.subject, t.place"
        )
        for subject, rows in groupby(self._db.execute(query), key=itemgetter(0)):
            yield subject, [asset_of(row[1:], wanted) for row in rows]

    def add_judgements(self, judged: Iterable[tuple[str, str]]) -> None:
        """Lay down what was concluded about planning subjects, each as the texts of its recommendation and its risk."""
        self._db.execute("CREATE TABLE judgement (number INTEGER PRIMARY KEY, recommendation TEXT, risk TEXT)")
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO judgement (recommendation, risk) VALUES (?, ?)", judged)
        self._db.execute("COMMIT")

    def judgements(self) -> Iterator[list[tuple[str, str]]]:
        """Yield what was laid down, a portion at a time in the order in which it was."""
        found = self._db.execute("SELECT recommendation, risk FROM judgement ORDER BY number")
        while portion := found.fetchmany(ASKED_AT_ONCE):
            yield portion

    def rows(self, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the plain values of all assets in `columns`, which may hold `subject_key`."""
        yield from self._db.execute(f"SELECT {_selected(columns)} {_WITH_SUBJECT} ORDER BY a.place")

    def issue_rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the plain values of all findings in `ISSUE_COLUMNS`."""
        yield from self._db.execute(f"SELECT {_names(ISSUE_COLUMNS)} FROM quality_issue ORDER BY {_ISSUE_ORDER}")

    def inventory(self) -> Inventory:
        """Return everything as one inventory in memory: for what is known to be small."""
        return Inventory(list(self.assets()), self.dependencies, list(self.issues()), self.rows_used, self.rows_skipped)

    def _index_keys(self) -> None:
        """Make assets quick to find by key; not done before somebody asks, since nothing else needs it."""
        if not self._has_key_index:
            self._db.execute("CREATE UNIQUE INDEX asset_key ON asset (key)")
            self._has_key_index = True


def copy_assets(schema: str) -> str:
    """Return the SELECT of `ASSET_COLUMNS` by which SQLite copies staged assets out of the attached `schema`."""
    source = f"FROM {schema}.asset a LEFT JOIN {schema}.subject s ON s.application_name = a.application_name"
    return f"SELECT {_selected(ASSET_COLUMNS)} {source} ORDER BY a.place"


def copy_issues(schema: str) -> str:
    """Return the SELECT by which SQLite copies staged findings out of the attached `schema`."""
    return f"SELECT {_names(ISSUE_COLUMNS)} FROM {schema}.quality_issue ORDER BY {_ISSUE_ORDER}"


_WITH_SUBJECT = "FROM asset a LEFT JOIN subject s ON s.application_name = a.application_name"
_ISSUE_ORDER = f"kind = '{IssueKind.UNRESOLVED}', import_id, line, number"


def _table(name: str, model: FromClause, columns: Sequence[str], counted: str) -> str:
    types = {name: model.columns[name].type.compile(dialect=sqlite.dialect()) for name in columns}
    defined = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
    return f"CREATE TABLE {name} ({counted} INTEGER PRIMARY KEY, {defined})"


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({_names(columns)}) VALUES ({_marks(columns)})"


def _names(columns: Iterable[str], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{name}"' for name in columns)


def _selected(columns: Iterable[str]) -> str:
    return ", ".join(SUBJECT if name == "subject_key" else f'a."{name}"' for name in columns)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _slices(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[at : at + ASKED_AT_ONCE] for at in range(0, len(values), ASKED_AT_ONCE))


def _known(field: str) -> str:
    if field not in FIELDS:
        raise KeyError(field)
    return field
