"""Known exports: which columns they carry, what each means, in which unit, and how to recognise one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log
from pathlib import Path

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.mapping import FileKind
from platform_core.mapping.names import plain_words
from platform_core.mapping.tables import known_fields, rows

_SHARE_OF_FILE = 0.6  # of a file's headers, weighed by rarity, that must be the format's
_FEWEST_HEADERS = 4
_FEW_FAMILIES = 3  # a header that no more families of tools use tells the tool
_OWN_SHARE = 0.15  # of a file's headers that must be such


@dataclass(frozen=True)
class KnownColumn:
    """What a column of a known export means: `fields` best first, empty = nothing we keep; `weak` = barely fits."""

    header: str
    fields: tuple[str, ...]
    unit: str | None
    weak: bool


@dataclass(frozen=True)
class KnownFormat:
    """An export of a tool; `is_export` False marks a collection of usual headers that names no tool."""

    name: str
    family: str
    kind: FileKind
    language: str
    is_export: bool
    columns: Mapping[str, KnownColumn]


@dataclass(frozen=True)
class KnownFormats:
    """All known exports and how rare each header is among the families of tools (`rarity`, in nats)."""

    formats: tuple[KnownFormat, ...]
    rarity: Mapping[str, float]
    families: int

    @classmethod
    def load(cls, folder: Path, catalogue: Catalogue) -> KnownFormats:
        """Read formats.csv and format_headers.csv; raises BadInput for an unknown field."""
        columns: dict[str, dict[str, KnownColumn]] = defaultdict(dict)
        for row in rows(folder / "format_headers.csv", "format", "header", "fields", "unit", "weak"):
            known = KnownColumn(
                row["header"],
                known_fields(row["fields"], catalogue, "format_headers.csv"),
                row["unit"] or None,
                row["weak"] == "yes",
            )
            columns[row["format"]].setdefault(header_key(row["header"]), known)
        table = rows(folder / "formats.csv", "format", "family", "kind", "language", "is_export", "source")
        return cls.of(
            KnownFormat(
                row["format"],
                row["family"],
                FileKind(row["kind"]),
                row["language"],
                row["is_export"] == "yes",
                columns[row["format"]],
            )
            for row in table
        )

    @classmethod
    def of(cls, formats: Iterable[KnownFormat]) -> KnownFormats:
        """Weigh the headers of `formats` by how few of them use each."""
        all_formats = tuple(formats)
        used_by = Counter(key for _, key in {(known.family, key) for known in all_formats for key in known.columns})
        families = len({known.family for known in all_formats})
        return cls(all_formats, {key: log((families + 1) / count) for key, count in used_by.items()}, families)

    def without(self, first_word: str) -> KnownFormats:
        """Return the formats whose name does not start with `first_word`: what is left for an unseen tool."""
        kept = tuple(known for known in self.formats if known.name.split()[0].lower() != first_word)
        return replace(self, formats=kept)

    def recognise(self, headers: Sequence[str]) -> KnownFormat | None:
        """Return the export whose columns these are: most of the file's headers, rare ones counting more."""
        keys = {header_key(header) for header in headers if header.strip()}
        if len(keys) < _FEWEST_HEADERS:
            return None
        unknown = log(self.families + 1)
        telling = log((self.families + 1) / _FEW_FAMILIES)
        total = sum(self.rarity.get(key, unknown) for key in keys)
        best: tuple[float, int, str] = (0.0, 0, "")
        winner = None
        for known in self.formats:
            shared = keys & known.columns.keys() if known.is_export else set()
            if len(shared) < _FEWEST_HEADERS:
                continue
            own = sum(self.rarity[key] >= telling for key in shared)
            share = sum(self.rarity[key] for key in shared) / total if own >= _OWN_SHARE * len(keys) else 0.0
            rank = (round(share, 6), -len(known.columns), known.name)
            if share >= _SHARE_OF_FILE and rank > best:
                best, winner = rank, known
        return self._with_relatives(winner) if winner else None

    def usual_unit(self, key: str, field: str) -> str | None:
        """Return the unit in which most families of tools with this header write `field`, None when none says."""
        said = {
            (known.family, column.unit)
            for known in self.formats
            if (column := known.columns.get(key)) and column.unit and field in column.fields
        }
        count = Counter(unit for _, unit in said)
        return min(count, key=lambda unit: (-count[unit], unit)) if count else None

    def _with_relatives(self, known: KnownFormat) -> KnownFormat:
        """Add the columns that other exports of the same tool and kind have: versions differ in a few."""
        columns = dict(known.columns)
        for other in self.formats:
            if other.family == known.family and other.kind is known.kind and other.is_export:
                columns = {**other.columns, **columns}
        return replace(known, columns=columns)


def header_key(header: str) -> str:
    """Return the form in which headers of exports are compared: own words, lower case, "*" and quotes gone."""
    return " ".join(plain_words(header))
