"""What analysts decided about single assets, laid over an inventory after it was built from its files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from platform_core import inventory
from platform_core.domain.inventory import Asset
from platform_core.reference import catalogue
from platform_core.store import UnitOfWork
from platform_core.store.staged_conditions import keys_meeting
from platform_core.store.staging import Staging

Overlay = Callable[[Staging], None]
"""Changes a staged inventory (`Staging.assets`, `put`, `remove`, `add_issues`); called outside a transaction."""

AT_ONCE = 2_000


def overlays(work: UnitOfWork, migration_id: int) -> list[Overlay]:
    """Return what analysts decided about the assets of a migration, in the order in which it is laid over them.

    This is the seam between the files and the analysts. It is called inside an open block of `work`, in which what the
    rebuild was asked for has been flushed already (and will be rolled back): read the decisions here and return
    functions that hold them. `services.applying` calls these once all rows were read, merged and staged, and before
    dependencies are settled, applications found and strategies assessed, so everything behind follows the analysts.
    Whole assets come first (merged, split, left out), then values and rules. An overlay must bear that the assets it
    speaks of are gone, and must give the same result when it is laid over twice.
    """
    values = inventory.Overlay(work.asset_decisions.standing(migration_id), catalogue())
    return [lambda staged: lay_values(staged, values)]


def lay_values(staged: Staging, overlay: inventory.Overlay) -> None:
    """Lay decided values and rules over the assets they concern, which alone are read."""
    concerned = overlay.named | keys_meeting(staged, overlay.conditions)
    for some in _portions(staged.assets(concerned)):
        if overlay.looks_at_refused:
            note_refused(some, staged.refused([asset.key for asset in some]))
        overlay.take(some)
        staged.put(asset for asset in some if asset.edits)


def note_refused(assets: Iterable[Asset], refused: Mapping[str, frozenset[tuple[str, str]]]) -> None:
    """Tell assets what of their cells could not be read."""
    for asset in assets:
        asset.refused = refused.get(asset.key, frozenset())


def _portions(assets: Iterator[Asset]) -> Iterable[list[Asset]]:
    return iter(lambda: list(islice(assets, AT_ONCE)), [])
