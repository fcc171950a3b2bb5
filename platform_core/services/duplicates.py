"""Assets that may be one thing: looked for, shown side by side, decided one by one or in bulk, taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import Field

from platform_core.domain.asset_decisions import DecisionKind, DuplicateAction, DuplicateDecision
from platform_core.domain.base import Frozen, Progress, silent
from platform_core.domain.duplicates import LIMITS, Likeness, Reason, likeness, probability, score_of
from platform_core.domain.identity import Identity
from platform_core.domain.inventory import Asset, AssetKind, Value
from platform_core.errors import BadInput, Conflict, NotFound
from platform_core.inventory.agreement import agree
from platform_core.inventory.duplicates import find_duplicates, reasons
from platform_core.inventory.duplicates.marks import without_signs
from platform_core.reference import catalogue
from platform_core.services.asset_decisions import write_down
from platform_core.services.knowledge import duplicate_knowledge, vocabularies
from platform_core.services.snapshots import snapshot_of
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import AuditRow, DuplicatePairRow
from platform_core.store.repositories.duplicates import PairKeys, Scores, as_pair
from platform_core.store.snapshots import figures

DECIDED = "duplicate.decided"
"""The action of the trail; `after` names the decisions by number."""

LONGEST_PARENT = 200
WRITTEN_ANYHOW = frozenset(("mac_address", "uuid", "serial_number"))
"""Fields of which separators and case say nothing."""
MERGE = DuplicateAction.MERGE


class State(Frozen):
    """Where a migration stands with its duplicates.

    `searched` is the inventory revision of the last search (0 = none), `waiting` counts decisions that the inventory
    was not built with yet, or was built with and that were taken back.
    """

    searched: int
    revision: int
    at: datetime | None
    compared: int
    still_open: Mapping[Likeness, int]
    settled: int
    waiting: int

    @property
    def is_current(self) -> bool:
        """Whether the inventory is the one that was searched."""
        return self.searched == self.revision


class Side(Frozen):
    """One of two assets, as a list shows it; `is_there` = it is still in the inventory."""

    key: str
    name: str
    kind: AssetKind | None
    files: tuple[str, ...]
    is_there: bool = True


class PairView(Frozen):
    """A pair as a list shows it; `settled` is what was decided, "" while it is open."""

    id: int
    first: Side
    second: Side
    probability: float
    settled: str


class FieldView(Frozen):
    """A field of two assets side by side; `differs` = both are filled, and unlike in more than spelling."""

    field: str
    label: str
    first: Any
    second: Any
    differs: bool


class PairDetail(Frozen):
    """A pair with all that is known of both, and what speaks for and against it being one thing."""

    pair: PairView
    fields: tuple[FieldView, ...]
    reasons: tuple[Reason, ...]
    suggested_key: str


class Choice(Frozen):
    """What an analyst decides about a pair: `stays` is the key of the asset that stays, where one goes."""

    action: DuplicateAction
    stays: str
    taken: dict[str, str] = Field(default_factory=dict)
    parent: str = ""
    reason: str = ""


class BulkPreview(Frozen):
    """What merging every pair above a limit would do: pairs settled, assets that go, and the first of them."""

    pairs: int
    going: int
    staying: int
    examples: tuple[tuple[str, str], ...]


def search(store: Store, migration_id: int, by: Identity, *, progress: Progress = silent) -> int:
    """Look for duplicates in the inventory as it stands and keep the pairs; return how many are open.

    Raises Conflict when the inventory was rebuilt meanwhile.
    """
    work = store.unit_of_work()
    with work.reading():
        revision = work.migrations.get(migration_id).inventory_revision
        told = told_apart(work, migration_id)
        found = find_duplicates(
            work.assets.all(migration_id), duplicate_knowledge(), told_apart=told, progress=progress
        )
    with work:
        if work.migrations.hold(migration_id).inventory_revision != revision:
            raise Conflict("The inventory was rebuilt meanwhile.", hint="Look for duplicates again.")
        work.duplicates.replace_all(migration_id, found.pairs)
        row = work.duplicates.own_search(migration_id)
        row.revision, row.compared, row.at = revision, found.compared, now()
        text = f"Looked for duplicates: {len(found.pairs):,} pairs to look at"
        work.audit.record(by, "duplicates.searched", migration_id=migration_id, text=text)
        work.commit()
    return len(found.pairs)


def state(work: UnitOfWork, migration_id: int) -> State:
    """Return where a migration stands with its duplicates."""
    with work.reading():
        row = work.duplicates.search(migration_id)
        return State(
            searched=row.revision if row else 0,
            revision=work.migrations.get(migration_id).inventory_revision,
            at=row.at if row else None,
            compared=row.compared if row else 0,
            still_open={band: work.duplicates.count(migration_id, scores_of(band)) for band in Likeness},
            settled=work.duplicates.count(migration_id, None),
            waiting=len(_waiting(work, migration_id, row.carried_out if row else ())),
        )


def listed(
    work: UnitOfWork, migration_id: int, band: Likeness | None, *, offset: int, limit: int
) -> tuple[list[PairView], int]:
    """Return a page of the open pairs of a band, or of the settled ones, and how many there are."""
    scores = scores_of(band) if band is not None else None
    with work.reading():
        rows = work.duplicates.page(migration_id, scores, offset=offset, limit=limit)
        total = work.duplicates.count(migration_id, scores)
        assets = _assets(work, migration_id, rows)
        names = _file_names(work, migration_id)
    return [_view(row, assets, names) for row in rows], total


def detail(work: UnitOfWork, migration_id: int, pair_id: int) -> PairDetail:
    """Return a pair side by side; raises NotFound."""
    with work.reading():
        row = work.duplicates.get(migration_id, pair_id)
        assets = _assets(work, migration_id, [row])
        names = _file_names(work, migration_id)
    first, second = assets.get(row.first_key), assets.get(row.second_key)
    told = reasons(as_pair(row), first, second, duplicate_knowledge(), names) if first and second else []
    return PairDetail(
        pair=_view(row, assets, names),
        fields=_side_by_side(first, second),
        reasons=tuple(told),
        suggested_key=_fuller(first, second).key if first and second else "",
    )


def decide(work: UnitOfWork, migration_id: int, pair_id: int, choice: Choice, by: Identity) -> None:
    """Write down what becomes of a pair; the inventory follows with its next build.

    Raises Conflict when somebody decided about the pair before, BadInput for a parent without a name.
    """
    with work:
        row = work.duplicates.get(migration_id, pair_id)
        if row.settled:
            raise Conflict("Somebody decided about this pair already.", hint="Reload the page to see what stands.")
        assets = _assets(work, migration_id, [row])
        if len(assets) < 2:
            raise NotFound("One of the two assets is not in the inventory any more.", hint="Look for duplicates again.")
        content = _content(row, choice)
        text = _told(choice, assets[choice.stays], assets[content.other_key])
        _keep(work, migration_id, [(row.id, choice.stays, content)], text, choice.reason, by)
        work.commit()


def preview_all(work: UnitOfWork, migration_id: int, least: float) -> BulkPreview:
    """Return what merging every group along pairs of probability `least` and above would do."""
    with work.reading():
        planned, names = _planned(work, migration_id, least)
    staying = {stays for _, stays, _ in planned}
    examples = tuple((names[stays], names[content.other_key]) for _, stays, content in planned[:20])
    return BulkPreview(pairs=len(planned), going=len(planned), staying=len(staying), examples=examples)


def merge_all(work: UnitOfWork, migration_id: int, least: float, by: Identity, *, progress: Progress = silent) -> int:
    """Merge every group along pairs of probability `least` and above, in one entry of the trail.

    Of each group the asset stays of which most is known; what it lacks comes from the others. Returns how many go.
    """
    progress(0.0, "Choosing what stays of each group")
    with work.reading():
        count = len(_planned(work, migration_id, least)[0])
    progress(0.3, f"Writing down {count:,} decisions")
    with work:
        work.migrations.hold(migration_id)
        planned, _ = _planned(work, migration_id, least)
        if planned:
            text = f"Merged {len(planned):,} duplicates at {least:.0%} and above"
            _keep(work, migration_id, planned, text, "", by)
            work.commit()
    return len(planned)


def last_merged(work: UnitOfWork, migration_id: int, by: Identity) -> int:
    """Return how many assets go by a person's latest decision about duplicates."""
    with work.reading():
        entry = next(work.audit.not_undone(migration_id, by.name, (DECIDED,)), None)
        return len(entry.after["decisions"]) if entry is not None else 0


