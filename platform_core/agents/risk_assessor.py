"""The risk assessor: what texts about an application say of risks that no figure shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from platform_core.agents.answers import Choice, one_of, quote
from platform_core.agents.contexts import RiskContext, RiskInQuestion
from platform_core.agents.specialist import Checked, Entry, Payload, Rejected, Specialist, choice_of
from platform_core.domain.agents import AgentName, Cited, Dropped, EngineAnswer, Proposal, RiskChange

_APPLIES, _DOES_NOT = "applies", "does_not_apply"
_QUOTE_LENGTH = 120
_LEAST_QUOTE = 4  # letters and digits; a shorter passage stands in any text


class RiskAssessor(Specialist[RiskContext, RiskInQuestion]):
    """Adds or takes away drivers of the catalogue, each with a passage copied out of one cell of the application."""

    task = AgentName.RISK_ASSESSOR
    each_once = False

    def items(self) -> Sequence[RiskInQuestion]:
        """Return the applications as given."""
        return self.context.applications

    def engine(self, item: RiskInQuestion) -> EngineAnswer:
        """Return the assessment; in doubt is the share of drivers that could not be judged, if there is text."""
        assessment = item.assessment
        unknown = len(assessment.unknown) / len(self.context.drivers) if self.context.drivers else 0.0
        return EngineAnswer(
            item=item.key,
            text=f"{assessment.band} ({assessment.likelihood} × {assessment.impact})",
            doubt=round(min(1.0, unknown), 4) if item.cells else 0.0,
            worth=item.worth,
        )

    def payload(self, item: RiskInQuestion) -> Payload:
        """Return the texts that may be shown, by number, and which drivers are open or found."""
        assessment = item.assessment
        return {
            "texts": {name: text for name, (_, text) in self._shown(item).items()},
            "not_known": sorted(assessment.unknown),
            "found": sorted({driver.name for driver in assessment.drivers}),
        }

    def columns(self) -> Iterable[str]:
        """Return the fields that texts come from."""
        return {cell.field for item in self.context.applications for cell in item.cells}

    def shared(self, entries: Sequence[Entry[RiskInQuestion]]) -> Payload:
        """Return the catalogue of drivers that the request is about."""
        wanted = set(self._drivers(entries))
        return {"drivers": {driver.name: driver.text for driver in self.context.drivers if driver.name in wanted}}

    def choices(self, entries: Sequence[Entry[RiskInQuestion]]) -> Mapping[str, Any]:
        """Return a driver, whether it applies, and the text and passage that say so."""
        texts = dict.fromkeys(name for entry in entries for name in entry.payload["texts"])
        return {
            "driver": one_of(self._drivers(entries)),
            "verdict": one_of((_APPLIES, _DOES_NOT)),
            "text": one_of(texts),
            "passage": quote(_QUOTE_LENGTH),
        }

    def most_choices(self, entries: Sequence[Entry[RiskInQuestion]]) -> int:
        """Allow a few drivers for each application."""
        return len(entries) * int(self.spec.rules["drivers_each"])

    def check(self, item: RiskInQuestion, choice: Choice, payload: Payload) -> Checked:
        """Accept a driver that is open (or found, to take it away), if the passage really stands in the cell."""
        driver, applies = choice_of(choice, "driver"), choice_of(choice, "verdict") == _APPLIES
        found = {each.name for each in item.assessment.drivers}
        if applies and driver not in item.assessment.unknown:
            raise Rejected("The engine has judged this driver from a fact already.")
        if not applies and driver not in found | set(item.assessment.unknown):
            raise Rejected("The driver was not counted for this application.")
        if driver not in {each.name for each in self.context.drivers}:
            raise Rejected("There is no such driver.")
        where, text = self._cell(item, choice_of(choice, "text"), payload)
        passage = choice_of(choice, "passage")
        if sum(map(str.isalnum, passage)) < _LEAST_QUOTE or _folded(passage) not in _folded(text):
            raise Rejected("The passage it quotes does not stand in that text.")
        return Checked(
            change=RiskChange(application=item.key, driver=driver, applies=applies),
            agrees=not applies and driver not in found,
            checks=("a driver of the catalogue", "the passage stands in the cell"),
            cited=(Cited(where=where, text=self.veil.put_back(passage)),),
        )

    def withheld(self, item: RiskInQuestion) -> str:
        """Ask about no application of which no text may be shown."""
        return "" if self._shown(item) else "None of its texts says much, or may be shown to a model."

    def settle(self, proposals: Sequence[Proposal]) -> tuple[list[Proposal], list[Dropped]]:
        """Drop what was said about one driver of one application twice, and differently."""
        said: dict[tuple[str, str], set[bool]] = {}
        for proposal in proposals:
            if isinstance(proposal.change, RiskChange):
                said.setdefault((proposal.item, proposal.change.driver), set()).add(proposal.change.applies)
        kept: dict[tuple[str, str], Proposal] = {}
        for proposal in proposals:
            if isinstance(proposal.change, RiskChange):
                kept.setdefault((proposal.item, proposal.change.driver), proposal)
        torn = [key for key, verdicts in said.items() if len(verdicts) > 1]
        dropped = [Dropped(item=item, reason="It was answered twice, differently.", said=name) for item, name in torn]
        return [proposal for key, proposal in kept.items() if key not in torn], dropped

    def _shown(self, item: RiskInQuestion) -> dict[str, tuple[int, str]]:
        """Return the texts with room for a statement that may be shown, by their name: (place in `cells`, text)."""
        cells = [
            (place, self.veil.text(cell.text))
            for place, cell in enumerate(item.cells)
            if self.veil.policy.allows(cell.field)
        ]
        least, most = int(self.spec.rules["least_words"]), int(self.spec.rules["texts_each"])
        telling = [(place, text) for place, text in cells if len(text.split()) >= least][:most]
        return {f"t{place}": (place, text) for place, text in telling}

    def _cell(self, item: RiskInQuestion, name: str, payload: Payload) -> tuple[str, str]:
        """Return where the cited text stands, and the text as it was shown."""
        shown: Mapping[str, str] = payload["texts"]
        if name not in shown:
            raise Rejected("The text it cites is none of this application's.")
        cell = item.cells[int(name.removeprefix("t"))]
        return cell.where or cell.field, shown[name]

    def _drivers(self, entries: Sequence[Entry[RiskInQuestion]]) -> list[str]:
        named = [entry.payload[part] for entry in entries for part in ("not_known", "found")]
        return sorted({name for names in named for name in names})


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
