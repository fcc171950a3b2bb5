"""The tab of refused values: each text once, its reading before and after, one click, and back again."""

from __future__ import annotations

import io

from platform_core.services import applying, inventories, migrations, receiving, refused
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen

DOUBTFUL = """\
Server Name,RAM (GB),CPUs,Environment
web01,8 Gig?,4,PROD
web02,8 Gig?,`four`,PROD
web03,64,8,Zorg
"""


def test_a_text_is_read_everywhere_with_one_click_and_taken_back(empty: Screen) -> None:
    migration = migrations.create(empty.store.unit_of_work(), "Doubtful", ANALYST).id
    receiving.receive(empty.store, migration, "doubtful.csv", io.BytesIO(DOUBTFUL.encode()), ANALYST)
    applying.apply_all(empty.store, migration, ANALYST)
    empty.open("inventory", migration=migration, tab="Refused values")
    assert empty.table("refused-texts")["Text"].iloc[0] == "8 Gig?"
    shown = empty.table("Assets with the text 8 Gig?, before and after")
    assert list(shown["Memory (GB) → after"]) == ["8", "8"]
    assert list(shown["Line"]) == [2, 3]
    empty.click("Read as 8 in 2 assets")
    assert empty.alerts == []
    work = empty.store.unit_of_work()
    told = {each.field: each.value for each in inventories.detail(work, migration, "server:web02").values}
    assert told["memory_gb"] == 8
    (rule,) = refused.settled(work, migration).values()
    assert "8 Gig?" not in list(empty.table("refused-texts")["Text"])
    empty.click(f"withdraw-{rule.id}")
    assert refused.settled(work, migration) == {}
    assert "8 Gig?" in list(empty.table("refused-texts")["Text"])