def restore(work: UnitOfWork, migration_id: int, entry: AuditRow, by: Identity) -> None:
    """Take back the decisions of an entry of the trail. Call inside an open block of `work`."""
    numbers = entry.after["decisions"]
    for row in work.asset_decisions.numbered(migration_id, numbers):
        row.undone_at, row.undone_by = now(), by.name
    work.duplicates.reopen(migration_id, numbers)


def stands(work: UnitOfWork, migration_id: int, entry: AuditRow) -> bool:
    """Tell whether every decision of an entry still stands."""
    return work.asset_decisions.all_stand(migration_id, entry.after["decisions"])


def scores_of(band: Likeness) -> Scores:
    """Return the scores of a band."""
    above = [limit for limit in LIMITS.values() if limit > LIMITS[band]]
    least = score_of(LIMITS[band]) if band is not Likeness.POSSIBLE else float("-inf")
    return Scores(least, score_of(min(above)) if above else float("inf"))


Planned = tuple[int, str, DuplicateDecision]
"""A pair's number, the key of the asset that stays, and what is decided."""


def _planned(work: UnitOfWork, migration_id: int, least: float) -> tuple[list[Planned], dict[str, str]]:
    """Return the merges that bulk acceptance makes, and the names of assets by key.

    In each group everything goes into the asset of which most is known.
    """
    rows = work.duplicates.grouped(migration_id, score_of(least))
    keys = {key for row in rows for key in (row.first_key, row.second_key)}
    known = figures.fullness(snapshot_of(work, migration_id), keys)
    groups = _connected([row for row in rows if row.first_key in known and row.second_key in known])
    planned: list[Planned] = []
    for members, pairs in groups:
        stays = max(members, key=lambda key: (known[key][1], key))
        pair_of = {other: row.id for row in reversed(pairs) for other in (row.first_key, row.second_key)}
        others = sorted(members - {stays})
        planned += ((pair_of[key], stays, DuplicateDecision(other_key=key, action=MERGE)) for key in others)
    return planned, {key: name for key, (name, _) in known.items()}


