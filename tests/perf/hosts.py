"""Two workers and two replicas as hosts of their own behind nginx, one of each killed: `python -m tests.perf.hosts`.

Each is a network namespace with a name of its own; services and proxy run as the files of deploy/ say. Needs root,
iproute2, nginx and PostgreSQL, so it stands beside the tests and not among them.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser
from sqlalchemy import Engine, func, select

from platform_core.domain.organisations import DEFAULT
from platform_core.domain.runs import RunKind, RunStatus
from platform_core.jobs import Order, place
from platform_core.services import activity, migrations, workers
from platform_core.services.requests import LoadSamples
from platform_core.store import Files, Store
from platform_core.store.database import EVERYWHERE, create_store_engine
from platform_core.store.models import AuditRow, RunStepRow
from tests.harness import postgresql
from tests.harness.browser import BrowserPage, chromium, new_page
from tests.harness.portfolio import ANALYST
from tests.harness.proxy import proxy
from tests.harness.server import PROJECT_ROOT
from tests.harness.workers import wait_until

NETWORK, ROUTER, BRIDGE = "10.77.0.0/24", "10.77.0.1", "workbench0"
HOSTS = {"worker-a": "10.77.0.11", "worker-b": "10.77.0.12", "ui-a": "10.77.0.21", "ui-b": "10.77.0.22"}
PROXY = "http://127.0.0.1:8080"
UNITS = PROJECT_ROOT / "deploy" / "systemd"
RUNS = 6
PATIENCE_SECONDS = 240


def main() -> None:
    """Set the hosts up, kill one of each kind, and tell what became of runs and analysts."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    programs = postgresql.installed()
    if programs is None or os.geteuid() != 0 or not (shutil.which("nginx") and shutil.which("ip")):
        raise SystemExit("This needs root, iproute2, nginx and PostgreSQL.")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="workbench-hosts-")))
        folder.chmod(0o755)
        stack.enter_context(_network())
        cluster = stack.enter_context(postgresql.running_cluster(programs, NETWORK))
        name = stack.enter_context(cluster.fresh_database()).rsplit("/", 1)[1]
        engine = create_store_engine(cluster.url(name))
        store = Store(engine, Files(str(folder / "files"))).of(DEFAULT)
        store.upgrade()
        common = _environment(folder, cluster.url(name, ROUTER))
        crews = {
            host: stack.enter_context(_running(host, "workbench-worker@.service", common, folder))
            for host in ("worker-a", "worker-b")
        }
        pages = {
            host: stack.enter_context(_running(host, "workbench.service", common, folder)) for host in ("ui-a", "ui-b")
        }
        for host in pages:
            wait_until(lambda host=host: _answers(f"http://{HOSTS[host]}:8501/_stcore/health"), PATIENCE_SECONDS)
        stack.enter_context(proxy(folder, HOSTS))
        wait_until(lambda: _answers(f"{PROXY}/_stcore/health"), PATIENCE_SECONDS)
        _say(_kill_a_worker(store, engine, crews))
        with chromium() as browser:
            _say(_kill_a_replica(browser, store, pages))
        engine.dispose()


def _kill_a_worker(store: Store, engine: Engine, crews: Mapping[str, subprocess.Popen[bytes]]) -> str:
    """Place runs, kill the worker of one host while it holds some, and wait until all are done."""
    wait_until(lambda: {view.host for view in workers.listed(store.unit_of_work()) if view.is_alive} == set(crews), 120)
    run_ids = [_placed(store, number) for number in range(RUNS)]
    wait_until(lambda: all(_held_by(store, host) for host in crews), PATIENCE_SECONDS)
    held = _held_by(store, "worker-a")
    _kill(crews["worker-a"])
    killed = time.monotonic()
    wait_until(lambda: set(held) <= set(_held_by(store, "worker-b")) | _over(store, held), PATIENCE_SECONDS)
    taken_up = time.monotonic() - killed
    wait_until(lambda: len(_over(store, run_ids)) == len(run_ids), PATIENCE_SECONDS)
    done = sum(activity.run(store.unit_of_work(), run_id).status is RunStatus.COMPLETED for run_id in run_ids)
    with engine.connect().execution_options(**EVERYWHERE) as connection:
        steps = connection.execute(select(RunStepRow.run_id, func.count()).group_by(RunStepRow.run_id)).all()
        imports = connection.scalar(select(func.count()).where(AuditRow.action == "import.received"))
    return (
        f"worker-a killed with {len(held)} runs: all of them with worker-b after {taken_up:.0f} s; "
        f"{done} of {len(run_ids)} runs completed, steps of each run {sorted({count for _, count in steps})}, "
        f"imports received {imports} of {RUNS * _exports()}"
    )


