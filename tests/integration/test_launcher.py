"""The running workbench from outside: headers, sockets, health, and what the launcher sets."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from sqlalchemy import create_engine, inspect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from platform_core.settings import PROJECT_ROOT, Settings
from tests.conftest import StartWorkbench
from tests.harness import databases
from tests.harness.server import Workbench
from tests.harness.stream import visit
from tests.perf.page_metrics import measure

SHOWCASE = PROJECT_ROOT / "tests" / "e2e" / "showcase" / "launcher.py"


@pytest.mark.parametrize("address", ["/", "/upload", "/_stcore/health", "/api/v1/health"])
def test_every_answer_carries_the_protective_headers(workbench_server: Workbench, address: str) -> None:
    with urlopen(workbench_server.url + address) as answer:
        headers = answer.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy["script-src"].replace("wasm-unsafe-eval", "")
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Permissions-Policy"]


def test_health_answers_under_the_address_of_the_api(workbench_server: Workbench) -> None:
    with urlopen(f"{workbench_server.url}/api/v1/health") as answer:
        assert json.load(answer) == {"status": "ok", "database": databases.kind(), "version": Settings.VERSION}


def test_the_schema_is_there_before_the_first_visitor(workbench_server: Workbench) -> None:
    engine = create_engine(workbench_server.database_url)
    assert "alembic_version" in inspect(engine).get_table_names()
    engine.dispose()


def test_health_turns_to_503_when_the_database_goes_away(
    postgresql_cluster: object, start_workbench: StartWorkbench
) -> None:
    with postgresql_cluster.fresh_database() as database:  # type: ignore[attr-defined]
        workbench = start_workbench({"DATABASE_URL": database})
        assert urlopen(f"{workbench.url}/api/v1/health").status == HTTPStatus.OK
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{workbench.url}/api/v1/health")
    assert refused.value.code == HTTPStatus.SERVICE_UNAVAILABLE
    assert json.load(refused.value)["error"].startswith("The database does not answer.")


@pytest.mark.parametrize("path", ["/_stcore/stream", "/api/v1/anything"])
def test_a_page_from_elsewhere_cannot_open_a_socket(workbench_server: Workbench, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(workbench_server.url.replace("http", "ws", 1) + path, origin="https://stranger.example")
    assert refused.value.response.status_code == HTTPStatus.FORBIDDEN


def test_our_own_page_can(workbench_server: Workbench) -> None:
    with connect(
        workbench_server.url.replace("http", "ws", 1) + "/_stcore/stream",
        origin=workbench_server.url,
        subprotocols=["streamlit"],
    ) as socket:
        assert socket.subprotocol == "streamlit"


def test_collection_is_frozen_not_forced_and_the_upload_limit_is_the_setting(start_workbench: StartWorkbench) -> None:
    workbench = start_workbench({"MAX_UPLOAD_MB": "7"}, launcher=SHOWCASE)
    with visit(workbench.url) as opened:
        words = opened.run().words
    assert "Frozen: True, forced collection: False, upload limit: 7 MB" in words


def test_the_log_is_one_line_an_event_and_knows_when_it_is_ready(workbench_server: Workbench) -> None:
    lines = [line for line in workbench_server.log().splitlines() if line.startswith("time=")]
    assert any("event=ready" in line for line in lines)
    assert "Traceback" not in workbench_server.log()


def test_settings_that_cannot_be_used_stop_the_start_with_their_names(start_workbench: StartWorkbench) -> None:
    with pytest.raises(RuntimeError, match=r"These settings cannot be used: MAX_ROWS\."):
        start_workbench({"MAX_ROWS": "many"})


def test_the_measure_counts_what_a_page_sends_and_refuses_to_measure_an_error(start_workbench: StartWorkbench) -> None:
    workbench = start_workbench(launcher=SHOWCASE)
    whole = measure(workbench.url, "", reruns=2)
    assert whole.payload_kb > 10
    assert 0 < whole.median_ms <= whole.p95_ms
    with pytest.raises(RuntimeError, match="shows an error"):
        measure(workbench.url, "", query="fail=other", reruns=1)


def test_the_launcher_is_short_and_its_script_has_no_pages_folder_beside_it() -> None:
    launcher = (PROJECT_ROOT / "app.py").read_text(encoding="utf-8")
    assert len(launcher.splitlines()) <= 60
    router = Path(PROJECT_ROOT, "pages", "_router.py")
    assert router.exists()
    assert not (router.parent / "pages").exists()
