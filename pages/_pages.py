"""The pages in the order of the journey: the one list that router, links, documentation and tests go by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class PageEntry:
    """One page: `url_path` is its address under the root and its file in this folder; `help` says what it is for."""

    url_path: str
    title: str
    icon: str
    group: str
    help: str

    @property
    def file(self) -> str:
        """Name of the page's file in this folder."""
        return f"{self.url_path}.py"


PREPARE: Final = "Prepare"
DECIDE: Final = "Decide"
LEARN: Final = "Learn"

PAGES: Final = (
    PageEntry("overview", "Overview", ":material/route:", PREPARE, "Where the migration stands and what comes next."),
    PageEntry("upload", "Upload", ":material/upload_file:", PREPARE, "Bring in inventory exports."),
    PageEntry("mapping", "Mapping review", ":material/rule:", PREPARE, "Which column means what, and why."),
    PageEntry(
        "inventory", "Inventory & quality", ":material/dns:", PREPARE, "Every asset with its origin; what is missing."
    ),
    PageEntry(
        "strategy", "6R strategy", ":material/alt_route:", DECIDE, "One recommendation per application, with reasons."
    ),
    PageEntry(
        "dependencies", "Dependencies & risk", ":material/hub:", DECIDE, "What talks to what, and what can go wrong."
    ),
    PageEntry("waves", "Waves", ":material/view_timeline:", DECIDE, "What moves when, under which rules."),
    PageEntry("report", "Report", ":material/description:", DECIDE, "The plan as a document and as files."),
    PageEntry("feedback", "Feedback & learning", ":material/school:", LEARN, "What was learned from whom."),
    PageEntry(
        "agents", "Agent activity", ":material/monitoring:", LEARN, "What runs, how far it is and what came of it."
    ),
    PageEntry("settings", "Settings", ":material/settings:", LEARN, "What is set, and where to change it."),
)
