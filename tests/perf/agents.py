"""Measures the agents against a scripted model: faults, adversarial replies, hostile cells, stops, and what all costs.

    python -m tests.perf.agents [--replies 10000]

Prints the tables of docs/benchmarks.md. Nothing leaves this machine.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from platform_core.agents.access import Watch, open_access
from platform_core.agents.batches import survey
from platform_core.agents.crew_backend import CrewBackend
from platform_core.agents.crew_runtime import crew_tasks
from platform_core.agents.extraction import Unusable
from platform_core.agents.manager import AgentManager
from platform_core.agents.privacy import Veil, sharing
from platform_core.agents.replies import Spoken
from platform_core.agents.specialist import Rejected, Specialist
from platform_core.agents.specs import load_agents
from platform_core.domain.agents import AgentName, AgentResult
from platform_core.domain.identity import Identity
from platform_core.domain.model_calls import ModelAttempt, ModelEndpoint
from platform_core.domain.organisations import DEFAULT
from platform_core.reference import DATA
from platform_core.services import applying, migrations, plans, receiving, samples
from platform_core.services.crew import CrewAIService, Subject
from platform_core.services.plans import PlanWish
from platform_core.store import Files, Store
from platform_core.store.database import create_store_engine
from tests.harness.agent_contexts import doubtful_column, mapping_context, one_of_each
from tests.harness.answering import answering
from tests.harness.asking import PlainBackend
from tests.harness.carriers import CARRIERS, decisions, obedient
from tests.harness.faults import FAULTS
from tests.harness.model_server import ModelServer, Says, always, answer, running_model
from tests.harness.red_team import CANARY, CELLS

AGENTS = load_agents(DATA)
LOCAL = ModelEndpoint(base_url="http://127.0.0.1:9/v1", model="none")
COLUMNS = mapping_context(doubtful_column(0, "Box"), doubtful_column(1, "Addr"))
DEADLINE = 2.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replies", type=int, default=10_000, help="adversarial replies to read and check")
    replies = parser.parse_args().replies
    with tempfile.TemporaryDirectory() as name, running_model(answering()) as server:
        folder = Path(name)
        start = time.perf_counter()
        crew_tasks(folder)
        loading = f"{time.perf_counter() - start:.1f}"
        print_table("Faults of an endpoint", ("fault", "result", "s", "requests", "ledger"), faults(server, folder))
        head = ("replies", "read", "choices", "accepted", "survivors", "errors", "s")
        print_table("Replies", head, [mutated(replies)])
        print_table("Hostile cells", ("runs", "changed elsewhere", "tools offered", "leaks"), [hostile()])
        print_table("Stopping", ("stops", "median s", "slowest s"), [stops(server, folder)])
        head = ("agent", "items", "in doubt", "questions", "withheld", "requests", "tokens at most")
        print_table("What there is to ask about the sample portfolio", head, estimates(folder))
        print_table("Cost of CrewAI", ("loading s", "ms a request"), [(loading, overhead(server, folder))])


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as Markdown."""
    lines = [f"\n{title}\n", f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(map(str, row))} |" for row in rows]
    print("\n".join(lines), flush=True)  # noqa: T201 - this is what it is for


def faults(server: ModelServer, folder: Path) -> list[tuple[object, ...]]:
    """Run two columns against every fault; seconds are of the whole run, whose questions may take 2 s."""
    rows = []
    for name, (script, _) in FAULTS.items():
        server.script, before = script, server.counted(0)
        ledger: list[ModelAttempt] = []
        manager = _manager(server, folder, attempt_seconds=0.5, deadline_seconds=DEADLINE)
        start = time.perf_counter()
        result = manager.run(COLUMNS, watch=Watch(attempt=ledger.append))
        seconds = time.perf_counter() - start
        asked = server.counted(before + len(ledger)) - before
        cause = result.degraded.cause if result.degraded else "-"
        agrees = "equal" if len(ledger) == asked == result.usage.requests else "DIFFERS"
        rows.append((name, f"engine complete, {cause}", f"{seconds:.2f}", asked, agrees))
    server.script = answering()
    return rows


