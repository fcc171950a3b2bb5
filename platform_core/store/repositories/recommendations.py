"""6R recommendations and the analysts' overrides."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, insert, select
from sqlalchemy.orm import defer

from platform_core.domain.strategy import NEEDS_DATA, Strategy
from platform_core.store.models import ApplicationEventRow, RecommendationRow
from platform_core.store.repositories.base import Repository, expect, like, plain

OVERRIDE = ("override", "override_reason", "override_by", "override_at")


@dataclass(frozen=True)
class Filter:
    """Which applications are meant.

    Their name contains `text`, `strategy` is the one that counts, their lead is below `within`, they are overridden,
    or they are among `subjects` (None = any).
    """

    text: str = ""
    strategy: str = ""
    within: float | None = None
    overridden: bool = False
    subjects: tuple[str, ...] | None = None


class Recommendations(Repository):
    """One row an application; a re-run replaces the engine's part and keeps override and answers."""

    def replace_some(
        self, migration_id: int, rows: Sequence[dict[str, Any]]
    ) -> list[tuple[RecommendationRow, str | None]]:
        """Put new assessments of some applications in place of their former ones; overrides and answers are kept.

        Each of `rows` gives the engine's columns. Returns those whose recommendation changed, with the former one.
        """
        former = {row.subject_key: row for row in self.among(migration_id, [row["subject_key"] for row in rows])}
        changed = []
        for row in rows:
            old = former.get(row["subject_key"])
            if old is None:
                continue
            if old.strategy != row["strategy"]:
                changed.append((old, old.strategy))
            _take_over(old, RecommendationRow(**row))
        added = [row | {"decided": row["strategy"]} for row in rows if row["subject_key"] not in former]
        self._run(insert(RecommendationRow), added)
        return changed

    def keep_only(self, migration_id: int, subject_keys: Container[str]) -> None:
        """Delete the recommendations for all other applications."""
        for key in [key for key in self.names(migration_id) if key not in subject_keys]:
            self.remove(migration_id, key)

    def find(self, migration_id: int, subject_key: str) -> RecommendationRow | None:
        """Return the recommendation for one application, None where there is none."""
        query = select(RecommendationRow).where(
            RecommendationRow.migration_id == migration_id, RecommendationRow.subject_key == subject_key
        )
        return self._session.scalar(query)

    def replace(self, old: RecommendationRow | None, row: RecommendationRow) -> RecommendationRow:
        """Put a new assessment of one application in place of `old`, whose override and answers are kept."""
        if old is not None:
            _take_over(old, row)
            return old
        row.decided = row.strategy
        self._session.add(row)
        return row

    def remove(self, migration_id: int, subject_key: str) -> None:
        """Delete the recommendation for what is no application of its own any more."""
        self._run(
            delete(RecommendationRow).where(
                RecommendationRow.migration_id == migration_id, RecommendationRow.subject_key == subject_key
            )
        )

    def tell(self, event: ApplicationEventRow) -> None:
        """Add a line to the history of an application."""
        self._session.add(event)

    def events(self, migration_id: int, subject_key: str, *, limit: int) -> list[ApplicationEventRow]:
        """Return the latest lines of an application's history, newest first."""
        query = select(ApplicationEventRow).where(
            ApplicationEventRow.migration_id == migration_id, ApplicationEventRow.subject_key == subject_key
        )
        return self._rows(query.order_by(ApplicationEventRow.id.desc()).limit(limit))

    def events_between(self, migration_id: int, since: datetime, until: datetime) -> list[ApplicationEventRow]:
        """Return what happened to applications after `since` up to `until`, oldest first."""
        query = select(ApplicationEventRow).where(ApplicationEventRow.migration_id == migration_id)
        query = query.where(ApplicationEventRow.at > since, ApplicationEventRow.at <= until)
        return self._rows(query.order_by(ApplicationEventRow.id))

    def of(self, migration_id: int) -> list[RecommendationRow]:
        """Return all recommendations of a migration in name order."""
        query = select(RecommendationRow).where(RecommendationRow.migration_id == migration_id)
        return self._rows(query.order_by(RecommendationRow.name))

    def outlines(self, migration_id: int) -> list[RecommendationRow]:
        """Return all recommendations in name order without their arguments (facts, evidence, ranking …)."""
        query = select(RecommendationRow).where(RecommendationRow.migration_id == migration_id)
        argument = ("facts", "evidence", "ranking", "missing", "vetoes")
        left_out = [defer(getattr(RecommendationRow, name), raiseload=True) for name in argument]
        return self._rows(query.options(*left_out).order_by(RecommendationRow.name))

    def get(self, migration_id: int, subject_key: str, *, expected: int | None = None) -> RecommendationRow:
        """Return the recommendation for one application; raises NotFound or Conflict."""
        query = select(RecommendationRow).where(
            RecommendationRow.migration_id == migration_id, RecommendationRow.subject_key == subject_key
        )
        row = self._one(self._session.scalar(query), "application")
        expect(row.version, expected, f"the strategy of {row.name!r}", row.override_by)
        return row

    def look(self, migration_id: int, subject_key: str) -> RecommendationRow:
        """Return the recommendation for one application to be read only; raises NotFound."""
        row: RecommendationRow = self._line(_ONE, "application", mine=migration_id, key=subject_key)
        return row

    def among(self, migration_id: int, subject_keys: Sequence[str]) -> list[RecommendationRow]:
        """Return the recommendations for some applications in name order."""
        query = select(RecommendationRow).where(RecommendationRow.migration_id == migration_id)
        return self._rows(query.where(RecommendationRow.subject_key.in_(subject_keys)).order_by(RecommendationRow.name))

    def stated(self, migration_id: int) -> list[tuple[str, str | None, dict[str, Any], dict[str, Any]]]:
        """Return (subject key, strategy that counts, facts of the inventory, answers) of every application."""
        wanted = (RecommendationRow.decided, RecommendationRow.facts, RecommendationRow.answers)
        query = select(RecommendationRow.subject_key, *wanted).where(RecommendationRow.migration_id == migration_id)
        rows = self._tuples(query.order_by(RecommendationRow.name))
        return [(key, decided, facts, answers or {}) for key, decided, facts, answers in rows]

    def page(self, migration_id: int, *, only: Filter, order: str, offset: int, limit: int) -> list[RecommendationRow]:
        """Return applications that pass the filter; `order` is name, confidence, margin or assets."""
        query = _filtered(select(RecommendationRow), migration_id, only)
        orders: dict[str, ColumnElement[Any]] = {
            "name": RecommendationRow.name.asc(),
            "confidence": RecommendationRow.confidence.asc(),
            "margin": RecommendationRow.margin.asc(),
            "assets": RecommendationRow.assets.desc(),
        }
        return self._rows(query.order_by(orders[order], RecommendationRow.id).offset(offset).limit(limit))

    def after(
        self, migration_id: int, subject_key: str, *, strategy: str = "", among: Sequence[str] | None = None, limit: int
    ) -> list[RecommendationRow]:
        """Return the first `limit` applications above `subject_key`, by subject key, to be read only.

        `strategy` is the one that counts ("" = any), `among` the subject keys that are meant (None = all).
        """
        given: dict[str, Any] = {"mine": migration_id, "after": subject_key, "most": limit}
        if strategy not in {"", NEEDS_DATA}:
            given["strategy"] = strategy
        if among is not None:
            given["among"] = list(among)
        return self._asked(_after(strategy, is_among=among is not None), **given)

    def named(self, migration_id: int) -> list[tuple[str, str]]:
        """Return (subject key, name) of every application, by subject key."""
        return list(map(tuple, self._asked(_NAMED, mine=migration_id)))

    def count(self, migration_id: int, only: Filter) -> int:
        """Return how many applications pass the filter."""
        return self._count(_filtered(select(func.count(RecommendationRow.id)), migration_id, only))

    def keys(self, migration_id: int, only: Filter) -> list[str]:
        """Return the subject keys of all applications that pass the filter."""
        query = _filtered(select(RecommendationRow.subject_key), migration_id, only)
        return self._rows(query.order_by(RecommendationRow.name))

    def distribution(self, migration_id: int) -> list[tuple[str | None, str | None, str | None, int, int]]:
        """Return (decided strategy, business unit, criticality, applications, assets) for every combination."""
        mix = (RecommendationRow.decided, RecommendationRow.business_unit, RecommendationRow.criticality)
        query = select(*mix, func.count(), func.sum(RecommendationRow.assets))
        rows = self._tuples(query.where(RecommendationRow.migration_id == migration_id).group_by(*mix))
        return [(s, unit, crit, int(n), int(assets)) for s, unit, crit, n, assets in rows]

    def doubtful(self, migration_id: int, margin: float) -> tuple[int, int]:
        """Return (recommendations whose lead over the runner-up is below `margin`, overridden ones)."""
        mine = RecommendationRow.migration_id == migration_id
        close = (RecommendationRow.strategy.is_not(None), RecommendationRow.margin < margin)
        return (
            self._count(select(func.count(RecommendationRow.id)).where(mine, *close)),
            self._count(select(func.count(RecommendationRow.id)).where(mine, RecommendationRow.override.is_not(None))),
        )

    def overrides(self, migration_id: int) -> dict[str, Strategy]:
        """Return the analysts' strategies by subject key."""
        query = select(RecommendationRow.subject_key, RecommendationRow.override).where(
            RecommendationRow.migration_id == migration_id, RecommendationRow.override.is_not(None)
        )
        return {key: Strategy(strategy) for key, strategy in self._tuples(query)}

    def overridden(self, migration_id: int) -> dict[str, str | None]:
        """Return for every subject key the analysts' strategy, None where the engine's counts."""
        query = select(RecommendationRow.subject_key, RecommendationRow.override)
        return dict(self._tuples(query.where(RecommendationRow.migration_id == migration_id)))

    def answers(self, migration_id: int) -> dict[str, dict[str, Any]]:
        """Return the answers given, by subject key and fact key."""
        query = select(RecommendationRow.subject_key, RecommendationRow.answers)
        return {
            key: given
            for key, given in self._tuples(query.where(RecommendationRow.migration_id == migration_id))
            if given
        }

    def names(self, migration_id: int) -> dict[str, str]:
        """Return the name of each subject key."""
        query = select(RecommendationRow.subject_key, RecommendationRow.name)
        return dict(self._tuples(query.where(RecommendationRow.migration_id == migration_id)))

    def decided(self, migration_id: int) -> dict[str, str | None]:
        """Return the strategy that counts for each application key."""
        query = select(RecommendationRow.subject_key, RecommendationRow.decided)
        return dict(self._tuples(query.where(RecommendationRow.migration_id == migration_id)))


