"""Charts as files, and labels that do not collide."""

from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from calculator import charts
from calculator.charts.style import above_bars, lettered, non_decreasing, spread, titled


def bar(dark: bool) -> charts.style.Chart:
    y, names = above_bars("name", ["first", "second"])
    mark: dict[str, Any] = {"mark": "bar", "encoding": {"y": y, "x": {"field": "usd", "type": "quantitative"}}}
    spec = {"height": {"step": 38}, "config": charts.style.theme(dark), "layer": [mark, names]}
    return spec, [{"name": "first", "usd": 1.0}, {"name": "first", "usd": 2.0}, {"name": "second", "usd": 3.0}]


def test_a_chart_is_saved_as_png_and_on_white_whatever_the_theme() -> None:
    assert charts.png(bar(dark=True)).startswith(b"\x89PNG")
    assert 'fill="white"' in charts.svg(charts.on_white(bar(dark=True)))
    assert charts.svg(charts.on_white(bar(dark=True))) == charts.svg(charts.on_white(bar(dark=False)))


def test_a_name_over_its_bars_is_written_once() -> None:
    assert charts.svg(bar(dark=False)).count(">first<") == 1


@given(st.lists(st.floats(0, 1e9), max_size=20), st.floats(0, 1e8))
def test_labels_keep_their_order_and_their_distance(values: list[float], gap: float) -> None:
    places = spread(values, gap)
    paired = sorted(zip(values, places, strict=True), key=lambda p: p[1])
    assert all(upper - lower >= gap - 1e-3 for (_, lower), (_, upper) in pairwise(paired))
    assert all(one <= other for (one, _), (other, _) in pairwise(paired))
    assert all(place >= min(values) - 1e-3 for place in places)


@given(st.lists(st.floats(-1e9, 1e9), max_size=40))
def test_pooling_neighbours_is_isotonic_regression(values: list[float]) -> None:
    ours = non_decreasing(values)
    assert np.all(np.diff(ours) >= 0)
    assert len(ours) == len(values)
    if values:
        np.testing.assert_allclose(ours, isotonic_regression(values).x, rtol=1e-12, atol=1e-6)


def test_labels_far_apart_stay_where_they_are() -> None:
    assert spread([5.0, 1.0, 9.0], 2.0) == [5.0, 1.0, 9.0]


def test_options_of_a_map_are_told_apart_by_letter() -> None:
    assert lettered(["luna", "mix"]) == {"luna": "A luna", "mix": "B mix"}
    assert lettered(["luna"]) == {"luna": "luna"}


def test_a_title_never_leaves_a_per_cent_sign_alone() -> None:
    assert not any(line.startswith("%") for line in titled("a chance of " + "so much and more that is " * 3 + "5 %, 6 %"))
