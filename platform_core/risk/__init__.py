"""Risk of moving an application, the effort it takes and what it costs, all traced to named drivers."""

from platform_core.risk.assessment import assess_risk, band_of
from platform_core.risk.calibration import calibrate
from platform_core.risk.cost import CostRule, application_cost, forecast, load_cost_rules, rate_items, span_cost
from platform_core.risk.effort import EFFORT_KEYS, effort
from platform_core.risk.model import Drivers, keys_of, load_drivers
from platform_core.risk.rates import read_rate_card
from platform_core.risk.register import checked

__all__ = [
    "EFFORT_KEYS",
    "CostRule",
    "Drivers",
    "application_cost",
    "assess_risk",
    "band_of",
    "calibrate",
    "checked",
    "effort",
    "forecast",
    "keys_of",
    "load_cost_rules",
    "load_drivers",
    "rate_items",
    "read_rate_card",
    "span_cost",
]
