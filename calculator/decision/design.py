"""Options costed on a design: chosen values of chosen inputs, everything else held, in one vectorised pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from calculator.decision.simulation import Costing
from calculator.errors import unknown_name
from calculator.inputs import Inputs, quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Held = Literal["base", "median"]


def medians(costing: Costing) -> dict[str, Array]:
    """The median of every uncertain input, (1,) each."""
    return {name: np.array([quantile(spread, 0.5)]) for name, spread in costing.inputs.uncertain.items()}


def npv_at(costing: Costing, options: Sequence[str], values: Mapping[str, Array], held: Held = "base") -> dict[str, Array]:
    """Present value of cost of some options where inputs take given values, (points,) by option, USD.

    `values` maps input ids (those of `costing.inputs.used` and `.uncertain`, such as
    `workloads.chat.requests_per_month`) to (points,) or (1,) arrays; all other inputs are held at their base
    or median. Layouts and bases of hybrids stay as decided at base values. InputError for an id that the
    scenario does not use.
    """
    inputs = costing.inputs
    for name in values:
        if name not in inputs.uncertain and name not in inputs.used and name not in inputs.asked:
            raise unknown_name("design", "input of this scenario", name, {*inputs.uncertain, *inputs.used, *inputs.asked})
    fixed = {**(medians(costing) if held == "median" else {}), **values}
    points = max((v.size for v in values.values()), default=1)
    costs = costing.npv_usd(Inputs(costing.known, fixed=fixed), options)
    return {name: np.asarray(np.broadcast_to(usd, points)) for name, usd in costs.items()}


def gap_at(costing: Costing, first: str, second: str, values: Mapping[str, Array], held: Held = "base") -> Array:
    """Present value of `first` less that of `second` where inputs take given values, (points,), USD; see `npv_at`."""
    costs = npv_at(costing, (first, second), values, held)
    return np.asarray(costs[first] - costs[second])
