"""Quantile functions of the distributions behind ranges; NumPy and scipy.special only.

A range `low, base, high` is read as P10, mode, P90. The beta-PERT distribution has support [a, b] and mode m:
alpha = 1 + 4(m - a)/(b - a), beta = 1 + 4(b - m)/(b - a), mean (a + 4m + b)/6
(Malcolm et al. 1959; Vose, Risk Analysis, 3rd ed., section "PERT").
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PERT_WEIGHT = 4.0
"""Weight of the mode in the PERT mean."""


def pert_mean(low: float, mode: float, high: float) -> float:
    """Mean of a PERT distribution whose support is [low, high]: (low + 4 mode + high)/6.

    >>> pert_mean(2, 4, 12)
    5.0
    """
    return (low + PERT_WEIGHT * mode + high) / (PERT_WEIGHT + 2)


def pert_variance(low: float, mode: float, high: float) -> float:
    """Variance of a PERT distribution whose support is [low, high]: (mean - low)(high - mean)/7.

    >>> pert_variance(2, 4, 12)
    3.0
    """
    mean = pert_mean(low, mode, high)
    return (mean - low) * (high - mean) / (PERT_WEIGHT + 3)


def pert_ppf(u: Array, low: float, mode: float, high: float) -> Array:
    """Quantiles of PERT on the support [low, high] at probabilities `u`."""
    if high <= low:
        return np.full_like(u, mode)
    alpha = 1 + PERT_WEIGHT * (mode - low) / (high - low)
    beta = 1 + PERT_WEIGHT * (high - mode) / (high - low)
    return np.asarray(low + (high - low) * betaincinv(alpha, beta, u))


@lru_cache(maxsize=4096)
def pert_support(position: float) -> tuple[float, float]:
    """Support [a, b] of the PERT with mode `position` whose P10 is 0 and P90 is 1; `position` in [0, 1].

    Where the mode sits on P10 or P90 no such PERT exists (the mode of a PERT lies inside); the closest keeps
    its mode at the end of the support.
    """
    a, b = -0.4, 1.4
    for _ in range(60):  # fixed point: move each end by what its quantile misses
        low, high = (float(q) for q in pert_ppf(np.array([0.1, 0.9]), a, position, b))
        if abs(low) < 1e-10 and abs(high - 1) < 1e-10:
            break
        a, b = min(a - low, position), max(b + 1 - high, position)
    return a, b


def pert_ppf_p10_p90(u: Array, low: float, mode: float, high: float) -> Array:
    """Quantiles of the PERT with that mode whose P10 and P90 are `low` and `high`.

    A number that cannot be negative stays so: where low, mode and high are at least 0, so is every quantile.
    """
    if high <= low:
        return np.full_like(u, mode)
    width = high - low
    a, b = pert_support(round((mode - low) / width, 9))
    draws = pert_ppf(u, low + a * width, mode, low + b * width)
    return np.maximum(draws, 0.0) if low >= 0 else draws


def lognormal_ppf_p10_p90(u: Array, low: float, median: float, high: float) -> Array:
    """Quantiles of a lognormal with that median and the spread of P10 = low, P90 = high: sigma = ln(high/low)/2.563.

    The median is met exactly; where it is not the geometric mean of low and high the two halves have their own spread.
    """
    z = ndtri(u)
    edge = float(ndtri(0.9))
    sigma = np.where(z < 0, np.log(median / low) / edge, np.log(high / median) / edge)
    return np.asarray(median * np.exp(sigma * z))


def evpi_two_options(mean_gap: float, sd_gap: float) -> float:
    """Expected value of perfect information on which of two options is cheaper, gap ~ Normal(mean, sd).

    EVPI = sd (phi(d) - d (1 - Phi(d))), d = |mean|/sd (Raiffa & Schlaifer, Applied Statistical Decision Theory, 1961).

    >>> round(evpi_two_options(0.1, 0.3), 5)
    0.07627
    """
    from scipy.special import ndtr

    d = abs(mean_gap) / sd_gap
    density = np.exp(-d * d / 2) / np.sqrt(2 * np.pi)
    return float(sd_gap * (density - d * (1 - ndtr(d))))
