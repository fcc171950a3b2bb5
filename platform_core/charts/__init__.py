"""Plotly figures as pure functions of view models; one colour map and order for all of them."""

from platform_core.charts.activity import Bar, run_waterfall
from platform_core.charts.cost import cost_ranges
from platform_core.charts.dependencies import neighbourhood
from platform_core.charts.evidence import waterfall
from platform_core.charts.learning import accuracy, reliability
from platform_core.charts.palette import STRATEGY_COLOURS, STRATEGY_ORDER, strategy_label
from platform_core.charts.portfolio import strategy_flow, value_and_effort
from platform_core.charts.profiles import grouped_bars, histogram, value_bars
from platform_core.charts.risk import risk_matrix
from platform_core.charts.strategy import strategy_bar, strategy_treemap
from platform_core.charts.waves import burn_up, risk_colour, risk_curves, severed_matrix, wave_load, wave_timeline

__all__ = [
    "STRATEGY_COLOURS",
    "STRATEGY_ORDER",
    "Bar",
    "accuracy",
    "burn_up",
    "cost_ranges",
    "grouped_bars",
    "histogram",
    "neighbourhood",
    "reliability",
    "risk_colour",
    "risk_curves",
    "risk_matrix",
    "run_waterfall",
    "severed_matrix",
    "strategy_bar",
    "strategy_flow",
    "strategy_label",
    "strategy_treemap",
    "value_and_effort",
    "value_bars",
    "waterfall",
    "wave_load",
    "wave_timeline",
]
