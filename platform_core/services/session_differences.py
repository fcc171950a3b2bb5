"""What differs between two sessions, or between a session and now, and which recorded change led to it."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from platform_core import inventory
from platform_core.domain.base import Frozen
from platform_core.domain.sessions import AssetDifferences, Because, Difference, KeptColumn, KeptImport, KeptState, Part
from platform_core.errors import BadInput
from platform_core.services.chronicle import EventKind
from platform_core.services.sessions import SessionView, current_state, get, opened, write_assets
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import ApplicationEventRow, AuditRow

NOT_THERE = ""
NO_FIELD = "no field"
NEEDS_DATA = "needs data"

_LEADS_ON = frozenset({"mapping.applied", "import.withdrawn", "import.removed", "policy.changed"})
"""Changes after which applications are assessed anew, in the same transaction."""


class SessionComparison(Frozen):
    """An earlier session beside a later one (None = now): every difference, the earlier state first."""

    one: SessionView
    other: SessionView | None
    differences: tuple[Difference, ...]
    assets: AssetDifferences

    @property
    def counts(self) -> dict[Part, int]:
        """How many differences there are of each part; assets count one each."""
        found = Counter(difference.part for difference in self.differences)
        found[Part.INVENTORY] += self.assets.created + self.assets.removed + self.assets.updated
        return {part: found[part] for part in Part}


@dataclass(frozen=True)
class _Entry:
    """One entry of the trail, and the applications that it moved to another wave."""

    action: str
    subject: str
    said: Because
    moved: frozenset[str]


@dataclass(frozen=True)
class _Trail:
    """The recorded changes between the two moments, oldest first, and what happened to each application."""

    entries: Sequence[_Entry]
    events: Mapping[str, Sequence[Because]]

    def of(self, subject: str, *actions: str) -> tuple[Because, ...]:
        """Return the changes of one subject whose action begins with one of `actions`."""
        return tuple(
            entry.said for entry in self.entries if entry.subject == subject and entry.action.startswith(actions)
        )

    def about(self, *actions: str) -> tuple[Because, ...]:
        """Return the changes of any subject whose action begins with one of `actions`."""
        return tuple(entry.said for entry in self.entries if entry.action.startswith(actions))

    def moves(self, application: str) -> tuple[Because, ...]:
        """Return the moves of one application by hand, or else what made the plan anew."""
        by_hand = tuple(entry.said for entry in self.entries if application in entry.moved)
        return by_hand or self.about("plan.made")


def compare(work: UnitOfWork, session_id: int, other_id: int | None = None) -> SessionComparison:
    """Return what differs between a session and another one, or the present state when `other_id` is None.

    Whichever is older counts as before. Raises NotFound, and BadInput for sessions of different migrations.
    """
    one, other = get(work, session_id), get(work, other_id) if other_id is not None else None
    if other is not None and other.at < one.at:
        one, other = other, one
    if other is not None and other.migration_id != one.migration_id:
        raise BadInput("These sessions belong to different migrations.", hint="Compare two of the same migration.")
    before = opened(work, one.id)
    with ExitStack() as local:
        former = local.enter_context(work.files.local(one.assets))
        if other is not None:
            after, assets = opened(work, other.id), local.enter_context(work.files.local(other.assets))
            with work.reading():
                trail = _trail(work, one.migration_id, one.at, other.at)
        else:
            assets = Path(local.enter_context(tempfile.TemporaryDirectory())) / "assets.parquet"
            with work.reading():
                after = current_state(work, one.migration_id)
                write_assets(work, one.migration_id, assets)
                trail = _trail(work, one.migration_id, one.at, now())
        return SessionComparison(
            one=one,
            other=other,
            differences=tuple(found for part in _PARTS for found in part(before, after, trail)),
            assets=inventory.differences(former, assets),
        )


def _trail(work: UnitOfWork, migration_id: int, since: datetime, until: datetime) -> _Trail:
    """Return what was recorded between two moments. Call inside an open block of `work`."""
    events = defaultdict(list)
    entries = [_entry(row) for row in work.audit.between(migration_id, since, until)]
    for event in work.recommendations.events_between(migration_id, since, until):
        events[event.subject_key].append(_because(event, entries))
    return _Trail(entries, events)


def _because(event: ApplicationEventRow, entries: Sequence[_Entry]) -> Because:
    """Return what happened to an application, with the change that a new recommendation followed from."""
    led = [entry.said for entry in entries if entry.action in _LEADS_ON and entry.said.at <= event.at]
    text = f"{event.text}: {led[-1].text}" if event.kind == EventKind.RECOMMENDED and led else event.text
    return Because(at=event.at, by=event.author, text=text)


def _entry(row: AuditRow) -> _Entry:
    said = Because(at=row.at, by=row.author, text=row.text, why=row.why)
    return _Entry(row.action, row.subject, said, frozenset(row.after.get("waves", ())))


def _imports(before: KeptState, after: KeptState, trail: _Trail) -> Iterator[Difference]:
    olds, news = {i.id: i for i in before.imports}, {i.id: i for i in after.imports}
    for key in sorted(olds.keys() | news.keys()):
        old, new = olds.get(key), news.get(key)
        texts = _import_text(old), _import_text(new)
        if texts[0] != texts[1]:
            known = new or old
            because = trail.of(str(key), "import.", "mapping.applied")
            yield Difference(part=Part.IMPORTS, subject=_title(known), before=texts[0], after=texts[1], because=because)


def _import_text(kept: KeptImport | None) -> str:
    return f"{kept.state}, {kept.rows:,} rows of kind {kept.kind}" if kept else NOT_THERE


def _title(kept: KeptImport | None) -> str:
    return " · ".join(filter(None, (kept.file_name, kept.sheet))) if kept else ""


def _mappings(before: KeptState, after: KeptState, trail: _Trail) -> Iterator[Difference]:
    olds = {i.id: i for i in before.imports}
    for new in after.imports:
        old = olds.get(new.id)
        for position, column in new.columns.items() if old else ():
            former = old.columns.get(position) if old else None
            texts = _column_text(former), _column_text(column)
            if texts[0] == texts[1]:
                continue
            because = trail.of(f"{new.id}:{position}", "mapping.") or trail.of(str(new.id), "mapping.", "import.read")
            yield Difference(
                part=Part.MAPPINGS,
                subject=f"{column.header or 'Unnamed column'} in {_title(new)}",
                before=texts[0],
                after=texts[1],
                because=because,
            )


def _column_text(column: KeptColumn | None) -> str:
    if column is None:
        return NOT_THERE
    return " ".join(
        filter(None, (column.field or NO_FIELD, f"in {column.unit}" if column.unit else "", _state(column)))
    )


def _state(column: KeptColumn) -> str:
    return f"({column.state})"


def _strategies(before: KeptState, after: KeptState, trail: _Trail) -> Iterator[Difference]:
    keys = before.strategies.keys() | after.strategies.keys()
    names = {key: (after.strategies.get(key) or before.strategies[key]).name for key in keys}
    for key in sorted(keys, key=lambda key: (names[key], key)):
        old, new = before.strategies.get(key), after.strategies.get(key)
        texts = [NOT_THERE if kept is None else kept.decided or NEEDS_DATA for kept in (old, new)]
        if texts[0] != texts[1]:
            because = tuple(trail.events.get(key, ())) or trail.about("inventory.rebuilt", "policy.")
            yield Difference(part=Part.STRATEGIES, subject=names[key], before=texts[0], after=texts[1], because=because)


def _policy(before: KeptState, after: KeptState, trail: _Trail) -> Iterator[Difference]:
    if before.policy != after.policy:
        texts = [f"version {number}" if number else "as shipped" for number in (before.policy, after.policy)]
        yield Difference(
            part=Part.POLICY, subject="Policy", before=texts[0], after=texts[1], because=trail.about("policy.")
        )


def _plan(before: KeptState, after: KeptState, trail: _Trail) -> Iterator[Difference]:
    olds, news = (state.plan.wave_of if state.plan else {} for state in (before, after))
    because = trail.about("plan.")
    rules = [state.plan.rules if state.plan else {} for state in (before, after)]
    for name in sorted(rules[0].keys() | rules[1].keys()):
        texts = [_rule_text(each.get(name)) for each in rules]
        if texts[0] != texts[1]:
            subject = f"Rule: {name.replace('_', ' ')}"
            yield Difference(part=Part.PLAN, subject=subject, before=texts[0], after=texts[1], because=because)
    for application in sorted(olds.keys() | news.keys()):
        waves = [_wave_text(each.get(application)) for each in (olds, news)]
        if waves[0] != waves[1]:
            yield Difference(
                part=Part.PLAN, subject=application, before=waves[0], after=waves[1], because=trail.moves(application)
            )


def _rule_text(rule: object) -> str:
    if isinstance(rule, list | tuple | dict) and rule and not all(isinstance(item, int | float) for item in rule):
        return f"{len(rule):,} set"
    return "none" if rule is None or rule in ([], {}, ()) else str(rule)


def _wave_text(wave: int | None) -> str:
    return f"wave {wave}" if wave is not None else NOT_THERE


_PARTS: tuple[Callable[[KeptState, KeptState, _Trail], Iterator[Difference]], ...] = (
    _imports,
    _mappings,
    _policy,
    _strategies,
    _plan,
)
