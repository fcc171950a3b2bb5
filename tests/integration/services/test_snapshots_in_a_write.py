"""A transaction that reads the column store of the inventory can go on to write, on either database."""

from __future__ import annotations

from platform_core.services import migrations, overview
from platform_core.store import Store
from tests.integration.services.conftest import ANA


def test_figures_are_read_and_a_sitting_begun_in_one_transaction(store: Store, applied: int) -> None:
    overview.begin_sitting(store.unit_of_work(), applied, ANA)
    found = overview.overview(store.unit_of_work(), applied)
    assert found.before == found.figures
    assert migrations.view(store.unit_of_work(), applied).id == applied
