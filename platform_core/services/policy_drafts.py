"""A draft of a policy whose version was overtaken: what it changes is carried over to the version that counts now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from platform_core.domain.base import Frozen
from platform_core.domain.strategy import PolicyChange, Strategy
from platform_core.services.assessment import changed_policy
from platform_core.services.policy_editor import (
    editable,
    with_offered,
    with_settings,
    with_thresholds,
    with_weights,
)


class Rebased(Frozen):
    """A draft as a change to a newer version, and how many of its numbers that version sets otherwise too."""

    change: PolicyChange
    collided: int


class Numbers(NamedTuple):
    """Every number that a policy can be edited in, each sort by its own names."""

    goals: Mapping[str, int]
    weights: Mapping[tuple[str, Strategy], float]
    bounds: Mapping[tuple[str, int], float]
    settings: Mapping[str, float]
    offered: Mapping[Strategy, bool]


def rebased(before: PolicyChange, draft: PolicyChange, latest: PolicyChange) -> Rebased:
    """Carry over to `latest` what `draft` changes of `before`; what both change otherwise stands as in `latest`."""
    collided, free = 0, []
    for was, wanted, now in zip(*map(_numbers, (before, draft, latest)), strict=True):
        mine = {name: value for name, value in wanted.items() if value not in {was[name], now[name]}}
        left = {name: value for name, value in mine.items() if now[name] == was[name]}
        collided += len(mine) - len(left)
        free.append(left)
    return Rebased(change=_with(latest, Numbers(*free)), collided=collided)


def _with(change: PolicyChange, edits: Numbers) -> PolicyChange:
    change = with_weights(change, [(name, strategy, value) for (name, strategy), value in edits.weights.items()])
    change = with_thresholds(change, [(name, part, value) for (name, part), value in edits.bounds.items()])
    change = with_settings(change, edits.settings)
    if edits.offered:
        offered = {**_numbers(change).offered, **edits.offered}
        change = with_offered(change, [one for one, is_on in offered.items() if is_on])
    if edits.goals:
        change = change.model_copy(update={"goals": {**change.goals, **edits.goals}})
    return change


def _numbers(change: PolicyChange) -> Numbers:
    edited = editable(change)
    return Numbers(
        goals=changed_policy(change).sliders,
        weights={(each.name, one): weight for each in edited.signals for one, weight in each.weights.items()},
        bounds={(bound.name, bound.part): bound.value for bound in edited.thresholds},
        settings={bound.name: bound.value for bound in edited.settings},
        offered={one: one in edited.offered for one in Strategy},
    )
