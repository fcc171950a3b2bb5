"""How complete and how trustworthy an inventory is."""

from __future__ import annotations

from enum import StrEnum

from platform_core.domain.asset_decisions import Change, Condition, Rule
from platform_core.domain.base import Frozen
from platform_core.domain.inventory import AssetKind, IssueKind


class FieldCompleteness(Frozen):
    """How many assets of a kind have a critical field filled.

    `stands_for` lists the fields of which any one will do ("hostname" names a server as well as "asset_name").
    """

    kind: AssetKind
    field: str
    stands_for: tuple[str, ...]
    filled: int
    total: int

    @property
    def share(self) -> float:
        """Filled share, 0..1."""
        return self.filled / self.total if self.total else 0.0


class Completeness(Frozen):
    """Completeness of all critical fields of the kinds that occur, in the order of kinds and of the catalogue."""

    fields: tuple[FieldCompleteness, ...]

    @property
    def filled(self) -> int:
        """Critical fields filled, over all assets."""
        return sum(field.filled for field in self.fields)

    @property
    def total(self) -> int:
        """Critical fields there are, over all assets."""
        return sum(field.total for field in self.fields)

    @property
    def share(self) -> float | None:
        """Filled share over all assets, None where no asset has a critical field."""
        return self.filled / self.total if self.total else None

    def of(self, kind: AssetKind) -> tuple[FieldCompleteness, ...]:
        """Return the fields of one kind."""
        return tuple(field for field in self.fields if field.kind is kind)


class QualityPart(Frozen):
    """One part of the quality score: `good` of `total` things looked at are in order; `score` is 0..100.

    `score` is None where nothing could be looked at.
    """

    name: str
    good: int
    total: int
    text: str

    @property
    def score(self) -> float | None:
        """Share in order as 0..100."""
        return 100 * self.good / self.total if self.total else None


class QualityScore(Frozen):
    """The quality of an inventory and the parts it is made of."""

    parts: tuple[QualityPart, ...]

    @property
    def score(self) -> float | None:
        """The plain mean of the parts that could be computed, 0..100; None where none could."""
        known = [part.score for part in self.parts if part.score is not None]
        return sum(known) / len(known) if known else None


class Dimension(StrEnum):
    """The dimensions of data quality that are looked at (ISO/IEC 25012; freshness is its currentness)."""

    COMPLETENESS = "completeness"
    VALIDITY = "validity"
    CONSISTENCY = "consistency"
    UNIQUENESS = "uniqueness"
    FRESHNESS = "freshness"


class Failing(Frozen):
    """Which assets fail a part of the score: those that meet one of the groups of conditions, or have such a finding.

    `namesakes` = those too whose name another asset of their kind has. `count` is their number.
    """

    groups: tuple[tuple[Condition, ...], ...] = ()
    findings: tuple[IssueKind, ...] = ()
    namesakes: bool = False
    count: int = 0


class Evidence(Frozen):
    """What must hold of an inventory as a whole before a check counts.

    At least `least` assets meet `conditions`, and they are at least `share` of those that meet `among`.
    """

    conditions: tuple[Condition, ...]
    among: tuple[Condition, ...] = ()
    least: int = 1
    share: float = 0.0


class Check(Frozen):
    """A fault that rows can have: assets that meet all `conditions` have it, and `change` (if any) mends it.

    A check counts only where its `evidence` (if any) is there. `source` says where its threshold comes from.
    """

    key: str
    dimension: Dimension
    title: str
    why: str
    field: str
    conditions: tuple[Condition, ...]
    change: Change | None = None
    evidence: Evidence | None = None
    source: str


class Fault(Frozen):
    """A fault that was found: how many assets have it, which those are, and the change that would mend them all.

    `why` says by which evidence; `examples` are some of the values concerned.
    """

    key: str
    dimension: Dimension
    title: str
    why: str
    field: str
    conditions: tuple[Condition, ...]
    change: Change | None
    count: int
    examples: tuple[str, ...] = ()

    @property
    def rule(self) -> Rule | None:
        """The repair as a rule over rows, None where nothing but an analyst can tell what is right."""
        if self.change is None:
            return None
        return Rule(title=self.title, conditions=self.conditions, change=self.change)
