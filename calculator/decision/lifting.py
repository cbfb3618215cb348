"""What options would cost were one rule lifted, on the same draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from calculator.decision.simulation import Costing, simulate
from calculator.governance.price_effects import PRICING_RULES, lifted, repriced
from calculator.options import HybridOption, SizedOption

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def lifted_costs_usd(costing: Costing, draws: int) -> dict[str, Mapping[str, Array]]:
    """Present values by rule and option, (draws,), of the options whose price a rule changes; empty where none does.

    Layouts and bases of hybrids stay as decided under the rule, and every input keeps its draws.
    """
    scenario = costing.scenario
    found: dict[str, Mapping[str, Array]] = {}
    for rule in PRICING_RULES:
        changed = repriced(scenario, rule, costing.known)
        if not changed:
            continue
        without = lifted(scenario, rule, costing.known)
        needed = set(changed) | ({scenario.baseline} if scenario.baseline else set())
        for option in scenario.options:
            if option.id in changed and isinstance(option, HybridOption):
                needed |= set(option.legs)
        bridges = {o.bridge for o in scenario.options if o.id in needed and isinstance(o, SizedOption) and o.bridge}
        kept = tuple(o for o in without.options if o.id in needed | bridges)
        part = replace(costing, scenario=without.model_copy(update={"options": kept}))
        simulated = simulate(part, draws)
        found[rule] = {name: simulated.npv_usd[name] for name in changed}
    return found
