"""The report shows what it was given, and only that."""

from __future__ import annotations

from datetime import UTC, datetime

from platform_core.reports import Report, Section, html_report

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}"


def test_every_value_is_shown_as_text() -> None:
    report = Report(
        title=HOSTILE,
        made_at=datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
        made_by=HOSTILE,
        version="1",
        figures=[(HOSTILE, HOSTILE)],
        sections=[Section(HOSTILE, HOSTILE, [HOSTILE], [[HOSTILE], [None], [1234.5], [3.0]])],
        unknown=[HOSTILE],
    )
    page = html_report(report)
    assert "<script" not in page
    assert "<img" not in page
    assert "49" not in page
    assert page.count("&lt;script&gt;") == 10
    assert ">1,234.5<" in page
    assert ">3<" in page
    assert ">–<" in page


def test_the_document_fetches_nothing() -> None:
    report = Report("T", datetime(2026, 1, 1, tzinfo=UTC), "A", "1", [], [])
    page = html_report(report)
    assert "http" not in page
    assert "<link" not in page
    assert "src=" not in page
