"""What was decided about duplicates, carried out on a staged inventory: only what it concerns is read."""

from __future__ import annotations

from collections.abc import Sequence

from platform_core.domain.asset_decisions import AssetDecision
from platform_core.domain.inventory import Inventory
from platform_core.inventory.duplicates import keys_of, rename_memberships, settle_duplicates
from platform_core.inventory.duplicates.settling import MEMBERSHIP
from platform_core.store.staging import Staging


def carry_out(staged: Staging, decided: Sequence[AssetDecision]) -> list[int]:
    """Carry out decisions about duplicates and return the numbers of those that took effect.

    To be called when the ends of dependencies are known: those of an asset that goes were found by its own names.
    """
    keys = keys_of(decided)
    assets = list(staged.assets(keys))
    if not assets:
        return []
    there = {asset.key for asset in assets}
    about = [issue for issue in staged.issues() if issue.asset_key in there]
    concerned = Inventory(assets=assets, dependencies=staged.dependencies, issues=about)
    done = settle_duplicates(concerned, decided)
    gone = there - {asset.key for asset in concerned.assets}
    followed = [new for old, new in zip(about, concerned.issues, strict=True) if old.asset_key in gone]
    staged.remove(gone)
    staged.add_issues(followed)
    staged.put(concerned.assets)
    if done.renamed:
        staged.put([asset for asset in staged.filled(MEMBERSHIP) if rename_memberships(asset, done.renamed)])
    return done.numbers
