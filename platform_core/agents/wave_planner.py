"""The wave planner: whether a move group would stand better in another wave that costs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from platform_core.agents.answers import Choice, one_of
from platform_core.agents.contexts import GroupInQuestion, WaveContext
from platform_core.agents.privacy import Named
from platform_core.agents.specialist import Checked, Entry, Payload, Rejected, Specialist, choice_of
from platform_core.domain.agents import AgentName, Cited, Dropped, EngineAnswer, Proposal, WaveChange

_ROUNDING = 1e-9
_REASONS = ("nearer_to_neighbours", "early_success", "even_load", "critical_later", "as_good_as_it_is")


class WavePlanner(Specialist[WaveContext, GroupInQuestion]):
    """Moves groups between waves that the recount finds equally good or better, each alone and all together."""

    task = AgentName.WAVE_PLANNER

    def items(self) -> Sequence[GroupInQuestion]:
        """Return the move groups as given."""
        return self.context.groups

    def engine(self, item: GroupInQuestion) -> EngineAnswer:
        """Return the wave in which the planner put a group; in doubt where others would sever no more."""
        free = len(self._allowed(item)) - 1
        return EngineAnswer(
            item=item.name,
            text=f"wave {item.wave}",
            doubt=round(free / (free + 1), 4) if free > 0 else 0.0,
            worth=round(item.effort + item.critical, 4),
        )

    def payload(self, item: GroupInQuestion) -> Payload:
        """Return where a group stands, what it weighs, its neighbours' waves, and the waves it may stand in."""
        nearest = sorted(item.neighbours, key=lambda near: -near.weight)[: int(self.spec.rules["neighbours"])]
        return {
            "group": self.veil.name(item.name, Named.THING),
            "stands_in": str(item.wave),
            "effort": item.effort,
            "critical": item.critical,
            "risk": round(item.risk, 2),
            "neighbours": [{"wave": near.wave, "weight": near.weight} for near in nearest],
            "waves": {wave: round(change, 3) for wave, change in self._allowed(item).items()},
        }

    def choices(self, entries: Sequence[Entry[GroupInQuestion]]) -> Mapping[str, Any]:
        """Return a wave among those of the request, and a reason."""
        return {
            "wave": one_of(wave for entry in entries for wave in entry.payload["waves"]),
            "reason": one_of(_REASONS),
        }

    def check(self, item: GroupInQuestion, choice: Choice, payload: Payload) -> Checked:
        """Accept a wave that breaks no rule and severs no more than now, recounted on the whole plan."""
        wave = choice_of(choice, "wave")
        if wave not in payload["waves"]:
            raise Rejected("The group may not stand in that wave, or more would be severed.")
        number = int(wave)
        checks = ["one of the waves that cost nothing"]
        if number != item.wave:
            self._recount({item.name: number})
            checks.append("recounted on the whole plan: no rule broken, nothing more severed")
        change = self._allowed(item)[wave]
        return Checked(
            change=WaveChange(plan=self.context.plan, group=item.name, wave=number),
            agrees=number == item.wave,
            checks=tuple(checks),
            cited=(
                Cited(where=choice_of(choice, "reason"), text=f"severed weight {change:+g} against where it stands"),
            ),
        )

    def settle(self, proposals: Sequence[Proposal]) -> tuple[list[Proposal], list[Dropped]]:
        """Keep moves, the most valuable first, as long as all kept so far break no rule and sever no more together."""
        kept: list[Proposal] = []
        dropped: list[Dropped] = []
        moves: dict[str, int] = {}
        for proposal in sorted(proposals, key=lambda one: -one.worth):
            change = proposal.change
            if proposal.agrees or not isinstance(change, WaveChange):
                kept.append(proposal)
                continue
            try:
                self._recount({**moves, change.group: change.wave})
            except Rejected as reason:
                dropped.append(Dropped(item=proposal.item, reason=f"Together with other moves: {reason}"))
                continue
            moves[change.group] = change.wave
            kept.append(proposal)
        return kept, dropped

    def _recount(self, moves: Mapping[str, int]) -> None:
        """Raise Rejected where the plan with these moves breaks a rule or severs more than the plan as it stands."""
        judged = self.context.judge(moves)
        if judged.broken:
            raise Rejected(judged.broken[0])
        if judged.cut_change > _ROUNDING:
            raise Rejected("More dependencies would be severed than now.")

    def _allowed(self, item: GroupInQuestion) -> dict[str, float]:
        """Return the waves that cost nothing with the change of the severed weight, the best and nearest first."""
        free = [
            (option.cut_change, abs(option.wave - item.wave), option.wave)
            for option in item.options
            if option.wave != item.wave and option.cut_change is not None and option.cut_change <= _ROUNDING
        ]
        best = sorted(free)[: int(self.spec.rules["waves"]) - 1]
        return {str(item.wave): 0.0, **{str(wave): float(change) for change, _, wave in best}}
