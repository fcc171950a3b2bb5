"""Known columns answered once more with something learned, and those that the product ships labelled."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from platform_core import mapping
from platform_core.domain.learning import CorrectedFile, LearnedMapping, Loss
from platform_core.learning import Memory
from platform_core.mapping import ValueProfile
from platform_core.mapping.benchmark import GoldColumn, read_gold
from platform_core.reference import DATA
from platform_core.services.knowledge import mapping_knowledge
from platform_core.services.suggesting import look, taught


@dataclass(frozen=True)
class KnownFile:
    """A file whose right answers are known: `right[i]` holds every right answer for column i (None = unmapped)."""

    name: str
    file: CorrectedFile
    profiles: tuple[ValueProfile, ...]
    right: tuple[frozenset[str | None], ...]


class KnownColumns:
    """Answers known columns once more with something learned, and says which come out wrong."""

    def __init__(self, files: Sequence[KnownFile]) -> None:
        self._files = files
        self._replay = mapping.Replay([(known.file.headers, known.profiles) for known in files], mapping_knowledge())

    def wrong(self, memory: Memory) -> dict[Hashable, Loss]:
        """Return the columns that get a wrong answer, by file and position.

        A column that somebody spoke about for this very export is between people, and left out.
        """
        examples = tuple(memory.examples())
        model = taught(examples).taught if examples else None
        found: dict[Hashable, Loss] = {}
        spoken = [memory.spoken_of_here(known.file) if memory.words else frozenset() for known in self._files]
        for known, here, fields in zip(
            self._files, spoken, self._replay.fields(model, self._lessons(memory)), strict=True
        ):
            for position, (header, field) in enumerate(zip(known.file.headers, fields, strict=True)):
                if field not in known.right[position] and header not in here:
                    right = next(iter(sorted(known.right[position], key=str)))
                    found[known.name, position] = Loss(where=known.name, header=header, field=right, instead=field)
        return found

    def _lessons(self, memory: Memory) -> dict[int, list[LearnedMapping]]:
        if not memory.words:
            return {}
        return {number: memory.lessons(known.file) for number, known in enumerate(self._files)}


class Together:
    """Several sets of known columns as one."""

    def __init__(self, *parts: KnownColumns) -> None:
        self._parts = parts

    def wrong(self, memory: Memory) -> Mapping[Hashable, Loss]:
        """Return the columns of all parts that get a wrong answer."""
        return {
            (place, key): loss for place, part in enumerate(self._parts) for key, loss in part.wrong(memory).items()
        }


@cache
def shipped_columns() -> KnownColumns:
    """Return the labelled columns that come with the product."""
    knowledge = mapping_knowledge()
    return KnownColumns(
        [
            KnownFile(
                name=source.name,
                file=look(source.headers, knowledge),
                profiles=tuple(knowledge.values.profiles(source.table())),
                right=tuple(map(_right, source.columns)),
            )
            for source in read_gold(DATA / "mapping" / "gold.jsonl")
        ]
    )


def _right(column: GoldColumn) -> frozenset[str | None]:
    return frozenset({*column.fields, None} if column.optional or not column.fields else column.fields)
