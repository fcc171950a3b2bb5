"""Planning from files, as the terminal asks for it: assets, dependencies and rules in, a plan out."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from platform_core import waves
from platform_core.domain.waves import BEFORE_PRODUCTION, Link, Plan, PlanMetrics, PlannedAsset, Portfolio, Rules
from platform_core.errors import BadInput

CRITICAL = "critical"
EXPLAINED_GROUPS = 2_000
"""Beyond this many move groups the answer leaves the reasons for each placement out, to stay readable."""

Effort = Literal["fast", "normal", "long"]


def plan_files(
    assets: Path, dependencies: Path, rules: Path, *, seed: int, effort: Effort, previous: Path | None
) -> dict[str, Any]:
    """Plan the waves of the assets under the rules; raises BadInput naming the file and line that cannot be used."""
    portfolio = Portfolio(tuple(_assets(assets)), ())
    known = {asset.asset_id for asset in portfolio.assets}
    portfolio = Portfolio(portfolio.assets, tuple(_links(dependencies, known)))
    wanted = read_rules(rules)
    plan = waves.plan(portfolio, wanted, seed=seed, effort=effort, previous=_previous(previous) if previous else None)
    return answer(plan)


def read_rules(path: Path) -> Rules:
    """Return the rules of a JSON file; raises BadInput naming the rule that is wrong."""
    try:
        return Rules.model_validate(_json(path))
    except ValidationError as error:
        first = error.errors()[0]
        place = " → ".join(map(str, first["loc"])) or "the file"
        raise BadInput(f"The rules are wrong at {place}: {first['msg']}.", hint="Correct it and run again.") from error


def answer(plan: Plan) -> dict[str, Any]:
    """Return a plan as the terminal's JSON."""
    group_of = {name: group for group in plan.groups for name in group.applications}
    explained = {
        group.name: {"applications": list(group.applications), "reasons": list(group.reasons)}
        for group in plan.groups
        if len(group.applications) > 1
    }
    return {
        "waves": [{"wave": wave.wave, "assets": list(wave.assets)} for wave in plan.waves],
        "metrics": _figures(plan.metrics) if plan.metrics else {},
        "foundation": [asdict(member) for member in plan.foundation],
        "conflicts": [conflict.model_dump(mode="json") for conflict in plan.conflicts],
        "explanations": {
            "move_groups": len({group.name for group in group_of.values()}),
            "travel_as_one": explained if len(explained) <= EXPLAINED_GROUPS else {},
        },
        "seed": plan.seed,
    }


def _figures(metrics: PlanMetrics) -> dict[str, Any]:
    return {**metrics.model_dump(mode="json"), "proven_optimal": metrics.proven_optimal}


def plan_lines(result: dict[str, Any]) -> Iterator[str]:
    """Yield a plan for a person to read."""
    for conflict in result["conflicts"]:
        yield "These rules cannot all hold:"
        yield from (f"  {rule}" for rule in conflict["rules"])
    for wave in result["waves"]:
        yield f"Wave {wave['wave']}: {len(wave['assets']):,} assets"
    if result["metrics"]:
        yield f"Severs {result['metrics']['cut_share']:.1%} of the dependency weight between move groups"


ASSET_COLUMNS = (
    "asset_id", "application_name", "support_group", "business_criticality", "risk_score", "effort_points",
    "application_owner", "business_owner", "datacenter", "location", "environment", "asset_type",
)  # fmt: skip


def _assets(path: Path) -> Iterator[PlannedAsset]:
    for line, row in _rows(path, ASSET_COLUMNS, needed=1):
        asset_id, application, team, criticality, risk, effort, owner, business, datacenter, location, stage, kind = row
        yield PlannedAsset(
            asset_id=asset_id,
            application=application,
            team=team,
            critical=criticality.strip().casefold() == CRITICAL,
            risk=_number(risk, 0.0, path, line),
            effort=_number(effort, 1.0, path, line),
            owner=owner or business,
            site=datacenter or location,
            production=stage.strip().casefold() not in BEFORE_PRODUCTION,
            database=kind.strip().casefold() == "database",
        )


def _links(path: Path, known: set[str]) -> Iterator[Link]:
    for line, (source, target, weight) in _rows(path, ("dep_source", "dep_target", "weight"), needed=2):
        if source in known and target in known:
            yield Link(source, target, _number(weight, 1.0, path, line))


def _previous(path: Path) -> dict[str, int]:
    try:
        return {str(asset): int(wave["wave"]) for wave in _json(path)["waves"] for asset in wave["assets"]}
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(
            f"{path.name} is not a plan of this workbench.", hint="Give the JSON that plan printed."
        ) from error


def _rows(path: Path, columns: tuple[str, ...], needed: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield line and cells of `columns`, "" for one that is not there; the first `needed` of them must be.

    Reads half a million lines a second; `csv.DictReader` takes five times as long.
    """
    _there(path)
    with path.open(newline="", encoding="utf-8-sig") as handle:
        reader = csv.reader(handle)
        headers = next(reader, [])
        place = {name: number for number, name in enumerate(headers)}
        missing = [name for name in columns[:needed] if name not in place]
        if missing:
            raise BadInput(f"{path.name} has no column {missing[0]}.", hint=f"It needs {', '.join(columns[:needed])}.")
        cells = itemgetter(*(place.get(name, -1) for name in columns))
        for row in reader:
            if row:
                yield reader.line_num, cells([*row, *[""] * (len(headers) - len(row)), ""])


def _number(text: str, default: float, path: Path, line: int) -> float:
    if not text or text.isspace():
        return default
    try:
        return float(text)
    except ValueError as error:
        raise BadInput(
            f"{path.name}, line {line}: {text!r} is not a number.", hint="Correct it and run again."
        ) from error


def _json(path: Path) -> Any:
    _there(path)
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name} is not JSON.", hint="Give a JSON file.") from error


def _there(path: Path) -> None:
    if not path.is_file():
        raise BadInput(f"There is no file {path.name}.", hint="Check the name and the folder.")
