"""Connections to PostgreSQL: used again without asking, and replaced before use when the server ended them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text

from platform_core.domain.organisations import DEFAULT
from platform_core.store import Files, Store, database
from platform_core.store.database import create_store_engine
from tests.harness.postgresql import Cluster

pytestmark = pytest.mark.postgres


@pytest.fixture
def engine(postgresql_cluster: Cluster) -> Iterator[Engine]:
    with postgresql_cluster.fresh_database() as url:
        opened = create_store_engine(url)
        yield opened
        opened.dispose()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The connections of which the server was asked whether they still are."""
    connections: list[object] = []
    ask = database._ask

    def noted(engine: Engine, connection: object) -> None:
        connections.append(connection)
        ask(engine, connection)

    monkeypatch.setattr(database, "_ask", noted)
    return connections


def session(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT pg_backend_pid()")) or 0)


def end(engine: Engine, number: int) -> None:
    """End a session from another one, and wait until it is gone."""
    with psycopg.connect(engine.url.set(drivername="postgresql").render_as_string(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", [number])


def test_a_session_is_used_again_without_asking_whether_it_is_there(engine: Engine, asked: list[object]) -> None:
    assert {session(engine) for _ in range(5)} == {session(engine)}
    assert asked == []


def test_a_session_that_the_server_ended_is_replaced_before_it_is_used(
    engine: Engine, asked: list[object], tmp_path: Path
) -> None:
    first = session(engine)
    end(engine, first)
    assert session(engine) != first
    assert len(asked) == 1
    store = Store(engine, Files(str(tmp_path))).of(DEFAULT)
    store.upgrade()
    end(engine, session(engine))
    with store.unit_of_work().reading() as work:
        assert work.migrations.all() == []


def test_a_session_that_lay_idle_is_asked(engine: Engine, asked: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    first = session(engine)
    monkeypatch.setattr(database, "TRUSTED_SECONDS", -1.0)
    assert session(engine) == first
    assert len(asked) == 1


def test_what_reads_is_one_moment_and_leaves_what_was_prepared(engine: Engine, tmp_path: Path) -> None:
    store = Store(engine, Files(str(tmp_path))).of(DEFAULT)
    store.upgrade()
    work = store.unit_of_work()
    for _ in range(10):
        with work.reading():
            work.migrations.after(0, 10)
            told = work._now().connection()
            shown = [told.scalar(text(f"SHOW {name}")) for name in ("transaction_isolation", "transaction_read_only")]
            assert shown == ["repeatable read", "on"]
    with engine.connect() as connection:
        prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT migration.id%'"
        assert connection.scalar(text(prepared)) == 1
        assert connection.scalar(text("SELECT current_setting('workbench.organisation', true)")) == ""
