"""An asset while its rows come in: first the rows of one file with each other, then file with file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from platform_core.domain.inventory import IssueKind, QualityIssue, SourceRow, Value
from platform_core.inventory.agreement import agree
from platform_core.inventory.vocabularies import RowRule, Vocabularies

Part = tuple[str, ...] | None
Row = tuple[Sequence[str], tuple[Value | None, ...], Part]

NOTHING: Row = ((), (), None)
NO_PARTS: set[Part] = set()
NOWHERE: dict[str, int] = {}
NO_TEXTS: dict[str, str] = {}
"""Stand for what is not needed yet; never changed."""


class Contribution(NamedTuple):
    """What one row says about an asset.

    `row` holds its values in the order of `fields`, None where unknown. `raw_of` gives the text behind a field's value;
    `part` tells the disk or partition of the row, None where the file does not list such; `spoiled` are fields with a
    cell that could not be read.
    """

    file: int
    file_name: str
    source: SourceRow
    fields: Sequence[str]
    row: tuple[Value | None, ...]
    raw_of: Callable[[str], str]
    part: Part
    spoiled: frozenset[str]

    def values(self) -> dict[str, Value]:
        """Return the values that are known, by field."""
        return _known(self.fields, self.row)


class Draft:
    """Collects the contributions to one asset; they must come file by file.

    Values that are merged stand in `values`; those of the file at hand wait until it is closed. Very many drafts may
    wait for a later file, most of them with one row: what only several rows of a file need is made when they come.
    """

    __slots__ = (
        "_file",
        "_file_names",
        "_first",
        "_first_at",
        "_fresh",
        "_later_at",
        "_parts",
        "_raws",
        "_spoiled",
        "issues",
        "key",
        "origins",
        "sources",
        "values",
    )

    def __init__(self, key: str) -> None:
        self.key = key
        self.values: dict[str, Value] = {}
        self.origins: dict[str, int] = {}
        self.sources: list[SourceRow] = []
        self.issues: list[QualityIssue] = []
        self._file_names: list[str] = []
        self._file: int | None = None
        self._first: Row = NOTHING
        self._first_at = 0
        self._fresh: dict[str, Value] | None = None
        self._parts: set[Part] = NO_PARTS
        self._later_at: dict[str, int] = NOWHERE
        self._raws: dict[str, str] = NO_TEXTS
        self._spoiled: frozenset[str] = frozenset()

    def add(self, said: Contribution, vocabularies: Vocabularies) -> None:
        """Take in one row."""
        if said.file != self._file:
            self.close(vocabularies)
        self.sources.append(said.source)
        self._file_names.append(said.file_name)
        if said.file != self._file:
            self._begin(said)
            return
        fresh = self._opened()
        is_new_part = said.part is not None and said.part not in self._parts
        self._parts.add(said.part)
        self._spoiled |= said.spoiled
        for field, value in said.values().items():
            if field not in fresh:
                self._take(field, value, said)
            elif fresh[field] != value or is_new_part:
                self._combine(field, value, said, vocabularies, is_new_part=is_new_part)

    def close(self, vocabularies: Vocabularies) -> None:
        """Merge what the file at hand said into the asset: earlier files stand, empty fields are filled."""
        if self._file is None:
            return
        fresh = self._opened()
        if self._spoiled and len(self._parts) > 1:
            fresh = {field: value for field, value in fresh.items() if field not in self._spoiled}
        for field, value in fresh.items():
            kept = self.values.get(field)
            if kept is None:
                self.values[field], self.origins[field] = value, self._at(field)
            elif (
                kept != value and vocabularies.merge_rule(field).reports and not agree(field, kept, value, vocabularies)
            ):
                self._report(field, (kept, self.origins[field]), (value, self._at(field)), self._raws.get(field, ""))
        self._file = self._fresh = None
        self._first, self._parts, self._later_at, self._raws = NOTHING, NO_PARTS, NOWHERE, NO_TEXTS

    def _begin(self, said: Contribution) -> None:
        self._file = said.file
        self._first = (said.fields, said.row, said.part)
        self._first_at = len(self.sources) - 1
        self._spoiled = said.spoiled
        if self.values:
            for field in self._opened():
                self._keep_raw(field, said)

    def _opened(self) -> dict[str, Value]:
        """Return the values of the file at hand, to be changed by its further rows."""
        if self._fresh is None:
            fields, row, part = self._first
            self._fresh = _known(fields, row)
            self._parts, self._later_at, self._raws = {part}, {}, {}
        return self._fresh

    def _at(self, field: str) -> int:
        return self._later_at.get(field, self._first_at)

    def _take(self, field: str, value: Value, said: Contribution) -> None:
        self._opened()[field] = value
        self._later_at[field] = len(self.sources) - 1
        self._keep_raw(field, said)

    def _keep_raw(self, field: str, said: Contribution) -> None:
        """Keep the text behind a value only where it contradicts an earlier file."""
        value = self._opened()[field]
        if self.values.get(field, value) != value:
            self._raws.setdefault(field, said.raw_of(field))

    def _combine(
        self, field: str, value: Value, said: Contribution, vocabularies: Vocabularies, *, is_new_part: bool
    ) -> None:
        rule = vocabularies.merge_rule(field)
        fresh = self._opened()
        kept = fresh[field]
        if rule.rows is RowRule.LATEST and str(value) > str(kept):
            self._take(field, value, said)
        elif (rule.rows is RowRule.SUM and is_new_part) or rule.rows is RowRule.LIST:
            fresh[field] = _total(kept, value) if rule.rows is RowRule.SUM else _joined(kept, value)
            self._keep_raw(field, said)
        elif rule.reports and not agree(field, kept, value, vocabularies):
            self._report(field, (kept, self._at(field)), (value, len(self.sources) - 1), said.raw_of(field))

    def _report(self, field: str, stands: tuple[Value, int], other: tuple[Value, int], raw: str) -> None:
        source = self.sources[other[1]]
        self.issues.append(
            QualityIssue(
                kind=IssueKind.CONFLICT,
                field=field,
                asset_key=self.key,
                import_id=source.import_id,
                line=source.line,
                raw=raw,
                text=f"{self._place(other[1])} says {shown(other[0])}; {shown(stands[0])} from "
                f"{self._place(stands[1])} stands.",
            )
        )

    def _place(self, at: int) -> str:
        return f"{self._file_names[at]} line {self.sources[at].line}"


def _known(fields: Sequence[str], row: Sequence[Value | None]) -> dict[str, Value]:
    return {field: value for field, value in zip(fields, row, strict=True) if value is not None}


def shown(value: Value) -> str:
    """Return a value as a person writes it."""
    if isinstance(value, float):
        return f"{value:.6g}"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _total(kept: Value, value: Value) -> Value:
    if isinstance(kept, int | float) and isinstance(value, int | float):
        return round(kept + value, 6)
    return kept


def _joined(kept: Value, value: Value) -> Value:
    if isinstance(kept, tuple) and isinstance(value, tuple):
        return tuple(dict.fromkeys((*kept, *value)))
    return "; ".join(dict.fromkeys((*str(kept).split("; "), str(value))))
