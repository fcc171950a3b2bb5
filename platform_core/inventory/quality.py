"""A score for the inventory as a whole, made of parts that can each be looked up."""

from __future__ import annotations

from collections import Counter

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.inventory import REFUSED, Inventory, IssueKind
from platform_core.domain.quality import QualityPart, QualityScore
from platform_core.inventory.completeness import completeness
from platform_core.inventory.names import loose


def quality(inventory: Inventory, catalogue: Catalogue) -> QualityScore:
    """Score an inventory from 0 to 100.

    The score is the plain mean of the parts that could be computed; each part is 100 · good / total of

    - completeness: critical fields that are filled, of the critical fields of all assets
    - validity: values that fit their field, of all values found (fitting, unreadable and implausible)
    - consistency: assets without contradiction, of the assets that more than one row describes
    - uniqueness: assets whose name no other asset of their kind has, of all assets

    The parts are the classic dimensions of data quality (ISO/IEC 25012); none outweighs another because nothing
    measured here says which matters more.
    """
    return QualityScore(
        parts=(
            _completeness(inventory, catalogue),
            _validity(inventory),
            _consistency(inventory),
            _uniqueness(inventory),
        )
    )


def _completeness(inventory: Inventory, catalogue: Catalogue) -> QualityPart:
    counted = completeness(inventory.assets, catalogue)
    return QualityPart(
        name="completeness", good=counted.filled, total=counted.total, text="critical fields that are filled"
    )


def _validity(inventory: Inventory) -> QualityPart:
    good = sum(len(asset.values) for asset in inventory.assets)
    bad = sum(issue.kind in {*REFUSED, IssueKind.INCOMPLETE} for issue in inventory.issues)
    return QualityPart(name="validity", good=good, total=good + bad, text="values that fit their field")


def _consistency(inventory: Inventory) -> QualityPart:
    """Look at assets that rows describe; one that other rows only name has a single value and is left out."""
    compared = {asset.key for asset in inventory.assets if len(asset.sources) > 1 and len(asset.values) > 1}
    torn = {issue.asset_key for issue in inventory.issues if issue.kind is IssueKind.CONFLICT}
    return QualityPart(
        name="consistency",
        good=len(compared - torn),
        total=len(compared),
        text="assets described by several rows without contradiction",
    )


def _uniqueness(inventory: Inventory) -> QualityPart:
    names = Counter((asset.kind, loose(asset.name)) for asset in inventory.assets)
    return QualityPart(
        name="uniqueness",
        good=sum(count for count in names.values() if count == 1),
        total=len(inventory.assets),
        text="assets whose name no other asset of their kind has",
    )
