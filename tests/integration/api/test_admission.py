"""Who may call: refused by default, tokens with scopes, nobody asked on this very machine, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from platform_core.api import admission
from platform_core.api.admission import OPEN
from platform_core.domain.access import Scope
from platform_core.domain.organisations import DEFAULT
from platform_core.services import access
from platform_core.settings import settings
from platform_core.store import Store
from platform_core.store.columns import now
from tests.harness.api import TestClient, local_client, remote_client
from tests.integration.api.conftest import OPERATOR, opened, token


def addresses(api: FastAPI) -> Iterator[tuple[str, str]]:
    """Yield (method, address) of everything the description lists, with some number in the place of each parameter."""
    for path, operations in api.openapi()["paths"].items():
        filled = path
        while "{" in filled:
            filled = filled[: filled.index("{")] + "1" + filled[filled.index("}") + 1 :]
        for method in operations:
            yield method.upper(), filled


def test_every_address_but_health_and_descriptions_refuses_whoever_brings_no_token(api: FastAPI) -> None:
    stranger, refused = remote_client(api), []
    for method, address in addresses(api):
        answer = stranger.request(method, address, json={})
        if address in OPEN:
            assert answer.status_code in {200, 503}, address
        else:
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), f"{method} {address}"
            assert set(answer.json()) == {"error", "status_code", "timestamp", "reference"}
            refused.append(address)
    assert len(refused) > 20


def test_every_route_is_described_so_that_the_list_above_is_whole(api: FastAPI) -> None:
    described = {(method, path) for path, methods in api.openapi()["paths"].items() for method in methods}
    routers = [route.original_router for route in api.routes if hasattr(route, "original_router")]
    every = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    routes = [route for route in every if route.path != "/docs"]
    assert len(routes) > 40
    plain = {(method.lower(), route.path.replace(":path", "")) for route in routes for method in route.methods}
    assert plain == described


def test_an_address_that_somebody_adds_is_closed_too(api: FastAPI) -> None:
    api.add_api_route("/added", lambda: "data")
    assert remote_client(api).get("/added").status_code == 401
    assert remote_client(api).get("/nothing").status_code == 401, "not even what is there is told"


@pytest.mark.parametrize(
    ("scope", "reads", "writes", "deletes"),
    [(Scope.READ, 200, 403, 403), (Scope.WRITE, 200, 201, 403), (Scope.ADMIN, 200, 201, 204)],
)
def test_a_token_allows_what_its_scope_says(
    api: FastAPI, store: Store, scope: Scope, reads: int, writes: int, deletes: int
) -> None:
    admin = remote_client(api, token(store, Scope.ADMIN, "root"))
    number = admin.post("/migrations", json={"name": "Exit"}).json()["id"]
    program = remote_client(api, token(store, scope))
    assert program.get("/migrations").status_code == reads
    assert program.post("/migrations", json={"name": "Other"}).status_code == writes
    assert program.delete(f"/migrations/{number}").status_code == deletes


def test_reading_files_without_keeping_them_needs_no_right_to_write(api: FastAPI, store: Store) -> None:
    program = remote_client(api, token(store, Scope.READ))
    answer = program.post("/discovery/analyze", json={"filename": "a.csv", "content": "Hostname\nweb01\n"})
    assert answer.status_code == 200


def test_a_token_that_ended_was_revoked_or_never_was_opens_nothing(
    api: FastAPI, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "KNOWN_SECONDS", 0.0)
    ended, revoked = token(store, Scope.READ, "ended", days=1), token(store, Scope.READ, "revoked")
    work = store.unit_of_work()
    with work:
        work.tokens.named("ended").expires_at = now() - timedelta(seconds=1)  # type: ignore[union-attr]
        work.commit()
    assert remote_client(api, revoked).get("/migrations").status_code == 200
    access.revoke(store.unit_of_work(), "revoked", OPERATOR)
    for secret in (ended, revoked, "amw_invented", "", "Basic"):
        assert remote_client(api, secret).get("/migrations").status_code == 401, secret


def test_a_token_is_looked_up_every_few_seconds_and_not_with_each_request(
    api: FastAPI, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = 100.0
    monkeypatch.setattr(admission, "monotonic", lambda: moment)
    program = remote_client(api, token(store, Scope.READ, "a program"))
    assert program.get("/migrations").status_code == 200
    access.revoke(store.unit_of_work(), "a program", OPERATOR)
    moment += admission.KNOWN_SECONDS - 0.1
    assert program.get("/migrations").status_code == 200, "it was not looked up"
    moment += 0.2
    assert program.get("/migrations").status_code == 401
    assert remote_client(api, "amw_invented").get("/migrations").status_code == 401


def test_the_last_minute_is_what_counts_against_a_caller() -> None:
    pace, moments = admission.Pace(2), (0.0, 59.0, 59.5, 60.0, 118.0, 119.0)
    assert [pace.admits("one", at) for at in moments] == [True, True, False, True, False, True]
    assert pace.admits("other", 59.5)


def test_secrets_are_nowhere_in_the_store(store: Store, tmp_path: Path) -> None:
    secret = token(store, Scope.READ)
    store.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("workbench.db*"))
    assert secret.encode() not in kept
    assert secret.removeprefix("amw_").encode() not in kept


def test_on_this_machine_nobody_is_asked_until_there_is_a_first_token(api: FastAPI, store: Store) -> None:
    here = local_client(api)
    assert here.get("/migrations").status_code == 200
    secret = token(store, Scope.READ)
    assert here.get("/migrations").status_code == 401
    access.revoke(store.unit_of_work(), "a read token", OPERATOR)
    assert here.get("/migrations").status_code == 401, "revoking the last one does not open the door again"
    assert secret


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.7"},
        {"Forwarded": "for=203.0.113.7"},
        {"X-Real-IP": "203.0.113.7"},
        {"Host": "rebound.example:8501"},
        {"Host": "127.0.0.1.rebound.example"},
        {"Authorization": "Basic YTpi"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_what_only_looks_as_if_it_came_from_here_is_asked(api: FastAPI, headers: dict[str, str]) -> None:
    assert local_client(api).get("/migrations", headers=headers).status_code == 401


def test_another_machine_is_asked_whatever_host_it_names(api: FastAPI) -> None:
    client = TestClient(api, base_url="http://127.0.0.1:8501", client=("203.0.113.7", 50_000))
    assert client.get("/migrations").status_code == 401


def test_where_people_sign_in_programs_need_tokens(api: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings().__dict__, "REQUIRE_LOGIN", True)
    assert local_client(api).get("/migrations").status_code == 401


def test_a_page_of_another_site_cannot_use_that_nobody_is_asked_here(here: TestClient) -> None:
    answer = here.post("/migrations", json={"name": "Forged"}, headers={"Origin": "https://stranger.example"})
    assert answer.status_code == 403
    assert here.get("/migrations").json()["items"] == []
    ours = {"Origin": "http://127.0.0.1:8501"}
    assert here.post("/migrations", json={"name": "Ours"}, headers=ours).status_code == 201


def test_more_requests_a_minute_than_allowed_are_refused_and_one_caller_does_not_use_up_anothers(
    tmp_path: Path,
) -> None:
    for api in opened(tmp_path, API_REQUESTS_PER_MINUTE=3):
        store: Store = api.state.store.of(DEFAULT)
        busy, calm = (remote_client(api, token(store, Scope.READ, name)) for name in ("busy", "calm"))
        assert [busy.get("/migrations").status_code for _ in range(4)] == [200, 200, 200, 429]
        assert busy.get("/migrations").headers["Retry-After"]
        assert calm.get("/migrations").status_code == 200
        assert busy.get("/health").status_code == 200


def test_the_trail_names_the_token_that_changed_something(program: TestClient, store: Store) -> None:
    number = program.post("/migrations", json={"name": "Exit"}).json()["id"]
    work = store.unit_of_work()
    with work.reading():
        assert work.audit.recent(number, 1)[0].author == "a write token"
