"""The quality tab: a score with its parts, every fault with its rows, a repair with one click and back again."""

from __future__ import annotations

import io

import pytest

from pages._findings import ISSUE_WORDS
from platform_core.domain.quality import Dimension
from platform_core.services import applying, inventories, migrations, quality, receiving, repairs
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen

FAULTY = """\
Server Name,RAM (GB),CPUs,Environment,Location
bad1,16384,4,PROD,Frankfurt
bad2,32768,8,PROD,FRANKFURT
good,64,8,PROD,Frankfurt
"""


@pytest.fixture
def faulty(empty: Screen) -> Screen:
    """A screen on an inventory of three servers, two of them with memory in MiB."""
    migration = migrations.create(empty.store.unit_of_work(), "Faulty", ANALYST)
    receiving.receive(empty.store, migration.id, "faulty.csv", io.BytesIO(FAULTY.encode()), ANALYST)
    applying.apply_all(empty.store, migration.id, ANALYST)
    return empty.open("inventory", migration=migration.id, tab="Quality")


def test_the_score_stands_beside_its_parts(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, tab="Quality")
    score = quality.view(loaded.store, 1).score
    assert score.score is not None
    shown = {metric.label: metric.value for metric in loaded.at.metric}
    assert shown["Score"] == f"{score.score:.0f}"
    assert list(shown)[1:] == [part.value.capitalize() for part in Dimension]
    assert quality.FORMULA.split(":")[0] in loaded.text.replace("\\", "")


def test_every_fault_is_listed_and_a_part_narrows_them_down(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, tab="Quality")
    faults = quality.view(loaded.store, 1).faults
    assert sorted(loaded.table("faults-all")["Assets"]) == sorted(fault.count for fault in faults)
    loaded.at.button_group(key="chosen-part").set_value("completeness").run()
    gaps = [fault.title for fault in faults if fault.dimension is Dimension.COMPLETENESS]
    assert list(loaded.table("faults-completeness")["Fault"]) == gaps
    loaded.select_row("faults-completeness", len(gaps) - 1)
    assert len(loaded.table(f"Assets with the fault {gaps[-1]}")) > 0


def test_each_part_of_the_score_opens_the_assets_that_fail_it(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, tab="Quality")
    view = quality.view(loaded.store, 1)
    for part in (part for part in Dimension if view.failing[part].count):
        loaded.click(f"open-{part}")
        assert loaded.at.query_params["part"] in (part, [part])
        rows = loaded.table(f"Assets that fail in {part.capitalize()}")
        assert len(rows) == min(20, view.failing[part].count)
        assert all(rows["Why"])
        assert f"{view.failing[part].count:,} to look at" in loaded.at.button(key=f"open-{part}").label
    consistency = next(part for part in view.score.parts if part.name == Dimension.CONSISTENCY)
    assert consistency.total - consistency.good == view.failing[Dimension.CONSISTENCY].count > 0


def test_a_failing_asset_opens_with_the_origin_of_its_values(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, tab="Quality", part=Dimension.CONSISTENCY)
    name = loaded.table("failing-consistency-1")["Asset"].iloc[0]
    loaded.select_row("failing-consistency-1", 0)
    assert len(loaded.table(f"Values of {name} with their origin")) > 0


def test_faults_are_grouped_by_the_action_that_repairs_them(faulty: Screen) -> None:
    faults = faulty.table("faults-all")
    assert faults["Repair"].iloc[0] == "Memory (GB) ÷ 1,024"
    assert faults["For example"].iloc[0] == "16384; 32768"
    actions = [option.split(" · ") for option in faulty.at.button_group(key="chosen-action").options]
    assert ["Scale a number", "1 fault"] in actions
    faulty.at.button_group(key="chosen-action").set_value("scale").run()
    assert list(faulty.table("faults-all-scale")["Assets"]) == [2]


def test_a_repair_is_shown_before_and_after_and_then_made(faulty: Screen) -> None:
    rows = faulty.table("Assets with the fault Memory in MiB read as GB")
    assert list(rows["Memory (GB)"]) == ["16,384", "32,768"]
    assert list(rows["Memory (GB) → after"]) == ["16", "32"]
    faulty.click("Repair 2 assets")
    assert faulty.alerts == []
    work = faulty.store.unit_of_work()
    migration = migrations.listed(work)[0].id
    told = {each.field: each.value for each in inventories.detail(work, migration, "server:bad1").values}
    assert told["memory_gb"] == 16
    (rule,) = repairs.standing(work, migration)
    assert "Memory in MiB read as GB" in faulty.text
    faulty.click(f"withdraw-{rule.id}")
    assert repairs.standing(work, migration) == []


def test_an_inventory_without_faults_says_so(empty: Screen) -> None:
    assert quality.view(empty.store, migrations.opened(empty.store.unit_of_work(), None, ANALYST).id).faults == ()


def test_findings_of_the_imports_are_listed_with_their_rows(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, tab="Quality")
    groups = [g for g in inventories.issue_groups(loaded.store.unit_of_work(), 1) if g[0] in ISSUE_WORDS]
    assert list(loaded.table("findings")["Rows"]) == [number for _, _, number in groups]
    assert len(loaded.table("The rows of the chosen finding")) == min(100, groups[0][2])
    loaded.select_row("findings", 1)
    assert len(loaded.table("The rows of the chosen finding")) == min(100, groups[1][2])
