"""The migration strategist: which of the feasible Rs should come first, where the leaders are close."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from platform_core.agents.answers import Choice, one_of, some_of
from platform_core.agents.contexts import ApplicationInQuestion, StrategyContext
from platform_core.agents.specialist import Checked, Entry, Payload, Rejected, Specialist, choice_of
from platform_core.domain.agents import AgentName, Cited, EngineAnswer, StrategyChange
from platform_core.domain.answers import shown
from platform_core.domain.strategy import NEEDS_DATA, Fact, Strategy

_MOST_REASONS = 3


class MigrationStrategist(Specialist[StrategyContext, ApplicationInQuestion]):
    """Reorders what the rules left possible, citing facts that are known of the application.

    Where the evidence is too thin to name a strategy nobody is asked: a model would only guess.
    """

    task = AgentName.MIGRATION_STRATEGIST

    def items(self) -> Sequence[ApplicationInQuestion]:
        """Return the applications as given."""
        return self.context.applications

    def engine(self, item: ApplicationInQuestion) -> EngineAnswer:
        """Return the recommendation; its doubt is 1 minus the lead in shares of belief."""
        recommendation = item.recommendation
        return EngineAnswer(
            item=item.key, text=recommendation.strategy or NEEDS_DATA, doubt=self._doubt(item), worth=item.worth
        )

    def payload(self, item: ApplicationInQuestion) -> Payload:
        """Return the facts that may be shown, the candidates, and how far apart the rules see them; no name."""
        return {
            "facts": {
                fact.key: self.veil.text(shown(fact.value)) for fact in item.facts if self.veil.policy.allows(fact.key)
            },
            "candidates": sorted(self._feasible(item)),
        }

    def columns(self) -> Iterable[str]:
        """Return the facts known of any application."""
        return {fact.key for item in self.context.applications for fact in item.facts}

    def choices(self, entries: Sequence[Entry[ApplicationInQuestion]]) -> Mapping[str, Any]:
        """Return a strategy among all candidates of the request, and up to three facts that speak for it."""
        feasible = dict.fromkeys(key for entry in entries for key in entry.payload["candidates"])
        facts = dict.fromkeys(key for entry in entries for key in entry.payload["facts"])
        return {"strategy": one_of(feasible), "facts": some_of(facts, _MOST_REASONS)}

    def check(self, item: ApplicationInQuestion, choice: Choice, payload: Payload) -> Checked:
        """Accept a strategy that no rule excludes, argued with facts this application has."""
        strategy, cited = choice_of(choice, "strategy"), choice_of(choice, "facts")
        if strategy not in self._feasible(item):
            raise Rejected("The strategy is not among those the rules hold possible here.")
        known = {fact.key: fact for fact in item.facts}
        strange = [key for key in cited if key not in payload["facts"] or key not in known]
        if strange or not cited:
            raise Rejected("It cites no fact that was shown of this application.")
        return Checked(
            change=StrategyChange(application=item.key, strategy=Strategy(strategy)),
            agrees=item.recommendation.strategy == strategy,
            checks=("no rule excludes it", "argued with facts known of this application"),
            cited=tuple(_cited(known[key]) for key in cited),
        )

    def withheld(self, item: ApplicationInQuestion) -> str:
        """Ask about no application of which hardly anything may be shown."""
        shareable = sum(self.veil.policy.allows(fact.key) for fact in item.facts)
        least = int(self.spec.rules["least_facts"])
        return "" if shareable >= least else f"Fewer than {least} facts about it may be shown to a model."

    def _doubt(self, item: ApplicationInQuestion) -> float:
        recommendation = item.recommendation
        if recommendation.strategy is None or len(self._feasible(item)) < 2:
            return 0.0
        first, second = (ranked.score for ranked in recommendation.ranking[:2])
        return round(min(1.0, max(0.0, 1 - (first - second))), 4)

    def _feasible(self, item: ApplicationInQuestion) -> frozenset[str]:
        """Return the leading strategies that no veto touches."""
        most = int(self.spec.rules["candidates"])
        vetoed = {veto.strategy for veto in item.recommendation.vetoes}
        return frozenset(
            ranked.strategy for ranked in item.recommendation.ranking[:most] if ranked.strategy not in vetoed
        )


def _cited(fact: Fact) -> Cited:
    return Cited(where=f"{fact.key} ({fact.source})" if fact.source else fact.key, text=shown(fact.value))
