"""Values that an analyst sets by hand, a page of rows at a time: read like cells of an import, checked, kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from platform_core.domain.asset_decisions import AssetDecision, SetValue
from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.inventory import Asset, AssetKind, Value
from platform_core.domain.stored_values import as_json
from platform_core.errors import BadInput
from platform_core.inventory import read_value
from platform_core.inventory.conditions import value_of
from platform_core.reference import catalogue
from platform_core.services import asset_decisions
from platform_core.services.asset_decisions import DECIDED, Effect
from platform_core.services.knowledge import vocabularies
from platform_core.store import UnitOfWork
from platform_core.store.models import AuditRow

KIND = "kind"
HEADS = {KIND: "Type", "name": "Name", "key": "Key"}
"""What every asset has beside its fields."""

MOST_CELLS = 5_000
"""More cells than this are no edit by hand."""

EDITABLE = (KIND, *(field.key for field in catalogue() if not field.group.startswith("dependency")))
"""What can be set by hand: the kind, and every field but dependencies, which are rows of their own."""


class CellEdit(Frozen):
    """A cell as an analyst wrote it (empty = not known), and the value that stood there when it was drawn."""

    asset_key: str
    field: str
    text: str
    seen: JsonValue


class Refused(Frozen):
    """A cell that was not taken, and why."""

    asset_key: str
    name: str
    field: str
    text: str
    why: str


class Overtaken(Frozen):
    """A cell that changed since it was drawn: what stands now, from whom, and what the analyst wrote."""

    edit: CellEdit
    name: str
    theirs: JsonValue
    by: str


class Saved(Frozen):
    """What became of a batch of edits."""

    cells: int
    effect: Effect
    refused: tuple[Refused, ...]
    overtaken: tuple[Overtaken, ...]


def save(work: UnitOfWork, migration_id: int, edits: Sequence[CellEdit], by: Identity, *, reason: str = "") -> Saved:
    """Keep a batch of edits as decisions, all in one entry of the trail; cells that cannot be taken are told.

    Assets are changed where they stand, and only the applications they belong to are assessed again. Raises BadInput
    for more cells than anybody writes by hand.
    """
    if len(edits) > MOST_CELLS:
        raise BadInput("These are more cells than can be saved at once.", hint="Change them in bulk instead.")
    refused: list[Refused] = []
    overtaken: list[Overtaken] = []
    with work:
        work.migrations.hold(migration_id)
        stored = work.asset_edits.whole(migration_id, {edit.asset_key for edit in edits})
        assets = {each.asset.key: each.asset for each in stored}
        contents: list[tuple[str | None, SetValue, dict[str, object]]] = []
        for edit in edits:
            asset = assets.get(edit.asset_key)
            problem = _overtaken(edit, asset)
            if problem is not None:
                overtaken.append(problem)
                continue
            value, why = read_cell(edit.field, edit.text)
            if asset is None or why:
                name = asset.name if asset else edit.asset_key
                text = why or "The asset is not in the inventory any more"
                refused.append(Refused(asset_key=edit.asset_key, name=name, field=edit.field, text=edit.text, why=text))
            elif value_of(edit.field)(asset) != value:
                before: dict[str, object] = {"value": as_json(value_of(edit.field)(asset))}
                contents.append((asset.key, SetValue(field=edit.field, value=as_json(value)), before))
        effect = _keep(work, migration_id, contents, assets, reason, by)
        work.commit()
    return Saved(cells=len(contents), effect=effect, refused=tuple(refused), overtaken=tuple(overtaken))


def waiting(work: UnitOfWork, migration_id: int, limit: int = 100) -> list[AssetDecision]:
    """Return standing decisions about assets that no import brings at the moment."""
    with work.reading():
        return work.asset_decisions.waiting(migration_id, limit=limit)


def restore(work: UnitOfWork, migration_id: int, entry: AuditRow, by: Identity) -> None:
    """Take back the decisions of an entry of the trail. Call inside an open block of `work`."""
    asset_decisions.take_back(work, migration_id, entry.after["decisions"], by)


def stands(work: UnitOfWork, migration_id: int, entry: AuditRow) -> bool:
    """Tell whether every decision of an entry still stands."""
    return work.asset_decisions.all_stand(migration_id, entry.after["decisions"])


def _keep(
    work: UnitOfWork,
    migration_id: int,
    contents: Sequence[tuple[str | None, SetValue, dict[str, object]]],
    assets: Mapping[str, Asset],
    reason: str,
    by: Identity,
) -> Effect:
    if not contents:
        return Effect()
    decided = asset_decisions.write_down(work, migration_id, contents, reason.strip(), by)
    keys = {key for key, _, _ in contents if key is not None}
    text = _told(contents, assets)
    effect = asset_decisions.lay_over(work, migration_id, keys, by, text)
    work.audit.record(
        by,
        DECIDED,
        migration_id=migration_id,
        subject=next(iter(keys)) if len(keys) == 1 else "",
        text=text,
        after={"decisions": [decision.id for decision in decided]},
        why=reason.strip(),
    )
    return effect


def _told(contents: Sequence[tuple[str | None, SetValue, dict[str, object]]], assets: Mapping[str, Asset]) -> str:
    if len(contents) > 1:
        keys = {key for key, _, _ in contents}
        return f"{len(contents):,} values of {len(keys):,} assets set" if len(keys) > 1 else _many(contents, assets)
    key, content, before = contents[0]
    name = assets[str(key)].name
    return f"{name}, {label(content.field)}: {_shown(before['value'])} → {_shown(content.value)}"


def _many(contents: Sequence[tuple[str | None, SetValue, dict[str, object]]], assets: Mapping[str, Asset]) -> str:
    return f"{assets[str(contents[0][0])].name}: {', '.join(label(content.field) for _, content, _ in contents)} set"


def label(field: str) -> str:
    """Return the name of a field, or of what every asset has beside them, as people read it."""
    return catalogue()[field].label if field in catalogue() else HEADS[field]


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _overtaken(edit: CellEdit, asset: Asset | None) -> Overtaken | None:
    if asset is None or edit.field not in EDITABLE:
        return None
    stands_now = as_json(value_of(edit.field)(asset))
    if stands_now == edit.seen:
        return None
    edited = (asset.edits or {}).get(edit.field)
    return Overtaken(edit=edit, name=asset.name, theirs=stands_now, by=edited.author if edited else "A new import")


def read_cell(field: str, text: str) -> tuple[Value | None, str]:
    """Return the value that a text stands for in a field (None = not known), and why it cannot be taken, else ""."""
    if field not in EDITABLE:
        return None, "This field cannot be set by hand"
    if field == KIND:
        known = {kind.value for kind in AssetKind}
        word = text.strip().lower()
        return (word, "") if word in known else (None, f"A kind is one of {', '.join(sorted(known))}")
    return read_value(text, catalogue()[field], vocabularies())
