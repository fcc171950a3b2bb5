"""Requests that are sent twice are done once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from platform_core.domain.access import Scope
from platform_core.domain.organisations import DEFAULT
from platform_core.services import repeats
from platform_core.store import Store
from platform_core.store.columns import now
from platform_core.store.models import AnswerRow
from tests.harness.api import TestClient, remote_client
from tests.integration.api.conftest import opened, token

KEY = {"Idempotency-Key": "order-1"}
SERVERS = b"Hostname,CPUs\nweb01,4\nweb02,8\n"


def test_the_same_request_under_the_same_key_is_answered_as_the_first_time(program: TestClient) -> None:
    first = program.post("/migrations", json={"name": "Exit"}, headers=KEY)
    second = program.post("/migrations", json={"name": "Exit"}, headers=KEY)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(program.get("/migrations").json()["items"]) == 1


def test_another_request_under_the_key_is_refused(program: TestClient) -> None:
    program.post("/migrations", json={"name": "Exit"}, headers=KEY)
    answer = program.post("/migrations", json={"name": "Other"}, headers=KEY)
    assert answer.status_code == 422
    assert "idempotency key" in answer.json()["error"]
    assert len(program.get("/migrations").json()["items"]) == 1


def test_keys_of_two_programs_do_not_meet(api: FastAPI, store: Store, program: TestClient) -> None:
    other = remote_client(api, token(store, Scope.WRITE, "other"))
    assert program.post("/migrations", json={"name": "One"}, headers=KEY).status_code == 201
    assert other.post("/migrations", json={"name": "Two"}, headers=KEY).status_code == 201


def test_a_file_sent_again_as_another_form_is_the_same_request(program: TestClient) -> None:
    number = program.post("/migrations", json={"name": "Exit"}).json()["id"]
    sent = [
        program.post(
            "/discovery/imports",
            headers=KEY,
            data={"migration_id": number},
            files={"files": ("servers.csv", SERVERS, "text/csv")},
        )
        for _ in range(2)
    ]
    assert sent[0].status_code == 200, sent[0].text
    assert sent[0].json() == sent[1].json()
    assert len(program.get("/discovery/imports", params={"migration_id": number}).json()["items"]) == 1


def test_a_refusal_is_remembered_too_and_a_failure_of_ours_is_not(api: FastAPI, program: TestClient) -> None:
    first = program.post("/migrations", json={"name": " "}, headers=KEY)
    assert (first.status_code, program.post("/migrations", json={"name": " "}, headers=KEY).text) == (422, first.text)

    @api.post("/broken")
    def broken() -> None:
        calls.append(1)
        raise ValueError

    calls: list[int] = []
    again = {"Idempotency-Key": "order-2"}
    assert [program.post("/broken", headers=again).status_code for _ in range(2)] == [500, 500]
    assert len(calls) == 2


def test_while_the_first_is_under_way_the_second_waits_its_turn_and_a_dead_one_is_forgotten(store: Store) -> None:
    number = repeats.begin(store.unit_of_work(), "token-1", "k", "digest")
    assert isinstance(number, int)
    with pytest.raises(repeats.Conflict):
        repeats.begin(store.unit_of_work(), "token-1", "k", "digest")
    work = store.unit_of_work()
    with work:
        work.answers.get(number).created_at = now() - timedelta(hours=1)  # type: ignore[union-attr]
        work.commit()
    assert isinstance(repeats.begin(store.unit_of_work(), "token-1", "k", "digest"), int)


def test_answers_are_kept_with_their_digest_and_for_a_day(program: TestClient, store: Store) -> None:
    program.post("/migrations", json={"name": "Exit"}, headers=KEY)
    work = store.unit_of_work()
    with work:
        row: AnswerRow = work.answers.find("token-1", "order-1")  # type: ignore[assignment]
        assert len(row.digest) == 64
        row.created_at = now() - timedelta(hours=25)
        work.commit()
    assert program.post("/migrations", json={"name": "Next"}, headers=KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_that_is_none_is_refused(program: TestClient, key: str) -> None:
    assert program.post("/migrations", json={"name": "Exit"}, headers={"Idempotency-Key": key}).status_code == 422


def test_a_body_that_is_too_large_is_refused_by_its_length_and_while_it_comes_in(tmp_path: Path) -> None:
    for api in opened(tmp_path, API_MAX_BODY_MB=1):
        program = remote_client(api, token(api.state.store.of(DEFAULT), Scope.WRITE))
        large = b"x" * 1_100_000
        whole = program.post("/discovery/analyze", content=large, headers={"Content-Type": "application/json"})
        pieces = program.post(
            "/discovery/analyze",
            content=(large[n : n + 10_000] for n in range(0, len(large), 10_000)),
            headers={"Content-Type": "application/json", **KEY},
        )
        kept = program.post(
            "/migrations",
            content=(b"x" * 10_000 for _ in range(120)),
            headers={"Content-Type": "application/json", **KEY},
        )
        assert [answer.status_code for answer in (whole, pieces, kept)] == [413, 413, 413]
        assert set(pieces.json()) == {"error", "status_code", "timestamp", "reference"}
