"""The second walk over one file: values are read, rows contribute to assets, findings are written down."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from itertools import repeat

import numpy as np

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.inventory import REFUSED, AssetKind, IssueKind, Part, QualityIssue, SourceRow, SourceRows
from platform_core.domain.table import Batch, Cells, Coded
from platform_core.inventory.assets import OpenAssets
from platform_core.inventory.columns import TableReader
from platform_core.inventory.draft import Contribution
from platform_core.inventory.field_readers import Finding, Values
from platform_core.inventory.heads import Numbers
from platform_core.inventory.links import DEPENDENCY_FIELDS, Links, can_link
from platform_core.inventory.names import loose
from platform_core.inventory.row_names import Mask
from platform_core.inventory.survey import SKIPPED, FileSurvey, Survey
from platform_core.inventory.vocabularies import RowRule, Vocabularies
from platform_core.inventory.words import plain

FieldColumns = dict[str, Values]

NO_FIELDS: frozenset[str] = frozenset()


class FileRows:
    """Reads the rows of one surveyed file in order; `number` is the file's place among the imports."""

    def __init__(
        self, number: int, file: FileSurvey, survey: Survey, catalogue: Catalogue, vocabularies: Vocabularies
    ) -> None:
        self._number, self._file, self._mapped, self._survey = number, file, file.mapped, survey
        self._heads = survey.heads
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
        placed = self._file.assets[self._next_row : self._next_row + len(batch.lines)]
        self._next_row += len(placed)
        sources = SourceRows(self._mapped.import_id, batch.lines)
        part = Part()
        part.inventory.rows_skipped = int(np.count_nonzero(placed == SKIPPED))
        part.inventory.rows_used = len(placed) - part.inventory.rows_skipped
        self._settle_relations(values, placed, sources, links)
        self._settle_memberships(values, placed, batch.lines, assets)
        part.inventory.issues += [self._unfit(finding, placed, sources) for finding in findings]
        part.inventory.issues += self._unidentified(batch, placed)
        self._contribute(batch, values, findings, placed, assets, part)
        return part

    def _settle_relations(
        self, values: FieldColumns, placed: Numbers, sources: Sequence[SourceRow], links: Links
    ) -> None:
        """Collect the dependencies of the rows; a list of those who need this asset is turned round."""
        if self._can_link:
            links.add_rows(values, sources)
        if "dependencies" not in values or "dep_relation_type" not in values:
            return
        lists = values["dependencies"].spread()
        for at, (items, relation) in enumerate(zip(lists, values["dep_relation_type"], strict=True)):
            if placed[at] >= 0 and isinstance(items, tuple) and links.is_reversed(relation):
                links.add_reversed(self._heads.name(placed[at]), items, str(relation), sources[at])
                lists[at] = None
        values["dependencies"] = Coded.plain(lists)

    def _settle_memberships(self, values: FieldColumns, placed: Numbers, lines: Numbers, assets: OpenAssets) -> None:
        """Write application names as the applications' assets do, and note who named them."""
        cells = values.get("application_name")
        if cells is None:
            return
        named = (placed >= 0) & ~self._is_own_name(cells, placed)
        assets.note_memberships(cells.rows(named), self._mapped.import_id, lines[named])
        value_of = self._survey.memberships.value_of
        values["application_name"] = cells.instead(
            [value_of(cell) if isinstance(cell, str) else cell for cell in cells.values]
        )

    def _is_own_name(self, cells: Values, placed: Numbers) -> Mask:
        """Tell which rows are applications that have themselves in the column of applications."""
        own = placed >= 0
        own[own] = self._heads.are(AssetKind.APPLICATION, placed[own])
        for at in np.flatnonzero(own).tolist():
            cell = cells[at]
            own[at] = isinstance(cell, str) and loose(cell) == loose(self._heads.name(placed[at]))
        return own

    def _unfit(self, finding: Finding, placed: Numbers, sources: Sequence[SourceRow]) -> QualityIssue:
        number, source = placed[finding.row], sources[finding.row]
        outcome = "the rest of the list is kept" if finding.unfit.rest is not None else "the field stays empty"
        kind = finding.unfit.kind
        if finding.field in self._totals and kind in REFUSED:
            kind, outcome = IssueKind.INCOMPLETE, "the total stays unknown"
        return QualityIssue(
            kind=kind,
            field=finding.field,
            asset_key=self._heads.key(number) if number >= 0 else None,
            import_id=source.import_id,
            line=source.line,
            raw=finding.raw,
            text=f"{finding.unfit.text}; {outcome}.",
        )

    def _unidentified(self, batch: Batch, placed: Numbers) -> list[QualityIssue]:
        """Report each row that names nothing, but only once a file that has no column to name anything by."""
        if self._file.has_identity:
            text = "The row names neither an asset nor both ends of a dependency; it was left out."
            skipped = np.flatnonzero(placed == SKIPPED).tolist()
        else:
            text = "No column that names an asset is mapped; all rows of the file were left out."
            skipped = [0] if self._next_row == len(placed) else []
        return [self._no_identity(batch, at, text) for at in skipped]

    def _no_identity(self, batch: Batch, at: int, text: str) -> QualityIssue:
        raw = " | ".join(cells[at] for cells in batch.cells.values() if cells[at])
        return QualityIssue(
            kind=IssueKind.NO_IDENTITY,
            field=None,
            asset_key=None,
            import_id=self._mapped.import_id,
            line=int(batch.lines[at]),
            raw=raw,
            text=text,
        )

    def _contribute(
        self,
        batch: Batch,
        values: FieldColumns,
        findings: Sequence[Finding],
        placed: Numbers,
        assets: OpenAssets,
        part: Part,
    ) -> None:
        columns = {name: values[name] for name in self._fields}
        alone = assets.singles(placed)
        if alone.any():
            kept = columns if alone.all() else {name: column.rows(alone) for name, column in columns.items()}
            part.columns.append(assets.columns(placed[alone], self._mapped.import_id, batch.lines[alone], kept))
        merged = ~alone & (placed >= 0)
        if not merged.any():
            return
        spoiled = _spoiled(findings)
        rows = zip(*(column.rows(merged) for column in columns.values()), strict=True) if columns else repeat(())
        for at, row in zip(np.flatnonzero(merged).tolist(), rows, strict=bool(columns)):
            said = Contribution(
                file=self._number,
                file_name=self._mapped.name,
                source=SourceRow(self._mapped.import_id, int(batch.lines[at])),
                fields=self._fields,
                row=row,
                raw_of=partial(self._raw, batch.cells, at),
                part=tuple(batch.cells[p][at] for p in self._part_positions) or None,
                spoiled=spoiled.get(at, NO_FIELDS),
            )
            assets.contribute(int(placed[at]), said, part)

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
