"""One option's cost, whatever its route."""

from __future__ import annotations

from collections.abc import Sequence

from calculator.costs.alone import alone
from calculator.costs.finished import finished
from calculator.costs.mix import Mix
from calculator.costs.outcome import Decided, Outcome, model_of, offered_weights
from calculator.demand import Demand
from calculator.inputs import Inputs
from calculator.options import HybridOption, Option
from calculator.scenario import Scenario


def cost_option(scenario: Scenario, option: Option, demands: Sequence[Demand], inputs: Inputs, decided: Decided) -> Outcome:
    """All cost lines of one option over the horizon."""
    if isinstance(option, HybridOption):
        return Mix(scenario, option, demands, inputs, decided).outcome()
    return finished(scenario, option, alone(scenario, option, demands, inputs, decided), demands, inputs)


__all__ = ["Decided", "Outcome", "cost_option", "model_of", "offered_weights"]
