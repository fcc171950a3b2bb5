"""The recommendation for one application, as an argument that can be checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_core.domain.answers import as_number
from platform_core.domain.strategy import Facts, Ranked, Recommendation, SignalEvidence, Strategy, Veto
from platform_core.strategy.contradictions import within
from platform_core.strategy.counterfactuals import counterfactuals
from platform_core.strategy.observing import Observation, Observed, observe
from platform_core.strategy.policy import ORDER, Policy
from platform_core.strategy.questions import informative_questions, open_questions
from platform_core.strategy.scoring import Fired, Verdict, judge


def assess(facts: Facts, policy: Policy, *, explain: bool = True, turning: bool = True) -> Recommendation:
    """Recommend a strategy for the application that `facts` describe.

    Vetoes remove strategies, signed evidence adds up to scores, softmax ranks them. What is not known adds nothing
    and lowers the confidence, which is coverage x margin x freshness (see `scoring.judge`). With `explain` the
    smallest changes that would turn the answer are searched, unless `turning` is False, and the open questions are
    ordered by what their answers would change; without (for bulk runs) questions are ordered by the weight of what
    they could show, and only the evidence for and against the leading strategy is told. Odd keys and values never
    raise.
    """
    observing = observe(facts, policy)
    verdict = judge(observing.observed, policy)
    questions = informative_questions if explain else open_questions
    return Recommendation(
        strategy=verdict.winner,
        confidence=_confidence(verdict, facts, policy),
        ranking=tuple(Ranked(strategy=s, score=round(share, 6)) for s, share in verdict.shares),
        evidence=_evidence(verdict, observing.observed, policy, leader_only=not explain),
        vetoes=tuple(_vetoes(verdict, policy)),
        would_change=counterfactuals(facts, policy, observing=observing) if explain and turning else (),
        missing=questions(observing, verdict, policy),
        unknown=observing.unknown,
        contradictions=within(observing.observed, policy),
    )


def _confidence(verdict: Verdict, facts: Facts, policy: Policy) -> float:
    if verdict.winner is None:
        return 0.0
    return round(verdict.coverage * verdict.margin * _freshness(facts, policy), 4)


def _freshness(facts: Facts, policy: Policy) -> float:
    """Return the factor for the age of the discovery data, 1 when fresh or unknown."""
    seen = facts.get("last_seen_days")
    age = as_number(seen.value) if seen is not None else None
    stale = age is not None and age > policy.settings.stale_after_days
    return policy.settings.stale_factor if stale else 1.0


def _evidence(verdict: Verdict, observed: Observed, policy: Policy, *, leader_only: bool) -> tuple[SignalEvidence, ...]:
    """Return every contribution to the offered strategies, or to the leading one alone, the heaviest first."""
    told = (verdict.shares[0][0],) if leader_only and verdict.shares else policy.offered
    evidence = [item for fired in verdict.fired for item in _contributions(fired, observed, told)]
    evidence.sort(key=lambda item: -abs(item.weight))
    return tuple(evidence)


def _contributions(fired: Fired, observed: Observed, told: Sequence[Strategy]) -> Iterator[SignalEvidence]:
    weights = [(strategy, fired.weights[ORDER.index(strategy)]) for strategy in told]
    if not any(weight for _, weight in weights):
        return
    seen = [observed[feature] for feature in fired.features]
    value = "; ".join(dict.fromkeys(item.value for item in seen))
    text = f"{fired.signal.text} ({', '.join(dict.fromkeys(map(_said, seen)))})"
    source = "; ".join(dict.fromkeys(item.source for item in seen if item.source))
    for strategy, weight in weights:
        if weight:
            yield SignalEvidence(
                signal=fired.signal.name,
                strategy=strategy,
                value=value,
                weight=round(weight, 4),
                text=text,
                source=source,
            )


def _said(observation: Observation) -> str:
    return f"{observation.key.replace('_', ' ')}: {observation.value}"


def _vetoes(verdict: Verdict, policy: Policy) -> list[Veto]:
    return [
        Veto(strategy=strategy, text=veto.text)
        for veto in verdict.vetoes
        for strategy in veto.strategies
        if strategy not in policy.palette
    ]
