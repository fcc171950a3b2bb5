"""The way through the API that a program takes: a migration, files, decisions, inventory, strategies, plan, report."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from platform_core.api import create_api
from platform_core.domain.organisations import DEFAULT
from platform_core.services import operations
from platform_core.settings import PROJECT_ROOT, Settings
from platform_core.store import Store
from tests.harness.api import TestClient, local_client
from tests.harness.databases import address_of
from tests.harness.portfolio import copy_portfolio
from tests.integration.api.conftest import opened

DOCUMENTATION = PROJECT_ROOT / "docs" / "api.md"
SERVERS = (
    "Hostname,CPUs,RAM (MB),Operating System,Environment,Application\n"
    "web01,4,16384,Windows Server 2012 R2,Production,Shop\n"
    "web02,8,32768,Red Hat Enterprise Linux 8,Test,Shop\n"
)


@pytest.fixture(scope="module")
def portfolio(sample_portfolio: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The sample portfolio behind the API; tests of this module only read it."""
    var = tmp_path_factory.mktemp("api") / "var"
    copy_portfolio(sample_portfolio, var)
    api = create_api(Settings(DATABASE_URL=address_of(var), FILES_URL=str(var / "files")))
    yield local_client(api)
    api.state.store.close()


def created(client: TestClient, name: str = "Exit") -> int:
    number: int = client.post("/migrations", json={"name": name}).json()["id"]
    return number


