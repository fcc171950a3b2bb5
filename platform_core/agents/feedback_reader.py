"""The learning specialist's second task: corrections in sentences that the rules could not read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from platform_core.agents.answers import Choice, one_of
from platform_core.agents.cmdb_analyst import UNMAPPED
from platform_core.agents.contexts import FeedbackContext
from platform_core.agents.specialist import Checked, Entry, Payload, Rejected, Specialist, choice_of
from platform_core.agents.specs import FEEDBACK
from platform_core.agents.suspicion import Handling
from platform_core.domain.agents import Cited, CorrectionChange, Dropped, EngineAnswer, Proposal
from platform_core.domain.catalogue import Field
from platform_core.domain.learning import ProposedCorrection
from platform_core.learning.vocabulary import plain

NOT_UNDERSTOOD = "not understood"


@dataclass(frozen=True)
class Sentence:
    """A sentence of a note; `read` is what the rules understood of it, None where nothing."""

    key: str
    text: str
    read: ProposedCorrection | None = None


class FeedbackReader(Specialist[FeedbackContext, Sentence]):
    """Names headers that exist and fields of the catalogue, only where the sentence itself mentions the header."""

    task = FEEDBACK
    each_once = False

    def items(self) -> Sequence[Sentence]:
        """Return what the rules understood, then what they did not."""
        understood = self.context.understood
        read = [Sentence(f"read {n}", c.header, c) for n, c in enumerate(understood.corrections, start=1)]
        return [*read, *(Sentence(f"sentence {n}", t) for n, t in enumerate(understood.not_understood, start=1))]

    def engine(self, item: Sentence) -> EngineAnswer:
        """Return what the rules read; a sentence they could not read is all doubt."""
        if item.read is not None:
            return EngineAnswer(item=item.key, text=f"{item.read.header} → {item.read.field or UNMAPPED}")
        return EngineAnswer(item=item.key, text=NOT_UNDERSTOOD, doubt=1.0)

    def payload(self, item: Sentence) -> Payload:
        """Return the sentence, the headers it may speak of by number, and the fields it may name."""
        return {
            "sentence": self.veil.text(item.text),
            "headers": {number: self.veil.text(header) for number, header in self._headers(item).items()},
            "candidates": self._fields(item),
        }

    def shared(self, entries: Sequence[Entry[Sentence]]) -> Payload:
        """Return what each candidate field means."""
        wanted = {key for entry in entries for key in entry.payload["candidates"]}
        return {"fields": {f.key: f"{f.label}: {f.description}" for f in self.context.fields if f.key in wanted}}

    def choices(self, entries: Sequence[Entry[Sentence]]) -> Mapping[str, Any]:
        """Return a header by its number, and a field."""
        return {
            "header": one_of(number for entry in entries for number in entry.payload["headers"]),
            "field": one_of(key for entry in entries for key in entry.payload["candidates"]),
        }

    def most_choices(self, entries: Sequence[Entry[Sentence]]) -> int:
        """Allow a few corrections in a sentence."""
        return len(entries) * int(self.spec.rules["corrections_each"])

    def check(self, item: Sentence, choice: Choice, payload: Payload) -> Checked:
        """Accept a header that the sentence mentions and a field that was offered for this sentence."""
        number, field = choice_of(choice, "header"), choice_of(choice, "field")
        headers = self._headers(item)
        if number not in payload["headers"] or field not in payload["candidates"]:
            raise Rejected("The header or field was not offered for this sentence.")
        chosen = None if field == UNMAPPED else field
        return Checked(
            change=CorrectionChange(
                feedback=self.context.feedback, sentence=item.text, header=headers[number], field=chosen
            ),
            agrees=False,
            checks=("a column of this migration", "the sentence mentions it", "a field of the catalogue"),
            cited=(Cited(where="feedback", text=item.text),),
        )

    def withheld(self, item: Sentence) -> str:
        """Ask about no sentence that mentions no column there is."""
        return "" if self._headers(item) else "It mentions no column of this migration."

    def settle(self, proposals: Sequence[Proposal]) -> tuple[list[Proposal], list[Dropped]]:
        """Drop what one sentence is said to ask of one column twice and differently, or what was read already."""
        said: dict[tuple[str, str], set[str | None]] = {}
        kept: dict[tuple[str, str], Proposal] = {}
        for proposal in proposals:
            if isinstance(proposal.change, CorrectionChange):
                key = proposal.item, proposal.change.header
                said.setdefault(key, set()).add(proposal.change.field)
                kept.setdefault(key, proposal)
        torn = [key for key, fields in said.items() if len(fields) > 1]
        dropped = [Dropped(item=item, reason="It was answered twice, differently.", said=name) for item, name in torn]
        return [proposal for key, proposal in kept.items() if key not in torn], dropped

    def _headers(self, item: Sentence) -> dict[str, str]:
        """Return the columns that a sentence may mean, by number: those whose name stands in it come first."""
        suspicion = self.data.suspicion
        sound = {header: plain(header) for header in self.context.headers if plain(header)}
        words = f" {plain(item.text)} "
        likeness = {header: _likeness(name, words) for header, name in sound.items()}
        close = [header for header, score in likeness.items() if score >= self.spec.rules["least_likeness"]]
        ranked = sorted(close, key=lambda header: (-likeness[header], -len(sound[header])))
        harmless = [header for header in ranked if suspicion.handling([header]) is Handling.TOGETHER]
        return {f"h{n}": header for n, header in enumerate(harmless[: int(self.spec.rules["headers"])], start=1)}

    def _fields(self, item: Sentence) -> list[str]:
        """Return the fields whose names are most like something in the sentence, and that it may be none."""
        names = {field.key: plain(f"{field.key} {_bare(field)}") for field in self.context.fields}
        found = process.extract(
            plain(item.text), names, scorer=fuzz.partial_token_set_ratio, limit=int(self.spec.rules["fields"])
        )
        return [*sorted(key for _, _, key in found), UNMAPPED]


def _likeness(name: str, words: str) -> float:
    """Return 100 where a name stands in the words as it is, else how much of it is there in another spelling."""
    if f" {name} " in words:
        return 100.0
    return float(fuzz.token_set_ratio(name, words)) if len(name) > 3 and set(name.split()) & set(words.split()) else 0.0


def _bare(field: Field) -> str:
    return field.label.partition("(")[0]
