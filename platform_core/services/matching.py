"""Whom dependencies mean, settled again as soon as names or addresses of assets change, as a rebuild would do it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from platform_core.dependencies import (
    LISTED,
    NAMING_FIELDS,
    Decided,
    filed_under,
    folded,
    forms_of,
    means_itself,
    meant_by,
    sameness,
    settle_ends,
    verdict_on_seen,
)
from platform_core.domain.dependencies import DependencyVerdict
from platform_core.domain.inventory import Asset, Dependency
from platform_core.services.software_columns import software_reader
from platform_core.services.verdicts import verdicts
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.snapshots.names import called

MOST_NAMES, MOST_MEANT = 1_000, 5_000
"""More names are not looked for, or assets read one by one: walking over all assets is quicker."""

NAMES = frozenset({*NAMING_FIELDS, "kind"})
"""What tells whom a dependency means."""


@dataclass
class _Touched:
    """A stored dependency of which an end may mean another asset now: as it is stored, and as it is settled again."""

    number: int
    stored: Dependency
    anew: Dependency
    names: tuple[str, ...]
    """The names of the ends that were settled again."""


def match_again(work: UnitOfWork, migration_id: int, before: Iterable[Asset], after: Iterable[Asset]) -> set[str]:
    """Settle the ends again that may mean one of some changed assets; return the keys of the ends that changed.

    `before` and `after` are the assets as they were and are, with what changed of them; they are stored already. Ends
    that analysts named by asset stay. Call inside an open block of `work`.
    """
    earlier, later = list(before), list(after)
    keys = {asset.key for asset in later}
    forms = {form for asset in (*earlier, *later) for form in meant_by(asset)}
    near = work.dependencies.called(migration_id, keys, set(map(filed_under, forms)))
    opened = (_opened(number, one, keys, forms) for number, one in work.dependencies.told_by(near))
    touched = [each for each in opened if each is not None]
    if not touched:
        return set()
    needs = [each.anew for each in touched]
    findings = settle_ends(needs, _may_be_meant(work, migration_id, needs))
    settled = {folded(name) for each in touched for name in each.names}
    asked = {name for each in touched for name in each.names}
    open_names = [issue for issue in findings if folded(issue.raw) in settled]
    kept, gone = _merged(touched)
    decided = Decided(verdicts(work, migration_id))
    for each in kept:
        each.anew.verdict = verdict_on_seen(decided.of(each.anew))
    changed = [each for each in kept if _state(each.anew) != _state(each.stored)]
    if not changed and not gone:
        return set()
    work.dependencies.rewrite((each.number, each.anew) for each in changed)
    work.dependencies.remove(each.number for each in gone)
    work.issues.replace_unresolved(migration_id, asked, open_names)
    work.migrations.count_dependency_change(migration_id)
    ends = [(each.stored, each.anew) for each in (*changed, *gone)]
    return {key for pair in ends for one in pair for key in (one.source_key, one.target_key) if key}


def _may_be_meant(work: UnitOfWork, migration_id: int, needs: Sequence[Dependency]) -> Iterable[Asset]:
    """Return the assets, with their names, among which are all that the names of some dependencies can mean.

    All assets where there is no snapshot to ask, or where most of them may be meant.
    """
    names = {name for one in needs for name in (one.source_name, one.source_ip, one.target_name, one.target_ip) if name}
    snapshot = work.snapshots.at_hand(migration_id, software_reader(), now().date())
    if snapshot is None or len(names) > MOST_NAMES:
        return work.assets.named(migration_id, NAMING_FIELDS)
    found = called(snapshot, set(map(filed_under, names)), limit=MOST_MEANT + 1)
    if len(found) > MOST_MEANT:
        return work.assets.named(migration_id, NAMING_FIELDS)
    return work.assets.named(migration_id, NAMING_FIELDS, found)


def _opened(number: int, stored: Dependency, keys: Collection[str], forms: Collection[str]) -> _Touched | None:
    """Return a dependency with the ends open that may mean a changed asset, None where neither does."""
    if stored.verdict is DependencyVerdict.ADDED:
        return None
    source = stored.source_key in keys or not forms_of(stored.source_name, stored.source_ip).isdisjoint(forms)
    target = stored.target_key in keys or not forms_of(stored.target_name, stored.target_ip).isdisjoint(forms)
    source = source and stored.relation != LISTED
    target = target or (source and means_itself(stored.target_name))
    if not source and not target:
        return None
    anew = replace(
        stored,
        source_key=None if source else stored.source_key,
        target_key=None if target else stored.target_key,
    )
    names = [stored.source_name] * source + [stored.target_name] * target
    return _Touched(number, stored, anew, tuple(names))


def _merged(touched: Sequence[_Touched]) -> tuple[list[_Touched], list[_Touched]]:
    """Return what stays and what goes, where several became one dependency: the first takes the weight of all."""
    kept: dict[tuple[object, ...], _Touched] = {}
    gone = []
    for each in touched:
        first = kept.setdefault(sameness(each.anew), each)
        if first is not each:
            first.anew.weight += each.anew.weight
            gone.append(each)
    return list(kept.values()), gone


def _state(one: Dependency) -> tuple[object, ...]:
    return one.source_key, one.target_key, one.weight, one.verdict
