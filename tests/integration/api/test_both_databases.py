"""The way through the API on SQLite and on PostgreSQL: tokens, keys that may be repeated, an import, figures."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from platform_core.api import create_api
from platform_core.domain.access import Scope
from platform_core.domain.organisations import DEFAULT
from platform_core.settings import Settings
from platform_core.store.columns import now
from platform_core.store.models import RunRow
from tests.harness.api import remote_client
from tests.integration.api.conftest import token
from tests.integration.api.test_routes import SERVERS, ok


def test_a_program_comes_through_on_either(database_url: str, tmp_path: Path) -> None:
    api = create_api(Settings(DATABASE_URL=database_url, FILES_URL=str(tmp_path / "files")))
    try:
        program = remote_client(api, token(api.state.store.of(DEFAULT), Scope.WRITE))
        again = {"Idempotency-Key": "once"}
        sent = [ok(program.post("/migrations", json={"name": "Exit"}, headers=again), 201) for _ in range(2)]
        assert sent[0] == sent[1]
        number = sent[0]["id"]
        form = {"files": ("servers.csv", SERVERS.encode(), "text/csv")}
        begun = ok(program.post("/discovery/imports", data={"migration_id": number}, files=form))
        (import_id,) = begun["outcome"]["imports"]
        version = ok(program.get(f"/discovery/imports/{import_id}"))["version"]
        ok(program.post(f"/discovery/imports/{import_id}/apply", json={"version": version, "undecided": True}))
        first = ok(program.get(f"/migrations/{number}/inventory", params={"limit": 1}))
        rest = ok(program.get(f"/migrations/{number}/inventory", params={"after": first["next"]}))
        names = {asset["name"] for asset in first["items"] + rest["items"]}
        assert {"web01", "web02"} <= names
        assert ok(program.get(f"/migrations/{number}/overview"))["figures"]["assets"] == len(names)
        figures = program.get("/monitoring/metrics").text
        assert 'workbench_import_rows{outcome="stored"} 2.0' in figures
        (import_seconds,) = re.findall(r'workbench_run_seconds_sum\{kind="import",status="completed"\} (\S+)', figures)
        assert 0 < float(import_seconds) < 60
        assert 'workbench_queue_seconds{lane="engine"} 0.0' in figures
        with api.state.store.of(DEFAULT).unit_of_work() as work:
            asked = now() - timedelta(seconds=90)
            work.runs.add(RunRow(kind="plan", job="plan", started_by="x", started_at=asked))
            work.commit()
        figures = program.get("/monitoring/metrics").text
        assert 'workbench_queue_runs{lane="engine"} 1.0' in figures
        (waited,) = re.findall(r'workbench_queue_seconds\{lane="engine"\} (\S+)', figures)
        assert float(waited) >= 90
        assert ok(program.get("/ready"))["missing"] == ["worker"]
    finally:
        api.state.store.close()
