"""Whose strategy and wave an asset shares: its application (the first, where it serves several), or itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from platform_core.domain.inventory import Asset, AssetKind, applications_of


def subjects(assets: Iterable[Asset]) -> dict[str, str]:
    """Return for each asset key the key of its planning subject."""
    every = list(assets)
    known = by_name((a.key, a.name) for a in every if a.kind is AssetKind.APPLICATION)
    return {asset.key: subject_of(asset, known) for asset in every}


def by_name(applications: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the key of each application (key, name) by its name as it is compared; of namesakes the last."""
    return {_plain(name): key for key, name in applications}


def members(assets: Iterable[Asset], subject_of: Mapping[str, str]) -> dict[str, list[Asset]]:
    """Return the assets of each planning subject."""
    groups: dict[str, list[Asset]] = {}
    for asset in assets:
        groups.setdefault(subject_of[asset.key], []).append(asset)
    return groups


def subject_of(asset: Asset, applications: Mapping[str, str]) -> str:
    """Return the key of the planning subject of one asset; `applications` as `by_name` gives them."""
    if asset.kind is AssetKind.APPLICATION:
        return asset.key
    named = (_plain(name) for name in applications_of(asset))
    return next((applications[name] for name in named if name in applications), asset.key)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
