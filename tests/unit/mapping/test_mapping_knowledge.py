"""Knowledge is checked when it is read: a slip in a table is a clear sentence, not a wrong suggestion."""

from __future__ import annotations

import csv
import shutil
from itertools import chain
from pathlib import Path

import pytest

from platform_core.errors import BadInput
from platform_core.mapping import Knowledge, load_knowledge
from platform_core.mapping.benchmark import read_gold
from platform_core.mapping.formats import header_key

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
        ("preferences.csv", ",cpu_utilization_pct,", ",no_such_field,"),
        ("twins.csv", "asset_name,hostname", "asset_name,no_such_field"),
        ("unit_habits.csv", "memory_gb", "no_such_field"),
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


def test_every_row_of_every_table_names_its_source() -> None:
    for table in sorted((DATA / "mapping").glob("*.csv")):
        if table.name == "format_headers.csv":
            continue  # its rows belong to a format, which names the source
        with table.open(newline="", encoding="utf-8") as handle:
            assert all(row["source"].strip() for row in csv.DictReader(handle)), table.name


def test_no_usual_wording_restates_a_header_that_one_tool_alone_has(shipped: Knowledge) -> None:
    users: dict[str, set[str]] = {}
    labelled = (read_gold(DATA / "mapping" / name) for name in ("gold.jsonl", "collected.jsonl"))
    for source in chain.from_iterable(labelled):
        for header in source.headers:
            users.setdefault(header_key(header), set()).add(source.family)
    for known in shipped.formats.formats:
        for column in known.columns.values() if known.is_export else ():
            users.setdefault(header_key(column.header), set()).add(known.name.split()[0].lower())
    gold = {header_key(h) for s in read_gold(DATA / "mapping" / "gold.jsonl") for h in s.headers}
    with (DATA / "mapping" / "header_phrases.csv").open(newline="", encoding="utf-8") as handle:
        wordings = {header_key(row["phrase"]) for row in csv.DictReader(handle)}
    assert not {wording for wording in wordings & gold if len(users[wording]) == 1}
