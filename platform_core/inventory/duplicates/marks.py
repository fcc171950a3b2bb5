"""Identifiers in their comparable form; what identifies nothing (fillers, addresses of every machine) is left out."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

_SIGNS = re.compile(r"[\W_]+")
_MAC = re.compile(r"[0-9a-f]{12}")
_MACS = re.compile(r"[;|,\s]+")
_INSTANCE = re.compile(r"i-[0-9a-f]{8}(?:[0-9a-f]{9})?|/subscriptions/\S+/virtualmachines/\S+|\d{12,20}|[0-9a-f]{32}")
_ADDRESS_NAME = re.compile(r"ip-(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})")

_SHARED_MACS = ("00005e0001", "00005e0002", "0242", "000000", "ffffff", "0007b4", "00000c07ac")
"""VRRP (RFC 9568), containers (Docker's default), fillers, and the virtual addresses of GLBP and HSRP (Cisco)."""

_SHARED_NETS = tuple(map(ipaddress.ip_network, ("192.168.122.0/24", "172.17.0.0/16")))
"""Default bridges of libvirt and Docker: every such host has the same address in them."""

SHORTEST_SERIAL = 5
"""Serial numbers of makers are longer; shorter ones are counters of a register."""


def without_signs(text: str) -> str:
    """Return letters and digits alone, whatever the case."""
    return _SIGNS.sub("", text.casefold())


@lru_cache(maxsize=1 << 17)
def serial(text: str) -> str | None:
    """Return a serial number or tag without signs and case; None where it is short or made of one or two signs."""
    plain = without_signs(text)
    return plain if len(plain) >= SHORTEST_SERIAL and len(set(plain)) > 2 else None  # "0000000", "xxxxxxx", "n/a n/a"


def macs(text: str) -> list[str]:
    """Return the hardware addresses of a cell that belong to one machine: 12 hexadecimal digits each."""
    found = (without_signs(part) for part in _MACS.split(text))
    return [mac for mac in found if _MAC.fullmatch(mac) and not mac.startswith(_SHARED_MACS)]


@lru_cache(maxsize=1 << 17)
def address(text: str) -> str | None:
    """Return an IP address that may belong to one machine, None for loopback, link-local and default bridges."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    if found.is_loopback or found.is_link_local or found.is_unspecified or found.is_multicast:
        return None
    return None if any(found in net for net in _SHARED_NETS) else str(found)


def instance(text: str) -> str | None:
    """Return an identifier that a cloud or a CMDB gives once in the world (EC2, Azure, Google, sys_id), else None."""
    plain = text.casefold().strip()
    return plain if _INSTANCE.fullmatch(plain) else None


def named_address(name: str) -> str | None:
    """Return the address that a name is or spells ("10.1.2.3", "ip-10-1-2-3"), None where it is a name."""
    spelled = _ADDRESS_NAME.fullmatch(name)
    text = ".".join(spelled.groups()) if spelled else name
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
