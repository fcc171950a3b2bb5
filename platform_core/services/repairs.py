"""Rules over rows: applied to all assets that fit, kept over rebuilds, listed with what they did, and taken back."""

from __future__ import annotations

from datetime import datetime

from platform_core.domain.asset_decisions import DecisionKind, Rule
from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.errors import BadInput, Conflict
from platform_core.services import asset_decisions
from platform_core.services.asset_decisions import DECIDED, Effect
from platform_core.store import UnitOfWork


class StandingRule(Frozen):
    """A rule that holds: who decided it when and why, how many assets it changed at first."""

    id: int
    rule: Rule
    author: str
    at: datetime
    reason: str
    changed_at_first: int


def apply(work: UnitOfWork, migration_id: int, rule: Rule, reason: str, by: Identity) -> Effect:
    """Decide a rule: change every asset that fits now, and every one that fits after a later build.

    Raises BadInput for a rule without conditions, Conflict when nothing fits any more.
    """
    if not rule.conditions:
        raise BadInput("A rule needs a condition.", hint="Say which assets are meant.")
    with work:
        work.migrations.hold(migration_id)
        (decision,) = asset_decisions.write_down(work, migration_id, [(None, rule, {})], reason.strip(), by)
        effect = asset_decisions.lay_rule_over(work, migration_id, decision, by, rule.title)
        if not effect.assets:
            raise Conflict("No asset fits this repair any more.", hint="Look at the list again.")
        row = work.asset_decisions.numbered(migration_id, [decision.id])[0]
        row.before = {"assets": effect.assets}
        work.audit.record(
            by,
            DECIDED,
            migration_id=migration_id,
            text=f"{rule.title}: {effect.assets:,} assets changed",
            after={"decisions": [decision.id]},
            why=reason.strip(),
        )
        work.commit()
    return effect


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
        rows = work.asset_decisions.numbered(migration_id, [number])
        if not rows or rows[0].undone_at is not None:
            raise Conflict("This rule was taken back already.", hint="Reload the page.")
        effect = asset_decisions.take_back(work, migration_id, [number], by)
        title = str(rows[0].content.get("title", ""))
        text = f"{title}: rule taken back, {effect.assets:,} assets changed"
        work.audit.record(by, "asset.rule_withdrawn", migration_id=migration_id, subject=str(number), text=text)
        work.commit()
    return effect
