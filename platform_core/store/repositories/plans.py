"""Wave plans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, case, delete, func, select

from platform_core.domain.inventory import AssetKind
from platform_core.store.models import AssetRow, MoveGroupRow, PlacementRow, PlanRow, WaveRow
from platform_core.store.repositories.base import Repository, expect, like


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
        """Return the waves of a scenario in order."""
        return self._rows(select(WaveRow).where(WaveRow.plan_id == plan_id).order_by(WaveRow.number))

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
        row = PlacementRow
        found = select(row.application).where(row.plan_id == plan_id, row.application > application)
        if wave is not None:
            found = found.where(row.wave == wave)
        if text:
            found = found.where(like(row.application, text))
        found = found.order_by(row.application).limit(limit)
        if text:
            query = select(row).where(row.plan_id == plan_id, row.application.in_(found))
            return self._plain(row, query.order_by(row.application))
        return self._plain(row, found)

    def names_after(self, migration_id: int, number: int, limit: int) -> list[tuple[int, str]]:
        """Return (number, name) of the first `limit` scenarios of a migration above `number`, by number."""
        query = select(PlanRow.id, PlanRow.name).where(PlanRow.migration_id == migration_id, PlanRow.id > number)
        return [(number, name) for number, name in self._tuples(query.order_by(PlanRow.id).limit(limit))]

    def migration_of(self, plan_id: int) -> int | None:
        """Return the migration of a scenario, None where there is no such scenario."""
        return self._session.scalar(select(PlanRow.migration_id).where(PlanRow.id == plan_id))

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

    def inside_waves(self, plan_id: int) -> dict[int, tuple[int, float]]:
        """Return the number of applications in each wave, and their highest risk."""
        query = select(PlacementRow.wave, func.count(), func.max(PlacementRow.risk))
        query = query.where(PlacementRow.plan_id == plan_id).group_by(PlacementRow.wave)
        return {wave: (count, risk) for wave, count, risk in self._tuples(query)}

    def done_by_wave(self, plan_id: int, migration_id: int, words: Sequence[str]) -> dict[int, int]:
        """Return the number of assets in each wave whose migration status is one of `words` (lower case).

        An application of that status has moved with everything that the plan counts of it.
        """
        is_application = AssetRow.kind == AssetKind.APPLICATION
        machines, itself = (func.sum(case((which, 1), else_=0)) for which in (~is_application, is_application))
        query = select(PlacementRow.wave, PlacementRow.assets, machines, itself)
        query = query.join(AssetRow, AssetRow.subject_key == PlacementRow.subject_key)
        query = query.where(PlacementRow.plan_id == plan_id, AssetRow.migration_id == migration_id)
        query = query.where(AssetRow.migration_status.is_not(None))  # which only the index of those that move holds
        query = query.where(func.lower(AssetRow.migration_status).in_(words)).group_by(PlacementRow.id)
        done: dict[int, int] = defaultdict(int)
        for wave, assets, moved, whole in self._tuples(query):
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