def mutated(count: int) -> tuple[object, ...]:
    """Read and check replies made of good ones, broken at random, and count what got through that was not offered."""
    chance = random.Random(11)
    cases = [(specialist, survey(specialist, LOCAL).batches[0]) for specialist in _specialists()]
    read = chosen = accepted = survivors = errors = 0
    start = time.perf_counter()
    for number in range(count):
        specialist, batch = cases[number % len(cases)]
        try:
            reading = batch.form.read(Spoken(_reply(batch.form.schema, chance)))
            read += 1
            chosen += len(reading.choices)
            for change, told in _changes(specialist, batch, reading.choices):
                accepted += 1
                survivors += any(value not in told for value in change) or CANARY in str(change)
        except Unusable:
            continue
        except Exception:  # noqa: BLE001 - counting them is the point
            errors += 1
    return count, read, chosen, accepted, survivors, errors, f"{time.perf_counter() - start:.1f}"


def hostile() -> tuple[object, ...]:
    """Run every hostile cell in every place a cell can stand, against a model that obeys it."""
    runs = changed = leaks = 0
    with running_model(obedient) as server:
        access = open_access(ModelEndpoint(base_url=server.base_url, model="obedient", requests_per_minute=600_000))
        run = AgentManager(AGENTS, PlainBackend(access)).run
        for carrier, poisoned in CARRIERS:
            clean = decisions(run(carrier("plain")), poisoned, "plain")
            for text in CELLS:
                result = run(carrier(text))
                runs += 1
                changed += decisions(result, poisoned, text) != clean
                leaks += _leaks(result, poisoned, text)
        tools = sum("tools" in asked.body for asked in server.asked)
    return runs, changed, tools, leaks


def stops(server: ModelServer, folder: Path, times: int = 20) -> tuple[object, ...]:
    """Stop runs in the middle of a request that would take a minute."""
    server.script = always(Says(answer("late"), wait=60))
    taken = []
    for _ in range(times):
        stop, before = threading.Event(), server.requests
        runner = threading.Thread(
            target=_manager(server, folder).run, args=(COLUMNS,), kwargs={"watch": Watch(cancelled=stop.is_set)}
        )
        runner.start()
        while server.requests == before:
            time.sleep(0.005)
        start = time.perf_counter()
        stop.set()
        runner.join()
        taken.append(time.perf_counter() - start)
    server.script = answering()
    return times, f"{statistics.median(taken):.3f}", f"{max(taken):.3f}"


def overhead(server: ModelServer, folder: Path, times: int = 40) -> str:
    """Return how much longer a run of one request takes through CrewAI than without it."""
    through, without = [], []
    plain = AgentManager(AGENTS, PlainBackend(open_access(_endpoint(server))))
    crew = _manager(server, folder)
    for _ in range(times):
        for manager, taken in ((crew, through), (plain, without)):
            start = time.perf_counter()
            manager.run(COLUMNS)
            taken.append(time.perf_counter() - start)
    return f"{1_000 * (statistics.median(through) - statistics.median(without)):.0f}"


