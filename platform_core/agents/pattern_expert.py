"""The pattern recognition expert: what a cluster of assets is a case of, and which members do not belong to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from platform_core.agents.answers import Choice, one_of, some_of
from platform_core.agents.contexts import Cluster, ClusterKind, ClusterMember, PatternContext
from platform_core.agents.specialist import Checked, Entry, Payload, Rejected, Specialist, choice_of
from platform_core.domain.agents import AgentName, Cited, EngineAnswer, PatternChange

NO_PATTERN = "none"
"""The candidate that means: the members have nothing to do with each other."""


class PatternExpert(Specialist[PatternContext, Cluster]):
    """Labels clusters that the engine formed; it can leave members out, but never add any."""

    task = AgentName.PATTERN_EXPERT

    def items(self) -> Sequence[Cluster]:
        """Return the clusters as given."""
        return self.context.clusters

    def engine(self, item: Cluster) -> EngineAnswer:
        """Return the engine's label; what it is not sure of is in doubt, and worth grows with the members."""
        return EngineAnswer(
            item=item.key,
            text=item.label or NO_PATTERN,
            doubt=round(1 - item.confidence, 4) if len(item.members) > 1 else 0.0,
            worth=float(len(item.members)),
        )

    def payload(self, item: Cluster) -> Payload:
        """Return the members by number, with the parts of their names that say something, and the labels."""
        return {
            "kind": item.kind,
            "evidence": self.veil.text(item.evidence),
            "members": {
                number: {"name": self.veil.name_by_parts(member.name), "role": self.veil.text(member.role)}
                for number, member in self._numbered(item).items()
            },
            "candidates": self._labels(item.kind),
        }

    def shared(self, entries: Sequence[Entry[Cluster]]) -> Payload:
        """Return when each label applies."""
        kinds = {entry.payload["kind"] for entry in entries}
        return {"labels": {label.label: label.text for label in self.data.labels if label.kind in kinds}}

    def choices(self, entries: Sequence[Entry[Cluster]]) -> Mapping[str, Any]:
        """Return a label, and the numbers of members that do not belong."""
        labels = dict.fromkeys(label for entry in entries for label in entry.payload["candidates"])
        numbers = dict.fromkeys(number for entry in entries for number in entry.payload["members"])
        return {"label": one_of(labels), "outliers": some_of(numbers, int(self.spec.rules["outliers"]))}

    def check(self, item: Cluster, choice: Choice, payload: Payload) -> Checked:
        """Accept a label for clusters of this kind that leaves at least two members, and most, in it."""
        label, numbers = choice_of(choice, "label"), choice_of(choice, "outliers")
        numbered = self._numbered(item)
        if label not in payload["candidates"]:
            raise Rejected("The label is not one for clusters of this kind.")
        if any(number not in payload["members"] for number in numbers):
            raise Rejected("It names a member that the cluster does not have.")
        staying = len(item.members) - len(numbers)
        if label != NO_PATTERN and (staying < 2 or staying <= len(numbers)):
            raise Rejected("It leaves too few members for the pattern it names.")
        outliers = tuple(numbered[number].key for number in numbers) if label != NO_PATTERN else ()
        return Checked(
            change=PatternChange(cluster=item.key, label=label, outliers=outliers),
            agrees=label == (item.label or NO_PATTERN) and not outliers,
            checks=(f"a label for {item.kind} clusters", "members of this cluster only"),
            cited=(Cited(where=f"{item.kind} cluster", text=item.evidence),),
        )

    def _numbered(self, item: Cluster) -> dict[str, ClusterMember]:
        shown = item.members[: int(self.spec.rules["members"])]
        return {f"m{place}": member for place, member in enumerate(shown, start=1)}

    def _labels(self, kind: ClusterKind) -> list[str]:
        return [*(label.label for label in self.data.labels if label.kind == kind), NO_PATTERN]
