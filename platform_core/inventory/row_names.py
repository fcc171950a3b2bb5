"""The names of the rows of a batch, column by column: what `identity.identify` says of each of them.

Machines with a name, which are nearly all rows of a large inventory, are named for all rows at once; other rows one by
one. What only matters where several files tell of the same things is looked at only then.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from platform_core.inventory.columns import FieldValues
from platform_core.inventory.field_readers import Values
from platform_core.inventory.identity import MACHINES, Identity, Names, identify
from platform_core.inventory.names import DNS_NAME, VMWARE_SERIAL, short_and_domain, uuid_token
from platform_core.inventory.row_kinds import KINDS, KindCodes

Mask = NDArray[np.bool_]
Texts = NDArray[np.object_]
"""A text or None a row."""

NO_KIND = -1
_BETWEEN = "\0"
_FULL_NAMES = re.compile(rf"{DNS_NAME}(?:\0{DNS_NAME})*", re.ASCII)
_MACHINES = np.array([kind in MACHINES for kind in KINDS])


@dataclass(frozen=True)
class RowNames:
    """The rows that become assets: kind (NO_KIND where nothing names the row), name shown, and what it is known by.

    `tokens` are primary names, else the rows' own names. `aliases`, `uuids` and `serials` are looked at by other
    files only; an alias stands beside the place of its row.
    """

    kinds: KindCodes
    names: pa.Array
    tokens: pa.Array
    aliases: tuple[NDArray[np.int64], pa.Array] | None = None
    uuids: pa.Array | None = None
    serials: pa.Array | None = None


class Namer:
    """Names the rows of one file; `several` = other files may tell of the same things."""

    def __init__(self, *, application_file: bool, several: bool) -> None:
        self._application_file, self._several = application_file, several

    def named(self, values: FieldValues, kinds: KindCodes) -> RowNames:
        """Return the names of a batch's rows, which are of these `kinds`."""
        found = _Found(len(values))
        at_once = _MACHINES[kinds] & _has_name(values)
        if at_once.any():
            self._name_machines(values, at_once, found)
        alone = np.flatnonzero(~at_once)
        for at, row in zip(alone.tolist(), name_rows(values, alone), strict=True):
            found.take(at, identify(row, KINDS[kinds[at]], application_file=self._application_file))
        return found.as_names(kinds, several=self._several)

    def nothing_named(self, rows: int) -> RowNames:
        """Return the names of rows that become no assets."""
        return _Found(rows).as_names(np.full(rows, NO_KIND, np.int8), several=self._several)

    def _name_machines(self, values: FieldValues, rows: Mask, found: _Found) -> None:
        """Name machines by host name, else their name if it is one word, else their full name, else their name."""
        label, host, full = (values[name].rows(rows) for name in ("asset_name", "hostname", "fqdn"))
        texts, shorts = [_spread(label)], [_spread(_shorts(label))]
        chosen = np.zeros(len(label), np.int8)
        by_label = label.filled() & _is_one_word(label)
        by_full = ~by_label & full.filled()
        for place, (column, wins) in enumerate(((full, by_full), (host, host.filled())), start=1):
            texts.append(_spread(column) if wins.any() or self._several else texts[0])
            shorts.append(_spread(_shorts(column)) if wins.any() or self._several else shorts[0])
            chosen[wins] = place
        names, tokens = np.choose(chosen, texts), np.choose(chosen, shorts)
        labelled = label.filled()
        found.names[rows] = names if not labelled.any() else np.where(labelled, texts[0], names)
        found.tokens[rows] = tokens
        if self._several:
            places = np.flatnonzero(rows)
            found.add_aliases(places, shorts[0], labelled & (chosen != 0) & (shorts[0] != tokens))
            found.add_aliases(places, shorts[1], full.filled() & ~host.filled() & (chosen != 1) & (shorts[1] != tokens))
            found.uuids[rows], found.serials[rows] = _identifiers(
                values["uuid"].rows(rows), values["serial_number"].rows(rows)
            )


