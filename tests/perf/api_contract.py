"""Does the API do what it says? Schemathesis reads the description and sends thousands of requests, right and wrong.

`python -m tests.perf.api_contract` serves the sample portfolio and runs every check that Schemathesis has: no server
error, no answer that is not described, nothing right refused, nothing wrong accepted, no door without its lock. Ends
with 1 when a check failed, or when fewer cases were sent than asked for.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from platform_core.domain.access import Scope
from platform_core.domain.identity import Identity
from platform_core.services import access, asset_lists, feedback, sessions
from tests.harness import databases
from tests.harness.portfolio import copy_portfolio, make_portfolio, store_at
from tests.harness.server import PROJECT_ROOT, running_workbench
from tests.perf import contract_checks
from tests.perf.contract_checks import REPLACED

CONFIG = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(contract_checks.__file__)
NO_LIMIT = "100000000"
NUMBERS = {"migration_id": 1, "import_id": 12, "plan_id": 1, "run_id": 14, "session_id": 1, "feedback_id": 2}
"""The numbers up to which there is something of each kind in the store that is served."""


def main() -> int:
    """Run, tell how many cases were sent and what failed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--examples", type=int, default=60, help="cases an operation and phase, at most")
    asked.add_argument("--at-least", type=int, default=2_000, help="cases that must have been sent")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    asked.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    chosen = asked.parse_args()
    with databases.running(chosen.database), tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        make_portfolio(here / "made")
        copy_portfolio(here / "made", here / "run" / "var")
        secret, config = prepare(here / "run" / "var"), here / "schemathesis.toml"
        config.write_text(CONFIG.read_text(encoding="utf-8") + known_values(here / "run" / "var"), encoding="utf-8")
        with running_workbench(here / "run", {"API_REQUESTS_PER_MINUTE": NO_LIMIT}) as workbench:
            failed = run(f"{workbench.url}/api/v1/openapi.json", secret, chosen, config)
        cases, statuses = counted(here / "cases.ndjson")
    told = ", ".join(f"{number:,} × {status}" for status, number in sorted(statuses.items()))
    sys.stdout.write(f"{cases:,} cases on {chosen.database}: {told}\n")
    server_errors = sum(number for status, number in statuses.items() if status >= 500)
    return int(failed or server_errors > 0 or cases < chosen.at_least)


def prepare(var: Path) -> str:
    """Add feedback and a session to the store below `var`; returns a new token that allows everything."""
    store, operator = store_at(var), Identity(name="operator")
    try:
        for text in ("RAM_GB should map to Memory (GB)", "Owner is not the business owner"):
            feedback.give(store.unit_of_work(), 1, operator, page="mapping", text=text)
        sessions.keep(store, 1, "At first", "", operator)
        return access.create(store.unit_of_work(), "schemathesis", Scope.ADMIN, operator)[1]
    finally:
        store.close()


def known_values(var: Path) -> str:
    """Return, as a part of the configuration, the numbers and keys of what is there: six cases in ten use one."""
    store = store_at(var)
    try:
        lines, _ = asset_lists.page(store.unit_of_work(), 1, asset_lists.BY_KEY, limit=20)
    finally:
        store.close()
    keys = sorted({line.key for line in lines} | {line.subject_key for line in lines})
    values = {"key": keys, **{name: list(range(1, most + 1)) for name, most in NUMBERS.items()}}
    known = [f"[dictionaries.{name}]\nvalues = {json.dumps(some)}" for name, some in values.items()]
    used = [f'{name} = {{ dictionary = "{name}", probability = 0.6 }}' for name in values]
    return "\n\n" + "\n\n".join(known) + "\n\n[parameters]\n" + "\n".join(used) + "\n"


def run(description: str, secret: str, chosen: argparse.Namespace, config: Path) -> bool:
    """Run Schemathesis; returns whether a check failed."""
    command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", str(config), "run"]
    command += [description, "--header", f"Authorization: Bearer {secret}", "--checks", "all"]
    command += ["--max-examples", str(chosen.examples), "--seed", str(chosen.seed), "--phases", chosen.phases]
    command += ["--exclude-checks", ",".join(REPLACED)]
    command += [
        "--continue-on-failure",
        "--report",
        "ndjson",
        "--report-ndjson-path",
        str(config.with_name("cases.ndjson")),
    ]
    known = {"SCHEMATHESIS_HOOKS": str(HOOKS), "PYTHONPATH": str(PROJECT_ROOT)}
    return subprocess.run(command, cwd=config.parent, env=os.environ | known, check=False).returncode != 0


def counted(report: Path) -> tuple[int, Counter[int]]:
    """Return how many requests were answered, and with which status."""
    statuses: Counter[int] = Counter()
    for line in report.read_text(encoding="utf-8").splitlines():
        scenario = json.loads(line).get("ScenarioFinished", {})
        for interaction in scenario.get("recorder", {}).get("interactions", {}).values():
            if interaction.get("response"):
                statuses[interaction["response"]["status_code"]] += 1
    return sum(statuses.values()), statuses


if __name__ == "__main__":
    raise SystemExit(main())
