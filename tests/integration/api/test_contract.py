"""The API does what its description says; `make api` asks it thousands of times, this a few times each."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckContext
from schemathesis.core.errors import InvalidSchema
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.generation.overrides import Override
from schemathesis.openapi.checks import EnsureResourceAvailability
from schemathesis.specs.openapi import checks

from platform_core.domain.access import Scope
from platform_core.store import Store
from tests.integration.api.conftest import token
from tests.perf.api_contract import CONFIG
from tests.perf.contract_checks import what_was_created_is_there


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_operation_answers_as_it_is_described(api: FastAPI, store: Store, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", api, config=schemathesis.Config.from_path(CONFIG))
    headers = {"Authorization": f"Bearer {token(store, Scope.ADMIN)}"}
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        try:
            cases = operation.as_strategy(generation_mode=mode)
        except InvalidSchema:
            continue

        @given(case=cases)
        @settings(
            max_examples=3,
            phases=[Phase.generate],
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        def answers_as_described(case: Case) -> None:
            nonlocal tried
            tried += 1
            case.call_and_validate(headers=headers)

        try:
            answers_as_described()
        except Unsatisfiable:  # there is nothing one could send wrong
            continue
        except BaseException as error:
            error.add_note(f"{operation.method.upper()} {operation.path}")
            raise
    assert tried > 40


def test_what_was_created_may_be_gone_only_with_its_migration(
    api: FastAPI, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Authorization": f"Bearer {token(store, Scope.ADMIN)}"}
    linked = property(lambda case: Override(path_parameters=case.path_parameters, headers=headers))
    monkeypatch.setattr(Case, "_override", linked)  # as where all of an address comes from links
    schema = schemathesis.openapi.from_asgi("/openapi.json", api, config=schemathesis.Config.from_path(CONFIG))
    recorder = ScenarioRecorder(label="sessions")
    chosen = schema.config.checks_config_for()
    ctx = CheckContext(None, None, None, chosen, None, recorder, response_checks=None)

    def send(method: str, path: str, parent: Case | None = None, /, body: Any = None, **linked: int) -> Any:
        given = {} if body is None else {"body": body, "media_type": "application/json"}
        case = schema[path][method].Case(path_parameters=linked, **given)
        recorder.record_case(parent_id=parent.id if parent else None, case=case)
        answer = case.call(headers=headers)
        recorder.record_response(case_id=case.id, response=answer)
        return case, answer

    made, answer = send("POST", "/migrations", body={"name": "Exit"})
    number = answer.json()["id"]
    kept, answer = send("POST", "/sessions", made, body={"migration_id": number, "name": "Kept"})
    session_id = answer.json()["id"]
    send("DELETE", "/migrations/{migration_id}", made, migration_id=number)
    gone, answer = send("GET", "/sessions/{session_id}", kept, session_id=session_id)
    assert answer.status_code == 404
    with pytest.raises(EnsureResourceAvailability):
        checks.ensure_resource_availability(ctx, answer, gone)
    what_was_created_is_there(ctx, answer, gone)
    recorder.cases = {each: node for each, node in recorder.cases.items() if node.value.method != "DELETE"}
    with pytest.raises(EnsureResourceAvailability):
        what_was_created_is_there(ctx, answer, gone)
