"""Everything the mapper knows, read from `data/` and checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.mapping import Combine
from platform_core.mapping.calibration import Calibration
from platform_core.mapping.company import Company
from platform_core.mapping.filekind import TypeValues
from platform_core.mapping.formats import KnownFormats
from platform_core.mapping.lexicon import Lexicon
from platform_core.mapping.qualifiers import Qualifiers
from platform_core.mapping.ranker import LinearModel
from platform_core.mapping.tables import known_fields, rows
from platform_core.mapping.units import Units
from platform_core.mapping.values import NO_FIELD, ValueKnowledge


@dataclass(frozen=True)
class Knowledge:
    """The mapper's reference data and models; `classes` are the catalogue's fields and "-" for none of them.

    `preferences[field, word]` says how much a word in a header makes it the first among several columns of a field;
    `taught` is what columns that analysts settled add to the weights of `columns`.
    """

    catalogue: Catalogue
    lexicon: Lexicon
    formats: KnownFormats
    values: ValueKnowledge
    type_values: TypeValues
    qualifiers: Qualifiers
    units: Units
    combine: Mapping[str, Combine]
    columns: LinearModel
    kinds: LinearModel
    company: Company
    calibration: Calibration
    twins: Mapping[int, tuple[int, ...]]
    preferences: Mapping[tuple[str, str], int]
    taught: LinearModel | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """All answers a column can get, the last being none."""
        return (*self.catalogue.keys, NO_FIELD)

    def without_formats_of(self, first_word: str) -> Knowledge:
        """Forget the exports of one tool, as if it were unseen (for honest benchmarks)."""
        return replace(self, formats=self.formats.without(first_word))

    def without_format(self, name: str) -> Knowledge:
        """Forget one export."""
        kept = [known for known in self.formats.formats if known.name != name]
        return replace(self, formats=self.formats.keeping(kept))


def load_knowledge(folder: Path) -> Knowledge:
    """Read all mapping knowledge under `folder` (the shipped `data/`): fields.csv and mapping/*.

    Raises BadInput with the name of the table when one is missing, torn or names an unknown field.
    """
    return read_knowledge(
        folder,
        columns=LinearModel.load(folder / "mapping" / "model.npz", "columns"),
        kinds=LinearModel.load(folder / "mapping" / "model.npz", "kinds"),
        company=Company.load(folder / "mapping" / "model.npz"),
        calibration=Calibration.load(folder / "mapping" / "calibration.json"),
    )


def read_knowledge(
    folder: Path, *, columns: LinearModel, kinds: LinearModel, company: Company, calibration: Calibration
) -> Knowledge:
    """Read the tables and join them with the given models (training has its own)."""
    catalogue = Catalogue.load(folder / "fields.csv")
    tables = folder / "mapping"
    return Knowledge(
        catalogue=catalogue,
        lexicon=Lexicon.load(tables),
        formats=KnownFormats.load(tables, catalogue),
        values=ValueKnowledge.load(tables, catalogue),
        type_values=TypeValues.load(tables),
        qualifiers=Qualifiers.load(tables, catalogue),
        units=Units.load(tables, catalogue),
        combine=_combine(tables, catalogue),
        columns=columns,
        kinds=kinds,
        company=company,
        calibration=calibration,
        twins=_twins(tables, catalogue),
        preferences=_preferences(tables, catalogue),
    )


def _combine(tables: Path, catalogue: Catalogue) -> dict[str, Combine]:
    found = {}
    for row in rows(tables / "combine.csv", "combine", "field", "source"):
        (field,) = known_fields(row["field"], catalogue, "combine.csv")
        found[field] = Combine(row["combine"])
    return found


def _preferences(tables: Path, catalogue: Catalogue) -> dict[tuple[str, str], int]:
    found = {}
    for row in rows(tables / "preferences.csv", "word", "field", "preference", "source"):
        (field,) = known_fields(row["field"], catalogue, "preferences.csv")
        found[field, row["word"]] = int(row["preference"])
    return found


def _twins(tables: Path, catalogue: Catalogue) -> dict[int, tuple[int, ...]]:
    """Read twins.csv: pairs of fields, by their place in the catalogue, that one column may feed alike."""
    places = {key: place for place, key in enumerate(catalogue.keys)}
    found: dict[int, tuple[int, ...]] = {}
    for row in rows(tables / "twins.csv", "field", "twin", "source"):
        one, other = (places[key] for key in known_fields(f"{row['field']} {row['twin']}", catalogue, "twins.csv"))
        found[one] = (*found.get(one, ()), other)
        found[other] = (*found.get(other, ()), one)
    return found
