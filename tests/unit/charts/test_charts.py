"""Charts draw what they were given: one colour map, a fixed order, data as text."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from platform_core import charts
from platform_core.charts import STRATEGY_COLOURS, STRATEGY_ORDER
from platform_core.charts.dependencies import MAX_NODES, Edge, Node
from platform_core.domain.strategy import NEEDS_DATA, Strategy
from platform_core.domain.waves import DatedWave

HOSTILE = '<a href="javascript:alert(1)">x</a>'


def wave(number: int, load: float = 1.0) -> DatedWave:
    return DatedWave(
        number=number,
        starts_on=date(2027, 1, number),
        ends_on=date(2027, 1, number + 1),
        assets=3,
        applications=2,
        critical=1,
        load=load,
        capacity=5.0,
        risk=0.2,
    )


def test_every_strategy_has_a_colour_of_its_own_in_the_fixed_order() -> None:
    assert (*Strategy, NEEDS_DATA) == STRATEGY_ORDER
    assert len(set(STRATEGY_COLOURS.values())) == len(STRATEGY_ORDER)


@given(st.dictionaries(st.sampled_from(STRATEGY_ORDER), st.integers(1, 10_000)))
def test_the_bar_shows_every_count_in_order_and_colour(counts: dict[str, int]) -> None:
    figure = charts.strategy_bar(counts)
    shown = [strategy for strategy in STRATEGY_ORDER if strategy in counts]
    assert [bar.x[0] for bar in figure.data] == [counts[strategy] for strategy in shown]
    assert [bar.marker.color for bar in figure.data] == [STRATEGY_COLOURS[strategy] for strategy in shown]


def test_the_treemap_adds_up_and_uses_the_same_colours() -> None:
    figure = charts.strategy_treemap([("Sales", "rehost", 3), ("Sales", "retire", 2), ("Office", "rehost", 1)])
    (tree,) = figure.data
    values = dict(zip(tree.ids, tree.values, strict=True))
    assert (values["g:Sales"], values["g:Office"]) == (5, 1)
    colours = dict(zip(tree.ids, tree.marker.colors, strict=True))
    assert colours["s:Sales:rehost"] == colours["s:Office:rehost"] == STRATEGY_COLOURS["rehost"]


def test_waves_run_from_top_to_bottom_whatever_their_load() -> None:
    figure = charts.wave_timeline([wave(1, 9), wave(2, 1), wave(3, 5)], date(2027, 1, 2))
    assert list(figure.data[0].y) == ["Wave 1", "Wave 2", "Wave 3"]
    assert figure.layout.yaxis.autorange == "reversed"
    assert len(figure.layout.shapes) == 1


def test_today_is_not_marked_outside_the_plan() -> None:
    assert charts.wave_timeline([wave(1)], date(2020, 1, 1)).layout.shapes == ()


def test_the_risk_matrix_counts_every_cell() -> None:
    figure = charts.risk_matrix([(1, 5, 7), (5, 5, 1_200)])
    text = figure.data[0].text
    assert (text[4][0], text[4][4], text[0][0]) == ("7", "1,200", "")


def test_the_waterfall_ends_in_the_sum_and_shows_words_literally() -> None:
    figure = charts.waterfall([(HOSTILE, 2.0), ("second", -0.5)])
    bars = figure.data[0]
    assert list(bars.measure) == ["relative", "relative", "total"]
    said = [annotation.text for annotation in figure.layout.annotations]
    assert said[1:] == ["second", "Sum of all reasons"]
    assert not any("<a" in str(text) for text in (*said, *bars.customdata))


def test_the_neighbourhood_is_bounded_and_never_reads_a_name_as_html() -> None:
    nodes = [Node(str(i), HOSTILE, NEEDS_DATA, 1) for i in range(MAX_NODES + 50)]
    edges = [Edge("0", str(i), 1.0, HOSTILE) for i in range(1, MAX_NODES + 50)]
    spec = charts.neighbourhood(nodes, edges)
    series = spec["series"][0]
    keys = {node["id"] for node in series["data"]}
    assert len(keys) == MAX_NODES
    assert {link["target"] for link in series["links"]} <= keys
    assert spec["tooltip"]["renderMode"] == "richText"


def test_completeness_leaves_out_what_has_nothing_to_count() -> None:
    figure = charts.completeness_bars([("A", 1, 4), ("B", 0, 0), ("C", 4, 4)])
    assert dict(zip(figure.data[0].y, figure.data[0].x, strict=True)) == {"A": 0.25, "C": 1.0}


def test_a_freeze_is_a_band_behind_the_waves_and_its_name_is_text() -> None:
    band = (date(2027, 1, 2), date(2027, 1, 3), HOSTILE)
    figure = charts.wave_timeline([wave(1), wave(2)], None, [band])
    (shape,) = figure.layout.shapes
    assert (shape.x0, shape.x1) == ("2027-01-02", "2027-01-04")
    assert "<a" not in figure.layout.annotations[0].text


def test_the_colour_of_a_wave_is_its_risk() -> None:
    calm_wave = wave(1).model_copy(update={"risk": 0.0})
    risky, empty = wave(2).model_copy(update={"risk": 1.0}), wave(3).model_copy(update={"risk": None})
    colours = charts.wave_timeline([calm_wave, risky, empty]).data[0].marker.color
    assert len(set(colours)) == 3


def test_the_burn_up_adds_up_what_was_planned_and_what_has_moved() -> None:
    waves = [wave(1).model_copy(update={"done": 3}), wave(3).model_copy(update={"done": 1}), wave(9)]
    planned, done = charts.burn_up(waves, date(2027, 1, 3)).data
    assert list(planned.y) == [3, 6, 9]
    assert list(done.y) == [3, 4]


def test_risk_curves_are_drawn_for_both_scenarios() -> None:
    one, other = charts.risk_curves([("Base", (0.1, None)), ("Other", (0.3, 0.2))]).data
    assert (list(one.y), list(other.y)) == ([0.1, None], [0.3, 0.2])
    assert one.line.color != other.line.color
