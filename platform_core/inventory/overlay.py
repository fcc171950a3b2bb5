"""The analysts' word over what the imports say: standing decisions applied to built assets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from heapq import merge
from operator import itemgetter

from platform_core.domain.asset_decisions import (
    AssetDecision,
    Change,
    ChangeKind,
    Comparison,
    Condition,
    Rule,
    SetValue,
)
from platform_core.domain.catalogue import Catalogue
from platform_core.domain.inventory import Asset, AssetKind, Edited, Value
from platform_core.inventory.changes import NOTHING, Effect, Outcome, effect
from platform_core.inventory.conditions import predicate, value_of

Step = tuple[int, AssetDecision, Effect]
"""A decision's number, the decision, and what it makes of an asset."""


class Overlay:
    """Applies decisions to assets, in the order in which they were taken: of two about one field the later stands.

    Rules look at values as earlier decisions left them. Assets come batch by batch and each once; without decisions
    none is looked at, without rules only those that a decision names.
    """

    def __init__(self, standing: Iterable[AssetDecision], catalogue: Catalogue) -> None:
        self._rules: list[Step] = []
        self._own: dict[str, list[Step]] = defaultdict(list)
        self._awaited: dict[str, list[int]] = defaultdict(list)
        for decision in sorted(standing, key=lambda each: each.id):
            content = decision.content
            if isinstance(content, Rule):
                self._rules.append((decision.id, decision, rule_effect(content, catalogue)))
            elif isinstance(content, SetValue) and decision.asset_key is not None:
                change = Change(kind=ChangeKind.SET, field=content.field, value=content.value)
                self._own[decision.asset_key].append((decision.id, decision, effect(change, catalogue)))
                self._awaited[decision.asset_key].append(decision.id)

    @property
    def conditions(self) -> tuple[tuple[Condition, ...], ...]:
        """The conditions of each rule.

        An asset that as built meets none of them, and is not named, stays as it is: the first rule to change it would
        have to find it as it was built.
        """
        contents = (decision.content for _, decision, _ in self._rules)
        return tuple(content.conditions for content in contents if isinstance(content, Rule))

    @property
    def looks_at_refused(self) -> bool:
        """Whether a rule looks at what could not be read, so that `Asset.refused` must be filled."""
        return any(each.test is Comparison.REFUSED for conditions in self.conditions for each in conditions)

    @property
    def named(self) -> frozenset[str]:
        """The keys of the assets that decisions name."""
        return frozenset(self._own)

    def take(self, assets: Sequence[Asset]) -> Sequence[Asset]:
        """Return the next assets of a build with every decision applied, in place."""
        if self._rules:
            for asset in assets:
                self.apply(asset)
        elif self._own:
            for asset in assets:
                if asset.key in self._own:
                    self.apply(asset)
        return assets

    def apply(self, asset: Asset) -> None:
        """Apply every decision to one asset as it was built."""
        own = self._own.get(asset.key, ())
        if own:
            self._awaited.pop(asset.key, None)
        for _, decision, outcome in merge(self._rules, own, key=itemgetter(0)) if own else self._rules:
            _put(asset, outcome(asset), decision)

    @property
    def waiting(self) -> tuple[int, ...]:
        """The decisions about assets that did not come; they stay and count again when the asset comes back."""
        return tuple(sorted(number for numbers in self._awaited.values() for number in numbers))


def as_built(asset: Asset) -> Asset:
    """Return an asset as the imports say it is, without what analysts made of it."""
    built = replace(asset, values=dict(asset.values), edits=None)
    for field, edited in (asset.edits or {}).items():
        _set(built, field, edited.built)
    return built


def rule_effect(rule: Rule, catalogue: Catalogue) -> Effect:
    """Return what a rule makes of an asset: nothing where one of its conditions does not hold."""
    holds, outcome = fits(rule.conditions, catalogue), effect(rule.change, catalogue)
    return lambda asset: outcome(asset) if holds(asset) else NOTHING


def fits(conditions: Sequence[Condition], catalogue: Catalogue) -> Callable[[Asset], bool]:
    """Return the test whether an asset fits all `conditions`."""
    tests = [predicate(condition, catalogue) for condition in conditions]
    return lambda asset: all(test(asset) for test in tests)


def _put(asset: Asset, outcome: Outcome, decision: AssetDecision) -> None:
    for field, value in outcome.items():
        former = value_of(field)(asset)
        if former == value:
            continue
        edits = asset.edits = asset.edits or {}
        known = edits.get(field)
        edits[field] = Edited(
            built=known.built if known else former,
            by=(*known.by, decision.id) if known else (decision.id,),
            author=decision.author,
            day=decision.at.date().isoformat(),
        )
        _set(asset, field, value)


def _set(asset: Asset, field: str, value: Value | None) -> None:
    if field == "kind":
        asset.kind = AssetKind(str(value))
    elif value is None:
        asset.values.pop(field, None)
    else:
        asset.values[field] = value
