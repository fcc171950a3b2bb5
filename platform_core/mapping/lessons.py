"""What the mapper's models learn from: known exports, usual wordings and combinations, the labelled gold set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from re import findall
from zlib import crc32

from platform_core.domain.mapping import FileKind
from platform_core.mapping.benchmark import GoldSource
from platform_core.mapping.formats import header_key
from platform_core.mapping.knowledge import Knowledge
from platform_core.mapping.names import Name, normalise_all
from platform_core.mapping.tables import known_fields, rows
from platform_core.reference import DATA

_GOLD_WEIGHT, _EXPORT_WEIGHT, _PHRASE_WEIGHT, _CATALOGUE_WEIGHT, _PATTERN_WEIGHT = 1.0, 0.7, 0.4, 0.4, 0.3
_PATTERN_SHARE_UNMAPPED = 0.15  # of the many combinations without a field, to keep them in proportion
_PART_COLUMNS = 10  # columns of a part of a file that kinds are learned from,
_MOST_PARTS = 12


@dataclass(frozen=True)
class Lesson:
    """A labelled file to learn from; `labels[i]` are the accepted fields of column i, `weak[i]` a bare fit.

    `is_file` tells that the columns stand beside each other in real files, `of_a_tool` that one tool wrote them;
    `source` is the labelled source they come from.
    """

    group: str
    kind: FileKind
    names: Sequence[Name]
    labels: Sequence[tuple[str, ...]]
    weak: Sequence[bool]
    weight: float
    is_file: bool
    of_a_tool: bool = False
    source: str = ""


def all_lessons(gold: Sequence[GoldSource], knowledge: Knowledge) -> list[Lesson]:
    """Return everything there is to learn from; an export that `gold` labels is learned from there."""
    return [
        *_from_exports(knowledge, {source.name for source in gold}),
        *_from_patterns(knowledge),
        *_from_phrases(knowledge),
        *_from_catalogue(knowledge),
        *_from_gold(gold, knowledge),
    ]


def sole_users(gold: Sequence[GoldSource]) -> tuple[dict[str, str], dict[str, str]]:
    """Return, for each header that no other family (no other source) of the gold set uses, its family (its source)."""
    families: dict[str, set[str]] = {}
    sources: dict[str, set[str]] = {}
    for source in gold:
        for key in map(header_key, source.headers):
            families.setdefault(key, set()).add(source.family)
            sources.setdefault(key, set()).add(source.name)
    sole_family, sole_source = (
        {key: user for key, (user, *others) in users.items() if not others} for users in (families, sources)
    )
    return sole_family, sole_source


def _from_exports(knowledge: Knowledge, labelled: set[str]) -> Iterator[Lesson]:
    for known in knowledge.formats.formats:
        if known.name in labelled:
            continue
        _, names = normalise_all([column.header for column in known.columns.values()], knowledge.lexicon)
        labels = [column.fields for column in known.columns.values()]
        weak = [column.weak for column in known.columns.values()]
        group = known.name.split()[0].lower()
        yield Lesson(group, known.kind, names, labels, weak, _EXPORT_WEIGHT, is_file=True, of_a_tool=known.is_export)


def _from_gold(gold: Sequence[GoldSource], knowledge: Knowledge) -> Iterator[Lesson]:
    for source in gold:
        _, names = normalise_all(source.headers, knowledge.lexicon)
        labels = [column.fields for column in source.columns]
        weak = [column.optional for column in source.columns]
        lesson = Lesson(source.family, source.kind, names, labels, weak, _GOLD_WEIGHT, is_file=True, of_a_tool=True)
        yield replace(lesson, source=source.name)


def _from_patterns(knowledge: Knowledge) -> Iterator[Lesson]:
    """Spell out the combinations of patterns.csv, one file a kind; of those without a field only a share."""
    tables = DATA / "mapping"
    words: dict[str, list[str]] = {}
    for row in rows(tables / "pattern_words.csv", "set", "word", "source"):
        words.setdefault(row["set"], []).append(row["word"])
    by_kind: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for row in rows(tables / "patterns.csv", "pattern", "fields", "kind", "source"):
        fields = known_fields(row["fields"], knowledge.catalogue, "patterns.csv")
        slots = findall(r"\{(\w+)\}", row["pattern"])
        template = row["pattern"]
        for slot in slots:
            template = template.replace(f"{{{slot}}}", "{}", 1)
        headers = (template.format(*chosen) for chosen in product(*(words[slot] for slot in slots)))
        kept = [header for header in headers if fields or _in_share(header, _PATTERN_SHARE_UNMAPPED)]
        by_kind.setdefault(row["kind"], []).extend((header, fields) for header in kept)
    for kind, combinations in by_kind.items():
        _, names = normalise_all([header for header, _ in combinations], knowledge.lexicon)
        labels = [fields for _, fields in combinations]
        turned = [(_turned(name), fields) for name, fields in zip(names, labels, strict=True) if fields]
        names, labels = [*names, *(name for name, _ in turned)], [*labels, *(fields for _, fields in turned)]
        weak = [False] * len(names)
        yield Lesson(f"patterns {kind}", FileKind(kind), names, labels, weak, _PATTERN_WEIGHT, is_file=False)


def _from_phrases(knowledge: Knowledge) -> Iterator[Lesson]:
    """Every wording of header_phrases.csv, one file a kind; each in the language it is in."""
    by_kind: dict[str, list[tuple[Name, tuple[str, ...], bool]]] = {}
    for row in rows(DATA / "mapping" / "header_phrases.csv", "phrase", "fields", "kind", "weak", "source"):
        _, (name,) = normalise_all([row["phrase"]], knowledge.lexicon)
        fields = known_fields(row["fields"], knowledge.catalogue, "header_phrases.csv")
        by_kind.setdefault(row["kind"], []).append((name, fields, row["weak"] == "yes"))
    for kind, phrases in by_kind.items():
        names, labels, weak = zip(*phrases, strict=True)
        yield Lesson(f"phrases {kind}", FileKind(kind), names, labels, weak, _PHRASE_WEIGHT, is_file=False)


def _from_catalogue(knowledge: Knowledge) -> Iterator[Lesson]:
    """Every field under its key, its label and the names analysts give it, in each kind of file it may be in."""
    names: dict[str, list[str]] = {field.key: [field.key, field.label] for field in knowledge.catalogue}
    for row in rows(DATA / "learning" / "field_names.csv", "name", "field", "source"):
        names[row["field"]].append(row["name"])
    for kind in (FileKind.SERVER, FileKind.APPLICATION, FileKind.HARDWARE, FileKind.DEPENDENCY):
        kept = [key for key in names if key.startswith("dep_") == (kind is FileKind.DEPENDENCY)]
        headers = [(header, (key,)) for key in kept for header in dict.fromkeys(names[key])]
        _, read = normalise_all([header for header, _ in headers], knowledge.lexicon)
        labels, weak = [fields for _, fields in headers], [False] * len(read)
        yield Lesson(f"catalogue {kind}", kind, read, labels, weak, _CATALOGUE_WEIGHT, is_file=False)


def _turned(name: Name) -> Name:
    """Return a name in the order of Romance languages: "version operating_system" for "operating_system version"."""
    return replace(name, concepts=name.concepts[::-1], plain=" ".join(reversed(name.plain.split())))


def _in_share(text: str, share: float) -> bool:
    """Choose a fixed share of texts, the same ones at each training."""
    return crc32(text.encode()) % 1000 < share * 1000


def parts(names: Sequence[Name]) -> Iterator[list[Name]]:
    """Deal the columns of a file out to smaller files, the same way at each training."""
    hands = max(1, min(_MOST_PARTS, len(names) // _PART_COLUMNS))
    if hands > 1:
        for hand in range(hands):
            yield [name for name in names if crc32(name.header.encode()) % hands == hand]
