"""Known exports: which columns they carry, what each means, in which unit, and how to recognise one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log
from pathlib import Path

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.mapping import FileKind
from platform_core.mapping.names import plain_words
from platform_core.mapping.tables import known_fields, rows

_SHARE_OF_FILE = 0.6  # of a file's headers, weighed by rarity, that the tool must explain
_FEWEST_HEADERS = 4
_FEW_FAMILIES = 3  # a header that no more families of tools use tells the tool
_OWN_SHARE = 0.15  # of a file's headers that must be such,
_TELLING_FIT = 0.5  # unless the file and one export are this much alike
_SMALL_NUMBER = re.compile(r"\b\d{1,2}\b")


@dataclass(frozen=True)
class KnownColumn:
    """What a column of a known export means: `fields` best first, empty = nothing we keep; `weak` = barely fits."""

    header: str
    fields: tuple[str, ...]
    unit: str | None
    weak: bool


@dataclass(frozen=True)
class KnownFormat:
    """An export of a tool; `is_export` False marks a collection of usual headers that names no tool.

    `relatives` are columns that other exports of the same tool and kind have: versions differ in a few.
    """

    name: str
    family: str
    kind: FileKind
    language: str
    is_export: bool
    columns: Mapping[str, KnownColumn]
    relatives: Mapping[str, KnownColumn] = field(default_factory=dict)


@dataclass(frozen=True)
class KnownFormats:
    """All known exports.

    `rarity` tells how few families of tools use a header, in nats, `sheet_rarity` how few exports of one family do.
    """

    formats: tuple[KnownFormat, ...]
    rarity: Mapping[str, float]
    sheet_rarity: Mapping[str, Mapping[str, float]]
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
            columns[row["format"]].setdefault(column_key(header_key(row["header"])), known)
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
        bare = tuple(formats)
        used_by = Counter(key for _, key in {(known.family, key) for known in bare for key in known.columns})
        families = len({known.family for known in bare})
        rarity = {key: log((families + 1) / count) for key, count in used_by.items()}
        return cls(tuple(_with_relatives(known, bare) for known in bare), rarity, _sheet_rarity(bare), families)

    def without(self, first_word: str) -> KnownFormats:
        """Return the formats whose name does not start with `first_word`: what is left for an unseen tool."""
        kept = [known for known in self.formats if known.name.split()[0].lower() != first_word]
        return self.keeping(kept)

    def keeping(self, kept: Sequence[KnownFormat]) -> KnownFormats:
        """Return the formats `kept`; how rare a header is stays as it was."""
        return replace(self, formats=tuple(_with_relatives(known, kept) for known in kept))

    def recognise(self, headers: Sequence[str]) -> KnownFormat | None:
        """Return the export whose columns these are, None when no tool explains most of them.

        A tool must explain the file's headers, rare ones counting more, some of them its own. Among its exports the
        one wins that has most of the file's columns itself, then the one with fewest missing from the file.
        """
        keys = {column_key(header_key(header)) for header in headers if header.strip()}
        if len(keys) < _FEWEST_HEADERS:
            return None
        best: tuple[float, float, float, str] = (0.0, 0.0, 0.0, "")
        winner = None
        for known in self.formats:
            if not known.is_export or len(keys & known.columns.keys()) < _FEWEST_HEADERS:
                continue
            held, fit = self._likeness(keys, known)
            rank = (round(self._explained(keys, known), 2), round(held, 2), fit, known.name)
            if rank > best and rank[0] >= _SHARE_OF_FILE and (fit >= _TELLING_FIT or self._is_told(keys, known)):
                best, winner = rank, known
        return winner

    def _explained(self, keys: set[str], known: KnownFormat) -> float:
        """Return the share of a file's headers that a tool has, by rarity."""
        unknown = log(self.families + 1)
        shared = sum(self.rarity[key] for key in keys if key in known.columns or key in known.relatives)
        return shared / sum(self.rarity.get(key, unknown) for key in keys)

    def _is_told(self, keys: set[str], known: KnownFormat) -> bool:
        """Tell whether enough of a file's headers are used by hardly any other tool."""
        telling = log((self.families + 1) / _FEW_FAMILIES)
        own = [key for key in keys if key in known.columns or key in known.relatives]
        return sum(self.rarity[key] >= telling for key in own) >= _OWN_SHARE * len(keys)

    def _likeness(self, keys: set[str], known: KnownFormat) -> tuple[float, float]:
        """Return the share of a file's columns one export has itself, and how alike both are (Dice).

        Headers that few exports of the tool have count more; those that none of them has count for nothing.
        """
        weights = self.sheet_rarity[known.family]
        shared = sum(weights[key] for key in known.columns.keys() & keys)
        of_file, of_export = sum(weights.get(key, 0.0) for key in keys), sum(weights[key] for key in known.columns)
        return shared / of_file, 2 * shared / (of_export + of_file)

    def usual_unit(self, key: str, meaning: str) -> str | None:
        """Return the unit in which most families of tools with this column write the field `meaning`, or None."""
        said = {
            (known.family, column.unit)
            for known in self.formats
            if (column := known.columns.get(key)) and column.unit and meaning in column.fields
        }
        count = Counter(unit for _, unit in said)
        return min(count, key=lambda unit: (-count[unit], unit)) if count else None


def _with_relatives(known: KnownFormat, formats: Sequence[KnownFormat]) -> KnownFormat:
    relatives: dict[str, KnownColumn] = {}
    for other in formats:
        if other is not known and other.family == known.family and other.kind is known.kind and other.is_export:
            relatives = {**other.columns, **relatives}
    return replace(known, relatives={key: column for key, column in relatives.items() if key not in known.columns})


def _sheet_rarity(formats: Sequence[KnownFormat]) -> dict[str, dict[str, float]]:
    """Return for each family how few of its exports have each header, in nats; 0 would mean all have it."""
    members: dict[str, list[KnownFormat]] = defaultdict(list)
    for known in formats:
        members[known.family].append(known)
    return {
        family: {
            key: log((len(exports) + 1) / count)
            for key, count in Counter(key for known in exports for key in known.columns).items()
        }
        for family, exports in members.items()
    }


def header_key(header: str) -> str:
    """Return the form in which headers are compared: own words, lower case, "*" and quotes gone."""
    return " ".join(plain_words(header))


def column_key(key: str) -> str:
    """Return the form in which columns of exports are compared: of a repeated group ("tag 1", "tag 2") one is known."""
    return _SMALL_NUMBER.sub("#", key)
