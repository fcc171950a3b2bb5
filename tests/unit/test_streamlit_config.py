"""What the screen's server is told in .streamlit/config.toml, and that it listens."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from platform_core.charts.palette import STRATEGY_COLOURS, STRATEGY_ORDER
from platform_core.settings import PROJECT_ROOT, Settings

MODES = ("light", "dark")
READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3: contrast of text to its background
TOLD_APART = 3.0  # success criterion 1.4.11: contrast of a control, here what is selected, to what is beside it


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    return tomllib.loads((PROJECT_ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def test_no_collection_is_forced_after_each_run(config: dict[str, Any]) -> None:
    assert config["runner"]["postScriptGC"] is False


def test_nothing_is_reported_to_anybody(config: dict[str, Any]) -> None:
    assert config["browser"]["gatherUsageStats"] is False


def test_people_see_no_traces_and_only_this_machine_may_connect(config: dict[str, Any]) -> None:
    assert config["client"] == {"showErrorDetails": "type", "showErrorLinks": False, "toolbarMode": "minimal"}
    assert config["logger"]["enableRich"] is False
    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["allowedHosts"] == ["localhost", "127.0.0.1", "::1"]


def test_the_upload_limit_is_the_one_of_the_settings(config: dict[str, Any]) -> None:
    assert config["server"]["maxUploadSize"] == Settings.model_fields["MAX_UPLOAD_MB"].default


def test_streamlit_knows_every_option_and_takes_the_hidden_one() -> None:
    asked = "from streamlit import config; print(config.get_option('runner.postScriptGC'))"
    answer = subprocess.run([sys.executable, "-c", asked], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert (answer.stdout.strip(), answer.stderr) == ("False", "")


def test_no_font_or_image_comes_from_elsewhere() -> None:
    assert "http" not in (PROJECT_ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")


def test_charts_without_colours_of_their_own_take_those_of_the_strategies(config: dict[str, Any]) -> None:
    assert config["theme"]["chartCategoricalColors"] == [STRATEGY_COLOURS[strategy] for strategy in STRATEGY_ORDER]


@pytest.mark.parametrize("mode", MODES)
def test_text_and_buttons_can_be_read_in_both_themes(config: dict[str, Any], mode: str) -> None:
    theme = config["theme"][mode]
    pairs = [
        (theme["textColor"], theme["backgroundColor"]),
        (theme["textColor"], theme["secondaryBackgroundColor"]),
        (theme["linkColor"], theme["backgroundColor"]),
        (theme["dataframeHeaderTextColor"], theme["dataframeHeaderBackgroundColor"]),
        ("#FFFFFF", theme["primaryColor"]),
    ]
    assert all(contrast(text, background) >= READABLE for text, background in pairs)
    assert contrast(theme["primaryColor"], theme["backgroundColor"]) >= TOLD_APART


@pytest.mark.parametrize("mode", MODES)
def test_a_scale_has_the_ten_steps_that_streamlit_asks_for(config: dict[str, Any], mode: str) -> None:
    scales = (config["theme"]["chartDivergingColors"], config["theme"][mode]["chartSequentialColors"])
    assert all(len(scale) == 10 for scale in scales)
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for scale in scales for colour in scale)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, 0 to 1 (WCAG 2.2, "relative luminance")."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
