"""The main door: an inventory that can be asked in, the faults of its rows out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from platform_core.domain.asset_decisions import Condition
from platform_core.domain.quality import Check, Fault
from platform_core.inventory.faults.conventions import environments_in_names
from platform_core.inventory.faults.knowledge import FaultKnowledge
from platform_core.inventory.faults.look import Look
from platform_core.inventory.faults.texts import fillers, repeated_marks, spellings

FRESH_DAYS = 90
"""A sighting older than this says little: three monthly discovery runs were missed."""


def find_faults(look: Look, known: FaultKnowledge, on: date) -> list[Fault]:
    """Return the faults of an inventory as of the day `on`, most rows first; each names the rows it means.

    Nothing is changed, and no row is read: the inventory is only asked for numbers.
    """
    found = [
        *checked(look, known.checks, on),
        *fillers(look, known),
        *repeated_marks(look),
        *spellings(look),
        *environments_in_names(look, known.environment_marks),
    ]
    return sorted(found, key=lambda fault: -fault.count)


def checked(look: Look, checks: Sequence[Check], on: date) -> list[Fault]:
    """Return the faults that checks find, those whose evidence is there."""
    dated = [_dated(check, on) for check in checks]
    asked: list[Sequence[Condition]] = []
    for check in dated:
        evidence = check.evidence
        asked += [check.conditions, *((evidence.conditions, evidence.among) if evidence else ())]
    numbers = iter(look.count_each(asked))
    found = []
    for check in dated:
        count = next(numbers)
        if check.evidence is not None:
            sure, among = next(numbers), next(numbers)
            if sure < check.evidence.least or sure < check.evidence.share * among:
                continue
        if count:
            found.append(_fault(check, count))
    return found


def _fault(check: Check, count: int) -> Fault:
    told = check.model_dump(include={"key", "dimension", "title", "why", "field"})
    return Fault(**told, conditions=check.conditions, change=check.change, count=count)


def _dated(check: Check, on: date) -> Check:
    days = {"$today": on, "$tomorrow": on + timedelta(days=1), "$fresh": on - timedelta(days=FRESH_DAYS)}
    conditions = tuple(
        condition.model_copy(update={"value": days[condition.value].isoformat()})
        if isinstance(condition.value, str) and condition.value in days
        else condition
        for condition in check.conditions
    )
    return check.model_copy(update={"conditions": conditions})
