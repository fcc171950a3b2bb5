"""The web interface: health, and how it says that something did not work."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.applications import Starlette

from platform_core.api import Door, create_api
from platform_core.errors import BadInput, Cancelled, Conflict, Forbidden, NotFound, Unavailable, WorkbenchError
from platform_core.settings import Settings
from tests.harness.api import TestClient, local_client
from tests.harness.databases import blank_database_of, database_of

FAILURES = [
    (BadInput("The file is empty.", hint="Export it again."), 400, "The file is empty. Export it again."),
    (Forbidden("Only the owner may do this."), 403, "Only the owner may do this."),
    (NotFound("The plan is gone."), 404, "The plan is gone."),
    (Conflict("Somebody else was faster."), 409, "Somebody else was faster."),
    (Cancelled("The run was stopped."), 409, "The run was stopped."),
    (Unavailable("The database does not answer."), 503, "The database does not answer."),
    (WorkbenchError("It did not work."), 500, "It did not work."),
    (ValueError("cell of a customer"), 500, "Something went wrong here."),
]


class Order(BaseModel):
    wave: int


def api_on(database_url: str, tmp_path: Path, **settings: object) -> FastAPI:
    return create_api(Settings(DATABASE_URL=database_url, FILES_URL=str(tmp_path), **settings))


def failing_client(tmp_path: Path, failure: Exception) -> TestClient:
    api = api_on(blank_database_of(tmp_path), tmp_path)

    @api.post("/orders")
    def orders(order: Order) -> None:
        raise failure

    return local_client(api)


def test_health_names_the_database_that_answered_and_the_version(database_url: str, tmp_path: Path) -> None:
    answer = local_client(api_on(database_url, tmp_path)).get("/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": database_url.partition(":")[0].partition("+")[0],
        "version": Settings.VERSION,
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_health_says_plainly_that_the_database_does_not_answer(tmp_path: Path) -> None:
    nobody = "postgresql://ada:secret@127.0.0.1:9/workbench"
    answer = local_client(api_on(nobody, tmp_path)).get("/health")
    assert answer.status_code == 503
    assert answer.json()["error"].startswith("The database does not answer.")
    assert "secret" not in answer.text


@pytest.mark.parametrize(("failure", "status", "sentence"), FAILURES, ids=[type(case[0]).__name__ for case in FAILURES])
def test_a_failure_is_a_sentence_a_status_a_time_and_a_reference(
    tmp_path: Path, failure: Exception, status: int, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    answer = failing_client(tmp_path, failure).post("/orders", json={"wave": 1})
    body = answer.json()
    assert (answer.status_code, body["status_code"], body["error"]) == (status, status, sentence)
    assert set(body) == {"error", "status_code", "timestamp", "reference"}
    assert abs(datetime.fromisoformat(body["timestamp"]) - datetime.now(UTC)).total_seconds() < 60
    assert body["reference"] == answer.headers["X-Reference"]
    records = [record for record in caplog.records if getattr(record, "reference", None) == body["reference"]]
    assert any(record.message == "request" and record.status == status for record in records)
    assert any(record.exc_info for record in records) == (status >= 500), "what is our fault is logged with its trace"


def test_a_wrong_body_is_told_by_its_fields_and_not_quoted(tmp_path: Path) -> None:
    answer = failing_client(tmp_path, ValueError()).post("/orders", json={"wave": "cell of a customer"})
    assert answer.status_code == 422
    assert answer.json()["error"] == (
        "The request cannot be used. body.wave: Input should be a valid integer, unable to parse string as an integer."
    )


def test_an_address_without_anything_and_a_wrong_method_are_failures_like_others(tmp_path: Path) -> None:
    client = failing_client(tmp_path, ValueError())
    assert client.get("/nothing").json()["error"] == "There is nothing at this address."
    wrong_method = client.get("/orders").json()
    assert (wrong_method["status_code"], wrong_method["error"]) == (405, "Method Not Allowed.")
    assert set(wrong_method) == {"error", "status_code", "timestamp", "reference"}


def test_other_origins_are_let_in_by_name_only(tmp_path: Path) -> None:
    database = database_of(tmp_path)
    ask = {"Origin": "https://board.example"}
    closed = local_client(api_on(database, tmp_path)).get("/health", headers=ask)
    assert "Access-Control-Allow-Origin" not in closed.headers
    named = local_client(api_on(database, tmp_path, BACKEND_CORS_ORIGINS=("https://board.example",)))
    assert named.get("/health", headers=ask).headers["Access-Control-Allow-Origin"] == "https://board.example"
    stranger = named.get("/health", headers={"Origin": "https://stranger.example"})
    assert "Access-Control-Allow-Origin" not in stranger.headers


@pytest.mark.parametrize("place", ["a%0Ab", "%0Aa", "a%0A"])
def test_an_address_with_a_line_break_is_the_apis_to_answer(database_url: str, tmp_path: Path, place: str) -> None:
    mounted = Starlette(routes=[Door("/api/v1", api_on(database_url, tmp_path))])
    answer = local_client(mounted).get(f"/api/v1/migrations/1/strategies/{place}")
    assert answer.status_code == 404
    assert answer.json().keys() == {"error", "status_code", "timestamp", "reference"}
