"""Dependencies & risk: walking from application to application, and what makes a move risky."""

from __future__ import annotations

import pytest

from pages._neighbourhood import clicked_node
from pages._risk import chosen_cell
from platform_core.domain.register import RegisterEntry, RegisterStatus
from platform_core.services import graphs, risks
from platform_core.services.graphs import NeighbourhoodView
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen

OBSERVED = "Dependencies of the application as observed or listed"


def busiest(screen: Screen) -> tuple[str, NeighbourhoodView]:
    """Return the application with the most neighbours."""
    near = {key: graphs.neighbourhood(screen.store, 1, key, 1) for key in graphs.applications(screen.store, 1)}
    return max(near.items(), key=lambda item: len(item[1].nodes))


def test_a_link_opens_the_neighbourhood_of_an_application(loaded: Screen) -> None:
    key, near = busiest(loaded)
    loaded.open("dependencies", migration=1, application=key)
    assert loaded.at.selectbox(key="application").value == key
    seen = graphs.observed(loaded.store.unit_of_work(), 1, key)
    assert len(loaded.table(OBSERVED)) == len(seen)
    assert f"**{len(near.depends_on_it):,} others would notice if it stopped**" in loaded.text


def test_choosing_another_application_is_written_into_the_address(loaded: Screen) -> None:
    key, _ = busiest(loaded)
    loaded.open("dependencies", migration=1)
    loaded.at.selectbox(key="application").set_value(key).run()
    assert loaded.at.query_params["application"] == key


def test_a_click_on_a_neighbour_leads_there(loaded: Screen) -> None:
    _, near = busiest(loaded)
    ordered = sorted(near.nodes, key=lambda node: (node.hops, node.name))
    assert clicked_node(near, [{"data_type": "node", "data_index": 1}]) == ordered[1].key
    assert clicked_node(near, [{"data_type": "node", "data_index": 0}]) is None, "the centre leads nowhere"
    assert clicked_node(near, [{"data_type": "edge", "data_index": 1}]) is None
    assert clicked_node(near, [{"data_type": "node", "data_index": len(ordered)}]) is None
    assert clicked_node(near, []) is None


@pytest.mark.parametrize("tab", ["Dependencies", "Risk"])
def test_a_link_opens_the_tab_it_names(tab: str, loaded: Screen) -> None:
    loaded.open("dependencies", migration=1, tab=tab)
    assert ("risk-register" in {table.key for table in loaded.at.dataframe}) == (tab == "Risk")


def test_a_link_to_an_application_that_is_gone_says_so(loaded: Screen) -> None:
    loaded.open("dependencies", migration=1, application="application:gone")
    assert loaded.alerts == ["The application of this link is not in the inventory any more."]


def test_a_cell_of_the_matrix_is_read_from_the_click() -> None:
    assert chosen_cell([{"x": 4, "y": 5, "z": 20}]) == {"likelihood": 4, "impact": 5}
    assert chosen_cell([]) == {}


def test_the_register_begins_with_the_highest_risks(loaded: Screen) -> None:
    register = loaded.open("dependencies", migration=1, tab="Risk").table("risk-register")
    highest = max(likelihood * impact for likelihood, impact, _ in risks.matrix(loaded.store.unit_of_work(), 1))
    assert register["Risk"][0] == highest
    assert list(register["Risk"]) == sorted(register["Risk"], reverse=True)


def test_a_chosen_mitigation_lowers_what_remains_of_a_risk_and_is_kept(loaded: Screen) -> None:
    loaded.open("dependencies", migration=1, tab="Risk")
    risk = risks.register(loaded.store.unit_of_work(), 1)[0]
    names = [mitigation.name for mitigation in risk.mitigations]
    next(box for box in loaded.at.multiselect if box.label == "Mitigations chosen").set_value(names)
    next(box for box in loaded.at.selectbox if box.label == "Status").set_value("mitigating")
    next(field for field in loaded.at.text_input if field.label == "Owner").set_value("Ann Lee")
    loaded.click("Save entry")
    entry, version = risks.entry(loaded.store.unit_of_work(), 1, risk.subject_key)
    assert (entry.owner, entry.status, set(entry.chosen), version) == ("Ann Lee", "mitigating", set(names), 1)
    assert risks.of_application(loaded.store.unit_of_work(), 1, risk.subject_key).residual < risk.residual


def test_a_risk_is_the_sum_of_drivers_that_are_told(loaded: Screen) -> None:
    loaded.open("dependencies", migration=1, tab="Risk").select_row("risk-register", 2)
    risk = risks.register(loaded.store.unit_of_work(), 1)[2]
    assert risk.name in [heading.value.replace("\\", "") for heading in loaded.at.subheader]
    drivers = loaded.table("Drivers of the risk with their points")
    assert list(drivers["Driver"]) == [driver.text for driver in risk.drivers]


def test_a_click_on_the_residual_matrix_lists_what_remains_there(loaded: Screen) -> None:
    work = loaded.store.unit_of_work()
    before = risks.register(work, 1)[0]
    chosen = tuple(mitigation.name for mitigation in before.mitigations)
    settled = RegisterEntry(
        subject_key=before.subject_key, owner="Ada", status=RegisterStatus.MITIGATING, chosen=chosen
    )
    risks.settle(work, 1, settled, ANALYST, seen_version=0)
    cells = {(x, y): n for x, y, n in risks.matrix(work, 1, residual=True)}
    assert cells != {(x, y): n for x, y, n in risks.matrix(work, 1)}
    x, y = next(iter(cells))
    loaded.open("dependencies", migration=1, tab="Risk")
    loaded.at.session_state["clicked-matrix"] = "residual-matrix"
    point = {"x": x, "y": y}
    loaded.set("residual-matrix", {"selection": {"points": [point], "box": [], "lasso": [], "point_indices": []}})
    assert len(loaded.table("risk-register")) == min(100, cells[x, y])
    assert f"Residual likelihood {x}, impact {y}" in loaded.text


def test_the_register_is_listed_by_status_with_owner_and_mitigations(loaded: Screen) -> None:
    work = loaded.store.unit_of_work()
    risk = risks.register(work, 1)[4]
    chosen = (risk.mitigations[0].name,)
    entry = RegisterEntry(subject_key=risk.subject_key, owner="Ada", status=RegisterStatus.MITIGATING, chosen=chosen)
    risks.settle(work, 1, entry, ANALYST, seen_version=0)
    loaded.open("dependencies", migration=1, tab="Risk", status="Mitigating")
    register = loaded.table("risk-register")
    assert register[["Application or machine", "Status", "Owner", "Mitigations"]].values.tolist() == [
        [risk.name, "Mitigating", "Ada", 1]
    ]


def test_the_facts_behind_a_risk_are_listed_with_their_sources(loaded: Screen) -> None:
    loaded.open("dependencies", migration=1, tab="Risk")
    risk = risks.of_application(
        loaded.store.unit_of_work(), 1, risks.register(loaded.store.unit_of_work(), 1)[0].subject_key
    )
    facts = loaded.table("Facts with their sources")
    assert list(facts["Source"]) == [fact.source for fact in risk.facts]
    assert "servers" in {fact.key for fact in risk.facts}
