"""How much is searched at each effort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SearchEffort = Literal["fast", "normal", "long"]


@dataclass(frozen=True)
class Budget:
    """How much is searched: sweeps in the main cooling, chains, and sweeps of each crossing of two.

    `groups` move groups are looked at in all chains together; where that allows fewer than `few_chains`, up to five
    times as many, as two chains crossed are worth more than one that is cooled for longer. Fewer than 64 move groups
    are settled in proportionally fewer sweeps; above that, no more than `choices` choices of a wave by a group are made
    in all chains, but a fifth of the sweeps in any case.
    """

    most_sweeps: int
    most_chains: int
    few_chains: int
    groups: int
    choices: int
    crossing: int

    def sweeps(self, groups: int) -> int:
        """Return the number of sweeps for `groups` move groups."""
        affordable = self.choices // max(1, groups * self.chains(groups))
        return max(self.most_sweeps // 5, min(self.most_sweeps, self.most_sweeps * groups // 64, affordable))

    def crossing_sweeps(self, groups: int) -> int:
        """Return the number of sweeps of each crossing for `groups` move groups."""
        return max(self.crossing // 5, min(self.crossing, self.crossing * groups // 64))

    def chains(self, groups: int) -> int:
        """Return the number of chains for `groups` move groups."""
        affordable = self.groups // max(1, groups)
        return max(1, min(self.most_chains, affordable), min(self.few_chains, 5 * self.groups // max(1, groups)))


BUDGETS: dict[SearchEffort, Budget] = {
    "fast": Budget(most_sweeps=100, most_chains=4, few_chains=2, groups=7_000, choices=400_000, crossing=40),
    "normal": Budget(most_sweeps=300, most_chains=16, few_chains=4, groups=14_000, choices=1_400_000, crossing=60),
    "long": Budget(most_sweeps=1_000, most_chains=48, few_chains=12, groups=60_000, choices=12_000_000, crossing=100),
}
