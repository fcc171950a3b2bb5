"""Who is meant: the assets of an inventory by every name and address that a dependency may use for them."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from platform_core.domain.inventory import Asset, AssetKind, Value

NAME_FIELDS = ("asset_name", "hostname", "fqdn", "database_name")
"""Fields that hold a name of the asset itself."""

NAMING_FIELDS = (*NAME_FIELDS, "asset_id", "ip_address")
"""Fields by which a dependency can mean an asset."""

_DNS = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]+\.?")
_SEPARATORS = re.compile(r"[\s_-]+")
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}", re.ASCII)
_ADDRESS_STARTS = frozenset("0123456789abcdefABCDEF:")
"""No other sign begins an address, so that most names need not be tried."""
_BETWEEN_ADDRESSES = re.compile(r"[\s,;]+")

SELF_NAMES = frozenset(("localhost", "localhost.localdomain", "127.0.0.1", "::1"))
"""Names by which a machine speaks of itself."""


class Directory:
    """Finds assets by identifier, name, short or full host name, address, or application name.

    Names are compared without case and outer blanks. Each way of asking returns all assets that fit, so that the
    caller sees an ambiguity; the more exact ways come first. Only names that are `asked` for are remembered, so that
    assets may come as a stream of which most are forgotten at once.
    """

    def __init__(self, assets: Iterable[Asset], asked: Iterable[str | None]) -> None:
        wanted = {form for name in asked if name for form in _forms(name)}
        self._assets: dict[str, Asset] = {}
        self._exact: dict[str, set[str]] = defaultdict(set)
        self._hosts: dict[str, set[str]] = defaultdict(set)
        self._addresses: dict[str, set[str]] = defaultdict(set)
        self._applications: dict[str, set[str]] = defaultdict(set)
        for asset in assets:
            self._enter(asset, wanted)

    def _enter(self, asset: Asset, wanted: set[str]) -> None:
        exact = _exact_names(asset)
        for index, names in (
            (self._exact, exact),
            (self._hosts, _short_names(asset, exact)),
            (self._addresses, _addresses(asset.values.get("ip_address"), wanted)),
            (self._applications, _application_names(asset)),
        ):
            for name in names & wanted:
                index[name].add(asset.key)
                self._assets[asset.key] = asset

    def kind(self, key: str) -> AssetKind:
        """Return what the asset `key` is."""
        return self._assets[key].kind

    def by_name(self, name: str) -> frozenset[str]:
        """Return the keys that `name` may mean: by identifier or name, else by host name, else as an application."""
        text = folded(name)
        found = self._exact.get(text) or self._by_host(text) or self._applications.get(loose(text))
        return frozenset(found or ())

    def by_address(self, address: str | None) -> frozenset[str]:
        """Return the keys of the assets with this IP address."""
        normal = normal_address(address)
        return frozenset(self._addresses.get(normal, ())) if normal else frozenset()

    def _by_host(self, text: str) -> set[str]:
        """Match "web01" with "web01.corp.example" either way; two different domains do not match."""
        short, domain = split_host(text)
        if not domain:
            return self._hosts.get(short, set())
        return {key for key in self._hosts.get(short, ()) if _same_domain(domain, self._domains(key, short))}

    def _domains(self, key: str, short: str) -> set[str]:
        splits = (split_host(name) for name in _exact_names(self._assets[key]))
        return {domain for host, domain in splits if host == short and domain}


def meant_by(asset: Asset) -> set[str]:
    """Return every form of a name or address by which a dependency can mean an asset, as far as its values tell."""
    exact = _exact_names(asset)
    parts = [p for text in _texts(asset.values.get("ip_address")) for p in _BETWEEN_ADDRESSES.split(text)]
    addresses = {normal for part in parts if (normal := normal_address(part)) is not None}
    return exact | _short_names(asset, exact) | addresses | _application_names(asset)


def forms_of(*names: str | None) -> set[str]:
    """Return every form in which the names that a dependency uses for one of its ends are looked up."""
    return {form for name in names if name for form in _forms(name)}


def filed_under(name: str) -> str:
    """Return the one word under which a name or address is filed: the same for every form in which it is looked up.

    An address in its canonical form; of any other name what stands before its first dot, without blanks and hyphens.
    """
    text = loose(name)
    return normal_address(text) or text.partition(".")[0]


def folded(text: str) -> str:
    """Return `text` as names are compared: Unicode-normalised, without case and outer blanks."""
    if text.isascii():
        return text.strip().lower()
    return unicodedata.normalize("NFKC", text).strip().casefold()


def loose(text: str) -> str:
    """Return `text` as application names are compared: blanks, hyphens and underscores left out too."""
    return _SEPARATORS.sub("", folded(text))


def split_host(text: str) -> tuple[str, str]:
    """Return short host name and DNS domain of a folded name; the domain is "" where `text` is no DNS name."""
    if not _DNS.fullmatch(text):
        return text, ""
    short, _, domain = text.rstrip(".").partition(".")
    return short, domain


def normal_address(text: str | None) -> str | None:
    """Return an IP address in its one canonical form, None when `text` is none."""
    if not text or text.lstrip()[:1] not in _ADDRESS_STARTS:
        return None
    if _IPV4.fullmatch(text):
        return text
    try:
        return str(ipaddress.ip_address(text.strip().partition("%")[0]))
    except ValueError:
        return None


def means_itself(name: str) -> bool:
    """Tell whether `name` is the machine's name for itself (localhost, a loopback address)."""
    text = folded(name)
    normal = normal_address(text)
    return text in SELF_NAMES or (normal is not None and ipaddress.ip_address(normal).is_loopback)


def _forms(name: str) -> Iterator[str]:
    """Yield every form in which a name that a dependency uses is looked up."""
    text = folded(name)
    yield from (text, split_host(text)[0], loose(text))
    address = normal_address(name)
    if address is not None:
        yield address


def _exact_names(asset: Asset) -> set[str]:
    said = [asset.key, asset.name, *(_texts(asset.values.get("asset_id")))]
    said += [text for field in NAME_FIELDS for text in _texts(asset.values.get(field))]
    return {folded(text) for text in said if text}


def _short_names(asset: Asset, exact: set[str]) -> set[str]:
    if asset.kind is AssetKind.APPLICATION:
        return set()
    return {split_host(name)[0] for name in exact if normal_address(name) is None}


def _application_names(asset: Asset) -> set[str]:
    return {loose(asset.name)} if asset.kind is AssetKind.APPLICATION else set()


def _addresses(value: Value | None, wanted: set[str]) -> set[str]:
    if not wanted:
        return set()
    parts = [part for text in _texts(value) for part in _BETWEEN_ADDRESSES.split(text)]
    return {normal for part in parts if (normal := part if part in wanted else normal_address(part)) is not None}


def _texts(value: Value | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, tuple) else (str(value),)


def _same_domain(domain: str, others: set[str]) -> bool:
    """Tell whether one of `others` may be `domain` ("corp" and "corp.example" may); no domain known fits any."""
    return not others or any(_starts(domain, other) or _starts(other, domain) for other in others)


def _starts(longer: str, shorter: str) -> bool:
    return longer == shorter or longer.startswith(shorter + ".")
