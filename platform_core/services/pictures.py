"""The portfolio in pictures: where it runs today and where it goes, and what it is worth against what it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from platform_core import lifecycle
from platform_core.domain.answers import Level, as_level, as_texts, as_yes_no
from platform_core.domain.base import Frozen
from platform_core.domain.strategy import NEEDS_DATA, Strategy
from platform_core.services.knowledge import products, risk_drivers
from platform_core.services.strategies import UNKNOWN_GROUP
from platform_core.store import UnitOfWork

MOST_FLOWS = 40
"""Links a flow chart can show and still be read; smaller ones are drawn together."""

OTHER, SEVERAL, NOT_KNOWN, UNDECIDED = "Other", "Several systems", "Not known", "Not decided"
TARGETS: Mapping[Strategy, str] = {
    Strategy.REHOST: "Cloud machines",
    Strategy.RELOCATE: "Hypervisor in the cloud",
    Strategy.REPLATFORM: "Managed platform",
    Strategy.REFACTOR: "Cloud-native services",
    Strategy.REARCHITECT: "Cloud-native services",
    Strategy.REPURCHASE: "Service of a vendor",
    Strategy.RETAIN: "Stays where it is",
    Strategy.RETIRE: "Switched off",
}
"""Where each strategy leads (AWS Prescriptive Guidance, the seven Rs)."""

_LONGEST = 40


class Group(StrEnum):
    """By what a treemap groups; the value is the column of a recommendation."""

    UNIT = "business_unit"
    CRITICALITY = "criticality"


class Flow(Frozen):
    """Which applications (`subjects`, by key) run at `today` and go to `target` by `strategy` (or NEEDS_DATA)."""

    today: str
    strategy: str
    target: str
    subjects: tuple[str, ...]

    @property
    def applications(self) -> int:
        """How many they are."""
        return len(self.subjects)


class Bubble(Frozen):
    """An application by what it is worth (level 0..4 as stated) and what it takes (effort points), with its assets."""

    subject_key: str
    name: str
    strategy: str
    value: int
    effort: float
    assets: int


class Landscape(Frozen):
    """Every application whose value is stated; `not_stated` counts the others, `laborious` is where effort is L."""

    bubbles: tuple[Bubble, ...]
    not_stated: int
    laborious: float


def flows(work: UnitOfWork, migration_id: int) -> tuple[Flow, ...]:
    """Return which applications go from where to where, most first; at most 40 flows, the rest as Other."""
    with work.reading():
        rows = work.recommendations.stated(migration_id)
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key, decided, facts, answers in rows:
        found[_today(facts, answers), decided or NEEDS_DATA].append(key)
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    kept = defaultdict(list, ordered[: MOST_FLOWS - len(Strategy) - 1] if len(ordered) > MOST_FLOWS else ordered)
    for (_, strategy), subjects in ordered[len(kept) :]:
        kept[OTHER, strategy] += subjects
    return tuple(
        Flow(today=today, strategy=strategy, target=_target(strategy), subjects=tuple(subjects))
        for (today, strategy), subjects in kept.items()
    )


def of_group(work: UnitOfWork, migration_id: int, by: Group, group: str, strategy: str) -> list[str]:
    """Return the keys of the applications in one area of a treemap: a group, and the strategy that counts."""
    with work.reading():
        rows = work.recommendations.outlines(migration_id)
    return [
        row.subject_key
        for row in rows
        if (row.decided or NEEDS_DATA) == strategy and (getattr(row, by.value) or UNKNOWN_GROUP) == group
    ]


def landscape(work: UnitOfWork, migration_id: int) -> Landscape:
    """Return every application whose business value or criticality is stated, by value and effort."""
    with work.reading():
        rows = work.recommendations.stated(migration_id)
        sizes = {row.subject_key: (row.name, row.assets) for row in work.recommendations.outlines(migration_id)}
        efforts = {row.subject_key: row.effort_points for row in work.risks.of(migration_id)}
    bubbles = []
    for key, decided, facts, answers in rows:
        value = _level(facts, answers, "business_value") or _level(facts, answers, "business_criticality")
        if value is not None and key in efforts:
            name, assets = sizes[key]
            bubbles.append(
                Bubble(
                    subject_key=key,
                    name=name,
                    strategy=decided or NEEDS_DATA,
                    value=int(value),
                    effort=efforts[key],
                    assets=assets,
                )
            )
    return Landscape(
        bubbles=tuple(bubbles), not_stated=len(rows) - len(bubbles), laborious=risk_drivers().effort.tiers["M"]
    )


def _target(strategy: str) -> str:
    return UNDECIDED if strategy == NEEDS_DATA else TARGETS[Strategy(strategy)]


def _today(facts: Mapping[str, Any], answers: Mapping[str, Any]) -> str:
    """Return where an application runs: its hosting, else kind of machines, else operating system."""
    for key in ("hosting", "virtualization_platform"):
        told = next(iter(as_texts(_value(facts, answers, key))), "")
        if told:
            return told[:_LONGEST]
    virtual = _value(facts, answers, "virtualised")
    if virtual is not None:
        return "Virtual machines" if as_yes_no(virtual) else "Physical machines"
    return _system(as_texts(_value(facts, answers, "os")))


def _system(texts: Sequence[str]) -> str:
    """Return the operating system without its version, as far as it is one that is known."""
    found = {
        support.title
        for text in texts
        for support in lifecycle.all_support_in(text, products())
        if support.category == "os"
    }
    if len(found) > 1:
        return SEVERAL
    return next(iter(found), NOT_KNOWN)


def _level(facts: Mapping[str, Any], answers: Mapping[str, Any], key: str) -> Level | None:
    return as_level(_value(facts, answers, key))


def _value(facts: Mapping[str, Any], answers: Mapping[str, Any], key: str) -> Any:
    if key in answers:
        return answers[key]["value"]
    return facts[key]["value"] if key in facts else None
