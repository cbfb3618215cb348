"""How far a simulated figure may be off, from blocks of the same draws; and figures with no more digits than that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BLOCKS = 16
TWO_SIDED_95 = {16: 2.131, 8: 2.365, 4: 3.182}
"""Student's t at 97.5 % for blocks - 1 degrees of freedom."""
FEWEST = 64
"""Draws below which no error is stated."""


def error_95(statistic: Callable[[Array], Array], draws: Array) -> Array | None:
    """Half width of the 95 % interval of `statistic` over `draws`, (draws, ...); None for too few draws.

    Each of 16 blocks of successive points is a scrambled Sobol net itself; the spread of the statistic among
    them, over the root of their number, overstates the error of all together, which fill the gaps between
    blocks. Blocks of random draws would give the ordinary standard error.
    """
    if draws.shape[0] < FEWEST:
        return None
    blocks = BLOCKS if draws.shape[0] >= BLOCKS * 16 else 4
    values = np.array([statistic(part) for part in np.split(draws, blocks)])
    return np.asarray(TWO_SIDED_95[blocks] * values.std(axis=0, ddof=1) / np.sqrt(blocks))


def mean_error_95(draws: Array) -> Array | None:
    """`error_95` of the mean, but no less than of as many independent draws.

    Blocks of one net may err together where many inputs matter; then the ordinary standard error is the honest one.
    """
    blocks = error_95(lambda part: part.mean(axis=0), draws)
    return None if blocks is None else np.maximum(blocks, 1.96 * draws.std(axis=0, ddof=1) / np.sqrt(draws.shape[0]))


def supported(value: float, error: float | None) -> float:
    """A figure rounded to the place of its error's first digit.

    >>> supported(339412.0, 1900.0)
    339000.0
    """
    if not error or not np.isfinite(error):
        return value
    place = int(np.floor(np.log10(error)))
    return float(round(value, -place))
