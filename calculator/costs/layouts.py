"""Which of the layouts that serve an option costs least over the horizon.

The fewest GPUs in the busiest month is the first choice; a fleet that follows the load is billed by its mean, and growth
fills whole replicas at other months, so that the next best layouts are costed too.
"""

from __future__ import annotations

from dataclasses import replace

from calculator.costs.fleet import FleetLoad
from calculator.costs.flows import present_value
from calculator.costs.owned import owned_flows
from calculator.costs.people import self_host_fte, stated_fte, usd_per_fte_month
from calculator.costs.rented import rented_flows
from calculator.inputs import Inputs
from calculator.options import OwnedOption, RentedOption, SizedOption
from calculator.scenario import Scenario
from calculator.serving import Sizing, at_placement
from calculator.wording import written

TRIED = 3
"""Layouts that are costed, the first choice included."""
WORTH_TRYING = 1.5
"""A layout that needs more GPUs in the busiest month, by this ratio, is not costed."""


def cheapest_layout(scenario: Scenario, option: SizedOption, load: FleetLoad, inputs: Inputs) -> Sizing:
    """The layout of `load`, or another that serves the same work at a lower present value at base values.

    Another layout's load is taken as that of the first, scaled as in the busiest month.
    """
    sizing = load.sizing
    others = [r for r in sizing.next_best if r.more_gpus <= WORTH_TRYING][: TRIED - 1]
    if not others:
        return sizing
    cost = {sizing.placement: _serving_usd(scenario, option, load, inputs)}
    for other in others:
        laid_out = at_placement(sizing, other.placement, ())
        cost[other.placement] = _serving_usd(scenario, option, _scaled(load, other.load_ratio, laid_out), inputs)
    best = min(cost, key=lambda p: cost[p])  # of equals the first
    if best == sizing.placement:
        return sizing
    words = {
        p: f"costs {written(usd / cost[best] - 1, '.1%')} more to serve over the horizon"
        for p, usd in cost.items()
        if p != best
    }
    return at_placement(sizing, best, [*((p, why) for p, why in sizing.rejected if p not in cost), *words.items()])


def _scaled(load: FleetLoad, ratio: float, sizing: Sizing) -> FleetLoad:
    return replace(
        load,
        rates=tuple(rate * ratio for rate in load.rates),
        batch=load.batch * ratio,
        sizing=sizing,
        regions=tuple(_scaled(region, ratio, sizing) for region in load.regions),
    )


def _serving_usd(scenario: Scenario, option: SizedOption, load: FleetLoad, inputs: Inputs) -> float:
    """Present value of what the size of the fleet decides: GPUs, where they stand, software, people."""
    if isinstance(option, OwnedOption):
        flows, plan, _ = owned_flows(scenario, option, load, load.sizing.gpus_per_replica, inputs)
    else:
        assert isinstance(option, RentedOption)
        flows, plan, _ = rented_flows(scenario, option, load, inputs)
    monthly = flows.total
    software = inputs.number("lifecycle.software_usd_per_gpu_year")[:, None] / 12
    monthly[:, 1:] += plan.gpus * software
    if stated_fte(option, inputs) is None:
        fte = self_host_fte(inputs, plan.gpus, owned=option.route == "owned")
        monthly[:, 1:] += fte * usd_per_fte_month(inputs, scenario.horizon_months)
    return float(present_value(monthly, scenario.discount_rate)[0])
