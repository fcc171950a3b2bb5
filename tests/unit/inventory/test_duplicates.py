"""Duplicates: what is one thing, what is two whatever they share, and what is said about it."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.duplicates import Duplicates, Pair
from platform_core.domain.inventory import Asset, AssetKind, SourceRow
from platform_core.inventory import load_vocabularies
from platform_core.inventory.duplicates import Knowledge, find_duplicates, load_duplicate_knowledge, reasons
from platform_core.reference import DATA
from tests.perf.duplicates.measure import found_by_engine, shares
from tests.perf.duplicates.views import make

FILES = {1: "cmdb.csv", 2: "vcenter.csv"}


@cache
def known() -> Knowledge:
    return load_duplicate_knowledge(DATA, load_vocabularies(DATA))


def asset(name: str, file: int = 1, kind: AssetKind = AssetKind.SERVER, **values: Any) -> Asset:
    fields = {"asset_name": name} if kind is not AssetKind.APPLICATION else {"application_name": name}
    if "ip" in values:
        values["ip_address"] = tuple(values.pop("ip").split())
    return Asset(f"{kind}:{name.casefold()}@{file}", kind, name, fields | values, [SourceRow(file, 2)])


def among(*assets: Asset) -> Duplicates:
    return find_duplicates(assets, known())


def pair(first: Asset, second: Asset, *others: Asset) -> Pair | None:
    keys = {first.key, second.key}
    found = among(first, second, *others).pairs
    return next((each for each in found if {each.first, each.second} == keys), None)


def are_one(first: Asset, second: Asset, *others: Asset) -> bool:
    found = pair(first, second, *others)
    return found is not None and bool(found.group)


SHARED = {
    "ip": "10.0.0.5",
    "os_name": "Red Hat Enterprise Linux 8",
    "cpu_cores": 4,
    "memory_gb": 16.0,
    "location": "London",
}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("app-prod-01", "app-dev-01"),
        ("db01", "db02"),
        ("sapprd", "sapdev"),
        ("frawebp012", "frawebt012"),
        ("web-prod-01", "web-uat-01"),
        ("payroll-app-01", "payroll-db-01"),
        ("sql-active", "sql-passive"),
        ("node1a", "node1b"),
        ("crm-emea-01", "crm-apac-01"),
        ("app01", "app01-new"),
        ("web1", "web11"),
    ],
)
@pytest.mark.parametrize("files", [(1, 1), (1, 2)])
def test_names_that_tell_machines_apart_keep_them_apart_whatever_else_they_share(
    one: str, two: str, files: tuple[int, int]
) -> None:
    assert not are_one(asset(one, files[0], **SHARED), asset(two, files[1], **SHARED))


def test_blades_that_share_a_chassis_and_an_address_stay_apart() -> None:
    blades = [
        asset(f"esx{n:02d}", 1 + n % 2, serial_number="CHASSIS77", ip="10.0.0.9", os_name="ESXi 7") for n in range(8)
    ]
    assert not any(each.group for each in among(*blades).pairs)


def test_the_address_of_a_load_balancer_makes_nothing_one() -> None:
    names = ("apollo", "zeus", "hermes", "athena", "hera", "ares")
    assert not among(*(asset(name, ip="10.9.9.9") for name in names)).pairs


@pytest.mark.parametrize("filler", ["To be filled by O.E.M.", "0", "None", "Default string", "0000000000", "xxxxxxx"])
def test_a_serial_number_nobody_filled_in_is_no_evidence(filler: str) -> None:
    assert pair(asset("apollo", 1, serial_number=filler), asset("zeus", 2, serial_number=filler)) is None


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("WEB-PROD-01.corp.example", "web_prod_1"),
        ("app-prod-01", "app-prd-01"),
        ("kamierp-prod-03", "kamirep-prod-03"),
        ("ledger-prod-01", "ledger-prod-O1"),
        ("payroll-web-01", "payroll-web-01 (old)"),
    ],
)
def test_the_same_name_written_differently_is_one_machine(one: str, two: str) -> None:
    assert are_one(asset(one, 1, ip="10.0.0.5"), asset(two, 2, ip="10.0.0.5"))


def test_a_slip_in_a_code_is_told_from_another_code_by_how_usual_the_parts_are() -> None:
    usual = [asset(f"route-{stage}-{n:02d}", 1, ip=f"10.1.{n}.1") for n in range(1, 8) for stage in ("uat", "dev")]
    same = {"ip": "10.0.0.5", "os_name": "RHEL 8"}
    machine = asset("route-uat-17", 1, **same)
    assert are_one(machine, asset("route-ut-17", 2, **same), *usual)
    assert not are_one(machine, asset("route-dev-17", 2, **same), *usual)


def test_a_renamed_machine_is_known_by_its_numbers() -> None:
    same = {"serial_number": "CZ3412ABCD", "ip": "10.0.0.5"}
    assert are_one(asset("apollo", 1, **same), asset("lon-crm-prod-01", 2, **same))


def test_the_serial_number_of_a_vmware_guest_is_its_uuid_in_either_byte_order() -> None:
    guest = asset("apollo", 1, uuid="4238a1b2-c3d4-e5f6-0011-223344556677")
    scanned = asset("crm-01", 2, serial_number="VMware-42 38 a1 b2 c3 d4 e5 f6-00 11 22 33 44 55 66 77", ip="10.0.0.5")
    swapped = asset("crm-01", 2, uuid="b2a13842-d4c3-f6e5-0011-223344556677")
    assert are_one(guest, scanned)
    assert are_one(guest, swapped)


def test_another_system_and_another_serial_number_speak_against_the_same_name() -> None:
    one = asset("apollo", 1, serial_number="CZ3412ABCD", os_name="Windows Server 2019", location="London")
    two = asset("apollo", 2, serial_number="XX9987QWER", os_name="AIX 7.2", location="Paris")
    found = pair(one, two)
    assert found is None or not found.group


def test_the_weights_add_up_to_the_score_and_are_told_in_words() -> None:
    first, second = asset("kamierp-prod-03", 1, **SHARED), asset("kamirep-prod-03", 2, **SHARED)
    found = pair(first, second)
    assert found is not None
    told = reasons(found, first, second, known(), FILES)
    assert sum(reason.weight for reason in told) == pytest.approx(found.score)
    texts = [reason.text for reason in told]
    assert "kamierp and kamirep differ as a slip of one letter does" in texts
    assert "They have the same address 10.0.0.5" in texts
    assert [abs(r.weight) for r in told[1:]] == sorted((abs(r.weight) for r in told[1:]), reverse=True)


def test_words_name_the_environment_that_tells_two_machines_apart() -> None:
    same = {"serial_number": "CZ3412ABCD", "uuid": "4238a1b2-c3d4-e5f6-0011-223344556677", "ip": "10.0.0.5"}
    first, second = asset("app-prod-01", 1, **same), asset("app-dev-01", 2, **same)
    found = pair(first, second)
    assert found is not None
    told = {reason.field: reason for reason in reasons(found, first, second, known(), FILES)}
    assert told["name"].text == "The names tell two environments apart: prod and dev"
    assert told["name"].weight < 0 < told["uuid"].weight


def test_cells_are_data_in_the_words_as_well() -> None:
    hostile = "{first} {0.__class__} %s"
    first, second = (
        asset("apollo", 1, location=hostile, ip="10.0.0.5"),
        asset("apollo", 2, location=hostile, ip="10.0.0.5"),
    )
    found = pair(first, second)
    assert found is not None
    assert f"Both are in {hostile}" in [reason.text for reason in reasons(found, first, second, known(), FILES)]


def test_what_was_told_apart_is_not_asked_again_and_in_no_group() -> None:
    first, second = asset("apollo", 1, ip="10.0.0.5"), asset("apollo", 2, ip="10.0.0.5")
    third = asset("apollo.corp.example", 3, ip="10.0.0.5")
    told = tuple(sorted((first.key, second.key)))
    found = find_duplicates((first, second, third), known(), told_apart=[(told[0], told[1])])
    assert (told[0], told[1]) not in {(each.first, each.second) for each in found.pairs}
    groups = [{each.first, each.second} for each in found.pairs if each.group]
    assert len(groups) <= 1


def test_a_chain_of_likenesses_does_not_make_one_group() -> None:
    chain = [
        asset(name, file, ip=f"10.0.0.{file} 10.0.0.{file + 1}")
        for file, name in enumerate(("web01", "web02", "web03"), 1)
    ]
    assert not any(each.group for each in among(*chain).pairs)


def test_databases_of_one_name_on_two_hosts_are_two() -> None:
    one = asset("crm_main", 1, AssetKind.DATABASE, hostname="db01", database_engine="Oracle")
    two = asset("crm_main", 2, AssetKind.DATABASE, hostname="db02", database_engine="Oracle")
    same = asset("CRM_MAIN", 2, AssetKind.DATABASE, hostname="db01.corp.example", database_engine="Oracle")
    assert not are_one(one, two)
    assert are_one(one, same)


def test_a_server_is_never_compared_with_an_application() -> None:
    assert not among(asset("payroll"), asset("payroll", 2, AssetKind.APPLICATION)).compared


def test_an_empty_inventory_has_no_duplicates() -> None:
    assert among() == Duplicates((), 0)


@given(st.lists(st.text(max_size=12), max_size=8))
def test_odd_names_break_nothing_and_every_pair_comes_once(names: list[str]) -> None:
    found = among(*(asset(name, at) for at, name in enumerate(names)))
    keys = [(each.first, each.second) for each in found.pairs]
    assert len(keys) == len(set(keys))


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_assets_changes_nothing(rng: random.Random) -> None:
    assets = make(60, 5).assets
    shuffled = list(assets)
    rng.shuffle(shuffled)
    one, two = (find_duplicates(each, known()) for each in (assets, shuffled))
    assert {(p.first, p.second): round(p.score, 9) for p in one.pairs} == {
        (p.first, p.second): round(p.score, 9) for p in two.pairs
    }


def test_a_made_inventory_gives_back_what_is_one_in_it() -> None:
    truth = make(2_000, 41)
    groups, _ = found_by_engine(truth.assets, known())
    precision, recall = shares(groups, truth.thing_of)
    assert precision >= 0.98
    assert recall >= 0.95
