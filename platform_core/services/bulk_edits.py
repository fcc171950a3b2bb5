"""One value for all assets that pass the filter of the page: a rule where conditions can say it, else a list."""

from __future__ import annotations

from platform_core.domain.asset_decisions import Change, ChangeKind, Comparison, Condition, Rule
from platform_core.domain.inventory import NO_VALUE, AssetFilter
from platform_core.domain.stored_values import as_json
from platform_core.errors import BadInput
from platform_core.services import inventories
from platform_core.services.asset_edits import label, read_cell
from platform_core.store import UnitOfWork

AS_CONDITIONS = frozenset({"kind", "environment", "business_criticality", "location", "os_name"})
"""Fields of a filter whose values a condition compares as the filter does."""

MOST_LISTED = 30_000
"""More assets than this are not kept one by one."""


def rule_for(work: UnitOfWork, migration_id: int, wanted: AssetFilter, field: str, text: str) -> Rule:
    """Return the rule that sets a field (empties it, where `text` is empty) for all that pass a filter.

    Raises BadInput for a value that does not fit the field, or for too many assets that only a list could name.
    """
    value, why = read_cell(field, text)
    if why:
        raise BadInput(f"{label(field)}: {why}.", hint="Nothing was changed; write the value as an import would.")
    conditions = conditions_of(wanted) or _listed(work, migration_id, wanted)
    change = Change(kind=ChangeKind.CLEAR, field=field)
    told = f"{label(field)} emptied"
    if value is not None:
        change = Change(kind=ChangeKind.SET, field=field, value=as_json(value))
        told = f"{label(field)} set to {text.strip()}"
    elif field == "kind":
        raise BadInput("An asset is always of a kind.", hint="Choose one.")
    return Rule(title=told[:120], conditions=conditions, change=change)


def conditions_of(wanted: AssetFilter) -> tuple[Condition, ...]:
    """Return a filter as conditions, which later imports can meet too; nothing where it cannot be said in them."""
    if wanted.text.strip() or wanted.subject_key or not (wanted.only or wanted.missing):
        return ()
    conditions = []
    for field, values in wanted.only:
        if field not in AS_CONDITIONS or (NO_VALUE in values and len(values) > 1):
            return ()
        if values == (NO_VALUE,):
            conditions.append(Condition(field=field, test=Comparison.EMPTY))
        else:
            conditions.append(Condition(field=field, test=Comparison.ONE_OF, value=list(values)))
    if wanted.missing:
        conditions.append(Condition(field=wanted.missing, test=Comparison.EMPTY))
    return tuple(conditions)


def _listed(work: UnitOfWork, migration_id: int, wanted: AssetFilter) -> tuple[Condition, ...]:
    keys = inventories.keys(work, migration_id, wanted)
    if len(keys) > MOST_LISTED:
        raise BadInput(
            f"These are {len(keys):,} assets, which only a list could name.",
            hint="Narrow them down by type, environment, criticality, location or operating system alone.",
        )
    return (Condition(field="key", test=Comparison.ONE_OF, value=list(keys)),)