def _connected(rows: Sequence[PairKeys]) -> list[tuple[set[str], list[PairKeys]]]:
    """Return the keys and pairs of each group that hangs together by these pairs."""
    of: dict[str, tuple[set[str], list[PairKeys]]] = {}
    for row in rows:
        ours, theirs = (of.get(key, ({key}, [])) for key in (row.first_key, row.second_key))
        joined = ours if ours is theirs else (ours[0] | theirs[0], ours[1] + theirs[1])
        joined[1].append(row)
        of.update(dict.fromkeys(joined[0], joined))
    return list({id(group): group for group in of.values()}.values())


def _keep(
    work: UnitOfWork, migration_id: int, decided: Sequence[Planned], text: str, reason: str, by: Identity
) -> None:
    contents: list[tuple[str | None, Any, dict[str, object]]] = [(stays, content, {}) for _, stays, content in decided]
    written = write_down(work, migration_id, contents, reason.strip(), by)
    noted = [(pair, content, decision.id) for (pair, _, content), decision in zip(decided, written, strict=True)]
    work.duplicates.settle([(pair, content.action, number) for pair, content, number in noted])
    going = [(content.other_key, number) for _, content, number in noted if content.action.is_one]
    work.duplicates.leave_nothing(migration_id, going)
    work.audit.record(
        by,
        DECIDED,
        migration_id=migration_id,
        subject=decided[0][1] if len(decided) == 1 else "",
        text=text,
        after={"decisions": [decision.id for decision in written]},
        why=reason.strip(),
    )


def _content(row: DuplicatePairRow, choice: Choice) -> DuplicateDecision:
    keys = {row.first_key, row.second_key}
    if choice.stays not in keys or not set(choice.taken.values()) <= keys:
        raise BadInput("This is not one of the two assets.", hint="Reload the page and choose again.")
    parent = " ".join(choice.parent.split())
    if choice.action is DuplicateAction.PARENT and not 0 < len(parent) <= LONGEST_PARENT:
        raise BadInput("The parent needs a name.", hint="Name the cluster or group that both belong to.")
    (other,) = keys - {choice.stays}
    return DuplicateDecision(other_key=other, action=choice.action, taken=choice.taken, parent=parent)


