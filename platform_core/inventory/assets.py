"""The assets while rows come in; each leaves as soon as the last row that describes it has been read."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from platform_core.domain.inventory import Asset, AssetColumns, AssetKind, Part, SourceRow, Value
from platform_core.inventory.draft import Contribution, Draft
from platform_core.inventory.register import Numbers
from platform_core.inventory.survey import Survey
from platform_core.inventory.vocabularies import Vocabularies


class OpenAssets:
    """Collects contributions to the surveyed assets."""

    def __init__(self, survey: Survey, vocabularies: Vocabularies) -> None:
        self._survey, self._vocabularies = survey, vocabularies
        self._drafts: dict[int, Draft] = {}
        self._implied: dict[str, tuple[array[int], array[int]]] = {
            name: (array("q"), array("q")) for name in survey.implied_keys
        }

    def singles(self, placed: Numbers) -> NDArray[np.bool_]:
        """Tell for the assets of some rows, by number, which of them no other row describes."""
        known = placed >= 0
        known[known] = self._survey.row_counts[placed[known]] == 1
        return known

    def columns(
        self, numbers: Numbers, import_id: int, lines: list[int], values: dict[str, list[Value | None]]
    ) -> AssetColumns:
        """Return assets of a single row each."""
        places = numbers.tolist()
        found = self._survey
        return AssetColumns(
            import_id,
            places,
            lines,
            list(map(found.keys.__getitem__, places)),
            list(map(found.kinds.__getitem__, places)),
            list(map(found.names.__getitem__, places)),
            values,
        )

    def contribute(self, number: int, said: Contribution, part: Part) -> None:
        """Add one row to asset `number`, and the asset to `part` when this was its last row."""
        draft = self._drafts.get(number) or self._drafts.setdefault(number, Draft(self._survey.keys[number]))
        draft.add(said, self._vocabularies)
        if len(draft.sources) == self._survey.row_counts[number]:
            draft.close(self._vocabularies)
            part.inventory.issues.extend(draft.issues)
            part.add(number, Asset(*self._head(number), draft.values, draft.sources, draft.origins))
            del self._drafts[number]

    def note_membership(self, cell: str, import_id: int, line: int) -> None:
        """Remember that a row names applications, for those that have no row of their own."""
        for name in self._survey.memberships.names_in(cell):
            if name in self._implied:
                imports, lines = self._implied[name]
                imports.append(import_id)
                lines.append(line)

    def add_implied(self, part: Part) -> None:
        """Add the applications that only rows of other assets name; nothing is known of them but their name."""
        first = len(self._survey.keys)
        for offset, (name, rows) in enumerate(self._implied.items()):
            sources = list(map(SourceRow, *rows))
            values: dict[str, Value] = {"application_name": name}
            key = self._survey.implied_keys[name]
            part.add(
                first + offset,
                Asset(key, AssetKind.APPLICATION, name, values, sources, {"application_name": 0}),
            )

    def _head(self, number: int) -> tuple[str, AssetKind, str]:
        return self._survey.keys[number], self._survey.kinds[number], self._survey.names[number]
