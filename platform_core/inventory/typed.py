"""A value that a person types: read as the cell of an import would be, alone."""

from __future__ import annotations

from platform_core.domain.catalogue import Field
from platform_core.domain.inventory import Value
from platform_core.domain.mapping import MappedColumn
from platform_core.inventory.cells import Unfit
from platform_core.inventory.reading import ColumnEvidence, reader_of
from platform_core.inventory.vocabularies import Vocabularies


def read_value(
    text: str, target: Field, vocabularies: Vocabularies, *, unit: str | None = None
) -> tuple[Value | None, str]:
    """Return the value that `text` stands for in a field (None = not known), and why it does not fit, else "".

    A unit in the text counts ("16384 MB" is 16 GB); without one it is `unit`, the field's where that is None. A list is
    taken whole or not.
    """
    evidence = ColumnEvidence.of(target)
    evidence.note(text, target)
    cell = MappedColumn(position=0, header="", field=target.key, unit=unit)
    found = reader_of(target, cell, evidence, vocabularies)(text)
    return (None, found.text) if isinstance(found, Unfit) else (found, "")
