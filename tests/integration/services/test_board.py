"""The board of a plan: its columns and cards, and what a drop would come to, against what a move then does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_core.errors import NotFound
from platform_core.services import board, plan_edits, plans
from platform_core.services.plans import PlanView
from platform_core.store import Store
from tests.harness.portfolio import ANALYST, copy_portfolio, store_at


@pytest.fixture
def planned(sample_portfolio: Path, tmp_path: Path) -> Iterator[tuple[Store, PlanView]]:
    copy_portfolio(sample_portfolio, tmp_path / "var")
    store = store_at(tmp_path / "var")
    work = store.unit_of_work()
    yield store, plans.view(work, plans.listed(work, 1)[0][0])
    store.close()


def test_the_columns_hold_every_group_of_the_plan_once(planned: tuple[Store, PlanView]) -> None:
    store, plan = planned
    work, seen = store.unit_of_work(), []
    first = board.columns(work, plan)
    for page in range(1, max(column.pages for column in first) + 1):
        columns = board.columns(work, plan, pages=dict.fromkeys(range(1, len(first) + 1), page))
        seen += [(c.wave.number, card.group) for c in columns if c.page == page for card in c.cards]
    lines, _ = plans.placements(work, plan.id, limit=10_000)
    assert sorted(seen) == sorted({(line.wave, line.move_group) for line in lines})
    assert sum(column.found for column in first) == len(seen)


def test_a_wave_is_kept_with_what_its_placements_come_to(planned: tuple[Store, PlanView]) -> None:
    store, plan = planned
    work = store.unit_of_work()
    assert_counted(store, plan)
    moved = next(line for line in plans.placements(work, plan.id, limit=10_000)[0] if line.wave == 1)
    assert_counted(store, plans.move(work, plan.id, moved.application, 2, ANALYST, seen_version=plan.version))


def assert_counted(store: Store, view: PlanView) -> None:
    lines, _ = plans.placements(store.unit_of_work(), view.id, limit=10_000)
    for wave in view.waves:
        risks = [line.risk for line in lines if line.wave == wave.number]
        assert (wave.applications, wave.highest_risk) == (len(risks), max(risks, default=None))


def test_a_card_adds_up_its_group(planned: tuple[Store, PlanView]) -> None:
    store, plan = planned
    card = board.columns(store.unit_of_work(), plan)[2].cards[0]
    lines, _ = plans.placements(store.unit_of_work(), plan.id, limit=10_000)
    inside = [line for line in lines if line.move_group == card.group]
    assert card.assets == sum(line.assets for line in inside)
    assert card.effort == pytest.approx(sum(line.effort for line in inside))
    assert card.risk == max(line.risk for line in inside)


def test_a_search_leaves_groups_with_such_an_application(planned: tuple[Store, PlanView]) -> None:
    store, plan = planned
    card = board.columns(store.unit_of_work(), plan)[1].cards[0]
    found = board.columns(store.unit_of_work(), plan, text=card.group.upper())
    assert [c.group for column in found for c in column.cards] == [card.group]
    assert sum(column.found for column in board.columns(store.unit_of_work(), plan, text="no such thing")) == 0


def test_a_page_beyond_the_last_is_the_last(planned: tuple[Store, PlanView]) -> None:
    store, plan = planned
    column = board.columns(store.unit_of_work(), plan, pages={2: 99})[1]
    assert column.page == column.pages
    assert column.cards


def test_what_a_drop_promises_is_what_the_move_does(planned: tuple[Store, PlanView]) -> None:
    store, plan = planned
    work = store.unit_of_work()
    total = sum(map(sum, plan.severed))
    for card in board.columns(work, plan)[3].cards[:3]:
        now = plans.view(work, plan.id)
        for drop in board.drops(work, plan.id, card.group)[1:6:2]:
            if drop.is_here:
                continue
            moved = plans.move(work, plan.id, card.group, drop.wave, ANALYST, seen_version=now.version)
            wave = moved.waves[drop.wave - 1]
            assert wave.load == pytest.approx(drop.load, abs=0.01)
            assert wave.critical == drop.critical
            assert wave.risk == pytest.approx(drop.risk)
            change = sum(map(sum, moved.severed)) - sum(map(sum, now.severed))
            assert change == pytest.approx(drop.cut_change, abs=0.01)
            assert bool(moved.violations) == bool(drop.forbidden_by)
            back = next(d.wave for d in board.drops(work, plan.id, card.group) if d.is_here)
            assert back == drop.wave
            now = plans.move(work, plan.id, card.group, 4, ANALYST, seen_version=moved.version)
    assert sum(map(sum, plans.view(work, plan.id).severed)) == pytest.approx(total)


def test_a_pinned_card_says_so(planned: tuple[Store, PlanView]) -> None:
    store, plan = planned
    work = store.unit_of_work()
    group = board.columns(work, plan)[2].cards[0].group
    pinned = plan_edits.pin(work, plan.id, group, ANALYST, seen_version=plan.version)
    assert [card.pinned for card in board.columns(work, pinned)[2].cards if card.group == group] == [True]


def test_a_group_that_is_gone_is_not_found(planned: tuple[Store, PlanView]) -> None:
    store, plan = planned
    with pytest.raises(NotFound):
        board.drops(store.unit_of_work(), plan.id, "Nobody")
