"""The report as one self-contained HTML document that prints to PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from platform_core.reports.neutral import Cell, in_words


@dataclass(frozen=True)
class Section:
    """A heading, a sentence or two, and a table; `note` says what to see."""

    title: str
    note: str
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()


@dataclass(frozen=True)
class Report:
    """Everything a reader needs to follow the plan without the workbench, and to reproduce it.

    `figures` are the headline numbers as (label, value in words); `unknown` says in sentences what was not known.
    """

    title: str
    made_at: datetime
    made_by: str
    version: str
    figures: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    unknown: Sequence[str] = field(default_factory=tuple)


def html_report(report: Report) -> str:
    """Return the report as HTML; every value is escaped, nothing is fetched from anywhere."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["words"] = _words
    return environment.get_template("report.html.j2").render(report=report)


def _words(cell: Cell) -> str:
    if cell is None or cell == "":
        return "–"
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return f"{cell:,.1f}".removesuffix(".0")
    return in_words(cell)
