"""The CMDB analyst: which field a column means, where the mapper is not sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from platform_core.agents.answers import Choice, one_of
from platform_core.agents.contexts import ColumnInQuestion, MappingContext
from platform_core.agents.privacy import Named, Sharing, Veil
from platform_core.agents.specialist import Checked, Entry, Payload, Rejected, Specialist, choice_of
from platform_core.domain.agents import AgentName, Cited, ColumnChange, EngineAnswer
from platform_core.domain.catalogue import Field, FieldType
from platform_core.domain.mapping import Band, Source

UNMAPPED = "unmapped"
"""The candidate that means: there is no field for this column."""

_SAMPLES = 4
_KINDS = 3
_HOST_FIELDS = frozenset({"hostname", "fqdn", "asset_name", "hypervisor_host", "dep_source", "dep_target", "cluster"})
_SEEN = frozenset({"values", "name_and_values"})


class CmdbAnalyst(Specialist[MappingContext, ColumnInQuestion]):
    """Chooses among the mapper's own candidates for columns in its review band, and plausible unmapped ones.

    The model is not told which candidate the mapper prefers, so that agreement means something.
    """

    task = AgentName.CMDB_ANALYST

    def items(self) -> Sequence[ColumnInQuestion]:
        """Return the columns in file order."""
        return self.context.columns

    def engine(self, item: ColumnInQuestion) -> EngineAnswer:
        """Return the mapper's answer; worth grows with the share of filled cells, twice for a critical field."""
        suggestion = item.suggestion
        likely = suggestion.field or (suggestion.alternatives[0].field if suggestion.alternatives else "")
        critical = any(field.key == likely and self.context.kind in field.critical_for for field in self.context.fields)
        filled = item.filled / item.looked_at if item.looked_at else 0.0
        return EngineAnswer(
            item=column_key(suggestion.position),
            text=suggestion.field or UNMAPPED,
            doubt=_doubt(item),
            worth=round((0.2 + 0.8 * filled) * (2 if critical else 1), 4),
            learned=suggestion.source is Source.LEARNED,
        )

    def payload(self, item: ColumnInQuestion) -> Payload:
        """Return header, what the values look like, some of them where they may be shown, and the candidates."""
        candidates = _candidates(item)
        told: dict[str, Any] = {
            "header": self.veil.text(item.suggestion.header),
            "values": [f"{share:.0%} {label}" for label, share in item.kinds[:_KINDS]],
            "filled": f"{item.filled} of {item.looked_at}",
            "candidates": sorted(candidates),
        }
        samples = self._samples(item)
        return {**told, "samples": samples} if samples else told

    def shared(self, entries: Sequence[Entry[ColumnInQuestion]]) -> Payload:
        """Return what rows describe, the export it is, and what each candidate field means."""
        wanted = {key for entry in entries for key in _offered(entry.payload)}
        return {
            "rows_describe": self.context.kind,
            "export": self.context.format or "unknown",
            "fields": {
                field.key: f"{field.label}: {field.description}" for field in self.context.fields if field.key in wanted
            },
        }

    def choices(self, entries: Sequence[Entry[ColumnInQuestion]]) -> Mapping[str, Any]:
        """Return a field among all candidates of the request, and what spoke for it."""
        return {
            "field": one_of(key for entry in entries for key in _offered(entry.payload)),
            "because": one_of(("name", "values", "name_and_values")),
        }

    def check(self, item: ColumnInQuestion, choice: Choice, payload: Payload) -> Checked:
        """Accept a candidate of this very column, argued with what the model was shown of it."""
        field, because = choice_of(choice, "field"), choice_of(choice, "because")
        if field not in _candidates(item):
            raise Rejected("The field is none of the mapper's candidates for this column.")
        if because in _SEEN and not (payload.get("values") or payload.get("samples")):
            raise Rejected("It argues with values, but the column has none that were shown.")
        chosen = None if field == UNMAPPED else field
        suggestion = item.suggestion
        cited = [Cited(where="header", text=suggestion.header)] if because != "values" else []
        if because in _SEEN:
            cited += [Cited(where="values", text=f"{share:.0%} {label}") for label, share in item.kinds[:_KINDS]]
        return Checked(
            change=ColumnChange(position=suggestion.position, header=suggestion.header, field=chosen),
            agrees=chosen == suggestion.field,
            checks=(f"one of the mapper's {len(_candidates(item))} candidates for this column",),
            cited=tuple(cited),
        )

    def divided(self, policy: Sharing) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the columns in doubt of which cells would be sent, and those of which none would."""
        del policy
        doubtful = [item for item in self.context.columns if _doubt(item) >= self.spec.doubt_from]
        shared = {_name(item) for item in doubtful if self._samples(item)}
        return tuple(sorted(shared)), tuple(sorted({_name(item) for item in doubtful} - shared))

    def _samples(self, item: ColumnInQuestion) -> list[str]:
        """Return some cells, if the values of every field the column may mean, or of its header, may be shown."""
        possible = [field for field in self.context.fields if field.key in _candidates(item)]
        allows = self.veil.policy.allows
        allowed = allows(item.suggestion.header) or allows(*(field.key for field in possible))
        return [_veiled(cell, possible, self.veil) for cell in item.samples[:_SAMPLES]] if allowed else []


def column_key(position: int) -> str:
    """Return the key of a column's answer."""
    return f"column {position}"


def _name(item: ColumnInQuestion) -> str:
    return item.suggestion.header or column_key(item.suggestion.position)


def _doubt(item: ColumnInQuestion) -> float:
    """Return 1 minus the lead of the mapper's answer over the next best, all in calibrated probabilities.

    Nothing is in doubt where an analyst's word decided, where the mapper is sure, or where there is nothing to see.
    """
    suggestion = item.suggestion
    settled = suggestion.source is not Source.RULES or suggestion.band is Band.ACCEPT
    empty = not suggestion.header.strip() and not item.filled
    if settled or empty or suggestion.duplicate_of is not None or len(_candidates(item)) < 2:
        return 0.0
    others = max((candidate.confidence for candidate in suggestion.alternatives), default=0.0)
    if suggestion.field is not None:
        others = max(others, 1 - suggestion.confidence)
    return round(min(1.0, max(0.0, 1 - (suggestion.confidence - others))), 4)


def _candidates(item: ColumnInQuestion) -> frozenset[str]:
    """Return the fields the mapper holds possible for a column, and that it is none."""
    suggestion = item.suggestion
    named = {candidate.field for candidate in suggestion.alternatives}
    return frozenset({*named, suggestion.field or UNMAPPED, UNMAPPED})


def _offered(payload: Payload) -> list[str]:
    return list(payload["candidates"])


def _veiled(cell: str, possible: Sequence[Field], veil: Veil) -> str:
    if any(field.type is FieldType.PERSON for field in possible):
        return veil.name(cell, Named.PERSON)
    if any(field.key in _HOST_FIELDS for field in possible):
        return veil.name_by_parts(veil.text(cell))
    return veil.text(cell)
