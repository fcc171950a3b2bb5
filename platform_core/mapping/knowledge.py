"""Everything the mapper knows, read from `data/` and checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.mapping import Combine
from platform_core.mapping.calibration import Calibration
from platform_core.mapping.formats import KnownFormats
from platform_core.mapping.lexicon import Lexicon
from platform_core.mapping.qualifiers import Qualifiers
from platform_core.mapping.ranker import LinearModel
from platform_core.mapping.tables import known_fields, rows
from platform_core.mapping.units import Units
from platform_core.mapping.values import NO_FIELD, ValueKnowledge


@dataclass(frozen=True)
class Knowledge:
    """The mapper's reference data and models; `classes` are the catalogue's fields and "-" for none of them."""

    catalogue: Catalogue
    lexicon: Lexicon
    formats: KnownFormats
    values: ValueKnowledge
    qualifiers: Qualifiers
    units: Units
    combine: Mapping[str, Combine]
    columns: LinearModel
    kinds: LinearModel
    calibration: Calibration

    @property
    def classes(self) -> tuple[str, ...]:
        """All answers a column can get, the last being none."""
        return (*self.catalogue.keys, NO_FIELD)

    def without_formats_of(self, first_word: str) -> Knowledge:
        """Forget the exports of one tool, as if it were unseen (for honest benchmarks)."""
        return replace(self, formats=self.formats.without(first_word))


def load_knowledge(folder: Path) -> Knowledge:
    """Read all mapping knowledge under `folder` (the shipped `data/`): fields.csv and mapping/*.

    Raises BadInput with the name of the table when one is missing, torn or names an unknown field.
    """
    return read_knowledge(
        folder,
        columns=LinearModel.load(folder / "mapping" / "model.npz", "columns"),
        kinds=LinearModel.load(folder / "mapping" / "model.npz", "kinds"),
        calibration=Calibration.load(folder / "mapping" / "calibration.json"),
    )


def read_knowledge(folder: Path, *, columns: LinearModel, kinds: LinearModel, calibration: Calibration) -> Knowledge:
    """Read the tables and join them with the given models (training has its own)."""
    catalogue = Catalogue.load(folder / "fields.csv")
    tables = folder / "mapping"
    return Knowledge(
        catalogue=catalogue,
        lexicon=Lexicon.load(tables / "lexicon.csv"),
        formats=KnownFormats.load(tables, catalogue),
        values=ValueKnowledge.load(tables, catalogue),
        qualifiers=Qualifiers.load(tables, catalogue),
        units=Units.load(tables, catalogue),
        combine=_combine(tables, catalogue),
        columns=columns,
        kinds=kinds,
        calibration=calibration,
    )


def _combine(tables: Path, catalogue: Catalogue) -> dict[str, Combine]:
    found = {}
    for row in rows(tables / "combine.csv", "combine", "field"):
        (field,) = known_fields(row["field"], catalogue, "combine.csv")
        found[field] = Combine(row["combine"])
    return found
