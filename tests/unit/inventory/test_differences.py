"""Two inventories compared, against a plain comparison in Python."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.inventory import differences

FIELDS = ("environment", "cpu_cores")
Rows = dict[str, tuple[str | None, ...]]

rows = st.dictionaries(
    st.sampled_from(["server:a", "server:b", "server:c", "server:d"]),
    st.tuples(st.sampled_from([None, "Production", "Test"]), st.sampled_from([None, "2", "4"])),
)


def written(path: Path, held: Rows, fields: tuple[str, ...] = FIELDS) -> Path:
    columns = {"key": list(held), "name": [key.split(":")[1] for key in held]}
    columns |= {field: [values[i] for values in held.values()] for i, field in enumerate(fields)}
    pq.write_table(pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}), path)
    return path


@given(before=rows, after=rows)
@settings(max_examples=40, deadline=None)
def test_every_asset_is_new_gone_changed_or_the_same(
    tmp_path_factory: pytest.TempPathFactory, before: Rows, after: Rows
) -> None:
    folder = tmp_path_factory.mktemp("inventories")
    found = differences(written(folder / "before", before), written(folder / "after", after))
    both = before.keys() & after.keys()
    changed = {key for key in both if before[key] != after[key]}
    assert {key for key, _ in found.new} == after.keys() - before.keys()
    assert {key for key, _ in found.gone} == before.keys() - after.keys()
    assert {asset.key for asset in found.changed} == changed
    assert found.unchanged == len(both - changed)
    assert (found.created, found.removed, found.updated) == (len(found.new), len(found.gone), len(found.changed))
    for asset in found.changed:
        differing = [
            (field, old, new)
            for field, old, new in zip(FIELDS, before[asset.key], after[asset.key], strict=True)
            if old != new
        ]
        assert list(asset.fields) == differing
    assert dict(found.by_field) == {
        field: number
        for i, field in enumerate(FIELDS)
        if (number := sum(before[key][i] != after[key][i] for key in changed))
    }


def test_a_field_that_only_one_of_them_knows_is_empty_in_the_other(tmp_path: Path) -> None:
    before = written(tmp_path / "before", {"server:a": ("Test",)}, ("environment",))
    after = written(tmp_path / "after", {"server:a": ("Test", "2")})
    (asset,) = differences(before, after).changed
    assert asset.fields == (("cpu_cores", None, "2"),)


def test_no_more_are_named_than_asked_for(tmp_path: Path) -> None:
    before = written(tmp_path / "before", {})
    after = written(tmp_path / "after", {f"server:{n}": ("Test", "2") for n in range(5)})
    found = differences(before, after, shown=2)
    assert (found.created, len(found.new)) == (5, 2)
