"""Decisions about duplicates carried out: who stays, with which values, and what follows."""

from __future__ import annotations

from datetime import UTC, datetime

from platform_core.domain.asset_decisions import AssetDecision, DuplicateAction, DuplicateDecision
from platform_core.domain.inventory import (
    Asset,
    AssetKind,
    Dependency,
    Edited,
    Inventory,
    IssueKind,
    QualityIssue,
    SourceRow,
    Value,
)
from platform_core.inventory.duplicates import settle_duplicates

A, B, C = "server:web01", "server:web1", "server:db01"


def asset(key: str, file: int, kind: AssetKind = AssetKind.SERVER, **values: Value) -> Asset:
    name = key.partition(":")[2]
    return Asset(key, kind, name, dict(values), [SourceRow(file, 2)], dict.fromkeys(values, 0))


def inventory() -> Inventory:
    return Inventory(
        assets=[
            asset(A, 1, os_name="RHEL 8", memory_gb=16.0, application_name="Claims"),
            asset(B, 2, os_name="RHEL 9", cpu_cores=4, application_name="Payroll"),
            asset(C, 1),
        ],
        dependencies=[Dependency("web1", "db01", B, C), Dependency("web01", "web1", A, B)],
        issues=[
            QualityIssue(kind=IssueKind.CONFLICT, field=None, asset_key=B, import_id=2, line=2, raw="", text="Differs")
        ],
    )


def decided(action: DuplicateAction, number: int = 7, keys: tuple[str, str] = (A, B), **more: object) -> AssetDecision:
    content = DuplicateDecision(other_key=keys[1], action=action, **more)  # type: ignore[arg-type]
    return AssetDecision(
        id=number, asset_key=keys[0], content=content, reason="", author="ana", at=datetime(2026, 1, 1, tzinfo=UTC)
    )


def settled(*decisions: AssetDecision, built: Inventory | None = None) -> tuple[Inventory, dict[str, Asset]]:
    built = built or inventory()
    settle_duplicates(built, decisions)
    return built, {each.key: each for each in built.assets}


def test_keep_leaves_the_values_and_takes_dependencies_findings_and_membership_along() -> None:
    built, assets = settled(decided(DuplicateAction.KEEP))
    assert set(assets) == {A, C}
    assert assets[A].values == {"os_name": "RHEL 8", "memory_gb": 16.0, "application_name": "Claims; Payroll"}
    assert [(each.source_key, each.target_key) for each in built.dependencies] == [(A, C)]
    assert [issue.asset_key for issue in built.issues] == [A]
    assert assets[A].sources == [SourceRow(1, 2), SourceRow(2, 2)]


def test_replace_puts_the_others_values_under_the_key_that_stays() -> None:
    _, assets = settled(decided(DuplicateAction.REPLACE))
    assert assets[A].values == {"os_name": "RHEL 9", "cpu_cores": 4, "application_name": "Claims; Payroll"}
    assert assets[A].sources[assets[A].origins["os_name"]] == SourceRow(2, 2)


def test_merge_takes_each_field_from_where_it_was_chosen_and_fills_what_is_empty() -> None:
    _, assets = settled(decided(DuplicateAction.MERGE, taken={"os_name": B, "application_name": A}))
    assert assets[A].values == {"os_name": "RHEL 9", "memory_gb": 16.0, "cpu_cores": 4, "application_name": "Claims"}


def test_both_stay_under_a_parent_that_needs_no_row() -> None:
    built, assets = settled(decided(DuplicateAction.PARENT, parent="Web cluster"))
    parent = assets["other:webcluster"]
    assert parent.values["application_name"] == "Claims; Payroll"
    links = {(each.source_key, each.target_key) for each in built.dependencies if each.relation == "part of"}
    assert links == {(A, parent.key), (B, parent.key)}


def test_two_that_were_told_apart_both_stay() -> None:
    built, _ = settled(decided(DuplicateAction.APART))
    assert built == inventory()


def test_a_decision_about_what_is_not_there_waits() -> None:
    built = Inventory(assets=[asset(A, 1)])
    assert settle_duplicates(built, [decided(DuplicateAction.KEEP)]).numbers == []
    assert [each.key for each in built.assets] == [A]


def test_what_went_is_found_under_what_it_went_into() -> None:
    _, assets = settled(decided(DuplicateAction.KEEP), decided(DuplicateAction.KEEP, 8, (C, B)))
    assert set(assets) == {C}


def test_two_decisions_against_each_other_do_not_lose_both() -> None:
    _, assets = settled(decided(DuplicateAction.KEEP), decided(DuplicateAction.KEEP, 8, (B, A)))
    assert set(assets) == {A, C}


def test_a_value_set_by_hand_afterwards_stays_one_set_before_goes() -> None:
    for number, expected in ((9, "AIX"), (3, "RHEL 9")):
        built = inventory()
        built.assets[0].values["os_name"] = "AIX"
        built.assets[0].edits = {"os_name": Edited(built="RHEL 8", by=(number,), author="ana", day="2026-01-02")}
        _, assets = settled(decided(DuplicateAction.REPLACE), built=built)
        assert assets[A].values["os_name"] == expected


def test_members_of_an_application_that_goes_belong_to_the_one_that_stays() -> None:
    one, two = "application:crm", "application:c-r-m"
    built = Inventory(
        assets=[
            asset(one, 1, AssetKind.APPLICATION, application_name="crm"),
            asset(two, 2, AssetKind.APPLICATION, application_name="c-r-m"),
            asset(C, 1, application_name="c-r-m; Claims"),
        ]
    )
    _, assets = settled(decided(DuplicateAction.KEEP, keys=(one, two)), built=built)
    assert assets[C].values["application_name"] == "crm; Claims"
