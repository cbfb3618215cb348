"""Ranges read as P10, P50 and P90."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.assumptions import assumptions_folder, load_assumptions
from calculator.distributions import pert_most, pert_ppf, pert_ppf_p10_p90
from calculator.evaluate import evaluate
from calculator.scenario import load_scenario

U = (np.arange(2**14) + 0.5) / 2**14
amounts = st.floats(-1e6, 1e6)


@given(st.tuples(amounts, amounts, amounts).map(sorted))
def test_all_three_are_met_whatever_the_skew(triple: list[float]) -> None:
    low, median, high = triple
    found = pert_ppf_p10_p90(np.array([0.1, 0.5, 0.9]), low, median, high)
    wanted = np.maximum(triple, 0) if low >= 0 else triple
    if low < high:
        np.testing.assert_allclose(found, wanted, atol=1e-6 * (high - low))


@given(st.tuples(amounts, amounts, amounts).map(sorted))
def test_quantiles_rise_and_end_where_the_range_says(triple: list[float]) -> None:
    low, median, high = triple
    draws = pert_ppf_p10_p90(U, low, median, high)
    assert (np.diff(draws) >= -1e-6 * (high - low)).all()
    assert draws.max() <= pert_most(median, high) + 1e-6 * (high - low)
    assert low < 0 or draws.min() >= 0


@pytest.mark.parametrize(("low", "median", "high"), [(0.05, 0.1, 0.3), (1000, 4000, 15000), (-0.25, 0, 0.12)])
def test_the_mean_is_near_swansons_rule(low: float, median: float, high: float) -> None:
    """0.3 P10 + 0.4 P50 + 0.3 P90, the rule of thumb for skewed three-point estimates."""
    mean = pert_ppf_p10_p90(U, low, median, high).mean()
    assert mean == pytest.approx(0.3 * low + 0.4 * median + 0.3 * high, abs=0.02 * (high - low))


def test_a_symmetric_range_is_one_pert() -> None:
    most = pert_most(0, 1)
    np.testing.assert_allclose(pert_ppf_p10_p90(U, -1, 0, 1), pert_ppf(U, -most, 0, most), atol=1e-6)


def test_no_options_base_case_is_exceeded_nine_times_in_ten() -> None:
    """Base values read as modes of skewed ranges put the base below P10."""
    scenario = load_scenario(assumptions_folder() / "scenarios" / "support-assistant.yaml")
    for option in evaluate(scenario, load_assumptions(), 1024).options:
        assert option.npv_base_usd > np.quantile(option.npv_draws_usd, 0.1), option.option.id
