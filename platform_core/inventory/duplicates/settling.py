"""What analysts decided about duplicates, carried out on an inventory as it was built."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from platform_core.domain.asset_decisions import AssetDecision, DuplicateAction, DuplicateDecision
from platform_core.domain.inventory import (
    MEMBERSHIP_SEPARATOR,
    Asset,
    AssetKind,
    Dependency,
    Inventory,
    QualityIssue,
    Value,
    applications_of,
)
from platform_core.inventory.names import loose

PART_OF = "part of"
"""Relation of an asset to the parent that it was put under."""

MEMBERSHIP = "application_name"


class Settled(NamedTuple):
    """The numbers of the decisions that took effect, and names of applications that went by those that stay."""

    numbers: list[int]
    renamed: Mapping[str, str]


def settle_duplicates(built: Inventory, standing: Iterable[AssetDecision]) -> Settled:
    """Carry out the decisions about duplicates in place and return what took effect.

    Dependencies, findings and memberships of an asset that goes follow the one that stays. A decision about an asset
    that is not there has no effect until it is. Later decisions build on earlier ones: who went is found again under
    the asset it went into. Values set by hand after a decision stay as they were set.

    `built` may be a part of an inventory, if it holds the assets that decisions and parents name, the findings about
    them and all dependencies; memberships of other assets are then left to `rename_memberships`.
    """
    settling = _Settling(built)
    done = [decision.id for decision in sorted(standing, key=lambda each: each.id) if settling.carry_out(decision)]
    settling.finish()
    return Settled(done, settling.renamed)


def rename_memberships(asset: Asset, renamed: Mapping[str, str]) -> bool:
    """Let an asset belong to the application that stays; tell whether it belonged to one that went."""
    names = applications_of(asset)
    if asset.kind is AssetKind.APPLICATION or renamed.keys().isdisjoint(names):
        return False
    asset.values[MEMBERSHIP] = _joined([renamed.get(name, name) for name in names])
    return True


def parent_key(name: str) -> str:
    """Return the key of the asset that others are put under."""
    return f"{AssetKind.OTHER}:{loose(name)}"


def keys_of(standing: Iterable[AssetDecision]) -> set[str]:
    """Return the keys of all assets that decisions about duplicates name, those of parents among them."""
    keys: set[str] = set()
    for decision in standing:
        content = decision.content
        if isinstance(content, DuplicateDecision) and decision.asset_key is not None:
            keys |= {decision.asset_key, content.other_key}
            if content.action is DuplicateAction.PARENT:
                keys.add(parent_key(content.parent))
    return keys


class _Settling:
    """An inventory while assets are put together."""

    def __init__(self, built: Inventory) -> None:
        self._built = built
        self._by_key = {asset.key: asset for asset in built.assets}
        self._went_into: dict[str, str] = {}
        self.renamed: dict[str, str] = {}

    def carry_out(self, decision: AssetDecision) -> bool:
        """Carry out one decision; tell whether it had an effect."""
        content = decision.content
        if not isinstance(content, DuplicateDecision) or decision.asset_key is None:
            return False
        first, second = self._found(decision.asset_key), self._found(content.other_key)
        if first is None or second is None or first is second:
            return False
        if content.action is DuplicateAction.PARENT:
            self._put_under(content.parent, first, second)
        elif content.action.is_one:
            _take_in(first, second, content, decision.id)
            self._went_into[second.key] = first.key
            if second.kind is AssetKind.APPLICATION and first.kind is AssetKind.APPLICATION:
                self.renamed[second.name] = first.name
        return True

    def finish(self) -> None:
        """Take the assets out that went, and let everything that named them name what stayed."""
        built, gone = self._built, self._went_into
        if gone:
            built.assets[:] = [asset for asset in built.assets if asset.key not in gone]
            built.dependencies[:] = [each for each in built.dependencies if self._follows(each)]
            built.issues[:] = [self._about(issue) for issue in built.issues]
        if self.renamed:
            for asset in built.assets:
                rename_memberships(asset, self.renamed)

    def _found(self, key: str) -> Asset | None:
        return self._by_key.get(self._last(key))

    def _last(self, key: str) -> str:
        while key in self._went_into:
            key = self._went_into[key]
        return key

    def _follows(self, dependency: Dependency) -> bool:
        """Let a dependency's ends follow; tell whether two ends are left."""
        source, target = dependency.source_key, dependency.target_key
        if source not in self._went_into and target not in self._went_into:
            return True
        dependency.source_key = self._last(source) if source else source
        dependency.target_key = self._last(target) if target else target
        return dependency.source_key != dependency.target_key

    def _about(self, issue: QualityIssue) -> QualityIssue:
        if issue.asset_key not in self._went_into:
            return issue
        return issue.model_copy(update={"asset_key": self._last(issue.asset_key)})

    def _put_under(self, name: str, *children: Asset) -> None:
        key = parent_key(name)
        parent = self._by_key.get(key)
        if parent is None:
            parent = self._by_key[key] = Asset(key, AssetKind.OTHER, name, {"asset_name": name})
            self._built.assets.append(parent)
        applications = _joined([one for each in (parent, *children) for one in applications_of(each)])
        if applications:
            parent.values[MEMBERSHIP] = applications
        for child in children:
            link = Dependency(child.name, name, child.key, key, relation=PART_OF, sources=[*child.sources[:1]])
            self._built.dependencies.append(link)


def _take_in(stays: Asset, goes: Asset, decided: DuplicateDecision, number: int) -> None:
    """Give the asset that stays the values that were decided, and the rows of both."""
    memberships = _joined([*applications_of(stays), *applications_of(goes)])
    offset = len(stays.sources)
    stays.sources = [*stays.sources, *goes.sources]
    if decided.action is DuplicateAction.REPLACE:
        for field in list(stays.values):
            if not _set_later(stays, field, number):
                _drop(stays, field)
        stays.kind, stays.name = goes.kind, goes.name
    for field, value in goes.values.items():
        if _comes_from_other(stays, goes, field, decided) and not _set_later(stays, field, number):
            _copy(stays, goes, field, value, offset)
    if memberships and stays.kind is not AssetKind.APPLICATION and MEMBERSHIP not in decided.taken:
        stays.values[MEMBERSHIP] = memberships
        stays.origins.setdefault(MEMBERSHIP, 0)


def _comes_from_other(stays: Asset, goes: Asset, field: str, decided: DuplicateDecision) -> bool:
    if decided.action is DuplicateAction.KEEP:
        return False
    if decided.action is DuplicateAction.REPLACE:
        return True
    chosen = decided.taken.get(field)
    return chosen == goes.key or (chosen is None and field not in stays.values)


def _set_later(asset: Asset, field: str, number: int) -> bool:
    """Tell whether the field was set by a decision after number `number`."""
    edited = (asset.edits or {}).get(field)
    return edited is not None and max(edited.by) > number


def _drop(asset: Asset, field: str) -> None:
    asset.values.pop(field)
    asset.origins.pop(field, None)
    if asset.edits:
        asset.edits.pop(field, None)


def _copy(stays: Asset, goes: Asset, field: str, value: Value, offset: int) -> None:
    stays.values[field] = value
    stays.origins[field] = offset + goes.origins.get(field, 0)
    edited = (goes.edits or {}).get(field)
    if edited is not None:
        stays.edits = (stays.edits or {}) | {field: edited}
    elif stays.edits:
        stays.edits.pop(field, None)


def _joined(names: Iterable[str]) -> str:
    return MEMBERSHIP_SEPARATOR.join(dict.fromkeys(names))
