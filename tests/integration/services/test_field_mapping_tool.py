"""What agents ask and teach about columns: the same engine, the same gate, the same log as the analysts'."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from platform_core.domain.identity import Identity
from platform_core.domain.mapping import Band, FileKind
from platform_core.errors import BadInput
from platform_core.services import learning
from platform_core.services.field_mapping_tool import (
    AnalyzeDataColumns,
    DataColumn,
    FieldMappingTool,
    LearnFieldMapping,
    QueryFieldMapping,
)
from platform_core.store import Store

AGENT = Identity(name="Mapping agent")
HEADERS = ("Server Name", "KAPA", "DR_TIER", "STICKER")


@pytest.fixture
def tool(store: Store, migration_id: int) -> FieldMappingTool:
    return FieldMappingTool(store.unit_of_work(), migration_id, AGENT)


def test_a_header_is_answered_with_field_alternatives_and_reasons(tool: FieldMappingTool) -> None:
    answer = tool.query_field_mapping(QueryFieldMapping(header="RAM (MB)", samples=("4096",), beside=HEADERS))
    assert (answer.field, answer.label, answer.unit, answer.band) == ("memory_gb", "Memory (GB)", "MB", Band.ACCEPT)
    assert not answer.learned
    assert answer.reasons
    assert all(other.description for other in answer.alternatives)


def test_columns_are_analysed_with_what_is_missing_for_the_asset_type(tool: FieldMappingTool) -> None:
    columns = tuple(DataColumn(header=header) for header in HEADERS)
    answer = tool.analyze_data_columns(AnalyzeDataColumns(columns=columns, asset_type=FileKind.SERVER))
    assert [mapping.header for mapping in answer.mappings] == list(HEADERS)
    assert answer.kind is FileKind.SERVER
    assert "memory_gb" in answer.missing
    assert "STICKER" in answer.unmapped
    assert set(answer.missing) <= set(answer.needed)


def test_what_is_taught_counts_for_the_next_question_and_is_in_the_log(
    tool: FieldMappingTool, store: Store, migration_id: int
) -> None:
    taught = tool.learn_field_mapping(
        LearnFieldMapping(
            header="KAPA", field="memory_gb", columns=HEADERS, asset_type=FileKind.SERVER, reason="Said so"
        )
    )
    assert (taught.is_new, taught.would_lose) == (True, ())
    columns = tuple(DataColumn(header=header) for header in HEADERS)
    answer = tool.analyze_data_columns(AnalyzeDataColumns(columns=columns, asset_type=FileKind.SERVER))
    kapa = answer.mappings[1]
    assert (kapa.field, kapa.learned) == ("memory_gb", True)
    assert "memory_gb" not in answer.missing
    (entry,) = learning.timeline(store.unit_of_work(), migration_id)
    assert (entry.author, entry.subject, entry.reason) == ("Mapping agent", "KAPA", "Said so")


def test_a_refused_field_is_not_answered_again(tool: FieldMappingTool) -> None:
    tool.learn_field_mapping(LearnFieldMapping(header="DR_TIER", field="dr_tier", refuse=True))
    assert tool.query_field_mapping(QueryFieldMapping(header="DR_TIER", beside=HEADERS)).field != "dr_tier"


def test_what_would_cost_shipped_columns_is_told(tool: FieldMappingTool) -> None:
    taught = tool.learn_field_mapping(LearnFieldMapping(header="Operating System", field="location"))
    assert taught.would_lose
    answer = tool.query_field_mapping(QueryFieldMapping(header="Operating System", beside=HEADERS))
    assert answer.field == "os_name"


@pytest.mark.parametrize(
    "request_", [LearnFieldMapping(header="X", field="bananas"), LearnFieldMapping(header="X", field=None, refuse=True)]
)
def test_nonsense_is_refused_in_a_sentence(tool: FieldMappingTool, request_: LearnFieldMapping) -> None:
    with pytest.raises(BadInput):
        tool.learn_field_mapping(request_)


def test_requests_are_typed_and_bounded() -> None:
    with pytest.raises(ValidationError):
        AnalyzeDataColumns(columns=())
    with pytest.raises(ValidationError):
        QueryFieldMapping(header="x" * 301)
    with pytest.raises(ValidationError):
        DataColumn.model_validate({"header": "x", "values": []})
