"""Assets and dependencies as built from mapped rows, with the lineage of every value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import overload

import numpy as np
from numpy.typing import NDArray

from platform_core.domain.base import Frozen
from platform_core.domain.dependencies import DependencyVerdict
from platform_core.domain.table import Coded

Value = str | int | float | bool | date | tuple[str, ...]
"""A normalised value: its Python type follows the field's `FieldType` (lists are tuples of text)."""


class AssetKind(StrEnum):
    """What an asset is, for counting, completeness and planning."""

    APPLICATION = "application"
    SERVER = "server"
    DATABASE = "database"
    NETWORK = "network"
    STORAGE = "storage"
    HARDWARE = "hardware"
    SOFTWARE = "software"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row of an import that contributed to an asset or dependency."""

    import_id: int
    line: int


class SourceRows(Sequence[SourceRow]):
    """Rows of imports in order; a million of them are two numbers each until they are asked for."""

    def __init__(self, import_id: int = 0, lines: NDArray[np.int64] | None = None) -> None:
        self._parts: list[tuple[int, NDArray[np.int64]]] = []
        if lines is not None:
            self.add(import_id, lines)

    def add(self, import_id: int, lines: NDArray[np.int64]) -> None:
        """Add lines of an import."""
        self._parts.append((import_id, lines))

    def pairs(self) -> list[tuple[int, int]]:
        """Return import and line of each row."""
        return [(import_id, line) for import_id, lines in self._parts for line in lines.tolist()]

    def __len__(self) -> int:
        return sum(len(lines) for _, lines in self._parts)

    @overload
    def __getitem__(self, at: int) -> SourceRow: ...

    @overload
    def __getitem__(self, at: slice) -> list[SourceRow]: ...

    def __getitem__(self, at: int | slice) -> SourceRow | list[SourceRow]:
        if isinstance(at, slice):
            return [SourceRow(*pair) for pair in self.pairs()[at]]
        place = at if at >= 0 else at + len(self)
        for import_id, lines in self._parts:
            if 0 <= place < len(lines):
                return SourceRow(import_id, int(lines[place]))
            place -= len(lines)
        raise IndexError(at)

    def __iter__(self) -> Iterator[SourceRow]:
        return (SourceRow(*pair) for pair in self.pairs())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Edited:
    """What analysts made of a field: `built` is what the imports say, `by` the decisions that changed it, in order.

    `author` and `day` (YYYY-MM-DD) are those of the last one.
    """

    built: Value | None
    by: tuple[int, ...]
    author: str
    day: str


@dataclass(slots=True)
class Asset:
    """One thing to migrate, merged from all rows that describe it.

    `key` identifies it across rebuilds ("server:web01"); `values` maps canonical field keys to normalised
    values; `origins` gives, for each field, the index in `sources` of the row its value came from; `edits` tells
    of the fields (and of "kind") that analysts changed, None where they changed nothing. `refused` are the
    (field, text) of its cells that could not be read; it is filled only where a rule looks at it.
    """

    key: str
    kind: AssetKind
    name: str
    values: dict[str, Value] = field(default_factory=dict)
    sources: Sequence[SourceRow] = field(default_factory=list)
    origins: dict[str, int] = field(default_factory=dict)
    edits: dict[str, Edited] | None = None
    refused: frozenset[tuple[str, str]] = field(default=frozenset(), compare=False)


MEMBERSHIP_SEPARATOR = "; "
"""Stands between the names where the `application_name` of a machine or database names several applications."""


def applications_of(asset: Asset) -> tuple[str, ...]:
    """Return the names of the applications that `asset` belongs to, each spelled as the application's asset is."""
    named = asset.values.get("application_name")
    return named_applications(named) if isinstance(named, str) else ()


def named_applications(text: str) -> tuple[str, ...]:
    """Return the names of applications in a value of `application_name`."""
    return tuple(text.split(MEMBERSHIP_SEPARATOR))


@dataclass(slots=True)
class Dependency:
    """`source` needs `target`. Keys are None while the named end is not in the inventory.

    `weight` counts the observations (flow rows, listed mentions) behind the dependency; `verdict` is the analysts'.
    """

    source_name: str
    target_name: str
    source_key: str | None = None
    target_key: str | None = None
    source_ip: str | None = None
    target_ip: str | None = None
    port: int | None = None
    protocol: str | None = None
    relation: str | None = None
    process: str | None = None
    weight: float = 1.0
    sources: list[SourceRow] = field(default_factory=list)
    verdict: DependencyVerdict | None = None


