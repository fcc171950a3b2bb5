"""What each agent is given: the engines' answers and just enough of the data to judge the doubtful ones.

Services fill these from the store; an agent reads nothing else. `known` names hosts and people of the migration, so
that they can be replaced where a text mentions them and the endpoint is not on this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from pydantic import Field as Bounded

from platform_core.agents.privacy import Named
from platform_core.domain.base import Frozen
from platform_core.domain.catalogue import Field
from platform_core.domain.learning import LearnedMapping, UnderstoodFeedback
from platform_core.domain.mapping import FileKind, Suggestion
from platform_core.domain.risk import RiskAssessment, RiskAxis
from platform_core.domain.strategy import Fact, Recommendation
from platform_core.domain.waves import WaveOption


class Context(Frozen):
    """What every agent is given."""

    known: dict[Named, tuple[str, ...]] = Bounded(default_factory=dict)


class ColumnInQuestion(Frozen):
    """A column with the mapper's suggestion; `samples` are cells, `kinds` (detector label, share of filled cells)."""

    suggestion: Suggestion
    samples: tuple[str, ...] = ()
    kinds: tuple[tuple[str, float], ...] = ()
    filled: int = 0
    looked_at: int = 0


class MappingContext(Context):
    """For the CMDB analyst: all columns of one import, in order, and the catalogue of fields."""

    kind: FileKind
    format: str | None
    columns: tuple[ColumnInQuestion, ...]
    fields: tuple[Field, ...]


class HistoricColumn(Frozen):
    """A column decided before: what the engine said without the word in question, and what the analyst said."""

    header: str
    format: str | None
    engine: str | None
    decided: str | None


class LearningContext(Context):
    """For the learning specialist: analysts' words on headers, oldest first, and past decisions to replay them on."""

    words: tuple[LearnedMapping, ...]
    history: tuple[HistoricColumn, ...]
    fields: tuple[Field, ...]


class ClusterKind(StrEnum):
    """What brought the members of a cluster together."""

    NAMING = "naming"
    DUPLICATE = "duplicate"
    DEPENDENCY = "dependency"


class ClusterMember(Frozen):
    """An asset in a cluster. `role` is what it is within the cluster ("database", "called by 7")."""

    key: str
    name: str
    role: str = ""


class Cluster(Frozen):
    """Assets that look alike or hang together, with the engine's label, if any fits, and how sure it is (0..1)."""

    key: str
    kind: ClusterKind
    members: tuple[ClusterMember, ...]
    label: str | None
    confidence: float
    evidence: str


class PatternContext(Context):
    """For the pattern recognition expert: clusters found by the engine."""

    clusters: tuple[Cluster, ...]


class ApplicationInQuestion(Frozen):
    """An application with its facts and the 6R engine's recommendation; `worth` is what hangs on it, e.g. assets."""

    key: str
    name: str
    facts: tuple[Fact, ...]
    recommendation: Recommendation
    worth: float = 1.0


class StrategyContext(Context):
    """For the migration strategist."""

    applications: tuple[ApplicationInQuestion, ...]


class EvidenceCell(Frozen):
    """A piece of text in the data that may speak for or against a risk; `where` is for people ("cmdb.csv line 14")."""

    field: str
    text: str
    where: str = ""


class DriverChoice(Frozen):
    """A driver of the risk catalogue; `text` says when it applies."""

    name: str
    axis: RiskAxis
    text: str


class RiskInQuestion(Frozen):
    """An application with its assessment and the texts known about it."""

    key: str
    name: str
    assessment: RiskAssessment
    cells: tuple[EvidenceCell, ...]
    worth: float = 1.0


class RiskContext(Context):
    """For the risk assessor. `drivers` is the whole catalogue."""

    applications: tuple[RiskInQuestion, ...]
    drivers: tuple[DriverChoice, ...]


class Neighbour(Frozen):
    """Another group that this one has dependencies with: where it stands, and their weight."""

    group: str
    wave: int
    weight: float


class GroupInQuestion(Frozen):
    """A move group where it stands, with what each wave would mean for it (`options` of the wave planner)."""

    name: str
    applications: tuple[str, ...]
    wave: int
    options: tuple[WaveOption, ...]
    effort: float = 0.0
    critical: int = 0
    risk: float = 0.0
    neighbours: tuple[Neighbour, ...] = ()


class MoveJudgement(Frozen):
    """What some moves together would mean: rules they break, in words, and the change of the severed weight."""

    broken: tuple[str, ...]
    cut_change: float


JudgeMoves = Callable[[Mapping[str, int]], MoveJudgement]
"""Recounts a plan with some groups in other waves ({group name: wave}), against the plan as it stands."""


class WaveContext(Context):
    """For the wave planner: groups of the stored plan `plan`, and the recount that every accepted move must pass."""

    waves: int
    plan: int | None = None
    groups: tuple[GroupInQuestion, ...]
    judge: JudgeMoves


class FeedbackContext(Context):
    """For reading feedback: a comment, what the rules understood of it, and the headers and fields there are.

    `feedback` is the number under which the comment is stored, None for a note that is not.
    """

    feedback: int | None = None
    text: str
    understood: UnderstoodFeedback
    headers: tuple[str, ...]
    fields: tuple[Field, ...]
