"""Whatever happens to the process or the disk, no table is left by half."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from platform_core.errors import Unavailable
from platform_core.ingest import read

ROOT = Path(__file__).resolve().parents[3]

READ_UNTIL_KILLED = """
import sys
from pathlib import Path
from platform_core.ingest import read

def tell(share, text):
    print(text, flush=True)
    if share > 0.1:
        sys.stdin.read()

read(Path(sys.argv[1]), name="x", into=Path(sys.argv[2]), progress=tell)
"""


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "original"
    row = "".join(f",{i * 7919 % 10_007}" for i in range(40))
    path.write_text(
        "Name" + "".join(f",Field {i}" for i in range(40)) + "".join(f"\nsrv-{i}{row}" for i in range(14_000))
    )
    return path


def test_a_killed_process_leaves_no_table_and_the_next_reading_works(large: Path, tmp_path: Path) -> None:
    into = tmp_path / "into"
    with subprocess.Popen(
        [sys.executable, "-c", READ_UNTIL_KILLED, str(large), str(into)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        while "rows read" not in process.stdout.readline():
            pass
        process.kill()
    assert list(into.glob("*.parquet")) == []
    (reading,) = read(large, name="x", into=into)
    assert reading.table.row_count == reading.rows_stored == 14_000


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond a few thousand bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_said_without_a_path_and_leaves_nothing(large: Path, tmp_path: Path) -> None:
    with full_disk(), pytest.raises(Unavailable, match="could not be stored") as failed:
        read(large, name="export.csv", into=tmp_path / "into")
    assert "/" not in str(failed.value)
    assert list((tmp_path / "into").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(large: Path) -> None:
    with pytest.raises(Unavailable, match="could not be stored"):
        read(large, name="export.csv", into=large / "into")
