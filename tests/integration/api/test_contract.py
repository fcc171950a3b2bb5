"""The API does what its description says; `make api` asks it thousands of times, this a few times each."""

from __future__ import annotations

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.errors import InvalidSchema

from platform_core.domain.access import Scope
from platform_core.store import Store
from tests.integration.api.conftest import token
from tests.perf.api_contract import CONFIG


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
