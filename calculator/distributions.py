"""Quantile functions of the distributions behind ranges; NumPy and scipy.special only.

A range `low, base, high` is read as P10, P50, P90: a base value is a middle estimate, mostly a published median or mean,
so that the truth is as likely above as below it. Read as the mode of a skewed distribution it would be exceeded in most
draws, and a sum of many such values in nearly all. The beta-PERT distribution has support [a, b] and mode m:
alpha = 1 + 4(m - a)/(b - a), beta = 1 + 4(b - m)/(b - a), mean (a + 4m + b)/6
(Malcolm et al. 1959; Vose, Risk Analysis, 3rd ed., section "PERT").
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, betaln, ndtr, ndtri

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
    """Quantiles of PERT on the support [low, high] at probabilities `u`; exact to about 1e-7 of the support's width."""
    if high <= low:
        return np.full_like(u, mode)
    if u.size <= _NODES:
        return _exact_pert_ppf(u, low, mode, high)
    return np.asarray(low + (high - low) * _interpolated(ndtri(u), _standard_pert((mode - low) / (high - low))))


def _exact_pert_ppf(u: Array, low: float, mode: float, high: float) -> Array:
    alpha = 1 + PERT_WEIGHT * (mode - low) / (high - low)
    beta = 1 + PERT_WEIGHT * (high - mode) / (high - low)
    return np.asarray(low + (high - low) * betaincinv(alpha, beta, u))


_NODES = 193
_EDGE = 6.5
"""Normal scores of the table's ends; scrambled 32-bit points lie within."""


@lru_cache(maxsize=1024)
def _standard_pert(position: float) -> Array:
    """Cubic coefficients, (4, nodes - 1), of the quantile function on [0, 1] over equally spaced normal scores.

    Over normal scores the quantile function is smooth, so that a cubic with the exact slopes at the nodes
    (slope = normal density / beta density) misses it by less than 1e-7; inverting the incomplete beta function
    for every draw takes twenty times as long.
    """
    z = np.linspace(-_EDGE, _EDGE, _NODES)
    step = z[1] - z[0]
    alpha, beta = 1 + PERT_WEIGHT * position, 1 + PERT_WEIGHT * (1 - position)
    q = betaincinv(alpha, beta, ndtr(z))
    q = np.where(z > 0, 1 - betaincinv(beta, alpha, ndtr(-z)), q)
    with np.errstate(divide="ignore"):
        log_density = (alpha - 1) * np.log(q) + (beta - 1) * np.log1p(-q) - betaln(alpha, beta)
    slope = np.exp(-z * z / 2 - log_density) / np.sqrt(2 * np.pi) * step
    slope = np.where(np.isfinite(slope), slope, 0.0)
    rise = np.diff(q)
    left, right = slope[:-1], slope[1:]
    return np.stack([q[:-1], left, 3 * rise - 2 * left - right, left + right - 2 * rise])


def _interpolated(z: Array, coefficients: Array) -> Array:
    place = (z + _EDGE) * ((_NODES - 1) / (2 * _EDGE))
    cell = np.clip(place.astype(np.intp), 0, _NODES - 2)
    t = place - cell
    c0, c1, c2, c3 = coefficients[:, cell]
    return np.asarray(c0 + t * (c1 + t * (c2 + t * c3)))


_REACH = float(betaincinv(3.0, 3.0, 0.9)) - 0.5
"""From the median of the symmetric PERT on [0, 1] to its P90."""


def pert_ppf_p10_p90(u: Array, low: float, median: float, high: float) -> Array:
    """Quantiles of two halves of symmetric PERTs that meet at `median`; P10 and P90 are `low` and `high`.

    All three are met exactly, whatever the skew: of one PERT with these P10 and P90 the median is bound to the mode.
    The mean is median + 0.31 ((high - median) - (median - low)), close to the 0.3, 0.4, 0.3 of Swanson's rule for a
    P10, P50, P90 (Hurst, Brown and Swanson, AAPG Bulletin 84, 2000). The support ends 2.0 times as far from the
    median as P10 and P90. A number that cannot be negative stays so: where `low` is at least 0, so is every quantile.
    """
    if high <= low:
        return np.full_like(u, median)
    from_median = (pert_ppf(u, 0.0, 0.5, 1.0) - 0.5) / _REACH  # -1 at P10, 1 at P90
    draws = median + from_median * np.where(from_median < 0, median - low, high - median)
    return np.maximum(draws, 0.0) if low >= 0 else draws


def pert_most(median: float, high: float) -> float:
    """The end of the support of `pert_ppf_p10_p90` above its median."""
    return median + (high - median) * 0.5 / _REACH


def lognormal_ppf_p10_p90(u: Array, low: float, median: float, high: float) -> Array:
    """Quantiles of a lognormal with that median and the spread of P10 = low, P90 = high: sigma = ln(high/low)/2.563.

    The median is met exactly; where it is not the geometric mean of low and high the two halves have their own spread.
    """
    z = ndtri(u)
    edge = float(ndtri(0.9))
    sigma = np.where(z < 0, np.log(median / low) / edge, np.log(high / median) / edge)
    return np.asarray(median * np.exp(sigma * z))


def empirical_ppf(u: Array, observed: Array) -> Array:
    """Quantiles of observed values, sorted ascending, each as likely: no value between them is made up."""
    return np.asarray(observed[np.minimum((u * observed.size).astype(np.intp), observed.size - 1)])


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
