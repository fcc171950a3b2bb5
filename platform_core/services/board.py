"""The plan as a board: a column a wave, a card a move group, and what dropping a card somewhere would mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from platform_core import waves
from platform_core.domain.base import Frozen
from platform_core.domain.waves import DatedWave, PlannedAsset, Rules, WaveOption
from platform_core.services.arrangements import Arrangement, arrangement
from platform_core.services.plans import PlanView
from platform_core.store import UnitOfWork

PAGE_SIZE = 8
"""Cards of a column that are shown at once."""


class Card(Frozen):
    """A move group, named by its first application; `risk` (0..1) is the highest in it, `effort` in effort points."""

    group: str
    applications: int
    assets: int
    effort: float
    critical: int
    risk: float
    by_hand: bool
    pinned: bool


class Column(Frozen):
    """A wave with one page of its cards; `found` counts all that the search leaves."""

    wave: DatedWave
    cards: tuple[Card, ...]
    found: int
    page: int
    pages: int


class Drop(Frozen):
    """What a wave would come to with a card dropped there.

    `forbidden_by` are the hard rules that this breaks; `cut_change` the dependency weight severed more (+) or
    less (-); load in effort points, risk 0..1 weighted by load, both as they would be.
    """

    wave: int
    is_here: bool
    forbidden_by: tuple[str, ...]
    cut_change: float
    load: float
    capacity: float | None
    critical: int
    risk: float | None


def columns(
    work: UnitOfWork, plan: PlanView, *, text: str = "", pages: Mapping[int, int] | None = None
) -> tuple[Column, ...]:
    """Return the board of a plan: of each wave the page asked for (else the first), biggest groups first."""
    with work.reading():
        found = work.plans.count_groups(plan.id, text)
        last = {number: max(1, -(-count // PAGE_SIZE)) for number, count in found.items()}
        shown = {number: min(max(1, page), last.get(number, 1)) for number, page in (pages or {}).items()}
        rows = work.plans.group_pages(plan.id, shown, text=text, size=PAGE_SIZE)
    pinned = {pin.application for pin in plan.rules.pins}
    cards: dict[int, list[Card]] = defaultdict(list)
    for wave, group, applications, assets, effort, critical, risk, by_hand in rows:
        cards[wave].append(
            Card(
                group=group,
                applications=applications,
                assets=assets,
                effort=effort,
                critical=critical,
                risk=risk,
                by_hand=by_hand,
                pinned=group in pinned,
            )
        )
    return tuple(
        Column(
            wave=wave,
            cards=tuple(cards[wave.number]),
            found=found.get(wave.number, 0),
            page=shown.get(wave.number, 1),
            pages=last.get(wave.number, 1),
        )
        for wave in plan.waves
    )


def drops(work: UnitOfWork, plan_id: int, group: str) -> tuple[Drop, ...]:
    """Return for every wave what it would come to with a move group in it; raises NotFound for one that is gone."""
    with work.reading():
        current = arrangement(work, plan_id)
    names = set(current.group_of(group))
    everything, where = current.planned.portfolio, current.wave_of
    loads: dict[int, _Load] = defaultdict(_Load)
    moved = _Load()
    for asset in everything.assets:
        if asset.application in names:
            moved.add(asset)
        elif asset.asset_id in where:
            loads[where[asset.asset_id]].add(asset)
    linked = _linked(current, names)
    here = current.wave_by_application.get(group, 0)
    return tuple(
        _drop(option, here, linked[here] - linked[option.wave], loads[option.wave], moved, current.rules)
        for option in waves.options(everything, current.rules, where, group)
    )


def _linked(current: Arrangement, names: set[str]) -> dict[int, float]:
    """Return the dependency weight between a move group and each wave."""
    where = current.wave_of
    inside = {asset.asset_id for asset in current.planned.portfolio.assets if asset.application in names}
    linked: dict[int, float] = defaultdict(float)
    for link in waves.severable(current.planned.portfolio, current.rules).links:
        if (link.source in inside) != (link.target in inside):
            linked[where.get(link.target if link.source in inside else link.source, 0)] += link.weight
    return linked


class _Load:
    """Effort, risk weighted by it, and critical assets, added up."""

    def __init__(self) -> None:
        self.effort, self.weighted, self.critical = 0.0, 0.0, 0

    def add(self, asset: PlannedAsset) -> None:
        self.effort += asset.effort
        self.weighted += asset.effort * asset.risk
        self.critical += asset.critical


def _drop(option: WaveOption, here: int, cut_change: float, others: _Load, moved: _Load, rules: Rules) -> Drop:
    effort = others.effort + moved.effort
    return Drop(
        wave=option.wave,
        is_here=option.wave == here,
        forbidden_by=option.forbidden_by,
        cut_change=cut_change,
        load=effort,
        capacity=rules.capacity[option.wave - 1] if rules.capacity else None,
        critical=others.critical + moved.critical,
        risk=(others.weighted + moved.weighted) / effort if effort else None,
    )
