"""The mean of an outcome given one input: by bins of equal probability, smoothed by a cubic spline."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BINS = 64
PER_BIN = 8
"""Draws that a bin holds at least."""
FREEDOM = 11
"""Coefficients of the spline: eight pieces."""
FOLDS = 8


def bins_for(draws: int) -> int:
    """Bins of equal probability that so many draws support, a power of two."""
    return int(2 ** np.clip(np.floor(np.log2(max(draws, 1) / PER_BIN)), 2, np.log2(BINS)))


@lru_cache(maxsize=8)
def smoother(bins: int) -> Array:
    """Projection of bin means on cubic splines over the input's probability, (bins, bins); constants stay.

    Splines with knots k are the span of 1, x, x^2, x^3 and (x - k)+^3: any basis of a space gives the same projection.
    """
    pieces = min(FREEDOM, bins) - 3
    centres, knots = (np.arange(bins) + 0.5) / bins, np.linspace(0, 1, pieces + 1)[1:-1]
    basis = np.hstack([np.vander(centres, 4), np.maximum(centres[:, None] - knots, 0) ** 3])
    return np.asarray(basis @ np.linalg.pinv(basis))


def bin_of(u: Array, bins: int) -> NDArray[np.intp]:
    """Bin of each draw by its probability."""
    return np.minimum((u * bins).astype(np.intp), bins - 1)


def cell_sums(cells: NDArray[np.intp], size: int, outcomes: Array) -> tuple[Array, Array]:
    """Draws and sums of outcomes by cell, (size,) and (size, outcomes); `outcomes` is (draws, outcomes)."""
    counts = np.bincount(cells, minlength=size).astype(float)
    sums = np.stack([np.bincount(cells, weights=y, minlength=size).astype(float) for y in outcomes.T], axis=1)
    return counts, sums


def conditional_mean(u: Array, outcomes: Array) -> Array:
    """Mean of each outcome given an input's probability, (bins, outcomes)."""
    bins = bins_for(u.size)
    counts, sums = cell_sums(bin_of(u, bins), bins, outcomes)
    return np.asarray(smoother(bins) @ (sums / np.maximum(counts, 1)[:, None]))


def variance_share(u: Array, outcome: Array) -> float:
    """Share of an outcome's variance that an input explains by itself: Sobol's first-order index, 0 … 1.

    Var(E[Y | X]) / Var(Y), less what a spline of that freedom explains of noise. Where inputs are correlated it
    holds what they share.
    """
    total = float(outcome.var())
    if total <= 1e-18 * max(1.0, float(np.mean(outcome)) ** 2):
        return 0.0
    fitted = conditional_mean(u, outcome[:, None])[:, 0]
    explained = float(fitted.var()) / total
    noise = (min(FREEDOM, fitted.size) - 1) / u.size
    return float(np.clip((explained - noise) / (1 - noise), 0, 1))
