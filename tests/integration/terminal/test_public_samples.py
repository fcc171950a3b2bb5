"""Real exports from public repositories, where a developer has them beside the project."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_core.reference import PROJECT_ROOT
from platform_core.services.analysis import analyze

FOLDER = PROJECT_ROOT.parent / "shared" / "samples"
FILES = sorted(FOLDER.glob("*.csv"))

pytestmark = pytest.mark.skipif(not FILES, reason="the public sample files are not beside the project")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_is_analysed_and_accounts_for_its_rows(path: Path, tmp_path: Path) -> None:
    (file,) = analyze([path], tmp_path)["files"]
    assert file["rows_read"] == file["rows_stored"] + file["rows_quarantined"]
    assert file["is_inventory"] == ("not_an_inventory" not in path.name)


def test_all_of_them_together_become_one_inventory(tmp_path: Path) -> None:
    summary = analyze(FILES, tmp_path)
    assert summary["counts"]["assets"] > 200
    assert any("not_an_inventory" in warning for warning in summary["warnings"])
