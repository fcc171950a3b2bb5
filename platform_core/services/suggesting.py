"""Suggesting with what was learned: the words that hold for the file, and what settled columns have in common."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from platform_core import mapping
from platform_core.domain.learning import CorrectedFile, LearnedMapping
from platform_core.domain.mapping import MappingProposal, TaughtColumn
from platform_core.domain.table import Table
from platform_core.learning import Memory
from platform_core.mapping import Knowledge, ValueProfile
from platform_core.services.knowledge import mapping_knowledge


def suggest(table: Table, memory: Memory) -> MappingProposal:
    """Suggest a field, or none, for every column of a table, with everything that counts in the migration."""
    knowledge, lessons = prepared(table.headers, memory)
    return with_choices(mapping.suggest(table, knowledge, lessons), lessons)


def suggest_again(headers: Sequence[str], profiles: Sequence[ValueProfile], memory: Memory) -> MappingProposal:
    """Suggest as `suggest` does, for a file whose headers and value profiles were kept."""
    knowledge, lessons = prepared(headers, memory)
    return with_choices(mapping.propose(headers, profiles, knowledge, lessons), lessons)


def with_choices(proposal: MappingProposal, lessons: Sequence[LearnedMapping]) -> MappingProposal:
    """Return suggestions with what was said before about the notation of such columns, where the field is the same."""
    said = {(lesson.header, lesson.field): lesson.choices for lesson in lessons if lesson.choices.said}
    if not said:
        return proposal
    suggestions = tuple(
        each.model_copy(update={"choices": said.get((each.header, each.field), each.choices)})
        for each in proposal.suggestions
    )
    return proposal.model_copy(update={"suggestions": suggestions})


def prepared(headers: Sequence[str], memory: Memory) -> tuple[Knowledge, list[LearnedMapping]]:
    """Return the mapper's knowledge with what was taught, and the words that hold for a file with these headers."""
    shipped = mapping_knowledge()
    if not memory.words:
        return shipped, []
    return taught(tuple(memory.examples())), memory.lessons(look(headers, shipped))


def look(headers: Sequence[str], knowledge: Knowledge) -> CorrectedFile:
    """Return what a file is known by: the export it is recognised as, what its rows describe, its headers."""
    export, kind = mapping.recognise(headers, knowledge)
    return CorrectedFile(format=export, kind=kind, headers=tuple(headers))


@lru_cache(maxsize=8)
def taught(examples: tuple[TaughtColumn, ...]) -> Knowledge:
    """Return the shipped knowledge that also generalises from settled columns."""
    return mapping.taught(mapping_knowledge(), examples)
