"""Whom dependencies mean, settled again as soon as names or addresses of assets change, as a rebuild would do it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from platform_core.dependencies import (
    LISTED,
    NAMING_FIELDS,
    Decided,
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
from platform_core.services.verdicts import verdicts
from platform_core.store import UnitOfWork

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
    near = [number for number, ends in work.dependencies.ends(migration_id) if _is_near(ends, keys, forms)]
    opened = (_opened(number, one, keys, forms) for number, one in work.dependencies.told_by(near))
    touched = [each for each in opened if each is not None]
    if not touched:
        return set()
    findings = settle_ends([each.anew for each in touched], work.assets.named(migration_id, NAMING_FIELDS))
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


def _is_near(ends: Sequence[str | None], keys: Collection[str], forms: Collection[str]) -> bool:
    """Tell whether an end (key, name, address of either) may mean a changed asset."""
    source, source_name, source_ip, target, target_name, target_ip = ends
    if source in keys or target in keys:
        return True
    return not forms_of(source_name, source_ip, target_name, target_ip).isdisjoint(forms)


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
