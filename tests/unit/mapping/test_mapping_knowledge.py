"""Knowledge is checked when it is read: a slip in a table is a clear sentence, not a wrong suggestion."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from platform_core.errors import BadInput
from platform_core.mapping import Knowledge, load_knowledge

DATA = Path(__file__).parents[3] / "data"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copy(DATA / "fields.csv", tmp_path / "fields.csv")
    shutil.copytree(DATA / "mapping", tmp_path / "mapping")
    return tmp_path


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("format_headers.csv", ",asset_name,", ",no_such_field,"),
        ("value_rules.csv", ",ip_address,", ",no_such_field,"),
        ("qualifiers.csv", "asset_name", "no_such_field"),
        ("combine.csv", "storage_gb", "no_such_field"),
        ("detectors.csv", ",regex,", ",magic,"),
        ("units.csv", "spelling", "word"),
        ("calibration.json", '"review"', '"revue"'),
    ],
)
def test_a_slip_in_a_table_is_refused(table: str, old: str, new: str, copied: Path) -> None:
    path = copied / "mapping" / table
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInput):
        load_knowledge(copied)


@pytest.mark.parametrize("table", ["lexicon.csv", "formats.csv", "model.npz", "calibration.json"])
def test_a_missing_table_is_named_without_a_path(table: str, copied: Path) -> None:
    (copied / "mapping" / table).unlink()
    with pytest.raises(BadInput) as refused:
        load_knowledge(copied)
    assert str(copied) not in str(refused.value)


def test_the_lexicon_speaks_nine_languages_and_every_row_has_a_source(shipped: Knowledge) -> None:
    assert set(shipped.lexicon.languages) == {"en", "de", "fr", "es", "pt", "it", "nl", "ja", "zh"}


def test_the_model_answers_for_every_field(shipped: Knowledge) -> None:
    assert shipped.columns.classes == shipped.classes
