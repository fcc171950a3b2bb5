"""The build said again in the plainest way: every row is held against every earlier asset, nothing is indexed.

Made for small server lists and application registers whose cells can be read at a glance. What it knows of rows and
values are the rules written in `inventory.register` and `inventory.draft`, and nothing of how those are carried out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Row = dict[str, str]
"""The filled cells of a row, by field."""

Place = tuple[int, int]
"""A row as (import, line)."""

FIRST_STANDS = ("uuid", "hostname", "serial_number", "application_name", "cpu_cores", "location")
"""Fields in which another value of a later row is a finding."""


class Unspecified(Exception):
    """Two assets fit a row equally well, and no rule says which is meant."""


class Who(NamedTuple):
    """How a row can be recognised."""

    kind: str
    name: str
    token: str
    is_named: bool = False
    alias: str = ""
    uuid: str = ""
    serial: str = ""
    domain: str = ""


@dataclass
class Thing:
    """An asset and the rows that describe it."""

    number: int
    rows: list[tuple[Place, Row, Who]] = field(default_factory=list)

    @property
    def who(self) -> Who:
        return self.rows[0][2]

    def first(self, mark: str) -> str:
        return next((getattr(who, mark) for _, _, who in self.rows if getattr(who, mark)), "")

    def of(self, import_id: int) -> list[Who]:
        return [who for (at, _), _, who in self.rows if at == import_id]


@dataclass
class Told:
    """An asset as it is told: values with the place each came from, and what was found on the way."""

    kind: str
    name: str
    places: list[Place]
    values: dict[str, str] = field(default_factory=dict)
    came_from: dict[str, Place] = field(default_factory=dict)


@dataclass
class Plain:
    """What comes of the files: assets by key, contradictions as (field, place, key), rows that name nothing."""

    assets: dict[str, Told]
    contradictions: list[tuple[str, Place, str]]
    skipped: list[Place]


def plain_build(files: Sequence[Sequence[Row]]) -> Plain:
    """Build files, numbered from 1, whose first row stands in line 2."""
    things: list[Thing] = []
    skipped: list[Place] = []
    for import_id, rows in enumerate(files, 1):
        for line, row in enumerate(rows, 2):
            who = identity(row)
            if who is None:
                skipped.append((import_id, line))
            else:
                thing = _same_file(things, who, import_id) or _earlier_file(things, who, import_id)
                if thing is None:
                    thing = Thing(len(things))
                    things.append(thing)
                thing.rows.append(((import_id, line), row, who))
    return _told([thing for thing in things if thing.rows], skipped)


def identity(row: Row) -> Who | None:
    """Say what a row is and by what it goes."""
    host, label = row.get("hostname", ""), row.get("asset_name", "")
    uuid, serial = row.get("uuid", ""), row.get("serial_number", "")
    name = host or label
    if name:
        short, _, domain = name.casefold().partition(".")
        alias = label.casefold() if host and label and label.casefold() != short else ""
        return Who("server", label or host, short, True, alias, uuid, serial.casefold(), domain)
    if uuid or serial:
        own = uuid or serial
        return Who("server", own, own.casefold(), uuid=uuid, serial=serial.casefold())
    if "ip_address" in row:
        return Who("server", row["ip_address"], row["ip_address"])
    if "application_name" in row:
        return Who("application", row["application_name"], row["application_name"].casefold(), True)
    return None


def _clash(first: str, second: str) -> bool:
    return bool(first and second) and first != second


def _excludes(thing: Thing, who: Who) -> bool:
    return _clash(thing.first("uuid"), who.uuid) or _clash(thing.first("domain"), who.domain)


def _same_file(things: list[Thing], who: Who, import_id: int) -> Thing | None:
    """Within one file the name decides, unless marks tell the rows apart."""
    fitting, sharing = [], []
    for thing in things:
        here = thing.of(import_id)
        if not any((o.kind, o.token, o.is_named) == (who.kind, who.token, who.is_named) for o in here):
            continue
        named = [other for other in here if other.is_named]
        if _excludes(thing, who) or (who.is_named and any(_clash(other.serial, who.serial) for other in named)):
            continue
        fitting.append(thing)
        if any((o.uuid and o.uuid == who.uuid) or (o.serial and o.serial == who.serial) for o in here):
            sharing.append(thing)
    if len(fitting) > 1 and len(sharing) != 1:
        raise Unspecified
    return (sharing or fitting or [None])[0]


def _earlier_file(things: list[Thing], who: Who, import_id: int) -> Thing | None:
    """Across files the UUID decides, then the name, then another name, then the serial number."""

    def only(fits: object) -> Thing | None:
        found = [
            thing
            for thing in things
            if thing.rows and thing.who.kind == who.kind and not thing.of(import_id) and not _excludes(thing, who)
            if any(fits(other) for _, _, other in thing.rows)  # type: ignore[operator]
        ]
        return found[0] if len(found) == 1 else None

    chosen = only(lambda other: other.uuid == who.uuid) if who.uuid else None
    if who.is_named:
        named = only(lambda other: other.is_named and other.token == who.token)
        chosen = _one(chosen, named or only(lambda other: other.alias == who.token))
        if who.alias:
            chosen = _one(chosen, only(lambda other: other.is_named and other.token == who.alias))
    if chosen is None and who.serial:
        chosen = only(lambda other: other.serial == who.serial)
    return chosen


def _one(first: Thing | None, second: Thing | None) -> Thing | None:
    """Make one of two assets that a row names both, unless something says that they are two."""
    if first is None or second is None or first is second:
        return first or second
    kept, gone = sorted((first, second), key=lambda thing: thing.number)
    shared = {at for (at, _), _, _ in kept.rows} & {at for (at, _), _, _ in gone.rows}
    if shared or any(_clash(kept.first(mark), gone.first(mark)) for mark in ("uuid", "domain")):
        return first
    kept.rows = kept.rows + gone.rows
    gone.rows = []
    return kept


def _told(things: list[Thing], skipped: list[Place]) -> Plain:
    spelled = _spellings(things)
    plain = Plain({}, [], skipped)
    for thing in things:
        thing_key = key = f"{thing.who.kind}:{thing.who.token}"
        count = 1
        while key in plain.assets:
            count += 1
            key = f"{thing_key}~{count}"
        rows = sorted(thing.rows, key=lambda each: each[0])
        told = plain.assets[key] = Told(thing.who.kind, thing.who.name, [place for place, _, _ in rows])
        for import_id in sorted({at for (at, _) in told.places}):
            said = [(place, _read(row, spelled)) for place, row, _ in rows if place[0] == import_id]
            _merge(told, *_of_one_file(said, key, plain), key, plain)
    for name in spelled.values():
        if f"application:{name.casefold()}" not in plain.assets:
            naming = [p for t in things for p, row, _ in t.rows if _spelled(row, spelled) == name]
            places = sorted(naming)
            plain.assets[f"application:{name.casefold()}"] = Told(
                "application", name, places, {"application_name": name}, {"application_name": places[0]}
            )
    return plain


def _spellings(things: list[Thing]) -> dict[str, str]:
    """Return how each application is written: as the first row that is one does, else as the first that names it."""
    found: dict[str, str] = {}
    for thing in things:
        if thing.who.kind == "application":
            found.setdefault(thing.who.token, thing.who.name)
    for _, row, _ in sorted((each for thing in things for each in thing.rows), key=lambda each: each[0]):
        if name := row.get("application_name", ""):
            found.setdefault(name.casefold(), name)
    return found


def _spelled(row: Row, spelled: dict[str, str]) -> str | None:
    return spelled[row["application_name"].casefold()] if "application_name" in row else None


def _read(row: Row, spelled: dict[str, str]) -> Row:
    """Return what a row says: counts that are no number say nothing, applications are written in one way."""
    said = {name: cell for name, cell in row.items() if name != "cpu_cores" or cell.isdecimal()}
    return said | ({"application_name": spelled_so} if (spelled_so := _spelled(row, spelled)) else {})


def _of_one_file(said: list[tuple[Place, Row]], key: str, plain: Plain) -> tuple[Row, dict[str, Place]]:
    """Let the first row stand, the newest sighting count, addresses add up."""
    values: Row = {}
    came_from: dict[str, Place] = {}
    for place, row in said:
        for name, value in row.items():
            if name not in values or (name == "last_seen" and value > values[name]):
                values[name], came_from[name] = value, place
            elif name == "ip_address":
                values[name] = " ".join(dict.fromkeys([*values[name].split(), value]))
            elif name in FIRST_STANDS and not _agree(name, values[name], value):
                plain.contradictions.append((name, place, key))
    return values, came_from


def _merge(told: Told, values: Row, came_from: dict[str, Place], key: str, plain: Plain) -> None:
    """Let earlier files stand and fill what they left empty."""
    for name, value in values.items():
        if name not in told.values:
            told.values[name], told.came_from[name] = value, came_from[name]
        elif name in (*FIRST_STANDS, "ip_address") and not _agree(name, told.values[name], value):
            plain.contradictions.append((name, came_from[name], key))


def _agree(name: str, first: str, second: str) -> bool:
    if name == "hostname":
        return first.casefold().partition(".")[0] == second.casefold().partition(".")[0]
    if name == "ip_address":
        return bool(set(first.split()) & set(second.split()))
    return first.casefold() == second.casefold()


def unread(files: Sequence[Sequence[Row]]) -> Iterator[Place]:
    """Yield the places of counts that are no number."""
    for import_id, rows in enumerate(files, 1):
        for line, row in enumerate(rows, 2):
            if not row.get("cpu_cores", "0").isdecimal():
                yield import_id, line
