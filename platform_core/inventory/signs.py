"""What operating systems, models and makers say of the thing that has them: what it is, and whether it is virtual."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from platform_core.domain.inventory import AssetKind
from platform_core.errors import BadInput
from platform_core.inventory.cells import LONGEST_VALUE

SIGN_FIELDS = {"os": "os_name", "model": "model", "maker": "manufacturer", "type": "asset_type"}
"""The field whose text each sort of sign is looked for in."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A pattern over lower-case text, and what it shows: a kind, whether the thing is virtual, or both."""

    pattern: re.Pattern[str]
    kind: AssetKind | None
    virtual: bool | None


@dataclass(frozen=True)
class Signs:
    """All signs by their sort; `seen` remembers texts already read, since columns repeat a few hundred."""

    of: Mapping[str, tuple[Sign, ...]]
    seen: dict[tuple[str, str], Sign | None] = field(default_factory=dict, compare=False, repr=False)

    def read(self, sort: str, text: str | None) -> Sign | None:
        """Return the first sign of a sort that `text` shows, None when it shows none."""
        if text is None or len(text) > LONGEST_VALUE:
            return None
        if (sort, text) not in self.seen:
            plain = " ".join(text.casefold().replace("_", " ").split())
            self.seen[sort, text] = next((sign for sign in self.of[sort] if sign.pattern.search(plain)), None)
        return self.seen[sort, text]

    def virtual(self, sort: str, text: str) -> bool | None:
        """Return whether `text` says that the machine is virtual, None when it does not say."""
        sign = self.read(sort, text)
        return sign.virtual if sign is not None else None


def signs_of(rows: Iterable[Mapping[str, str]]) -> Signs:
    """Return the signs of a table (sign, pattern, kind, virtual); raises BadInput for a pattern that is none."""
    found: dict[str, list[Sign]] = {sort: [] for sort in SIGN_FIELDS}
    for row in rows:
        try:
            pattern = re.compile(row["pattern"])
        except re.error as error:
            raise BadInput(f"signs.csv: {row['pattern']!r} is not a regular expression.") from error
        virtual = {"yes": True, "no": False}.get(row["virtual"])
        found[row["sign"]].append(Sign(pattern, AssetKind(row["kind"]) if row["kind"] else None, virtual))
    return Signs({sort: tuple(signs) for sort, signs in found.items()})
