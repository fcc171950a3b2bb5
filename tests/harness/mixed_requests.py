"""Two organisations at work on one store at the same time, each knocking at what is the other's.

Everything an organisation writes holds a word that the other never writes. So whatever is told to one, or kept for it,
with the other's word in it is a leak; and so is every answer but "not there" to a request for what is the other's.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from httpx2 import Client, Response
from sqlalchemy import create_engine, event, func, literal_column, select

from platform_core.api import create_api
from platform_core.domain.access import Scope
from platform_core.domain.organisations import DEFAULT
from platform_core.errors import NotFound
from platform_core.services import access, learning
from platform_core.settings import Settings
from platform_core.store import Store
from platform_core.store.models import Base, MigrationRow
from platform_core.store.reach import ReachingSession, _narrow
from tests.harness.api import served
from tests.harness.organisations import OPERATOR, owner_of, second_organisation

THREADS_EACH = 3


@dataclass
class Ids:
    """Numbers and keys of an organisation's things, by what they are."""

    of: dict[str, list[Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, what: str, *some: Any) -> None:
        with self.lock:
            self.of.setdefault(what, []).extend(some)

    def some(self, what: str, rng: random.Random) -> Any:
        with self.lock:
            return rng.choice(self.of[what])


@dataclass
class Side:
    """An organisation at work: its word, its program, its store, what it has, and the other one's."""

    mark: str
    number: int
    client: Client
    store: Store
    ids: Ids = field(default_factory=Ids)
    other: Side | None = None

    @property
    def theirs(self) -> Side:
        assert self.other is not None
        return self.other


@dataclass
class Tally:
    """What was asked for and answered, and every leak in words."""

    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def requests(self) -> int:
        return sum(self.asked.values())


Ask = Callable[[Side, random.Random], Response | str]
"""Asks for something of the side's own, or as a guess of the other's; returns the answer, or what was read as text."""


@contextmanager
def at_work(database_url: str, files_url: str) -> Iterator[tuple[Side, Side]]:
    """Serve a workbench over HTTP on a pool of five connections, not one more; give its two organisations."""
    chosen = Settings(DATABASE_URL=database_url, FILES_URL=files_url, API_REQUESTS_PER_MINUTE=10_000_000)
    api = create_api(chosen)
    api.state.store.upgrade()
    api.state.store._ways.plain.pool._max_overflow = 0
    try:
        with served(api) as address:
            yield _sides(api.state.store, address)
    finally:
        api.state.store.close()


def _sides(store: Store, address: str) -> tuple[Side, Side]:
    """Return two organisations, each with a migration that was brought as far as a plan."""
    made = []
    for mark, number in (("austral", DEFAULT), ("borealis", second_organisation(store, "borealis group"))):
        mine = store.of(number)
        secret = access.create(mine.unit_of_work(), f"{mark} program", Scope.ADMIN, OPERATOR)[1]
        client = Client(base_url=address, headers={"Authorization": f"Bearer {secret}"}, timeout=120)
        made.append(Side(mark, number, client, mine))
    one, two = made
    one.other, two.other = two, one
    rng = random.Random(0)
    for side in made:
        for prepare in (begin_migration, upload, upload, say, keep_session, make_plan):
            answer = prepare(side, rng)
            assert not isinstance(answer, str)
            assert answer.is_success, answer.text
    return one, two


def run_mixed(two: Sequence[Side], requests: int, seed: int) -> Tally:
    """Send `requests` from several threads of both sides and return what came of them."""
    tally = Tally()
    each = [requests // (THREADS_EACH * 2)] * (THREADS_EACH * 2)
    each[0] += requests - sum(each)
    threads = [
        threading.Thread(target=_knock, args=(two[at % 2], number, random.Random(f"{seed}-{at}"), tally))
        for at, number in enumerate(each)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def rows_in_wrong_hands(url: str, two: Sequence[Side]) -> list[str]:
    """Return, as a superuser sees them, rows of one organisation that hold the word of the other."""
    engine, found = create_engine(url), []
    with engine.connect() as connection:
        for table, side in ((table, side) for table in Base.metadata.sorted_tables for side in two):
            owner, joined = owner_of(table)
            wrong = literal_column(f'"{table.name}"::text').ilike(f"%{side.theirs.mark}%")
            query = select(func.count()).select_from(joined).where(owner == side.number, wrong)
            if number := connection.scalar(query):
                found.append(f"{number} rows of {table.name} of {side.mark} hold the word of {side.theirs.mark}")
    engine.dispose()
    return found


def _knock(side: Side, number: int, rng: random.Random, tally: Tally) -> None:
    names, weights = zip(*WEIGHTS.items(), strict=True)
    for name in rng.choices(names, weights, k=number):
        ask = ASKS[name]
        try:
            answer = ask(side, rng)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is told at the end
            with tally.lock:
                tally.asked[name] += 1
                tally.failures.append(f"{name}: {type(error).__name__}: {error}")
            continue
        _judge(side, name, answer, tally)


def _judge(side: Side, name: str, answer: Response | str, tally: Tally) -> None:
    text = answer if isinstance(answer, str) else answer.text
    status = "read" if isinstance(answer, str) else str(answer.status_code)
    with tally.lock:
        tally.asked[name] += 1
        tally.answered[status] += 1
        if status.startswith("5") or status in {"401", "403", "429"}:
            tally.failures.append(f"{name}: {status} {text[:200]}")
        if side.theirs.mark in text.lower():
            tally.leaks.append(f"{name}: {side.mark} was told {text[:200]}")
        elif name.startswith("guess") and not isinstance(answer, str) and answer.status_code != HTTPStatus.NOT_FOUND:
            tally.leaks.append(f"{name}: {side.mark} was answered {status} {text[:200]}")


def begin_migration(side: Side, rng: random.Random) -> Response:
    """Begin a migration under a name that the other side may use as well."""
    name = f"{side.mark} exit {rng.getrandbits(40)}"
    answer = side.client.post("/migrations", json={"name": name, "description": side.mark})
    if answer.is_success:
        side.ids.add("migration", answer.json()["id"])
    return answer


def upload(side: Side, rng: random.Random) -> Response:
    """Upload a list of servers and build the inventory of it."""
    lines = ["Hostname,CPUs,RAM_GB,Operating System,Environment,Application,Notes"]
    facts = "4,16,Windows Server 2012 R2,Production"
    lines += [
        f"{side.mark}-web{rng.randrange(10**6):06d},{facts},{side.mark} shop {n % 3},{side.mark}" for n in range(6)
    ]
    form = {"files": (f"{side.mark}.csv", "\n".join(lines).encode(), "text/csv")}
    migration = side.ids.of["migration"][0]
    begun = side.client.post("/discovery/imports", data={"migration_id": migration}, files=form)
    if not begun.is_success:
        return begun
    (number,) = begun.json()["outcome"]["imports"]
    side.ids.add("import", number)
    version = side.client.get(f"/discovery/imports/{number}").json()["version"]
    answer = side.client.post(f"/discovery/imports/{number}/apply", json={"version": version, "undecided": True})
    if answer.is_success:
        side.ids.add("run", answer.json()["run_id"])
        found = side.client.get(f"/migrations/{migration}/inventory", params={"limit": 200}).json()["items"]
        side.ids.add("asset", *(item["key"] for item in found))
        page = side.client.get(f"/migrations/{migration}/strategies").json()["items"]
        side.ids.add("subject", *(line["subject_key"] for line in page))
    return answer


def say(side: Side, rng: random.Random) -> Response:
    """Say what a column means."""
    migration, header = side.ids.of["migration"][0], f"{side.mark}_{rng.randrange(50)}"
    said = {"migration_id": migration, "text": f"{header} should map to Memory (GB)"}
    answer = side.client.post("/feedback/process", json=said)
    if answer.is_success:
        side.ids.add("feedback", answer.json()["id"])
    return answer


def keep_session(side: Side, rng: random.Random) -> Response:
    """Keep the whole state under a name."""
    name = f"{side.mark} sitting {rng.getrandbits(40)}"
    answer = side.client.post("/sessions", json={"migration_id": side.ids.of["migration"][0], "name": name})
    if answer.is_success:
        side.ids.add("session", answer.json()["id"])
    return answer


def make_plan(side: Side, rng: random.Random) -> Response:
    """Make a plan."""
    wanted = {"starts_on": f"2027-0{rng.randint(1, 9)}-04", "name": f"{side.mark} plan {rng.randrange(5)}"}
    answer = side.client.post(f"/migrations/{side.ids.of['migration'][0]}/plans", json=wanted)
    if answer.is_success and answer.json()["outcome"]:
        side.ids.add("plan", answer.json()["outcome"]["plan_id"])
        side.ids.add("run", answer.json()["run_id"])
    return answer


def _get(path: str, **params: object) -> Ask:
    return lambda side, rng: side.client.get(_filled(path, side.ids, rng), params=_worded(params, side))


def _guess(method: str, path: str, body: dict[str, Any] | None = None) -> Ask:
    """Ask for a thing of the other side, by its right number: within its own migration or within one of ours."""

    def ask(side: Side, rng: random.Random) -> Response:
        address = _filled(path, side.theirs.ids, rng)
        number = side.theirs.ids.some("migration", rng)
        given = {key: number if value == "theirs" else value for key, value in (body or {}).items()}
        return side.client.request(method, address, **({"json": given} if body is not None else {}))

    return ask


def _filled(path: str, ids: Ids, rng: random.Random) -> str:
    """Return a path with a number or key in place of each {word}; migration 0 is the one with everything in it."""
    for what in ("import", "plan", "session", "feedback", "run", "asset", "subject", "migration"):
        if f"{{{what}}}" in path:
            first = what == "migration" and path != "/migrations/{migration}"
            path = path.replace(f"{{{what}}}", str(ids.of[what][0] if first else ids.some(what, rng)))
    return path


def _worded(params: dict[str, object], side: Side) -> dict[str, Any]:
    return {key: side.ids.of["migration"][0] if value == "mine" else value for key, value in params.items()}


def rename(side: Side, rng: random.Random) -> Response:
    """Rename a migration; often at a version that somebody else has overtaken."""
    number = side.ids.some("migration", rng)
    version = side.client.get(f"/migrations/{number}").json()["version"] - rng.choice((0, 0, 1))
    facts = {"description": side.mark, "status": "planning", "phase": "planning", "version": max(1, version)}
    return side.client.put(f"/migrations/{number}", json={"name": f"{side.mark} again {rng.getrandbits(40)}", **facts})


def override(side: Side, rng: random.Random) -> Response:
    """Put a strategy in place of the engine's."""
    key = side.ids.some("subject", rng)
    said = {"subject_key": key, "strategy": rng.choice(("retain", "retire")), "reason": side.mark}
    return side.client.post(f"/migrations/{side.ids.of['migration'][0]}/overrides", json=said)


def confirm(side: Side, rng: random.Random) -> Response:
    """Let what was said of a column count; from then on it is learned."""
    return side.client.post(f"/feedback/{side.ids.some('feedback', rng)}/confirm", json={"version": 1})


def analyze(side: Side, rng: random.Random) -> Response:
    """Ask what a file's columns are taken for; the header is one that the other side may have said something of."""
    header = f"{rng.choice((side.mark, 'shared'))}_{rng.randrange(50)}"
    given = {"filename": "a.csv", "content": f"Hostname,{header}\nw,4\n", "migration_id": side.ids.of["migration"][0]}
    return side.client.post("/discovery/analyze", json=given)


def learned(side: Side, _rng: random.Random) -> str:
    """Read what the organisation has learned, of all its migrations."""
    return learning.export_mappings(side.store.unit_of_work(), side.ids.of["migration"][0])


def roll_back(side: Side, rng: random.Random) -> str:
    """Write something and fail before it is kept, then read on the same pool."""
    work = side.store.unit_of_work()
    with suppress(ZeroDivisionError), work:
        work.migrations.add(MigrationRow(name=f"{side.mark} never {rng.getrandbits(40)}", created_by=side.mark))
        work.flush()
        raise ZeroDivisionError
    with work.reading():
        return " ".join(row.name for row in work.migrations.all())


def guess_by_statement(side: Side, rng: random.Random) -> str:
    """Look for the other's rows and files as code of ours would that forgot to ask whose they are."""
    theirs, work = side.theirs.ids, side.store.unit_of_work()
    number = theirs.some("import", rng)
    with work.reading():
        found: list[object] = [work.assets.count(theirs.of["migration"][0]), work.runs.peek(theirs.some("run", rng))]
        with suppress(NotFound):
            found.append(work.imports.get(number).file_name)
        with suppress(NotFound):
            found.append(work.plans.get(theirs.some("plan", rng)).name)
    return "" if found == [0, None] else f"{side.theirs.mark}: {found}"


def guess_files(side: Side, rng: random.Random) -> str:
    """Look for the other's files under the keys that its rows name."""
    theirs, work = side.theirs, side.theirs.store.unit_of_work()
    with work.reading():
        row = work.imports.get(theirs.ids.some("import", rng))
        keys = [row.original, row.table]
    return " ".join(f"{theirs.mark}: {key}" for key in keys if side.store.files.exists(key))


SEEN = {"version": 1}
ASKS: dict[str, Ask] = {
    "list migrations": _get("/migrations", limit=200),
    "migration": _get("/migrations/{migration}"),
    "overview": _get("/migrations/{migration}/overview"),
    "inventory": _get("/migrations/{migration}/inventory", limit=50),
    "asset": _get("/migrations/{migration}/inventory/{asset}"),
    "search strategies": _get("/migrations/{migration}/strategies", text="shop"),
    "search with a wild card": _get("/migrations/{migration}/strategies", text="%"),
    "argument": _get("/migrations/{migration}/strategies/{subject}"),
    "distribution": _get("/migrations/{migration}/distribution"),
    "completeness": _get("/migrations/{migration}/completeness"),
    "plans": _get("/migrations/{migration}/plans"),
    "plan": _get("/migrations/{migration}/plans/{plan}"),
    "placements": _get("/migrations/{migration}/plans/{plan}/placements"),
    "runs": _get("/migrations/{migration}/runs"),
    "run": _get("/monitoring/runs/{run}"),
    "events": _get("/monitoring/runs/{run}/events"),
    "status": _get("/monitoring/status"),
    "tasks": _get("/monitoring/tasks"),
    "metrics": _get("/monitoring/metrics"),
    "sessions": _get("/sessions", migration_id="mine"),
    "session": _get("/sessions/{session}"),
    "imports": _get("/discovery/imports", migration_id="mine"),
    "columns": _get("/discovery/imports/{import}/columns"),
    "quarantine": _get("/discovery/imports/{import}/quarantine"),
    "feedback": _get("/feedback", migration_id="mine"),
    "csv": _get("/migrations/{migration}/reports/inventory.csv"),
    "html report": _get("/migrations/{migration}/reports/report.html"),
    "begin a migration": begin_migration,
    "rename": rename,
    "upload and apply": upload,
    "say": say,
    "confirm": confirm,
    "override": override,
    "plan anew": make_plan,
    "keep a session": keep_session,
    "analyze": analyze,
    "learned mappings": learned,
    "roll back": roll_back,
    "bad request": lambda side, _rng: side.client.post("/migrations", json={"name": ""}),
    "guess a migration": _guess("GET", "/migrations/{migration}"),
    "guess an overview": _guess("GET", "/migrations/{migration}/overview"),
    "guess an inventory": _guess("GET", "/migrations/{migration}/inventory"),
    "guess an asset": _guess("GET", "/migrations/{migration}/inventory/{asset}"),
    "guess strategies": _guess("GET", "/migrations/{migration}/strategies"),
    "guess an argument": _guess("GET", "/migrations/{migration}/strategies/{subject}"),
    "guess plans": _guess("GET", "/migrations/{migration}/plans"),
    "guess a plan": _guess("GET", "/migrations/{migration}/plans/{plan}"),
    "guess placements": _guess("GET", "/migrations/{migration}/plans/{plan}/placements"),
    "guess runs": _guess("GET", "/migrations/{migration}/runs"),
    "guess a run": _guess("GET", "/monitoring/runs/{run}"),
    "guess events": _guess("GET", "/monitoring/runs/{run}/events"),
    "guess a session": _guess("GET", "/sessions/{session}"),
    "guess an import": _guess("GET", "/discovery/imports/{import}"),
    "guess columns": _guess("GET", "/discovery/imports/{import}/columns"),
    "guess a quarantine": _guess("GET", "/discovery/imports/{import}/quarantine"),
    "guess a report": _guess("GET", "/migrations/{migration}/reports/inventory.csv"),
    "guess and rename": _guess(
        "PUT",
        "/migrations/{migration}",
        {"name": "taken", "description": "", "status": "planning", "phase": "planning", "version": 1},
    ),
    "guess and delete": _guess("DELETE", "/migrations/{migration}"),
    "guess and delete a session": _guess("DELETE", "/sessions/{session}"),
    "guess and apply": _guess("POST", "/discovery/imports/{import}/apply", {"version": 1, "undecided": True}),
    "guess and decide": _guess(
        "POST", "/discovery/imports/{import}/decisions", {"decisions": [{"position": 0, "action": "ignore"}]}
    ),
    "guess and withdraw": _guess("POST", "/discovery/imports/{import}/withdraw", SEEN),
    "guess and confirm": _guess("POST", "/feedback/{feedback}/confirm", SEEN),
    "guess and close": _guess("POST", "/feedback/{feedback}/close", SEEN),
    "guess and cancel": _guess("POST", "/monitoring/runs/{run}/cancel"),
    "guess and plan": _guess("POST", "/migrations/{migration}/plans", {"starts_on": "2027-01-04"}),
    "guess and say": _guess("POST", "/feedback/process", {"migration_id": "theirs", "text": "A should map to B"}),
    "guess and keep": _guess("POST", "/sessions", {"migration_id": "theirs", "name": "taken"}),
    "guess by statement": guess_by_statement,
    "guess files": guess_files,
}
RARE = {"upload and apply": 0.3, "plan anew": 0.2, "keep a session": 0.3, "html report": 0.3, "begin a migration": 0.5}
WEIGHTS = {name: RARE.get(name, 1.0) for name in ASKS}


@contextmanager
def locks(which: str) -> Iterator[bool]:
    """Take away the lock of the application, for the other one alone; gives whether to come as a role that is bound.

    `which` is "both", "database" (PostgreSQL's alone), "application" or "none".
    """
    listening = (ReachingSession, "do_orm_execute", _narrow)
    is_open = which in {"database", "none"}
    if is_open:
        event.remove(*listening)
    try:
        yield which in {"both", "database"}
    finally:
        if is_open:
            event.listen(*listening)


def told(tally: Tally, wrong: Sequence[str]) -> Iterator[str]:
    """Yield what a run came to, a line each."""
    yield f"{tally.requests:,} requests of {len(tally.asked)} kinds; answered: {dict(sorted(tally.answered.items()))}"
    yield f"{sum(n for name, n in tally.asked.items() if name.startswith('guess')):,} of them for what is the other's"
    yield from (f"failed: {line}" for line in tally.failures[:20])
    yield from (f"leak: {line}" for line in (*tally.leaks, *wrong)[:20])
    yield f"{len(tally.failures)} failures, {len(tally.leaks) + len(wrong)} leaks"
