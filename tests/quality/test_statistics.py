"""Own evaluations and cascades."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from calculator.quality.cascade import (
    break_even_success,
    cascade_success,
    cascade_usd_per_request,
    routed_usd_per_request,
    usd_per_success,
)
from calculator.quality.statistics import meets_floor, tasks_needed, wilson_interval


@given(st.integers(1, 5000), st.floats(0, 1), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_the_interval_is_scipys(n: int, share: float, confidence: float) -> None:
    successes = round(share * n)
    theirs = binomtest(successes, n).proportion_ci(confidence, method="wilson")
    assert wilson_interval(successes, n, confidence) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_a_small_sample_does_not_prove_a_floor() -> None:
    assert meets_floor(83, 100, 0.8) == "needs_evidence"
    assert meets_floor(830, 1000, 0.8) == "pass"
    assert meets_floor(60, 100, 0.8) == "fail"


def test_tasks_needed_is_the_first_that_suffices() -> None:
    n = tasks_needed(0.83, 0.8)
    assert n is not None
    assert wilson_interval(0.83 * n, n)[0] >= 0.8 > wilson_interval(0.83 * (n - 1), n - 1)[0]
    assert tasks_needed(0.8, 0.8) is None


@pytest.mark.parametrize(("successes", "n"), [(5, 0), (-1, 10), (11, 10)])
def test_impossible_counts_are_refused(successes: float, n: float) -> None:
    with pytest.raises(ValueError, match="successes"):
        wilson_interval(successes, n)


@given(st.floats(1e-6, 1), st.floats(1e-6, 1), st.floats(0, 1))
def test_a_cascade_breaks_even_where_it_says(small: float, large: float, success: float) -> None:
    cheaper = cascade_usd_per_request(small, large, success) < large
    if abs(success - break_even_success(small, large)) > 1e-6:
        assert cheaper == (success > break_even_success(small, large))


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_cascade_is_at_least_as_good_as_either(small: float, large: float) -> None:
    assert cascade_success(small, large) >= max(small, large) - 1e-12


def test_routing_and_success_by_hand() -> None:
    assert routed_usd_per_request(0.001, 0.01, 0.75) == pytest.approx(0.00325)
    assert usd_per_success(0.01, 0.8, failure_usd=0.05) == pytest.approx((0.01 + 0.2 * 0.05) / 0.8)
