"""Assets and strategies on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from platform_core.api.schemas.building_blocks import ANY_TEXT, ONE_LINE, SOME_TEXT, Asked, Number, Schema
from platform_core.domain.inventory import AssetKind, IssueKind
from platform_core.domain.strategy import Strategy
from platform_core.services.asset_lists import SORTED_BY

FILTERS = ("kind", "environment", "business_criticality", "application_name", "location", "os_name", "findings")
"""Fields of which assets may be asked to have one of several values."""

Value = Annotated[str, StringConstraints(max_length=400, pattern=ANY_TEXT)]
Values = Annotated[list[Value], Field(max_length=50)]


class AssetsWanted(BaseModel):
    """Which assets are asked for; a filter that is sent several times lets pass what has one of its values."""

    text: str = Field(
        "", max_length=200, pattern=ANY_TEXT, description="Words that all occur in names, addresses, numbers."
    )
    kind: Annotated[list[AssetKind], Field(max_length=50)] = []
    environment: Values = []
    business_criticality: Values = []
    application_name: Values = []
    location: Values = []
    os_name: Values = []
    findings: Values = []
    sort: str = Field("key", json_schema_extra={"enum": [*sorted(SORTED_BY)]}, max_length=60, pattern=ONE_LINE)
    descending: bool = False
    after: str = Field("", max_length=2_000, pattern=ANY_TEXT, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=200)


class AssetOut(Schema):
    """An asset with the values it has, by canonical field; it is planned with its `subject_key`."""

    key: str
    kind: AssetKind
    name: str
    subject_key: str
    values: dict[str, Any]


class LineageOut(Schema):
    """A value and the cell it came from; `set_by` names who set it by hand, and `built` is then what imports say."""

    field: str
    label: str
    value: Any
    file_name: str
    column: str
    line: int
    built: Any
    set_by: str


class AssetFindingOut(Schema):
    """One finding about a value or row of an asset."""

    kind: IssueKind
    field: str | None
    text: str
    raw: str
    file_name: str
    line: int


class AssetDetailOut(Schema):
    """Everything known about one asset."""

    key: str
    kind: AssetKind
    name: str
    subject_key: str
    values: list[LineageOut]
    findings: list[AssetFindingOut]


class CompletenessOut(Schema):
    """How many assets of a kind have a value in a field that planning needs."""

    kind: AssetKind
    field: str
    label: str
    filled: int
    total: int


class StrategyLine(Schema):
    """What counts for an application: the strategy, the engine's own, how sure it is, and what drives it."""

    subject_key: str
    name: str
    assets: int
    criticality: str | None
    decided: Strategy | None = Field(description="What counts; null = needs data.")
    engine: Strategy | None
    runner_up: Strategy | None
    margin: float
    confidence: float
    drivers: list[str]
    overridden: bool


class DistributionOut(Schema):
    """How the portfolio splits over the strategies that count, in applications."""

    applications: dict[str, int]
    total: int
    needs_data: int
    overridden: int
    within_noise: int


class ReasonOut(Schema):
    """One signed reason for or against a strategy."""

    strategy: Strategy
    text: str
    weight: float


class RankedOut(Schema):
    """A strategy with its score."""

    strategy: Strategy
    score: float


class MissingOut(Schema):
    """A fact nobody knows, and the question that asks for it."""

    question: str


class ArgumentOut(Schema):
    """Why an application got its strategy: ranking, reasons, what is missing, and an override if there is one."""

    line: StrategyLine
    ranking: list[RankedOut]
    evidence: list[ReasonOut]
    missing: list[MissingOut]
    contradictions: list[str]
    override_reason: str | None
    override_by: str | None
    override_at: datetime | None
    version: int


class OverrideGiven(Asked):
    """A strategy in place of the engine's (null takes the override back), and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"subject_key": "application:billing", "strategy": "retain", "reason": "Contract", "version": 1}
            ]
        },
    )

    subject_key: str = Field(pattern=SOME_TEXT, max_length=400)
    strategy: Strategy | None
    reason: str = Field(pattern=SOME_TEXT, max_length=2_000)
    version: Number
