"""Which critical attributes are known, and which a mapping leaves out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.inventory import Asset, AssetKind
from platform_core.domain.mapping import FileKind
from platform_core.domain.quality import Completeness, FieldCompleteness

NAME_GROUP = ("asset_name", "hostname", "fqdn")
"""Fields of which any one names an asset, so that they count as one critical attribute, under the first."""

OWN_NAMES = {AssetKind.APPLICATION: "application_name", AssetKind.DATABASE: "database_name"}
"""The field that is the asset's name in files of that kind."""

ADDRESSES = {"dep_source": "dep_source_ip", "dep_target": "dep_target_ip"}
"""An end of a dependency is known by its name or by its address."""


def completeness(assets: Sequence[Asset], catalogue: Catalogue) -> Completeness:
    """Count for each kind of asset and each critical field how many assets have it filled.

    The names of an asset count as one field. Kinds without assets or without critical fields are left out.
    """
    of_kind: dict[AssetKind, list[Asset]] = {kind: [] for kind in AssetKind}
    for asset in assets:
        of_kind[asset.kind].append(asset)
    return Completeness(
        fields=tuple(
            FieldCompleteness(
                kind=kind,
                field=group[0],
                stands_for=group,
                filled=sum(any(field in asset.values for field in group) for asset in members),
                total=len(members),
            )
            for kind, members in of_kind.items()
            if members
            for group in critical_groups(kind, catalogue)
        )
    )


def missing_critical(
    mapped_fields: Collection[str], kind: AssetKind | FileKind, catalogue: Catalogue
) -> tuple[str, ...]:
    """Return the critical attributes of `kind` that none of `mapped_fields` feeds, in catalogue order."""
    return tuple(
        group[0] for group in critical_groups(kind, catalogue) if not any(field in mapped_fields for field in group)
    )


def critical_groups(kind: AssetKind | FileKind, catalogue: Catalogue) -> list[tuple[str, ...]]:
    """Return the critical attributes of `kind`, each as the fields of which any one will do."""
    groups: dict[str, tuple[str, ...]] = {}
    for field in catalogue.critical_for(kind.value):
        group = _group(field, kind)
        groups.setdefault(group[0], group)
    return list(groups.values())


def _group(field: str, kind: AssetKind | FileKind) -> tuple[str, ...]:
    own_name = next((own for of_kind, own in OWN_NAMES.items() if of_kind.value == kind.value), None)
    if field in NAME_GROUP or (kind.value == AssetKind.APPLICATION.value and field == own_name):
        return (*NAME_GROUP, own_name) if own_name else NAME_GROUP
    return (field, ADDRESSES[field]) if field in ADDRESSES else (field,)
