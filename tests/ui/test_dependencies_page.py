"""Dependencies & risk: walking from application to application, and what makes a move risky."""

from __future__ import annotations

import pytest

from pages._neighbourhood import clicked_node
from pages._risk import chosen_cell
from platform_core.domain.dependencies import DependencyFilter, DependencyState, DependencyVerdict, NoiseChange
from platform_core.domain.register import RegisterEntry, RegisterStatus
from platform_core.services import dependency_list, graphs, noise, risks
from platform_core.services.graphs import NeighbourhoodView
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen

LISTED = "Dependencies with owners, weight and what was decided"


def busiest(screen: Screen) -> tuple[str, NeighbourhoodView]:
    """Return the application with the most neighbours."""
    near = {key: graphs.neighbourhood(screen.store, 1, key, 1) for key in graphs.applications(screen.store, 1)}
    return max(near.items(), key=lambda item: len(item[1].nodes))


def test_a_link_opens_the_neighbourhood_of_an_application(loaded: Screen) -> None:
    key, near = busiest(loaded)
    loaded.open("dependencies", migration=1, application=key)
    assert loaded.at.selectbox(key="application").value == key
    seen = dependency_list.page(loaded.store.unit_of_work(), 1, DependencyFilter(subject_key=key), limit=25)
    assert list(loaded.table(LISTED)["Needs"]) == [line.source for line in seen.lines]
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


def decided(screen: Screen, **wanted: object) -> list[DependencyState]:
    page = dependency_list.page(screen.store.unit_of_work(), 1, DependencyFilter(**wanted), limit=500)
    return [line.state for line in page.lines]


def table_key(screen: Screen) -> str:
    return next(str(table.key) for table in screen.at.dataframe if table.proto.alt == LISTED)


def test_a_selected_dependency_is_rejected_with_a_reason_and_undone(loaded: Screen) -> None:
    loaded.open("dependencies", migration=1, tab="List", port=8080)
    before = graphs.structure(loaded.store, 1).dependencies
    loaded.select_row(table_key(loaded), 0)
    loaded.at.selectbox(key="verdict").set_value(DependencyVerdict.REJECTED)
    loaded.at.text_input(key="verdict-reason").set_value("A monitoring probe")
    loaded.click("decide")
    assert loaded.toasts == ["Decided about 1 dependency"]
    assert decided(loaded, port=8080).count(DependencyState.REJECTED) == 1
    assert graphs.structure(loaded.store, 1).dependencies == before - 1
    loaded.click("undo")
    assert DependencyState.REJECTED not in decided(loaded, port=8080)
    assert graphs.structure(loaded.store, 1).dependencies == before


def test_everything_on_a_port_is_rejected_at_once_and_a_reason_is_asked_for(loaded: Screen) -> None:
    loaded.open("dependencies", migration=1, tab="List", port=8080)
    total = len(decided(loaded, port=8080))
    box = next(box for box in loaded.at.checkbox if box.label == f"All {total:,} dependencies on port 8080")
    box.check().run()
    loaded.at.selectbox(key="verdict").set_value(DependencyVerdict.REJECTED)
    loaded.click("decide")
    assert "needs a reason" in loaded.alerts[0]
    loaded.at.text_input(key="verdict-reason").set_value("A load balancer's checks")
    loaded.click("decide")
    assert decided(loaded, port=8080) == [DependencyState.REJECTED] * total
    loaded.open("waves", migration=1)
    assert loaded.alerts[0].startswith("The inventory, a dependency or a strategy (an override,")


def test_a_dependency_that_no_export_names_is_added(loaded: Screen) -> None:
    key, near = busiest(loaded)
    around = {node.key for node in near.nodes}
    names = graphs.applications(loaded.store, 1)
    other = next(candidate for candidate in names if candidate not in around)
    loaded.open("dependencies", migration=1, application=key)
    loaded.at.session_state["add-dependency"] = True
    loaded.at.run()
    loaded.at.selectbox(key=f"add-other-{key}").set_value(other)
    loaded.at.text_input(key=f"add-reason-{key}").set_value("The operator says so")
    loaded.click("add-send")
    wider = graphs.neighbourhood(loaded.store, 1, key, 1)
    assert {node.key for node in wider.nodes} - around == {other}
    assert decided(loaded, state=DependencyState.ADDED) == [DependencyState.ADDED]


def test_noise_is_switched_in_a_draft_and_counts_only_once_applied(loaded: Screen) -> None:
    loaded.open("dependencies", migration=1, tab="Noise")
    loaded.at.text_input(key="more-noise").set_value("8080")
    loaded.click("more-noise-send")
    many = len(decided(loaded, port=8080))
    assert decided(loaded, port=8080).count(DependencyState.NOISE) == 0, "a draft counts for nothing"
    effect = noise.preview(loaded.store.unit_of_work(), 1, noise.with_port(NoiseChange(), 8080, is_noise=True))
    assert 0 < effect.drop_out <= many
    assert f"{effect.drop_out:,} dependencies would drop out" in loaded.text
    loaded.at.text_input(key="noise-reason").set_value("Proxy")
    loaded.click("apply-noise")
    assert decided(loaded, port=8080).count(DependencyState.NOISE) > 0
    assert loaded.toasts == ["Noise version 1 counts"]


def test_a_word_that_is_no_port_is_refused_on_the_page(loaded: Screen) -> None:
    loaded.open("dependencies", migration=1, tab="Noise")
    loaded.at.text_input(key="more-noise").set_value("99999")
    loaded.click("more-noise-send")
    assert "99999 is no port" in loaded.alerts[0].replace("\\", "")


def test_hubs_are_listed_with_the_reason_for_each(loaded: Screen) -> None:
    loaded.open("dependencies", migration=1, tab="Whole picture")
    hubs = loaded.table("Hubs with the reason for each")
    assert list(hubs["Why"]) == [hub.text for hub in graphs.structure(loaded.store, 1).hubs[:100]]
