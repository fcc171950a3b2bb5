"""Whose strategy and wave an asset shares: its application (the first, where it serves several), or itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from platform_core.domain.inventory import Asset, AssetKind, applications_of


def subjects(assets: Iterable[Asset]) -> dict[str, str]:
    """Return for each asset key the key of its planning subject."""
    every = list(assets)
    by_name = {_plain(a.name): a.key for a in every if a.kind is AssetKind.APPLICATION}
    return {asset.key: _subject(asset, by_name) for asset in every}


def members(assets: Iterable[Asset], subject_of: Mapping[str, str]) -> dict[str, list[Asset]]:
    """Return the assets of each planning subject."""
    groups: dict[str, list[Asset]] = {}
    for asset in assets:
        groups.setdefault(subject_of[asset.key], []).append(asset)
    return groups


def _subject(asset: Asset, by_name: Mapping[str, str]) -> str:
    if asset.kind is AssetKind.APPLICATION:
        return asset.key
    return next((by_name[_plain(name)] for name in applications_of(asset) if _plain(name) in by_name), asset.key)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
