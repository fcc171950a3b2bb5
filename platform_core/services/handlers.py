"""Carrying out what was asked for, step by step: each step is one use case, and harmless to repeat.

A step whose effect is in the database already (a worker died right after it) only looks up what came of it.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from platform_core.agents.backends import EngineBackend
from platform_core.agents.manager import AgentManager
from platform_core.domain.identity import Identity
from platform_core.domain.inventory import AssetKind
from platform_core.domain.model_calls import Cause
from platform_core.errors import Conflict, NotFound
from platform_core.jobs import CarryOut, Hold, Outcome, Step, Turn
from platform_core.monitor import AgentMonitor
from platform_core.services import (
    applying,
    comparing,
    duplicates,
    history,
    imports,
    plans,
    proposals,
    receiving,
    repairs,
    samples,
    snapshots,
)
from platform_core.services.assessment import Assessed
from platform_core.services.asset_decisions import Effect
from platform_core.services.bootstrap import agent_data, agent_manager
from platform_core.services.crew import CrewAIService, Recording
from platform_core.services.requests import (
    Apply,
    ApplyAll,
    AskAgent,
    Compare,
    FindDuplicates,
    LoadSamples,
    MakePlan,
    MergeDuplicates,
    ReadAgain,
    ReadFile,
    Repair,
    SettleDuplicates,
    TakeBack,
    Undo,
    Withdraw,
)
from platform_core.services.snapshots import snapshot_of
from platform_core.settings import settings
from platform_core.store import Store

READING_SHARE = 0.5
"""Share of the progress that reading the samples takes."""


def read_file(turn: Turn) -> Outcome:
    """Read an uploaded file; comes to `Received`."""
    request = ReadFile.model_validate(turn.arguments)
    return turn.step("read", lambda step: _read(step, request, turn.by))


def read_again(turn: Turn) -> Outcome:
    """Read an import anew; comes to its number."""
    request = ReadAgain.model_validate(turn.arguments)

    def read(step: Step) -> Outcome:
        if not step.repeated:
            receiving.read_again(
                step.store, request.import_id, request.choices, turn.by, seen_version=request.seen_version
            )
        return {"import_id": request.import_id}

    return turn.step("read again", read)


def apply(turn: Turn) -> Outcome:
    """Make an import part of the inventory; comes to `Assessed`."""
    request = Apply.model_validate(turn.arguments)

    def rebuild(step: Step) -> Outcome:
        if step.repeated:
            return _stands(step.store, _migration_of(step.store, request.import_id))
        done = applying.apply(
            step.store,
            request.import_id,
            turn.by,
            undecided=request.undecided,
            seen_version=request.seen_version,
            renewal=applying.Renewal(request.replaces, keeps_gone=request.keeps_gone) if request.replaces else None,
        )
        return _prepared(step.store, _migration_of(step.store, request.import_id), done)

    return turn.step("rebuild", rebuild)


def compare(turn: Turn) -> Outcome:
    """Work out what applying an import would change; comes to the import's number and `TryOut`, some examples in it."""
    request = Compare.model_validate(turn.arguments)

    def look(step: Step) -> Outcome:
        found = comparing.compare(step.store.unit_of_work(), request, step.hold.progress)
        return {"import_id": request.import_id, "found": found.model_dump(mode="json")}

    return turn.step("compare", look)


def apply_all(turn: Turn) -> Outcome:
    """Apply every inventory that awaits review; comes to `Assessed`."""
    request = ApplyAll.model_validate(turn.arguments)
    return turn.step("rebuild", lambda step: _apply_all(step, request.migration_id, turn.by))


def withdraw(turn: Turn) -> Outcome:
    """Take an import out of the inventory; comes to the import's number and `Assessed`."""
    request = Withdraw.model_validate(turn.arguments)

    def rebuild(step: Step) -> Outcome:
        if step.repeated:
            return _stands(step.store, _migration_of(step.store, request.import_id))
        done = applying.withdraw(step.store, request.import_id, turn.by, seen_version=request.seen_version)
        return _prepared(step.store, _migration_of(step.store, request.import_id), done)

    return {"import_id": request.import_id, **turn.step("rebuild", rebuild)}


