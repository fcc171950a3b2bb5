"""Move groups and rules to a wave plan: planner, independent check, conflicts, reasons."""

from platform_core.waves.groups import move_groups
from platform_core.waves.options import options, options_of_groups
from platform_core.waves.planner import plan
from platform_core.waves.quality import measure
from platform_core.waves.recount import check, unmet_wishes
from platform_core.waves.search import SearchEffort
from platform_core.waves.suggestions import suggest_rules

__all__ = [
    "SearchEffort",
    "check",
    "measure",
    "move_groups",
    "options",
    "options_of_groups",
    "plan",
    "suggest_rules",
    "unmet_wishes",
]
