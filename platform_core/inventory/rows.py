"""The second walk over one file: values are read, rows contribute to assets, findings are written down."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from itertools import compress
from typing import overload

import numpy as np

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.inventory import REFUSED, AssetKind, IssueKind, Part, QualityIssue, SourceRow, Value
from platform_core.domain.table import Batch, Cells
from platform_core.inventory.assets import OpenAssets
from platform_core.inventory.columns import TableReader
from platform_core.inventory.draft import Contribution
from platform_core.inventory.field_readers import Finding
from platform_core.inventory.links import DEPENDENCY_FIELDS, Links, can_link
from platform_core.inventory.names import loose
from platform_core.inventory.survey import SKIPPED, FileSurvey, Survey
from platform_core.inventory.vocabularies import RowRule, Vocabularies
from platform_core.inventory.words import plain

Values = dict[str, list[Value | None]]

NO_FIELDS: frozenset[str] = frozenset()


class _Sources(Sequence[SourceRow]):
    """The rows of a batch as sources; most are never asked for."""

    def __init__(self, import_id: int, lines: list[int]) -> None:
        self._import_id, self.lines = import_id, lines

    def __len__(self) -> int:
        return len(self.lines)

    @overload
    def __getitem__(self, at: int) -> SourceRow: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[SourceRow]: ...

    def __getitem__(self, at: int | slice) -> SourceRow | Sequence[SourceRow]:
        if isinstance(at, slice):
            return _Sources(self._import_id, self.lines[at])
        return SourceRow(self._import_id, self.lines[at])


class FileRows:
    """Reads the rows of one surveyed file in order; `number` is the file's place among the imports."""

    def __init__(
        self, number: int, file: FileSurvey, survey: Survey, catalogue: Catalogue, vocabularies: Vocabularies
    ) -> None:
        self._number, self._file, self._mapped, self._survey = number, file, file.mapped, survey
        self._reader = TableReader(file.mapped, catalogue, vocabularies, file.evidence)
        self._columns_of = {field.field: field.positions for field in self._reader.fields}
        self._fields = tuple(name for name in self._columns_of if name not in DEPENDENCY_FIELDS)
        mapped = {position for positions in self._columns_of.values() for position in positions}
        self._part_positions = part_columns(file.mapped.table.headers, mapped, vocabularies)
        self._totals = self._of_several_cells(vocabularies)
        self._can_link = can_link(self._columns_of)
        self._next_row = 0
        self.table = file.mapped.table
        self.positions = sorted(mapped.union(self._part_positions))

    def _of_several_cells(self, vocabularies: Vocabularies) -> frozenset[str]:
        """Return the fields of which one cell is only a part: columns or disks that add up."""
        added = {field.field for field in self._reader.fields if field.adds_up}
        if self._part_positions:
            added |= {name for name in self._columns_of if vocabularies.merge_rule(name).rows is RowRule.SUM}
        return frozenset(added)

    def take(self, batch: Batch, assets: OpenAssets, links: Links) -> Part:
        """Read the next batch and return what it completes."""
        values, findings = self._reader.read(batch)
        placed = self._file.assets[self._next_row : self._next_row + len(batch.lines)].tolist()
        self._next_row += len(placed)
        sources = _Sources(self._mapped.import_id, batch.lines)
        part = Part()
        part.inventory.rows_skipped = placed.count(SKIPPED)
        part.inventory.rows_used = len(placed) - part.inventory.rows_skipped
        self._settle_relations(values, placed, sources, links)
        self._settle_memberships(values, placed, sources, assets)
        part.inventory.issues += [self._unfit(finding, placed, sources) for finding in findings]
        part.inventory.issues += self._unidentified(batch, placed)
        self._contribute(batch, values, findings, (placed, sources), assets, part)
        return part

    def _settle_relations(
        self, values: Values, placed: Sequence[int], sources: Sequence[SourceRow], links: Links
    ) -> None:
        """Collect the dependencies of the rows; a list of those who need this asset is turned round."""
        if self._can_link:
            links.add_rows(values, sources)
        if "dependencies" not in values or "dep_relation_type" not in values:
            return
        lists = values["dependencies"]
        for at, (items, relation) in enumerate(zip(lists, values["dep_relation_type"], strict=True)):
            if placed[at] >= 0 and isinstance(items, tuple) and links.is_reversed(relation):
                links.add_reversed(self._survey.names[placed[at]], items, str(relation), sources[at])
                lists[at] = None

    def _settle_memberships(self, values: Values, placed: Sequence[int], sources: _Sources, assets: OpenAssets) -> None:
        """Write application names as the applications' assets do, and note who named them."""
        cells = values.get("application_name", [])
        for at, cell in enumerate(cells):
            if isinstance(cell, str) and placed[at] >= 0:
                if not self._is_own_name(cell, placed[at]):
                    assets.note_membership(cell, self._mapped.import_id, sources.lines[at])
                cells[at] = self._survey.memberships.value_of(cell)

    def _is_own_name(self, cell: str, number: int) -> bool:
        is_application = self._survey.kinds[number] is AssetKind.APPLICATION
        return is_application and loose(cell) == loose(self._survey.names[number])

    def _unfit(self, finding: Finding, placed: Sequence[int], sources: Sequence[SourceRow]) -> QualityIssue:
        number, source = placed[finding.row], sources[finding.row]
        outcome = "the rest of the list is kept" if finding.unfit.rest is not None else "the field stays empty"
        kind = finding.unfit.kind
        if finding.field in self._totals and kind in REFUSED:
            kind, outcome = IssueKind.INCOMPLETE, "the total stays unknown"
        return QualityIssue(
            kind=kind,
            field=finding.field,
            asset_key=self._survey.keys[number] if number >= 0 else None,
            import_id=source.import_id,
            line=source.line,
            raw=finding.raw,
            text=f"{finding.unfit.text}; {outcome}.",
        )

    def _unidentified(self, batch: Batch, placed: Sequence[int]) -> list[QualityIssue]:
        """Report each row that names nothing, but only once a file that has no column to name anything by."""
        if self._file.has_identity:
            text = "The row names neither an asset nor both ends of a dependency; it was left out."
            skipped = [at for at, number in enumerate(placed) if number == SKIPPED]
        else:
            text = "No column that names an asset is mapped; all rows of the file were left out."
            skipped = [0] if self._next_row == len(placed) else []
        return [self._no_identity(batch, at, text) for at in skipped]

    def _no_identity(self, batch: Batch, at: int, text: str) -> QualityIssue:
        raw = " | ".join(cells[at] for cells in batch.cells if cells[at])
        return QualityIssue(
            kind=IssueKind.NO_IDENTITY,
            field=None,
            asset_key=None,
            import_id=self._mapped.import_id,
            line=batch.lines[at],
            raw=raw,
            text=text,
        )

    def _contribute(
        self,
        batch: Batch,
        values: Values,
        findings: Sequence[Finding],
        rows: tuple[Sequence[int], Sequence[SourceRow]],
        assets: OpenAssets,
        part: Part,
    ) -> None:
        placed, sources = np.array(rows[0], dtype=np.int64), rows[1]
        alone = assets.singles(placed)
        columns = {name: values[name] for name in self._fields}
        if alone.any():
            kept = columns if alone.all() else {n: list(compress(c, alone)) for n, c in columns.items()}
            lines = list(compress(batch.lines, alone))
            part.columns.append(assets.columns(placed[alone], self._mapped.import_id, lines, kept))
        spoiled = _spoiled(findings)
        cells = dict(zip(batch.positions, batch.cells, strict=True))
        for at in np.flatnonzero(~alone & (placed >= 0)).tolist():
            said = Contribution(
                file=self._number,
                file_name=self._mapped.name,
                source=sources[at],
                values={name: value for name, column in columns.items() if (value := column[at]) is not None},
                raw_of=partial(self._raw, cells, at),
                part=tuple(cells[p][at] for p in self._part_positions) or None,
                spoiled=spoiled.get(at, NO_FIELDS),
            )
            assets.contribute(rows[0][at], said, part)

    def _raw(self, cells: Mapping[int, Cells], at: int, field: str) -> str:
        return " | ".join(cells[position][at] for position in self._columns_of[field] if cells[position][at])


def part_columns(headers: Sequence[str], mapped: Collection[int], vocabularies: Vocabularies) -> tuple[int, ...]:
    """Return the unmapped columns that tell the disks or partitions of one machine apart."""
    return tuple(
        at for at, header in enumerate(headers) if at not in mapped and plain(header) in vocabularies.part_headers
    )


def _spoiled(findings: Sequence[Finding]) -> dict[int, frozenset[str]]:
    spoiled: dict[int, frozenset[str]] = {}
    for finding in findings:
        spoiled[finding.row] = spoiled.get(finding.row, NO_FIELDS) | {finding.field}
    return spoiled
