"""Wave plans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, case, delete, func, select

from platform_core.domain.inventory import AssetKind
from platform_core.store.models import AssetRow, MoveGroupRow, PlacementRow, PlanRow, WaveRow
from platform_core.store.repositories.base import Repository, expect, like, plain


class Plans(Repository):
    """The scenarios of migrations with their waves and placements."""

    def add(self, row: PlanRow) -> None:
        """Add a scenario; its number is known after a flush."""
        self._session.add(row)

    def get(self, plan_id: int, *, expected: int | None = None) -> PlanRow:
        """Return a scenario; raises NotFound or Conflict."""
        row = self._one(self._session.get(PlanRow, plan_id), "plan")
        expect(row.version, expected, f"plan {row.name!r}", None)
        return row

    def look(self, plan_id: int) -> PlanRow:
        """Return a scenario to be read only; raises NotFound."""
        row: PlanRow = self._line(_ONE, "plan", plan=plan_id)
        return row

    def of(self, migration_id: int) -> list[PlanRow]:
        """Return the scenarios of a migration, the latest changed first."""
        query = select(PlanRow).where(PlanRow.migration_id == migration_id)
        return self._rows(query.order_by(PlanRow.changed_at.desc(), PlanRow.id.desc()))

    def fill(
        self,
        plan_id: int,
        groups: Sequence[MoveGroupRow],
        waves: Sequence[WaveRow],
        placements: Sequence[PlacementRow],
    ) -> None:
        """Put a new outcome in place of a scenario's former one."""
        for table in (MoveGroupRow, WaveRow, PlacementRow):
            self._run(delete(table).where(table.plan_id == plan_id))
        for group in groups:
            group.plan_id = plan_id
        for wave in waves:
            wave.plan_id = plan_id
        for placement in placements:
            placement.plan_id = plan_id
        self._session.add_all([*groups, *waves, *placements])

    def waves(self, plan_id: int) -> list[WaveRow]:
        """Return the waves of a scenario in order, to be read only."""
        return self._asked(_WAVES, plan=plan_id)

    def placements(self, plan_id: int) -> list[PlacementRow]:
        """Return every placement of a scenario, by wave and name."""
        query = select(PlacementRow).where(PlacementRow.plan_id == plan_id)
        return self._rows(query.order_by(PlacementRow.wave, PlacementRow.application))

    def page(self, plan_id: int, *, wave: int | None, text: str, offset: int, limit: int) -> list[PlacementRow]:
        """Return placements of one wave (None = all) whose application contains `text`."""
        query = select(PlacementRow).where(PlacementRow.plan_id == plan_id)
        if wave is not None:
            query = query.where(PlacementRow.wave == wave)
        if text:
            query = query.where(like(PlacementRow.application, text))
        order = query.order_by(PlacementRow.wave, PlacementRow.application)
        return self._rows(order.offset(offset).limit(limit))

    def placed_after(
        self, plan_id: int, application: str, *, wave: int | None, text: str, limit: int
    ) -> list[PlacementRow]:
        """Return the first `limit` placements above `application` by application, of one wave (None = all)."""
        row, given = PlacementRow, {"plan": plan_id, "after": application, "most": limit}
        if text:
            found = select(row.application).where(row.plan_id == plan_id, row.application > application)
            found = found.where(row.wave == wave) if wave is not None else found
            found = found.where(like(row.application, text)).order_by(row.application).limit(limit)
            return self._rows(
                select(row).where(row.plan_id == plan_id, row.application.in_(found)).order_by(row.application)
            )
        return self._asked(_PLACED, **given) if wave is None else self._asked(_PLACED_IN, wave=wave, **given)

    def names_after(self, migration_id: int, number: int, limit: int) -> list[tuple[int, str]]:
        """Return (number, name) of the first `limit` scenarios of a migration above `number`, by number."""
        return list(map(tuple, self._asked(_NAMES, mine=migration_id, number=number, most=limit)))

    def migration_of(self, plan_id: int) -> int | None:
        """Return the migration of a scenario, None where there is no such scenario."""
        return next((row.migration_id for row in self._asked(_OWNER, plan=plan_id)), None)

    def count(self, plan_id: int, *, wave: int | None = None, text: str = "") -> int:
        """Return how many placements `page` would give in all."""
        query = select(func.count(PlacementRow.id)).where(PlacementRow.plan_id == plan_id)
        if wave is not None:
            query = query.where(PlacementRow.wave == wave)
        if text:
            query = query.where(like(PlacementRow.application, text))
        return self._count(query)

    def group_pages(
        self, plan_id: int, pages: Mapping[int, int], *, text: str, size: int
    ) -> list[tuple[int, str, int, int, float, int, float, bool]]:
        """Return a page of move groups of each wave, those with most effort first.

        A group is (wave, name, applications, assets, effort, critical assets, highest risk, placed by hand); one
        torn over waves is in each of them. `pages` gives the page (from 1) of a wave, 1 where it is silent; with
        `text` only groups with an application of that name.
        """
        grouped = self._groups(plan_id, text).subquery()
        turned = {wave: (page - 1) * size for wave, page in pages.items() if page > 1}
        first: Any = case(turned, value=grouped.c.wave, else_=0) if turned else 0
        query = select(grouped).where(grouped.c.place > first, grouped.c.place <= first + size)
        rows = self._tuples(query.order_by(grouped.c.wave, grouped.c.place))
        return [(*row[:7], bool(row[7])) for row in rows]

    def count_groups(self, plan_id: int, text: str) -> dict[int, int]:
        """Return the number of move groups in each wave, with `text` of those with an application of that name."""
        grouped = self._groups(plan_id, text).subquery()
        return dict(self._tuples(select(grouped.c.wave, func.count()).group_by(grouped.c.wave)))

    def _groups(self, plan_id: int, text: str) -> Select[*tuple[Any, ...]]:
        row = PlacementRow
        effort = func.sum(row.effort)
        query = select(
            row.wave,
            row.move_group,
            func.count(),
            func.sum(row.assets),
            effort,
            func.sum(row.critical),
            func.max(row.risk),
            func.max(case((row.by_hand, 1), else_=0)),
            func.row_number().over(partition_by=row.wave, order_by=(effort.desc(), row.move_group)).label("place"),
        )
        query = query.where(row.plan_id == plan_id).group_by(row.wave, row.move_group)
        if text:
            found = select(row.move_group).where(row.plan_id == plan_id, like(row.application, text))
            query = query.where(row.move_group.in_(found))
        return query

    def done_by_wave(self, plan_id: int, migration_id: int, words: Sequence[str]) -> dict[int, int]:
        """Return the number of assets in each wave whose migration status is one of `words` (lower case).

        An application of that status has moved with everything that the plan counts of it.
        """
        done: dict[int, int] = defaultdict(int)
        for wave, assets, moved, whole in self._asked(_DONE, plan=plan_id, mine=migration_id, words=list(words)):
            done[wave] += assets if whole else min(assets, moved)
        return dict(done)

    def remove(self, plan_id: int) -> None:
        """Delete a scenario with all it holds."""
        for table in (MoveGroupRow, WaveRow, PlacementRow):
            self._run(delete(table).where(table.plan_id == plan_id))
        self._run(delete(PlanRow).where(PlanRow.id == plan_id))

    def wave_of(self, plan_id: int) -> dict[str, int]:
        """Return the wave of each subject key."""
        query = select(PlacementRow.subject_key, PlacementRow.wave).where(PlacementRow.plan_id == plan_id)
        return dict(self._tuples(query))

    def groups(self, plan_id: int) -> list[MoveGroupRow]:
        """Return the move groups of a scenario in name order."""
        return self._rows(select(MoveGroupRow).where(MoveGroupRow.plan_id == plan_id).order_by(MoveGroupRow.name))


