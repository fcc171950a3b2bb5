"""Operating systems as far as they tell machines apart: family, product, version."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from platform_core.errors import BadInput

_VERSION = re.compile(r"\d+(?:\s*r2\b)?")


class System(NamedTuple):
    """An operating system; "" = the text does not say."""

    family: str
    product: str = ""
    version: str = ""


class Systems:
    """Reads texts like "Microsoft Windows Server 2012 R2 (64-bit)"; each different text once."""

    def __init__(self, known: Mapping[str, System]) -> None:
        words = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
        self._word = re.compile(rf"(?<![a-z]){'(?:' + words + ')'}(?![a-z])")
        self._known = known
        self._read: dict[str, System | None] = {}

    def read(self, text: str) -> System | None:
        """Return the system a text names, None when no word is known."""
        if text not in self._read:
            self._read[text] = self._parsed(text.casefold())
        return self._read[text]

    def _parsed(self, text: str) -> System | None:
        found = [self._known[word] for word in self._word.findall(text)]
        if not found:
            return None
        best = next((system for system in found if system.product), found[0])
        version = _VERSION.search(text)
        return best._replace(version=version[0].replace(" ", "") if version else "") if best.product else best


def load_systems(data: Path) -> Systems:
    """Read `inventory/os_families.csv` (word, family, product, source); raises BadInput on a word twice."""
    with (data / "inventory" / "os_families.csv").open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    known = {row["word"]: System(row["family"], row["product"]) for row in rows}
    if len(known) != len(rows) or not all(row["source"] for row in rows):
        raise BadInput("The table of operating systems has a word twice or one without a source.")
    return Systems(known)


def alike(first: System, second: System) -> str:
    """Return "same", "version" (another one), "product" (another of the family), "family" (another one), or ""."""
    if first.family != second.family:
        return "family"
    if not first.product or not second.product:
        return ""
    if first.product != second.product:
        return "product"
    if not first.version or not second.version:
        return ""
    return "same" if first.version == second.version else "version"