def _kill_a_replica(browser: Browser, store: Store, pages: Mapping[str, subprocess.Popen[bytes]]) -> str:
    """Open a page for two analysts, kill the replica of one, and wait until both see what they saw."""
    with ExitStack() as stack:
        tabs = [stack.enter_context(new_page(browser)) for _ in range(2)]
        address = f"{PROXY}/inventory?migration=1&find=web"
        places = [_opened(tab, address) for tab in tabs]
        for _ in range(20):  # until the two are on different replicas
            if places[0] != places[1]:
                break
            tabs[1] = stack.enter_context(new_page(browser))
            places[1] = _opened(tabs[1], address)
        assert places[0] != places[1], "twenty analysts came to the same replica"
        seen = _line(tabs[0])
        connections: list[str] = []
        tabs[0].page.on("websocket", lambda socket: connections.append(socket.url))
        victim = next(host for host in pages if HOSTS[host] in places[0])
        _kill(pages[victim])
        killed = time.monotonic()
        while not connections:
            tabs[0].page.wait_for_timeout(200)
        again = _line(tabs[0])
        back = time.monotonic() - killed
        migrations.create(store.unit_of_work(), "After the replica", ANALYST)
        other = _line(tabs[1]) == seen
        return (
            f"{victim} killed: its analyst is connected again after {back:.0f} s without doing anything and sees "
            f"{again!r} as before: {again == seen}; the other analyst noticed nothing: {other}"
        )


def _opened(tab: BrowserPage, address: str) -> str:
    answer = tab.page.goto(address)
    tab.settle()
    return (answer.headers if answer else {}).get("x-replica", "")


def _line(tab: BrowserPage) -> str:
    """Return what the page says of the assets that its filter lets pass."""
    found = re.search(r"^[\d,]+ assets?\b.*$", tab.settle().text(), re.MULTILINE)
    assert found is not None, tab.text()
    return found[0]


def _placed(store: Store, number: int) -> int:
    migration_id = migrations.create(store.unit_of_work(), f"Programme {number}", ANALYST).id
    request = LoadSamples(migration_id=migration_id)
    order = Order(
        RunKind.SAMPLE, "samples", ANALYST, migration_id, job="sample", arguments=request.model_dump(mode="json")
    )
    return place(store, order).run_id


def _exports() -> int:
    return len(list((PROJECT_ROOT / "data" / "samples").glob("*.csv")))


def _held_by(store: Store, host: str) -> tuple[int, ...]:
    living = (view for view in workers.listed(store.unit_of_work()) if view.is_alive)
    return tuple(run for view in living if view.host == host for run in view.runs)


def _over(store: Store, run_ids: list[int] | tuple[int, ...]) -> set[int]:
    return {run_id for run_id in run_ids if not activity.run(store.unit_of_work(), run_id).is_open}


def _command(unit: str) -> list[str]:
    """Return what a unit starts, with the programs of this environment."""
    found = re.search(r"^ExecStart=/opt/workbench/\.venv/bin/(.*)$", (UNITS / unit).read_text(encoding="utf-8"), re.M)
    assert found is not None
    program, *arguments = found[1].split()
    return [str(Path(sys.executable).parent / program), *arguments]


def _environment(folder: Path, database_url: str) -> dict[str, str]:
    """Return the shipped settings with what is of this machine filled in; nobody signs in here."""
    lines = (PROJECT_ROOT / "deploy" / "workbench.env").read_text(encoding="utf-8").splitlines()
    shipped = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return shipped | {
        "VAR_DIR": str(folder),
        "DATABASE_URL": database_url,
        "FILES_URL": str(folder / "files"),
        "REQUIRE_LOGIN": "false",
        "ANALYST_NAME": ANALYST.name,
        "STREAMLIT_SERVER_ALLOWED_HOSTS": "127.0.0.1",
        "STREAMLIT_SERVER_CORS_ALLOWED_ORIGINS": PROXY,
    }


@contextmanager
def _network() -> Iterator[None]:
    """Make a bridge with a network namespace for each host, joined to nothing else of this machine."""
    _ip("link", "add", BRIDGE, "type", "bridge")
    try:
        _ip("addr", "add", f"{ROUTER}/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for number, (host, address) in enumerate(HOSTS.items()):
            _ip("netns", "add", host)
            _ip("link", "add", f"wb{number}", "type", "veth", "peer", "name", "eth0", "netns", host)
            _ip("link", "set", f"wb{number}", "master", BRIDGE, "up")
            _ip("-n", host, "addr", "add", f"{address}/24", "dev", "eth0")
            _ip("-n", host, "link", "set", "eth0", "up")
            _ip("-n", host, "link", "set", "lo", "up")
        yield
    finally:
        for host in HOSTS:
            subprocess.run(["ip", "netns", "del", host], check=False, capture_output=True)
        _ip("link", "del", BRIDGE)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@contextmanager
def _running(host: str, unit: str, environment: Mapping[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run what a unit says on a host of that name and end it afterwards."""
    named = ["unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', host, *_command(unit)]
    with (folder / f"{host}.log").open("wb") as log:
        process = subprocess.Popen(
            ["ip", "netns", "exec", host, *named],
            cwd=PROJECT_ROOT,
            env=dict(os.environ) | environment | {"HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=3) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
