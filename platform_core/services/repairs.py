"""Rules over rows: applied to all assets that fit, kept over rebuilds, listed with what they did, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from platform_core.domain.asset_decisions import ChangeKind, Comparison, Condition, Content, DecisionKind, Rule
from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.errors import BadInput, Conflict
from platform_core.services import applying, asset_decisions, snapshots
from platform_core.services.asset_decisions import DECIDED, Effect, reach
from platform_core.store import Store, UnitOfWork
from platform_core.store.models import AssetDecisionRow


class StandingRule(Frozen):
    """A rule that holds: who decided it when and why, how many assets it changed at first."""

    id: int
    rule: Rule
    author: str
    at: datetime
    reason: str
    changed_at_first: int


def apply(work: UnitOfWork, migration_id: int, rules: Sequence[Rule], reason: str, by: Identity) -> Effect:
    """Decide rules: each changes every asset that fits it now, and every one that fits it after a later build.

    They are one entry of the trail and taken back together. Raises BadInput for a rule without conditions, Conflict
    when nothing fits any more; what says the meaning of a text needs nothing to fit, it waits for later imports.
    """
    _must_have_conditions(rules)
    with work:
        work.migrations.hold(migration_id)
        decisions = asset_decisions.write_down(work, migration_id, [(None, r, {}) for r in rules], reason.strip(), by)
        told, whole = titled(rules), Effect()
        rows = work.asset_decisions.numbered(migration_id, [decision.id for decision in decisions])
        for decision, row in zip(decisions, rows, strict=True):
            effect = asset_decisions.lay_rule_over(work, migration_id, decision, by, told)
            row.before, whole = {"assets": effect.assets}, whole + effect
        if not whole.assets and all(read_by(rule) is None for rule in rules):
            raise Conflict("No asset fits this repair any more.", hint="Look at the list again.")
        _record_decided(work, rows, told, whole.assets, by)
        work.commit()
    return whole


def apply_in_run(
    store: Store, aside: Store, migration_id: int, rules: Sequence[Rule], reason: str, by: Identity
) -> Effect:
    """Decide rules as `apply` does; those that change most of the inventory by building it with them.

    They are written to `aside` (the same store, outside the step that is under way) as taken back already, so that they
    have their numbers and count for nothing if the build does not end.
    """
    _must_have_conditions(rules)
    work = store.unit_of_work()
    with work.reading():
        fitting = [_changing(work, migration_id, rule) for rule in rules]
        far = applying.builds_quicker(work, migration_id, sum(fitting))
    if not far:
        return apply(work, migration_id, rules, reason, by)
    numbers = _written_aside(aside.unit_of_work(), migration_id, list(zip(rules, fitting, strict=True)), reason, by)

    def settle(work: UnitOfWork) -> None:
        rows = work.asset_decisions.numbered(migration_id, numbers)
        for row in rows:
            row.undone_at = row.undone_by = None
        _record_decided(work, rows, titled(rules), sum(fitting), by)

    applying.rebuild(store, migration_id, by, settle)
    snapshots.prepare(work, migration_id)
    return Effect(assets=sum(fitting))


def _must_have_conditions(rules: Sequence[Rule]) -> None:
    if not all(rule.conditions for rule in rules):
        raise BadInput("A rule needs a condition.", hint="Say which assets are meant.")


def _changing(work: UnitOfWork, migration_id: int, rule: Rule) -> int:
    """Return how many assets fit a rule and do not hold already what it sets."""
    every, change = work.asset_edits.count(migration_id, rule.conditions), rule.change
    if change.kind not in {ChangeKind.SET, ChangeKind.CLEAR}:
        return every
    test = Comparison.IS if change.kind is ChangeKind.SET else Comparison.EMPTY
    same = Condition(field=change.field, test=test, value=change.value)
    return every - work.asset_edits.count(migration_id, (*rule.conditions, same))


def _written_aside(
    work: UnitOfWork, migration_id: int, rules: Sequence[tuple[Rule, int]], reason: str, by: Identity
) -> list[int]:
    contents: list[tuple[str | None, Content, dict[str, object]]] = [(None, r, {"assets": n}) for r, n in rules]
    with work:
        decisions = asset_decisions.write_down(work, migration_id, contents, reason.strip(), by)
        numbers = [decision.id for decision in decisions]
        asset_decisions.mark_taken_back(work, migration_id, numbers, by)
        work.commit()
    return numbers


def _record_decided(work: UnitOfWork, rows: Sequence[AssetDecisionRow], told: str, assets: int, by: Identity) -> None:
    work.audit.record(
        by,
        DECIDED,
        migration_id=rows[0].migration_id,
        text=f"{told}: {assets:,} assets changed",
        after={"decisions": [row.id for row in rows]},
        why=rows[0].reason,
    )


def read_by(rule: Rule) -> tuple[str, str] | None:
    """Return field and text that a rule says the meaning of, None where it is another sort of rule."""
    first = rule.conditions[0]
    of_text = first.test is Comparison.REFUSED
    of_word = first.test is Comparison.IS and rule.change.kind in {ChangeKind.REPLACE, ChangeKind.LEAVE}
    return (first.field, str(first.value)) if of_text or of_word else None


def titled(rules: Sequence[Rule]) -> str:
    """Return what a run over rules is called."""
    return rules[0].title if len(rules) == 1 else f"{len(rules):,} rules"


def standing(work: UnitOfWork, migration_id: int) -> list[StandingRule]:
    """Return the rules that hold, the latest first."""
    with work.reading():
        decisions = work.asset_decisions.standing(migration_id, DecisionKind.RULE)
        rows = work.asset_decisions.numbered(migration_id, [decision.id for decision in decisions])
        first = {row.id: int(row.before.get("assets", 0)) for row in rows}
    return [
        StandingRule(
            id=decision.id,
            rule=decision.content,
            author=decision.author,
            at=decision.at,
            reason=decision.reason,
            changed_at_first=first[decision.id],
        )
        for decision in reversed(decisions)
        if isinstance(decision.content, Rule)
    ]


def take_back(work: UnitOfWork, migration_id: int, number: int, by: Identity) -> Effect:
    """Take a rule back, whoever decided it; what it changed is worked out anew. Raises Conflict when it is gone."""
    with work:
        work.migrations.hold(migration_id)
        row = _standing_row(work, migration_id, number)
        effect = asset_decisions.take_back(work, migration_id, [number], by)
        _record_withdrawn(work, row, effect.assets, by)
        work.commit()
    return effect


def take_back_in_run(store: Store, migration_id: int, number: int, by: Identity) -> Effect:
    """Take a rule back as `take_back` does; one that changed most of the inventory by building that without it."""
    work = store.unit_of_work()
    with work.reading():
        assets = reach([_standing_row(work, migration_id, number)])
        far = applying.builds_quicker(work, migration_id, assets)
    if not far:
        return take_back(work, migration_id, number, by)

    def settle(work: UnitOfWork) -> None:
        row = _standing_row(work, migration_id, number)
        asset_decisions.mark_taken_back(work, migration_id, [number], by)
        _record_withdrawn(work, row, assets, by)

    applying.rebuild(store, migration_id, by, settle)
    snapshots.prepare(work, migration_id)
    return Effect(assets=assets)


def _standing_row(work: UnitOfWork, migration_id: int, number: int) -> AssetDecisionRow:
    rows = work.asset_decisions.numbered(migration_id, [number])
    if not rows or rows[0].undone_at is not None:
        raise Conflict("This rule was taken back already.", hint="Reload the page.")
    return rows[0]


def _record_withdrawn(work: UnitOfWork, row: AssetDecisionRow, assets: int, by: Identity) -> None:
    text = f"{row.content.get('title', '')}: rule taken back, {assets:,} assets changed"
    work.audit.record(by, "asset.rule_withdrawn", migration_id=row.migration_id, subject=str(row.id), text=text)
