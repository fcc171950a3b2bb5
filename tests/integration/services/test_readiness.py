"""What load balancers are told: looked at every few seconds, however often and from however many sides it is asked."""

from __future__ import annotations

import shutil
from pathlib import Path

from platform_core.services import operations
from platform_core.services.operations import LOOKED_AT_FOR, WRITTEN_FOR, Lookout
from platform_core.store import Store


def missing(lookout: Lookout) -> list[str]:
    return [check.name for check in lookout.checks() if not check.is_there]


def test_files_are_written_once_a_minute_and_a_lack_is_looked_at_again_soon(store: Store) -> None:
    moment = 0.0
    lookout, root = Lookout(store, lambda: moment), Path(store.files._root)
    assert missing(lookout) == ["worker"]
    shutil.rmtree(root)
    for _ in range(50):
        moment += 1.0
        assert missing(lookout) == ["worker"]
    assert not root.exists(), "nothing was written meanwhile"
    root.write_text("a file where a folder should be", encoding="utf-8")
    moment = WRITTEN_FOR
    assert missing(lookout) == ["files"]
    root.unlink()
    assert missing(lookout) == ["files"]
    moment += LOOKED_AT_FOR
    assert missing(lookout) == ["worker"]


def test_a_schema_that_is_too_old_is_noticed_within_seconds(store: Store) -> None:
    moment = 0.0
    lookout = Lookout(store, lambda: moment)
    assert missing(lookout) == ["worker"]
    work = store.unit_of_work()
    with work:
        work._now().connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
        work.commit()
    moment += operations.LOOKED_AT_FOR - 0.1
    assert missing(lookout) == ["worker"]
    moment += 0.2
    assert missing(lookout) == ["schema"]
