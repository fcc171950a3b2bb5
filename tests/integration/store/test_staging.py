"""What is staged is what was built, value by value, and what is not known is NULL."""

from __future__ import annotations

from platform_core.services.building import stage
from platform_core.store.staging import staging
from tests.unit.inventory.tables import build, mapped

FIELDS = [
    "hostname",
    "environment",
    "memory_gb",
    "is_virtual",
    "ip_address",
    "last_seen",
    "cpu_cores",
    "application_name",
]
ROWS = (
    ("web01", "prod", "16", "yes", "10.0.0.1, 10.0.0.2", "2026-01-02", "4", "Shop"),
    ("web02", "", "", "", "", "", "", ""),
    ("web03", "test", "1.5", "no", "10.0.0.3", "", "x", "Shop; Wiki"),
    ("web01", "prod", "16", "", "", "2026-02-02", "", "Shop"),
)


def test_staged_assets_are_those_that_were_built() -> None:
    table = mapped(FIELDS, *ROWS)
    with staging() as staged:
        stage([table], staged)
        assert list(staged.assets()) == build(table).assets
        assert staged.keys_where("environment IS NULL AND kind = 'server'", ()) == {"server:web02"}
        assert staged.keys_where("cpu_cores IS NULL AND memory_gb IS NULL AND kind = 'server'", ()) == {"server:web02"}
