"""Two checks of Schemathesis with what they cannot know of this API: what goes with a migration, and what a link mends.

`tests.perf.api_contract` has them loaded in place of the built-in ones of those names (`REPLACED`).
"""

from __future__ import annotations

from collections.abc import Iterator

import schemathesis
from schemathesis import Case
from schemathesis.checks import CheckContext
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.transport import Response
from schemathesis.openapi.checks import EnsureResourceAvailability
from schemathesis.specs.openapi import checks

REPLACED = ("ensure_resource_availability", "negative_data_rejection")
MIGRATIONS, MIGRATION = "/migrations", "/migrations/{migration_id}"


@schemathesis.check
def what_was_created_is_there(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """Something just created must be there, unless it went with its migration or the body names another thing."""
    try:
        return checks.ensure_resource_availability(ctx, response, case)
    except EnsureResourceAvailability:
        if _went_with_its_migration(ctx, case) or _names_another_thing(ctx, response, case):
            return None
        raise


@schemathesis.check
def wrong_data_is_refused(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """A request that does not fit its description must be refused, unless a link put the right value into its body."""
    try:
        return checks.negative_data_rejection(ctx, response, case)
    except AcceptedNegativeData:
        if _body_by_a_link(ctx, case):
            return None
        raise


def _went_with_its_migration(ctx: CheckContext, case: Case) -> bool:
    """Tell whether the migration that something was created in was deleted before."""
    parent = ctx.internals.find_parent(case_id=case.id)
    answer = ctx.internals.find_response(case_id=parent.id) if parent is not None else None
    created = answer.json() if answer is not None else None
    if not isinstance(created, dict) or "migration_id" not in created:
        return False
    return created["migration_id"] in _deleted_migrations(ctx)


def _deleted_migrations(ctx: CheckContext) -> Iterator[int]:
    for case in ctx.internals.find_all_cases():
        answer = ctx.internals.find_response(case_id=case.id)
        if case.method == "DELETE" and case.path == MIGRATION and answer is not None and answer.status_code == 204:
            yield int(case.path_parameters["migration_id"])


def _names_another_thing(ctx: CheckContext, response: Response, case: Case) -> bool:
    """Tell whether a request with a body to something in a new migration was told that another thing is not there."""
    parent = ctx.internals.find_parent(case_id=case.id)
    in_a_new_one = parent is not None and parent.path == MIGRATIONS and case.method == "POST"
    return in_a_new_one and bool(case.body) and "migration" not in response.json()["error"]


def _body_by_a_link(ctx: CheckContext, case: Case) -> bool:
    recorder = ctx.internals.recorder
    node = recorder.cases.get(case.id) if recorder is not None else None
    return node is not None and node.is_transition_applied and bool(node.transition and node.transition.request_body)
