"""Compound losses against second implementations, and what must hold of them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from calculator.governance.loss import CappedLognormal, PertLoss, TotalLoss, sigma_of

IRIS = CappedLognormal(2e6, sigma_of(2e6, 57e6))
SIZES = st.builds(
    CappedLognormal, st.floats(1e3, 1e7), st.floats(0.2, 2.5), st.one_of(st.just(math.inf), st.floats(1e6, 1e9))
)


class Exponential:
    """A size whose sums are gamma distributed: the total's distribution is a plain series."""

    mean_usd = 1000.0

    def share_up_to(self, usd: np.ndarray) -> np.ndarray:
        return -np.expm1(-np.maximum(usd, 0) / self.mean_usd)

    def quantile_usd(self, probability: float) -> float:
        return -self.mean_usd * math.log1p(-probability)


@pytest.mark.parametrize("frequency", [0.05, 0.5, 3.0, 40.0])
@pytest.mark.parametrize("probability", [0.5, 0.95, 0.99, 0.999])
def test_agrees_with_the_series_for_exponential_losses(frequency: float, probability: float) -> None:
    found = TotalLoss(frequency, Exponential()).quantile_usd(probability)
    counts = np.arange(1, 400)
    exact = math.exp(-frequency) + float(
        (stats.poisson.pmf(counts, frequency) * stats.gamma.cdf(found, counts, scale=1000.0)).sum()
    )
    assert exact >= probability - 1e-6 if found == 0 else exact == pytest.approx(probability, abs=2e-6)


@pytest.mark.parametrize(("frequency", "cap"), [(0.034, math.inf), (3.0, 2.284e8)])
def test_agrees_with_sampling(frequency: float, cap: float) -> None:
    rng = np.random.default_rng(1)
    size = CappedLognormal(IRIS.median_usd, IRIS.sigma, cap)
    counts = rng.poisson(frequency, 400_000)
    losses = np.minimum(size.median_usd * np.exp(size.sigma * rng.standard_normal(counts.sum())), cap)
    totals = np.bincount(np.repeat(np.arange(counts.size), counts), losses, minlength=counts.size)
    total = TotalLoss(frequency, size)
    for probability in (0.95, 0.99, 0.999):
        assert total.quantile_usd(probability) == pytest.approx(np.quantile(totals, probability), rel=0.12)
    worst = np.sort(totals)[-20_000:].mean()
    assert total.mean_of_worst_usd(0.05) == pytest.approx(worst, rel=0.1)


def test_agrees_with_panjers_recursion() -> None:
    """(Panjer 1981) on the same rounded sizes: another way to the same sum."""
    step, cells, frequency = 1e5, 1500, 0.8
    upper = (np.arange(cells) + 0.5) * step
    mass = np.diff(IRIS.share_up_to(upper), prepend=0.0)
    total = np.zeros(cells)
    total[0] = math.exp(-frequency * (1 - mass[0]))
    for k in range(1, cells):
        j = np.arange(1, k + 1)
        total[k] = frequency / k * (j * mass[1 : k + 1] * total[k - j]).sum()
    ours = [TotalLoss(frequency, IRIS).share_up_to(float(usd)) for usd in upper[10::200]]
    np.testing.assert_allclose(ours, np.cumsum(total)[10::200], atol=2e-4)


def test_a_fixed_loss_is_counted() -> None:
    total = TotalLoss(2.0, CappedLognormal(100.0, 0.0))
    for probability in (0.5, 0.9, 0.95, 0.99):
        assert total.quantile_usd(probability) == pytest.approx(100 * stats.poisson.ppf(probability, 2.0), rel=2e-3)


def test_elicited_losses() -> None:
    size = PertLoss(1e5, 2e5, 9e5)
    assert size.mean_usd == pytest.approx(3e5)
    assert float(size.share_up_to(np.array(size.quantile_usd(0.9)))) == pytest.approx(0.9)
    assert TotalLoss(0.5, size).expected_usd == pytest.approx(1.5e5)


@given(st.floats(1e-4, 50), SIZES)
@settings(max_examples=40, deadline=None)
def test_what_must_hold(frequency: float, size: CappedLognormal) -> None:
    total, more = TotalLoss(frequency, size), TotalLoss(frequency * 1.5, size)
    p95, p99 = total.quantile_usd(0.95), total.quantile_usd(0.99)
    assert 0 <= p95 <= p99 * (1 + 1e-6)
    assert total.mean_of_worst_usd(0.05) >= p95 * (1 - 1e-3)
    assert more.quantile_usd(0.99) >= p99 * (1 - 1e-3)
    assert more.expected_usd > total.expected_usd
    assert total.probability_of_any == pytest.approx(1 - math.exp(-frequency))
    if math.exp(-frequency) >= 0.95:
        assert p95 == 0


@given(SIZES, st.floats(1e5, 1e9))
def test_a_cap_binds(size: CappedLognormal, cap: float) -> None:
    capped = CappedLognormal(size.median_usd, size.sigma, cap)
    assert capped.mean_usd <= cap * (1 + 1e-12)
    assert capped.mean_usd <= CappedLognormal(size.median_usd, size.sigma).mean_usd * (1 + 1e-12)
    assert capped.quantile_usd(0.9999) <= cap
    assert float(capped.share_up_to(np.array(cap))) == 1


@given(st.floats(1e3, 1e7), st.floats(0.2, 2.5), st.floats(0.5, 0.999))
def test_mean_of_a_capped_loss_agrees_with_quadrature(median: float, sigma: float, place: float) -> None:
    """The mean of min(L, cap) is the area above the distribution function up to the cap."""
    cap = CappedLognormal(median, sigma).quantile_usd(place)
    logs = np.linspace(math.log(median) - 12 * sigma, math.log(cap), 40_001)
    above = 1 - CappedLognormal(median, sigma).share_up_to(np.exp(logs))
    area = np.exp(logs[0]) + np.trapezoid(above * np.exp(logs), logs)
    assert CappedLognormal(median, sigma, cap).mean_usd == pytest.approx(area, rel=1e-5)
