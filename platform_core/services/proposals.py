"""Proposals of agents: kept beside the engine's answers, accepted or rejected by analysts, then applied as theirs.

Accepting uses the same use cases as an analyst's own decision, so that it lands in the trail and can be undone there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from platform_core.agents.cmdb_analyst import column_key
from platform_core.domain.agents import (
    AgentName,
    AgentPolicy,
    AgentResult,
    AliasChange,
    Change,
    Cited,
    ColumnChange,
    CorrectionChange,
    PatternChange,
    Proposal,
    Reach,
    RiskChange,
    StrategyChange,
    WaveChange,
)
from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.learning import CorrectedFile, Correction, ProposedCorrection, Verdict
from platform_core.domain.runs import ProposalState
from platform_core.errors import BadInput, Conflict, WorkbenchError
from platform_core.services import mappings, plans, risks, strategies
from platform_core.services.feedback import words_of
from platform_core.services.mappings import Action, Decision
from platform_core.services.teaching import keep as keep_words
from platform_core.services.teaching import prepare
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import ProposalRow

POLICY = "The migration's policy allows it."
"""Why a proposal was accepted that nobody looked at."""

_OF_APPLICATIONS = frozenset({"strategy", "risk"})
_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)


@dataclass(frozen=True)
class Keeper:
    """The run and task that proposals come from, and the import they concern, where they concern columns."""

    run_id: int
    task_id: int | None = None
    import_id: int | None = None


class ProposalView(Frozen):
    """A proposal as pages show it: the change, the engine's answer beside it, evidence, checks and decision.

    `item` is the key of what it concerns, `about` its name for people.
    """

    id: int
    run_id: int
    import_id: int | None
    agent: AgentName
    item: str
    about: str
    change: Change
    engine: str
    agrees: bool
    cited: tuple[Cited, ...]
    checks: tuple[str, ...]
    rationale: str
    worth: float
    call_id: str
    state: ProposalState
    reason: str
    created_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    version: int


def keep(work: UnitOfWork, migration_id: int, result: AgentResult, keeper: Keeper) -> list[int]:
    """Keep the proposals of a result and return their numbers; older open ones about the same items are outdated."""
    fresh = [_row(proposal, migration_id, keeper) for proposal in result.proposals]
    concerned = {(row.kind, row.item) for row in fresh}
    with work:
        for kind in {row.kind for row in fresh}:
            for old in work.proposals.of(migration_id, kind, import_id=keeper.import_id, state=ProposalState.OPEN):
                if (old.kind, old.item) in concerned and old.import_id == keeper.import_id:
                    old.state, old.decided_at = ProposalState.OUTDATED, now()
        work.proposals.add_all(fresh)
        work.flush()
        numbers = [row.id for row in fresh]
        work.commit()
    return numbers


def of_run(work: UnitOfWork, run_id: int) -> list[ProposalView]:
    """Return the proposals of a run, the most valuable first."""
    with work.reading():
        views = _views(work, work.proposals.of_run(run_id))
    return sorted(views, key=lambda view: (-view.worth, view.id))


def waiting(
    work: UnitOfWork,
    migration_id: int,
    kind: str = "",
    *,
    import_id: int | None = None,
    plan_id: int | None = None,
    item: str = "",
) -> list[ProposalView]:
    """Return the open proposals of a migration: what differs from the engine first, then the most valuable.

    `kind` keeps one kind of change ("column", "wave" …), `import_id` the columns of one import, `plan_id` the moves
    within one plan, `item` one item.
    """
    with work.reading():
        rows = work.proposals.of(migration_id, kind, import_id=import_id, state=ProposalState.OPEN)
        wanted = [row for row in rows if item in {"", row.item} and plan_id in {None, row.proposed.get("plan")}]
        views = _views(work, wanted)
    return sorted(views, key=lambda view: (view.agrees, -view.worth, view.id))


def column_item(position: int) -> str:
    """Return the item under which a column of an import goes."""
    return column_key(position)


def open_ones(
    work: UnitOfWork, migration_id: int, kind: str, *, import_id: int | None = None, differing: bool = True
) -> dict[str, ProposalView]:
    """Return the open proposals of one kind by item, the latest for each; `differing` leaves out mere agreement."""
    with work.reading():
        rows = work.proposals.of(migration_id, kind, import_id=import_id, state=ProposalState.OPEN)
        views = _views(work, rows[::-1])
    return {view.item: view for view in views if not (differing and view.agrees)}


def accept(
    work: UnitOfWork, proposal_id: int, by: Identity, *, reason: str = "", seen_version: int | None = None
) -> ProposalView:
    """Apply a proposal as a decision of `by`.

    Raises Conflict when it was decided already or what it concerns changed meanwhile (it is then outdated), NotFound,
    or BadInput where it cannot be applied as things stand.
    """
    row = _open(work, proposal_id, seen_version)
    try:
        _apply(work, row, _CHANGE.validate_python(row.proposed), by)
    except Conflict:
        _settle(work, proposal_id, ProposalState.OUTDATED, by, "What it concerns changed meanwhile.")
        raise
    return _settle(work, proposal_id, ProposalState.ACCEPTED, by, reason.strip())


def reject(
    work: UnitOfWork, proposal_id: int, by: Identity, *, reason: str = "", seen_version: int | None = None
) -> ProposalView:
    """Put a proposal aside; nothing changes. Raises Conflict when it was decided already."""
    _open(work, proposal_id, seen_version)
    return _settle(work, proposal_id, ProposalState.REJECTED, by, reason.strip())


def accept_all(
    work: UnitOfWork, numbers: Iterable[int], by: Identity, *, reason: str = ""
) -> tuple[list[int], dict[int, str]]:
    """Accept several proposals; returns the accepted ones, and for each of the others why it could not be."""
    accepted: list[int] = []
    refused: dict[int, str] = {}
    for number in numbers:
        try:
            accept(work, number, by, reason=reason)
        except WorkbenchError as error:
            refused[number] = str(error)
        else:
            accepted.append(number)
    return accepted, refused


def policy(work: UnitOfWork, migration_id: int) -> AgentPolicy:
    """Return what a migration allows its agents; at first nothing."""
    with work.reading():
        return AgentPolicy.model_validate(work.migrations.get(migration_id).agent_policy)


def set_policy(work: UnitOfWork, migration_id: int, allowed: AgentPolicy, by: Identity) -> None:
    """Say what a migration allows its agents from now on."""
    with work:
        row = work.migrations.get(migration_id)
        before, row.agent_policy = row.agent_policy, allowed.model_dump(mode="json")
        text = ", ".join(f"{kind}: {level}" for kind, level in sorted(allowed.accept.items())) or "nothing"
        work.audit.record(
            by,
            "migration.agent_policy",
            migration_id=migration_id,
            text=f"Agents may apply without asking: {text}",
            before=before,
            after=row.agent_policy,
        )
        work.commit()


def apply_policy(work: UnitOfWork, migration_id: int, numbers: Sequence[int], by: Identity) -> tuple[int, ...]:
    """Accept those of the proposals that the migration's policy allows, in the name of who started the run."""
    allowed = policy(work, migration_id)
    if not allowed.accept:
        return ()
    with work.reading():
        rows = [work.proposals.get(number) for number in numbers]
        chosen = [row.id for row in rows if allowed.allows(_proposal(row))]
    accepted, _ = accept_all(work, chosen, by, reason=POLICY)
    return tuple(accepted)


