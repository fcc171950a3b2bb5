"""6R for cases in a file, as the terminal asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from platform_core import strategy
from platform_core.errors import BadInput
from platform_core.reference import DATA
from platform_core.services.json_lines import json_lines


def assess_cases(path: Path) -> dict[str, Any]:
    """Return a recommendation for every case of a file with a JSON line each; raises BadInput naming the line."""
    policy = strategy.load_policy(DATA)
    answers = []
    for number, case in json_lines(path):
        if not isinstance(case.get("facts"), dict):
            raise BadInput(f'Line {number} of {path.name} has no "facts".', hint='Each line is {"id", "facts": {…}}.')
        found = strategy.assess(strategy.facts_from_json(case["facts"]), policy, explain=True)
        answers.append(
            {
                "id": case.get("id", number),
                "strategy": found.strategy,
                "confidence": round(found.confidence, 4),
                "ranking": [r.model_dump(mode="json") for r in found.ranking],
                "evidence": [e.model_dump(mode="json") for e in found.evidence],
                "vetoes": [v.model_dump(mode="json") for v in found.vetoes],
                "would_change": [c.model_dump(mode="json") for c in found.would_change],
                "missing": [m.model_dump(mode="json") for m in found.missing],
                "unknown": list(found.unknown),
                "contradictions": [c.text for c in found.contradictions],
            }
        )
    return {"cases": answers}


def strategy_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield the recommendations, for a person."""
    for case in answer["cases"]:
        yield f"{case['id']}: {case['strategy'] or 'needs data'} ({case['confidence']:.0%})"
