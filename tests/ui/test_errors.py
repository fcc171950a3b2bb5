"""A database that is gone: every page of a running workbench says so in one sentence, with a reference and no trace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pages._pages import PAGES, PageEntry
from tests.conftest import StartWorkbench
from tests.harness import databases
from tests.harness.server import Workbench, running_workbench
from tests.harness.stream import Run, visit


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A workbench whose database was taken away while it ran."""
    folder = tmp_path_factory.mktemp("broken")
    with running_workbench(folder) as workbench:
        databases.take_away(workbench.var)
        yield workbench


def alerts(run: Run) -> list[str]:
    drawn = [message.delta.new_element for message in run.messages if message.delta.HasField("new_element")]
    return [element.alert.body for element in drawn if element.WhichOneof("type") == "alert"]


def assert_told_without_a_trace(workbench: Workbench, run: Run, sentence: str) -> None:
    (told,) = alerts(run)
    assert told.startswith(sentence)
    reference = told.rsplit("Reference ", 1)[1].rstrip(".")
    assert f"reference={reference}" in workbench.log()
    sent = b"".join(message.SerializeToString() for message in run.messages)
    for secret in (b"Traceback", b"sqlite", b"psycopg", b"workbench.db", str(workbench.var).encode(), b"site-packages"):
        assert secret not in sent


@pytest.mark.parametrize("entry", PAGES, ids=[entry.url_path for entry in PAGES])
def test_a_page_without_its_database_says_one_sentence_with_a_reference(entry: PageEntry, broken: Workbench) -> None:
    with visit(broken.url, entry.url_path) as opened:
        assert_told_without_a_trace(broken, opened.run(), "The database does not answer.")


def test_a_file_that_is_no_database_is_told_without_a_trace_too(start_workbench: StartWorkbench) -> None:
    if databases.kind() != "sqlite":
        pytest.skip("only SQLite keeps a database in one file, which can be another")
    workbench = start_workbench()
    databases.take_away(workbench.var)
    (workbench.var / "workbench.db").write_bytes(b"This is no database. " * 500)
    with visit(workbench.url, "strategy") as opened:
        assert_told_without_a_trace(workbench, opened.run(), "")
