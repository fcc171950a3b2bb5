"""The unit in which a column's values stand: said by the header, the cells or the known export, else a guess."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.mapping import FileKind
from platform_core.mapping.names import plain_words
from platform_core.mapping.tables import known_fields, rows
from platform_core.mapping.values import ValueProfile

_IN_CELL = re.compile(r"\d\s*([A-Za-z]{1,9})\b")
_BY_CELLS = 0.5  # share of sample cells that must carry the same unit


@dataclass(frozen=True)
class Unit:
    """The unit of a column's values; `is_guess` asks the analyst to confirm it."""

    name: str
    is_guess: bool


@dataclass(frozen=True)
class UnitHints:
    """What is known of a column's unit from elsewhere.

    `known` is the unit the recognised export writes, `beside` the units that other headers of the same group say,
    `usual` the unit that most tools with such a header write, `habit` the one of the platform the file speaks of;
    `binary` tells that headers of the file speak of binary units (MiB, GiB), `kind` what its rows are.
    """

    known: str | None = None
    beside: Sequence[str] = ()
    usual: str | None = None
    habit: str | None = None
    binary: bool = False
    kind: FileKind | None = None


@dataclass(frozen=True)
class Units:
    """Spellings of units, the units an analyst may choose for a field, typical magnitudes, and habits.

    `choices[field]` is ordered from small to large; a field without choices has no unit to ask for.
    `magnitudes[field, kind]` are (least median, unit), largest first; kind None = any other. `habits[field]` maps
    words of headers to the unit that files with them use when they name none; "*" = any file.
    """

    spellings: Mapping[str, tuple[str, str]]
    dimension: Mapping[str, str]
    choices: Mapping[str, tuple[str, ...]]
    magnitudes: Mapping[tuple[str, FileKind | None], tuple[tuple[float, str], ...]]
    habits: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls, folder: Path, catalogue: Catalogue) -> Units:
        """Read units.csv, field_units.csv, magnitudes.csv and unit_habits.csv; BadInput for an unknown field."""
        spellings = {
            row["spelling"]: (row["unit"], row["dimension"])
            for row in rows(folder / "units.csv", "spelling", "unit", "dimension", "source")
        }
        dimension, choices = {}, {}
        for row in rows(folder / "field_units.csv", "field", "dimension", "choices", "source"):
            (field,) = known_fields(row["field"], catalogue, "field_units.csv")
            dimension[field], choices[field] = row["dimension"], tuple(row["choices"].split())
        return cls(spellings, dimension, choices, _magnitudes(folder), _habits(folder, catalogue))

    def habit(self, field: str, words: Collection[str]) -> str | None:
        """Return the unit that files whose headers use `words` write for `field` when they name none."""
        habits = self.habits.get(field, {})
        return next((unit for word, unit in habits.items() if word in words), habits.get("*"))

    def speaks_binary(self, headers: Iterable[str]) -> bool:
        """Tell whether any header speaks of a binary unit."""
        spelled = {self.spellings.get(word, ("", ""))[0] for header in headers for word in plain_words(header)}
        return any("i" in unit for unit in spelled)

    def in_header(self, field: str, header: str) -> str | None:
        """Return the unit that a header says ("Memory (In MB)", "memoryInMB"), None when it says none."""
        return next((unit for word in reversed(plain_words(header)) if (unit := self._spelled(field, word))), None)

    def of_column(self, field: str, header: str, profile: ValueProfile, hints: UnitHints) -> Unit | None:
        """Return the unit of a column mapped to `field`; None when nothing says one, not even a magnitude.

        The header, then the cells, then the recognised export settle it. Everything else is a guess: one unit for
        all sizes beside it, the magnitude of the values (in binary units where the file or its tools use these),
        what other tools write under such a header, the habit of the platform.
        """
        if field not in self.choices:
            return None
        said = self.in_header(field, header) or self._in_cells(field, profile.samples) or hints.known
        if said:
            return Unit(said, is_guess=False)
        shared = hints.beside[0] if len(set(hints.beside)) == 1 else None
        guess = shared or self._by_magnitude(field, profile.median, hints) or hints.usual or hints.habit
        return Unit(guess, is_guess=True) if guess else None

    def _spelled(self, field: str, word: str) -> str | None:
        unit, dimension = self.spellings.get(word.lower(), (None, None))
        return unit if dimension == self.dimension.get(field) else None

    def _in_cells(self, field: str, samples: Sequence[str]) -> str | None:
        said = Counter(
            unit for text in samples for word in _IN_CELL.findall(text) if (unit := self._spelled(field, word))
        )
        unit, count = said.most_common(1)[0] if said else (None, 0)
        return unit if count >= _BY_CELLS * len(samples) else None

    def _by_magnitude(self, field: str, median: float | None, hints: UnitHints) -> str | None:
        if median is None or median <= 0:
            return None
        steps = self.magnitudes.get((field, hints.kind)) or self.magnitudes.get((field, None), ())
        decimal = next((unit for least, unit in steps if median >= least), None)
        binary = f"{decimal[0]}iB" if decimal and len(decimal) == 2 else None
        meant = binary in (hints.usual, hints.habit) or hints.binary
        return binary if binary in self.choices[field] and meant else decimal


def _magnitudes(folder: Path) -> dict[tuple[str, FileKind | None], tuple[tuple[float, str], ...]]:
    steps: dict[tuple[str, FileKind | None], list[tuple[float, str]]] = defaultdict(list)
    for row in rows(folder / "magnitudes.csv", "field", "kind", "median_at_least", "unit", "source"):
        kind = FileKind(row["kind"]) if row["kind"] else None
        steps[row["field"], kind].append((float(row["median_at_least"]), row["unit"]))
    return {key: tuple(sorted(found, reverse=True)) for key, found in steps.items()}


def _habits(folder: Path, catalogue: Catalogue) -> dict[str, dict[str, str]]:
    habits: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows(folder / "unit_habits.csv", "word", "field", "unit", "source"):
        (field,) = known_fields(row["field"], catalogue, "unit_habits.csv")
        habits[field][row["word"]] = row["unit"]
    return dict(habits)