_ONE = plain(PlanRow).where(PlanRow.id == bindparam("plan"))
_WAVES = plain(WaveRow).where(WaveRow.plan_id == bindparam("plan")).order_by(WaveRow.number)
_IS_APPLICATION = AssetRow.kind == AssetKind.APPLICATION
_DONE = (
    select(
        PlacementRow.wave,
        PlacementRow.assets,
        func.sum(case((~_IS_APPLICATION, 1), else_=0)),
        func.sum(case((_IS_APPLICATION, 1), else_=0)),
    )
    .join(AssetRow, AssetRow.subject_key == PlacementRow.subject_key)
    .where(PlacementRow.plan_id == bindparam("plan"), AssetRow.migration_id == bindparam("mine"))
    .where(AssetRow.migration_status.is_not(None))  # which only the index of those that move holds
    .where(func.lower(AssetRow.migration_status).in_(bindparam("words", expanding=True)))
    .group_by(PlacementRow.id)
)
_OWNER = plain(PlanRow, ["migration_id"]).where(PlanRow.id == bindparam("plan"))
_NAMES = (
    plain(PlanRow, ["id", "name"])
    .where(PlanRow.migration_id == bindparam("mine"), PlanRow.id > bindparam("number"))
    .order_by(PlanRow.id)
    .limit(bindparam("most"))
)
_PLACED = (
    plain(PlacementRow)
    .where(PlacementRow.plan_id == bindparam("plan"), PlacementRow.application > bindparam("after"))
    .order_by(PlacementRow.application)
    .limit(bindparam("most"))
)
_PLACED_IN = _PLACED.where(PlacementRow.wave == bindparam("wave"))
