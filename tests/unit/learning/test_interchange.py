"""Learned mappings travel as a file: what is written is read again, and a bad file is told in a sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.learning import Correction, Scope
from platform_core.errors import BadInput
from platform_core.learning import read_mappings, write_mappings
from platform_core.reference import catalogue
from tests.unit.learning.said import APPLICATIONS, SERVERS, logs, said, undone

KEPT = {"header", "verdict", "field", "file", "author", "at", "reason"}


@given(logs())
def test_what_is_written_is_read_again_with_its_provenance(log: list[Correction]) -> None:
    read = read_mappings(write_mappings(log, "Exit Northgate"), catalogue())
    assert [word.model_dump(include=KEPT) for word in read] == [word.model_dump(include=KEPT) for word in log]
    assert {word.scope for word in read} <= {Scope.ORGANISATION}


def test_the_document_is_typed_and_names_its_version_and_each_file_once() -> None:
    log = [said(1, "RAM", "memory_gb"), said(2, "Site", None), said(3, "Name", "asset_name", file=APPLICATIONS)]
    document = json.loads(write_mappings([*log, undone(said(4, "CPUs", "cpu_cores"))], "Exit Northgate"))
    assert (document["format"], document["version"]) == ("field-mappings", 1)
    assert [file["kind"] for file in document["files"]] == ["server", "application"]
    assert [(m["header"], m["field"], m["file"], m["author"]) for m in document["mappings"]] == [
        ("RAM", "memory_gb", 0, "Ana"),
        ("Site", None, 0, "Ana"),
        ("Name", "asset_name", 1, "Ana"),
    ]
    assert {m["migration"] for m in document["mappings"]} == {"Exit Northgate"}


def broken(**changes: object) -> str:
    document = json.loads(write_mappings([said(1, "RAM", "memory_gb", file=SERVERS)]))
    document["mappings"][0].update(changes)
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no json", "The file is not JSON."),
        (b"\xff\xfe\x00", "The file is not JSON."),
        ("[" * 100_000, "The file is not JSON."),
        ("[]", "The file holds no learned mappings."),
        ('{"format": "field-mappings", "version": 7}', "version 7"),
        (broken(field="bananas"), "Mapping 1 of the file names the field 'bananas'"),
        (broken(header="  "), "Mapping 1 of the file names no header."),
        (broken(field=None), "Mapping 1 of the file needs a field."),
        (broken(verdict="ignore"), "Mapping 1 of the file has a field but ignores the header."),
        (broken(file=5), "Mapping 1 of the file belongs to a file that the document does not describe."),
        (broken(verdict="perhaps"), "The file is wrong at mappings → 1 → verdict"),
        (broken(colour="red"), "The file is wrong at mappings → 1 → colour"),
    ],
)
def test_a_bad_file_is_told_in_one_sentence(text: str | bytes, told: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_mappings(text, catalogue())
    assert told in refused.value.message


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_file_is_read_with_anything_but_mappings_or_a_sentence(text: str | bytes) -> None:
    with pytest.raises(BadInput):
        read_mappings(text, catalogue())
