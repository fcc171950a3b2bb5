"""A scripted model that gives answers of the right form, made from the very schema and data of each question."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.harness.model_server import Asked, Says, Script, answer

Chooser = Callable[[str, Mapping[str, Any], Mapping[str, Any]], Any]
"""Chooses a value: (name of the choice, its JSON schema, the item as it was sent)."""


def first_possible(name: str, kind: Mapping[str, Any], item: Mapping[str, Any]) -> Any:
    """Choose what is possible for this very item, the first of it."""
    own = {
        "field": item.get("candidates"),
        "strategy": item.get("candidates"),
        "label": item.get("candidates"),
        "facts": list(item.get("facts", ()))[:1],
        "wave": list(item.get("waves", ())),
        "header": list(item.get("headers", ())),
        "text": list(item.get("texts", ())),
        "driver": item.get("not_known"),
    }.get(name)
    if kind.get("type") == "array":
        return own or []
    if name == "passage":
        return " ".join(next(iter(item["texts"].values()), "nothing at all").split()[:4])
    if own:
        return own[0]
    return (kind.get("enum") or [kind.get("const", "yes")])[0]


def answering(choose: Chooser = first_possible) -> Script:
    """Return a model that answers every item of a question by `choose`."""

    def script(asked: Asked) -> Says:
        return Says(answer(json.dumps(answer_to(asked, choose))))

    return script


def answer_to(asked: Asked, choose: Chooser = first_possible) -> dict[str, Any]:
    """Return an answer of the form that a question asks for."""
    schema = asked.body["response_format"]["json_schema"]["schema"]
    kinds = schema["properties"]["items"]["items"]["properties"]
    return {
        "items": [
            {
                "id": item["id"],
                **{n: choose(n, kind, item) for n, kind in kinds.items() if n not in {"id", "rationale"}},
                "rationale": "because of the data",
            }
            for item in asked.data["items"]
        ]
    }
