"""The only form in which a model can answer: choices among what a request offers, each checked by itself.

The types are made anew for every request from the very ids and values in it, so that a name the model invents has
no place to go. One bad choice drops only itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model

from platform_core.agents.cache import canonical
from platform_core.agents.extraction import Unusable, entries_of_cut_list, json_in
from platform_core.agents.replies import Spoken
from platform_core.agents.wholesome import plain_words
from platform_core.domain.agents import RATIONALE_LENGTH, Dropped

_SHOWN_OF_A_FAULT = 200  # characters of a dropped choice that are kept
_FAULTS_TOLD = 5


class Choice(BaseModel):
    """What a model says about one item of a request; subclasses made per request add the choices it has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    rationale: str


class ItemisedAnswer(BaseModel):
    """A whole answer: a list of choices."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    items: list[Any]


@dataclass(frozen=True)
class Reading:
    """The choices that have their form, and what was dropped from the answer."""

    choices: tuple[Choice, ...]
    dropped: tuple[Dropped, ...] = ()


def one_of(values: Iterable[str]) -> Any:
    """Return the type of texts that are one of `values`."""
    return cast("Any", Literal)[tuple(dict.fromkeys(values))]


def some_of(values: Iterable[str], most: int) -> Any:
    """Return the type of lists of at most `most` of `values`, none twice; of empty lists where there is no value."""
    offered = tuple(values)
    if not offered:
        return Annotated[list[str], Field(max_length=0)]
    return Annotated[list[one_of(offered)], Field(max_length=most), AfterValidator(_without_repetition)]  # type: ignore[misc]


def quote(longest: int) -> Any:
    """Return the type of a passage copied out of the data; whether it stands there is checked later."""
    return Annotated[str, Field(min_length=1, max_length=longest)]


def _without_repetition(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _as_plain_words(value: Any) -> Any:
    return plain_words(value, RATIONALE_LENGTH) if isinstance(value, str) else value


Rationale = Annotated[str, BeforeValidator(_as_plain_words), Field(max_length=RATIONALE_LENGTH)]


class AnswerForm:
    """The form of the answer to one request: `ids` it asks about, `choices` each item has, bounded in number."""

    def __init__(self, ids: Sequence[str], choices: Mapping[str, Any], *, most: int, each_once: bool) -> None:
        fields: dict[str, Any] = {name: (kind, ...) for name, kind in choices.items()}
        self.choice: type[Choice] = create_model(
            "Choice", __base__=Choice, id=(one_of(ids), ...), **fields, rationale=(Rationale, ...)
        )
        bounded = Annotated[list[self.choice], Field(max_length=most)]  # type: ignore[name-defined]
        self.model: type[ItemisedAnswer] = create_model("Answer", __base__=ItemisedAnswer, items=(bounded, ...))
        self._most = most
        self._least = len(ids) if each_once else 0
        self._each_once = each_once

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of an answer, without references: servers that enforce schemas do not all follow them."""
        items = {
            "type": "array",
            "items": self.choice.model_json_schema(),
            "minItems": self._least,
            "maxItems": self._most,
        }
        return {"type": "object", "properties": {"items": items}, "required": ["items"], "additionalProperties": False}

    def read(self, spoken: Spoken) -> Reading:
        """Return the choices in an answer, each checked by itself.

        Raises Unusable with what is wrong where there is no list of choices, or all of several are bad.
        """
        choices: list[Choice] = []
        dropped: list[Dropped] = []
        faults: list[str] = []
        for entry in self._entries(spoken)[: 2 * self._most]:
            try:
                choices.append(self.choice.model_validate(entry))
            except (ValidationError, RecursionError) as error:
                faults.append(_said_of(error))
                dropped.append(_dropped(entry, faults[-1]))
        kept, surplus = self._bounded(choices)
        if faults and not kept:
            told = " ".join(dict.fromkeys(faults[:_FAULTS_TOLD]))
            raise Unusable(f"None of the items was of the required form. {told} Answer again with one JSON object.")
        return Reading(tuple(kept), (*dropped, *surplus))

    def _entries(self, spoken: Spoken) -> list[Any]:
        """Return what stands in the answer's list, complete or cut off at the end."""
        cut = entries_of_cut_list(spoken.content, "items")
        try:
            value = json_in(spoken.content)
        except Unusable:
            if cut:
                return cut
            raise
        items = value.get("items") if isinstance(value, dict) else value
        if isinstance(items, list):
            return items
        if cut:
            return cut
        raise Unusable('The answer has no list "items". Answer with {"items": [...]} and nothing else.')

    def _bounded(self, choices: list[Choice]) -> tuple[list[Choice], list[Dropped]]:
        """Leave out what was said about one item twice and differently, and what exceeds the number asked for."""
        if not self._each_once:
            return choices[: self._most], [_surplus(choice) for choice in choices[self._most :]]
        said: dict[str, list[Choice]] = {}
        for choice in choices:
            said.setdefault(choice.id, []).append(choice)
        kept = [answers[0] for answers in said.values() if len({_substance(each) for each in answers}) == 1]
        torn = [key for key, answers in said.items() if len({_substance(each) for each in answers}) > 1]
        return kept, [Dropped(item=key, reason="It was answered twice, differently.") for key in torn]


def _substance(choice: Choice) -> str:
    return canonical(choice.model_dump(exclude={"rationale"}))


def _surplus(choice: Choice) -> Dropped:
    return Dropped(item=choice.id, reason="The answer was longer than asked for.")


def _dropped(entry: Any, fault: str) -> Dropped:
    """Keep what was said only as plain words: it is shown to people."""
    try:
        said = canonical(entry)[:2_000]
    except RecursionError:
        said = ""
    return Dropped(item=None, reason=fault, said=plain_words(said, _SHOWN_OF_A_FAULT))


def _said_of(error: ValidationError | RecursionError) -> str:
    """Say what is wrong with a choice in words that hold nothing of what the model said."""
    if isinstance(error, RecursionError):
        return "It is nested too deeply."
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    if first["type"] == "extra_forbidden":
        return "It has a field that was not asked for."
    place = ".".join(str(part) for part in first["loc"]) or "item"
    return f"{place}: {first['msg'][:300]}."