def _told(choice: Choice, stays: Asset, other: Asset) -> str:
    names = {"stays": stays.name, "other": other.name, "parent": choice.parent.strip()}
    return _SENTENCES[choice.action].format(**names)


_SENTENCES = {
    DuplicateAction.KEEP: "Kept {stays}, dropped its duplicate {other}",
    DuplicateAction.REPLACE: "Replaced {stays} by what its duplicate {other} says",
    DuplicateAction.MERGE: "Merged {other} into {stays}",
    DuplicateAction.PARENT: "Put {stays} and {other} under {parent}",
    DuplicateAction.APART: "{stays} and {other} are no duplicates",
}


def told_apart(work: UnitOfWork, migration_id: int) -> set[tuple[str, str]]:
    """Return the pairs of keys, the smaller first, about which an analyst decided. Call inside an open block."""
    return {_in_order(key, content.other_key) for key, content in _standing(work, migration_id).values()}


def _standing(work: UnitOfWork, migration_id: int) -> dict[int, tuple[str, DuplicateDecision]]:
    """Return what stands decided about duplicates, by number: the key of the decision's asset, and the decision."""
    standing = work.asset_decisions.standing(migration_id, DecisionKind.DUPLICATE)
    return {
        each.id: (str(each.asset_key), each.content) for each in standing if isinstance(each.content, DuplicateDecision)
    }


def _waiting(work: UnitOfWork, migration_id: int, carried_out: Collection[int]) -> set[int]:
    """Return the decisions that the inventory does not show yet, or still shows although they were taken back."""
    standing = _standing(work, migration_id)
    missing = {
        number: {key, content.other_key}
        for number, (key, content) in standing.items()
        if number not in carried_out and content.action is not DuplicateAction.APART
    }
    there = work.duplicates.there(migration_id, set().union(*missing.values()))
    return {number for number, keys in missing.items() if keys <= there} | (set(carried_out) - standing.keys())


def _assets(work: UnitOfWork, migration_id: int, rows: Sequence[DuplicatePairRow]) -> dict[str, Asset]:
    keys = {key for row in rows for key in (row.first_key, row.second_key)}
    return {stored.asset.key: stored.asset for stored in work.asset_edits.whole(migration_id, keys)}


def _in_order(first: str, second: str) -> tuple[str, str]:
    return (first, second) if first < second else (second, first)


def _file_names(work: UnitOfWork, migration_id: int) -> dict[int, str]:
    return {row.id: row.file_name for row in work.imports.of(migration_id)}


def _view(row: DuplicatePairRow, assets: Mapping[str, Asset], names: Mapping[int, str]) -> PairView:
    return PairView(
        id=row.id,
        first=_side(row.first_key, assets.get(row.first_key), names),
        second=_side(row.second_key, assets.get(row.second_key), names),
        probability=probability(row.score),
        settled=row.settled,
    )


def _side(key: str, asset: Asset | None, names: Mapping[int, str]) -> Side:
    if asset is None:
        return Side(key=key, name=key.partition(":")[2], kind=None, files=(), is_there=False)
    files = dict.fromkeys(names.get(row.import_id, "–") for row in asset.sources)
    return Side(key=key, name=asset.name, kind=asset.kind, files=tuple(files))


def _side_by_side(first: Asset | None, second: Asset | None) -> tuple[FieldView, ...]:
    ours, theirs = (asset.values if asset else {} for asset in (first, second))
    return tuple(
        FieldView(
            field=field.key,
            label=field.label,
            first=ours.get(field.key),
            second=theirs.get(field.key),
            differs=_differ(field.key, ours.get(field.key), theirs.get(field.key)),
        )
        for field in catalogue()
        if field.key in ours or field.key in theirs
    )


def _differ(field: str, first: Value | None, second: Value | None) -> bool:
    if first is None or second is None:
        return False
    if field in WRITTEN_ANYHOW:
        return without_signs(str(first)) != without_signs(str(second))
    return not agree(field, first, second, vocabularies())


def _fuller(first: Asset, second: Asset) -> Asset:
    return max((first, second), key=_fullness)


def _fullness(asset: Asset) -> tuple[int, str]:
    return len(asset.values), asset.key


def band_of(view: PairView) -> Likeness:
    """Return how sure a pair is."""
    return likeness(view.probability)
