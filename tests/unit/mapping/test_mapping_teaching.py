"""Columns that analysts settled teach what headers like them mean, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from platform_core.domain.mapping import EvidenceKind, FileKind, MappingProposal, TaughtColumn
from platform_core.domain.table import Table
from platform_core.errors import BadInput
from platform_core.mapping import Knowledge, suggest, taught

FILE = ("Gerätename", "Betriebssystem", "Kümmerer Fachbereich", "Zonenkennung")


def column(header: str, field: str | None) -> TaughtColumn:
    return TaughtColumn(headers=FILE, position=FILE.index(header), kind=FileKind.SERVER, field=field)


def score(proposal: MappingProposal, position: int) -> float:
    """Return the log odds of the first field of a column."""
    suggestion = proposal.suggestions[position]
    return sum(term.weight for term in suggestion.evidence) * (1 if suggestion.field else -1)


def test_a_settled_column_speaks_for_headers_with_the_same_words(shipped: Knowledge) -> None:
    other_file = Table.of(["Servername", "Kümmerer Technik Fachbereich", "OS"], [])
    learned = taught(shipped, [column("Kümmerer Fachbereich", "business_unit")])
    before, after = (suggest(other_file, knowledge).suggestions[1] for knowledge in (shipped, learned))
    assert not any(term.kind is EvidenceKind.LEARNED for term in before.evidence)
    assert (after.field or after.alternatives[0].field) == "business_unit"
    assert any(term.kind is EvidenceKind.LEARNED and term.weight != 0 for term in after.evidence)


def test_an_ignored_column_speaks_against_every_field(shipped: Knowledge) -> None:
    table = Table.of(FILE, [])
    learned = taught(shipped, [column("Zonenkennung", None)])
    assert suggest(table, learned).suggestions[3].field is None
    assert score(suggest(table, learned), 3) < score(suggest(table, shipped), 3)


def test_what_has_nothing_in_common_stays_as_it_was(shipped: Knowledge) -> None:
    table = Table.of(["IP Address", "Serial Number", "Purchase Date"], [])
    learned = taught(shipped, [column("Kümmerer Fachbereich", "business_unit")])
    before, after = suggest(table, shipped), suggest(table, learned)
    assert [s.field for s in before.suggestions] == [s.field for s in after.suggestions]
    assert all(abs(score(before, place) - score(after, place)) < 0.5 for place in range(3))


def test_the_order_of_columns_changes_nothing_and_no_column_is_the_shipped_mapper(
    shipped: Knowledge, map_headers: Callable
) -> None:
    settled = [column("Kümmerer Fachbereich", "business_unit"), column("Zonenkennung", None)]
    table = Table.of(FILE, [])
    one, other = (suggest(table, taught(shipped, columns)) for columns in (settled, settled[::-1]))
    assert [s.field for s in one.suggestions] == [s.field for s in other.suggestions]
    assert suggest(table, taught(taught(shipped, settled), [])) == map_headers(FILE)


def test_evidence_still_adds_up_to_the_score(shipped: Knowledge) -> None:
    learned = taught(shipped, [column("Kümmerer Fachbereich", "business_unit")])
    suggestion = suggest(Table.of(FILE, []), learned).suggestions[2]
    total = sum(term.weight for term in suggestion.evidence)
    expected = learned.calibration.probability(total if suggestion.field else -total)
    assert suggestion.confidence == pytest.approx(expected if suggestion.field else 1 - expected, abs=2e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        TaughtColumn(headers=FILE, position=0, kind=FileKind.SERVER, field="no_such_field"),
        TaughtColumn(headers=FILE, position=9, kind=FileKind.SERVER, field="hostname"),
    ],
)
def test_a_column_that_cannot_be_is_refused(wrong: TaughtColumn, shipped: Knowledge) -> None:
    with pytest.raises(BadInput):
        taught(shipped, [wrong])
