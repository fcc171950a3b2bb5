"""Files for people: CSV, Excel and HTML, with formula injection neutralised."""

from platform_core.reports.document import Report, Section, html_report
from platform_core.reports.neutral import Cell, neutral
from platform_core.reports.sheets import Sheet, as_csv, as_excel, write_excel

__all__ = ["Cell", "Report", "Section", "Sheet", "as_csv", "as_excel", "html_report", "neutral", "write_excel"]
