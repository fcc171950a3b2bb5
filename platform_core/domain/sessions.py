"""Kept sessions: what a migration looked like at one moment, and what differs between two of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from platform_core.domain.base import Frozen


class KeptColumn(Frozen):
    """What stood for one column of an import; `field` None = no field."""

    header: str
    field: str | None
    unit: str | None
    state: str
    by: str


class KeptImport(Frozen):
    """An import with its columns, by position."""

    id: int
    file_name: str
    sheet: str
    sha256: str
    kind: str
    state: str
    rows: int
    columns: dict[int, KeptColumn]


class KeptStrategy(Frozen):
    """The strategy of one application: the engine's, the analyst's, and the one that counts (None = needs data)."""

    name: str
    recommended: str | None
    override: str | None
    decided: str | None
    confidence: float


class KeptPlan(Frozen):
    """The plan that counted: its rules as stored, the wave of each application, the share of weight severed (0..1)."""

    id: int
    name: str
    rules: dict[str, Any]
    wave_of: dict[str, int]
    severed: float | None


class KeptState(Frozen):
    """Everything but the assets, which lie beside it as a Parquet file.

    `assets` counts them; `policy` numbers the version of the policy that counted, 0 = the shipped one.
    """

    inventory_revision: int
    assets: int
    policy: int
    policy_change: dict[str, Any]
    imports: tuple[KeptImport, ...]
    strategies: dict[str, KeptStrategy]
    plan: KeptPlan | None


class Part(StrEnum):
    """What of a migration a difference is about."""

    IMPORTS = "imports"
    MAPPINGS = "mappings"
    INVENTORY = "inventory"
    STRATEGIES = "strategies"
    POLICY = "policy"
    PLAN = "plan"


class Because(Frozen):
    """A recorded change that led to a difference: who did what, when, and why."""

    at: datetime
    by: str
    text: str
    why: str = ""


class Difference(Frozen):
    """One thing that is otherwise in the other session; the texts are shown as they are, empty = not there."""

    part: Part
    subject: str
    before: str
    after: str
    because: tuple[Because, ...] = ()


class ChangedAsset(Frozen):
    """An asset both inventories hold, with the fields that differ: (field, before, after), None = no value."""

    key: str
    name: str
    fields: tuple[tuple[str, str | None, str | None], ...]


class AssetDifferences(Frozen):
    """Two inventories beside each other: how many assets are only in one, differ, or are the same.

    `by_field` counts the assets in which a field differs, most frequent first. `new`, `gone` (key, name) and
    `changed` hold the first of each in name order.
    """

    created: int
    removed: int
    updated: int
    unchanged: int
    by_field: tuple[tuple[str, int], ...]
    new: tuple[tuple[str, str], ...]
    gone: tuple[tuple[str, str], ...]
    changed: tuple[ChangedAsset, ...]
