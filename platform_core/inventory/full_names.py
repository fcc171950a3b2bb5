"""Full DNS names put together from a host column and a domain column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from platform_core.domain.inventory import IssueKind, Value
from platform_core.domain.mapping import MappedColumn
from platform_core.domain.table import Cells, Coded
from platform_core.inventory.cells import Unfit
from platform_core.inventory.field_readers import ColumnReader, FieldReader, Finding, Values
from platform_core.inventory.texts import TextReader
from platform_core.inventory.words import plain

FULL_NAME = "fqdn"
HOST_FIELDS = ("hostname", "asset_name")
"""Fields whose cells can be the host part, the best first."""

_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})", re.ASCII)
_DOMAIN = re.compile(r"\.?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+\.?", re.ASCII)
_DOMAIN_HEADERS = frozenset(
    plain(header)
    for header in (
        "domain",
        "dns domain",
        "ad domain",
        "active directory domain",
        "windows domain",
        "domain suffix",
        "dns suffix",
        "primary dns suffix",
        "domäne",
        "dns domäne",
        "domaine",
        "domaine dns",
        "dominio",
        "domínio",
        "domein",
    )
)


def holds_domains(header: str) -> bool:
    """Tell whether a column with this header names domains rather than hosts."""
    return plain(header) in _DOMAIN_HEADERS


class FullNameReader(FieldReader):
    """Reads full names, and completes what they leave empty with the domain column and the host beside it."""

    def __init__(
        self,
        named: tuple[Sequence[MappedColumn], Sequence[TextReader]],
        domains: tuple[MappedColumn, TextReader],
        hosts: Sequence[tuple[MappedColumn, TextReader]],
    ) -> None:
        super().__init__(FULL_NAME, *named, summable=False)
        self._domain = (domains[0].position, ColumnReader(domains[1]))
        self._hosts = [(column.position, ColumnReader(reader)) for column, reader in hosts]
        self.positions = (*self._read_from, self._domain[0], *(position for position, _ in self._hosts))

    def read(self, cells: Mapping[int, Cells], findings: list[Finding]) -> Values:
        """Return one full name a row (None = not known); a domain that cannot complete one is a finding."""
        position, reader = self._domain
        domains = reader.read(cells[position])
        names: list[Value | None] = super().read(cells, findings).spread() if self._read_from else [None] * len(domains)
        hosts = self._host_of(cells, len(domains))
        for row, (name, domain, host) in enumerate(zip(names, domains, hosts, strict=True)):
            if name is None and isinstance(domain, str) and "." not in host:
                full = full_name(host, domain)
                if isinstance(full, Unfit):
                    findings.append(Finding(row, FULL_NAME, cells[position][row], full))
                else:
                    names[row] = full
        return Coded.plain(names)

    def _host_of(self, cells: Mapping[int, Cells], rows: int) -> list[str]:
        hosts = [""] * rows
        for position, reader in self._hosts:
            read = reader.read(cells[position])
            hosts = [host or (cell if isinstance(cell, str) else "") for host, cell in zip(hosts, read, strict=True)]
        return hosts


def full_name(host: str, domain: str) -> str | Unfit:
    """Return host and domain as one DNS name ("web01", "corp.example.com" → "web01.corp.example.com")."""
    if not _DOMAIN.fullmatch(domain):
        return Unfit(IssueKind.UNREADABLE, "A domain without a point is no DNS domain")
    if not _HOST.fullmatch(host):
        return Unfit(IssueKind.UNREADABLE, "There is no host name beside this domain")
    return f"{host}.{domain.strip('.')}"
