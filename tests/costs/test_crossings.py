"""Crossings of cost curves that may jump: all of them are found, each has its costs on both sides."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.costs.crossings import HIDDEN_WIDTH, Crossing, Curves, _crossings, is_cheaper, told_apart
from calculator.costs.finance import break_even_tokens_per_month

GRID = np.geomspace(1e-3, 1e3, 121)


def crossings(first, second) -> list[Crossing]:
    return Curves(lambda name, x: {"own": first, "other": second}[name](x), GRID).crossings([("own", "other")])[
        "own", "other"
    ]


def staircase(fixed: float, step: float, capacity: float, slope: float):
    return lambda x: fixed + step * np.ceil(x / capacity - 1e-12) + slope * x


def test_a_line_meets_a_constant_where_arithmetic_says() -> None:
    (one,) = crossings(lambda x: np.full(x.shape, 320.0), lambda x: 3 * x)
    assert abs(one.at / (320 / 3) - 1) < 1e-9
    assert one.first_becomes_cheaper and not one.is_step


def test_a_staircase_crosses_more_than_once() -> None:
    # replicas of 100 at 250 each against 3 a unit: cheaper from 83.3 to 100, 166.7 to 200, and from 250 on to 300 ...
    found = crossings(staircase(0, 250, 100, 0), lambda x: 3 * x)
    assert [round(c.at, 2) for c in found[:4]] == [83.33, 100.0, 166.67, 200.0]
    assert [c.is_step for c in found[:4]] == [False, True, False, True]
    assert found[-1].first_becomes_cheaper


def test_crossings_that_figures_do_not_tell_apart_are_one() -> None:
    """A saw tooth of 0.02 % around the line: seven changes of order within 0.08 % are one, about the middle."""
    x = np.linspace(0.99, 1.01, 20001)
    line = 1000 * x
    tooth = 0.2 * np.sign(np.sin((x - 1) * np.pi / 1.3e-4)) * (np.abs(x - 1) < 4.5e-4)
    own = line + tooth + 5 * np.sign(1 - x) * (np.abs(x - 1) >= 4.5e-4)
    raw = _crossings(x, own, line)
    assert len(raw) >= 7 and raw[-1].at / raw[0].at < 1.0012
    (one,) = told_apart(raw, x, own, line)
    assert one.merged == len(raw) and abs(one.at - 1) < 1e-3
    assert one.first_below > one.second_below and one.first_above < one.second_above


def test_crossings_apart_stay_and_an_even_number_close_together_is_none() -> None:
    x = np.linspace(0.5, 2, 15001)
    line = np.full(x.shape, 100.0)
    bump = np.where((x > 1) & (x < 1.002), 90.0, 110.0)  # cheaper for 0.2 % of the volume
    assert len(_crossings(x, bump, line)) == 2 and told_apart(_crossings(x, bump, line), x, bump, line) == []
    wide = np.where((x > 1) & (x < 1.1), 90.0, 110.0)
    assert [c.merged for c in told_apart(_crossings(x, wide, line), x, wide, line)] == [1, 1]
    faint = np.where((x > 1) & (x < 1.1), 99.95, 110.0)  # a tenth wide, but never 0.1 % cheaper
    assert told_apart(_crossings(x, faint, line), x, faint, line) == []


def test_equal_costs_are_no_crossing() -> None:
    """A mix without a base costs what its other leg costs; it is cheaper only from where a base pays."""
    (one,) = crossings(lambda x: np.minimum(3 * x, 100 + x), lambda x: 3 * x)
    assert abs(one.at / 50 - 1) < 1e-4 and one.first_becomes_cheaper


def test_a_crossing_next_to_a_tie_lies_between_its_sides() -> None:
    """Where the lower side is a tie by rounding, a straight line through both sides meets zero outside of them."""
    for c in crossings(staircase(0.0546875, 2, 1, 0), lambda x: 2 + 2.25 * x):
        assert c.below <= c.at <= c.above


def test_never_is_an_answer() -> None:
    assert crossings(staircase(0, 320, 100, 0), lambda x: 3 * x) == []


@settings(max_examples=60, deadline=None)
@given(
    fixed=st.floats(0, 1000),
    step=st.floats(1, 1000),
    capacity=st.floats(1, 200),
    slope=st.floats(0, 2),
    price=st.floats(0.1, 20),
    other_fixed=st.floats(0, 500),
)
def test_every_crossing_is_one_and_none_is_missed(fixed, step, capacity, slope, price, other_fixed) -> None:
    own, other = staircase(fixed, step, capacity, slope), lambda x: other_fixed + price * x
    found = crossings(own, other)
    for c in found:
        assert is_cheaper(own(np.array(c.below)), other(c.below)) != is_cheaper(own(np.array(c.above)), other(c.above))
        assert c.below <= c.at <= c.above
        assert c.above / c.below - 1 <= 2e-5
    # by brute force: just before and just after every step, and at the ends
    steps = np.arange(1, int(1e3 / capacity) + 1) * capacity
    x = np.unique(np.concatenate([GRID[[0, -1]], steps * (1 - 1e-9), steps * (1 + 1e-9)]))
    x = x[(x >= GRID[0]) & (x <= GRID[-1])]
    cheaper = is_cheaper(own(x), other(x))  # equal costs, as where both curves run together, are no win
    edges = np.array([c.at for c in found])
    for i in np.flatnonzero(cheaper[1:] != cheaper[:-1]):
        within = (edges >= x[i] * (1 - 2 * HIDDEN_WIDTH)) & (edges <= x[i + 1] * (1 + 2 * HIDDEN_WIDTH))
        near_tie = abs(own(x[i : i + 2]) / other(x[i : i + 2]) - 1).min() < 2 * HIDDEN_WIDTH
        assert within.any() or near_tie


@settings(max_examples=200, deadline=None)
@given(fixed=st.floats(1, 1e4), capacity=st.floats(1, 1e4), variable=st.floats(0, 5), price=st.floats(0.01, 10))
def test_first_crossing_in_closed_form_agrees_with_brute_force(fixed, capacity, variable, price) -> None:
    """k replicas break even at k x fixed/(price - variable) and carry k x capacity: k cancels."""
    ours = break_even_tokens_per_month(fixed, capacity * 1e6, variable, price)
    volumes = np.arange(1, 201) * capacity  # a staircase is cheapest by the token where replicas are full
    pays = np.arange(1, 201) * fixed + variable * volumes <= price * volumes * (1 + 1e-12)
    assert pays.any() == (ours != "never")
    if ours != "never":
        v = ours / 1e6
        replicas = np.ceil(v / capacity - 1e-9)
        assert replicas == 1
        assert abs(fixed + variable * v - price * v) <= 1e-6 * max(fixed, price * v)
        assert fixed + variable * 0.999 * v > price * 0.999 * v
