"""The assets while rows come in; each leaves as soon as the last row that describes it has been read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from platform_core.domain.inventory import Asset, AssetColumns, AssetKind, Part, SourceRows, Value
from platform_core.domain.table import Coded
from platform_core.inventory.draft import Contribution, Draft
from platform_core.inventory.field_readers import Values
from platform_core.inventory.heads import Numbers
from platform_core.inventory.survey import Survey
from platform_core.inventory.vocabularies import Vocabularies


class OpenAssets:
    """Collects contributions to the surveyed assets."""

    def __init__(self, survey: Survey, vocabularies: Vocabularies) -> None:
        self._heads, self._memberships, self._vocabularies = survey.heads, survey.memberships, vocabularies
        self._drafts: dict[int, Draft] = {}
        self._implied_keys = survey.implied_keys
        self._implied: dict[str, SourceRows] = {name: SourceRows() for name in survey.implied_keys}

    def singles(self, placed: Numbers) -> NDArray[np.bool_]:
        """Tell for the assets of some rows, by number, which of them no other row describes."""
        known = placed >= 0
        known[known] = self._heads.row_counts[placed[known]] == 1
        return known

    def columns(self, numbers: Numbers, import_id: int, lines: Numbers, values: dict[str, Values]) -> AssetColumns:
        """Return assets of a single row each."""
        found = self._heads
        keys, names = found.some_keys(numbers), found.some_names(numbers)
        return AssetColumns(import_id, numbers, lines, keys, found.some_kinds(numbers), names, values)

    def contribute(self, number: int, said: Contribution, part: Part) -> None:
        """Add one row to asset `number`, and the asset to `part` when this was its last row."""
        draft = self._drafts.get(number) or self._drafts.setdefault(number, Draft(self._heads.key(number)))
        draft.add(said, self._vocabularies)
        if len(draft.sources) == self._heads.row_counts[number]:
            draft.close(self._vocabularies)
            part.inventory.issues.extend(draft.issues)
            kind, name = self._heads.kind(number), self._heads.name(number)
            part.add(number, Asset(draft.key, kind, name, draft.values, draft.sources, draft.origins))
            del self._drafts[number]

    def note_memberships(self, cells: Coded[Value | None], import_id: int, lines: Numbers) -> None:
        """Remember which of some rows name applications that have no row of their own."""
        named: dict[str, list[int]] = {}
        for place, cell in enumerate(cells.values):
            for name in self._memberships.names_in(cell) if isinstance(cell, str) else ():
                if name in self._implied:
                    named.setdefault(name, []).append(place)
        order = np.argsort(cells.codes, kind="stable")
        starts = np.searchsorted(cells.codes[order], np.arange(len(cells.values) + 1))
        for name, places in named.items():
            rows = np.concatenate([order[starts[place] : starts[place + 1]] for place in places])
            self._implied[name].add(import_id, lines[np.sort(rows)])

    def add_implied(self, part: Part) -> None:
        """Add the applications that only rows of other assets name; nothing is known of them but their name."""
        for number, (name, sources) in enumerate(self._implied.items(), start=len(self._heads)):
            key, values = self._implied_keys[name], {"application_name": name}
            part.add(number, Asset(key, AssetKind.APPLICATION, name, dict(values), sources, {"application_name": 0}))
