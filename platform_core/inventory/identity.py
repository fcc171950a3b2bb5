"""What a row is and by which names it can be recognised again."""

from __future__ import annotations

from typing import NamedTuple

from platform_core.domain.inventory import AssetKind
from platform_core.inventory.names import loose, short_and_domain, uuid_token

MACHINES = frozenset((AssetKind.SERVER, AssetKind.NETWORK, AssetKind.STORAGE, AssetKind.HARDWARE, AssetKind.OTHER))
"""Kinds that are recognised by host names, serial numbers and UUIDs."""


class Names(NamedTuple):
    """The cells of a row that can name it or show what it is, tidied; None = not known."""

    asset_name: str | None = None
    hostname: str | None = None
    fqdn: str | None = None
    uuid: str | None = None
    serial_number: str | None = None
    asset_tag: str | None = None
    asset_id: str | None = None
    ip_address: tuple[str, ...] | None = None
    application_name: str | None = None
    database_name: str | None = None
    asset_type: str | None = None
    os_name: str | None = None
    mac_address: str | None = None
    hypervisor_host: str | None = None
    database_engine: str | None = None
    application_type: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    location: str | None = None
    datacenter: str | None = None

    @property
    def is_machine(self) -> bool:
        """Whether a cell is filled that only machines have."""
        return bool(self.hostname or self.fqdn or self.os_name or self.mac_address or self.hypervisor_host or self.uuid)

    @property
    def names_machine(self) -> bool:
        """Whether a cell is filled by which a machine can be named."""
        return bool(
            self.asset_name or self.hostname or self.fqdn or self.uuid or self.serial_number or self.asset_tag
        ) or bool(self.asset_id or self.ip_address)


MACHINE_FIELDS = frozenset(("hostname", "fqdn", "os_name", "mac_address", "hypervisor_host", "uuid"))
"""Fields that only machines have."""

IDENTITY_FIELDS = Names._fields[:10]
"""Fields of which at least one must be filled for a row to become an asset."""


Marks = tuple[str | None, str | None, str | None]
"""Serial number, tag and site of a row: what tells rows of one name in one file apart."""

NO_MARKS: Marks = (None, None, None)


class Identity(NamedTuple):
    """The names of a row.

    `name` is shown; by `primary` the row is recognised, `aliases` count only against another row's primary name;
    `own` names a row without a primary name within its own file.
    """

    kind: AssetKind
    name: str
    primary: str | None = None
    aliases: tuple[str, ...] = ()
    own: str | None = None
    uuid: str | None = None
    serial: str | None = None
    domain: str = ""
    marks: Marks = NO_MARKS


def identify(row: Names, kind: AssetKind, *, application_file: bool) -> Identity | None:
    """Return the identity of a row of `kind`, None when nothing names it.

    In a file of applications the application's name comes first, elsewhere the row's own name does.
    """
    if kind in MACHINES:
        return _machine(row, kind)
    if kind is AssetKind.DATABASE:
        return _database(row)
    name = (row.application_name or row.asset_name) if application_file else (row.asset_name or row.application_name)
    if name is None:
        return _last_resort(row, kind)
    return Identity(kind, name, primary=loose(name))


def _machine(row: Names, kind: AssetKind) -> Identity | None:
    label, host, fqdn = row.asset_name, row.hostname, row.fqdn
    is_host_name = label is not None and " " not in label
    chosen = host or (label if is_host_name else None) or fqdn or label
    uuid = uuid_token(row.uuid, row.serial_number)
    serial = row.serial_number.casefold() if row.serial_number else None
    if chosen is None:
        return _unnamed_machine(row, kind, uuid, serial)
    primary, domain = short_and_domain(chosen)
    aliases: tuple[str, ...] = ()
    for other in (label, fqdn):
        if other is None or other is chosen:
            continue
        short, other_domain = short_and_domain(other)
        if short == primary:
            domain = domain or other_domain
        elif other is label or host is None:
            aliases += (short,)
    return Identity(kind, label or chosen, primary, aliases, None, uuid, serial, domain, _marks(row, kind))


def _marks(row: Names, kind: AssetKind) -> Marks:
    """Return what tells rows of one name apart; devices other than servers are named anew at each site (NetBox)."""
    site = (row.location or row.datacenter) if kind is not AssetKind.SERVER else None
    return (row.serial_number, row.asset_tag, site)


def _unnamed_machine(row: Names, kind: AssetKind, uuid: str | None, serial: str | None) -> Identity | None:
    name = row.uuid or row.serial_number
    if name is None:
        return _last_resort(row, kind)
    return Identity(kind, name, own=name.casefold(), uuid=uuid, serial=serial)


def _database(row: Names) -> Identity | None:
    name = row.database_name or row.asset_name
    host = row.hostname or row.fqdn or (row.asset_name if row.asset_name != name else None)
    if name is None:
        return (
            Identity(AssetKind.DATABASE, host, primary=short_and_domain(host)[0])
            if host
            else _last_resort(row, AssetKind.DATABASE)
        )
    if host is None:
        return Identity(AssetKind.DATABASE, name, primary=loose(name))
    return Identity(
        AssetKind.DATABASE, name, primary=f"{loose(name)}@{short_and_domain(host)[0]}", aliases=(loose(name),)
    )


def _last_resort(row: Names, kind: AssetKind) -> Identity | None:
    """Name a row by its tag, number or address: good within its own file, never a reason to merge two files."""
    name = row.asset_tag or row.asset_id or (row.ip_address[0] if row.ip_address else None)
    return Identity(kind, name, own=name.casefold()) if name else None


def is_own_name(application_name: str, who: Identity) -> bool:
    """Tell whether the application name in a row is that of the application the row itself is."""
    return who.kind is AssetKind.APPLICATION and loose(application_name) == who.primary
