"""The rows that do not fit: why, and their text as it stood, within a bounded amount of memory."""

from __future__ import annotations

from collections import Counter

from platform_core.domain.table import QuarantinedRow
from platform_core.ingest.encoding import UNDECODABLE
from platform_core.ingest.records import Record

MOST_KEPT = 10_000
"""Quarantined rows kept with their text; all are counted."""

MOST_TEXT = 16 * 1024 * 1024
"""Characters of raw text kept altogether."""


class Quarantine:
    """Collects rows that do not fit a table of `width` columns: all are counted, the first are kept with their text."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._room = MOST_TEXT
        self._reasons: Counter[str] = Counter()
        self.kept: list[QuarantinedRow] = []
        self.count = 0

    def add(self, record: Record) -> None:
        """Set `record` aside."""
        reason = record.fault or self._width_reason(len(record.cells))
        self.count += 1
        self._reasons[reason] += 1
        if len(self.kept) < MOST_KEPT and len(record.raw) <= self._room:
            self._room -= len(record.raw)
            raw = record.raw.rstrip("\r\n").replace(UNDECODABLE, "\ufffd")
            self.kept.append(QuarantinedRow(line=record.line, reason=reason, raw=raw))

    @property
    def commonest_reason(self) -> str:
        """The sentence that holds for most of the rows set aside."""
        return self._reasons.most_common(1)[0][0]

    def notes(self) -> list[str]:
        """Say when some rows are only counted."""
        if len(self.kept) == self.count:
            return []
        return [f"{self.count:,} rows were set aside; the text of {len(self.kept):,} of them was kept."]

    def _width_reason(self, cells: int) -> str:
        return f"It has {cells:,} {'cell' if cells == 1 else 'cells'}, the table has {self._width:,} columns."
