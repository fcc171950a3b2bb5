"""Editing a plan's rules from what it shows, and taking back a plan that was edited as a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from platform_core import ingest, waves
from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.waves import Pin, RuleKind, Rules, Violation, Wish
from platform_core.errors import BadInput
from platform_core.services.arrangements import Arrangement, arrangement, keep
from platform_core.services.plans import PlanView, view
from platform_core.store import UnitOfWork
from platform_core.store.models import PlanRow

MOST_LINES = 200_000
"""Lines of a returned plan that are looked at."""

RELAXED_PRICE = 5.0
"""Price of a rule that becomes a wish to end a conflict, in link weights; the analyst can change it afterwards."""


class Returned(Frozen):
    """What a plan that came back as a file would change: waves by application, what was not understood, what breaks.

    `unknown` are applications that the plan does not have, `unreadable` those whose wave is no wave of it.
    """

    changes: dict[str, int]
    before: dict[str, int]
    unknown: tuple[str, ...]
    unreadable: tuple[str, ...]
    not_in_file: int
    broken: tuple[Violation, ...]
    cut_share_before: float
    cut_share_after: float


def pin(work: UnitOfWork, plan_id: int, application: str, by: Identity, *, seen_version: int) -> PlanView:
    """Pin an application to the wave it is in, or take its pin away; raises Conflict, NotFound."""
    with work:
        row = work.plans.get(plan_id, expected=seen_version)
        current = arrangement(work, plan_id)
        current.group_of(application)
        rules, wave = Rules.model_validate(row.rules), current.wave_by_application[application]
        if any(pin.application == application for pin in rules.pins):
            changed, text = without_pin(rules, application), f"Took the pin of {application} away"
        else:
            pins = (*rules.pins, Pin(application=application, wave=wave))
            changed, text = rules.model_copy(update={"pins": pins}), f"Pinned {application} to wave {wave}"
        before, after = _state(current, rules, {}), _state(current, changed, {})
        row.rules = changed.model_dump(mode="json")
        keep(work, row, current.planned, changed, current.wave_of, current.by_hand)
        _record(work, row, by, text, before, after)
        work.commit()
    return view(work, plan_id)


def without_pin(rules: Rules, application: str) -> Rules:
    """Return `rules` without the pins of an application; wishes keep to the pins they are about."""
    kept = [place for place, pin in enumerate(rules.pins) if pin.application != application]
    moved = {old: new for new, old in enumerate(kept)}
    wishes = [
        wish if wish.kind is not RuleKind.PIN else wish.model_copy(update={"place": moved[wish.place]})
        for wish in rules.wishes
        if wish.kind is not RuleKind.PIN or wish.place in moved
    ]
    return rules.model_copy(update={"pins": tuple(rules.pins[place] for place in kept), "wishes": tuple(wishes)})


def relaxed(rules: Rules, kind: RuleKind, place: int) -> Rules:
    """Return `rules` with one of them made a wish."""
    return rules.model_copy(update={"wishes": (*rules.wishes, Wish(kind=kind, place=place, price=RELAXED_PRICE))})


def read_back(work: UnitOfWork, plan_id: int, name: str, content: bytes) -> Returned:
    """Return what a plan file (CSV or Excel with columns application and wave) would change; changes nothing.

    Raises BadInput for a file without these columns.
    """
    with work.reading():
        current = arrangement(work, plan_id)
    by_name = {application.casefold(): application for application in current.wave_by_application}
    changes: dict[str, int] = {}
    unknown, unreadable, seen = [], [], set()
    for application, wave in _lines(name, content):
        known = by_name.get(application.casefold()) or by_name.get(application.removeprefix("'").casefold())
        number = _wave(wave, current.rules.waves)
        if known is None:
            unknown.append(application)
        elif number is None:
            unreadable.append(f"{known}: {wave or 'empty'}")
        else:
            seen.add(known)
            if number != current.wave_by_application[known]:
                changes[known] = number
    moved, everything = current.moved(changes), current.planned.portfolio
    return Returned(
        changes=changes,
        before={application: current.wave_by_application[application] for application in changes},
        unknown=tuple(unknown),
        unreadable=tuple(unreadable),
        not_in_file=len(current.wave_by_application) - len(seen) - len(unreadable),
        broken=waves.check(everything, current.rules, moved),
        cut_share_before=waves.measure(everything, current.rules, current.wave_of).cut_share,
        cut_share_after=waves.measure(everything, current.rules, moved).cut_share,
    )


def take_back(
    work: UnitOfWork, plan_id: int, changes: Mapping[str, int], by: Identity, *, seen_version: int
) -> PlanView:
    """Put applications into the waves of a returned file; what that breaks is kept as violations. Can be undone."""
    with work:
        row = work.plans.get(plan_id, expected=seen_version)
        current = arrangement(work, plan_id)
        rules = Rules.model_validate(row.rules)
        by_hand = current.by_hand | set(changes)
        before = _state(current, rules, dict(changes))
        keep(work, row, current.planned, current.rules, current.moved(changes), by_hand)
        after = {"waves": dict(changes), "by_hand": sorted(by_hand), "rules": before["rules"]}
        _record(work, row, by, f"Took {len(changes):,} waves from a file", before, after)
        work.commit()
    return view(work, plan_id)


def _state(current: Arrangement, rules: Rules, changes: Mapping[str, int]) -> dict[str, object]:
    waves_before = {application: current.wave_by_application[application] for application in changes}
    return {"waves": waves_before, "by_hand": sorted(current.by_hand), "rules": rules.model_dump(mode="json")}


def _record(
    work: UnitOfWork, row: PlanRow, by: Identity, text: str, before: dict[str, object], after: dict[str, object]
) -> None:
    work.audit.record(
        by, "plan.moved", migration_id=row.migration_id, subject=str(row.id), text=text, before=before, after=after
    )


def _lines(name: str, content: bytes) -> list[tuple[str, str]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"plan{Path(name).suffix.lower()}"
        path.write_bytes(content)
        for reading in ingest.read(path, name=name, into=Path(folder)):
            headers = [header.strip().casefold() for header in reading.table.headers]
            if "application" in headers and "wave" in headers:
                first, second = headers.index("application"), headers.index("wave")
                lines = reading.table.head(MOST_LINES)
                return [((cells[first] or "").strip(), (cells[second] or "").strip()) for _, cells in lines]
    raise BadInput("The file has no columns application and wave.", hint="Edit the plan that was downloaded here.")


def _wave(text: str, count: int) -> int | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() and 1 <= number <= count else None
