"""Own evaluations and cascades."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from calculator.quality.cascade import (
    ByDifficulty,
    Router,
    break_even_success,
    cascade_success,
    cascade_usd_per_request,
    rate_on_easy,
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


def test_routing_by_difficulty_in_closed_form() -> None:
    """30 % hard, a tenth of them missed, 5 % false alarms: worked by hand.

    To the large one 0.3 x 0.9 + 0.7 x 0.05 = 0.305. Good: easy 0.7 (0.95 x 0.95 + 0.05 x 0.98) = 0.66605, hard
    0.3 (0.9 x 0.9 + 0.1 x 0.4) = 0.255. Failed at the small one 0.7 x 0.95 x 0.05 + 0.3 x 0.1 x 0.6 = 0.05125.
    """
    router, small, large = Router(0.3, 0.1, 0.05), ByDifficulty(0.95, 0.4), ByDifficulty(0.98, 0.9)
    assert router.large_share == pytest.approx(0.305)
    assert router.success(small, large) == pytest.approx(0.92105)
    assert router.failed_share(small) == pytest.approx(0.05125)
    assert router.caught_share(small, large) == pytest.approx(0.7 * 0.95 * 0.05 * 0.98 + 0.3 * 0.1 * 0.6 * 0.9)
    assert routed_usd_per_request(0.001, 0.01, 1 - router.large_share, 0.0001) == pytest.approx(0.003845)


_rate = st.floats(0, 1)


@given(_rate, _rate, _rate, _rate, _rate)
def test_a_router_that_never_errs_is_best_where_the_large_model_is_better(
    hard: float, missed: float, alarms: float, small: float, large: float
) -> None:
    small, large = sorted((small, large))
    rates = ByDifficulty(1.0, small), ByDifficulty(1.0, large)
    assert Router(hard, missed, alarms).success(*rates) <= Router(hard, 0.0, 0.0).success(*rates) + 1e-12


@given(_rate, _rate, _rate)
def test_a_router_that_guesses_is_a_share_at_random(hard: float, small: float, guess: float) -> None:
    """Missed and false alarms that add up to 1 tell nothing of the request: success is that of a random split."""
    router, rates = Router(hard, 1 - guess, guess), (ByDifficulty(1.0, small), ByDifficulty(1.0, 1.0))
    overall = (1 - hard) + hard * small
    assert router.large_share == pytest.approx(guess)
    assert router.success(*rates) == pytest.approx((1 - guess) * overall + guess)


@given(_rate, _rate, st.floats(0, 0.9))
def test_rates_by_difficulty_make_the_overall_rate(easy: float, hard: float, share: float) -> None:
    assert rate_on_easy((1 - share) * easy + share * hard, hard, share) == pytest.approx(easy, abs=1e-9)