def _apply(work: UnitOfWork, row: ProposalRow, change: Change, by: Identity) -> None:
    """Apply a change as the analyst's own decision; a label of a pattern is taken note of, and changes nothing."""
    match change:
        case ColumnChange() if row.import_id is not None:
            action = Action.IGNORE if change.field is None else Action.CHANGE
            decision = Decision(position=change.position, action=action, field=change.field)
            mappings.decide(work, row.import_id, [decision], by)
        case StrategyChange():
            with work.reading():
                version = work.recommendations.get(row.migration_id, change.application).version
            reason = f"Proposed by the migration strategist: {row.rationale or 'no reason given'}"
            strategies.override(
                work, row.migration_id, change.application, change.strategy, reason, by, seen_version=version
            )
        case WaveChange() if change.plan is not None:
            with work.reading():
                version = work.plans.get(change.plan).version
                application = next(
                    (p.application for p in work.plans.placements(change.plan) if p.move_group == change.group), None
                )
            if application is None:
                raise Conflict("The move group is not in the plan any more.", hint="Plan the waves again.")
            plans.move(work, change.plan, application, change.wave, by, seen_version=version)
        case AliasChange() | CorrectionChange():
            _teach(work, row, change, by)
        case RiskChange():
            risks.draft(work, row.migration_id, change.application, _verdict(row, change), by, applies=change.applies)
        case ColumnChange() | WaveChange():
            raise BadInput("The proposal names nothing it could be applied to.")


def _verdict(row: ProposalRow, change: RiskChange) -> str:
    """Return what the register keeps of a proposal: the driver, and the passage that speaks for it."""
    said = f"{change.driver.replace('_', ' ').capitalize()}: {'applies' if change.applies else 'does not apply'}"
    cited = [Cited.model_validate(item) for item in row.evidence]
    return f"{said}, “{cited[0].text}” ({cited[0].where})." if cited else f"{said}."


