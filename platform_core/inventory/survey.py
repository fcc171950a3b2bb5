"""The first walk over all files: which asset each row belongs to, and how each column writes numbers and dates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.inventory import AssetKind, Value
from platform_core.domain.mapping import FileKind, MappedTable
from platform_core.inventory.classify import Classifier
from platform_core.inventory.columns import Evidences, TableReader, mapped_columns, note_evidence
from platform_core.inventory.identity import IDENTITY_FIELDS, Identity, Names, identify, is_own_name
from platform_core.inventory.links import END_FIELDS, LinkEnds, can_link, ends_of
from platform_core.inventory.memberships import Memberships
from platform_core.inventory.names import loose
from platform_core.inventory.reading import DATED, NUMERIC, ColumnEvidence
from platform_core.inventory.register import Numbers, Register
from platform_core.inventory.vocabularies import Vocabularies

SKIPPED = -1
LINK = -2
"""A row's place in `FileSurvey.assets` when it names nothing, or is a dependency and no asset."""


@dataclass
class FileSurvey:
    """One file: the notation of its columns and, for each row, the number of its asset, SKIPPED or LINK."""

    mapped: MappedTable
    evidence: Evidences
    has_identity: bool
    assets: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))


@dataclass
class Survey:
    """What the first walk found: the files in import order and the assets in order of their first row."""

    files: list[FileSurvey]
    keys: list[str]
    kinds: list[AssetKind]
    names: list[str]
    row_counts: Numbers
    memberships: Memberships
    implied_keys: dict[str, str]
    """The key of each application that only machines and databases name, by the name they use."""


def survey(
    tables: Sequence[MappedTable], catalogue: Catalogue, vocabularies: Vocabularies, advance: Callable[[int], None]
) -> Survey:
    """Walk over `tables` in the order of their imports; `advance` hears of each batch's row count."""
    register = Register(len(tables))
    cells: dict[str, None] = {}
    files = []
    for mapped in sorted(tables, key=lambda table: table.import_id):
        register.begin_file()
        files.append(_FileWalk(mapped, catalogue, vocabularies).run(register, cells, advance))
    final, remaining = register.settle()
    for file in files:
        owned = file.assets >= 0
        file.assets[owned] = final[file.assets[owned]] if owned.any() else 0
    return _concluded(files, register, remaining, cells)


def _concluded(files: list[FileSurvey], register: Register, remaining: list[int], cells: dict[str, None]) -> Survey:
    kinds = [register.kinds[number] for number in remaining]
    names = [register.names[number] for number in remaining]
    keys = register.keys(remaining)
    known = {
        loose(name): name
        for kind, name in zip(reversed(kinds), reversed(names), strict=True)
        if kind is AssetKind.APPLICATION
    }
    memberships = Memberships(cells, known)
    taken = set(keys)
    implied = {name: _free(f"{AssetKind.APPLICATION}:{token}", taken) for token, name in memberships.implied.items()}
    counts = sum(
        (np.bincount(file.assets[file.assets >= 0], minlength=len(keys)) for file in files),
        start=np.zeros(len(keys), dtype=np.int64),
    )
    return Survey(files, keys, kinds, names, counts, memberships, implied)


def _free(key: str, taken: set[str]) -> str:
    return key if key not in taken else f"{key}~"


class _FileWalk:
    """The first walk over one file."""

    def __init__(self, mapped: MappedTable, catalogue: Catalogue, vocabularies: Vocabularies) -> None:
        columns = mapped_columns(mapped, catalogue)
        fields = {column.field for column in columns}
        self._mapped, self._catalogue = mapped, catalogue
        self._can_link = can_link(fields)
        self._links_only = self._can_link and mapped.kind is FileKind.DEPENDENCY
        self._has_identity = self._can_link or bool(fields.intersection(IDENTITY_FIELDS))
        self._evidence: Evidences = {c.position: ColumnEvidence.of(catalogue[c.field]) for c in columns}
        self._noted = [c for c in columns if catalogue[c.field].type in NUMERIC | DATED]
        needed = {*Names._fields, *END_FIELDS}
        self._reader = TableReader(mapped, catalogue, vocabularies, self._evidence, needed)
        self._positions = sorted(
            {p for f in self._reader.fields for p in f.positions} | {c.position for c in self._noted}
        )
        self._classifier = Classifier(mapped.kind, fields, vocabularies)
        self._application_file = mapped.kind is FileKind.APPLICATION
        self._of_rows: list[Numbers] = []

    def run(self, register: Register, cells: dict[str, None], advance: Callable[[int], None]) -> FileSurvey:
        """Enter all rows of the file and collect the application names in them."""
        file = FileSurvey(self._mapped, self._evidence, self._has_identity)
        for batch in self._mapped.table.batches(self._positions):
            note_evidence(batch, self._noted, self._catalogue, self._evidence)
            values, _ = self._reader.read(batch)
            self._of_rows.append(self._place(values, len(batch.lines), register, cells))
            advance(len(batch.lines))
        if self._of_rows:
            file.assets = np.concatenate(self._of_rows)
        return file

    def _place(
        self, values: dict[str, list[Value | None]], rows: int, register: Register, cells: dict[str, None]
    ) -> Numbers:
        placed = np.full(rows, SKIPPED, dtype=np.int64)
        if not self._has_identity:
            return placed
        nothing = [None] * rows
        columns = [values.get(name, nothing) for name in Names._fields]
        ends = ends_of(values, rows) if self._can_link else [LinkEnds()] * rows
        for at, (row, link) in enumerate(zip(map(Names._make, zip(*columns, strict=True)), ends, strict=True)):
            if self._links_only:
                placed[at] = LINK if link.both else SKIPPED
                continue
            who = self._identity(row)
            if who is not None:
                placed[at] = register.enter(who)
                self._collect(row, who, cells)
            elif link.both:
                placed[at] = LINK
        return placed

    def _identity(self, row: Names) -> Identity | None:
        kind = self._classifier.kind_of(row)
        return identify(row, kind, application_file=self._application_file)

    @staticmethod
    def _collect(row: Names, who: Identity, cells: dict[str, None]) -> None:
        if row.application_name is not None and not is_own_name(row.application_name, who):
            cells[row.application_name] = None
