"""The policy as it can be edited: every number of it beside the shipped one, and the change that edits make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from platform_core.domain.base import Frozen
from platform_core.domain.strategy import PolicyChange, Strategy
from platform_core.services.assessment import changed_policy
from platform_core.services.knowledge import fact_label, policy
from platform_core.strategy.policy import ORDER, Settings

FOLDED: Mapping[Strategy, Strategy] = {
    Strategy.RELOCATE: Strategy.REHOST,
    Strategy.REARCHITECT: Strategy.REFACTOR,
}
"""The strategies that a migration can switch off, and as what they count then."""

SETTINGS: Mapping[str, str] = {
    "least_evidence": "Weight of evidence below which no strategy is named",
    "least_support": "Score the winner must reach to be named",
    "enough_evidence": "Weight of evidence at which coverage is one half",
    "temperature": "How sharply a lead turns into belief (smaller = sharper)",
    "stale_after_days": "Days after which discovery data count as old",
    "stale_factor": "Factor on the confidence for old data",
}
"""What each number of the engine stands for."""


class SignalWeights(Frozen):
    """A signal with its weight for each strategy, as it counts now; `changed` when it differs from the shipped one."""

    name: str
    text: str
    source: str
    weights: dict[Strategy, float]
    changed: bool


class EditedBound(Frozen):
    """A number of the policy with its shipped value; `name` is what a change calls it, `part` 0 or 1 of its bounds."""

    name: str
    part: int
    text: str
    value: float
    shipped: float


class EditedPolicy(Frozen):
    """Every number of a policy that can be edited."""

    signals: tuple[SignalWeights, ...]
    thresholds: tuple[EditedBound, ...]
    settings: tuple[EditedBound, ...]
    offered: tuple[Strategy, ...]


def editable(change: PolicyChange) -> EditedPolicy:
    """Return the policy that `change` makes of the shipped one, number by number."""
    now = changed_policy(change)
    shipped = {signal.name: signal.weights for signal in policy().signals}
    signals = [
        SignalWeights(
            name=signal.name,
            text=signal.text,
            source=signal.source,
            weights=dict(zip(ORDER, signal.weights, strict=True)),
            changed=signal.weights != shipped[signal.name],
        )
        for signal in now.signals
    ]
    return EditedPolicy(
        signals=tuple(signals),
        thresholds=tuple(_thresholds(change)),
        settings=tuple(_settings(now.settings)),
        offered=now.offered,
    )


def with_weights(change: PolicyChange, edits: Iterable[tuple[str, Strategy, float]]) -> PolicyChange:
    """Return the change with some weights set; one that is set to what is shipped is no difference any more."""
    shipped = {signal.name: dict(zip(ORDER, signal.weights, strict=True)) for signal in policy().signals}
    weights = {name: dict(by_strategy) for name, by_strategy in change.weights.items()}
    for name, strategy, value in edits:
        weights.setdefault(name, {})[strategy] = value
    kept = {
        name: {s: w for s, w in by_strategy.items() if shipped.get(name, {}).get(s) != w}
        for name, by_strategy in weights.items()
    }
    return change.model_copy(update={"weights": {name: changed for name, changed in kept.items() if changed}})


def with_thresholds(change: PolicyChange, edits: Iterable[tuple[str, int, float]]) -> PolicyChange:
    """Return the change with some bounds set, each (name, part, value)."""
    shipped = _shipped_bounds()
    bounds = {name: list(values) for name, values in (shipped | change.thresholds).items()}
    for name, part, value in edits:
        bounds[name][part] = value
    kept = {name: tuple(values) for name, values in bounds.items() if tuple(values) != shipped[name]}
    return change.model_copy(update={"thresholds": kept})


def with_settings(change: PolicyChange, edits: Mapping[str, float]) -> PolicyChange:
    """Return the change with some numbers of the engine set."""
    wanted = {**change.settings, **edits}
    kept = {name: value for name, value in wanted.items() if getattr(policy().settings, name) != value}
    return change.model_copy(update={"settings": kept})


def with_offered(change: PolicyChange, offered: Iterable[Strategy]) -> PolicyChange:
    """Return the change in which of the strategies that can be switched off only `offered` are recommended."""
    off = {one: other for one, other in FOLDED.items() if one not in set(offered)}
    return change.model_copy(update={"switched_off": None if off == dict(policy().palette) else off})


def _thresholds(change: PolicyChange) -> Iterable[EditedBound]:
    shipped = _shipped_bounds()
    for key, tests in policy().thresholds.items():
        question = policy().keys[key].question or fact_label(key)
        for threshold in tests:
            values = change.thresholds.get(threshold.name, threshold.bounds)
            for part, value in enumerate(values):
                words = threshold.condition.test.replace("_", " ")
                text = f"{threshold.feature.replace('_', ' ')}: {question} ({words})"
                was = shipped[threshold.name][part]
                yield EditedBound(name=threshold.name, part=part, text=text, value=value, shipped=was)


def _shipped_bounds() -> dict[str, tuple[float, ...]]:
    return {t.name: t.bounds for tests in policy().thresholds.values() for t in tests if t.bounds}


def _settings(now: Settings) -> Iterable[EditedBound]:
    for name, text in SETTINGS.items():
        yield EditedBound(
            name=name, part=0, text=text, value=getattr(now, name), shipped=getattr(policy().settings, name)
        )