def _teach(work: UnitOfWork, row: ProposalRow, change: AliasChange | CorrectionChange, by: Identity) -> None:
    """Teach a word through the same gate as an analyst's own."""
    if isinstance(change, AliasChange) and change.reach is Reach.NOWHERE:
        return
    with work.reading():
        lesson = prepare(work, row.migration_id, _words(work, row, change, by))
    with work:
        keep_words(work, row.migration_id, lesson, by)
        work.commit()


def _words(
    work: UnitOfWork, row: ProposalRow, change: AliasChange | CorrectionChange, by: Identity
) -> list[Correction]:
    """Return what is to be learned; a correction read by a model counts as far as one that the rules read."""
    if isinstance(change, CorrectionChange):
        correction = ProposedCorrection(header=change.header, field=change.field)
        return words_of(work, row.migration_id, correction, by, change.sentence)
    word = Correction(
        number=0,
        header=change.header,
        verdict=Verdict.MEANS if change.field else Verdict.IGNORE,
        field=change.field,
        file=CorrectedFile(format=change.format) if change.format else None,
        author=by.name,
        reason=row.rationale,
        migration_id=row.migration_id,
    )
    return [word]


def _open(work: UnitOfWork, proposal_id: int, seen_version: int | None) -> ProposalRow:
    with work.reading():
        row = work.proposals.get(proposal_id, expected=seen_version)
    if row.state != ProposalState.OPEN:
        raise Conflict(f"This proposal is {row.state} already.", hint="Look at it as it stands now.")
    return row


def _settle(work: UnitOfWork, proposal_id: int, state: ProposalState, by: Identity, reason: str) -> ProposalView:
    with work:
        row = work.proposals.get(proposal_id)
        row.state, row.reason, row.decided_at, row.decided_by = state, reason, now(), by.name
        work.audit.record(
            by,
            f"proposal.{state}",
            migration_id=row.migration_id,
            subject=str(row.id),
            text=f"Proposal of the {row.agent.replace('_', ' ')} about {row.item}: {state}",
            after=row.proposed,
            why=reason,
        )
        work.commit()
        return _views(work, [row])[0]


def _row(proposal: Proposal, migration_id: int, keeper: Keeper) -> ProposalRow:
    return ProposalRow(
        run_id=keeper.run_id,
        task_id=keeper.task_id,
        migration_id=migration_id,
        import_id=keeper.import_id,
        agent=proposal.agent,
        kind=proposal.change.kind,
        item=proposal.item,
        proposed=proposal.change.model_dump(mode="json"),
        engine=proposal.engine,
        agrees=proposal.agrees,
        evidence=[cited.model_dump(mode="json") for cited in proposal.cited],
        checks=list(proposal.checks),
        rationale=proposal.rationale,
        worth=proposal.worth,
        call_id=proposal.call_id,
        state=ProposalState.OPEN,
    )


def _proposal(row: ProposalRow) -> Proposal:
    return Proposal(
        agent=AgentName(row.agent),
        item=row.item,
        change=_CHANGE.validate_python(row.proposed),
        engine=row.engine,
        agrees=row.agrees,
    )


def _views(work: UnitOfWork, rows: Sequence[ProposalRow]) -> list[ProposalView]:
    """Return rows as pages show them; call inside an open block of `work`."""
    named = {row.migration_id for row in rows if row.kind in _OF_APPLICATIONS}
    names = {number: work.recommendations.names(number) for number in named}
    filed = {row.migration_id for row in rows if row.import_id is not None}
    files: dict[int | None, str] = {row.id: row.file_name for number in filed for row in work.imports.of(number)}
    return [
        _view(
            row,
            _about(_CHANGE.validate_python(row.proposed), names.get(row.migration_id, {}), files.get(row.import_id)),
        )
        for row in rows
    ]


def _about(change: Change, names: Mapping[str, str], file_name: str | None) -> str:
    match change:
        case ColumnChange(header=header, position=position):
            column = header or f"unnamed column {position + 1}"
            return f"{file_name}: {column}" if file_name else column
        case StrategyChange(application=application) | RiskChange(application=application):
            return names.get(application, application)
        case WaveChange(group=group):
            return group
        case PatternChange(cluster=cluster):
            return cluster
        case _:
            return change.header


def _view(row: ProposalRow, about: str) -> ProposalView:
    shown: dict[str, Any] = _proposal(row).model_dump(exclude={"cited", "rationale", "checks", "worth", "call_id"})
    return ProposalView(
        **{**shown, "change": _CHANGE.validate_python(row.proposed)},
        about=about,
        id=row.id,
        run_id=row.run_id,
        import_id=row.import_id,
        cited=tuple(Cited.model_validate(item) for item in row.evidence),
        checks=tuple(row.checks),
        rationale=row.rationale,
        worth=row.worth,
        call_id=row.call_id,
        state=ProposalState(row.state),
        reason=row.reason,
        created_at=row.created_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        version=row.version,
    )