def ok(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def every(client: TestClient, path: str, **asked: object) -> list[Any]:
    """Return all of a list, a page after the other."""
    lines, after = [], None
    while True:
        page = ok(client.get(path, params=asked if after is None else {**asked, "after": after}))
        lines += page["items"]
        after = page["next"]
        if after is None:
            return lines
        assert page["items"], "a page that says another follows is not empty"


def test_files_are_told_at_once_as_json_or_form_and_nothing_is_kept(here: TestClient, store: Store) -> None:
    as_json = ok(here.post("/discovery/analyze", json={"filename": "servers.csv", "content": SERVERS}))
    form = {"files": ("servers.csv", io.BytesIO(SERVERS.encode()), "text/csv")}
    assert ok(here.post("/discovery/analyze", files=form)) == as_json
    (file,) = as_json["files"]
    fields = {column["header"]: (column["field"], column["source"]) for column in file["columns"]}
    assert fields["Hostname"] == ("hostname", "rules")
    assert fields["RAM (MB)"] == ("memory_gb", "rules")
    assert (file["kind"], file["rows_read"], as_json["assets"]["server"]) == ("server", 2, 2)
    assert "storage_gb" in file["missing"]
    assert as_json["sources"] == {"asset_types": "rules", "quality": "rules", "missing": "rules"}
    assert 0 <= as_json["score"] <= 100
    work = store.unit_of_work()
    with work.reading():
        assert work.runs.of(None) == []


def test_several_files_are_told_together(here: TestClient) -> None:
    files = [("files", (name, SERVERS.encode(), "text/csv")) for name in ("a.csv", "b.csv")]
    found = ok(here.post("/discovery/analyze", files=files))
    assert [file["name"] for file in found["files"]] == ["a.csv", "b.csv"]
    assert found["assets"]["server"] == 2, "the same machines in both"


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        ({"json": {"filename": "a.csv"}}, 422, "body.content"),
        ({"json": {"filename": "a.csv", "content": "x\ny\n", "migration_id": 7}}, 404, "migration"),
        ({"data": {"other": "1"}, "files": {"files": b"x"}}, 422, "body.other"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 422, "body"),
        ({"content": b"x", "headers": {"Content-Type": "text/csv"}}, 415, "multipart/form-data"),
        ({"files": {"files": ("a.csv", b"", "text/csv")}}, 400, "empty"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_file_is_refused_by_name(here: TestClient, sent: dict[str, Any], status: int, told: str) -> None:
    answer = here.post("/discovery/analyze", **sent)
    assert (answer.status_code, told in answer.json()["error"]) == (status, True), answer.text


def test_from_a_file_to_an_asset_with_its_lineage(here: TestClient) -> None:
    migration = created(here)
    form = {"files": ("servers.csv", SERVERS.encode(), "text/csv")}
    begun = ok(here.post("/discovery/imports", data={"migration_id": migration}, files=form))
    (number,) = begun["outcome"]["imports"]
    columns = ok(here.get(f"/discovery/imports/{number}/columns"))
    place = next(column for column in columns if column["header"] == "Environment")
    said = {"position": place["position"], "action": "ignore", "version": place["version"]}
    assert ok(here.post(f"/discovery/imports/{number}/decisions", json={"decisions": [said]})) == {"changed": 1}
    late = here.post(f"/discovery/imports/{number}/decisions", json={"decisions": [said]})
    assert late.status_code == 409, "it was seen at an older version"
    version = ok(here.get(f"/discovery/imports/{number}"))["version"]
    applied = ok(here.post(f"/discovery/imports/{number}/apply", json={"version": version, "undecided": True}))
    assert (applied["is_done"], applied["outcome"]["assets"] >= 2) == (True, True)
    assets = ok(here.get(f"/migrations/{migration}/inventory", params={"kind": "server"}))["items"]
    assert [asset["name"] for asset in assets] == ["web01", "web02"]
    detail = ok(here.get(f"/migrations/{migration}/inventory/{assets[0]['key']}"))
    memory = next(value for value in detail["values"] if value["field"] == "memory_gb")
    assert (memory["value"], memory["file_name"], memory["column"], memory["line"]) == (
        16.0,
        "servers.csv",
        "RAM (MB)",
        2,
    )
    assert ok(here.get(f"/discovery/imports/{number}/quarantine")) == {"items": [], "next": None}
    ok(here.delete(f"/discovery/imports/{number}"), 409)


def test_pages_of_migrations_hide_and_repeat_nothing_while_others_write(here: TestClient) -> None:
    names = [f"Exit {n}" for n in range(7)]
    for name in names:
        created(here, name)
    seen, after = [], 0
    while after is not None:
        page = ok(here.get("/migrations", params={"after": after, "limit": 3}))
        seen += [item["name"] for item in page["items"]]
        after = page["next"]
        if len(seen) == 3:
            ok(here.delete("/migrations/1"), 204)
            created(here, "Newcomer")
    assert seen == [*names, "Newcomer"]


def test_status_and_phase_move_on_with_a_trail_and_not_over_somebody_else(here: TestClient, store: Store) -> None:
    number = created(here)
    moved = ok(here.post(f"/migrations/{number}/transitions", json={"phase": "assessment", "version": 1}))
    assert (moved["phase"], moved["status"], moved["version"]) == ("assessment", "planning", 2)
    ok(here.post(f"/migrations/{number}/transitions", json={"status": "on_hold", "version": 1}), 409)
    ok(here.post(f"/migrations/{number}/transitions", json={"version": 2}), 422)
    work = store.unit_of_work()
    with work.reading():
        assert work.audit.recent(number, 1)[0].text == "Moved migration Exit on: discovery → assessment"
    facts = {"name": "Exit 2028", "description": "All", "status": "on_hold", "phase": "planning", "version": 2}
    assert ok(here.put(f"/migrations/{number}", json=facts))["name"] == "Exit 2028"
    created(here, "Other")
    assert here.post("/migrations", json={"name": "other"}).status_code == 409


def test_feedback_is_understood_listed_and_counts_once_it_is_confirmed(here: TestClient) -> None:
    number = created(here)
    said = {"migration_id": number, "text": "RAM_GB should map to Memory (GB)", "rating": 0}
    kept = ok(here.post("/feedback/process", json=said), 201)
    assert kept["corrections"] == [{"header": "RAM_GB", "field": "memory_gb", "is_refusal": False}]
    assert ok(here.get("/feedback", params={"migration_id": number}))["items"] == [kept]
    learned = ok(here.post(f"/feedback/{kept['id']}/confirm", json={"version": kept["version"]}))
    assert learned["corrections"] == 1
    ok(here.post(f"/feedback/{kept['id']}/close", json={"version": kept["version"]}), 409)
    found = ok(
        here.post(
            "/discovery/analyze",
            json={"filename": "a.csv", "content": "Hostname,RAM_GB\nw,4\n", "migration_id": number},
        )
    )
    assert found["files"][0]["columns"][1]["source"] == "learned"


def test_the_whole_inventory_comes_in_pages_by_key(portfolio: TestClient) -> None:
    keys, after = [], ""
    while after is not None:
        page = ok(portfolio.get("/migrations/1/inventory", params={"after": after, "limit": 200}))
        keys += [item["key"] for item in page["items"]]
        after = page["next"]
    assert len(keys) == len(set(keys)) == ok(portfolio.get("/migrations/1/overview"))["figures"]["assets"]
    assert keys == sorted(keys)


@pytest.mark.parametrize("sort", ["key", "name", "memory_gb", "environment", "is_virtual", "install_date"])
@pytest.mark.parametrize("descending", [False, True], ids=["up", "down"])
def test_assets_are_filtered_and_sorted_a_page_at_a_time(portfolio: TestClient, sort: str, descending: bool) -> None:
    asked = {"kind": ["server", "database"], "sort": sort, "descending": descending, "limit": 60}
    found = every(portfolio, "/migrations/1/inventory", **asked)
    wanted = [a for a in every(portfolio, "/migrations/1/inventory", limit=200) if a["kind"] in {"server", "database"}]
    assert sorted(asset["key"] for asset in found) == [asset["key"] for asset in wanted]

    def value(asset: dict[str, Any]) -> Any:
        return asset[sort] if sort in asset else asset["values"].get(sort)

    known = [value(asset) for asset in found if value(asset) is not None]
    assert known == sorted(known, reverse=descending)
    assert [value(asset) for asset in found[len(known) :]] == [None] * (len(found) - len(known)), "empty ones come last"
    alike = [asset["key"] for asset in found if value(asset) == value(found[0])]
    assert alike == sorted(alike)


def test_assets_are_searched_and_an_odd_order_or_place_is_refused(portfolio: TestClient) -> None:
    first = every(portfolio, "/migrations/1/inventory", limit=200)[0]
    found = every(portfolio, "/migrations/1/inventory", text=first["name"].upper(), limit=2)
    assert first["key"] in {asset["key"] for asset in found}
    assert every(portfolio, "/migrations/1/inventory", environment="no such environment") == []
    for sort, after in (
        ("nothing", ""),
        ("notes", ""),
        ("memory_gb", "x"),
        ("name", "[]"),
        ("name", "7"),
        ("memory_gb", '["a","k"]'),
    ):
        ok(portfolio.get("/migrations/1/inventory", params={"sort": sort, "after": after}), 400)
    ok(portfolio.get("/migrations/99/inventory", params={"sort": "name"}), 404)


LISTS = (
    "/migrations/{}/inventory",
    "/migrations/{}/strategies",
    "/migrations/{}/runs",
    "/migrations/{}/plans",
    "/discovery/imports?migration_id={}",
    "/discovery/imports/{}/columns",
    "/discovery/imports/{}/quarantine",
    "/sessions?migration_id={}",
    "/feedback?migration_id={}",
    "/monitoring/tasks?migration_id={}",
    "/monitoring/runs/{}/events",
)


def test_a_list_of_what_is_not_there_says_so_and_an_empty_one_is_empty(here: TestClient) -> None:
    number = created(here)
    for path in LISTS:
        ok(here.get(path.format(99)), 404)
        if "imports/" not in path and "runs/" not in path:
            assert ok(here.get(path.format(number))) == {"items": [], "next": None}


WHOLE = {
    "/discovery/imports/{import_id}/columns",
    "/sessions/{session_id}/mappings",
    "/migrations/{migration_id}/completeness",
}
"""Lists that come whole: a column of a file or a field of planning each, of which there are never many."""


def test_every_list_comes_in_pages_that_go_on_behind_a_place(api: FastAPI) -> None:
    description, listed, whole = api.openapi(), set(), set()
    schemas = description["components"]["schemas"]
    for path, told in description["paths"].items():
        answer = told.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        schema = answer.get("application/json", {}).get("schema", {})
        if schema.get("type") == "array":
            whole.add(path)
        if "items" in schemas.get(schema.get("$ref", "").rpartition("/")[2], {}).get("properties", {}):
            listed.add(path)
            assert {"after", "limit"} <= {parameter["name"] for parameter in told["get"]["parameters"]}, path
    assert whole == WHOLE
    assert len(listed) == 12


def test_strategies_are_listed_argued_and_split(portfolio: TestClient) -> None:
    lines = every(portfolio, "/migrations/1/strategies", limit=5)
    split = ok(portfolio.get("/migrations/1/distribution"))
    assert len(lines) == split["total"] == sum(split["applications"].values())
    keys = [line["subject_key"] for line in lines]
    assert keys == sorted(set(keys))
    for strategy in split["applications"].keys() - {"needs_data"}:
        found = every(portfolio, "/migrations/1/strategies", strategy=strategy, limit=7)
        assert len(found) == split["applications"][strategy]
    word = lines[3]["name"].lower()[:6]
    named = every(portfolio, "/migrations/1/strategies", text=word.upper(), limit=2)
    assert named == [line for line in lines if word in line["name"].lower()]
    argument = ok(portfolio.get(f"/migrations/1/strategies/{lines[0]['subject_key']}"))
    assert argument["line"] == lines[0]
    assert argument["ranking"]
    assert ok(portfolio.get("/migrations/1/completeness"))


def test_a_plan_is_read_with_its_waves_and_placements_and_only_where_it_belongs(portfolio: TestClient) -> None:
    (listed,) = every(portfolio, "/migrations/1/plans", limit=1)
    plan = ok(portfolio.get(f"/migrations/1/plans/{listed['id']}"))
    placements = f"/migrations/1/plans/{listed['id']}/placements"
    for wave in plan["waves"]:
        placed = every(portfolio, placements, wave=wave["number"], limit=40)
        assert {line["wave"] for line in placed} <= {wave["number"]}
        assert len(placed) == wave["applications"]
    names = [line["application"] for line in every(portfolio, placements, limit=9)]
    assert names == sorted(set(names))
    assert len(names) == sum(wave["applications"] for wave in plan["waves"])
    found = every(portfolio, placements, text=names[0][:3], limit=2)
    assert [line["application"] for line in found] == [n for n in names if names[0][:3].lower() in n.lower()]
    assert plan["metrics"]["violations"] == len(plan["violations"])
    ok(portfolio.get(f"/migrations/2/plans/{listed['id']}"), 404)
    wanted = {"starts_on": "2027-01-04", "rules": {"waves": "many"}}
    refused = portfolio.post("/migrations/1/plans", json=wanted)
    assert (refused.status_code, "waves" in refused.json()["error"]) == (400, True)


@pytest.mark.parametrize(
    ("document", "begins"), [("report.html", b"<!DOCTYPE html>"), ("inventory.csv", b"key,"), ("strategy.xlsx", b"PK")]
)
def test_files_to_take_away(portfolio: TestClient, document: str, begins: bytes) -> None:
    answer = portfolio.get(f"/migrations/1/reports/{document}")
    assert answer.status_code == 200
    assert answer.content.removeprefix(b"\xef\xbb\xbf")[: len(begins)].lower() == begins.lower()
    assert document in answer.headers["Content-Disposition"]


def test_runs_their_events_and_what_goes_on(portfolio: TestClient) -> None:
    runs = every(portfolio, "/migrations/1/runs", limit=3)
    numbers = [run["id"] for run in runs]
    assert numbers == sorted(set(numbers), reverse=True)
    assert len(numbers) == len(every(portfolio, "/migrations/1/runs", limit=200, status="completed"))
    assert ok(portfolio.get(f"/monitoring/runs/{numbers[0]}"))["status"] == "completed"
    events = every(portfolio, f"/monitoring/runs/{numbers[0]}/events", limit=2)
    rest = ok(portfolio.get(f"/monitoring/runs/{numbers[0]}/events", params={"after": events[0]["id"]}))
    assert rest == {"items": events[1:], "next": None}
    assert ok(portfolio.get("/monitoring/status"))["is_idle"] is True
    assert ok(portfolio.get("/monitoring/tasks")) == {"items": [], "next": None}
    ok(portfolio.get("/monitoring/status", params={"migration_id": 99}), 404)


def test_sessions_are_kept_and_compared(here: TestClient) -> None:
    number = created(here)
    kept = ok(here.post("/sessions", json={"migration_id": number, "name": "Before"}), 201)
    assert ok(here.get("/sessions", params={"migration_id": number})) == {"items": [kept], "next": None}
    form = {"files": ("servers.csv", SERVERS.encode(), "text/csv")}
    ok(here.post("/discovery/imports", data={"migration_id": number}, files=form))
    compared = ok(here.get(f"/sessions/{kept['id']}/comparison"))
    assert compared["other"] is None
    assert [d["subject"] for d in compared["differences"] if d["part"] == "imports"] == ["servers.csv"]
    ok(here.delete(f"/sessions/{kept['id']}"), 204)


def test_what_a_session_maps_otherwise_is_listed_and_taken_over_once_by_who_saw_it(here: TestClient) -> None:
    number = created(here)

    def uploaded(name: str, rows: str) -> int:
        form = {"files": (name, rows.encode(), "text/csv")}
        begun = ok(here.post("/discovery/imports", data={"migration_id": number}, files=form))
        return int(begun["outcome"]["imports"][0])

    first = uploaded("may.csv", SERVERS)
    place = next(c for c in ok(here.get(f"/discovery/imports/{first}/columns")) if c["header"] == "Application")
    said = {"position": place["position"], "action": "change", "field": "business_unit", "version": place["version"]}
    ok(here.post(f"/discovery/imports/{first}/decisions", json={"decisions": [said]}))
    kept = ok(here.post("/sessions", json={"migration_id": number, "name": "May"}), 201)
    second = uploaded("june.csv", SERVERS.replace("web02", "web03"))
    offered = ok(here.get(f"/sessions/{kept['id']}/mappings"))
    (line,) = [line for line in offered if line["import_id"] == second]
    assert (line["header"], line["kept_field"], line["open"]) == ("Application", "business_unit", True)
    pick = {name: line[name] for name in ("import_id", "position", "version")}
    address, again = f"/sessions/{kept['id']}/merge", {"Idempotency-Key": "take over"}
    late = {"columns": [pick, {**pick, "import_id": first, "position": 0}]}
    assert "Nothing is offered for column 0" in ok(here.post(address, json=late), 409)["error"]
    ok(here.post(address, json={"columns": [{**pick, "version": pick["version"] + 1}]}), 409)
    for _ in range(2):
        assert ok(here.post(address, json={"columns": [pick]}, headers=again)) == {"changed": 1}
    ok(here.post(address, json={"columns": [pick]}), 409)
    stands = {c["header"]: c["field"] for c in ok(here.get(f"/discovery/imports/{second}/columns"))}
    assert stands["Application"] == "business_unit"
    ok(here.get("/sessions/99/mappings"), 404)
    ok(here.post("/sessions/99/merge", json={"columns": [pick]}), 404)


def test_figures_are_openmetrics_and_count_by_route_not_by_address(portfolio: TestClient) -> None:
    portfolio.get("/migrations/1")
    portfolio.get("/nothing/at/all")
    answer = portfolio.get("/monitoring/metrics")
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    found = {family.name: family for family in text_string_to_metric_families(answer.text)}
    routes = {sample.labels["route"] for sample in found["workbench_api_requests"].samples}
    assert {"/migrations/{migration_id}", "none"} <= routes
    assert not any("nothing" in route for route in routes)
    runs = {sample.labels["kind"]: sample.value for sample in found["workbench_runs"].samples}
    assert runs["plan"] == 1
    took = {(s.labels["kind"], s.labels.get("le")): s.value for s in found["workbench_run_seconds"].samples}
    assert took["plan", "+Inf"] == 1
    assert took["plan", "0.1"] <= took["plan", "1.0"] <= took["plan", "60.0"] <= 1
    assert {sample.labels["lane"]: sample.value for sample in found["workbench_queue_runs"].samples} == {
        "engine": 0,
        "agent": 0,
    }
    documented = set(re.findall(r"^\| `(workbench_\w+)`", DOCUMENTATION.read_text(encoding="utf-8"), re.MULTILINE))
    assert {name for name in found if not name.startswith("process_")} == documented


def test_readiness_names_what_is_missing(api: FastAPI, here: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "LOOKED_AT_FOR", 0.0)
    ready = ok(here.get("/ready"))
    assert (ready["is_ready"], ready["missing"]) == (True, ["worker"])
    work = api.state.store.of(DEFAULT).unit_of_work()
    with work:
        work._now().connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        work.commit()
    old = here.get("/ready")
    assert (old.status_code, old.json()["missing"]) == (503, ["schema"])


def test_readiness_without_a_place_for_files_says_so_and_no_path(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where a folder should be", encoding="utf-8")
    for api in opened(tmp_path):
        answer = local_client(api).get("/ready")
        assert (answer.status_code, answer.json()["missing"]) == (503, ["files"])
        assert str(tmp_path) not in answer.text


def test_a_wrong_method_names_every_right_one(here: TestClient) -> None:
    assert here.patch("/migrations/1").headers["Allow"] == "GET, PUT, DELETE"
