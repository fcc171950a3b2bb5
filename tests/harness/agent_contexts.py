"""Small made contexts for every agent, each with items that the engine is not sure of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from platform_core.agents.contexts import (
    ApplicationInQuestion,
    Cluster,
    ClusterKind,
    ClusterMember,
    ColumnInQuestion,
    Context,
    DriverChoice,
    EvidenceCell,
    FeedbackContext,
    GroupInQuestion,
    HistoricColumn,
    LearningContext,
    MappingContext,
    MoveJudgement,
    Neighbour,
    PatternContext,
    RiskContext,
    RiskInQuestion,
    StrategyContext,
    WaveContext,
)
from platform_core.domain.learning import LearnedMapping, ProposedCorrection, UnderstoodFeedback
from platform_core.domain.mapping import Band, Candidate, FileKind, Suggestion
from platform_core.domain.risk import RiskAssessment, RiskAxis, RiskBand
from platform_core.domain.strategy import Fact, Ranked, Recommendation, Strategy
from platform_core.domain.waves import WaveOption
from platform_core.reference import catalogue

FIELDS = tuple(catalogue())


def doubtful_column(
    position: int,
    header: str,
    *,
    field: str | None = "hostname",
    others: Sequence[str] = ("asset_name", "ip_address"),
    samples: Sequence[str] = ("a-01", "a-02"),
    kinds: Sequence[tuple[str, float]] = (("host names", 0.9),),
) -> ColumnInQuestion:
    """Return a column in the review band with close candidates."""
    return ColumnInQuestion(
        suggestion=Suggestion(
            position=position,
            header=header,
            field=field,
            confidence=0.5,
            band=Band.REVIEW,
            alternatives=tuple(Candidate(field=other, confidence=0.3) for other in others),
        ),
        samples=tuple(samples),
        kinds=tuple(kinds),
        filled=8,
        looked_at=10,
    )


def mapping_context(*columns: ColumnInQuestion) -> MappingContext:
    """Return columns of an unknown export of servers."""
    return MappingContext(kind=FileKind.SERVER, format=None, columns=columns, fields=FIELDS)


def learning_context() -> LearningContext:
    """Return words that agree, that stand alone and that contradict each other, and a past that knows them."""
    return LearningContext(
        words=(
            LearnedMapping(header="Svc Tag", field="serial_number", format="Dell export"),
            LearnedMapping(header="Asset", field="hostname", format="Old CMDB"),
            LearnedMapping(header="Asset", field="asset_name", format="New CMDB"),
        ),
        history=(
            HistoricColumn(header="svc tag", format="Dell export", engine=None, decided="serial_number"),
            HistoricColumn(header="Asset", format="Old CMDB", engine="hostname", decided="hostname"),
        ),
        fields=FIELDS,
    )


def pattern_context(*members: str) -> PatternContext:
    """Return one naming cluster that the engine could not label."""
    named = members or ("web01", "web02", "web03", "printer9")
    return PatternContext(
        clusters=(
            Cluster(
                key="naming web",
                kind=ClusterKind.NAMING,
                members=tuple(ClusterMember(key=f"server:{name}", name=name, role="server") for name in named),
                label=None,
                confidence=0.2,
                evidence="4 names share a stem",
            ),
        )
    )


def close_application(
    key: str = "app:shop", *, facts: Mapping[str, str | int | bool] | None = None
) -> ApplicationInQuestion:
    """Return an application for which rehost leads replatform by a little."""
    known = facts or {"os": "Windows Server 2012 R2", "database": "SQL Server 2012", "users": 900, "stable": True}
    return ApplicationInQuestion(
        key=key,
        name=key.removeprefix("app:"),
        facts=tuple(Fact(key=name, value=value, source="cmdb.csv, line 2") for name, value in known.items()),
        recommendation=Recommendation(
            strategy=Strategy.REHOST,
            confidence=0.4,
            ranking=(
                Ranked(strategy=Strategy.REHOST, score=0.4),
                Ranked(strategy=Strategy.REPLATFORM, score=0.38),
                Ranked(strategy=Strategy.RETIRE, score=0.1),
                Ranked(strategy=Strategy.RETAIN, score=0.1),
            ),
        ),
        worth=3.0,
    )


def strategy_context(*applications: ApplicationInQuestion) -> StrategyContext:
    """Return applications with close leaders."""
    return StrategyContext(applications=applications or (close_application(),))


def risk_context(*texts: str) -> RiskContext:
    """Return an application with notes, of which two drivers are not known."""
    notes = texts or ("Vendor support ended last year, nobody knows the rollback.",)
    return RiskContext(
        applications=(
            RiskInQuestion(
                key="app:shop",
                name="shop",
                assessment=RiskAssessment(
                    likelihood=2,
                    impact=3,
                    band=RiskBand.MEDIUM,
                    residual_likelihood=2,
                    residual_impact=3,
                    unknown=("no_rollback", "unsupported"),
                ),
                cells=tuple(EvidenceCell(field="notes", text=text, where="cmdb.csv, line 4") for text in notes),
            ),
        ),
        drivers=(
            DriverChoice(name="no_rollback", axis=RiskAxis.LIKELIHOOD, text="there is no tested way back"),
            DriverChoice(name="unsupported", axis=RiskAxis.LIKELIHOOD, text="a part is out of support"),
            DriverChoice(name="many_users", axis=RiskAxis.IMPACT, text="more than 1,000 people use it"),
        ),
    )


def wave_context(*, cut_change: float = 0.0, broken: tuple[str, ...] = ()) -> WaveContext:
    """Return a plan of three waves in which two groups could stand elsewhere; the recount says what is given."""

    def judge(moves: Mapping[str, int]) -> MoveJudgement:
        return MoveJudgement(broken=broken, cut_change=cut_change)

    return WaveContext(
        waves=3,
        groups=tuple(
            GroupInQuestion(
                name=name,
                applications=(name,),
                wave=1,
                options=(
                    WaveOption(wave=1, cut_change=0.0),
                    WaveOption(wave=2, cut_change=0.0),
                    WaveOption(wave=3, forbidden_by=(f"{name} is frozen in wave 3.",)),
                ),
                effort=5.0,
                neighbours=(Neighbour(group="CRM", wave=2, weight=2.0),),
            )
            for name in ("Shop", "Fax")
        ),
        judge=judge,
    )


def feedback_context(text: str = "the ram figure really is the memory of the box") -> FeedbackContext:
    """Return a note that the rules could not read, about a migration with three columns."""
    return FeedbackContext(
        text=text,
        understood=UnderstoodFeedback(
            corrections=(ProposedCorrection(header="CPU", field="cpu_cores"),), not_understood=(text,)
        ),
        headers=("RAM", "CPU", "Notes"),
        fields=FIELDS,
    )


def one_of_each() -> tuple[Context, ...]:
    """Return a context for every task of the agents."""
    return (
        mapping_context(doubtful_column(0, "Box"), doubtful_column(1, "Addr", field="ip_address")),
        learning_context(),
        feedback_context(),
        pattern_context(),
        strategy_context(),
        risk_context(),
        wave_context(),
    )
