"""The largest volume that a budget pays for, option by option.

The budget is a level amount at the end of every month of the horizon. An option fits where the present value of its
cost, up-front outlays and growth included, is at most that of the budget: what is bought once is spread over the
horizon, at the scenario's discount rate. Months may cost more than the level amount; the dearest is shown beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.break_even import HIGHEST, LOWEST, grid
from calculator.costs.by_volume import CostByVolume
from calculator.costs.crossings import Curves
from calculator.costs.flows import month_end_discount_factors
from calculator.options import Option

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PARTS = 32
ROUNDS = 4
"""Each divides the interval into PARTS: 12 % of a grid step becomes a ten-millionth."""


@dataclass(frozen=True)
class Affordable:
    """What the budget buys of one option."""

    option: str
    multiple: float | None
    """Of the scenario's volume; None where not even next to no use fits. HIGHEST where the largest tried still fits."""
    level_usd_per_month: float
    """Level monthly equivalent of its cost at that volume, or of next to no use."""
    up_front_usd: float
    dearest_month_usd: float


def level_usd_per_month(npv_usd: Array, discount_rate: float, months: int) -> Array:
    """The equal month-end payment with the same present value: NPV / sum of (1 + r)^(-t/12), t = 1 … months."""
    return np.asarray(npv_usd / month_end_discount_factors(discount_rate, months)[1:].sum())


def affordable(costs: CostByVolume, curves: Curves, budget_usd_per_month: float) -> list[Affordable]:
    """Every option at the largest volume whose level monthly cost is within the budget."""
    return [_largest(costs, curves, option, budget_usd_per_month) for option in costs.scenario.options]


def _largest(costs: CostByVolume, curves: Curves, option: Option, budget: float) -> Affordable:
    scenario = costs.scenario

    def level(volumes: Array) -> Array:
        return level_usd_per_month(curves.at(option.id, volumes), scenario.discount_rate, scenario.horizon_months)

    volumes = grid()
    for _ in range(ROUNDS):
        fits = level(volumes) <= budget
        if not fits[0] or fits[-1]:
            break
        last = int(np.flatnonzero(fits)[-1])
        volumes = np.linspace(volumes[last], volumes[last + 1], PARTS + 1)
    fitting = volumes[level(volumes) <= budget]
    multiple = float(fitting[-1]) if fitting.size else None
    at = LOWEST if multiple is None else multiple
    monthly = costs.outcome(option, at).flows.total[0]
    cost = float(level(np.array([at]))[0])
    return Affordable(option.id, multiple, cost, float(monthly[0]), float(monthly[1:].max()))


__all__ = ["HIGHEST", "Affordable", "affordable", "level_usd_per_month"]
