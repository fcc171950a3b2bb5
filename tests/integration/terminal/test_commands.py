"""The terminal as analysts script with it: one JSON document, exit codes, one line when the input is bad."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platform_core.cli import main
from platform_core.reference import DATA, PROJECT_ROOT, catalogue
from tests.harness.forks import become, forks

SAMPLES = sorted((DATA / "samples").glob("*.csv"))


@dataclass(frozen=True)
class Done:
    stdout: str
    stderr: str


def run(*arguments: object, code: int = 0) -> Done:
    """Run a command in a process of its own, which is forked with everything imported."""
    with tempfile.TemporaryDirectory() as folder:
        process = forks().Process(target=_command, args=([*map(str, arguments)], Path(folder)))
        process.start()
        process.join()
        done = Done(*(Path(folder, name).read_text(encoding="utf-8") for name in ("stdout", "stderr")))
    assert process.exitcode == code, done.stderr
    return done


def _command(arguments: list[str], folder: Path) -> None:
    become(os.environ, folder / "stderr")
    os.dup2(os.open(folder / "stdout", os.O_WRONLY | os.O_CREAT), 1)
    sys.argv = ["platform_core", *arguments]
    main()


def answer(*arguments: object, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--json", code=code).stdout)
    return found


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_map_answers_every_column_in_file_order_with_alternatives_and_evidence(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "Server Name,RAM (MB),Frobnication\nweb01,4096,x\n")
    (file,) = answer("map", path)["files"]
    assert (file["path"], file["sheet"], file["kind"]) == (str(path), None, "server")
    assert [(c["position"], c["header"]) for c in file["columns"]] == [
        (0, "Server Name"),
        (1, "RAM (MB)"),
        (2, "Frobnication"),
    ]
    memory = file["columns"][1]
    assert (memory["field"], memory["unit"], memory["source"]) == ("memory_gb", "MB", "rules")
    assert 0.9 < memory["confidence"] <= 1
    assert {"kind", "text", "weight"} <= memory["evidence"][0].keys()
    assert file["columns"][2]["field"] is None
    assert all(a["field"] in catalogue() for c in file["columns"] for a in c["alternatives"])


def test_map_takes_corrections_into_account(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "Server Name,Frobnication\nweb01,x\n")
    learned = written(tmp_path, "c.jsonl", '{"source": null, "header": "Frobnication", "field": "location"}\n')
    column = answer("map", path, "--corrections", learned)["files"][0]["columns"][1]
    assert (column["field"], column["source"]) == ("location", "learned")


def test_a_correction_that_would_cost_shipped_columns_is_held_back_and_told(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "Server Name,Operating System,Frobnication\nweb01,Linux,x\n")
    lines = (
        '{"source": null, "header": "Operating System", "field": "location"}',
        '{"header": "Frobnication", "field": null}',
    )
    found = answer("map", path, "--corrections", written(tmp_path, "c.jsonl", "\n".join(lines)))
    assert [column["field"] for column in found["files"][0]["columns"]] == ["asset_name", "os_name", None]
    (held_back,) = found["held_back"]
    assert (held_back["header"], held_back["field"]) == ("Operating System", "location")
    assert {loss["field"] for loss in held_back["would_lose"]} == {"os_name"}


def test_corrections_of_one_source_settle_its_next_export_and_help_its_kin(tmp_path: Path) -> None:
    headers = ["GERAET", "KAPA_RAM", "VERANTW", "STANDKZ", "TYPKZ"]
    meanings = ["hostname", "memory_gb", "technical_owner", "location", None]
    lines = [
        json.dumps({"source": "House list", "header": h, "field": f}) for h, f in zip(headers, meanings, strict=True)
    ]
    corrections = written(tmp_path, "c.jsonl", "\n".join(lines))
    again = written(tmp_path, "a.csv", ",".join([*headers, "NEU"]) + "\n")
    (file,) = answer("map", again, "--corrections", corrections)["files"]
    assert [column["field"] for column in file["columns"][:5]] == meanings


def test_map_answers_for_a_header_without_rows(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "Server Name,IP Address\n")
    assert [c["field"] for c in answer("map", path)["files"][0]["columns"]] == ["asset_name", "ip_address"]


def test_the_package_itself_is_the_terminal(tmp_path: Path) -> None:
    arguments = ["inspect", str(written(tmp_path, "a.csv", "Server Name,IP Address\nweb01,192.0.2.1\n")), "--json"]
    command = [sys.executable, "-m", "platform_core", *arguments]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (run(*arguments).stdout, "")


def test_inspect_accounts_for_every_row(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "Inventory of May\n\nName;IP\nweb01;192.0.2.1\nbroken\nweb02;192.0.2.2\n")
    found = answer("inspect", path)
    assert (found["delimiter"], found["header_row"], found["columns"]) == (";", 3, ["Name", "IP"])
    assert (found["rows_read"], found["rows_stored"], found["rows_quarantined"]) == (3, 2, 1)
    assert found["quarantine"][0]["line"] == 5


def test_feedback_is_read_without_a_model() -> None:
    assert answer("feedback", "RAM_GB should map to Memory (GB)") == {
        "corrections": [{"header": "RAM_GB", "field": "memory_gb"}],
        "not_understood": [],
    }


def test_strategy_answers_each_case_with_an_argument(tmp_path: Path) -> None:
    lines = [
        '{"id": "a", "facts": {"actively_used": false, "legal_retention": false, "zzz": 1}}',
        '{"id": "b", "facts": {}}',
    ]
    first, second = answer("strategy", written(tmp_path, "cases.jsonl", "\n".join(lines)))["cases"]
    assert (first["id"], first["strategy"], first["unknown"]) == ("a", "retire", ["zzz"])
    assert first["ranking"][0]["strategy"] == "retire"
    assert {"signal", "value", "weight", "text"} <= first["evidence"][0].keys()
    assert second["strategy"] is None
    assert second["missing"]


def portfolio(folder: Path, rules: dict[str, Any]) -> list[object]:
    assets = written(
        folder,
        "assets.csv",
        "asset_id,application_name,support_group,business_criticality,risk_score,effort_points\n"
        "a1,A,t,medium,0.1,1\na2,A,t,medium,0.1,1\nb1,B,t,critical,0.5,1\n",
    )
    edges = written(folder, "dependencies.csv", "dep_source,dep_target,weight\na1,b1,3\n")
    plan = written(folder, "rules.json", json.dumps(rules))
    return ["--assets", assets, "--dependencies", edges, "--rules", plan]


def test_plan_places_every_asset_and_counts_what_it_severs(tmp_path: Path) -> None:
    order = [{"before": "B", "after": "A", "strict": True}]
    found = answer("plan", *portfolio(tmp_path, {"waves": 2, "capacity": [2, 2], "order": order}))
    assert found["waves"] == [{"wave": 1, "assets": ["b1"]}, {"wave": 2, "assets": ["a1", "a2"]}]
    assert found["metrics"]["cut_share"] == 1.0
    assert found["metrics"]["effort_per_wave"] == [1.0, 2.0]
    assert found["conflicts"] == []


def test_plan_stays_close_to_a_former_plan(tmp_path: Path) -> None:
    arguments = portfolio(tmp_path, {"waves": 3})
    former = written(tmp_path, "p.json", '{"waves": [{"wave": 3, "assets": ["a1", "a2", "b1"]}]}')
    found = answer("plan", *arguments, "--previous", former)
    assert [wave["wave"] for wave in found["waves"] if wave["assets"]] == [3]


def test_rules_that_cannot_all_hold_end_with_code_3_and_their_names(tmp_path: Path) -> None:
    pins = [{"application": "A", "wave": 1}, {"application": "A", "wave": 2}]
    found = answer("plan", *portfolio(tmp_path, {"waves": 2, "pins": pins}), code=3)
    assert found["waves"] == []
    assert len(found["conflicts"][0]["rules"]) == 2


def test_analyze_does_the_whole_job_on_the_samples(tmp_path: Path) -> None:
    summary = answer("analyze", *SAMPLES, "--out", tmp_path)
    names = {"assets.csv", "dependencies.csv", "mapping.json", "quality.json"}
    names |= {"strategy.csv", "risk.csv", "plan.json", "report.html"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert summary["counts"]["assets"] > 400
    assert summary["counts"]["applications"] == 69
    assert all(f["rows_read"] == f["rows_stored"] + f["rows_quarantined"] for f in summary["files"])
    with (tmp_path / "assets.csv").open(newline="", encoding="utf-8-sig") as handle:
        assets = list(csv.DictReader(handle))
    assert len(assets) == summary["counts"]["assets"]
    plan = json.loads((tmp_path / "plan.json").read_text())
    placed = [asset for wave in plan["waves"] for asset in wave["assets"]]
    assert len(placed) == len(set(placed))
    assert set(placed) <= {row["key"] for row in assets}
    assert plan["metrics"]["cut_share"] < plan["metrics"]["first_fit_cut_share"]


def test_analyze_says_what_is_no_inventory_and_goes_on(tmp_path: Path) -> None:
    scan = written(
        tmp_path, "scan.csv", "IP,Port,CVSS,Severity,NVT Name,CVEs,Solution\n192.0.2.1,443,5.0,High,Weak,C-1,Patch\n"
    )
    summary = answer("analyze", scan, "--out", tmp_path / "out")
    assert any("is not an inventory" in warning for warning in summary["warnings"])
    assert summary["counts"]["assets"] == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["map", "missing.csv"], "There is no file missing.csv."),
        (["inspect", "missing.csv"], "There is no file missing.csv."),
        (["strategy", "missing.jsonl"], "There is no file missing.jsonl."),
        (["mappings", "import", "missing.json"], "There is no file missing.json."),
    ],
)
def test_bad_input_is_one_line_on_stderr_and_code_2(arguments: list[str], sentence: str) -> None:
    done = run(*arguments, code=2)
    assert done.stdout == ""
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rules.json", "{"),
        ("rules.json", '{"waves": 0}'),
        ("assets.csv", "name\nx\n"),
        ("dependencies.csv", "a,b\n1,2\n"),
    ],
)
def test_planning_files_that_cannot_be_used_are_named(tmp_path: Path, name: str, text: str) -> None:
    arguments = portfolio(tmp_path, {"waves": 2})
    written(tmp_path, name, text)
    done = run("plan", *arguments, code=2)
    assert done.stderr.count("\n") == 1


def test_every_command_explains_itself() -> None:
    for command in ("map", "feedback", "inspect", "analyze", "strategy", "plan", "benchmark", "db", "mappings"):
        assert command in run(command, "--help").stdout


def test_the_scoreboard_measures_what_is_shipped() -> None:
    found = answer("benchmark", "strategy", "waves", "ingest")
    assert found["strategy"]["cases"] == 20
    assert found["strategy"]["top1"] >= 0.6
    assert found["waves"]["violations"] == 0
    assert found["ingest"]["rows_read"] == found["ingest"]["rows_stored"] + found["ingest"]["rows_quarantined"]