def find_duplicates(turn: Turn) -> Outcome:
    """Look for duplicates; comes to the number of pairs."""
    request = FindDuplicates.model_validate(turn.arguments)

    def look(step: Step) -> Outcome:
        found = duplicates.search(step.store, request.migration_id, turn.by, progress=step.hold.progress)
        return {"pairs": found}

    return turn.step("look", look)


def merge_duplicates(turn: Turn) -> Outcome:
    """Merge many duplicates at once; comes to the number of assets that go."""
    request = MergeDuplicates.model_validate(turn.arguments)

    def merge(step: Step) -> Outcome:
        work = step.store.unit_of_work()
        if step.repeated:
            return {"going": duplicates.last_merged(work, request.migration_id, turn.by)}
        going = duplicates.merge_all(work, request.migration_id, request.least, turn.by, progress=step.hold.progress)
        return {"going": going}

    return turn.step("merge", merge)


def settle_duplicates(turn: Turn) -> Outcome:
    """Build the inventory with what was decided about duplicates; comes to `Assessed`."""
    request = SettleDuplicates.model_validate(turn.arguments)

    def rebuild(step: Step) -> Outcome:
        if step.repeated:
            return _stands(step.store, request.migration_id)
        done = applying.settle_duplicates(step.store, request.migration_id, turn.by)
        return _prepared(step.store, request.migration_id, done)

    return turn.step("rebuild", rebuild)


def repair(turn: Turn) -> Outcome:
    """Decide rules over rows; comes to the number of assets they changed and what followed."""
    request = Repair.model_validate(turn.arguments)

    def decide(step: Step) -> Outcome:
        if step.repeated:
            work = step.store.unit_of_work()
            kept = {each.rule.title: each for each in repairs.standing(work, request.migration_id)}
            changed = sum(kept[r.title].changed_at_first for r in request.rules if r.title in kept)
            return Effect(assets=changed).model_dump()
        wanted = (request.migration_id, request.rules, request.reason, turn.by)
        return repairs.apply_in_run(step.store, step.hold.store, *wanted).model_dump()

    return turn.step("repair", decide)


def take_back(turn: Turn) -> Outcome:
    """Take a rule over rows back; comes to the number of assets it changed and what followed."""
    request = TakeBack.model_validate(turn.arguments)

    def withdraw_rule(step: Step) -> Outcome:
        if step.repeated:
            return Effect().model_dump()
        return repairs.take_back_in_run(step.store, request.migration_id, request.rule, turn.by).model_dump()

    return turn.step("take back", withdraw_rule)


def undo(turn: Turn) -> Outcome:
    """Take back a person's latest change; comes to what it told."""
    request = Undo.model_validate(turn.arguments)

    def restore(step: Step) -> Outcome:
        work = step.store.unit_of_work()
        if not step.repeated:
            return {"text": history.undo_in_run(step.store, request.migration_id, turn.by, seen=request.entry)}
        with work.reading():
            return {"text": work.audit.get(request.migration_id, request.entry).text}

    return turn.step("undo", restore)


def make_plan(turn: Turn) -> Outcome:
    """Plan the waves; comes to the plan's number."""
    request = MakePlan.model_validate(turn.arguments)

    def plan(step: Step) -> Outcome:
        if step.repeated:
            return {"plan_id": _plan_named(step.store, request.migration_id, request.wish.name)}
        return {"plan_id": plans.make(step.store, request.migration_id, request.wish, turn.by).id}

    return turn.step("plan", plan)


def load_samples(turn: Turn) -> Outcome:
    """Read every sample file and apply them all; comes to the number of files and `Assessed`."""
    request = LoadSamples.model_validate(turn.arguments)
    files = samples.files()

    def look(step: Step) -> Outcome:
        if imports.listed(step.store.unit_of_work(), request.migration_id):
            raise Conflict("This migration holds imports already.", hint="Load the samples into a new migration.")
        return {}

    turn.step("look", look)
    for place, path in enumerate(files):

        def read(step: Step, path: Path = path) -> Outcome:
            if not step.repeated:
                with path.open("rb") as data:
                    receiving.receive(step.store, request.migration_id, path.name, data, turn.by)
            return {}

        share = READING_SHARE / len(files)
        turn.step(f"read {path.name}", read, share=(place * share, (place + 1) * share))
    rebuilt = turn.step(
        "rebuild", lambda step: _apply_all(step, request.migration_id, turn.by), share=(READING_SHARE, 1.0)
    )
    return {"files": len(files), **rebuilt}


