"""Reading the policy from its files, and refusing one that cannot work."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import JsonValue

from platform_core.domain.conditions import Reading, condition_of
from platform_core.domain.strategy import Strategy
from platform_core.errors import BadInput
from platform_core.strategy.policy import (
    NEUTRAL,
    ORDER,
    Goal,
    Key,
    Needs,
    Negators,
    Opposites,
    Phrase,
    Policy,
    Scores,
    Settings,
    Signal,
    Threshold,
    VetoRule,
)

_MACRO = re.compile(r"\{([a-z]+)\}")
_GAP = r"(?: [^ ]+){0,4}? "
_DENIAL_KEPT = "keep"


def load_policy(data: Path) -> Policy:
    """Read the policy from `strategy` under `data`.

    Its files: policy.yaml, keys.csv, features.csv, phrases.yaml (and phrases_LANGUAGE.yaml), signals.csv, vetoes.csv,
    opposites.csv and hard_links.csv.

    Raises BadInput, naming the row, when a row refers to an unknown key, feature or strategy, lacks a source, or
    holds a pattern or number that cannot be read.
    """
    try:
        return _policy(data / "strategy")
    except (KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise BadInput("The policy is incomplete or not of its form.") from error


def _policy(folder: Path) -> Policy:
    settings = yaml.safe_load((folder / "policy.yaml").read_text(encoding="utf-8"))
    language = yaml.safe_load((folder / "phrases.yaml").read_text(encoding="utf-8"))
    keys = {row["key"]: _key(row) for row in _rows(folder / "keys.csv")}
    thresholds = [_threshold(row, keys) for row in _rows(folder / "features.csv")]
    phrases = tuple(_phrase(item, language["words"]) for item in [*language["phrases"], *_further_phrases(folder)])
    known = {t.feature for t in thresholds} | {p.feature for p in phrases} | {p.denied for p in phrases if p.denied}
    goals = {key: _goal(key, item) for key, item in settings["goals"].items()}
    return Policy(
        name=settings["name"],
        version=int(settings["version"]),
        settings=Settings(**{name: float(settings[name]) for name in Settings.__dataclass_fields__}),
        priors=_scores(settings["priors"], "priors"),
        palette={Strategy(off): Strategy(on) for off, on in settings["palette"].items()},
        goals=goals,
        sliders=dict.fromkeys(goals, NEUTRAL),
        keys=keys,
        thresholds=_by_key(thresholds),
        phrases=phrases,
        negators=Negators(**{name: _compiled(words, "negators") for name, words in _negators(language).items()}),
        signals=tuple(_signal(row, known, goals) for row in _rows(folder / "signals.csv")),
        vetoes=tuple(_veto(row, known) for row in _rows(folder / "vetoes.csv")),
        opposites=tuple(_opposites(row, known) for row in _rows(folder / "opposites.csv")),
        hard_ports={int(row["port"]): row["text"] for row in _rows(folder / "hard_links.csv")},
    )


def _further_phrases(folder: Path) -> Iterable[Mapping[str, Any]]:
    """Yield the phrases of other languages, each in a file of its own."""
    for path in sorted(folder.glob("phrases_*.yaml")):
        yield from yaml.safe_load(path.read_text(encoding="utf-8"))["phrases"]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    for line, row in enumerate(rows, start=2):
        if None in row or None in row.values() or not row["source"]:
            raise BadInput(f"Line {line} of {path.name} is incomplete or names no source.")
    return rows


def _key(row: Mapping[str, str]) -> Key:
    try:
        reading = Reading(row["reading"])
    except ValueError as error:
        raise BadInput(
            f"The key {row['key']} is to be read as {row['reading']}, which is not a way of reading."
        ) from error
    answers = tuple(_answer(word) for word in row["answers"].split(";") if word)
    means = row["alias_of"] or row["key"]
    return Key(row["key"], reading, means, frozenset(row["texts"].split()), row["question"], answers, row["topic"])


def _answer(word: str) -> JsonValue:
    if word in {"yes", "no"}:
        return word == "yes"
    return float(word) if word.replace(".", "", 1).isdigit() else word


def _threshold(row: Mapping[str, str], keys: Mapping[str, Key]) -> Threshold:
    if row["key"] not in keys or keys[row["key"]].means != row["key"]:
        raise BadInput(f"The feature {row['feature']} asks for the key {row['key']}, which is unknown or an alias.")
    condition = condition_of(keys[row["key"]].reading, row["test"], row["argument"])
    return Threshold(row["feature"], row["key"], condition)


def _by_key(thresholds: Iterable[Threshold]) -> dict[str, tuple[Threshold, ...]]:
    found: dict[str, tuple[Threshold, ...]] = {}
    for threshold in thresholds:
        found[threshold.key] = (*found.get(threshold.key, ()), threshold)
    return found


def _phrase(item: Mapping[str, Any], words: Mapping[str, str]) -> Phrase:
    if not item.get("source"):
        raise BadInput(f"The phrases of {item['feature']} name no source.")
    patterns = "|".join(_expanded(pattern, words) for pattern in item["patterns"])
    denied = item.get("negated")
    return Phrase(
        feature=item["feature"],
        kinds=frozenset(item["where"]),
        pattern=_compiled(rf"(?<!\w)(?:{patterns})(?!\w)", item["feature"]),
        denied=item["feature"] if denied == _DENIAL_KEPT else denied,
        weak=bool(item.get("weak")),
    )


def _expanded(pattern: str, words: Mapping[str, str]) -> str:
    def group(match: re.Match[str]) -> str:
        if match[1] not in words:
            raise BadInput(f"The word group {match[1]} is not defined.")
        return f"(?:{words[match[1]]})"

    return _MACRO.sub(group, pattern).strip().replace(" ... ", _GAP)


def _negators(language: Mapping[str, Any]) -> dict[str, str]:
    said = language["negators"]
    near = r"(?: [^ ]+){0,3}? ?$"
    return {
        "before": rf"(?<!\w)(?:{said['before']})(?!\w){near}",
        "deny": rf"(?:{language['words']['deny']})(?!\w)",
        "after": rf"^(?: [^ ]+){{0,2}}? ?(?:{said['after']})(?!\w)",
        "deferring": rf"^(?: [^ ]+){{0,4}}? (?:{said['deferring']})(?!\w)",
        "harmless": rf"(?<!\w)(?:{said['not']})(?!\w)",
    }


def _compiled(pattern: str, owner: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise BadInput(f"A pattern of {owner} is not a regular expression: {error}.") from error


def _goal(key: str, item: Mapping[str, Any]) -> Goal:
    lean = _scores(dict.fromkeys(ORDER, 0.0) | item["lean"], key)
    return Goal(key=key, title=item["title"], step=float(item["step"]), lean=lean)


def _scores(numbers: Mapping[Any, Any], owner: str) -> Scores:
    try:
        return tuple(float(numbers[strategy.value]) for strategy in ORDER)
    except (KeyError, ValueError) as error:
        raise BadInput(f"{owner} must give a number for each strategy.") from error


def _signal(row: Mapping[str, str], known: set[str], goals: Mapping[str, Goal]) -> Signal:
    if row["goal"] and row["goal"] not in goals:
        raise BadInput(f"The signal {row['signal']} belongs to the unknown goal {row['goal']}.")
    weights = dict(zip(ORDER, _scores(row, row["signal"]), strict=True))
    weights[Strategy.REARCHITECT] += weights[Strategy.REFACTOR]
    return Signal(
        name=row["signal"],
        topic=row["topic"],
        needs=_needs(row["needs"], known, row["signal"]),
        weights=tuple(weights.values()),
        goal=row["goal"],
        text=row["text"],
        source=row["source"],
    )


def _veto(row: Mapping[str, str], known: set[str]) -> VetoRule:
    return VetoRule(
        strategies=tuple(Strategy(word) for word in row["strategies"].split(";")),
        needs=_needs(row["needs"], known, "a veto"),
        unless=_needs(row["unless"], known, "a veto"),
        text=row["text"],
        source=row["source"],
    )


def _opposites(row: Mapping[str, str], known: set[str]) -> Opposites:
    _needs(f"{row['one']}&{row['other']}", known, "a pair of opposites")
    return Opposites(row["one"], row["other"], row["text"], row["source"])


def _needs(text: str, known: set[str], owner: str) -> Needs:
    needs = tuple(tuple(part.split("&")) for part in text.split("|") if part)
    unknown = {feature for part in needs for feature in part} - known
    if unknown:
        raise BadInput(f"The feature {sorted(unknown)[0]}, needed by {owner}, is never observed.")
    return needs
