"""From names to assets: both ends of every dependency, lists of needs in an asset's own row, and what stays open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from platform_core.dependencies.directory import Directory, folded, means_itself
from platform_core.domain.inventory import (
    Asset,
    AssetKind,
    Dependency,
    Inventory,
    IssueKind,
    QualityIssue,
    SourceRow,
)

CANDIDATES_SHOWN = 3
"""Assets named in the finding about an ambiguous name."""


def resolve(inventory: Inventory) -> None:
    """Settle the ends of all dependencies of `inventory` in place.

    Adds the needs listed in `values["dependencies"]` of assets, sets `source_key` and `target_key` wherever exactly
    one asset fits (identifier or name first, then host name, then address, then application name; case never
    counts), merges dependencies that have become equal by adding their weights, and reports every name that stays
    open once, as `IssueKind.UNRESOLVED` with the first row that uses it. Calling it again changes nothing.
    """
    inventory.dependencies, still_open = resolved(
        inventory.dependencies, inventory.assets, inventory.assets, before=inventory.issues
    )
    inventory.issues = [*inventory.issues, *still_open]


def resolved(
    found: Sequence[Dependency], listing: Iterable[Asset], every: Iterable[Asset], before: Iterable[QualityIssue] = ()
) -> tuple[list[Dependency], list[QualityIssue]]:
    """Return the dependencies of an inventory with their ends settled as `resolve` does, and the names left open.

    `listing` are the assets that list needs, `every` all assets with at least the fields of `NAMING_FIELDS`; it is
    walked once, and only when there is something to settle. What `before` reports is not reported again.
    """
    listed = [need for asset in listing for need in _listed_needs(asset)]
    already = {(need.source_key, folded(need.target_name)) for need in found if _is_listed(need)}
    fresh = [need for need in listed if (need.source_key, folded(need.target_name)) not in already]
    needs = [*found, *fresh]
    if not needs:
        return [], []
    directory = Directory(every, {name for need in needs for name in _names_used(need)})
    findings = _Findings(before)
    for dependency in needs:
        _settle(dependency, directory, findings)
    return _merged(needs), list(findings.issues())


def settle_ends(needs: Sequence[Dependency], every: Iterable[Asset]) -> list[QualityIssue]:
    """Set the keys of the ends that have none, in place, as `resolve` does; return a finding for each open name.

    Nothing is merged: the dependencies are stored ones of which each has its own row.
    """
    directory = Directory(every, {name for need in needs for name in _names_used(need)})
    findings = _Findings(())
    for need in needs:
        _settle(need, directory, findings)
    return list(findings.issues())


def sameness(dependency: Dependency) -> tuple[object, ...]:
    """Return what two dependencies that are merged have in common."""
    return (
        dependency.source_key or folded(dependency.source_name),
        dependency.target_key or folded(dependency.target_name),
        dependency.port,
        folded(dependency.protocol or ""),
        folded(dependency.relation or ""),
        folded(dependency.process or ""),
    )


def _names_used(need: Dependency) -> tuple[str | None, ...]:
    return (need.source_name, need.source_ip, need.target_name, need.target_ip)


def _listed_needs(asset: Asset) -> Iterable[Dependency]:
    needs = asset.values.get("dependencies")
    names = needs if isinstance(needs, tuple) else (str(needs),) if needs else ()
    row = _row_of(asset, "dependencies")
    for name in dict.fromkeys(names):
        yield Dependency(asset.name, name, source_key=asset.key, relation=LISTED, sources=[row] if row else [])


LISTED = "listed"
"""Relation of a dependency that an asset's own row lists."""


def _is_listed(dependency: Dependency) -> bool:
    return dependency.relation == LISTED and dependency.source_key is not None


def _row_of(asset: Asset, name: str) -> SourceRow | None:
    place = asset.origins.get(name, 0)
    return asset.sources[place] if place < len(asset.sources) else None


def _settle(dependency: Dependency, directory: Directory, findings: _Findings) -> None:
    on_the_wire = dependency.port is not None or bool(dependency.source_ip or dependency.target_ip)
    if dependency.source_key is None:
        end = _End(dependency.source_name, dependency.source_ip, "dep_source", on_the_wire)
        dependency.source_key = _found(end, directory, findings, dependency)
    if dependency.target_key is None and means_itself(dependency.target_name):
        dependency.target_key = dependency.source_key
        return
    if dependency.target_key is None:
        end = _End(dependency.target_name, dependency.target_ip, "dep_target", on_the_wire)
        dependency.target_key = _found(end, directory, findings, dependency)


@dataclass(frozen=True)
class _End:
    """One end of a dependency as a row gives it; traffic `on_the_wire` joins machines, not applications."""

    name: str
    address: str | None
    field: str
    on_the_wire: bool


def _found(end: _End, directory: Directory, findings: _Findings, dependency: Dependency) -> str | None:
    named, addressed = directory.by_name(end.name), directory.by_address(end.address or end.name)
    candidates = (named & addressed) or named or addressed
    if len(candidates) > 1:
        preferred = {key for key in candidates if (directory.kind(key) is AssetKind.APPLICATION) != end.on_the_wire}
        candidates = frozenset(preferred) or candidates
    if len(candidates) == 1:
        return next(iter(candidates))
    findings.note(end, sorted(candidates), dependency)
    return None


@dataclass
class _Open:
    """A name that stays open: the first row that uses it and how many dependencies do."""

    name: str
    field: str
    candidates: list[str]
    row: SourceRow
    count: int = 0


@dataclass
class _Findings:
    """Open names, each reported once; those that `before` already holds are not reported again."""

    before: Iterable[QualityIssue]
    _open: dict[str, _Open] = field(default_factory=dict)

    def note(self, end: _End, candidates: list[str], dependency: Dependency) -> None:
        """Note that a dependency uses a name that fits no asset, or several."""
        row = dependency.sources[0] if dependency.sources else SourceRow(0, 0)
        name = end.name or end.address or ""
        self._open.setdefault(folded(name), _Open(name, end.field, candidates, row)).count += 1

    def issues(self) -> Iterable[QualityIssue]:
        """Yield a finding for each open name."""
        known = {folded(issue.raw) for issue in self.before if issue.kind is IssueKind.UNRESOLVED}
        for name, entry in self._open.items():
            if name not in known:
                yield QualityIssue(
                    kind=IssueKind.UNRESOLVED,
                    field=entry.field,
                    asset_key=None,
                    import_id=entry.row.import_id,
                    line=entry.row.line,
                    raw=entry.name,
                    text=_sentence(entry),
                )


def _sentence(entry: _Open) -> str:
    many = f"{entry.count:,} dependencies stay" if entry.count > 1 else "1 dependency stays"
    if not entry.candidates:
        return f"“{entry.name}” is not in the inventory; {many} open at that end."
    shown = ", ".join(entry.candidates[:CANDIDATES_SHOWN])
    more = len(entry.candidates) - CANDIDATES_SHOWN
    named = f"{shown} and {more} more" if more > 0 else shown
    return f"“{entry.name}” could be {named}; {many} open at that end."


def _merged(dependencies: Iterable[Dependency]) -> list[Dependency]:
    kept: dict[tuple[object, ...], Dependency] = {}
    for dependency in dependencies:
        first = kept.setdefault(sameness(dependency), dependency)
        if first is not dependency:
            first.weight += dependency.weight
            first.sources.extend(dependency.sources)
    return list(kept.values())
