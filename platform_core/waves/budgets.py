"""How much is searched at each effort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SearchEffort = Literal["fast", "normal", "long"]


@dataclass(frozen=True)
class Budget:
    """How much is searched: sweeps in the main cooling, and chains (fewer when there are many groups).

    Fewer than 64 move groups are settled in proportionally fewer sweeps; above that, no more than `choices` choices
    of a wave by a group are made in all.
    """

    most_sweeps: int
    most_chains: int
    groups: int
    choices: int

    def sweeps(self, groups: int) -> int:
        """Return the number of sweeps for `groups` move groups."""
        affordable = self.choices // max(1, groups * self.chains(groups))
        return max(self.most_sweeps // 8, min(self.most_sweeps, self.most_sweeps * groups // 64, affordable))

    def chains(self, groups: int) -> int:
        """Return the number of chains for `groups` move groups."""
        return max(1, min(self.most_chains, self.groups // max(1, groups)))


BUDGETS: dict[SearchEffort, Budget] = {
    "fast": Budget(most_sweeps=150, most_chains=8, groups=4_000, choices=2_500_000),
    "normal": Budget(most_sweeps=500, most_chains=24, groups=12_000, choices=7_400_000),
    "long": Budget(most_sweeps=1_500, most_chains=32, groups=24_000, choices=37_000_000),
}
