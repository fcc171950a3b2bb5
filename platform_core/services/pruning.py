"""Deleting what nobody needs any more: counted first where one asks, a little at a time, by one process at a time.

What the inventory, a decision or the trail rests on is never among it. Uploaded files go only where a setting says so,
and what was read from them stays.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from platform_core.domain.identity import Identity
from platform_core.domain.retention import Pruned, Retention
from platform_core.errors import Conflict
from platform_core.services import organisations
from platform_core.services.bootstrap import store as store_of_settings
from platform_core.services.repeats import REMEMBERED_FOR
from platform_core.settings import settings
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.files import PART, StoredFile
from platform_core.store.locks import PRUNING
from platform_core.store.repositories.leftovers import Keys, Leftovers
from platform_core.store.snapshots.places import FOLDER as SNAPSHOTS

AT_ONCE = 2_000
"""Rows that one transaction deletes, so that writers of a SQLite database never wait long."""

AT_LEAST = timedelta(days=1)
"""Nothing among the files is deleted sooner: somebody may be about to refer to it, or have it open."""

ORIGINALS, OURS = "originals", ("originals", "tables", "sessions")
"""Folders of files that rows refer to; what lies anywhere else is not ours to judge."""

WORKERS = Identity(name="retention")
"""Who deletes, as the trail tells it, when workers do it by themselves."""

log = logging.getLogger(__name__)

Select = Callable[[Leftovers], Keys]


def prune(store: Store, retention: Retention, by: Identity, *, dry: bool = False) -> list[Pruned]:
    """Delete what `retention` lets go and what is past any use, of every organisation; return how much of each kind.

    With `dry` it is only counted. What was deleted stands in the trail of each organisation. Raises Conflict while
    another process is at it.
    """
    with store.alone(PRUNING) as is_alone:
        if not is_alone:
            raise Conflict("Another process is deleting just now.", hint="Try again in a moment.")
        parts = [_of_one(store.of(each.id), retention, by, dry=dry) for each in organisations.listed(store)]
    return [
        Pruned(what=kind[0].what, number=sum(each.number for each in kind), size=sum(each.size for each in kind))
        for kind in zip(*parts, strict=True)
    ]


def prune_here(*, dry: bool) -> dict[str, Any]:
    """Do it for the store of the settings, as the terminal does; the queue's closed tickets too."""
    from platform_core.jobs.durable import forget_closed  # noqa: PLC0415 - the queue is for those who work on it
    from platform_core.jobs.upkeep import MEMORY  # noqa: PLC0415

    chosen = settings()
    opened = store_of_settings()
    opened.upgrade()
    done = prune(opened, chosen.retention, Identity(name=chosen.ANALYST_NAME), dry=dry)
    tickets = forget_closed(chosen.queue_url, (now() - MEMORY).isoformat(), dry=dry)
    done.append(Pruned(what="closed tickets of the queue", number=tickets))
    return {"dry_run": dry, "deleted": [each.model_dump() for each in done]}


def lines(answer: dict[str, Any]) -> Iterator[str]:
    """Say what was deleted, or would be."""
    verb = "would be deleted" if answer["dry_run"] else "deleted"
    for each in answer["deleted"]:
        size = f" ({each['size'] / 1_000_000:,.1f} MB)" if each["size"] else ""
        yield f"{each['what']}: {each['number']:,}{size} {verb}"


def _of_one(store: Store, retention: Retention, by: Identity, *, dry: bool) -> list[Pruned]:
    """Do it for the organisation that `store` reaches; the kinds come in a fixed order."""
    work = store.unit_of_work()
    done = [_rows(work, what, keys, dry=dry) for what, keys in _selections(retention)]
    done += [_files(work, what, files, dry=dry) for what, files in _leftover_files(work, retention)]
    told = ", ".join(f"{each.number:,} {each.what}" for each in done if each.number)
    if told and not dry:
        log.info("pruned", extra={"organisation": store.reach, "deleted": told})
        with work:
            after = {each.what: each.number for each in done}
            work.audit.record(by, "retention.pruned", migration_id=None, text=f"Deleted {told}", after=after)
            work.commit()
    return done


def _selections(retention: Retention) -> Iterator[tuple[str, Select]]:
    """Yield the kinds of rows that may go, each with its query."""
    events, texts, tokens = map(_before, (retention.events_days, retention.model_texts_days, retention.tokens_days))
    if events is not None:
        yield "events of runs", lambda leftovers: leftovers.events(events)
        yield "notes of finished steps", lambda leftovers: leftovers.steps(events)
    if texts is not None:
        yield "texts of model requests", lambda leftovers: leftovers.model_texts(texts)
    if tokens is not None:
        yield "tokens that open nothing", lambda leftovers: leftovers.tokens(tokens)
    yield "answers that could be repeated", lambda leftovers: leftovers.answers(now() - REMEMBERED_FOR)


def _rows(work: UnitOfWork, what: str, select: Select, *, dry: bool) -> Pruned:
    if dry:
        with work.reading():
            return Pruned(what=what, number=work.leftovers.count(select(work.leftovers)))
    number, some = 0, -1
    while some:
        with work:
            some = work.leftovers.delete(select(work.leftovers), AT_ONCE)
            work.commit()
        number += some
    return Pruned(what=what, number=number)


def _leftover_files(work: UnitOfWork, retention: Retention) -> Iterator[tuple[str, Sequence[StoredFile]]]:
    """Yield the kinds of files that may go. References are read after the files, so that a new one is never missed."""
    old = list(work.files.stored_before(now() - AT_LEAST))
    orphans, originals = _before(retention.orphans_days), _before(retention.originals_days)
    orphaned = {file.key for file in work.files.stored_before(orphans)} if orphans is not None else set()
    with work.reading():
        used, asked_for = work.leftovers.files_in_use(), work.leftovers.digests_in_use()
        past = work.leftovers.originals(originals) if originals is not None else set()
    whole = [file for file in old if not file.key.endswith(PART) and file.key.rsplit("/", 1)[-1] not in asked_for]
    yield "half-written files", [file for file in old if file.key.endswith(PART) and _is_in(file, SNAPSHOTS, *OURS)]
    yield "snapshots of former inventories", [f for f in whole if _is_in(f, SNAPSHOTS) and f.key not in used]
    if orphans is not None:
        yield "orphaned files", [f for f in whole if f.key in orphaned - used and _is_in(f, *OURS)]
    if originals is not None:
        yield "uploaded files", [f for f in whole if f.key in past]


def _files(work: UnitOfWork, what: str, files: Sequence[StoredFile], *, dry: bool) -> Pruned:
    gone = files if dry else [file for file in files if _removed(work, file)]
    return Pruned(what=what, number=len(gone), size=sum(file.size for file in gone))


def _removed(work: UnitOfWork, file: StoredFile) -> bool:
    """Delete a file unless somebody has written it anew since it was listed."""
    written = work.files.written_at(file.key)
    if written is None or now() - written < AT_LEAST:
        return False
    work.files.remove(file.key)
    return True


def _is_in(file: StoredFile, *folders: str) -> bool:
    return file.key.partition("/")[0] in folders


def _before(days: int | None) -> datetime | None:
    return None if days is None else now() - timedelta(days=days)
