"""What each rule costs: the plan made once more without it, and how much less that severs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from platform_core.domain.base import Progress, silent
from platform_core.domain.waves import Portfolio, RuleKind, RulePrice, Rules
from platform_core.waves.applications import Applications, Indices, read_applications
from platform_core.waves.direct import direct_rules
from platform_core.waves.foundation import severable
from platform_core.waves.instance import build_instance
from platform_core.waves.options import stands
from platform_core.waves.rulebook import Clause, hard_clauses, only, sentences
from platform_core.waves.search import Search
from platform_core.waves.windows import narrow

SINGLY = {RuleKind.FROZEN, RuleKind.PIN, RuleKind.PILOT, RuleKind.STAGING, RuleKind.CRITICAL_CAP, RuleKind.FLOOR}
"""Kinds priced rule by rule; of the others there are many, and each alone costs next to nothing."""

MOST_SINGLE = 12
"""Rules of one kind priced one by one; beyond that the kind has one price."""

SWEEPS = 120
"""Sweeps of each search; a plan of 1,000 assets comes within 1 % of a whole search's, from where it stands."""

NAMES = {
    RuleKind.CAPACITY: "Capacities of all waves",
    RuleKind.TEAM_CAP: "Limits of all teams",
    RuleKind.TOGETHER: "All {count} rules of what moves together",
    RuleKind.BOND: "All {count} pairs that travel as one",
    RuleKind.APART: "All {count} rules of what moves apart",
    RuleKind.ORDER: "All {count} order rules",
    RuleKind.FROZEN: "All {count} freezes",
    RuleKind.PIN: "All {count} pins",
}


def rule_prices(
    portfolio: Portfolio, rules: Rules, wave_of: Mapping[str, int], *, seed: int = 0, progress: Progress = silent
) -> tuple[RulePrice, ...]:
    """Return what each hard rule (or all of one kind) costs, the dearest first; `wave_of` is a plan that keeps them.

    Each price is the difference between two short searches from `wave_of`, with and without the rules, so both lack
    the same; 0 means that the search found no use for the freedom.
    """
    portfolio, rules = severable(portfolio, rules), direct_rules(portfolio, rules)
    applications = read_applications(portfolio)
    everything = hard_clauses(rules)
    total = applications.links.total
    parts = list(_parts(rules, everything))
    with_all = _severed(portfolio, applications, only(rules, everything), wave_of, seed)
    priced = []
    for number, (name, given_up) in enumerate(parts):
        progress(number / len(parts), f"Planning without: {name}")
        rest = only(rules, [clause for clause in everything if clause not in given_up])
        without = _severed(portfolio, applications, rest, wave_of, seed)
        priced.append(RulePrice(rules=name, points=max(0.0, with_all - without) / total if total > 0 else 0.0))
    return tuple(sorted(priced, key=lambda price: -price.points))


def _parts(rules: Rules, everything: list[Clause]) -> Iterator[tuple[str, set[Clause]]]:
    for kind in RuleKind:
        mine = [clause for clause in everything if clause.kind is kind]
        if kind in SINGLY and len(mine) <= MOST_SINGLE:
            for clause in mine:
                yield sentences(rules, [clause])[0], {clause}
        elif mine:
            yield NAMES[kind].format(count=len(mine)), set(mine)


def _severed(
    portfolio: Portfolio, applications: Applications, rules: Rules, wave_of: Mapping[str, int], seed: int
) -> float:
    """Return the weight severed between applications after a short search from `wave_of`."""
    instance = build_instance(applications, rules)
    stood = stands(portfolio, instance, wave_of)
    found: Indices | None = Search(instance, narrow(instance), seed, silent).improve(stood, SWEEPS)
    wave = stood if found is None else found
    of, links = wave[instance.of_application], applications.links
    return float(links.weight[of[links.first] != of[links.second]].sum())
