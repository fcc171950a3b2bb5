"""One stream of all events: in order, each once, also where two transactions commit the other way round."""

from __future__ import annotations

import pytest

from platform_core.domain.organisations import DEFAULT
from platform_core.domain.runs import EventKind
from platform_core.monitor import EventFeed
from platform_core.store import Store, UnitOfWork
from tests.harness.runs import add_run, tell
from tests.harness.workers import wait_until


def texts(feed: EventFeed) -> list[str]:
    return [heard.event.text for heard in feed.poll()]


def soon(feed: EventFeed, count: int) -> list[str]:
    """Return the next `count` texts; a transaction of another database of the server may hold them back for a while."""
    heard: list[str] = []
    wait_until(lambda: len(heard.extend(texts(feed)) or heard) >= count)
    return heard


def test_events_of_all_runs_come_in_their_order_and_once(store: Store, migration_id: int) -> None:
    one, other = add_run(store, migration_id), add_run(store)
    feed = EventFeed(store)
    tell(store, one, "before")
    feed.start()
    for number in range(3):
        tell(store, one, f"one {number}")
        tell(store, other, f"other {number}")
    heard = feed.poll()
    assert [each.event.text for each in heard] == ["one 0", "other 0", "one 1", "other 1", "one 2", "other 2"]
    assert [each.migration_id for each in heard[:2]] == [migration_id, None]
    assert feed.poll() == []


def test_what_was_missed_is_read_from_the_store_up_to_where_the_stream_is(store: Store, migration_id: int) -> None:
    one, other = add_run(store, migration_id), add_run(store)
    first, *_, last = [*tell(store, one, "a", "b"), *tell(store, other, "c"), *tell(store, one, "d", "e")]
    feed = EventFeed(store)
    assert feed.start() == last
    between = feed.between(DEFAULT, first, last - 1, limit=10)
    assert [heard.event.text for heard in between] == ["b", "c", "d"]
    assert feed.between(DEFAULT + 1, first, last - 1, limit=10) == []
    mine = feed.between(DEFAULT, 0, last, limit=10, migration_id=migration_id)
    assert [heard.event.text for heard in mine] == ["a", "b", "d", "e"]


def begin(store: Store, run_id: int, text: str) -> UnitOfWork:
    """Return a transaction that has written an event and is still open."""
    work = store.unit_of_work().__enter__()
    work.runs.tell(work.runs.locked(run_id), text, EventKind.NOTE)
    work.flush()
    return work


@pytest.mark.parametrize("is_kept", [True, False], ids=["kept", "given up"])
def test_the_stream_waits_for_a_number_that_may_still_come(store: Store, is_kept: bool) -> None:
    if not _has_several_writers(store):
        pytest.skip("one writer at a time: no number can come late")
    slow, quick = add_run(store), add_run(store)
    feed = EventFeed(store)
    feed.start()
    held = begin(store, slow, "slow")
    tell(store, quick, "quick")
    later = begin(store, slow_two := add_run(store), "later")
    tell(store, quick, "quicker")
    assert (texts(feed), texts(feed)) == ([], [])
    if is_kept:
        held.commit()
    held.__exit__(None, None, None)
    assert (soon(feed, 2) == ["slow", "quick"]) if is_kept else (texts(feed) == []), slow_two
    later.commit()
    later.__exit__(None, None, None)
    rest = ["later", "quicker"] if is_kept else ["quick", "later", "quicker"]
    assert soon(feed, len(rest)) == rest


def test_a_stream_that_begins_beside_an_open_transaction_tells_what_that_brings(store: Store) -> None:
    if not _has_several_writers(store):
        pytest.skip("one writer at a time: no number can come late")
    slow, quick = add_run(store), add_run(store)
    tell(store, quick, "old")
    held = begin(store, slow, "slow")
    tell(store, quick, "quick")
    feed = EventFeed(store)
    feed.start()
    held.commit()
    held.__exit__(None, None, None)
    assert soon(feed, 2) == ["slow", "quick"]


def _has_several_writers(store: Store) -> bool:
    work = store.unit_of_work()
    with work.reading():
        return work.events.may_be_filled
