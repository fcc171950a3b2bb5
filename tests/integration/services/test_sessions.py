"""Sessions: kept as they were, compared with their causes, their mappings taken over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from platform_core.domain.sessions import Part
from platform_core.domain.strategy import Strategy
from platform_core.domain.waves import Freeze
from platform_core.errors import BadInput, NotFound
from platform_core.services import (
    applying,
    imports,
    mappings,
    plans,
    receiving,
    session_differences,
    session_merge,
    sessions,
    strategies,
)
from platform_core.services.mappings import Action, Decision
from platform_core.services.plans import PlanWish
from platform_core.store import Store
from tests.harness.portfolio import ANALYST, STARTS_ON, copy_portfolio, store_at

SERVERS = "Server Name,RAM,Site,Kostenstelle\nweb01,8192,Ulm,4711\nweb02,4096,Ulm,4712\n"


@pytest.fixture
def sample(sample_portfolio: Path, tmp_path: Path) -> Iterator[Store]:
    copy_portfolio(sample_portfolio, tmp_path / "var")
    store = store_at(tmp_path / "var")
    yield store
    store.close()


def test_a_session_stays_as_it_was_and_differs_from_now_by_what_was_done(sample: Store) -> None:
    work = sample.unit_of_work()
    kept = sessions.keep(sample, 1, "Before the meeting", "first draft", ANALYST)
    assert session_differences.compare(work, kept.id).differences == ()
    state = sessions.opened(work, kept.id)
    subject, former = next((k, s) for k, s in state.strategies.items() if s.decided == Strategy.REHOST)
    version = strategies.argument(work, 1, subject).version
    strategies.override(work, 1, subject, Strategy.RETIRE, "nobody uses it", ANALYST, seen_version=version)
    compared = session_differences.compare(work, kept.id)
    (found,) = [each for each in compared.differences if each.part is Part.STRATEGIES]
    assert (found.subject, found.before, found.after) == (former.name, "rehost", "retire")
    assert found.because[-1].by == ANALYST.name
    assert compared.assets.unchanged == state.assets
    assert sessions.opened(work, kept.id) == state, "a kept state never changes"


def test_a_plan_made_anew_names_its_rules_and_what_moved(sample: Store) -> None:
    work = sample.unit_of_work()
    kept = sessions.keep(sample, 1, "Base", "", ANALYST)
    base = plans.view(work, plans.listed(work, 1)[0][0])
    rules = base.rules.model_copy(update={"frozen": (Freeze(first=date(2027, 2, 1), last=date(2027, 2, 5)),)})
    plans.make(sample, 1, PlanWish(starts_on=STARTS_ON, rules=rules, name="February frozen"), ANALYST)
    later = sessions.keep(sample, 1, "February", "", ANALYST)
    compared = session_differences.compare(work, later.id, kept.id)
    assert (compared.one.id, compared.other and compared.other.id) == (kept.id, later.id), "the older one is before"
    plan = [each for each in compared.differences if each.part is Part.PLAN]
    (rule,) = [each for each in plan if each.subject == "Rule: frozen"]
    assert (rule.before, rule.after) == ("none", "1 set")
    moved = {each.subject: (each.before, each.after) for each in plan if not each.subject.startswith("Rule")}
    before, after = (sessions.opened(work, each).plan for each in (kept.id, later.id))
    assert before
    assert after
    assert moved == {
        name: (f"wave {wave}", f"wave {after.wave_of[name]}")
        for name, wave in before.wave_of.items()
        if wave != after.wave_of[name]
    }
    assert moved
    assert {each.because[-1].text for each in plan} == {f"Planned {len(base.waves)} waves"}


def test_withdrawing_an_import_shows_as_gone_assets_because_of_it(sample: Store) -> None:
    work = sample.unit_of_work()
    kept = sessions.keep(sample, 1, "All", "", ANALYST)
    gone = imports.listed(work, 1)[0]
    applying.withdraw(sample, gone.id, ANALYST, seen_version=gone.version)
    compared = session_differences.compare(work, kept.id)
    (found,) = [each for each in compared.differences if each.part is Part.IMPORTS]
    assert found.before.startswith("applied")
    assert found.after.startswith("review")
    assert found.because[-1].text == f"Took {gone.file_name} out of the inventory"
    assert compared.assets.removed + compared.assets.updated > 0
    led = {each.because[-1].text for each in compared.differences if each.part is Part.STRATEGIES and each.after}
    assert led == {f"Inventory revision 2: Took {gone.file_name} out of the inventory"}
    assert compared.counts[Part.INVENTORY] == (
        compared.assets.created + compared.assets.removed + compared.assets.updated
    )


def test_a_name_is_needed_and_taken_once(sample: Store) -> None:
    with pytest.raises(BadInput, match="no name"):
        sessions.keep(sample, 1, "  ", "", ANALYST)
    first = sessions.keep(sample, 1, "Same", "", ANALYST)
    with pytest.raises(BadInput, match="already"):
        sessions.keep(sample, 1, " Same ", "", ANALYST)
    work = sample.unit_of_work()
    sessions.remove(work, first.id, ANALYST)
    assert sessions.listed(work, 1) == []
    with pytest.raises(NotFound):
        sessions.opened(work, first.id)


def test_accepted_mappings_are_taken_over_into_a_newer_export(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    (first,) = receiving.receive(store, migration_id, "may.csv", BytesIO(SERVERS.encode()), ANALYST).imports
    said = [Decision(position=1, action=Action.CHANGE, field="memory_gb", unit="MB")]
    said.append(Decision(position=3, action=Action.CHANGE, field="support_group"))
    mappings.decide(work, first, said, ANALYST)
    kept = sessions.keep(store, migration_id, "May reviewed", "", ANALYST)
    newer = SERVERS.replace("web02", "web03")
    (second,) = receiving.receive(store, migration_id, "june.csv", BytesIO(newer.encode()), ANALYST).imports
    offered = [line for line in session_merge.offered(work, kept.id, migration_id) if line.import_id == second]
    assert {(line.header, line.kept_field, line.kept_unit) for line in offered} == {
        ("RAM", "memory_gb", "MB"),
        ("Kostenstelle", "support_group", None),
    }
    assert session_merge.take_over(work, offered, ANALYST) == 2
    stands = {view.header: (view.field, view.unit) for view in mappings.columns(work, second)}
    assert stands["RAM"] == ("memory_gb", "MB")
    assert stands["Kostenstelle"] == ("support_group", None)
    assert [line for line in session_merge.offered(work, kept.id, migration_id) if line.import_id == second] == []


def test_a_header_that_a_session_maps_in_two_ways_is_not_offered(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    for name, field in (("a.csv", "support_group"), ("b.csv", "business_unit")):
        text = SERVERS + f"{name},1,Ulm,1\n"
        (number,) = receiving.receive(store, migration_id, name, BytesIO(text.encode()), ANALYST).imports
        mappings.decide(work, number, [Decision(position=3, action=Action.CHANGE, field=field)], ANALYST)
    kept = sessions.keep(store, migration_id, "Both", "", ANALYST)
    receiving.receive(store, migration_id, "c.csv", BytesIO((SERVERS + "c,1,Ulm,1\n").encode()), ANALYST)
    headers = [line.header for line in session_merge.offered(work, kept.id, migration_id)]
    assert "Kostenstelle" not in headers
