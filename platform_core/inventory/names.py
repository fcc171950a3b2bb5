"""The names by which rows are recognised as the same thing."""

from __future__ import annotations

import re
import unicodedata

DNS_NAME = r"[\w-]+(?:\.[\w-]+)*\.(?:xn--[a-z0-9-]+|[a-z]{2,})\.?"
_DNS = re.compile(DNS_NAME, re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://")
_HEX32 = re.compile(r"[0-9a-f]{32}")
_LOOSE = str.maketrans("", "", " \t\n-‐‑–_")
_UUID_SIGNS = str.maketrans("", "", " -{}")

VMWARE_SERIAL = "vmware-"
"""Serial numbers of VMware guests are "VMware-" and the BIOS UUID in hexadecimal pairs."""

OPAQUE_ID_LENGTH = 12
"""Shorter identifiers that are no UUID ("vm-123", "17") are unique inside their own tool only."""


def loose(name: str) -> str:
    """Return `name` without case, blanks, hyphens and underscores: how applications are compared."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return folded.translate(_LOOSE) or folded


def short_and_domain(name: str) -> tuple[str, str]:
    """Return the short machine name and the DNS domain ("" where `name` is no DNS name), both casefolded.

    "WEB01.corp.example" → ("web01", "corp.example"); a URL counts as its host; "10.1.2.3" and "App 2.1" stay whole.
    """
    folded = name.casefold()
    if "/" in folded:
        folded = _SCHEME.sub("", folded.replace("\\", "/")).lstrip("/").split("/", 1)[0].partition(":")[0] or folded
    if "." not in folded or not _DNS.fullmatch(folded):
        return folded, ""
    short, _, domain = folded.rstrip(".").partition(".")
    return short, domain


def domains_differ(first: str, second: str) -> bool:
    """Tell whether two DNS domains exclude each other; "corp" and "corp.example" do not."""
    if not first or not second or first == second:
        return False
    shorter, longer = sorted((first, second), key=len)
    return not longer.startswith(shorter + ".")


def uuid_token(uuid: str | None, serial: str | None) -> str | None:
    """Return the join key of a machine identifier, None where it is too weak to join by.

    The first three groups of a SMBIOS UUID are stored in either byte order depending on the tool (DMTF DSP0134),
    so both orders give the same key. vSphere instance UUIDs (they start with 50) never equal a BIOS UUID and are
    kept apart by their first letter.
    """
    if uuid is None and serial is not None and serial.casefold().startswith(VMWARE_SERIAL):
        uuid = serial[len(VMWARE_SERIAL) :]
    if uuid is None:
        return None
    digits = uuid.casefold().translate(_UUID_SIGNS)
    if not _HEX32.fullmatch(digits):
        return f"o:{uuid.casefold()}" if len(uuid) >= OPAQUE_ID_LENGTH else None
    if digits.startswith("50"):
        return f"i:{digits}"
    return f"b:{min(digits, _swapped(digits))}"


def _swapped(d: str) -> str:
    return f"{d[6:8]}{d[4:6]}{d[2:4]}{d[0:2]}{d[10:12]}{d[8:10]}{d[14:16]}{d[12:14]}{d[16:]}"
