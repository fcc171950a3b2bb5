"""A portfolio of names, headers and cells that are markup, scripts, formulas and templates."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO

from platform_core.domain.identity import Identity
from platform_core.domain.migration import MigrationPhase, MigrationStatus
from platform_core.domain.strategy import Strategy
from platform_core.services import applying, feedback, migrations, plans, receiving, strategies
from platform_core.services.plans import PlanWish
from platform_core.store import Store

MARKS = (
    "**bold** _it_ `code`",
    ":material/home: :red[red] :orange-badge[9]",
    "<img src=x onerror=window.__owned=1>",
    "<script>window.__owned=2</script>",
    "[click](javascript:window.__owned=3)",
    "https://evil.example/a www.evil.example",
    "a@evil.example",
    "$x^2$ {a} {{b}} %{x}",
    "=HYPERLINK(1) -> <- --",
)
"""One for each language that something on the way to the screen might read."""

AUTHOR = Identity(name=f"Eve {MARKS[2]} {MARKS[1]}")
MIGRATION = f"Exit {MARKS[0]} {MARKS[1]} {MARKS[2]} {MARKS[7]}"
FILE_NAME = f"{MARKS[0]} {MARKS[2]} :red[red] {MARKS[7]} www.evil.example a@evil.example.csv"
HEADERS = ["Server Name", "Application Name", "Business Unit", "Operating System", "RAM (MB)", "Environment"]
HEADERS += [f"Note {mark}" for mark in MARKS]
APPLICATIONS = [f"App {number} {mark}" for number, mark in enumerate(MARKS)]
MACHINES = [f"srv{number} {mark}" for number, mark in enumerate(MARKS)]


def hostile_servers() -> bytes:
    """Return the server list as CSV: one machine an application, every mark in headers and cells."""
    rows = [
        [machine, application, f"Unit {mark}", "Windows Server 2012 R2", str(4096 + number), "PROD", *_cells(number)]
        for number, (machine, application, mark) in enumerate(zip(MACHINES, APPLICATIONS, MARKS, strict=True))
    ]
    return _csv([HEADERS, *rows])


def _cells(number: int) -> list[str]:
    return [f"{mark} {number}" for mark in MARKS]


def hostile_flows() -> bytes:
    """Return dependencies from each machine to the next as CSV."""
    pairs = zip(MACHINES, MACHINES[1:] + MACHINES[:1], strict=True)
    return _csv([["Source Server", "Destination Server", "Destination Port"], *([a, b, "8443"] for a, b in pairs)])


def make_hostile(store: Store) -> int:
    """Load, plan, override and comment in a migration of the store's own; returns its number."""
    work = store.unit_of_work()
    opened = migrations.create(work, MIGRATION, AUTHOR, description=" ".join(MARKS))
    for name, content in ((FILE_NAME, hostile_servers()), (f"flows {FILE_NAME}", hostile_flows())):
        receiving.receive(store, opened.id, name, BytesIO(content), AUTHOR)
    applying.apply_all(store, opened.id, AUTHOR)
    subject = strategies.page(work, opened.id, offset=0, limit=1)[0][0].subject_key
    version = strategies.argument(work, opened.id, subject).version
    strategies.override(work, opened.id, subject, Strategy.REHOST, " ".join(MARKS), AUTHOR, seen_version=version)
    rules = plans.default_rules(work, opened.id, 3)
    plans.make(store, opened.id, PlanWish(starts_on=date(2027, 1, 4), rules=rules), AUTHOR)
    for text in ("; ".join(MARKS), f"{HEADERS[-1]} should map to Memory (GB)"):
        feedback.give(work, opened.id, AUTHOR, page="waves", subject=APPLICATIONS[2], rating=0, text=text)
    view = migrations.opened(work, opened.id, AUTHOR)
    migrations.change(
        work,
        opened.id,
        AUTHOR,
        seen_version=view.version,
        name=MIGRATION,
        description=" ".join(MARKS),
        status=MigrationStatus.PLANNING,
        phase=MigrationPhase.DISCOVERY,
    )
    return opened.id


def _csv(rows: list[list[str]]) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