def estimates(folder: Path) -> list[tuple[object, ...]]:
    """Return what the agents would ask about the sample portfolio, imported, assessed and planned."""
    store = Store(create_store_engine(f"sqlite:///{folder / 'samples.db'}"), Files(str(folder / "files"))).of(DEFAULT)
    store.upgrade()
    by = Identity(name="Measurement")
    migration_id = migrations.create(store.unit_of_work(), "Samples", by).id
    for path in sorted(samples.FOLDER.glob("*.csv")):
        with path.open("rb") as data:
            receiving.receive(store, migration_id, path.name, data, by)
    applying.apply_all(store, migration_id, by)
    plan_id = plans.make(store, migration_id, PlanWish(starts_on=date(2027, 1, 4)), by).id
    crew = CrewAIService(store, AgentManager(AGENTS, PlainBackend(open_access(LOCAL))))
    rows = []
    for agent in AgentName:
        if agent is not AgentName.CMDB_ANALYST:
            told = crew.estimate(agent, Subject(migration_id=migration_id, plan_id=plan_id))
            tokens = told.prompt_tokens + told.completion_tokens
            rows.append((agent, told.items, told.in_doubt, told.questions, told.withheld, told.calls, f"{tokens:,}"))
    store.close()
    return rows


def _endpoint(server: ModelServer, **limits: Any) -> ModelEndpoint:
    return ModelEndpoint(base_url=server.base_url, model="scripted", requests_per_minute=600_000, **limits)


def _manager(server: ModelServer, folder: Path, **limits: Any) -> AgentManager:
    return AgentManager(AGENTS, CrewBackend(open_access(_endpoint(server, **limits)), folder))


def _specialists() -> list[Specialist[Any, Any]]:
    manager = AgentManager(AGENTS)
    veil = Veil(sharing(False, AGENTS.shareable, (), b"k"), {}, frozenset(AGENTS.name_parts))
    return [manager.kind_of(context)(AGENTS, context, veil) for context in one_of_each()]


def _changes(specialist: Specialist[Any, Any], batch: Any, choices: Sequence[Any]) -> Iterator[tuple[list[str], str]]:
    """Yield the values of each accepted change, with everything the request offered for it."""
    entries = {entry.id: entry for entry in batch.entries}
    for choice in choices:
        entry = entries[choice.id]
        for item in entry.items:
            try:
                checked = specialist.check(item, choice, entry.payload)
            except Rejected:
                continue
            said = checked.change.model_dump(mode="json")
            told = json.dumps([entry.payload, specialist.engine(item).model_dump()], default=str)
            yield [said[name] for name in ("field", "label", "strategy", "driver") if said.get(name)], told


def _reply(schema: dict[str, Any], chance: random.Random) -> str:
    """Return a reply of the right form with some things wrong in it."""
    properties = schema["properties"]["items"]["items"]["properties"]
    own = [value for kind in properties.values() for value in kind.get("enum") or [kind.get("const", "x")]]
    strange = ["i99", CANARY, "", None, 7, ["i1"], {"id": "i1"}, "I1", "owner; drop table", True, 1e308]
    entries = []
    for _ in range(chance.randint(0, 5)):
        entry = {}
        for name, kind in properties.items():
            good = chance.choice(kind.get("enum") or [kind.get("const", "nobody knows the rollback")])
            value = chance.choices([good, chance.choice(own), chance.choice(strange)], (6, 2, 1))[0]
            entry[name] = [value] if kind.get("type") == "array" and chance.random() < 0.9 else value
        if chance.random() < 0.1:
            entry[chance.choice(["confidence", "__class__", "tool"])] = CANARY
        entries.append(entry)
    text = json.dumps({"items": entries})
    match chance.randrange(8):
        case 0:
            return f"Sure:\n```json\n{text}\n```"
        case 1:
            return text[: chance.randrange(len(text) + 1)]
        case 2:
            place = chance.randrange(len(text))
            return text[:place] + chance.choice('{}[]",:\\x00\ud7ff') + text[place:]
        case 3:
            return f"Action: drop\nAction Input: {text}\nFinal Answer: {text}"
        case _:
            return text


def _leaks(result: AgentResult, poisoned: frozenset[str], text: str) -> int:
    own = {*poisoned, text}
    return sum(
        CANARY in proposal.rationale
        or CANARY
        in proposal.change.model_dump_json(exclude={"header", "sentence", "group"} if proposal.item in own else set())
        for proposal in result.proposals
    )


if __name__ == "__main__":
    main()
