"""What software an asset runs, as its page tells it: the same products and dates the strategy goes by."""

from __future__ import annotations

from datetime import date

from platform_core.domain.inventory import AssetKind
from platform_core.domain.lifecycle import SupportStatus
from platform_core.services import inventories
from platform_core.services.products_of_assets import products_of
from platform_core.store import Store

TODAY = date(2026, 9, 1)


def test_an_operating_system_is_split_into_product_version_and_edition() -> None:
    (system,) = products_of(AssetKind.SERVER, {"os_name": "Windows Server 2012 R2 Standard"}, TODAY)
    assert system.text == "Windows Server 2012 R2 Standard"
    assert (system.version, system.edition, system.vendor) == ("2012-r2", "Standard", "Microsoft")
    assert (system.end, system.status) == (date(2023, 10, 10), SupportStatus.EXTENDED)
    assert system.as_of is not None


def test_name_and_version_of_two_columns_are_read_together() -> None:
    values = {"os_name": "Red Hat Enterprise Linux", "os_version": "7.9", "database_engine": "PostgreSQL"}
    system, database = products_of(AssetKind.SERVER, values, TODAY)
    assert (system.version, system.status) == ("7.9", SupportStatus.EXTENDED)
    assert (database.product, database.version, database.status) == ("PostgreSQL", None, SupportStatus.UNKNOWN)


def test_every_item_of_a_stack_is_told_and_what_nobody_knows_keeps_its_text() -> None:
    stack = ("Tomcat 8.5", "Zorblax 3")
    tomcat, unknown = products_of(AssetKind.APPLICATION, {"technology_stack": stack}, TODAY)
    assert (tomcat.product, tomcat.status) == ("Apache Tomcat", SupportStatus.ENDED)
    assert (unknown.text, unknown.product, unknown.end) == ("Zorblax 3", None, None)


def test_the_detail_of_an_asset_tells_its_software_and_why_it_is_what_it_is(store: Store, applied: int) -> None:
    asset = inventories.detail(store.unit_of_work(), applied, "server:old01")
    assert asset.kind is AssetKind.SERVER
    assert asset.kind_evidence == "Its operating system is “Windows Server 2003”"
    assert [(p.field, p.text) for p in asset.products] == [("os_name", "Windows Server 2003")]
    assert asset.products[0].status is SupportStatus.ENDED
