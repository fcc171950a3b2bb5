"""From the store to what each agent is given: the engines' stored answers, and the data about what is in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from platform_core import learning, waves
from platform_core.agents.clusters import find_clusters
from platform_core.agents.contexts import (
    ApplicationInQuestion,
    ColumnInQuestion,
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
from platform_core.agents.privacy import Named
from platform_core.dependencies import Graph
from platform_core.domain.catalogue import FieldType
from platform_core.domain.inventory import Asset, AssetKind
from platform_core.domain.learning import Correction, LearnedMapping, Verdict
from platform_core.domain.mapping import Band, Candidate, Combine, Evidence, FileKind, MappingState, Source, Suggestion
from platform_core.domain.risk import Mitigation, RiskAssessment, RiskBand, RiskDriver
from platform_core.domain.strategy import Fact, Ranked, Recommendation, Strategy, Veto
from platform_core.domain.waves import MoveGroup, PlannedAsset, WaveOption
from platform_core.inventory.duplicates import find_duplicates
from platform_core.reference import catalogue
from platform_core.services.arrangements import Arrangement, arrangement
from platform_core.services.bootstrap import agent_data
from platform_core.services.duplicates import told_apart
from platform_core.services.knowledge import duplicate_knowledge, risk_drivers
from platform_core.services.learned import word_log
from platform_core.services.verdicts import noise_of
from platform_core.store import UnitOfWork
from platform_core.store.models import ColumnRow, MappingRow, RecommendationRow, RiskRow

Known = dict[Named, tuple[str, ...]]

_HOSTS = frozenset({AssetKind.SERVER, AssetKind.DATABASE, AssetKind.NETWORK, AssetKind.STORAGE, AssetKind.HARDWARE})
_STRATEGY = ("strategy",)  # the driver that follows from the strategy itself; no text speaks of it
_HOST_FIELDS = ("hostname", "fqdn")
_ENDED = frozenset({MappingState.ACCEPTED, MappingState.CHANGED, MappingState.IGNORED, MappingState.REJECTED})


def mapping_context(work: UnitOfWork, import_id: int) -> MappingContext:
    """Return an import's columns for the CMDB analyst. Call inside an open block of `work`; raises NotFound."""
    row = work.imports.get(import_id)
    read = {column.position: column for column in work.imports.columns(import_id)}
    return MappingContext(
        known=_known(work.assets.all(row.migration_id)),
        kind=FileKind(row.kind),
        format=row.format,
        columns=tuple(_column(mapped, read[mapped.position]) for mapped in work.mappings.of(import_id)),
        fields=tuple(catalogue()),
    )


def learning_context(work: UnitOfWork, migration_id: int) -> LearningContext:
    """Return analysts' words and what was decided before, for the learning specialist. Call inside an open block."""
    history = [
        HistoricColumn(
            header=mapped.header,
            format=owner.format,
            engine=mapped.suggested_field if mapped.source == Source.RULES else None,
            decided=mapped.field,
        )
        for owner in work.imports.of(migration_id)
        for mapped in work.mappings.of(owner.id)
        if mapped.state in _ENDED
    ]
    return LearningContext(
        words=tuple(
            _lesson(word)
            for word in word_log(work)
            if word.migration_id == migration_id and word.verdict is not Verdict.NOT
        ),
        history=tuple(history),
        fields=tuple(catalogue()),
    )


def feedback_context(work: UnitOfWork, migration_id: int, text: str, feedback_id: int | None = None) -> FeedbackContext:
    """Return a note with what the rules understood of it, for the learning specialist. Call inside an open block.

    With `feedback_id` it is that stored comment; raises NotFound.
    """
    if feedback_id is not None:
        text = work.feedback.get(feedback_id).text
    headers = {
        mapped.header: None
        for owner in work.imports.of(migration_id)
        for mapped in work.mappings.of(owner.id)
        if mapped.header
    }
    return FeedbackContext(
        known=_known(work.assets.all(migration_id)),
        feedback=feedback_id,
        text=text,
        understood=learning.read_feedback(text, catalogue(), tuple(headers)),
        headers=tuple(headers),
        fields=tuple(catalogue()),
    )


def pattern_context(work: UnitOfWork, migration_id: int) -> PatternContext:
    """Return the clusters of an inventory, for the pattern recognition expert. Call inside an open block."""
    assets = list(work.assets.all(migration_id))
    graph = Graph(assets, work.dependencies.all(migration_id), noise_of(work, migration_id))
    alike = find_duplicates(assets, duplicate_knowledge(), told_apart=told_apart(work, migration_id)).pairs
    clusters = find_clusters(assets, graph, agent_data().name_parts, alike)
    return PatternContext(known=_known(assets), clusters=clusters)


