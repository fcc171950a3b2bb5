"""The table of technology names and the index in which a mention is looked up."""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from platform_core.errors import BadInput
from platform_core.technology.spelling import LINKS, SORTS, key_of, pieces_of, readings, words_of

FAMILY = "*"
"""Last part of an entity that stands for its family as a whole ("Linux|*")."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A technology: `name` is family first ("Java|Spring|Spring Boot"), the rest is how people say it."""

    name: str
    product: str
    vendor: str
    category: str


@dataclass(frozen=True, slots=True)
class Alias:
    """One spelling of an entity as somebody wrote it."""

    text: str
    entity: str


@dataclass(frozen=True)
class Certainty:
    """From the score of the best entity, its lead over the next one and what is telling in it to a probability.

    A logistic curve, fitted on held-out spellings and on texts that name nothing (tests/perf/technology.py). `accept`
    is the probability from which a text counts as naming the entity; `whole` the likeness of a name known letter for
    letter.
    """

    intercept: float
    likeness: float
    lead: float
    telling: float
    accept: float
    whole: float

    def probability(self, likeness: float, lead: float, telling: float) -> float:
        """Return the probability (0 to 1) that the best entity is meant; `telling` as of `telling_share`."""
        sum_ = self.intercept + self.likeness * likeness + self.lead * lead + self.telling * telling
        return 1.0 / (1.0 + math.exp(-sum_))


@dataclass(frozen=True)
class Technologies:
    """The index: for each piece of a name its rarity and the spellings that hold it, with their weights.

    `owner` gives for each spelling the number of its entity, `written` its words; `word_weights` what a word of a name
    counts (makers, digits and words for sorts of things count little), `unseen_word` what any other counts. `words` are
    the telling words of each entity; `ordinary` are words that say little, since offices and all products use them.
    """

    entities: Sequence[Entity]
    rarity: Mapping[str, float]
    unseen: float
    spellings: Mapping[str, tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]]
    owner: npt.NDArray[np.int32]
    written: Sequence[tuple[str, ...]]
    word_weights: Mapping[str, float]
    unseen_word: float
    ordinary: Collection[str]
    words: Sequence[frozenset[str]]
    certainty: Certainty


def load_technologies(data: Path) -> Technologies:
    """Read `entities.csv`, `aliases.csv`, `ordinary_words.csv` and `certainty.csv` from `technology` under `data`.

    Raises BadInput when an alias names an unknown entity.
    """
    folder = data / "technology"
    entities = [Entity(r["entity"], r["product"], r["vendor"], r["category"]) for r in _rows(folder / "entities.csv")]
    aliases = [Alias(r["alias"], r["entity"]) for r in _rows(folder / "aliases.csv")]
    ordinary = frozenset(row["word"] for row in _rows(folder / "ordinary_words.csv"))
    curve = {row["term"]: float(row["value"]) for row in _rows(folder / "certainty.csv")}
    return index_of(entities, aliases, ordinary, Certainty(**curve))


def index_of(
    entities: Sequence[Entity], aliases: Iterable[Alias], ordinary: Collection[str], certainty: Certainty
) -> Technologies:
    """Return the index of the aliases and of the entities' own names; raises BadInput for an alias of no entity."""
    number = {entity.name: place for place, entity in enumerate(entities)}
    spellings: dict[tuple[str, int], str] = {}
    for alias in (*aliases, *(own for entity in entities for own in _own_names(entity))):
        if alias.entity not in number:
            raise BadInput(f"The spelling {alias.text!r} belongs to {alias.entity!r}, which is not in the table.")
        first, *others = readings(alias.text) or [""]
        for reading in (first, *(other for other in others if not _is_ordinary(other, ordinary))):
            if reading:
                spellings.setdefault((key_of(reading), number[alias.entity]), reading)
    weighed = [pieces_of(text, ordinary) for text in spellings.values()]
    count: dict[str, int] = {}
    for pieces in weighed:
        for piece in pieces:
            count[piece] = count.get(piece, 0) + 1
    written = [tuple(words_of(text)) for text in spellings.values()]
    makers = frozenset(word for entity in entities for word in words_of(entity.vendor))
    word_weights = _word_weights(written, frozenset(ordinary) | makers)
    unseen = math.log(1 + len(weighed))
    rarity = {piece: unseen - math.log(1 + held) for piece, held in count.items()}
    return Technologies(
        entities=entities,
        rarity=rarity,
        unseen=unseen,
        spellings=_postings(weighed, rarity),
        owner=np.array([owner for _, owner in spellings], np.int32),
        written=written,
        word_weights=word_weights,
        unseen_word=math.log(1 + len(set(written))),
        ordinary=ordinary,
        words=_telling_words(spellings, ordinary, len(entities)),
        certainty=certainty,
    )


def _is_ordinary(reading: str, ordinary: Collection[str]) -> bool:
    """Tell whether a name that was cut short has nothing left but everyday words ("Development")."""
    return all(word in ordinary or word in SORTS or word.isdigit() for word in words_of(reading))


SORT_SHARE, COMMON_SHARE = 0.3, 0.5
"""What a word for a sort of thing, and a maker, number or everyday word, counts of what its rarity would give it."""


def _word_weights(written: Sequence[tuple[str, ...]], common: Collection[str]) -> dict[str, float]:
    """Return what each word counts: its rarity among the different spellings, less where it tells little."""
    different = set(written)
    count: dict[str, int] = {}
    for words in different:
        for word in set(words):
            count[word] = count.get(word, 0) + 1
    return {word: math.log((1 + len(different)) / (1 + held)) * _share(word, common) for word, held in count.items()}


def _share(word: str, common: Collection[str]) -> float:
    if word in SORTS or word in LINKS:
        return SORT_SHARE
    return COMMON_SHARE if word.isdigit() or word in common else 1.0


def unit(pieces: Mapping[str, float], rarity: Mapping[str, float], unseen: float) -> dict[str, float]:
    """Return the pieces weighed by rarity, as a vector of length 1 (TF-IDF with damped counts)."""
    vector = {
        piece: (math.sqrt(weight) if weight > 1 else weight) * rarity.get(piece, unseen)
        for piece, weight in pieces.items()
    }
    length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
    return {piece: value / length for piece, value in vector.items()}


def _telling_words(
    spellings: Mapping[tuple[str, int], str], ordinary: Collection[str], entities: int
) -> list[frozenset[str]]:
    found: list[set[str]] = [set() for _ in range(entities)]
    for (_, owner), text in spellings.items():
        found[owner].update(word for word in words_of(text) if word not in ordinary and not word.isdigit())
    return [frozenset(words) for words in found]


def _own_names(entity: Entity) -> list[Alias]:
    parts = [part for part in entity.name.split("|") if part != FAMILY]
    texts = [parts[-1], " ".join(parts)] if len(parts) > 1 else [parts[-1]]
    return [Alias(text, entity.name) for text in texts]


def _postings(
    weighed: Sequence[Mapping[str, float]], rarity: Mapping[str, float]
) -> dict[str, tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]]:
    gathered: dict[str, tuple[list[int], list[float]]] = {}
    for place, pieces in enumerate(weighed):
        for piece, value in unit(pieces, rarity, 0.0).items():
            places, values = gathered.setdefault(piece, ([], []))
            places.append(place)
            values.append(value)
    return {
        piece: (np.array(places, np.int32), np.array(values, np.float32))
        for piece, (places, values) in gathered.items()
    }


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))
