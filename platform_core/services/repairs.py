"""Rules over rows: applied to all assets that fit, kept over rebuilds, listed with what they did, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from platform_core.domain.asset_decisions import ChangeKind, Comparison, DecisionKind, Rule
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


def apply(work: UnitOfWork, migration_id: int, rules: Sequence[Rule], reason: str, by: Identity) -> Effect:
    """Decide rules: each changes every asset that fits it now, and every one that fits it after a later build.

    They are one entry of the trail and taken back together. Raises BadInput for a rule without conditions, Conflict
    when nothing fits any more; what says the meaning of a text needs nothing to fit, it waits for later imports.
    """
    if not all(rule.conditions for rule in rules):
        raise BadInput("A rule needs a condition.", hint="Say which assets are meant.")
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
        work.audit.record(
            by,
            DECIDED,
            migration_id=migration_id,
            text=f"{told}: {whole.assets:,} assets changed",
            after={"decisions": [decision.id for decision in decisions]},
            why=reason.strip(),
        )
        work.commit()
    return whole


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
        rows = work.asset_decisions.numbered(migration_id, [number])
        if not rows or rows[0].undone_at is not None:
            raise Conflict("This rule was taken back already.", hint="Reload the page.")
        effect = asset_decisions.take_back(work, migration_id, [number], by)
        title = str(rows[0].content.get("title", ""))
        text = f"{title}: rule taken back, {effect.assets:,} assets changed"
        work.audit.record(by, "asset.rule_withdrawn", migration_id=migration_id, subject=str(number), text=text)
        work.commit()
    return effect
