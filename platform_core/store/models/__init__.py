"""The tables, one module a subject."""

from platform_core.store.models.access import AnswerRow, TokenRow
from platform_core.store.models.agents import CallRow, ModelTextRow, ProposalRow, TaskRow
from platform_core.store.models.asset_decisions import AssetDecisionRow
from platform_core.store.models.assets import AssetRow, DependencyRow, IssueRow
from platform_core.store.models.base import Base
from platform_core.store.models.choices import (
    DependencyDecisionRow,
    FinishedWorkRow,
    NoiseRow,
    PolicyRow,
    RateCardRow,
    RegisterRow,
)
from platform_core.store.models.decisions import AuditRow, CorrectionRow, FeedbackRow
from platform_core.store.models.duplicates import DuplicatePairRow, DuplicateSearchRow
from platform_core.store.models.imports import ColumnRow, ImportRow, MappingRow, QuarantineRow
from platform_core.store.models.judgements import ApplicationEventRow, RecommendationRow, RiskRow
from platform_core.store.models.migrations import MigrationRow, SessionRow
from platform_core.store.models.organisations import MembershipRow, OrganisationRow
from platform_core.store.models.plans import MoveGroupRow, PlacementRow, PlanRow, WaveRow
from platform_core.store.models.runs import RunEventRow, RunRow, RunStepRow, WorkerRow
from platform_core.store.models.views import SavedViewRow

__all__ = [
    "AnswerRow",
    "ApplicationEventRow",
    "AssetDecisionRow",
    "AssetRow",
    "AuditRow",
    "Base",
    "CallRow",
    "ColumnRow",
    "CorrectionRow",
    "DependencyDecisionRow",
    "DependencyRow",
    "DuplicatePairRow",
    "DuplicateSearchRow",
    "FeedbackRow",
    "FinishedWorkRow",
    "ImportRow",
    "IssueRow",
    "MappingRow",
    "MembershipRow",
    "MigrationRow",
    "ModelTextRow",
    "MoveGroupRow",
    "NoiseRow",
    "OrganisationRow",
    "PlacementRow",
    "PlanRow",
    "PolicyRow",
    "ProposalRow",
    "QuarantineRow",
    "RateCardRow",
    "RecommendationRow",
    "RegisterRow",
    "RiskRow",
    "RunEventRow",
    "RunRow",
    "RunStepRow",
    "SavedViewRow",
    "SessionRow",
    "TaskRow",
    "TokenRow",
    "WaveRow",
    "WorkerRow",
]
