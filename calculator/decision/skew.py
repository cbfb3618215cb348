"""Why an option's expected cost lies above its cost at base values: the inputs whose ranges reach further one way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calculator.decision.design import npv_at
from calculator.decision.simulation import Costing, Simulation
from calculator.inputs import quantile

MOST_INPUTS = 2
END = 0.3
"""Weight of P10 and of P90 in the mean (Hurst, Brown and Swanson, AAPG Bulletin 84, 2000)."""


@dataclass(frozen=True)
class Skew:
    """The mean of an option's present value beside its base, and the inputs that set them apart."""

    option: str
    ratio: float
    """Mean over base."""
    inputs: tuple[tuple[str, float], ...]
    """The inputs that alone move the mean furthest the way it lies, and by how much, USD."""


def skew(costing: Costing, simulation: Simulation, option: str) -> Skew | None:
    """Of one option, each input at its P10 and P90 in turn, all others at base; None where the base is not positive.

    An input alone moves the mean by about 0.3 (c10 + c90 - 2 c), c being the cost at base values (Swanson's rule).
    What inputs do together (volume times tokens) is in the ratio and in no single input.
    """
    spreads = costing.inputs.uncertain
    names = sorted(spreads)
    values = {}
    for place, name in enumerate(names):
        column = np.full(2 * len(names) + 1, spreads[name][1])
        column[2 * place + 1 : 2 * place + 3] = quantile(spreads[name], 0.1), quantile(spreads[name], 0.9)
        values[name] = column
    usd = npv_at(costing, (option,), values)[option]
    base, mean = float(usd[0]), float(np.mean(simulation.npv_usd[option]))
    if base <= 0:
        return None
    moved = np.zeros(len(names)) if usd.size == 1 else END * (usd[1::2] + usd[2::2] - 2 * base)
    toward = moved if mean >= base else -moved
    first = [int(i) for i in np.argsort(-toward, kind="stable")[:MOST_INPUTS] if toward[i] > 0]
    return Skew(option, mean / base, tuple((names[i], float(moved[i])) for i in first))
