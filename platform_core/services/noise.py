"""What counts as noise in a migration: its ports and processes, what a change would drop, and its versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from platform_core.dependencies import Noise
from platform_core.domain.base import Frozen
from platform_core.domain.dependencies import NoiseChange
from platform_core.domain.identity import Identity
from platform_core.errors import BadInput, Conflict
from platform_core.services.knowledge import noise
from platform_core.services.relinking import relink
from platform_core.services.verdicts import changed_noise, noise_of
from platform_core.store import UnitOfWork
from platform_core.store.models import NoiseRow
from platform_core.store.repositories.dependencies import NoiseWords


class NoiseVersion(Frozen):
    """One version of a migration's noise; number 0 is the shipped one."""

    number: int
    change: NoiseChange
    reason: str
    by: str
    at: datetime | None


class NoiseLine(Frozen):
    """A port or process: what it is, whether it counts as noise, and what goes over it (verdicts apart)."""

    port: int | None
    process: str | None
    service: str
    is_noise: bool
    dependencies: int
    weight: float
    source: str


class NoiseEffect(Frozen):
    """What a change would do before it is applied: dependencies that drop out, that come back, and the weight lost."""

    drop_out: int
    come_back: int
    weight: float


SHIPPED = NoiseVersion(number=0, change=NoiseChange(), reason="", by="", at=None)


def current(work: UnitOfWork, migration_id: int) -> NoiseVersion:
    """Return the version that counts."""
    with work.reading():
        row = work.choices.noise(migration_id)
    return _version(row) if row is not None else SHIPPED


def lines(work: UnitOfWork, migration_id: int, change: NoiseChange) -> list[NoiseLine]:
    """Return every port and process that `change` makes noise or that carries a dependency, most frequent first."""
    with work.reading():
        ports = {port: (many, weight) for port, many, weight in work.dependencies.by_port(migration_id)}
        processes = {name: (many, weight) for name, many, weight in work.dependencies.by_process(migration_id)}
    counts, shipped = changed_noise(change), noise()
    every_port = {port.port for port in (*shipped.ports, *counts.ports)} | ports.keys()
    programs = {process.name for process in (*shipped.processes, *counts.processes)}
    unused = {name for name in programs if not any(shipped.same_program(name, seen) for seen in processes)}
    found = [_line(port, None, counts, ports.get(port, (0, 0.0))) for port in every_port]
    found += [_line(None, name, counts, processes.get(name, (0, 0.0))) for name in {*unused, *processes}]
    return sorted(found, key=lambda line: (-line.dependencies, line.port is None, line.port or 0, line.process or ""))


def _line(port: int | None, process: str | None, counts: Noise, carried: tuple[int, float]) -> NoiseLine:
    entry = counts.port(port) or counts.process(process)
    known = entry or noise().port(port) or noise().process(process)
    many, weight = carried
    return NoiseLine(
        port=port,
        process=process,
        service=known.service if known else "",
        is_noise=entry is not None,
        dependencies=many,
        weight=weight,
        source=known.source if known else "",
    )


def preview(work: UnitOfWork, migration_id: int, change: NoiseChange) -> NoiseEffect:
    """Return what `change` would do; nothing is kept."""
    with work.reading():
        before, after = noise_of(work, migration_id), changed_noise(change)
        drop_out, come_back, weight = 0, 0, 0.0
        for dependency in work.dependencies.all(migration_id):
            if dependency.source_key is None or dependency.target_key is None:
                continue
            was, will = before.hides(dependency), after.hides(dependency)
            drop_out, come_back = drop_out + (will and not was), come_back + (was and not will)
            weight += dependency.weight * (will - was)
    return NoiseEffect(drop_out=drop_out, come_back=come_back, weight=weight)


def apply(
    work: UnitOfWork, migration_id: int, change: NoiseChange, reason: str, by: Identity, *, seen_number: int
) -> NoiseVersion:
    """Make `change` the migration's noise; applications whose links that changes are assessed again.

    Raises BadInput without a reason, Conflict when somebody else made a version meanwhile.
    """
    if not reason.strip():
        raise BadInput("A change of noise needs a reason.", hint="Say in a few words what it is for.")
    with work:
        work.migrations.hold(migration_id)
        latest = work.choices.noise(migration_id)
        if (latest.number if latest is not None else 0) != seen_number:
            raise Conflict("The noise was changed by somebody else meanwhile.", hint="Look at it, then repeat.")
        row = _add(work, migration_id, change, reason.strip(), by)
        before = latest.change if latest is not None else NoiseChange().model_dump(mode="json")
        work.audit.record(
            by,
            "noise.changed",
            migration_id=migration_id,
            subject=str(row.number),
            text=f"Noise version {row.number}: {_told(change)}",
            before=before,
            after=row.change,
            why=row.reason,
        )
        work.flush()
        made = _version(row)
        work.commit()
    return made


def restore(work: UnitOfWork, migration_id: int, before: Mapping[str, Any], by: Identity, reason: str) -> None:
    """Make a former change count again, as a version of its own. Call inside an open block of `work`."""
    _add(work, migration_id, NoiseChange.model_validate(before), reason, by)


def words(work: UnitOfWork, migration_id: int) -> NoiseWords:
    """Return the noise of a migration as its dependencies spell it. Call inside an open block of `work`."""
    counts = noise_of(work, migration_id)
    processes = [name for name, _, _ in work.dependencies.by_process(migration_id) if counts.process(name) is not None]
    return NoiseWords(tuple(port.port for port in counts.ports), tuple(processes))


def with_port(change: NoiseChange, port: int, *, is_noise: bool) -> NoiseChange:
    """Return `change` with a port as noise, or as none; raises BadInput for a number that is no port."""
    own = {number: text for number, text in change.ports.items() if number != port}
    none = tuple(number for number in change.no_ports if number != port)
    shipped = noise().port(port) is not None
    if is_noise and not shipped:
        own[port] = ""
    if not is_noise and shipped:
        none = (*none, port)
    return NoiseChange(ports=own, no_ports=none, processes=change.processes, no_processes=change.no_processes)


def with_process(change: NoiseChange, name: str, *, is_noise: bool) -> NoiseChange:
    """Return `change` with a process as noise, or as none."""
    same = partial(noise().same_program, name)
    own = tuple(process for process in change.processes if not same(process))
    none = tuple(process for process in change.no_processes if not same(process))
    shipped = noise().process(name) is not None
    if is_noise and not shipped:
        own = (*own, name)
    if not is_noise and shipped:
        none = (*none, name)
    return change.model_copy(update={"processes": own, "no_processes": none})


def _add(work: UnitOfWork, migration_id: int, change: NoiseChange, reason: str, by: Identity) -> NoiseRow:
    latest = work.choices.noise(migration_id)
    row = NoiseRow(
        migration_id=migration_id,
        number=latest.number + 1 if latest is not None else 1,
        change=change.model_dump(mode="json"),
        reason=reason,
        author=by.name,
    )
    work.choices.add(row)
    work.flush()
    work.migrations.count_dependency_change(migration_id)
    relink(work, migration_id, by, f"Noise version {row.number}: {reason}")
    return row


def _told(change: NoiseChange) -> str:
    more = len(change.ports) + len(change.processes)
    less = len(change.no_ports) + len(change.no_processes)
    return f"{more:,} more and {less:,} fewer than shipped" if more or less else "as shipped"


def _version(row: NoiseRow) -> NoiseVersion:
    change = NoiseChange.model_validate(row.change)
    return NoiseVersion(number=row.number, change=change, reason=row.reason, by=row.author, at=row.at)