class IssueKind(StrEnum):
    """What is wrong with a value or row."""

    UNREADABLE = "unreadable"  # the value does not fit the field's type; kept as raw text only
    INCOMPLETE = "incomplete"  # a part of a total could not be read, so the total is not known
    CONFLICT = "conflict"  # two imports say different things; the first stands
    NO_IDENTITY = "no_identity"  # the row names nothing; it became no asset
    UNRESOLVED = "unresolved"  # a dependency names something that is not in the inventory
    GONE = "gone"  # the newest export of its source does not tell the asset any more
    IMPLAUSIBLE = "implausible"  # outside what such a field can hold


REFUSED = (IssueKind.UNREADABLE, IssueKind.IMPLAUSIBLE)
"""Findings of cells whose text became no value of their field, and would be the field's value if it had."""


class QualityIssue(Frozen):
    """One finding about one value or row, with the words that say what was found and what was done."""

    kind: IssueKind
    field: str | None
    asset_key: str | None
    import_id: int
    line: int
    raw: str
    text: str


@dataclass(slots=True)
class Inventory:
    """The assets and dependencies of a migration, and what was found wrong on the way."""

    assets: list[Asset] = field(default_factory=list)
    dependencies: list[Dependency] = field(default_factory=list)
    issues: list[QualityIssue] = field(default_factory=list)
    rows_used: int = 0
    rows_skipped: int = 0


@dataclass(slots=True)
class AssetColumns:
    """Assets that one row of one import each describes, column by column: entry i of each column is of asset i.

    `numbers` are their places in the whole inventory, `values` the normalised values by field, None where unknown.
    """

    import_id: int
    numbers: NDArray[np.int64]
    lines: NDArray[np.int64]
    keys: list[str]
    kinds: Coded[AssetKind]
    names: list[str]
    values: dict[str, Coded[Value | None]]

    def assets(self) -> Iterator[Asset]:
        """Yield them one by one."""
        fields = tuple(self.values)
        rows = zip(*self.values.values(), strict=True) if fields else [()] * len(self.keys)
        heads = zip(self.keys, self.kinds, self.names, self.lines.tolist(), strict=True)
        for (key, kind, name, line), row in zip(heads, rows, strict=True):
            filled = {field: value for field, value in zip(fields, row, strict=True) if value is not None}
            yield Asset(key, kind, name, filled, [SourceRow(self.import_id, line)], dict.fromkeys(filled, 0))


@dataclass(slots=True)
class Part:
    """What some rows completed of an inventory; `numbers` are the places of its assets in the whole.

    Assets of a single row stand in `columns`, those that were merged in `inventory`.
    """

    inventory: Inventory = field(default_factory=Inventory)
    numbers: list[int] = field(default_factory=list)
    columns: list[AssetColumns] = field(default_factory=list)

    def spread(self) -> Part:
        """Return the same part with all assets one by one."""
        whole = replace(self.inventory, assets=list(self.inventory.assets))
        numbers = list(self.numbers)
        for columns in self.columns:
            whole.assets += columns.assets()
            numbers += columns.numbers.tolist()
        return Part(whole, numbers)

    def add(self, number: int, asset: Asset) -> None:
        """Add an asset that nothing is missing from any more."""
        self.inventory.assets.append(asset)
        self.numbers.append(number)


NO_VALUE = ""
"""Among the values of a filter: the field is empty."""


class AssetFilter(Frozen):
    """Which assets the analyst asked to see, and in which order; empty = no restriction.

    `text` are words that must all occur in the names, addresses and numbers of an asset. `only` gives, for fields (or
    kind, or findings), the values of which an asset must have one. `missing` is a field that must be empty, `sort` a
    field, kind or name.
    """

    text: str = ""
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    subject_key: str = ""
    missing: str = ""
    sort: str = "name"
    descending: bool = False

    @classmethod
    def of(cls, *, text: str = "", sort: str = "name", descending: bool = False, **only: Sequence[str]) -> AssetFilter:
        """Return the filter that lets pass what has one of the values given for each field."""
        chosen = tuple((name, tuple(values)) for name, values in only.items() if values)
        return cls(text=text, only=chosen, sort=sort, descending=descending)

    @property
    def is_open(self) -> bool:
        """Whether every asset passes."""
        return not (self.text.strip() or self.only or self.subject_key or self.missing)

    def unordered(self) -> AssetFilter:
        """Return the same restriction in the usual order: what counts for numbers, whatever the order of rows."""
        return self.model_copy(update={"sort": "name", "descending": False})
