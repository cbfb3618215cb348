"""What finding out is worth: the expected value of perfect information, of everything and of some inputs.

Costs are minimised, so EVPI = min_a E[C_a] - E[min_a C_a]; of some inputs X,
EVPPI(X) = min_a E[C_a] - E[min_a E[C_a | X]] (Raiffa and Schlaifer 1961; Strong, Oakley and Brennan 2014 for the
regression). 0 <= EVPPI <= EVPI.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.decision.convergence import TWO_SIDED_95, mean_error_95
from calculator.decision.effects import FOLDS, bin_of, bins_for, cell_sums, smoother

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Worth:
    """An expected gain with the half width of its 95 % interval, USD."""

    usd: float
    error_usd: float | None


def evpi(costs: Array) -> Worth:
    """Value of knowing everything before choosing among options, from `costs` (draws, options)."""
    chosen = int(np.argmin(costs.mean(axis=0)))
    gain = costs[:, chosen] - costs.min(axis=1)
    error = mean_error_95(gain)
    return Worth(float(gain.mean()), None if error is None else float(error))


def evppi(uniforms: Sequence[Array], costs: Array, ceiling: float) -> Worth:
    """Value of knowing some inputs before choosing, from their draws as probabilities and `costs` (draws, options).

    The rule "take the option that is cheapest by a sum of splines in these inputs" is fitted on seven eighths of
    the draws and valued on the rest, in turn: fitting noise cannot then pass for value. It is the worth of a
    rule that can be followed, so it errs to the low side. Cut to [0, `ceiling`], the EVPI.
    """
    draws = costs.shape[0]
    if draws < 16 * FOLDS or not uniforms:
        return Worth(0.0, None)
    chosen = int(np.argmin(costs.mean(axis=0)))
    gains = costs[:, [chosen]] - costs  # what each option saves against the choice made now
    expected = expected_given(uniforms, gains)
    best = np.argmax(expected, axis=1)
    realized = gains[np.arange(draws), best]
    by_fold = realized.reshape(FOLDS, -1).mean(axis=1)
    error = float(TWO_SIDED_95[FOLDS] * by_fold.std(ddof=1) / np.sqrt(FOLDS))
    return Worth(float(np.clip(by_fold.mean(), 0.0, ceiling)), error)


def expected_given(uniforms: Sequence[Array], gains: Array) -> Array:
    """Mean gains given some inputs, each draw by a fit on the other seven eighths of the draws; shaped as `gains`.

    The inputs' effects are taken to add up; each is a spline over the input's probability.
    """
    draws, options = gains.shape
    fold = np.arange(draws) * FOLDS // draws
    bins = bins_for(draws)
    smooth = smoother(bins)
    totals = np.stack([gains[fold == k].sum(axis=0) for k in range(FOLDS)])
    others = (totals.sum(axis=0) - totals) / (draws - draws / FOLDS)
    expected = others[fold]
    for u in uniforms:
        place = bin_of(u, bins)
        counts, sums = cell_sums(fold * bins + place, FOLDS * bins, gains)
        counts, sums = counts.reshape(FOLDS, bins, 1), sums.reshape(FOLDS, bins, options)
        means = (sums.sum(axis=0) - sums) / np.maximum(counts.sum(axis=0) - counts, 1)
        effect = smooth @ (means - others[:, None, :])
        expected = expected + effect[fold, place]
    return np.asarray(expected)
