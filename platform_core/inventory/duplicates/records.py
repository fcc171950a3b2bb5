"""Assets as columns of comparable marks: what each can be recognised by, prepared once for all comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from platform_core.domain.inventory import Asset, AssetKind, Value
from platform_core.inventory.duplicates import marks
from platform_core.inventory.duplicates.host_names import is_cut
from platform_core.inventory.duplicates.knowledge import Knowledge
from platform_core.inventory.names import short_and_domain, uuid_token
from platform_core.inventory.words import plain

Numbers = NDArray[np.int64]
Reals = NDArray[np.float64]

FAMILIES = {AssetKind.APPLICATION: 1, AssetKind.SOFTWARE: 1, AssetKind.DATABASE: 2}
"""Kinds that are compared with each other; all others are machines of some sort: 0."""

UNKNOWN = -1


@dataclass
class Marks:
    """Identifiers of one sort: for each mention the asset and the number of the text."""

    owners: list[int] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    texts: dict[tuple[int, str], int] = field(default_factory=dict)

    def add(self, owner: int, family: int, text: str) -> None:
        """Note that an asset carries `text`."""
        self.owners.append(owner)
        self.codes.append(self.texts.setdefault((family, text), len(self.texts)))


@dataclass
class Codes:
    """A field with one value an asset: the number of its comparable text, `UNKNOWN` where empty."""

    values: list[int] = field(default_factory=list)
    texts: dict[str, int] = field(default_factory=dict)

    def add(self, text: str | None) -> None:
        """Add the next asset's text."""
        self.values.append(UNKNOWN if text is None else self.texts.setdefault(text, len(self.texts)))


IDENTIFIERS = ("uuid", "serial_number", "mac_address", "asset_tag", "asset_id", "ip_address")
PLAIN = (
    "environment",
    "application_name",
    "location",
    "model",
    "is_virtual",
    "hypervisor_host",
    "database_engine",
    "owner",
)
SIZES = ("cpu_cores", "memory_gb", "storage_gb")


@dataclass
class Records:
    """All assets in their order; `names` are short casefolded names, the one that counts first.

    `hosts` are those of databases.
    """

    keys: list[str] = field(default_factory=list)
    families: list[int] = field(default_factory=list)
    names: list[tuple[str, ...]] = field(default_factory=list)
    domains: Codes = field(default_factory=Codes)
    hosts: Codes = field(default_factory=Codes)
    systems: Codes = field(default_factory=Codes)
    marks: dict[str, Marks] = field(default_factory=lambda: {sort: Marks() for sort in IDENTIFIERS})
    plain: dict[str, Codes] = field(default_factory=lambda: {name: Codes() for name in PLAIN})
    sizes: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in SIZES})
    source_owners: list[int] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.keys)


def read_records(assets: Iterable[Asset], known: Knowledge) -> Records:
    """Return the marks of all assets."""
    records = Records()
    for number, asset in enumerate(assets):
        _add(records, number, asset, known)
    return records


def _add(records: Records, number: int, asset: Asset, known: Knowledge) -> None:
    values = asset.values
    family = FAMILIES.get(asset.kind, 0)
    records.keys.append(asset.key)
    records.families.append(family)
    for source in {row.import_id for row in asset.sources}:
        records.source_owners.append(number)
        records.sources.append(source)
    names, domain = _APPELLATIONS[family](asset)
    records.names.append(tuple(name for name in names if name not in known.nameless))
    records.domains.add(domain or None)
    records.hosts.add(_host(values) if family == FAMILIES[AssetKind.DATABASE] else None)
    records.systems.add(_text(values, "os_name"))
    for sort, found in _identifiers(asset, family, known):
        records.marks[sort].add(number, family, found)
    _add_plain(records, values, family)