_LINE = (
    "subject_key",
    "name",
    "assets",
    "criticality",
    "decided",
    "strategy",
    "runner_up",
    "margin",
    "confidence",
    "evidence",
    "override",
)
"""What a line of a list needs; the rest of an argument is most of a row."""


_ONE = plain(RecommendationRow).where(
    RecommendationRow.migration_id == bindparam("mine"), RecommendationRow.subject_key == bindparam("key")
)
_NAMED = (
    plain(RecommendationRow, ["subject_key", "name"])
    .where(RecommendationRow.migration_id == bindparam("mine"))
    .order_by(RecommendationRow.subject_key)
)


@cache
def _after(strategy: str, *, is_among: bool) -> Select[*tuple[Any, ...]]:
    row = RecommendationRow
    query = plain(row, _LINE).where(row.migration_id == bindparam("mine"), row.subject_key > bindparam("after"))
    if strategy:
        query = query.where(row.decided.is_(None) if strategy == NEEDS_DATA else row.decided == bindparam("strategy"))
    if is_among:
        query = query.where(row.subject_key.in_(bindparam("among", expanding=True)))
    return query.order_by(row.subject_key).limit(bindparam("most"))


def _take_over(old: RecommendationRow, new: RecommendationRow) -> None:
    for column in (c.key for c in RecommendationRow.__table__.columns):
        if column not in {"id", "version", "decided", "answers", *OVERRIDE}:
            setattr(old, column, getattr(new, column))
    old.decided = old.override or old.strategy


def _filtered(query: Select[Any], migration_id: int, only: Filter) -> Select[Any]:
    query = query.where(RecommendationRow.migration_id == migration_id)
    if only.text:
        query = query.where(like(RecommendationRow.name, only.text))
    if only.strategy == NEEDS_DATA:
        query = query.where(RecommendationRow.decided.is_(None))
    elif only.strategy:
        query = query.where(RecommendationRow.decided == only.strategy)
    if only.within is not None:
        query = query.where(RecommendationRow.strategy.is_not(None), RecommendationRow.margin < only.within)
    if only.overridden:
        query = query.where(RecommendationRow.override.is_not(None))
    if only.subjects is not None:
        query = query.where(RecommendationRow.subject_key.in_(only.subjects))
    return query
