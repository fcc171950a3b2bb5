"""Reads and checks the reference data of the inventory (data/inventory/*.csv)."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from platform_core.domain.inventory import AssetKind
from platform_core.errors import BadInput
from platform_core.inventory.signs import signs_of
from platform_core.inventory.vocabularies import MergeRule, Placeholder, Range, RowRule, Vocabularies
from platform_core.inventory.words import WordList, plain

Row = dict[str, str]


def load_vocabularies(data: Path) -> Vocabularies:
    """Read all reference tables of the inventory from the folder `inventory` of the reference data.

    Raises BadInput when a file or column is missing, a row has no source, or two rows contradict each other.
    """
    folder = data / "inventory"
    marks = _marks(folder)
    types, roles = _asset_types(folder)
    return Vocabularies(
        words=_words(folder, frozenset(map(plain, marks["negation"]))),
        asset_types=types,
        roles=roles,
        signs=signs_of(_rows(folder, "signs", ("sign", "pattern", "kind", "virtual"))),
        placeholders=_placeholders(folder),
        units=_units(folder),
        months={
            row["spelling"].casefold(): int(row["month"]) for row in _rows(folder, "months", ("month", "spelling"))
        },
        number_words={
            row["spelling"].casefold(): int(row["number"])
            for row in _rows(folder, "number_words", ("number", "spelling"))
        },
        ranges={
            row["field"]: Range(float(row["minimum"]), float(row["maximum"]))
            for row in _rows(folder, "ranges", ("field", "minimum", "maximum"))
        },
        merge_rules={
            row["field"]: MergeRule(RowRule(row["rows"]), row["differs"] == "issue")
            for row in _rows(folder, "merge_rules", ("field", "rows", "differs"))
        },
        part_headers=frozenset(plain(row["header"]) for row in _rows(folder, "part_headers", ("header",))),
        reversed_relations=frozenset(
            plain(row["spelling"])
            for row in _rows(folder, "relations", ("spelling", "direction"))
            if row["direction"] == "reverse"
        ),
        marks=marks,
        empty_words=_empty_words(folder),
    )


def _rows(folder: Path, name: str, columns: Sequence[str]) -> Iterator[Row]:
    path = folder / f"{name}.csv"
    if not path.is_file():
        raise BadInput(f"The reference table {name}.csv of the inventory is missing.")
    with path.open(newline="", encoding="utf-8") as handle:
        reader = csv.DictReader(handle)
        missing = {*columns, "source"} - set(reader.fieldnames or ())
        if missing:
            raise BadInput(f"{name}.csv lacks the column {min(missing)}.")
        for row in reader:
            if not row["source"]:
                raise BadInput(f"{name}.csv, line {reader.line_num}: a row needs its source.")
            yield row


def _marks(folder: Path) -> dict[str, frozenset[str]]:
    marks: dict[str, set[str]] = {"negation": set(), "about": set(), "at most": set()}
    for row in _rows(folder, "marks", ("sort", "spelling")):
        marks[row["sort"]].add(row["spelling"].casefold())
    return {sort: frozenset(spellings) for sort, spellings in marks.items()}


def _words(folder: Path, negations: frozenset[str]) -> dict[str, WordList]:
    lists: dict[str, tuple[dict[str, str], dict[str, str]]] = defaultdict(lambda: ({}, {}))
    for row in _rows(folder, "words", ("field", "word", "spelling", "match")):
        spellings = lists[row["field"]][row["match"] == "part"]
        _learn(spellings, row["spelling"], row["word"], f"words.csv, {row['field']}")
    return {field: WordList(whole, parts, negations) for field, (whole, parts) in lists.items()}


def _asset_types(folder: Path) -> tuple[WordList, WordList]:
    by_match: dict[str, dict[str, str]] = {"whole": {}, "part": {}, "role": {}}
    for row in _rows(folder, "asset_types", ("kind", "spelling", "match")):
        _learn(by_match[row["match"]], row["spelling"], AssetKind(row["kind"]), "asset_types.csv")
    return WordList(by_match["whole"], by_match["part"]), WordList(by_match["role"], {})


def _learn(spellings: dict[str, str], spelling: str, word: str, where: str) -> None:
    if not plain(spelling):
        raise BadInput(f"{where}: “{spelling}” holds no letter or digit.")
    known = spellings.setdefault(plain(spelling), word)
    if known != word:
        raise BadInput(f"{where}: “{spelling}” is given both as {known} and as {word}.")


def _placeholders(folder: Path) -> dict[str, Placeholder]:
    return {
        row["spelling"].casefold(): Placeholder(_fields(row["only_in"]), _fields(row["not_in"]))
        for row in _rows(folder, "placeholders", ("spelling", "only_in", "not_in"))
    }


def _empty_words(folder: Path) -> dict[str, frozenset[str]]:
    words: dict[str, set[str]] = defaultdict(set)
    for row in _rows(folder, "empty_words", ("field", "word")):
        words[row["field"]].add(plain(row["word"]))
    return {field: frozenset(found) for field, found in words.items()}


def _fields(listed: str) -> frozenset[str]:
    return frozenset(part for part in listed.split(";") if part)


def _units(folder: Path) -> dict[str, dict[str, float]]:
    units: dict[str, dict[str, float]] = defaultdict(dict)
    for row in _rows(folder, "units", ("dimension", "spelling", "factor")):
        units[row["dimension"]][row["spelling"].casefold()] = float(Fraction(row["factor"]))
    return dict(units)
