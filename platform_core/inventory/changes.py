"""What a decision does to the values of an asset."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from platform_core.domain.asset_decisions import Change, ChangeKind
from platform_core.domain.catalogue import Catalogue, FieldType
from platform_core.domain.inventory import Asset, Value
from platform_core.domain.stored_values import AMOUNTS, as_json, from_json
from platform_core.inventory.conditions import type_of, value_of

Outcome = Mapping[str, Value | None]
"""The values that fields are to have from now on; what is not named stays as it is."""

Effect = Callable[[Asset], Outcome]

NOTHING: Outcome = {}


def effect(change: Change, catalogue: Catalogue) -> Effect:
    """Return what `change` makes of an asset; nothing where the new value would not fit its field.

    Raises KeyError for a field that does not exist.
    """
    kind = type_of(change.field, catalogue)
    get = value_of(change.field)
    match change.kind:
        case ChangeKind.SET:
            fixed = {change.field: from_json(change.value, kind)}
            return lambda _: fixed
        case ChangeKind.CLEAR:
            return lambda _: {change.field: None}
        case ChangeKind.SCALE:
            return lambda asset: _scaled(change.field, get(asset), change.factor, kind)
        case ChangeKind.ADD:
            return lambda asset: _with(change.field, get(asset), from_json(change.value, kind))
        case ChangeKind.LEAVE:
            return lambda _: NOTHING
        case ChangeKind.DROP:
            return lambda asset: _without(change.field, get(asset), str(change.value))
        case ChangeKind.REPLACE:
            return lambda asset: _respelled(change.field, get(asset), change.words)
        case _:
            return _of_two(change, kind, type_of(change.other, catalogue))


def _of_two(change: Change, kind: FieldType, other_kind: FieldType) -> Effect:
    get, get_other = value_of(change.field), value_of(change.other)

    def swap(asset: Asset) -> Outcome:
        one, two = from_json(as_json(get_other(asset)), kind), from_json(as_json(get(asset)), other_kind)
        return {change.field: one, change.other: two} if one is not None and two is not None else NOTHING

    def move(asset: Asset) -> Outcome:
        moved = from_json(as_json(get(asset)), other_kind)
        return {change.field: None, change.other: moved} if moved is not None else NOTHING

    def shorten(asset: Asset) -> Outcome:
        whole = get(asset)
        if not isinstance(whole, str) or not whole.partition(".")[0]:
            return NOTHING
        kept = get_other(asset)
        return {change.field: whole.partition(".")[0], change.other: whole if kept is None else kept}

    return {ChangeKind.SWAP: swap, ChangeKind.MOVE: move, ChangeKind.SHORTEN: shorten}[change.kind]


def _scaled(field: str, value: Value | None, factor: float, kind: FieldType) -> Outcome:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return NOTHING
    amount = round(value * factor, 6)
    if kind in AMOUNTS:
        return {field: amount}
    return {field: int(amount)} if amount.is_integer() else NOTHING


def _with(field: str, value: Value | None, items: Value | None) -> Outcome:
    if not isinstance(items, tuple):
        return NOTHING
    known = value if isinstance(value, tuple) else ()
    return {field: tuple(dict.fromkeys((*known, *items)))}


def _without(field: str, value: Value | None, item: str) -> Outcome:
    if not isinstance(value, tuple):
        return NOTHING
    return {field: tuple(each for each in value if each != item) or None}


def _respelled(field: str, value: Value | None, words: Mapping[str, str]) -> Outcome:
    return {field: words[value]} if isinstance(value, str) and value in words else NOTHING