class _Found:
    """What is known of the rows of a batch so far."""

    def __init__(self, rows: int) -> None:
        self.names, self.tokens, self.uuids, self.serials = (np.full(rows, None, object) for _ in range(4))
        self._alias_rows: list[int] = []
        self._aliases: list[str] = []

    def take(self, at: int, who: Identity | None) -> None:
        """Take in a row that was looked at alone."""
        if who is not None:
            self.names[at], self.tokens[at] = who.name, who.primary or who.own or ""
            self.uuids[at], self.serials[at] = who.uuid, who.serial
            self._aliases += who.aliases
            self._alias_rows += [at] * len(who.aliases)

    def add_aliases(self, places: NDArray[np.int64], aliases: Texts, which: Mask) -> None:
        """Take in the other names of some rows."""
        self._alias_rows += places[which].tolist()
        self._aliases += aliases[which].tolist()

    def as_names(self, kinds: KindCodes, *, several: bool) -> RowNames:
        """Return it all as columns; rows without a name are of no kind."""
        names, tokens = _texts(self.names), _texts(self.tokens)
        kinds = np.where(names.is_null().to_numpy(zero_copy_only=False), NO_KIND, kinds).astype(np.int8)
        if not several:
            return RowNames(kinds, names, tokens)
        aliases = (np.array(self._alias_rows, np.int64), pa.array(self._aliases, pa.large_string()))
        return RowNames(kinds, names, tokens, aliases, _texts(self.uuids), _texts(self.serials))


def name_rows(values: FieldValues, places: NDArray[np.int64]) -> list[Names]:
    """Return the cells that can name some rows of a batch."""
    if not len(places):
        return []
    chosen = np.zeros(len(values), np.bool_)
    chosen[places] = True
    columns = [cast("list[Any]", values[name].rows(chosen).spread()) for name in Names._fields]
    return list(map(Names._make, zip(*columns, strict=True)))


def _has_name(values: FieldValues) -> Mask:
    named: Mask = values["hostname"].filled() | values["asset_name"].filled()
    return named if named.all() else named | values["fqdn"].filled()


def _is_one_word(column: Values) -> Mask:
    """Tell which rows hold a text without a blank; None passes for one."""
    if " " not in "".join(value for value in column.values if isinstance(value, str)):
        return np.ones(len(column), np.bool_)
    return column.mask(" " not in str(value) for value in column.values)


def _spread(column: Any) -> Texts:
    found: Texts = np.fromiter(column.values, object, len(column.values))[column.codes]
    return found


def _texts(column: Texts) -> pa.Array:
    return pa.array(column, pa.large_string(), from_pandas=False)


def _shorts(column: Values) -> Any:
    """Return the short machine name in place of each text, None in place of None."""
    values = cast("Sequence[str | None]", column.values)
    texts = [value for value in values if value is not None]
    shorts = short_names(texts)
    if len(texts) < len(values):
        following = iter(shorts)
        shorts = [next(following) if value is not None else None for value in values]
    return column.instead(shorts)


def short_names(texts: Sequence[str]) -> list[Any]:
    """Return `short_and_domain` of each text, without the domain."""
    joined = _BETWEEN.join(texts)
    if "/" not in joined:
        folded = joined.casefold()
        found = folded.split(_BETWEEN)
        if len(found) == len(texts):
            if "." not in folded:
                return list(found)
            if _FULL_NAMES.fullmatch(folded):
                return [name.partition(".")[0] for name in found]
    return [short_and_domain(text)[0] for text in texts]


def _identifiers(uuids: Values, serials: Values) -> tuple[Texts, Texts]:
    """Return the join keys of machines and their folded serial numbers."""
    folded = [str(value).casefold() if value is not None else None for value in serials.values]
    tokens = _spread(uuids.instead([uuid_token(str(v), None) if v is not None else None for v in uuids.values]))
    if any(serial is not None and serial.startswith(VMWARE_SERIAL) for serial in folded):
        by_serial = [uuid_token(None, str(v)) if v is not None else None for v in serials.values]
        tokens = np.where(uuids.filled(), tokens, _spread(serials.instead(by_serial)))
    return tokens, _spread(serials.instead(folded))
