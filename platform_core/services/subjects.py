"""Whose strategy and wave an asset shares: its application (the first, where it serves several), or itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from platform_core.domain.inventory import Asset, AssetKind, applications_of, named_applications
from platform_core.store.staging import Staging


def find_subjects(staged: Staging) -> None:
    """Fix for all staged assets whose strategy and wave they share. Call again when applications or names changed."""
    known = by_name(staged.applications())
    found = {text: _first_known(named_applications(text), known) for text in staged.application_names()}
    staged.set_subjects({text: key for text, key in found.items() if key is not None})


def by_name(applications: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the key of each application (key, name) by its name as it is compared; of namesakes the last."""
    return {_plain(name): key for key, name in applications}


def subject_of(asset: Asset, applications: Mapping[str, str]) -> str:
    """Return the key of the planning subject of one asset; `applications` as `by_name` gives them."""
    if asset.kind is AssetKind.APPLICATION:
        return asset.key
    return _first_known(applications_of(asset), applications) or asset.key


def _first_known(names: Iterable[str], applications: Mapping[str, str]) -> str | None:
    return next((applications[plain] for plain in map(_plain, names) if plain in applications), None)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
