"""The learning specialist: how far analysts' word on a header should reach, replayed on history before it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_core.agents.answers import Choice, one_of
from platform_core.agents.cmdb_analyst import UNMAPPED
from platform_core.agents.contexts import HistoricColumn, LearningContext
from platform_core.agents.privacy import spelled
from platform_core.agents.specialist import Checked, Entry, Payload, Rejected, Specialist, choice_of
from platform_core.domain.agents import AgentName, AliasChange, Cited, EngineAnswer, Reach
from platform_core.domain.learning import LearnedMapping

_CONTRADICTED = 1.0
_SAID_IN_ONE_EXPORT = 0.5
_ANY_FORMAT = "any"


@dataclass(frozen=True)
class Lesson:
    """All words said on one header, in any spelling of case, oldest first."""

    header: str
    words: tuple[LearnedMapping, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields analysts named, the latest first; `UNMAPPED` stands for none."""
        return tuple(dict.fromkeys(word.field or UNMAPPED for word in reversed(self.words)))

    @property
    def formats(self) -> tuple[str, ...]:
        """The exports it was said of."""
        return tuple(dict.fromkeys(word.format for word in self.words if word.format))


@dataclass(frozen=True)
class Replay:
    """What a rule would have done to columns decided before."""

    concerned: int
    helped: int
    harmed: int


class LearningSpecialist(Specialist[LearningContext, Lesson]):
    """Chooses among the fields that analysts themselves named, and how far that word reaches."""

    task = AgentName.LEARNING_SPECIALIST

    def items(self) -> Sequence[Lesson]:
        """Return one lesson for each header, in the order in which they were first said."""
        said: dict[str, list[LearnedMapping]] = {}
        for word in self.context.words:
            said.setdefault(spelled(word.header) or word.header, []).append(word)
        return [Lesson(words[-1].header, tuple(words)) for words in said.values()]

    def engine(self, item: Lesson) -> EngineAnswer:
        """Return what counts without a model: the latest word, as far as exports agree on it."""
        field, reach = self._settled(item)
        doubt = _CONTRADICTED if len(item.fields) > 1 else _SAID_IN_ONE_EXPORT if reach is not Reach.ANY_FILE else 0.0
        seen = sum(spelled(column.header) == spelled(item.header) for column in self.context.history)
        worth = float(len(item.words) + seen)
        return EngineAnswer(item=item.header, text=f"{field} ({reach})", doubt=doubt, worth=worth, learned=True)

    def payload(self, item: Lesson) -> Payload:
        """Return the header, what was said of it where and how often, and the fields to choose from; no author."""
        said = Counter((word.field or UNMAPPED, word.format or _ANY_FORMAT) for word in item.words)
        return {
            "header": self.veil.text(item.header),
            "said": [{"field": field, "export": export, "times": times} for (field, export), times in said.items()],
            "candidates": sorted(item.fields),
        }

    def shared(self, entries: Sequence[Entry[Lesson]]) -> Payload:
        """Return what each candidate field means."""
        wanted = {key for entry in entries for key in entry.payload["candidates"]}
        return {"fields": {f.key: f"{f.label}: {f.description}" for f in self.context.fields if f.key in wanted}}

    def choices(self, entries: Sequence[Entry[Lesson]]) -> Mapping[str, Any]:
        """Return a field that analysts named, and a reach."""
        return {
            "field": one_of(key for entry in entries for key in entry.payload["candidates"]),
            "reach": one_of(reach.value for reach in Reach),
        }

    def check(self, item: Lesson, choice: Choice, payload: Payload) -> Checked:
        """Accept a field that analysts named for this header, if the rule would have harmed no past decision."""
        field, reach = choice_of(choice, "field"), Reach(choice_of(choice, "reach"))
        if field not in payload["candidates"]:
            raise Rejected("No analyst has named this field for this header.")
        if reach is Reach.THIS_FORMAT and not item.formats:
            raise Rejected("No export is known in which the header was said, so the rule has nowhere to reach.")
        chosen = None if field == UNMAPPED else field
        export = _export(item, field) if reach is Reach.THIS_FORMAT else None
        replay = self.replay(AliasChange(header=item.header, field=chosen, reach=reach, format=export))
        if replay.harmed:
            raise Rejected(f"Replayed on past decisions, it would have made {replay.harmed} of them wrong.")
        return Checked(
            change=AliasChange(header=item.header, field=chosen, reach=reach, format=export),
            agrees=(field, reach) == self._settled(item),
            checks=(
                "an analyst named this field for this header",
                f"replayed on {replay.concerned} past columns: {replay.helped} better, none worse",
            ),
            cited=tuple(
                Cited(where=word.format or "any file", text=f"{word.header} → {word.field or UNMAPPED}")
                for word in item.words
            ),
        )

    def replay(self, rule: AliasChange) -> Replay:
        """Return what a rule would have changed for the better and worse among past columns."""
        if rule.reach is Reach.NOWHERE:
            return Replay(0, 0, 0)
        concerned = [column for column in self.context.history if _applies(rule, column)]
        helped = sum(column.engine != column.decided == rule.field for column in concerned)
        harmed = sum(column.decided != rule.field for column in concerned)
        return Replay(len(concerned), helped, harmed)

    def _settled(self, item: Lesson) -> tuple[str, Reach]:
        """Return the latest word and how far it reaches by the count of exports that agree on it."""
        enough = int(self.spec.rules["formats_for_any_file"])
        agreed = len(item.fields) == 1
        everywhere = agreed and (len(item.formats) >= enough or any(word.format is None for word in item.words))
        if everywhere:
            return item.fields[0], Reach.ANY_FILE
        return item.fields[0], Reach.THIS_FORMAT if item.formats else Reach.NOWHERE


def _export(item: Lesson, field: str) -> str | None:
    """Return the export in which `field` was said last, else the one in which anything was."""
    said = [word.format for word in item.words if word.format and (word.field or UNMAPPED) == field]
    return said[-1] if said else item.formats[-1]


def _applies(rule: AliasChange, column: HistoricColumn) -> bool:
    same_export = rule.reach is Reach.ANY_FILE or column.format == rule.format
    return same_export and spelled(column.header) == spelled(rule.header)
