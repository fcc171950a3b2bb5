"""An import that is cancelled on the way leaves nothing by half."""

from __future__ import annotations

import pytest

from platform_core.domain.identity import Identity
from platform_core.errors import Cancelled
from platform_core.jobs import Hold
from platform_core.services import applying, imports
from platform_core.services.imports import ImportView
from platform_core.store import Store

ANA = Identity(name="Ana Example")


@pytest.mark.parametrize("moment", ["Recognising assets", "Reading values", "Assessing applications", "Storing"])
def test_a_build_that_is_cancelled_changes_nothing(
    store: Store, migration_id: int, uploaded: list[ImportView], monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    told: list[str] = []

    def stop(_hold: Hold, _share: float, text: str) -> None:
        told.append(text)
        if text == moment:
            raise Cancelled("The run was cancelled.")

    monkeypatch.setattr(Hold, "progress", stop)
    with pytest.raises(Cancelled):
        applying.apply_all(store, migration_id, ANA)
    assert told[-1] == moment
    work = store.unit_of_work()
    with work.reading():
        assert list(work.assets.all(migration_id)) == []
        assert work.issues.counts(migration_id) == []
        assert work.migrations.get(migration_id).inventory_revision == 0
    assert {view.state for view in imports.listed(store.unit_of_work(), migration_id)} == {"review"}
