"""What analysts decide while the inventory is built: it counts when the build ends, as if it had begun with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.domain.asset_decisions import Change, ChangeKind, Comparison, Condition, Rule
from platform_core.domain.identity import Identity
from platform_core.domain.strategy import PolicyChange, Strategy
from platform_core.errors import Conflict
from platform_core.services import (
    applying,
    asset_edits,
    history,
    imports,
    overtaking,
    policies,
    questionnaires,
    repairs,
    strategies,
)
from platform_core.services.asset_edits import CellEdit
from platform_core.services.duplicates_settled import carry_out
from platform_core.store import Store, UnitOfWork

ANA, BEN = Identity(name="Ana Example"), Identity(name="Ben Example")
WEB, OLD, CRM = "server:web01", "server:old01", "application:crm"

Decide = Callable[[Store, int], object]


def edit(key: str, field: str, text: str, seen: object) -> Decide:
    wanted = CellEdit(asset_key=key, field=field, text=text, seen=seen)
    return lambda store, number: asset_edits.save(store.unit_of_work(), number, [wanted], BEN)


def repair(rule: Rule) -> Decide:
    return lambda store, number: repairs.apply(store.unit_of_work(), number, [rule], "", BEN)


def take_back_the_rule(store: Store, number: int) -> None:
    (rule,) = repairs.standing(store.unit_of_work(), number)
    repairs.take_back(store.unit_of_work(), number, rule.id, BEN)


def undo(store: Store, number: int) -> None:
    history.undo(store.unit_of_work(), number, ANA)


def change_the_policy(store: Store, number: int) -> None:
    change = PolicyChange(goals=dict.fromkeys(policies.goals(), 5))
    policies.apply(store.unit_of_work(), number, change, "All goals", BEN, seen_number=0)


def answer(store: Store, number: int) -> None:
    questionnaires.answer(store.unit_of_work(), number, [CRM], {"compliance_lock": True}, BEN)


def override(store: Store, number: int) -> None:
    strategies.override_many(store.unit_of_work(), number, [CRM], Strategy.RETIRE, "It is not needed", BEN)


LINUX = Rule(
    title="Linux is patched",
    conditions=(Condition(field="os_name", test=Comparison.CONTAINS, value="Linux"),),
    change=Change(kind=ChangeKind.SET, field="support_group", value="Team Linux"),
)
TOLD_EARLIER = Rule(
    title="Fax is cold",
    conditions=(Condition(field="application_name", test=Comparison.IS, value="Fax Archive"),),
    change=Change(kind=ChangeKind.SET, field="os_name", value="Windows Server 2022"),
)
NOTHING_YET = Rule(
    title="Read later",
    conditions=(Condition(field="memory_gb", test=Comparison.REFUSED, value="plenty"),),
    change=Change(kind=ChangeKind.SET, field="memory_gb", value=8.0),
)

DECISIONS: dict[str, tuple[Decide, ...]] = {
    "values, a kind, a name that a dependency uses, and rules of which one fits nothing yet": (
        edit(OLD, "memory_gb", "64", 2.0),
        edit(WEB, "memory_gb", "64", 16.0),
        edit(WEB, "application_name", "CRM", "Shop"),
        edit(CRM, "kind", "software", "application"),
        edit("server:dev01", "hostname", "nowhere.example", None),
        repair(LINUX),
        repair(NOTHING_YET),
    ),
    "that an edit and a rule do not hold": (undo, take_back_the_rule),
    "a policy": (change_the_policy,),
    "an answer and a strategy": (answer, override),
}


def conclusions(work: UnitOfWork, migration_id: int) -> list[object]:
    """Every asset, dependency, open name and judgement, without row numbers and moments."""
    with work.reading():
        subject_of = work.assets.subjects(migration_id)
        assets = [(a.key, a.kind, a.values, a.edits, subject_of[a.key]) for a in work.assets.all(migration_id)]
        found = work.dependencies.all(migration_id)
        links = {(d.source_key or d.source_name, d.target_key or d.target_name) for d in found}
        left_out = {"id", "version", "assessed_at", "override_at"}
        judged = [
            {c.key: getattr(row, c.key) for c in row.__table__.columns if c.key not in left_out}
            for row in (*work.recommendations.of(migration_id), *work.risks.of(migration_id))
        ]
        return [assets, sorted(links), sorted(work.issues.counts(migration_id)), sorted(judged, key=str)]


@pytest.fixture
def decided(store: Store, applied: int) -> int:
    """A migration with a rule and an edit."""
    repairs.apply(store.unit_of_work(), applied, [TOLD_EARLIER], "", ANA)
    edit(WEB, "memory_gb", "16", 8.0)(store, applied)
    asset_edits.save(store.unit_of_work(), applied, [CellEdit(asset_key=WEB, field="cpu_cores", text="6", seen=4)], ANA)
    return applied


def build_while(
    store: Store, migration_id: int, decide: Decide, patch: pytest.MonkeyPatch, *, times: int = 1
) -> list[int]:
    """Rebuild the inventory while somebody decides, in the first `times` builds; return a number for each build."""
    builds: list[int] = []

    def carried_out_meanwhile(*told: Any) -> Any:
        builds.append(len(builds))
        if len(builds) <= times:
            decide(store, migration_id)
        return carry_out(*told)

    with patch.context() as patched:
        patched.setattr(applying, "carry_out", carried_out_meanwhile)
        applying.settle_duplicates(store, migration_id, ANA)
    return builds


@pytest.mark.parametrize("what", DECISIONS)
def test_what_is_decided_during_a_rebuild_counts_when_it_ends(
    store: Store, decided: int, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = store.unit_of_work()
    before = conclusions(work, decided)

    def decide(store: Store, number: int) -> None:
        for one in DECISIONS[what]:
            one(store, number)

    assert build_while(store, decided, decide, monkeypatch) == [0]
    during = conclusions(work, decided)
    assert during != before
    applying.settle_duplicates(store, decided, ANA)
    assert conclusions(work, decided) == during


@pytest.mark.parametrize("times", [1, 3])
def test_a_build_that_much_was_decided_meanwhile_is_repeated_and_the_last_one_takes_in_what_there_is(
    store: Store, decided: int, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overtaking, "MOST_IN_PLACE", 0)
    said = iter(("17", "18", "19"))

    def set_memory(store: Store, number: int) -> None:
        work = store.unit_of_work()
        with work.reading():
            seen = work.assets.get(number, OLD).memory_gb
        edit(OLD, "memory_gb", next(said), seen)(store, number)

    assert len(build_while(store, decided, set_memory, monkeypatch, times=times)) == min(times + 1, 3)
    work = store.unit_of_work()
    with work.reading():
        assert work.assets.get(decided, OLD).memory_gb == 16 + times


def test_an_import_taken_out_during_a_rebuild_is_a_conflict_still(
    store: Store, decided: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withdraw(store: Store, number: int) -> None:
        view = imports.listed(store.unit_of_work(), number)[0]
        applying.withdraw(store, view.id, BEN, seen_version=view.version)

    with pytest.raises(Conflict, match="rebuilt by somebody else"):
        build_while(store, decided, withdraw, monkeypatch)
