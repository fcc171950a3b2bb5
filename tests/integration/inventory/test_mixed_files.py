"""Files in which servers, devices, databases and applications stand mixed: what each row is, and why."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from platform_core import inventory, mapping
from platform_core.domain.inventory import Asset
from platform_core.domain.mapping import MappedColumn, MappedTable
from platform_core.domain.table import Table
from platform_core.reference import catalogue
from platform_core.services.knowledge import mapping_knowledge, vocabularies

FOLDER = Path(__file__).parents[1] / "mixed"
FIELDS: dict[str, list[str | None]] = {
    "cmdb_ci": ["asset_name", "asset_type", "manufacturer", "model", "os_name", "ip_address", "serial_number",
                "is_virtual", "support_group"],
    "no_type_column": ["asset_name", "os_name", "manufacturer", "model", "cpu_cores", "memory_gb", "storage_gb",
                       "database_engine", "ip_address"],
    "azure_resources": ["asset_name", "asset_type", None, "cloud_region", "cloud_account"],
    "workshop_liste": ["asset_name", "asset_type", "os_name", "manufacturer", "model", "location", "technical_owner"],
    "role_in_type": ["hostname", "asset_type", "os_name", "location", "model", "database_name", "notes"],
    "software_and_servers": ["asset_name", "asset_type", "vendor", "software_version", "hostname", "os_name"],
    "second_cmdb": ["asset_name", "asset_type", "os_name", "manufacturer", "model", "location"],
    "second_no_type": ["asset_name", "os_name", "manufacturer", "model", "cpu_cores", "memory_gb", "ip_address"],
}  # fmt: skip
"""What an analyst maps the columns of each file to."""


@cache
def labelled() -> list[tuple[dict[str, str], Asset | None]]:
    """Return every labelled row with the asset it became, its file's kind as the mapper sees it."""
    return [pair for path in sorted(FOLDER.glob("*.csv")) for pair in _rows_of(path)]


def _rows_of(path: Path) -> list[tuple[dict[str, str], Asset | None]]:
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    headers = [header for header in rows[0] if not header.startswith("truth")]
    table = Table.of(headers, [[row[header] for header in headers] for row in rows])
    columns = tuple(
        MappedColumn(position=at, header=headers[at], field=field)
        for at, field in enumerate(FIELDS[path.stem])
        if field is not None
    )
    mapped = MappedTable(1, path.name, mapping.suggest(table, mapping_knowledge()).kind, table, columns)
    built = inventory.build([mapped], catalogue(), vocabularies())
    by_line = {source.line: asset for asset in built.assets for source in asset.sources}
    return [(row, by_line.get(line)) for line, row in enumerate(rows, 2)]


def test_of_mixed_rows_95_in_100_are_what_they_are() -> None:
    wrong = [row for row, asset in labelled() if asset is None or asset.kind != row["truth"]]
    assert len(labelled()) >= 150
    assert len(wrong) <= 0.05 * len(labelled()), wrong


def test_whether_a_machine_is_virtual_is_told_by_type_and_model_and_never_wrongly() -> None:
    said = {"yes": True, "no": False}
    asked = [(row, asset) for row, asset in labelled() if row["truth virtual"] and asset is not None]
    read = [(asset.values.get("is_virtual"), said[row["truth virtual"]]) for row, asset in asked]
    assert [pair for pair in read if pair[0] is not None and pair[0] is not pair[1]] == []
    assert sum(value is not None for value, _ in read) >= 0.9 * len(read)
