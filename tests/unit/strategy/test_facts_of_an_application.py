"""Facts of an application out of its assets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from pydantic import JsonValue

from platform_core.domain.inventory import AssetKind, Value
from platform_core.domain.lifecycle import Support
from platform_core.domain.strategy import Fact
from platform_core.strategy import FACT_FIELDS, Links, Member, facts_from_json, facts_of, with_support

TODAY = date(2026, 9, 1)
ENDS = {"Old OS 1": date(2020, 1, 1), "New OS 2": date(2030, 9, 1), "Old DB 5": date(2021, 6, 30)}


def recognise(text: str) -> tuple[Support, ...]:
    if text not in ENDS:
        return ()
    return (
        Support(
            product=text,
            title=text,
            category="database" if "DB" in text else "os",
            version=None,
            cycle="1",
            exact=True,
            active_end=None,
            end=ENDS[text],
            extended_end=None,
            as_of=date(2026, 8, 22),
            source="test",
        ),
    )


def server(**values: Value) -> Member:
    return Member(AssetKind.SERVER, values, dict.fromkeys(values, "servers.csv line 7"))


def database(**values: Value) -> Member:
    return Member(AssetKind.DATABASE, values)


def derive(*members: Member, links: Links | None = None, **register: Value) -> dict[str, Fact]:
    application = Member(AssetKind.APPLICATION, register, dict.fromkeys(register, "register.csv line 3"))
    return facts_of(application, members, recognise=recognise, on=TODAY, links=links or Links())


def value(facts: dict[str, Fact], key: str) -> JsonValue:
    return facts[key].value if key in facts else None


def test_what_the_register_says_is_taken_over_with_its_source() -> None:
    facts = derive(business_criticality="high", technology_stack=("Java", "Tomcat"), retirement_date=date(2027, 1, 31))
    assert facts["business_criticality"].source == "register.csv line 3"
    assert value(facts, "technology_stack") == ["Java", "Tomcat"]
    assert value(facts, "decommission_date") == "2027-01-31"


def test_an_application_of_which_nothing_is_recorded_has_no_made_up_facts() -> None:
    assert set(derive()) == {"dependencies_known", "owner_known"}
    assert value(derive(), "dependencies_known") is False


def test_servers_and_databases_are_counted_and_their_sizes_added() -> None:
    facts = derive(server(storage_gb=100.0), server(storage_gb=50.5), database(database_size_gb=10.0))
    assert (value(facts, "servers"), value(facts, "databases")) == (2, 1)
    assert (value(facts, "storage_gb"), value(facts, "database_size_gb")) == (150.5, 10.0)


def test_members_that_disagree_say_nothing_about_the_whole() -> None:
    facts = derive(server(environment="production", is_virtual=True), server(environment="test", is_virtual=False))
    assert "environment" not in facts
    assert "virtualised" not in facts
    assert value(derive(server(environment="test", is_virtual=True)), "environment") == "test"


def test_half_the_systems_out_of_support_count_as_out_of_support_fewer_as_partly() -> None:
    half = derive(server(os_name="Old OS 1"), server(os_name="New OS 2"))
    third = derive(server(os_name="Old OS 1"), server(os_name="New OS 2"), server(os_name="New OS 2"))
    assert value(half, "os_out_of_support") is True
    assert "os_out_of_support" not in third
    assert value(third, "os_partly_out_of_support") is True
    assert third["os_partly_out_of_support"].source.startswith("1 of 3: Old OS 1: support until 2020-01-01")


def test_supported_systems_give_the_months_that_are_left() -> None:
    facts = derive(server(os_name="New OS 2"))
    assert value(facts, "os_out_of_support") is False
    assert value(facts, "os_support_ends_within_months") == 48.0


def test_an_unrecognised_system_says_nothing_about_support() -> None:
    assert "os_out_of_support" not in derive(server(os_name="Homemade OS"))


def test_a_version_in_its_own_column_is_read_with_the_name() -> None:
    facts = derive(database(database_engine="Old DB", database_version="5"))
    assert value(facts, "db_out_of_support") is True
    assert value(facts, "db") == ["Old DB 5"]


def test_utilisation_counts_only_when_every_server_was_measured() -> None:
    assert value(derive(server(cpu_utilization_pct=3.0), server(cpu_utilization_pct=4)), "cpu_utilization_pct") == 4
    assert "cpu_utilization_pct" not in derive(server(cpu_utilization_pct=3.0), server())


def test_an_application_is_off_when_all_its_servers_are() -> None:
    assert value(derive(server(power_state="poweredOff"), server(power_state="Off")), "powered_off") is True
    assert value(derive(server(power_state="off"), server(power_state="on")), "powered_off") is False
    assert "powered_off" not in derive(server(power_state="off"), server())


def test_dates_become_ages_on_the_day_handed_in() -> None:
    facts = derive(server(last_seen=datetime(2026, 8, 2, 12)), install_date=date(2016, 9, 1))  # noqa: DTZ001
    assert value(facts, "last_seen_days") == 30
    assert value(facts, "age_years") == 10.0


def test_a_physical_server_near_the_end_of_its_warranty_is_due_for_replacement() -> None:
    assert value(derive(server(is_virtual=False, warranty_expiry=date(2027, 1, 1))), "hardware_refresh_due") is True
    assert value(derive(server(is_virtual=False, warranty_expiry=date(2029, 1, 1))), "hardware_refresh_due") is False
    assert "hardware_refresh_due" not in derive(server(is_virtual=True, warranty_expiry=date(2027, 1, 1)))


def test_links_count_only_when_dependencies_were_discovered() -> None:
    facts = derive(links=Links(inbound=3, outbound=0, inbound_live=2))
    keys = ("inbound_dependencies", "outbound_dependencies", "inbound_live_dependencies", "dependencies_known")
    assert [value(facts, key) for key in keys] == [3, 0, 2, True]
    assert "inbound_dependencies" not in derive()


def test_an_owner_of_any_asset_is_an_owner() -> None:
    assert value(derive(server(technical_owner="Ann")), "owner_known") is True
    assert value(derive(server(os_name="New OS 2")), "owner_known") is False


def test_stated_facts_learn_about_support_from_the_products_they_name() -> None:
    facts = with_support(facts_from_json({"os": "Old OS 1", "stack": ["Old DB 5"]}), recognise, TODAY)
    assert value(facts, "os_out_of_support") is True
    assert value(facts, "db_out_of_support") is True


def test_what_was_stated_about_support_stands() -> None:
    stated = facts_from_json({"os": "Old OS 1", "os_out_of_support": False})
    assert value(with_support(stated, recognise, TODAY), "os_out_of_support") is False


class Asked(dict[str, Value]):
    """Values that remember which of them were looked at."""

    def __init__(self, *values: tuple[str, Value]) -> None:
        super().__init__(values)
        self.fields: set[str] = set()

    def __contains__(self, field: object) -> bool:
        self.fields.add(str(field))
        return super().__contains__(field)

    def __getitem__(self, field: str) -> Value:
        self.fields.add(field)
        return super().__getitem__(field)

    def get(self, field: str, otherwise: Any = None) -> Any:
        self.fields.add(field)
        return super().get(field, otherwise)


def test_no_field_is_looked_at_beyond_those_that_are_read_from_the_inventory() -> None:
    looked_at = set[str]()
    for filled in ((), (("os_name", "Old OS"), ("database_engine", "Old DB"), ("is_virtual", False))):
        everybody = [Member(kind, Asked(*filled)) for kind in AssetKind]
        facts_of(everybody[0], everybody, recognise=recognise, on=TODAY)
        looked_at |= {field for member in everybody for field in cast("Asked", member.values).fields}
    assert looked_at == set(FACT_FIELDS)