def _add_plain(records: Records, values: Mapping[str, Value], family: int) -> None:
    is_application = family == FAMILIES[AssetKind.APPLICATION]
    owner = values.get("business_owner") or values.get("application_owner") or values.get("technical_owner")
    said = {
        "environment": values.get("environment"),
        "application_name": None if is_application else values.get("application_name"),
        "location": values.get("location") or values.get("datacenter"),
        "model": values.get("model"),
        "is_virtual": values.get("is_virtual"),
        "hypervisor_host": values.get("hypervisor_host"),
        "database_engine": values.get("database_engine"),
        "owner": owner,
    }
    for name, value in said.items():
        records.plain[name].add(None if value is None else plain(str(value)) or None)
    for name in SIZES:
        size = values.get(name)
        records.sizes[name].append(float(size) if isinstance(size, int | float) and size > 0 else np.nan)


def _machine_names(asset: Asset) -> tuple[list[str], str]:
    """Return the short names of a machine, the host name first, and its DNS domain; addresses are no names."""
    said = [_text(asset.values, name) for name in ("hostname", "fqdn", "asset_name")]
    said = said if any(said) else [asset.name]
    label = said[-1]
    if len(said) == 3 and label and " " not in label and not said[0]:
        said = [label, *said[:2]]
    names, domain = dict[str, None](), ""
    for text in said:
        if not text or _is_no_name(text):
            continue
        short, found = short_and_domain(text)
        names.setdefault(short)
        domain = domain or found
    return _uncut(list(names)), domain


def _uncut(names: list[str]) -> list[str]:
    """Put the whole name first where the first one is its beginning, cut to what NetBIOS holds."""
    whole = [name for name in names[1:] if is_cut(names[0], name)]
    return [*whole, *(name for name in names if name not in whole)]


def _is_no_name(text: str) -> bool:
    return marks.named_address(text.casefold()) is not None or marks.instance(text) is not None


def _database_names(asset: Asset) -> tuple[list[str], str]:
    return [(_text(asset.values, "database_name") or asset.name).casefold()], ""


def _application_names(asset: Asset) -> tuple[list[str], str]:
    return [plain(asset.name) or asset.name.casefold()], ""


_APPELLATIONS = {0: _machine_names, 1: _application_names, 2: _database_names}


def _host(values: Mapping[str, Value]) -> str | None:
    text = _text(values, "hostname") or _text(values, "fqdn")
    return short_and_domain(text)[0] if text else None


def _identifiers(asset: Asset, family: int, known: Knowledge) -> Iterable[tuple[str, str]]:
    """Yield what identifies an asset, sort by sort; a VMware guest's serial number is its UUID."""
    values = asset.values
    if family:
        yield from _given_once(values)
        return
    serial = _text(values, "serial_number")
    for token in {uuid_token(_text(values, "uuid"), None), uuid_token(None, serial)} - {None}:
        yield "uuid", str(token)
    if serial and serial.casefold() not in known.fillers and not serial.casefold().startswith("vmware"):
        yield from _known("serial_number", marks.serial(serial))
    tag = _text(values, "asset_tag")
    if tag and tag.casefold() not in known.fillers:
        yield from _known("asset_tag", marks.serial(tag))
    for mac in marks.macs(_text(values, "mac_address") or ""):
        yield "mac_address", mac
    yield from _given_once(values)
    addresses = values.get("ip_address")
    own = marks.named_address(asset.name.casefold())
    listed = addresses if isinstance(addresses, tuple) else ()
    for address in dict.fromkeys((*listed, own) if own else listed):
        yield from _known("ip_address", marks.address(str(address)))


def _given_once(values: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    said = (_text(values, name) for name in ("asset_id", "asset_name", "hostname"))
    for found in dict.fromkeys(marks.instance(text) for text in said if text):
        yield from _known("asset_id", found)


def _known(sort: str, text: str | None) -> Sequence[tuple[str, str]]:
    return [(sort, text)] if text else []


def _text(values: Mapping[str, Value], name: str) -> str | None:
    value = values.get(name)
    return str(value) if value is not None else None


def as_array(codes: Sequence[int]) -> Numbers:
    """Return numbers as an array."""
    return np.asarray(codes, dtype=np.int64)
