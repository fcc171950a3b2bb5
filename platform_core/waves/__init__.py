"""Move groups and rules to a wave plan: planner, independent check, conflicts, reasons."""

from platform_core.waves.budgets import SearchEffort
from platform_core.waves.direct import direct_rules
from platform_core.waves.foundation import foundation_of, severable
from platform_core.waves.groups import move_groups
from platform_core.waves.options import options, options_of_groups
from platform_core.waves.planner import plan
from platform_core.waves.prices import rule_prices
from platform_core.waves.quality import measure
from platform_core.waves.recount import check, unmet_wishes
from platform_core.waves.rule_sets import eight_conditions, fewest_waves, locked, with_waves
from platform_core.waves.suggestions import suggest_rules

__all__ = [
    "SearchEffort",
    "check",
    "direct_rules",
    "eight_conditions",
    "fewest_waves",
    "foundation_of",
    "locked",
    "measure",
    "move_groups",
    "options",
    "options_of_groups",
    "plan",
    "rule_prices",
    "severable",
    "suggest_rules",
    "unmet_wishes",
    "with_waves",
]