def strategy_context(work: UnitOfWork, migration_id: int) -> StrategyContext:
    """Return the applications nobody has overridden, for the migration strategist. Call inside an open block."""
    rows = [row for row in work.recommendations.of(migration_id) if row.override is None]
    return StrategyContext(
        known=_known(work.assets.all(migration_id)), applications=tuple(_application(row) for row in rows)
    )


def risk_context(work: UnitOfWork, migration_id: int) -> RiskContext:
    """Return the applications with the texts known about them, for the risk assessor. Call inside an open block."""
    assets = list(work.assets.all(migration_id))
    file_names = {row.id: row.file_name for row in work.imports.of(migration_id)}
    texts = _texts(assets, work.assets.subjects(migration_id), file_names)
    sizes = {row.subject_key: row.assets for row in work.recommendations.outlines(migration_id)}
    return RiskContext(
        known=_known(assets),
        applications=tuple(
            RiskInQuestion(
                key=row.subject_key,
                name=row.name,
                assessment=_assessment(row),
                cells=tuple(texts.get(row.subject_key, ())),
                worth=float(row.score * sizes.get(row.subject_key, 1)),
            )
            for row in work.risks.of(migration_id)
        ),
        drivers=tuple(
            DriverChoice(name=driver.name, axis=driver.axis, text=driver.steps[0].text)
            for driver in risk_drivers().drivers
            if driver.keys != _STRATEGY
        ),
    )


def wave_context(work: UnitOfWork, plan_id: int) -> WaveContext:
    """Return a plan's groups with what each wave would mean for them, for the wave planner. Call inside an open block.

    Raises NotFound.
    """
    current = arrangement(work, plan_id)
    everything, wave_of = current.planned.portfolio, current.wave_of
    before = waves.check(everything, current.rules, wave_of)
    severed = _severed(current, {})

    def judge(moves: Mapping[str, int]) -> MoveJudgement:
        changes = {name: wave for group, wave in moves.items() for name in members[group]}
        broken = waves.check(everything, current.rules, current.moved(changes))
        added = [violation.text for violation in broken if violation not in before]
        return MoveJudgement(broken=tuple(added), cut_change=_severed(current, changes) - severed)

    options = list(waves.options_of_groups(everything, current.rules, wave_of)) if wave_of else []
    members = {group.name: group.applications for group, _ in options}
    return WaveContext(
        waves=current.rules.waves,
        plan=plan_id,
        groups=_groups(current, options),
        judge=judge,
    )


def _lesson(word: Correction) -> LearnedMapping:
    """Return a word as a lesson; said of a file that is no known export it has an empty format."""
    export = None if word.file is None else word.file.format or ""
    return LearnedMapping(header=word.header, field=word.field, format=export, author=word.author, at=word.at)


def _column(mapped: MappingRow, read: ColumnRow) -> ColumnInQuestion:
    profile = read.profile
    return ColumnInQuestion(
        suggestion=Suggestion(
            position=mapped.position,
            header=mapped.header,
            field=mapped.suggested_field,
            confidence=mapped.confidence,
            band=Band(mapped.band) if mapped.state == MappingState.SUGGESTED else Band.ACCEPT,
            unit=mapped.suggested_unit,
            unit_is_guess=mapped.unit_is_guess,
            combine=Combine(mapped.combine),
            duplicate_of=mapped.duplicate_of,
            alternatives=tuple(Candidate.model_validate(item) for item in mapped.alternatives),
            evidence=tuple(Evidence.model_validate(item) for item in mapped.evidence),
            source=Source(mapped.source),
        ),
        samples=tuple(str(sample) for sample in read.samples),
        kinds=tuple((str(label), float(share)) for label, share in profile.get("kinds", ())),
        filled=int(profile.get("filled", 0)),
        looked_at=int(profile.get("looked_at", 0)),
    )


def _application(row: RecommendationRow) -> ApplicationInQuestion:
    return ApplicationInQuestion(
        key=row.subject_key,
        name=row.name,
        facts=tuple(Fact.model_validate(item) for item in row.facts.values()),
        recommendation=Recommendation(
            strategy=Strategy(row.strategy) if row.strategy else None,
            confidence=row.confidence,
            ranking=tuple(Ranked.model_validate(item) for item in row.ranking),
            vetoes=tuple(Veto.model_validate(item) for item in row.vetoes),
        ),
        worth=float(row.assets),
    )


