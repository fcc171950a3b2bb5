"""The live view: snapshot, then every event once; resumed, filtered, refused."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from platform_core.api import hub, live
from platform_core.domain.access import Scope
from platform_core.services import access, migrations
from platform_core.store import Store
from tests.harness.api import TestClient, local_client, remote_client, served
from tests.harness.organisations import second_organisation
from tests.harness.runs import add_run, tell
from tests.integration.api.conftest import OPERATOR, opened, token

ADDRESS = "/ws/agent-monitor"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.2)


@pytest.fixture
def here(here: TestClient) -> Iterator[TestClient]:
    """The client on this machine, all of whose sockets live in one event loop, as those of a server do."""
    with here:
        yield here


def address(client: TestClient) -> str:
    return str(client.base_url).replace("http", "ws", 1) + ADDRESS


@contextmanager
def listening(client: TestClient, **hello: Any) -> Iterator[tuple[WebSocketTestSession, dict[str, Any]]]:
    with client.websocket_connect(address(client)) as socket:
        socket.send_json(hello)
        yield socket, socket.receive_json()


def events(socket: WebSocketTestSession, number: int) -> list[dict[str, Any]]:
    """Return the next events, `number` of them."""
    found: list[dict[str, Any]] = []
    while len(found) < number:
        message = socket.receive_json()
        if message["type"] == "events":
            found += message["events"]
            assert message["last_id"] >= found[-1]["id"]
    assert len(found) == number
    return found


def closed(client: TestClient, hello: Any = None, headers: dict[str, str] | None = None) -> int:
    """Return the code with which a socket is closed after its hello."""
    with client.websocket_connect(address(client), headers=headers or {}) as socket:
        socket.send_json(hello if hello is not None else {})
        return end_of(socket)


def end_of(socket: WebSocketTestSession) -> int:
    """Return the code with which the other side closes a socket; what it says before is passed over."""
    for _ in range(20):
        try:
            socket.receive_json()
        except WebSocketDisconnect as end:
            return end.code
    raise AssertionError("It was not closed.")


def test_a_snapshot_then_every_event_in_order(here: TestClient, store: Store) -> None:
    run = add_run(store)
    tell(store, run, "before")
    with listening(here) as (socket, snapshot):
        assert (snapshot["type"], snapshot["status"]["runs_running"]) == ("snapshot", 1)
        numbers = tell(store, run, *(f"event {n}" for n in range(450)))
        found = events(socket, 450)
    assert [event["id"] for event in found] == numbers
    assert found[0]["text"] == "event 0"
    assert set(found[0]) == {"id", "run_id", "task_id", "at", "kind", "progress", "text", "data"}


def test_after_a_break_it_goes_on_from_the_last_number(here: TestClient, store: Store) -> None:
    run = add_run(store)
    with listening(here) as (socket, snapshot):
        tell(store, run, "a", "b")
        last = events(socket, 2)[-1]["id"]
    tell(store, run, *(f"missed {n}" for n in range(250)))
    with listening(here, after=last) as (socket, snapshot):
        assert snapshot["last_id"] == last
        tell(store, run, "new")
        found = events(socket, 251)
    assert [event["text"] for event in found] == [*(f"missed {n}" for n in range(250)), "new"]


def test_whoever_is_behind_what_is_kept_at_hand_reads_on_from_the_store(
    here: TestClient, store: Store, api: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "RING", 10)
    api.state.hub = hub.EventHub(api.state.hub._feed)
    run = add_run(store)
    first = tell(store, run, "first")[0]
    with listening(here):
        numbers = tell(store, run, *(f"event {n}" for n in range(700)))
        with listening(here, after=first) as (late, _):
            assert [event["id"] for event in events(late, 700)] == numbers
    assert len(api.state.hub._ring) <= 10


def test_only_the_migration_that_was_asked_for_is_told(here: TestClient, store: Store) -> None:
    mine = migrations.create(store.unit_of_work(), "Mine", OPERATOR).id
    run, other = add_run(store, mine), add_run(store)
    with listening(here, migration_id=mine) as (socket, _):
        tell(store, other, "not mine")
        tell(store, run, "mine")
        assert [event["text"] for event in events(socket, 1)] == ["mine"]
    assert closed(here, {"migration_id": 999}) == live.NOTHING_THERE


def test_nobody_is_told_of_another_organisation_live_or_afterwards(api: FastAPI, store: Store) -> None:
    other = store.of(second_organisation(store, "Southgate"))
    theirs = migrations.create(other.unit_of_work(), "Theirs", OPERATOR).id
    program = remote_client(api, token(store, Scope.READ))
    mine, foreign = add_run(store), add_run(other, theirs)
    with program:
        with listening(program) as (socket, _):
            tell(other, foreign, "theirs")
            tell(store, mine, "mine")
            assert [event["text"] for event in events(socket, 1)] == ["mine"]
        with listening(program, after=0) as (socket, _):
            tell(store, mine, "last")
            assert [event["text"] for event in events(socket, 2)] == ["mine", "last"]
        assert closed(program, {"migration_id": theirs}) == live.NOTHING_THERE


def test_where_nothing_happens_a_heartbeat_tells_that_the_line_holds(here: TestClient, store: Store) -> None:
    with listening(here) as (socket, snapshot):
        beat = socket.receive_json()
    assert (beat["type"], beat["last_id"]) == ("heartbeat", snapshot["last_id"])


def test_the_token_comes_in_the_header_or_in_the_first_message(api: FastAPI, store: Store) -> None:
    secret = token(store, Scope.READ)
    with listening(remote_client(api, secret)) as (_, snapshot):
        assert snapshot["type"] == "snapshot"
    with listening(remote_client(api), token=secret) as (_, snapshot):
        assert snapshot["type"] == "snapshot"
    stranger = remote_client(api)
    assert closed(stranger) == closed(stranger, {"token": "amw_invented"}) == live.NOT_ADMITTED
    assert closed(local_client(api)) == live.NOT_ADMITTED, "from the first token on everybody is asked"


def test_a_token_that_is_revoked_ends_the_socket(api: FastAPI, store: Store) -> None:
    with listening(remote_client(api), token=token(store, Scope.READ, "gone")) as (socket, _):
        access.revoke(store.unit_of_work(), "gone", OPERATOR)
        assert end_of(socket) == live.NOT_ADMITTED


@pytest.mark.parametrize("hello", [[], {"after": "x"}, {"after": -1}, {"unknown": 1}, "hello"], ids=str)
def test_a_hello_that_is_none_is_refused(here: TestClient, hello: object) -> None:
    assert closed(here, hello) == live.NO_HELLO


def test_a_page_of_another_site_and_other_addresses_open_nothing(here: TestClient) -> None:
    for place, headers in ((address(here), {"Origin": "https://stranger.example"}), ("/ws/other", {})):
        with pytest.raises(WebSocketDisconnect), here.websocket_connect(place, headers=headers):
            pass


def test_there_are_only_so_many_sockets(tmp_path: Path) -> None:
    for api in opened(tmp_path, API_SOCKETS=1):
        with local_client(api) as here:
            with listening(here):
                assert closed(here) == live.TRY_LATER
            with listening(here) as (_, snapshot):
                assert snapshot["type"] == "snapshot"
        here = local_client(api)
        assert 'workbench_api_sockets_closed_total{code="1013"} 1.0' in here.get("/monitoring/metrics").text


def test_whoever_does_not_read_is_dropped_with_a_code_and_nobody_else_waits_for_it(
    api: FastAPI, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SLOW_SECONDS", 0.5)
    run, large = add_run(store), "x" * 4_000
    with served(api) as url, narrow(url) as line:
        port = int(url.rsplit(":", 1)[1])
        with (
            connect(f"ws://127.0.0.1:{port}{ADDRESS}", sock=line, max_queue=1, compression=None) as lazy,
            connect(f"ws://127.0.0.1:{port}{ADDRESS}", compression=None) as eager,
        ):
            for reader in (lazy, eager):
                reader.send("{}")
                assert json.loads(reader.recv())["type"] == "snapshot"
            numbers = [number for _ in range(30) for number in tell(store, run, *([large] * 100))]
            got: list[int] = []
            while len(got) < len(numbers):
                got += [event["id"] for event in json.loads(eager.recv(20)).get("events", ())]
            time.sleep(1.5)  # longer than anybody waits for the lazy one
            with pytest.raises(ConnectionClosed) as end:
                consume(lazy)
    assert got == numbers
    assert end.value.rcvd is not None
    assert end.value.rcvd.code == live.TOO_SLOW


@contextmanager
def narrow(url: str) -> Iterator[socket.socket]:
    """Open a line whose reader has little room, so that what it does not read stays with the sender."""
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        line.connect(("127.0.0.1", int(url.rsplit(":", 1)[1])))
        yield line


def consume(lazy: ClientConnection) -> None:
    """Read until the other side closes."""
    while True:
        lazy.recv(20)


def test_the_poller_ends_with_the_last_listener(here: TestClient, api: FastAPI) -> None:
    with listening(here):
        assert api.state.hub._poller is not None
    assert api.state.hub._poller is None
