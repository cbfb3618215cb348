"""Losses that are rare and large: how many a year (Poisson), how large each (capped), and what both make together.

Means are closed forms. Quantiles come from the distribution of the sum on a grid, by Fourier transform with
exponential tilting (Grübel and Hermesmeier 1999), not from sampling: the answer does not change with a seed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from scipy.special import betainc, betaincinv, ndtr, ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

CELLS = 2**14
TILT = 20.0
"""Mass that wraps around the end of the transform is damped by exp(-TILT)."""
Z95 = float(ndtri(0.95))


class Severity(Protocol):
    """How large one loss is, USD; equal ones share their grids."""

    def __hash__(self) -> int: ...

    @property
    def mean_usd(self) -> float: ...

    def share_up_to(self, usd: Array) -> Array:
        """Probability that a loss is no larger."""
        ...

    def quantile_usd(self, probability: float) -> float: ...


def limited_mean(median: Array | float, sigma: Array | float, cap: Array | float) -> Array:
    """Mean of min(L, cap) for a lognormal L: the cap cuts what a loss costs, it does not make it rarer.

    m exp(s²/2) Phi((ln(cap/m) - s²)/s) + cap (1 - Phi(ln(cap/m)/s)); Klugman, Panjer and Willmot, Loss Models, A.5.1.1.
    """
    median, sigma, cap = (np.asarray(x, dtype=float) for x in (median, sigma, cap))
    edge = np.log(cap / median)
    with np.errstate(divide="ignore", invalid="ignore"):
        below = median * np.exp(sigma**2 / 2) * ndtr(edge / sigma - sigma)
        above = cap * ndtr(-edge / sigma)
    above = np.where(np.isinf(cap), 0.0, above)
    return np.asarray(np.where(sigma == 0, np.minimum(median, cap), below + above))


@dataclass(frozen=True)
class CappedLognormal:
    """A lognormal loss that costs at most `cap_usd`."""

    median_usd: float
    sigma: float
    """Standard deviation of ln(loss)."""
    cap_usd: float = math.inf

    @property
    def mean_usd(self) -> float:
        return float(limited_mean(self.median_usd, self.sigma, self.cap_usd))

    def share_up_to(self, usd: Array) -> Array:
        usd = np.asarray(usd, dtype=float)
        if self.sigma == 0:
            share = (usd >= min(self.median_usd, self.cap_usd)).astype(float)
        else:
            share = ndtr(np.log(np.maximum(usd, 1e-300) / self.median_usd) / self.sigma)
        return np.asarray(np.where(usd >= self.cap_usd, 1.0, np.where(usd <= 0, 0.0, share)))

    def quantile_usd(self, probability: float) -> float:
        return min(self.cap_usd, self.median_usd * math.exp(self.sigma * float(ndtri(probability))))


@dataclass(frozen=True)
class PertLoss:
    """A loss elicited as least, most likely and most, as FAIR analyses do."""

    low_usd: float
    mode_usd: float
    high_usd: float

    @property
    def _shape(self) -> tuple[float, float]:
        place = (self.mode_usd - self.low_usd) / (self.high_usd - self.low_usd)
        return 1 + 4 * place, 1 + 4 * (1 - place)

    @property
    def mean_usd(self) -> float:
        return (self.low_usd + 4 * self.mode_usd + self.high_usd) / 6

    def share_up_to(self, usd: Array) -> Array:
        place = np.clip((np.asarray(usd) - self.low_usd) / (self.high_usd - self.low_usd), 0, 1)
        return np.asarray(betainc(*self._shape, place))

    def quantile_usd(self, probability: float) -> float:
        return self.low_usd + (self.high_usd - self.low_usd) * float(betaincinv(*self._shape, probability))


def sigma_of(median_usd: float, p95_usd: float) -> float:
    """Standard deviation of ln(loss) of the lognormal with that median and 95th percentile."""
    return math.log(p95_usd / median_usd) / Z95


@dataclass(frozen=True)
class TotalLoss:
    """The sum of a Poisson number of independent losses."""

    frequency: float
    """Expected number of losses in the period."""
    severity: Severity

    @property
    def expected_usd(self) -> float:
        """frequency x mean loss."""
        return self.frequency * self.severity.mean_usd

    @property
    def probability_of_any(self) -> float:
        """1 - exp(-frequency)."""
        return -math.expm1(-self.frequency)

    def share_up_to(self, usd: float) -> float:
        """Probability that the total is no larger."""
        if usd < 0:
            return 0.0
        if usd == 0 or self.frequency == 0:
            return math.exp(-self.frequency)
        edges, shares = self._distribution(usd * 1.001)
        return float(np.interp(usd, edges, shares))

    def shares_up_to(self, usd: Array) -> Array:
        """`share_up_to` of many sums above 0; one grid serves those within a factor of ten."""
        found = np.empty(len(usd))
        decade = np.floor(np.log10(usd / usd.min()))
        for d in np.unique(decade):
            here = decade == d
            edges, shares = self._distribution(float(usd[here].max()) * 1.001)
            found[here] = np.interp(usd[here], edges, shares)
        return found

    def quantile_usd(self, probability: float) -> float:
        """The total that is not exceeded with that probability; 0 where no loss at all is likelier than that."""
        if math.exp(-self.frequency) >= probability:
            return 0.0
        top = self.severity.quantile_usd(1 - min(0.5, (1 - probability) / self.frequency)) + 2 * self.expected_usd
        for _ in range(200):
            edges, shares = self._distribution(top)
            if shares[-1] < probability:
                top *= 2
                continue
            found = float(np.interp(probability, shares, edges))
            if found > top / 8:
                return found
            top = max(2 * found, 16 * top / CELLS)
        return found

    def mean_of_worst_usd(self, share: float) -> float:
        """Mean of the worst `share` of periods (expected shortfall): v + (E[S] - E[min(S, v)])/share at their least v."""
        least = self.quantile_usd(1 - share)
        if least == 0:
            return self.expected_usd / share
        edges, shares = self._distribution(least)
        exceeded = np.diff(edges) * (1 - (shares[1:] + shares[:-1]) / 2)
        return least + (self.expected_usd - float(exceeded.sum())) / share

    def _distribution(self, top_usd: float) -> tuple[Array, Array]:
        return _grid(self.frequency, self.severity, top_usd)


@lru_cache(maxsize=256)
def _grid(frequency: float, severity: Severity, top_usd: float) -> tuple[Array, Array]:
    """Totals from 0 to `top_usd` and the probability that each is not exceeded.

    Each loss is rounded to the nearest multiple of a step; one beyond the top only ever makes totals beyond the top,
    so it is left out. Between the rounded totals k h the distribution function is known at (k + 1/2) h.
    """
    step = top_usd / (CELLS - 0.5)
    upper = np.asarray((np.arange(CELLS) + 0.5) * step, dtype=np.float64)
    mass = np.diff(severity.share_up_to(upper), prepend=0.0)
    tilt = np.exp(-TILT / (2 * CELLS) * np.arange(CELLS))
    transform = np.fft.rfft(mass * tilt, 2 * CELLS)
    total = np.fft.irfft(np.exp(frequency * (transform - 1)), 2 * CELLS)[:CELLS] / tilt
    shares = np.minimum(np.maximum.accumulate(np.cumsum(total)), 1.0)
    none = math.exp(-frequency)
    return np.concatenate([[0.0], upper]), np.concatenate([[none], np.maximum(shares, none)])


def figures(total: TotalLoss) -> dict[str, Any]:
    """The figures that are shown of a total loss."""
    return {
        "expected": total.expected_usd,
        "p95": total.quantile_usd(0.95),
        "p99": total.quantile_usd(0.99),
        "probability_of_any": total.probability_of_any,
        "mean_of_worst_5_percent": total.mean_of_worst_usd(0.05),
    }
