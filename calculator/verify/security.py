"""Worked calculations about security losses."""

from __future__ import annotations

import math
import re

from calculator.errors import InputError
from calculator.governance.loss import CappedLognormal, PertLoss, Severity, TotalLoss, sigma_of

QUANTITIES = (
    "expected",
    "p95",
    "p99",
    "p99.9",
    "probability_of_any",
    "mean_of_worst_5_percent",
    "mean_severity",
    "frequency",
)


def annual_loss(
    frequency_per_year: float | None = None,
    probability_per_year: float | None = None,
    vulnerability: float = 1.0,
    share: float = 1.0,
    median_usd: float | None = None,
    mean_usd: float | None = None,
    p95_usd: float | None = None,
    sigma: float | None = None,
    cap_usd: float | None = None,
    cap_quantile: float | None = None,
    low_usd: float | None = None,
    mode_usd: float | None = None,
    high_usd: float | None = None,
    years: float = 1.0,
    quantity: str = "expected",
) -> float:
    """FAIR-style loss: a Poisson number of events a year, each a capped lognormal (or PERT) loss, USD.

    Events: `frequency_per_year`, or `probability_per_year` of at least one (frequency -ln(1 - p)); times
    `vulnerability` (share of threat events that become losses) and `share` (part of the exposure looked at).
    Size: `median_usd` or `mean_usd` (before any cap) with `sigma` (of the logarithm; 0 is a fixed loss), or
    `median_usd` with `p95_usd`, or `low_usd, mode_usd, high_usd` of a PERT. `cap_usd`, or
    `cap_quantile` of the uncapped size, bounds a single loss. `quantity`: expected, any percentile such as p95 or
    p99.9, probability_of_any, mean_of_worst_5_percent, mean_severity, frequency; over `years`.
    """
    if (frequency_per_year is None) == (probability_per_year is None):
        raise InputError("name one of frequency_per_year and probability_per_year")
    if probability_per_year is not None:
        if not 0 <= probability_per_year < 1:
            raise InputError("probability_per_year: must be at least 0 and below 1")
        frequency_per_year = -math.log1p(-probability_per_year)
    assert frequency_per_year is not None
    if min(frequency_per_year, vulnerability, share, years) < 0:
        raise InputError("frequency_per_year, vulnerability, share and years must not be negative")
    frequency = frequency_per_year * vulnerability * share * years
    size = _severity(median_usd, mean_usd, p95_usd, sigma, cap_usd, cap_quantile, (low_usd, mode_usd, high_usd))
    return _quantity(TotalLoss(frequency, size), quantity)


def _severity(
    median: float | None,
    mean: float | None,
    p95: float | None,
    sigma: float | None,
    cap: float | None,
    cap_quantile: float | None,
    pert: tuple[float | None, float | None, float | None],
) -> Severity:
    low, mode, high = pert
    if low is not None and mode is not None and high is not None:
        if not low <= mode <= high or low == high:
            raise InputError("low_usd, mode_usd, high_usd: need low <= mode <= high, not all the same")
        return PertLoss(low, mode, high)
    if median is not None and p95 is not None:
        if not 0 < median <= p95:
            raise InputError("median_usd must be above 0 and not above p95_usd")
        sigma = sigma_of(median, p95)
    if sigma is None or sigma < 0:
        raise InputError("name the spread: sigma (0 or more), or median_usd and p95_usd, or low_usd, mode_usd and high_usd")
    if median is None:
        if mean is None:
            raise InputError("name median_usd or mean_usd")
        median = mean * math.exp(-(sigma**2) / 2)
    if median <= 0:
        raise InputError("the median loss must be above 0")
    plain = CappedLognormal(median, sigma)
    if cap is None and cap_quantile is not None:
        cap = plain.quantile_usd(cap_quantile)
    return plain if cap is None else CappedLognormal(median, sigma, cap)


def _quantity(total: TotalLoss, quantity: str) -> float:
    plain = {
        "expected": lambda: total.expected_usd,
        "probability_of_any": lambda: total.probability_of_any,
        "mean_of_worst_5_percent": lambda: total.mean_of_worst_usd(0.05),
        "mean_severity": lambda: total.severity.mean_usd,
        "frequency": lambda: total.frequency,
    }
    if quantity in plain:
        return plain[quantity]()
    if re.fullmatch(r"p\d{1,2}(\.\d+)?", quantity):
        return total.quantile_usd(float(quantity[1:]) / 100)
    raise InputError(f"quantity: {quantity!r} is not known; use {', '.join(QUANTITIES)}")
