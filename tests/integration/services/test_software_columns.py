"""The software of all assets, column by column, says what the panel of each asset says."""

from __future__ import annotations

from datetime import date

import pytest

from platform_core.domain.inventory import AssetKind
from platform_core.domain.software import TOLD
from platform_core.services.products_of_assets import products_of
from platform_core.services.software_columns import READ, read, software_reader

ASSETS = (
    {"kind": "server", "os_name": "Windows Server 2012 R2", "installed_software": "Oracle Database 19c\nNginx 1.18"},
    {"kind": "server", "os_name": "Red Hat Enterprise Linux", "os_version": "7.9"},
    {"kind": "database", "database_engine": "Microsoft SQL Server 2014"},
    {"kind": "application", "technology_stack": "Java 8\nApache Tomcat 8.5\nRabbitMQ"},
    {"kind": "software", "asset_name": "PostgreSQL", "software_version": "13"},
    {"kind": "server", "asset_name": "PostgreSQL", "software_version": "13"},
    {"kind": "network"},
)
DAYS = (date(2010, 1, 1), date(2024, 6, 30), date(2024, 7, 10), date(2026, 11, 27), date(2040, 1, 1))


def told() -> list[dict[str, object]]:
    columns = {name: [asset.get(name) for asset in ASSETS] for name in ("kind", *READ)}
    answer = read(columns)
    return [{name: answer[name][at] for name in TOLD} for at in range(len(ASSETS))]


def phase_on(row: dict[str, object], day: date) -> str | None:
    for phase in ("ended", "extended", "maintenance"):
        first = row[f"support_{phase}_on"]
        if isinstance(first, date) and first <= day:
            return phase
    return {True: "active", False: "unknown", None: None}[row["support_is_known"]]  # type: ignore[index]


@pytest.mark.parametrize("day", DAYS)
def test_the_phase_of_an_asset_is_the_worst_of_its_products(day: date) -> None:
    worst_first = ("ended", "extended", "maintenance", "active", "unknown")
    for asset, row in zip(ASSETS, told(), strict=True):
        values = {name: text.split("\n") if "\n" in text else text for name, text in asset.items() if name != "kind"}
        phases = {product.status.value for product in products_of(AssetKind(asset["kind"]), values, day)}
        assert phase_on(row, day) == next((phase for phase in worst_first if phase in phases), None), asset


def test_products_are_told_by_what_they_are() -> None:
    windows, _, database, application, program, machine, switch = told()
    assert windows["os_product"] == "Windows Server"
    assert windows["database_product"] == "Oracle Database"
    assert windows["technology"] == "Windows Server\nOracle Database\nNginx"
    assert database["database_product"] == "MS SQL Server"
    assert application["middleware"] == "Apache Tomcat\nRabbitMQ"
    assert program["database_product"] == "PostgreSQL"
    assert machine["technology"] is None
    assert set(switch.values()) == {None}


def test_the_reader_is_named_by_its_tables() -> None:
    assert software_reader().mark == software_reader().mark
    assert len(software_reader().mark) == 16
