"""Charts draw what they were given: one colour map, a fixed order, data as text."""

from __future__ import annotations

from datetime import date
from typing import Any

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
    faces = figure.data[1]
    text = dict(zip(zip(faces.x, faces.y, strict=True), faces.text, strict=True))
    assert (text[1, 5], text[5, 5], text[1, 1]) == ("7", "1,200", "")
    assert len(text) == 25


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


FLOWS = [("VMware", "rehost", "Cloud machines", 3), ("VMware", "retain", "Stays", 1), ("Unix", "rehost", "Clouds", 2)]


def test_a_flow_loses_nothing_between_where_things_are_and_where_they_go() -> None:
    (sankey,) = charts.strategy_flow(FLOWS).data
    labels = list(sankey.node.label)
    into = dict.fromkeys(labels, 0)
    out = dict(into)
    for source, target, value in zip(sankey.link.source, sankey.link.target, sankey.link.value, strict=True):
        out[labels[source]] += value
        into[labels[target]] += value
    assert into["Rehost"] == out["Rehost"] == 5
    assert into["Retain"] == out["Retain"] == 1
    assert (out["VMware"], into["Cloud machines"], into["Clouds"]) == (4, 3, 2)
    assert sankey.node.color[labels.index("Rehost")] == STRATEGY_COLOURS["rehost"]


POINTS = st.lists(
    st.tuples(
        st.uuids().map(str),
        st.just(HOSTILE),
        st.sampled_from(STRATEGY_ORDER),
        st.integers(0, 4),
        st.floats(0, 200),
        st.integers(1, 90),
    ),
    min_size=1,
    max_size=40,
)


@given(POINTS)
def test_every_bubble_is_drawn_once_at_its_effort_and_near_its_value(
    points: list[tuple[str, str, str, int, float, int]],
) -> None:
    figure = charts.value_and_effort(points, 6.0)
    drawn = {k: (x, y) for trace in figure.data for k, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)}
    assert drawn.keys() == {point[0] for point in points}
    for key, _, _, value, effort, _ in points:
        x, y = drawn[key]
        assert x == effort or (effort == 0 and x > 0)
        assert abs(y - value) < 0.5
    assert all("<a href" not in text for trace in figure.data for text in trace.text)


def test_a_range_is_drawn_from_its_low_to_its_high_end() -> None:
    (bar,) = charts.cost_ranges([("Today", 80.0, 100.0, 150.0)], "EUR").data
    assert (list(bar.x), list(bar.error_x.array), list(bar.error_x.arrayminus)) == ([100.0], [50.0], [20.0])


def test_the_waterfall_of_a_run_keeps_order_and_gives_back_which_request_was_clicked() -> None:
    bars = [
        charts.Bar("CMDB analyst", 0.0, 3.0, "good", "completed"),
        charts.Bar("Request 1", 0.5, 1.0, "bad", HOSTILE, 7),
        charts.Bar("Request 1", 1.6, 1.0, "good", "answered", 8),
    ]
    figure = charts.run_waterfall(bars)
    labels = list(figure.layout.yaxis.categoryarray)
    assert [label.strip("\u200b") for label in labels] == ["CMDB analyst", "Request 1", "Request 1"]
    assert len(set(labels)) == 3
    clicked = {key: (base, seconds) for bar in figure.data for (key, _, _), base, seconds in _drawn(bar)}
    assert clicked == {None: (0.0, 3.0), 7: (0.5, 1.0), 8: (1.6, 1.0)}
    assert not any("<a" in text for bar in figure.data for _, text, _ in bar.customdata)


def test_of_a_very_long_run_the_latest_bars_are_drawn() -> None:
    bars = [charts.Bar(f"Request {n}", n, 1.0, "good", "answered", n) for n in range(500)]
    keys = [key for bar in charts.run_waterfall(bars).data for key, *_ in bar.customdata]
    assert keys[-1] == 499
    assert len(keys) < 100


def _drawn(bar: Any) -> list[Any]:
    return list(zip(bar.customdata, bar.base, bar.x, strict=True))


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


def test_the_burn_up_adds_up_what_was_planned_and_what_has_moved_up_to_today() -> None:
    first, last = date(2027, 1, 31), date(2027, 9, 30)
    waves = [
        wave(1).model_copy(update={"done": 3, "ends_on": first}),
        wave(3).model_copy(update={"done": 1, "ends_on": last}),
        wave(9).model_copy(update={"ends_on": last}),
    ]
    today = date(2027, 2, 3)
    planned, done = charts.burn_up(waves, today).data
    assert list(planned.y) == [3, 6, 9]
    assert list(zip(done.x, done.y, strict=True)) == [(first, 3), (today, 4)]
    before = charts.burn_up(waves, date(2026, 12, 1)).data[1]
    assert list(zip(before.x, before.y, strict=True)) == [(date(2026, 12, 1), 4)]
    after = charts.burn_up(waves, date(2028, 1, 1)).data[1]
    assert list(after.y) == [3, 4, 4]


def test_risk_curves_are_drawn_for_both_scenarios() -> None:
    one, other = charts.risk_curves([("Base", (0.1, None)), ("Other", (0.3, 0.2))]).data
    assert (list(one.y), list(other.y)) == ([0.1, None], [0.3, 0.2])
    assert one.line.color != other.line.color
