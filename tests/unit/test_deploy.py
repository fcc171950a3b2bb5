"""The files of deploy/ agree with each other, with the settings and with what reads them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer.main
import yaml
from streamlit import config

from platform_core.cli import cli
from platform_core.settings import MEBIBYTE, PROJECT_ROOT, Settings
from tests.harness import postgresql
from tests.harness.proxy import SHIPPED, configuration
from tests.unit.test_docs import commands

DEPLOY = PROJECT_ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
OF_PYTHON = {"HOME", "OMP_NUM_THREADS", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
PORT = "8501"

needs = {
    name: pytest.mark.skipif(not shutil.which(name), reason=f"{name} is not installed")
    for name in ("nginx", "systemd-analyze", "docker-compose", "psql")
}


def environment() -> dict[str, str]:
    lines = (DEPLOY / "workbench.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def started(unit: Path) -> str:
    """Return what a unit starts, without the folder of its programs."""
    (found,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    return str(found).replace("/opt/workbench/", "")


def test_every_name_that_is_set_somewhere_is_a_setting() -> None:
    of_services = {name for each in COMPOSE["services"].values() if "env_file" in each for name in each["environment"]}
    of_image = set(re.findall(r"^(?:ENV| {4}) ?([A-Z_0-9]+)=", CONTAINERFILE, re.MULTILINE))
    assert {"HOME", "STREAMLIT_SERVER_ADDRESS"} <= of_image
    for name in (set(environment()) | of_services | of_image) - OF_PYTHON:
        option = name.removeprefix("STREAMLIT_").replace("_", ".", 1)
        streamlits = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).upper() for key in config.get_config_options()}
        assert name in Settings.model_fields or option in streamlits, name


def test_the_shipped_settings_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(Settings.model_config, "env_file", DEPLOY / "workbench.env")
    chosen = Settings()
    assert chosen.DATABASE_URL.startswith("postgresql://workbench:")
    assert (chosen.EMBEDDED_WORKER, chosen.REQUIRE_LOGIN, chosen.LOG_FORMAT) == (False, True, "json")
    assert chosen.retention.events_days == 180
    assert Path(chosen.FILES_URL).is_relative_to(chosen.VAR_DIR)


def test_units_image_and_compose_start_the_same_commands_which_there_are() -> None:
    pages, worker = (started(DEPLOY / "systemd" / f"{name}.service") for name in ("workbench", "workbench-worker@"))
    assert "[" + ", ".join(f'"{word}"' for word in pages.split()) + "]" in CONTAINERFILE
    assert COMPOSE["services"]["worker"]["command"] == worker.split()
    known = commands(typer.main.get_command(cli))
    said = [started(unit) for unit in UNITS if unit.suffix == ".service"]
    said += [" ".join(each["command"]) for each in COMPOSE["services"].values() if "command" in each]
    used = [found[1] for text in said if (found := re.search(r"-m platform_core ([a-z]+(?: upgrade)?)", text))]
    assert len(used) == 4
    assert set(used) <= set(known)


def test_one_port_from_the_page_to_the_proxy_and_one_from_there_to_the_browser() -> None:
    site = SHIPPED.read_text(encoding="utf-8")
    servers = dict(re.findall(r"^ +server ([\w-]+):(\d+)", site, re.MULTILINE))
    assert servers == {"ui-a": PORT, "ui-b": PORT}
    assert set(servers) <= set(COMPOSE["services"])
    assert f"--server.port {PORT}" in started(DEPLOY / "systemd" / "workbench.service")
    assert f"EXPOSE {PORT}" in CONTAINERFILE
    assert f"127.0.0.1:{PORT}/" in COMPOSE["services"]["ui-a"]["healthcheck"]["test"][-1]
    (listens,) = re.findall(r"listen (\d+);", site)
    assert COMPOSE["services"]["proxy"]["ports"] == [f"{listens}:{listens}"]
    (name,) = re.findall(r"server_name (\S+);", site)
    assert environment()["STREAMLIT_SERVER_ALLOWED_HOSTS"] == name


def test_the_proxy_lets_the_largest_upload_through() -> None:
    (most,) = re.findall(r"client_max_body_size (\d+)m;", SHIPPED.read_text(encoding="utf-8"))
    assert int(most) * MEBIBYTE > Settings.model_fields["MAX_UPLOAD_MB"].default * MEBIBYTE


def test_compose_mounts_what_there_is_and_waits_for_what_it_defines() -> None:
    services: dict[str, Any] = COMPOSE["services"]
    for each in services.values():
        for volume in each.get("volumes", ()):
            source = volume["source"] if isinstance(volume, dict) else volume.partition(":")[0]
            there = (DEPLOY / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
            assert there or source == "./secrets.toml", source
        assert set(each.get("depends_on", ())) <= set(services)
    assert (DEPLOY / services["schema"]["build"]["context"] / services["schema"]["build"]["dockerfile"]).exists()
    assert all(each["image"] != "workbench" or "env_file" in each for each in services.values())
    written = {mount.split(":")[1] for mount in services["worker"]["volumes"] if isinstance(mount, str)}
    assert written == {environment()["VAR_DIR"]}


def test_units_may_write_where_the_settings_say_and_nowhere_else() -> None:
    for unit in UNITS:
        if unit.suffix == ".service":
            (paths,) = re.findall(r"^ReadWritePaths=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
            backups = {"/srv/backups"} if "backup" in unit.name else set()
            assert set(paths.split()) == {environment()["VAR_DIR"]} | backups


def test_the_text_names_every_file() -> None:
    text = (PROJECT_ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\]\(\.\./deploy/([^)#]+)\)", text))
    assert named == {str(path.relative_to(DEPLOY)) for path in DEPLOY.rglob("*") if path.is_file()}


@needs["docker-compose"]
def test_compose_accepts_its_file() -> None:
    done = subprocess.run(
        ["docker-compose", "--file", DEPLOY / "compose.yaml", "config", "--quiet"],
        env=os.environ | {"WORKBENCH_PASSWORD": "secret"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@needs["nginx"]
def test_nginx_accepts_its_file(tmp_path: Path) -> None:
    path = configuration(tmp_path, {"ui-a": "127.0.0.1", "ui-b": "127.0.0.2"})
    done = subprocess.run(["nginx", "-t", "-c", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr, done.stderr


@needs["systemd-analyze"]
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/workbench", str(PROJECT_ROOT))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if "/workbench" in line.partition(":")[0]]
    assert (done.returncode, told) == (0, []), done.stderr


@needs["psql"]
@pytest.mark.postgres
def test_the_database_gets_an_ordinary_role_that_owns_it(postgresql_cluster: postgresql.Cluster) -> None:
    superuser = postgresql.ADMINISTRATOR
    subprocess.run(
        ["sh", DEPLOY / "postgresql" / "create-workbench.sh"],
        env=os.environ
        | {"PGHOST": "127.0.0.1", "PGPORT": str(postgresql_cluster.port), "POSTGRES_USER": superuser}
        | {"WORKBENCH_NAME": "shipped role", "WORKBENCH_PASSWORD": 'it\'s; a "secret"'},
        check=True,
    )
    whom = f"host=127.0.0.1 port={postgresql_cluster.port} user={superuser} dbname=postgres"
    with psycopg.connect(whom, autocommit=True) as connection:
        try:
            rights = connection.execute(
                "SELECT rolsuper, rolcreaterole, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = %s",
                ["shipped role"],
            ).fetchone()
            assert rights == (False, False, False, True)
            owned = connection.execute(
                "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding) FROM pg_database WHERE datname = %s",
                ["shipped role"],
            ).fetchone()
            assert owned == ("shipped role", "UTF8")
        finally:
            connection.execute('DROP DATABASE IF EXISTS "shipped role"')
            connection.execute('DROP ROLE IF EXISTS "shipped role"')
