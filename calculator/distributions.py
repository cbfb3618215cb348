"""Quantile functions of the distributions behind ranges; NumPy and scipy.special only.

A range `low, base, high` is read as P10, mode, P90. The beta-PERT distribution has support [a, b] and mode m:
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