def ask_agent(turn: Turn) -> Outcome:
    """Let an agent look at its subject; comes to its figures and the numbers of its proposals."""
    request = AskAgent.model_validate(turn.arguments)

    def ask(step: Step) -> Outcome:
        if step.repeated:
            return _proposed(step, request, turn.by)
        hold = step.hold
        recording = Recording(hold.run_id, AgentMonitor(hold.store), hold.stopped, hold.progress)
        service = CrewAIService(step.store, _manager(hold), settings().agent_budget)
        report = service.run_specialist(request.agent, request.subject, turn.by, recording)
        return {
            "agent": request.agent,
            "status": report.result.status,
            "source": report.source,
            "cause": report.cause.cause if report.cause else None,
            "items": len(report.result.engine),
            "proposals": list(report.kept),
            "applied": list(report.applied),
        }

    return turn.step("ask", ask)


HANDLERS: dict[str, CarryOut] = {
    "read_file": read_file,
    "read_again": read_again,
    "apply": apply,
    "compare": compare,
    "apply_all": apply_all,
    "withdraw": withdraw,
    "duplicates": find_duplicates,
    "merge": merge_duplicates,
    "settle": settle_duplicates,
    "repair": repair,
    "take_back": take_back,
    "undo": undo,
    "plan": make_plan,
    "sample": load_samples,
    "agent": ask_agent,
}
"""The jobs of `data/jobs/kinds.csv`, each with what carries it out."""


def _read(step: Step, request: ReadFile, by: Identity) -> Outcome:
    if step.repeated:
        work = step.store.unit_of_work()
        with work.reading():
            return {"imports": [row.id for row in work.imports.twins(request.migration_id, request.sha256)]}
    with step.store.files.local(receiving.original_key(request.sha256)) as path, path.open("rb") as data:
        received = receiving.receive(step.store, request.migration_id, request.name, data, by, choices=request.choices)
    return received.model_dump(mode="json")


def _apply_all(step: Step, migration_id: int, by: Identity) -> Outcome:
    if step.repeated:
        return _stands(step.store, migration_id)
    return _prepared(step.store, migration_id, applying.apply_all(step.store, migration_id, by))


def _prepared(store: Store, migration_id: int, done: Assessed) -> Outcome:
    """Return what was assessed, with the inventory ready to be looked through before the first visitor comes."""
    snapshots.prepare(store.unit_of_work(), migration_id)
    return asdict(done)


def _proposed(step: Step, request: AskAgent, by: Identity) -> Outcome:
    """Return what an earlier attempt kept, with what the policy allows applied to the end."""
    work = step.store.unit_of_work()
    kept = [view.id for view in proposals.of_run(work, step.hold.run_id)]
    applied = proposals.apply_policy(work, request.subject.migration_id, kept, by)
    return {"agent": request.agent, "proposals": kept, "applied": list(applied)}


def _manager(hold: Hold) -> AgentManager:
    """Return the agents: on the configured model in a worker, on their engines alone in a request."""
    if hold.worker is not None or settings().model_endpoint is None:
        return agent_manager()
    return AgentManager(agent_data(), EngineBackend(Cause.NO_WORKER))


def _stands(store: Store, migration_id: int) -> Outcome:
    """Return how large the inventory is now."""
    work = store.unit_of_work()
    with work.reading():
        kinds = snapshot_of(work, migration_id).kinds()
        edges, _ = work.dependencies.counts(migration_id)
        revision = work.migrations.get(migration_id).inventory_revision
    return asdict(Assessed(sum(kinds.values()), kinds.get(AssetKind.APPLICATION, 0), edges, revision))


def _plan_named(store: Store, migration_id: int, name: str) -> int:
    for number, known in plans.listed(store.unit_of_work(), migration_id):
        if known == name:
            return number
    raise NotFound(f"The plan {name!r} is not there any more.", hint="Plan the waves again.")


def _migration_of(store: Store, import_id: int) -> int:
    work = store.unit_of_work()
    with work.reading():
        return work.imports.get(import_id).migration_id
