"""The first walk over all files: which asset each row belongs to, and how each column writes numbers and dates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.inventory import AssetKind
from platform_core.domain.mapping import FileKind, MappedTable
from platform_core.inventory.classify import Classifier
from platform_core.inventory.columns import Evidences, FieldValues, Noting, TableReader, mapped_columns
from platform_core.inventory.heads import Heads, Numbers
from platform_core.inventory.identity import IDENTITY_FIELDS, Identity, Names, identify
from platform_core.inventory.links import END_FIELDS, SOURCE_FALLBACKS, can_link, ends_of
from platform_core.inventory.memberships import Memberships
from platform_core.inventory.names import loose
from platform_core.inventory.numbering import number_assets
from platform_core.inventory.reading import ColumnEvidence
from platform_core.inventory.row_kinds import KINDS, kinds_of
from platform_core.inventory.row_names import NO_KIND, Mask, Namer, RowNames, name_rows
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
    assets: Numbers


@dataclass
class Survey:
    """What the first walk found: the files in import order and the assets in order of their first row."""

    files: list[FileSurvey]
    heads: Heads
    memberships: Memberships
    implied_keys: dict[str, str]
    """The key of each application that only machines and databases name, by the name they use."""


def survey(
    tables: Sequence[MappedTable], catalogue: Catalogue, vocabularies: Vocabularies, advance: Callable[[int], None]
) -> Survey:
    """Walk over `tables` in the order of their imports; `advance` hears of each batch's row count."""
    cells: dict[str, None] = {}
    several = len(tables) > 1
    walks = [
        FileWalk(mapped, catalogue, vocabularies, several=several)
        for mapped in sorted(tables, key=lambda table: table.import_id)
    ]
    heads, numbers = number_assets([(walk.walk(cells, advance), walk.identities) for walk in walks])
    pa.default_memory_pool().release_unused()
    for walk, found in zip(walks, numbers, strict=True):
        walk.file.assets = np.where(found >= 0, found, walk.file.assets)
    return _concluded([walk.file for walk in walks], heads, cells)


def _concluded(files: list[FileSurvey], heads: Heads, cells: dict[str, None]) -> Survey:
    applications = heads.some_names(heads.of_kind(AssetKind.APPLICATION))
    memberships = Memberships(cells, {loose(name): name for name in reversed(applications)})
    taken = set(heads.some_keys(heads.of_kind(AssetKind.APPLICATION)))
    implied = {name: _free(f"{AssetKind.APPLICATION}:{token}", taken) for token, name in memberships.implied.items()}
    return Survey(files, heads, memberships, implied)


def _free(key: str, taken: set[str]) -> str:
    return key if key not in taken else f"{key}~"


class FileWalk:
    """The first walk over one file; `several` = there are other files."""

    def __init__(self, mapped: MappedTable, catalogue: Catalogue, vocabularies: Vocabularies, *, several: bool) -> None:
        columns = mapped_columns(mapped, catalogue)
        fields = {column.field for column in columns}
        self._mapped = mapped
        self._can_link = can_link(fields)
        self._links_only = self._can_link and mapped.kind is FileKind.DEPENDENCY
        evidence: Evidences = {c.position: ColumnEvidence.of(catalogue[c.field]) for c in columns}
        self._noting = Noting(columns, catalogue, evidence)
        self._reader = TableReader(mapped, catalogue, vocabularies, evidence, {*Names._fields, *END_FIELDS})
        self._positions = sorted(self._noting.positions.union(*(f.positions for f in self._reader.fields)))
        self._classifier = Classifier(mapped.kind, fields, vocabularies)
        self._application_file = mapped.kind is FileKind.APPLICATION
        self._namer = Namer(application_file=self._application_file, several=several)
        has_identity = self._can_link or bool(fields.intersection(IDENTITY_FIELDS))
        self.file = FileSurvey(mapped, evidence, has_identity, np.empty(0, np.int64))

    def walk(self, cells: dict[str, None], advance: Callable[[int], None]) -> list[RowNames]:
        """Return the names of all rows, batch by batch, and collect the application names in them."""
        found, outcomes = [], []
        for batch in self._mapped.table.batches(self._positions):
            self._noting.note(batch)
            values = self._reader.asked(batch)
            names = self._named(values)
            outcomes.append(self._outcomes(values, names))
            self._collect(values, names, cells)
            found.append(names)
            advance(len(batch.lines))
        if outcomes:
            self.file.assets = np.concatenate(outcomes)
        return found

    def identities(self, wanted: Mask) -> Iterable[tuple[int, Identity]]:
        """Yield the identity of each row that is `wanted`, in order, with its place."""
        start = 0
        for batch in self._mapped.table.batches(self._positions):
            places = np.flatnonzero(wanted[start : start + len(batch.lines)])
            if len(places):
                values = self._reader.asked(batch)
                kinds = kinds_of(values, self._classifier)[places]
                for at, kind, row in zip(places.tolist(), kinds.tolist(), name_rows(values, places), strict=True):
                    who = identify(row, KINDS[kind], application_file=self._application_file)
                    if who is not None:
                        yield start + at, who
            start += len(batch.lines)

    def _named(self, values: FieldValues) -> RowNames:
        if self._links_only or not self.file.has_identity:
            return self._namer.nothing_named(len(values))
        return self._namer.named(values, kinds_of(values, self._classifier))

    def _outcomes(self, values: FieldValues, names: RowNames) -> Numbers:
        """Return LINK for rows that say what needs what, SKIPPED for others; what names an asset is numbered later."""
        found = np.full(len(values), SKIPPED, dtype=np.int64)
        if self._can_link:
            wanted = {name: values[name] for name in (*SOURCE_FALLBACKS, *END_FIELDS) if name in values}
            both = np.array([ends.both for ends in ends_of(wanted, len(values))], np.bool_)
            found[both & (names.kinds == NO_KIND)] = LINK
        return found

    @staticmethod
    def _collect(values: FieldValues, names: RowNames, cells: dict[str, None]) -> None:
        """Add the application names of rows that are not this application themselves, in order of the rows."""
        if "application_name" not in values:
            return
        column = values["application_name"]
        counts = (names.kinds != NO_KIND) & column.filled()
        for at in np.flatnonzero(counts & (names.kinds == KINDS.index(AssetKind.APPLICATION))).tolist():
            counts[at] = loose(str(column[at])) != str(names.tokens[at])
        codes, firsts = np.unique(column.codes[counts], return_index=True)
        for code in codes[np.argsort(firsts)].tolist():
            cells[str(column.values[code])] = None
