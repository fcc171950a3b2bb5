"""Only the places named here work on the rows of all organisations at once."""

from __future__ import annotations

import re

from platform_core.settings import PROJECT_ROOT

FOR_ALL = {
    "platform_core/domain/organisations.py": "the word itself",
    "platform_core/store/__init__.py": "hands it out",
    "platform_core/store/database.py": "says it to PostgreSQL",
    "platform_core/store/reach.py": "narrows nothing then",
    "platform_core/store/schema.py": "changes of the schema move all rows",
    "platform_core/store/moving.py": "copies of a whole store",
    "platform_core/services/moving.py": "copies of a whole store",
    "platform_core/services/organisations.py": "who belongs to which organisation",
    "platform_core/services/access.py": "whose token it is",
    "platform_core/services/workers.py": "rounds of workers",
    "platform_core/services/operations.py": "workers alive, for operators",
    "platform_core/monitor/feed.py": "the one stream of events, told to each organisation by the hub",
}

ASKED = re.compile(r"\beverywhere\(|\bEVERYWHERE\b|import .*\bEVERY\b|^EVERY: |\breach=.every\b", re.MULTILINE)


def test_nobody_else_asks_for_the_rows_of_all_organisations() -> None:
    sources = [*PROJECT_ROOT.glob("platform_core/**/*.py"), *PROJECT_ROOT.glob("pages/*.py"), PROJECT_ROOT / "app.py"]
    asking = {str(path.relative_to(PROJECT_ROOT)) for path in sources if ASKED.search(path.read_text(encoding="utf-8"))}
    assert asking == set(FOR_ALL)
