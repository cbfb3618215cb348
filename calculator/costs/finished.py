"""What comes on top of serving, whatever the route: lifecycle, security, what the user adds, tax."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calculator.costs import tax
from calculator.costs.carbon import add_carbon
from calculator.costs.egress import add_egress
from calculator.costs.fine_tuning import add_fine_tuning
from calculator.costs.flows import Flows
from calculator.costs.legs import add_lifecycle
from calculator.costs.outcome import Outcome, model_of
from calculator.costs.patching import add_patching
from calculator.demand import Demand
from calculator.governance.security import expected_difference_usd_per_year
from calculator.inputs import Inputs
from calculator.options import Option
from calculator.scenario import Scenario


def finished(
    scenario: Scenario,
    option: Option,
    outcome: Outcome,
    demands: Sequence[Demand],
    inputs: Inputs,
    kept: dict[tuple[object, ...], tuple[Flows, tuple[str, ...]]] | None = None,
) -> Outcome:
    """The outcome with everything that is not serving: lifecycle, what the user adds, tax.

    `kept` remembers the lifecycle by the legs that are used: it is the same for every size of a mix's base.
    """
    flows, months = outcome.flows, scenario.horizon_months
    key = tuple((leg.option.id, leg.until_end, leg.used.tobytes()) for leg in outcome.legs)
    kept = {} if kept is None else kept
    if key not in kept:
        running: set[str] = set()
        if scenario.baseline is not None:
            running = set(model_of(scenario, scenario.option(scenario.baseline), inputs).split(" + "))
        own = Flows(months)
        kept[key] = own, add_lifecycle(own, scenario, option, outcome.legs, running, inputs)
    lifecycle, said = kept[key]
    flows.merge(lifecycle)
    add_egress(flows, outcome.served, inputs)
    add_patching(flows, scenario, outcome.legs, inputs, outcome.gpus)
    add_fine_tuning(flows, scenario, option, outcome.legs, inputs)
    if scenario.security.in_cost and option.id != scenario.baseline:
        yearly = expected_difference_usd_per_year(scenario, option, inputs)
        flows.add_monthly("security", np.repeat(yearly[:, None] / 12, months, axis=1))
    if option.other_usd_per_month is not None:
        others = [inputs.given(f"options.{option.id}.other_usd_per_month", option.other_usd_per_month)]
    else:
        others = [d.other_usd_per_month for d in demands if d.other_usd_per_month.any()]
    for usd in others:
        flows.add_monthly("other", np.repeat(usd[:, None], months, axis=1))
    said = (*said, *add_carbon(flows, scenario, outcome.served, inputs))
    if scenario.tax is not None:
        tax.add_tax(flows, scenario.tax)
    outcome.notes = (*outcome.notes, *said)
    return outcome