def _assessment(row: RiskRow) -> RiskAssessment:
    names = {driver.name for driver in risk_drivers().drivers if driver.keys != _STRATEGY}
    return RiskAssessment(
        likelihood=row.likelihood,
        impact=row.impact,
        band=RiskBand(row.band),
        residual_likelihood=row.residual_likelihood,
        residual_impact=row.residual_impact,
        drivers=tuple(RiskDriver.model_validate(item) for item in row.drivers),
        mitigations=tuple(Mitigation.model_validate(item) for item in row.mitigations),
        unknown=tuple(name for name in row.unknown if name in names),
    )


def _texts(
    assets: Iterable[Asset], subject_of: Mapping[str, str], file_names: Mapping[int, str]
) -> dict[str, list[EvidenceCell]]:
    """Return the free texts about each planning subject, equal ones once."""
    fields = [field.key for field in catalogue() if field.type is FieldType.TEXT]
    found: dict[str, dict[str, EvidenceCell]] = {}
    for asset in assets:
        for field in fields:
            text = asset.values.get(field)
            if isinstance(text, str) and text.strip():
                row = asset.sources[asset.origins.get(field, 0)] if asset.sources else None
                where = f"{file_names.get(row.import_id, 'import')}, line {row.line}" if row else asset.name
                cell = EvidenceCell(field=field, text=text, where=where)
                found.setdefault(subject_of[asset.key], {}).setdefault(text, cell)
    return {key: list(cells.values()) for key, cells in found.items()}


def _groups(
    current: Arrangement, options: Iterable[tuple[MoveGroup, tuple[WaveOption, ...]]]
) -> tuple[GroupInQuestion, ...]:
    inside: dict[str, list[PlannedAsset]] = {}
    for asset in current.planned.portfolio.assets:
        inside.setdefault(asset.application, []).append(asset)
    listed = list(options)
    group_of = {name: group.name for group, _ in listed for name in group.applications}
    near = _neighbours(current, group_of)
    wave_by_group = {group_of[name]: wave for name, wave in current.wave_by_application.items() if name in group_of}
    return tuple(
        GroupInQuestion(
            name=group.name,
            applications=group.applications,
            wave=wave_by_group[group.name],
            options=rows,
            effort=round(sum(asset.effort for name in group.applications for asset in inside.get(name, ())), 3),
            critical=sum(asset.critical for name in group.applications for asset in inside.get(name, ())),
            risk=max((asset.risk for name in group.applications for asset in inside.get(name, ())), default=0.0),
            neighbours=tuple(
                Neighbour(group=other, wave=wave_by_group[other], weight=weight)
                for other, weight in near.get(group.name, {}).items()
                if other in wave_by_group
            ),
        )
        for group, rows in listed
        if group.name in wave_by_group
    )


def _neighbours(current: Arrangement, group_of: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Return the weight of the dependencies between groups, in either direction."""
    assets = current.planned.portfolio.assets
    of_asset = {a.asset_id: group_of[a.application] for a in assets if a.application in group_of}
    found: dict[str, dict[str, float]] = {}
    for link in current.planned.portfolio.links:
        source, target = of_asset.get(link.source), of_asset.get(link.target)
        if source and target and source != target:
            for one, other in ((source, target), (target, source)):
                weights = found.setdefault(one, {})
                weights[other] = weights.get(other, 0.0) + link.weight
    return found


def _severed(current: Arrangement, changes: Mapping[str, int]) -> float:
    """Return the weight of the dependencies that cross waves once some applications are elsewhere."""
    moved = current.moved(changes)
    return sum(
        link.weight
        for link in current.planned.portfolio.links
        if link.source in moved and link.target in moved and moved[link.source] != moved[link.target]
    )


def _known(assets: Iterable[Asset]) -> Known:
    """Return the names of hosts and people in an inventory, to be replaced wherever a text mentions them."""
    people = [field.key for field in catalogue() if field.type is FieldType.PERSON]
    hosts: dict[str, None] = {}
    persons: dict[str, None] = {}
    for asset in assets:
        named = [asset.name] if asset.kind in _HOSTS else []
        named += [value for name in _HOST_FIELDS if isinstance(value := asset.values.get(name), str)]
        hosts.update(dict.fromkeys(named))
        persons.update({str(value): None for name in people if (value := asset.values.get(name))})
    return {Named.HOST: tuple(hosts), Named.PERSON: tuple(persons)}
