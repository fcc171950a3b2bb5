"""Kept sessions: a migration's state under a name, to be looked at again and compared, never to be changed."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.sessions import KeptColumn, KeptImport, KeptPlan, KeptState, KeptStrategy
from platform_core.errors import BadInput
from platform_core.services.migrations import must_exist
from platform_core.services.overview import Figures, figures
from platform_core.services.paging import cut
from platform_core.store import Files, Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import ImportRow, SessionRow
from platform_core.store.plain_values import FIELDS as ASSET_FIELDS

NAME_LENGTH = 200


class SessionView(Frozen):
    """One kept session as a list shows it; `figures` are the overview's numbers of that moment.

    `assets` is the key under which the file store holds its inventory.
    """

    id: int
    migration_id: int
    name: str
    note: str
    figures: Figures
    assets: str
    at: datetime
    by: str


def keep(store: Store, migration_id: int, name: str, note: str, by: Identity) -> SessionView:
    """Keep the migration's state as it is now under `name`.

    Mappings, strategies, policy and plan go into a document, the assets into a Parquet file beside it; both are
    whole before the session is listed. Raises BadInput without a name or for one that is taken.
    """
    title = " ".join(name.split())[:NAME_LENGTH]
    if not title:
        raise BadInput("The session has no name.", hint="Say in a few words what was done, such as 'After the review'.")
    work = store.unit_of_work()
    with work.reading():
        _check_free(work, migration_id, title)
        state, numbers = current_state(work, migration_id), figures(work, migration_id)
        assets = _publish_assets(work, migration_id)
    document = _publish(work.files, state)
    with work:
        work.migrations.hold(migration_id)
        _check_free(work, migration_id, title)
        row = SessionRow(
            migration_id=migration_id,
            session_name=f"{now():%Y%m%dT%H%M%S%f}",
            session_display_name=title,
            figures=numbers.model_dump(),
            note=note.strip(),
            document=document,
            assets=assets,
            created_by=by.name,
        )
        work.migrations.add_session(row)
        work.flush()
        text = f"Kept the session {title}"
        work.audit.record(by, "session.kept", migration_id=migration_id, subject=str(row.id), text=text, why=row.note)
        work.commit()
    return _view(row)


def listed(work: UnitOfWork, migration_id: int) -> list[SessionView]:
    """Return the kept sessions of a migration, newest first."""
    with work.reading():
        return [_view(row) for row in work.migrations.kept_sessions(migration_id)]


def page(work: UnitOfWork, migration_id: int, *, after: int = 0, limit: int) -> tuple[list[SessionView], int | None]:
    """Return the kept sessions behind number `after` (0 = from the newest on), newest first, and where to go on.

    Raises NotFound.
    """
    with work.reading():
        rows = work.migrations.sessions_before(migration_id, after, limit + 1)
        if not rows:
            must_exist(work, migration_id)
    return cut([_view(row) for row in rows], limit, lambda view: view.id)


def get(work: UnitOfWork, session_id: int) -> SessionView:
    """Return one kept session; raises NotFound."""
    with work.reading():
        return _view(work.migrations.look_at_session(session_id))


def opened(work: UnitOfWork, session_id: int) -> KeptState:
    """Return what was kept, all but the assets; raises NotFound."""
    with work.reading():
        row = work.migrations.kept_session(session_id)
    with work.files.local(row.document or "") as path:
        return KeptState.model_validate_json(gzip.decompress(path.read_bytes()))


def remove(work: UnitOfWork, session_id: int, by: Identity) -> None:
    """Take a session off the list; raises NotFound."""
    with work:
        row = work.migrations.kept_session(session_id)
        text = f"Removed the session {row.session_display_name}"
        work.audit.record(by, "session.removed", migration_id=row.migration_id, subject=str(row.id), text=text)
        work.migrations.remove_session(row)
        work.commit()


def _check_free(work: UnitOfWork, migration_id: int, title: str) -> None:
    if any(row.session_display_name == title for row in work.migrations.kept_sessions(migration_id)):
        raise BadInput(f"There is a session called {title!r} already.", hint="Choose another name.")


def current_state(work: UnitOfWork, migration_id: int) -> KeptState:
    """Return the state that `keep` would write. Call inside an open block of `work`."""
    migration = work.migrations.get(migration_id)
    policy = work.choices.policy(migration_id)
    return KeptState(
        inventory_revision=migration.inventory_revision,
        assets=work.assets.count(migration_id),
        policy=policy.number if policy else 0,
        policy_change=policy.change if policy else {},
        imports=tuple(_kept_import(work, row) for row in work.imports.of(migration_id)),
        strategies={
            row.subject_key: KeptStrategy(
                name=row.name,
                recommended=row.strategy,
                override=row.override,
                decided=row.decided,
                confidence=row.confidence,
            )
            for row in work.recommendations.outlines(migration_id)
        },
        plan=_kept_plan(work, migration_id),
    )


def write_assets(work: UnitOfWork, migration_id: int, path: Path) -> None:
    """Write the inventory as Parquet: `key`, `name` and one text column a field. Call inside an open block."""
    names = ("key", "name", *ASSET_FIELDS)
    schema = pa.schema([(name, pa.string()) for name in names])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for rows in work.assets.raw(migration_id, names):
            columns = [pa.array(column).cast(pa.string()) for column in zip(*rows, strict=True)]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def _publish_assets(work: UnitOfWork, migration_id: int) -> str:
    with tempfile.TemporaryDirectory() as folder:
        local = Path(folder) / "assets.parquet"
        write_assets(work, migration_id, local)
        with local.open("rb") as handle:
            key = f"sessions/{hashlib.file_digest(handle, 'sha256').hexdigest()}.parquet"
        work.files.publish(local, key)
    return key


def _kept_import(work: UnitOfWork, row: ImportRow) -> KeptImport:
    columns = {
        mapping.position: KeptColumn(
            header=mapping.header,
            field=mapping.field,
            unit=mapping.unit,
            state=mapping.state,
            by=mapping.changed_by or "",
        )
        for mapping in work.mappings.of(row.id)
    }
    return KeptImport(
        id=row.id,
        file_name=row.file_name,
        sheet=row.sheet or "",
        sha256=row.sha256,
        kind=row.kind,
        state=row.state,
        rows=row.rows_stored,
        columns=columns,
    )


def _kept_plan(work: UnitOfWork, migration_id: int) -> KeptPlan | None:
    row = next(iter(work.plans.of(migration_id)), None)
    if row is None:
        return None
    return KeptPlan(
        id=row.id,
        name=row.name,
        rules=row.rules,
        wave_of={placement.application: placement.wave for placement in work.plans.placements(row.id)},
        severed=row.metrics.get("cut_share"),
    )


def _publish(files: Files, state: KeptState) -> str:
    data = state.model_dump_json().encode()
    key = f"sessions/{hashlib.sha256(data).hexdigest()}.json.gz"
    with tempfile.TemporaryDirectory() as folder:
        local = Path(folder) / "document"
        local.write_bytes(gzip.compress(data, mtime=0))
        files.publish(local, key)
    return key


def _view(row: SessionRow) -> SessionView:
    return SessionView(
        id=row.id,
        migration_id=row.migration_id,
        name=row.session_display_name,
        note=row.note,
        figures=Figures.model_validate(row.figures),
        assets=row.assets or "",
        at=row.created_at,
        by=row.created_by,
    )
