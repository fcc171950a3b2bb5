"""What analysts decide about assets: values, repair rules over rows, duplicates; an append-only log, by asset key."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from platform_core.domain.base import Frozen


class DecisionKind(StrEnum):
    """What sort of decision it is."""

    VALUE = "value"
    RULE = "rule"
    DUPLICATE = "duplicate"


class Comparison(StrEnum):
    """How a condition looks at a field; all but EMPTY are false where nothing is known."""

    IS = "is"
    IS_NOT = "is not"
    ONE_OF = "is one of"
    EMPTY = "is empty"
    FILLED = "is filled"
    ABOVE = "is above"
    AT_LEAST = "is at least"
    BELOW = "is below"
    AT_MOST = "is at most"
    STARTS = "starts with"
    ENDS = "ends with"
    CONTAINS = "contains"
    MADE_OF = "consists only of"
    HAS = "lists"
    REFUSED = "could not be read as"


class Condition(Frozen):
    """One test of an asset. `field` is a canonical field, or kind, name or key.

    It is compared with `value`, or, where `other` names a field, with `factor` times that field of the same asset.
    Texts are compared as they are; STARTS, ENDS, CONTAINS and MADE_OF whatever the case. REFUSED holds where a cell of
    the field held the text `value` and could not be read. `negate` turns the test round for what is known; nothing at
    all is known of an empty field.
    """

    field: str
    test: Comparison
    value: JsonValue = None
    other: str = ""
    factor: float = 1.0
    negate: bool = False


class ChangeKind(StrEnum):
    """What is done to a field."""

    SET = "set"  # to `value`
    CLEAR = "clear"
    SCALE = "scale"  # times `factor`
    SWAP = "swap"  # with `other`
    MOVE = "move"  # to `other`, which is empty
    SHORTEN = "shorten"  # to what stands before the first dot; `other` keeps the whole where it is empty
    ADD = "add"  # the items `value` to a list
    DROP = "drop"  # the item `value` of a list
    LEAVE = "leave"  # nothing: a text that says nothing was looked at
    REPLACE = "replace"  # a text by what `words` gives for it


class Change(Frozen):
    """What a rule does to an asset that fits its conditions."""

    kind: ChangeKind
    field: str
    value: JsonValue = None
    other: str = ""
    factor: float = 1.0
    words: dict[str, str] = Field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that may change."""
        return (self.field, self.other) if self.other else (self.field,)


class SetValue(Frozen):
    """A field of one asset is `value` (None = it is not known, whatever the imports say)."""

    kind: Literal[DecisionKind.VALUE] = DecisionKind.VALUE
    field: str
    value: JsonValue


class Rule(Frozen):
    """Every asset that fits all `conditions` is changed, also those of later imports; `title` names the fault."""

    kind: Literal[DecisionKind.RULE] = DecisionKind.RULE
    title: str
    conditions: tuple[Condition, ...]
    change: Change

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that conditions or change look at."""
        tested = [name for test in self.conditions for name in (test.field, test.other) if name]
        return tuple(dict.fromkeys((*tested, *self.change.fields)))


class DuplicateAction(StrEnum):
    """What becomes of two assets that may be one; in the first three the decision's stays and the other goes."""

    KEEP = "keep"  # with its own values
    REPLACE = "replace"  # with the other's values in place of its own
    MERGE = "merge"  # field by field
    PARENT = "parent"  # both stay, under a parent
    APART = "apart"  # they are two, and nobody is asked again

    @property
    def is_one(self) -> bool:
        """Whether one of the two assets goes."""
        return self in {DuplicateAction.KEEP, DuplicateAction.REPLACE, DuplicateAction.MERGE}


class DuplicateDecision(Frozen):
    """What becomes of the asset of the decision and of `other_key`.

    In a merge `taken` says from which of the two keys a field comes; fields it does not name come from the asset of the
    decision, and from the other where it has none. `parent` names what both are put under.
    """

    kind: Literal[DecisionKind.DUPLICATE] = DecisionKind.DUPLICATE
    other_key: str
    action: DuplicateAction
    taken: dict[str, str] = Field(default_factory=dict)
    parent: str = ""


Content = Annotated[SetValue | Rule | DuplicateDecision, Field(discriminator="kind")]


class AssetDecision(Frozen):
    """One entry of the log; `asset_key` is None for a rule over rows. Later entries build on earlier ones."""

    id: int
    asset_key: str | None
    content: Content
    reason: str
    author: str
    at: datetime
