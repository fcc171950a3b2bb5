"""The overview: where a migration stands and the one next step."""

from __future__ import annotations

from io import BytesIO

from platform_core.services import imports, inventories, migrations, overview, plans, receiving
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen

SERVERS = b"Server Name,Class,RAM (MB),CPUs\nweb01,VM,8192,4\napp01,VM,4096,2\n"


def figures(screen: Screen) -> dict[str, str]:
    return {metric.label: metric.value for metric in screen.at.metric}


def test_the_sample_portfolio_is_one_click_away(empty: Screen) -> None:
    empty.open("overview").click("load-sample")
    assert not empty.at.exception
    assert len(imports.listed(empty.store.unit_of_work(), 1)) == 4
    assert int(figures(empty)["Assets"].replace(",", "")) == sum(
        inventories.kinds(empty.store.unit_of_work(), 1).values()
    )
    assert empty.toasts[0].startswith("Loaded 4 files")
    assert empty.primary() == ["Plan the waves"]


def test_the_figures_are_those_of_the_store(loaded: Screen) -> None:
    loaded.open("overview", migration=1)
    kinds = inventories.kinds(loaded.store.unit_of_work(), 1)
    work = loaded.store.unit_of_work()
    metrics = plans.view(work, plans.listed(work, 1)[0][0]).metrics
    assert metrics is not None
    assert figures(loaded) == {
        "Assets": f"{sum(kinds.values()):,}",
        "Applications": f"{kinds['application']:,}",  # type: ignore[index]
        "Ready to plan": figures(loaded)["Ready to plan"],
        "Severed dependencies": f"{metrics.cut_share:.0%}",
    }


def test_what_is_not_known_is_a_dash_and_not_a_nought(empty: Screen) -> None:
    work = empty.store.unit_of_work()
    migration = migrations.opened(work, None, ANALYST)
    receiving.receive(empty.store, migration.id, "servers.csv", BytesIO(SERVERS), ANALYST)
    assert figures(empty.open("overview"))["Severed dependencies"] == "–"


def test_once_all_is_planned_the_next_step_is_what_needs_data(loaded: Screen) -> None:
    number = overview.overview(loaded.store.unit_of_work(), 1).needs_data
    assert loaded.open("overview", migration=1).primary() == [f"Settle the {number} that need data"]
    loaded.click("next")
    assert loaded.title == "6R strategy"
    assert set(loaded.table("applications")["Strategy"]) == {"Needs data"}
    assert len(loaded.table("applications")) == number


def test_a_file_that_is_no_inventory_holds_nothing_up(loaded: Screen) -> None:
    before = loaded.open("overview", migration=1).primary()
    orders = b"Order,Customer,Amount\n1,Ann,3.4\n2,Bob,9.9\n3,Cy,1.1\n"
    receiving.receive(loaded.store, 1, "orders.csv", BytesIO(orders), ANALYST)
    loaded.open("overview", migration=1)
    assert loaded.primary() == before
    assert overview.overview(loaded.store.unit_of_work(), 1).done[overview.Step.MAPPING]


def test_the_next_step_leads_to_the_import_that_waits(empty: Screen) -> None:
    work = empty.store.unit_of_work()
    migration = migrations.opened(work, None, ANALYST)
    receiving.receive(empty.store, migration.id, "servers.csv", BytesIO(SERVERS), ANALYST)
    empty.open("overview")
    assert "servers" in empty.primary()[0]
    empty.click("next")
    assert empty.title == "Mapping review"
    assert empty.at.query_params == {"migration": "1", "import": "1"}


def test_recent_changes_are_told_newest_first(loaded: Screen) -> None:
    loaded.open("overview", migration=1)
    told = [caption.value for caption in loaded.at.main.caption if "Test analyst" in caption.value]
    assert "Planned 7 waves" in told[0].replace("\\", "")
    assert "application\\_register\\.csv" in told[-1]
