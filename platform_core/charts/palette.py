"""The one colour map: strategies, risk and waves look the same in every chart (colour-blind safe, fixed order)."""

from __future__ import annotations

from plotly.colors import sample_colorscale

from platform_core.domain.risk import RiskBand
from platform_core.domain.strategy import NEEDS_DATA, Strategy

STRATEGY_COLOURS: dict[str, str] = {
    Strategy.REHOST: "#0072B2",
    Strategy.RELOCATE: "#56B4E9",
    Strategy.REPLATFORM: "#009E73",
    Strategy.REFACTOR: "#CC79A7",
    Strategy.REARCHITECT: "#7F3C8D",
    Strategy.REPURCHASE: "#E69F00",
    Strategy.RETAIN: "#8C6D31",
    Strategy.RETIRE: "#6E7781",
    NEEDS_DATA: "#B8BEC6",
}
"""After Okabe and Ito's colour-blind safe set; needs data is also hatched, never told by colour alone."""

STRATEGY_ORDER: tuple[str, ...] = tuple(STRATEGY_COLOURS)

TEXT = "#1C2026"
"""Text on a light colour, in either theme."""

RISK_SCALE = ("#2A9D8F", "#E9C46A", "#C8553D")

RISK_COLOURS: dict[str, str] = {
    RiskBand.LOW: RISK_SCALE[0],
    RiskBand.MEDIUM: RISK_SCALE[1],
    RiskBand.HIGH: RISK_SCALE[2],
}

POSITIVE, NEGATIVE, NEUTRAL = "#0072B2", "#C8553D", "#6E7781"

WAVE_SCALE = ("#A9CCEA", "#1F5A94")
"""One sequential scale, by wave number; both ends stand out from a light and from a dark page."""


def strategy_label(strategy: str | None) -> str:
    """Return the word for a strategy as it is shown; None means needs data."""
    return (strategy or NEEDS_DATA).replace("_", " ").capitalize()


def wave_colours(count: int) -> list[str]:
    """Return one colour for each of `count` waves, light to dark."""
    places = [i / max(1, count - 1) for i in range(count)]
    colours: list[str] = sample_colorscale(list(WAVE_SCALE), places)
    return colours
