"""Own figures in the place of shipped ones: what may be set, and where it acts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.assumptions import load_assumptions
from calculator.assumptions.bounds import bounds
from calculator.assumptions.searching import matching
from calculator.errors import InputError
from calculator.own_figures import acting, own_figure
from calculator.quantities import Range
from calculator.sharing import presets

OPERATIONS = "staffing.self_host_operations_fte"


def test_a_value_alone_moves_its_range() -> None:
    shown = load_assumptions().parameter(OPERATIONS)
    assert shown.low is not None and shown.high is not None
    figure = own_figure(shown, 2 * shown.number, shown.low, shown.high)
    assert figure == Range(low=2 * shown.low, base=2 * shown.number, high=2 * shown.high)


@given(st.floats(0.01, 0.99))
def test_a_range_stays_within_bounds(value: float) -> None:
    shown = load_assumptions().parameter("serving.utilization_limit")
    least, most = bounds(shown)
    figure = own_figure(shown, value, shown.low, shown.high)
    assert isinstance(figure, Range) and least <= figure.low <= value <= figure.high <= most


def test_without_ends_it_is_exact() -> None:
    assert own_figure(load_assumptions().parameter(OPERATIONS), 1.5, None, None) == 1.5


@pytest.mark.parametrize(
    ("value", "low", "high", "message"),
    [
        (-1.0, None, None, "must lie between 0 and 10,000"),
        (1.0, None, 2.0, "enter low too"),
        (1.0, 0.5, None, "enter high too"),
        (3.0, 0.5, 2.0, "low, value and high"),
        (1e40, None, None, r"got 1 × 10\^40"),
    ],
)
def test_nonsense_is_one_line(value: float, low: float | None, high: float | None, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        own_figure(load_assumptions().parameter(OPERATIONS), value, low, high)
    assert "\n" not in str(caught.value) and OPERATIONS not in str(caught.value)


def test_it_acts_on_the_options_whose_cost_rests_on_it() -> None:
    scenario = presets()["support-assistant"].model_copy(update={"assumptions": {OPERATIONS: 2.0}})
    found = acting(scenario)
    assert found["owned-h200"] == (OPERATIONS,) == found["mix"]
    assert found["luna"] == ()
    assert acting(presets()["support-assistant"]) == {}


def test_search_takes_every_word() -> None:
    known = list(load_assumptions().parameters("staffing"))
    assert [p.id for p in matching(known, "ENGINEERS first fleet")] == [OPERATIONS]
    assert matching(known, "") == known
    assert matching(known, "engineers unheard-of") == []
