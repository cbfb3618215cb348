"""What the choice between the two best decisions hangs on, input by input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.decision.design import medians, npv_at
from calculator.decision.effects import variance_share
from calculator.decision.simulation import Costing, Simulation
from calculator.inputs import quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MAP_LEVELS = tuple(np.linspace(0.05, 0.95, 10).round(3).tolist())
NEGLIGIBLE = 1e-9
"""Swings below this share of the cost are rounding."""


@dataclass(frozen=True)
class Bar:
    """One input's effect on the gap, USD of present value; the gap is the rival's cost less the leader's."""

    input: str
    low: float
    """The input at P10."""
    median: float
    high: float
    """The input at P90."""
    gap_at_low_usd: float
    gap_at_high_usd: float
    variance_share: float
    """Share of the gap's variance that this input explains by itself."""

    @property
    def swing_usd(self) -> float:
        return abs(self.gap_at_high_usd - self.gap_at_low_usd)

    @property
    def flips(self) -> bool:
        """Whether the leader loses its lead at one end."""
        return min(self.gap_at_low_usd, self.gap_at_high_usd) < 0 < max(self.gap_at_low_usd, self.gap_at_high_usd)

    def as_dict(self) -> dict[str, Any]:
        return {
            "input": self.input,
            "low": self.low,
            "median": self.median,
            "high": self.high,
            "gap_at_low_usd": self.gap_at_low_usd,
            "gap_at_high_usd": self.gap_at_high_usd,
            "swing_usd": self.swing_usd,
            "flips": self.flips,
            "variance_share": self.variance_share,
        }


def tornado(costing: Costing, simulation: Simulation, leader: str, rival: str, net_usd: float) -> tuple[float, list[Bar]]:
    """The gap with every input at its median, and each input's effect from P10 to P90, widest first.

    `net_usd` is added to the gap: what priorities make of it. One vectorised pass over two options.
    """
    spreads = costing.inputs.uncertain
    names = sorted(spreads)
    middle = medians(costing)
    values = {}
    for place, name in enumerate(names):
        column = np.repeat(middle[name], 2 * len(names) + 1)
        column[2 * place + 1] = quantile(spreads[name], 0.1)
        column[2 * place + 2] = quantile(spreads[name], 0.9)
        values[name] = column
    costs = npv_at(costing, (leader, rival), values)
    gap = costs[rival] - costs[leader] + net_usd
    drawn_gap = np.asarray(np.broadcast_to(simulation.npv_usd[rival] - simulation.npv_usd[leader], simulation.draws))
    negligible = NEGLIGIBLE * float(np.abs(costs[leader]).max())
    bars = []
    for place, name in enumerate(names):
        at_low, at_high = float(gap[2 * place + 1]), float(gap[2 * place + 2])
        share = variance_share(simulation.inputs.uniform(name), drawn_gap)
        if abs(at_high - at_low) > negligible:
            low, high = (float(values[name][2 * place + 1 + end]) for end in (0, 1))
            bars.append(Bar(name, low, float(middle[name][0]), high, at_low, at_high, share))
    return float(gap[0]) if gap.size else net_usd, sorted(bars, key=lambda b: (-b.swing_usd, b.input))


@dataclass(frozen=True)
class TwoWay:
    """The cheapest option over the two inputs that matter most, others at their medians."""

    inputs: tuple[str, str]
    levels: tuple[float, ...]
    """Probabilities at which both inputs are taken."""
    values: tuple[Array, Array]
    best: tuple[tuple[str, ...], ...]
    """Option with the lowest cost; rows follow the second input, columns the first."""
    gap_usd: Array
    """Rival's cost less the leader's, likewise."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "inputs": list(self.inputs),
            "levels": list(self.levels),
            "values": [[float(x) for x in v] for v in self.values],
            "best": [list(row) for row in self.best],
            "gap_usd": [[float(x) for x in row] for row in self.gap_usd],
        }


def two_way(
    costing: Costing, bars: Sequence[Bar], options: Sequence[str], credits_usd: Sequence[float], leader: str, rival: str
) -> TwoWay | None:
    """The map of the two widest bars; None where fewer than two inputs matter. Credits are taken off the costs."""
    if len(bars) < 2:
        return None
    names = (bars[0].input, bars[1].input)
    axes = [np.array([quantile(costing.inputs.uncertain[n], level) for level in MAP_LEVELS]) for n in names]
    grid = np.meshgrid(*axes)
    values = {n: g.ravel() for n, g in zip(names, grid, strict=True)}
    costs = npv_at(costing, options, values, held="median")
    net = {n: costs[n] - credit for n, credit in zip(options, credits_usd, strict=True)}
    shape = grid[0].shape
    cheapest = np.argmin(np.stack([net[n] for n in options]), axis=0).reshape(shape)
    best = tuple(tuple(options[i] for i in row) for row in cheapest)
    return TwoWay(names, MAP_LEVELS, (axes[0], axes[1]), best, (net[rival] - net[leader]).reshape(shape))
