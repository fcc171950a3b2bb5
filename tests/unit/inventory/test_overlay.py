"""Decisions over built assets: in the order taken, exactly reversible, cheap where nothing was decided."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.asset_decisions import (
    AssetDecision,
    Change,
    ChangeKind,
    Comparison,
    Condition,
    Content,
    Rule,
    SetValue,
)
from platform_core.domain.inventory import Asset, AssetKind, Value
from platform_core.inventory import Overlay, as_built
from platform_core.reference import catalogue

KEY = "server:web01"
BASE: dict[str, Value] = {
    "hostname": "web01.corp.example",
    "memory_gb": 16384.0,
    "cpu_cores": 4,
    "cpu_sockets": 8,
    "ip_address": ("0.0.0.0", "192.0.2.1"),
    "install_date": date(2020, 5, 1),
    "location": "FRANKFURT",
}


def asset(**values: Value) -> Asset:
    return Asset(KEY, AssetKind.SERVER, "web01", {**BASE, **values})


def decided(number: int, content: Content, key: str | None = None) -> AssetDecision:
    moment = datetime(2026, 11, number, tzinfo=UTC)
    return AssetDecision(id=number, asset_key=key, content=content, reason="", author="Ana", at=moment)


def sets(number: int, field: str, value: object) -> AssetDecision:
    return decided(number, SetValue.model_validate({"field": field, "value": value}), KEY)


def rule(number: int, change: Change, *conditions: Condition) -> AssetDecision:
    return decided(number, Rule(title="fault", conditions=conditions, change=change))


def laid(*standing: AssetDecision, over: Asset | None = None) -> Asset:
    (changed,) = Overlay(standing, catalogue()).take([over or asset()])
    return changed


MIB = Change(kind=ChangeKind.SCALE, field="memory_gb", factor=1 / 1024)
MUCH = Condition(field="memory_gb", test=Comparison.ABOVE, other="cpu_cores", factor=128)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (MIB, {"memory_gb": 16.0}),
        (Change(kind=ChangeKind.CLEAR, field="location"), {"location": None}),
        (Change(kind=ChangeKind.SET, field="install_date", value="2021-01-01"), {"install_date": date(2021, 1, 1)}),
        (Change(kind=ChangeKind.SWAP, field="cpu_cores", other="cpu_sockets"), {"cpu_cores": 8, "cpu_sockets": 4}),
        (
            Change(kind=ChangeKind.MOVE, field="location", other="datacenter"),
            {"location": None, "datacenter": "FRANKFURT"},
        ),
        (
            Change(kind=ChangeKind.SHORTEN, field="hostname", other="fqdn"),
            {"hostname": "web01", "fqdn": "web01.corp.example"},
        ),
        (Change(kind=ChangeKind.DROP, field="ip_address", value="0.0.0.0"), {"ip_address": ("192.0.2.1",)}),
        (
            Change(kind=ChangeKind.REPLACE, field="location", words={"FRANKFURT": "Frankfurt"}),
            {"location": "Frankfurt"},
        ),
        (Change(kind=ChangeKind.SET, field="kind", value="network"), {}),
    ],
)  # fmt: skip
def test_each_kind_of_change_does_what_it_says_and_nothing_else(
    change: Change, expected: dict[str, Value | None]
) -> None:
    changed = laid(rule(1, change))
    wanted = {name: value for name, value in {**BASE, **expected}.items() if value is not None}
    assert changed.values == wanted
    assert changed.kind is (AssetKind.NETWORK if change.field == "kind" else AssetKind.SERVER)
    assert as_built(changed) == asset()


def test_a_swap_that_would_not_fit_changes_nothing() -> None:
    change = Change(kind=ChangeKind.SWAP, field="cpu_cores", other="memory_gb")
    assert laid(rule(1, change), over=asset(memory_gb=1.5)).values["cpu_cores"] == 4


def test_later_decisions_build_on_earlier_ones_and_the_raw_value_is_kept() -> None:
    changed = laid(rule(1, MIB, MUCH), sets(2, "memory_gb", 24), rule(3, MIB, MUCH))
    assert changed.values["memory_gb"] == 24
    assert changed.edits is not None
    edited = changed.edits["memory_gb"]
    assert (edited.built, edited.by, edited.author, edited.day) == (16384.0, (1, 2), "Ana", "2026-11-02")


def test_a_rule_leaves_alone_what_it_has_mended_and_what_does_not_fit() -> None:
    assert laid(rule(1, MIB, MUCH), rule(2, MIB, MUCH)).values["memory_gb"] == 16
    assert laid(rule(1, MIB, MUCH), over=asset(memory_gb=64.0)).edits is None
    missing = asset()
    del missing.values["cpu_cores"]
    assert laid(rule(1, MIB, MUCH), over=missing).values["memory_gb"] == 16384


def test_what_was_decided_of_an_asset_that_did_not_come_waits() -> None:
    overlay = Overlay(
        [sets(1, "location", "Berlin"), decided(2, SetValue(field="notes", value="x"), "server:gone")], catalogue()
    )
    overlay.take([asset()])
    assert overlay.waiting == (2,)


def test_without_decisions_the_assets_are_not_even_looked_at() -> None:
    class Untouchable(list[Asset]):
        def __iter__(self) -> None:  # type: ignore[override]
            raise AssertionError

    assets = Untouchable()
    assert Overlay([], catalogue()).take(assets) is assets


VALUES = st.sampled_from([None, 1, 4, 16, 4096])
DECISIONS = st.one_of(
    st.tuples(st.just("set"), st.sampled_from(["cpu_cores", "cpu_sockets"]), VALUES),
    st.tuples(st.just("swap"), st.just("cpu_cores"), st.none()),
    st.tuples(st.just("halve"), st.sampled_from(["cpu_cores", "cpu_sockets"]), st.none()),
    st.tuples(st.just("clear"), st.sampled_from(["cpu_cores", "location"]), st.none()),
)


def as_decision(number: int, what: tuple[str, str, int | None]) -> AssetDecision:
    sort, field, value = what
    if sort == "set":
        return sets(number, field, value)
    if sort == "swap":
        return rule(number, Change(kind=ChangeKind.SWAP, field=field, other="cpu_sockets"))
    if sort == "halve":
        above = Condition(field=field, test=Comparison.ABOVE, value=3)
        return rule(number, Change(kind=ChangeKind.SCALE, field=field, factor=0.5), above)
    return rule(number, Change(kind=ChangeKind.CLEAR, field=field))


@given(st.lists(DECISIONS, max_size=8), st.data())
def test_what_was_built_can_always_be_told_and_taking_one_back_equals_never_having_said_it(
    said: list[tuple[str, str, int | None]], data: st.DataObject
) -> None:
    log = [as_decision(number, what) for number, what in enumerate(said, 1)]
    changed = laid(*log)
    assert as_built(changed) == asset()
    kept = [decision for decision in log if data.draw(st.booleans())]
    assert laid(*kept, over=as_built(changed)) == laid(*kept)
