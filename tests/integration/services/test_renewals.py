"""A newer export of a source: recognised, compared before it counts, in place of the older one, and taken back."""

from __future__ import annotations

import pytest

from platform_core.domain.identity import Identity
from platform_core.domain.imports import ImportState
from platform_core.domain.inventory import Asset, IssueKind
from platform_core.errors import Conflict
from platform_core.services import applying, imports
from platform_core.services.applying import Renewal, TryOut
from platform_core.services.imports import ImportView
from platform_core.store import Store
from tests.integration.services.conftest import APPLICATIONS, SERVERS, Upload

ANA = Identity(name="Ana Example")
OLD = "old01,192.0.2.15,Windows Server 2003,2048,1,Fax Archive,PROD,Low,Team Office"
NEW = "new01,192.0.2.16,Ubuntu 24.04,2048,1,CRM,PROD,Low,Team Office"
NEWER = SERVERS.replace("8192", "65536").replace(OLD, NEW)


@pytest.fixture
def newer(store: Store, migration_id: int, upload: Upload) -> ImportView:
    """The servers applied, and an export of the same tool from a month later still to be reviewed."""
    upload("servers 2026-10-01.csv", SERVERS)
    applying.apply_all(store, migration_id, ANA)
    upload("servers 2026-11-01.csv", NEWER)
    return imports.listed(store.unit_of_work(), migration_id)[-1]


def assets(store: Store, migration_id: int) -> dict[str, Asset]:
    work = store.unit_of_work()
    with work.reading():
        return {asset.key: asset for asset in work.assets.all(migration_id)}


def tried(store: Store, view: ImportView) -> TryOut:
    return applying.try_out(store.unit_of_work(), view.id, undecided=True)


def renew(store: Store, view: ImportView, *, keeps_gone: bool) -> None:
    older = tried(store, view).renews
    assert older is not None
    renewal = Renewal(older.import_id, keeps_gone=keeps_gone)
    applying.apply(store, view.id, ANA, undecided=True, seen_version=view.version, renewal=renewal)


def test_what_a_newer_export_changes_is_told_before_anything_is_applied(store: Store, newer: ImportView) -> None:
    found = tried(store, newer).differences
    assert found is not None
    assert (found.created, found.updated, found.removed) == (1, 1, 2)
    assert found.unchanged == 5
    assert [(c.name, c.fields) for c in found.changed] == [("web01", (("memory_gb", "8", "64"),))]
    assert [name for _, name in found.new] == ["new01"]
    assert [name for _, name in found.gone] == ["Fax Archive", "old01"]


def test_another_list_is_no_newer_export(store: Store, newer: ImportView, migration_id: int, upload: Upload) -> None:
    upload("applications.csv", APPLICATIONS)
    other = imports.listed(store.unit_of_work(), migration_id)[-1]
    assert tried(store, other).renews is None
    upload("notes.csv", SERVERS.replace("Support Group", "Remark").replace("CPUs", "Rack").replace("PROD", "Prod"))
    other = imports.listed(store.unit_of_work(), migration_id)[-1]
    assert tried(store, other).renews is None


def test_gone_assets_are_kept_with_a_finding(store: Store, newer: ImportView, migration_id: int) -> None:
    before = assets(store, migration_id)
    renew(store, newer, keeps_gone=True)
    after = assets(store, migration_id)
    assert after.keys() == before.keys() | {"server:new01"}
    assert after["server:web01"].values["memory_gb"] == 64.0
    assert after["server:old01"].values == before["server:old01"].values
    work = store.unit_of_work()
    with work.reading():
        gone = {row.asset_key for row in work.issues.of(migration_id, IssueKind.GONE, None)}
        kinds = {kind for kind, _, _ in work.issues.counts(migration_id)}
    assert gone == {"server:old01", "application:faxarchive"}
    assert IssueKind.CONFLICT not in kinds


def test_gone_assets_can_be_left_out_and_the_older_export_comes_back(
    store: Store, newer: ImportView, migration_id: int
) -> None:
    before = assets(store, migration_id)
    renew(store, newer, keeps_gone=False)
    assert "server:old01" not in assets(store, migration_id)
    old, new = imports.listed(store.unit_of_work(), migration_id)
    assert (old.state, new.state) == (ImportState.SET_ASIDE, ImportState.APPLIED)
    with pytest.raises(Conflict, match="replaced by a newer export"):
        imports.remove(store.unit_of_work(), old.id, ANA)
    applying.withdraw(store, new.id, ANA, seen_version=new.version)
    assert assets(store, migration_id) == before
    assert [view.state for view in imports.listed(store.unit_of_work(), migration_id)] == [
        ImportState.APPLIED,
        ImportState.REVIEW,
    ]


def test_a_third_export_drops_what_the_first_told_unless_both_keep_it(
    store: Store, newer: ImportView, migration_id: int, upload: Upload
) -> None:
    renew(store, newer, keeps_gone=True)
    upload("servers 2026-12-01.csv", NEWER.replace("65536", "131072"))
    third = imports.listed(store.unit_of_work(), migration_id)[-1]
    renew(store, third, keeps_gone=True)
    assert "server:old01" in assets(store, migration_id)
    third = imports.view(store.unit_of_work(), third.id)
    applying.withdraw(store, third.id, ANA, seen_version=third.version)
    third = imports.view(store.unit_of_work(), third.id)
    renew(store, third, keeps_gone=False)
    assert "server:old01" not in assets(store, migration_id)
