"""Wide tables, long cells and long lists: nothing is cut on the way into the store."""

from __future__ import annotations

from platform_core.domain.identity import Identity
from platform_core.domain.inventory import AssetKind, applications_of
from platform_core.services import applying, imports, mappings
from platform_core.store import Store
from tests.integration.services.conftest import Upload

ANA = Identity(name="Ana Example")
APPLICATIONS = [f"Service {number:02d}" for number in range(20)]
NOTE = "".join(f"step {number}: reboot, wait, look; " for number in range(200))[:5_000].strip() + "."


def test_a_cell_of_5000_characters_20_applications_and_400_columns(
    store: Store, migration_id: int, upload: Upload
) -> None:
    extra = [f"Custom attribute {number}" for number in range(396)]
    lines = [
        ";".join(["Server Name", "Operating System", "Application Name", "Notes", *extra]),
        ";".join(["web01", "Ubuntu 22.04", f'"{"; ".join(APPLICATIONS)}"', f'"{NOTE}"', *("x" for _ in extra)]),
        ";".join(["web02", "Ubuntu 22.04", APPLICATIONS[0], "short", *("y" for _ in extra)]),
    ]
    upload("wide.csv", "\n".join(lines))
    (view,) = imports.listed(store.unit_of_work(), migration_id)
    assert (view.columns, view.rows_stored, view.rows_quarantined) == (400, 2, 0)
    assert len(mappings.columns(store.unit_of_work(), view.id)) == 400
    applying.apply(store, view.id, ANA, undecided=True, seen_version=view.version)
    work = store.unit_of_work()
    with work.reading():
        assets = {asset.key: asset for asset in work.assets.all(migration_id)}
    web01 = assets["server:web01"]
    assert len(NOTE) >= 5_000
    assert web01.values["notes"] == NOTE
    assert list(applications_of(web01)) == APPLICATIONS
    implied = [asset for asset in assets.values() if asset.kind is AssetKind.APPLICATION]
    assert sorted(asset.name for asset in implied) == APPLICATIONS
    assert len(next(asset for asset in implied if asset.name == APPLICATIONS[0]).sources) == 2
