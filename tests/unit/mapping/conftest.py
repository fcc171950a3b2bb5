"""The shipped knowledge, and a mapper for a handful of headers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from platform_core.domain.mapping import MappingProposal
from platform_core.domain.table import Table
from platform_core.mapping import Knowledge, load_knowledge, suggest

Mapper = Callable[..., MappingProposal]
DATA = Path(__file__).parents[3] / "data"


@pytest.fixture(scope="session")
def shipped() -> Knowledge:
    return load_knowledge(DATA)


@pytest.fixture(scope="session")
def map_headers(shipped: Knowledge) -> Mapper:
    """Map headers and rows, with what was learned before."""

    def mapper(headers: Sequence[str], rows: Sequence[Sequence[str]] = (), learned: Sequence = ()) -> MappingProposal:
        return suggest(Table.of(headers, rows), shipped, learned)

    return mapper


@pytest.fixture(scope="session")
def fields_of(map_headers: Mapper) -> Callable[..., dict[str, str | None]]:
    """Map headers and rows to a dictionary from header to field."""

    def fields(headers: Sequence[str], rows: Sequence[Sequence[str]] = ()) -> dict[str, str | None]:
        return {suggestion.header: suggestion.field for suggestion in map_headers(headers, rows).suggestions}

    return fields
