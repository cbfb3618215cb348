"""How far apart options are in the same draw: differences to the best alternative, and regret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.decision.convergence import mean_error_95

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEVELS = tuple(round(0.05 * k, 2) for k in range(1, 20))
"""Probabilities at which distributions are given."""


@dataclass(frozen=True)
class Standing:
    """One option among those that compete, USD of present value."""

    difference_usd: Array
    """Its cost less that of the best other option, by quantile at `LEVELS`; negative where it is the cheapest."""
    mean_difference_usd: float
    expected_regret_usd: float
    """Mean of what choosing it costs beyond the option that turns out cheapest."""
    regret_p90_usd: float

    def as_dict(self) -> dict[str, Any]:
        return {
            "difference_usd": {
                f"p{round(100 * level)}": float(q) for level, q in zip(LEVELS, self.difference_usd, strict=True)
            },
            "mean_difference_usd": self.mean_difference_usd,
            "expected_regret_usd": self.expected_regret_usd,
            "regret_p90_usd": self.regret_p90_usd,
        }


def standings(costs: Mapping[str, Array]) -> dict[str, Standing]:
    """Of each competing option, from its cost over the same draws, (draws,) each; none where fewer than two compete."""
    if len(costs) < 2:
        return {}
    table = np.stack(np.broadcast_arrays(*costs.values()))
    order = np.argsort(table, axis=0, kind="stable")
    draw = np.arange(table.shape[1])
    best, second = table[order[0], draw], table[order[1], draw]
    found = {}
    for number, name in enumerate(costs):
        other = np.where(order[0] == number, second, best)
        difference, regret = table[number] - other, table[number] - best
        found[name] = Standing(
            np.quantile(difference, LEVELS), float(difference.mean()), float(regret.mean()), float(np.quantile(regret, 0.9))
        )
    return found


@dataclass(frozen=True)
class WrongWays:
    """What being wrong costs in each direction, for two options: USD of present value."""

    probability_first_is_dearer: float
    first_wrong_usd: float
    """Mean excess of the first where it turns out dearer; 0 where it never does."""
    second_wrong_usd: float
    """The same of the second."""

    def as_dict(self) -> dict[str, float]:
        return {
            "probability_first_is_dearer": self.probability_first_is_dearer,
            "first_wrong_usd": self.first_wrong_usd,
            "second_wrong_usd": self.second_wrong_usd,
        }


def wrong_ways(first: Array, second: Array) -> WrongWays:
    """From costs over the same draws."""
    excess = first - second

    def mean_where(here: NDArray[np.bool_]) -> float:
        return float(np.abs(excess[here]).mean()) if here.any() else 0.0

    return WrongWays(float((excess > 0).mean()), mean_where(excess > 0), mean_where(excess < 0))


def error_of_mean(costs: Array) -> float | None:
    """95 % error of an expected cost, USD."""
    error = mean_error_95(costs)
    return None if error is None else float(error)
