"""An option that is no mix: what serving the load costs by the token or on own GPUs, people included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.carbon import served_by_plan
from calculator.costs.dedicated import as_rented, dedicated_note
from calculator.costs.delivery import delivery_notes, there, waiting_months
from calculator.costs.first_token import first_token_notes
from calculator.costs.fleet import FleetLoad, HourlyLoad, fleet_load
from calculator.costs.flows import Flows
from calculator.costs.hybrid import fleet_flows
from calculator.costs.layouts import cheapest_layout
from calculator.costs.legs import Leg
from calculator.costs.outcome import Decided, Outcome, model_of
from calculator.costs.owned import owned_flows
from calculator.costs.people import is_always_on, self_host_fte, stated_fte, token_fte, usd_per_fte_month
from calculator.costs.price_path import TokenOption
from calculator.costs.rented import rented_flows, spot_note
from calculator.costs.served import Served
from calculator.costs.tokens import TokenBill, TokenFactors, token_bill, token_factors
from calculator.demand import Demand
from calculator.inputs import Inputs
from calculator.options import ApiOption, HostedOption, Option, OwnedOption, RentedOption, SizedOption
from calculator.scenario import Scenario
from calculator.serving import Sizing, size_option
from calculator.wording import dollars, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NOT_COSTED_GUARD = "the workload's guard model is not costed on this route"


def alone(scenario: Scenario, option: Option, demands: Sequence[Demand], inputs: Inputs, decided: Decided) -> Outcome:
    """An option that is no mix: what serving the load costs, people included. Costed once for itself and for mixes."""
    of = (scenario, option, demands, decided)
    found = inputs.once(f"{option.id} alone", of, lambda: _alone(scenario, option, demands, inputs, decided))
    return replace(found, flows=found.flows.copy())


def _alone(scenario: Scenario, option: Option, demands: Sequence[Demand], inputs: Inputs, decided: Decided) -> Outcome:
    if isinstance(option, HostedOption) and option.tier == "dedicated":
        endpoint = as_rented(option, model_of(scenario, option, inputs), inputs)
        return _sized_outcome(scenario, option, endpoint, demands, inputs, decided)
    if isinstance(option, ApiOption | HostedOption):
        return _token_outcome(scenario, option, demands, inputs)
    assert isinstance(option, RentedOption | OwnedOption)
    return _sized_outcome(scenario, option, option, demands, inputs, decided)


def add_people(outcome: Outcome, scenario: Scenario, option: Option, fte: Array, inputs: Inputs) -> None:
    """The stated staff, or `fte` (draws, months), at the cost of a full-time equivalent: the line `people`."""
    stated = stated_fte(option, inputs)
    fte = fte if stated is None else np.broadcast_to(stated, (stated.shape[0], scenario.horizon_months))
    outcome.fte = fte
    outcome.flows.add_monthly("people", usd_per_fte_month(inputs, scenario.horizon_months) * fte)


def _token_outcome(scenario: Scenario, option: TokenOption, demands: Sequence[Demand], inputs: Inputs) -> Outcome:
    bill = bill_of(scenario, option, demands, inputs)
    model = model_of(scenario, option, inputs)
    guarded = any(d.workload.guard_model for d in demands)
    outcome = Outcome(
        bill.flows(),
        bill.factors,
        notes=(*bill.notes, NOT_COSTED_GUARD) if guarded else bill.notes,
        price_source=bill.path.stretches[0][1],
        legs=(Leg(option, model, np.ones(1)),),
        served=(bill.served(model),),
    )
    add_people(outcome, scenario, option, token_fte(inputs, option.route), inputs)
    return outcome


def bill_of(scenario: Scenario, option: TokenOption, demands: Sequence[Demand], inputs: Inputs) -> TokenBill:
    """What the option's provider bills for the workloads' tokens."""

    def bill() -> TokenBill:
        factors = token_factors(option, model_of(scenario, option, inputs), inputs)
        return token_bill(scenario, option, demands, factors, inputs)

    return inputs.once(f"bill of {option.id}", (scenario, option, demands), bill)


def load_of(
    scenario: Scenario, option: SizedOption, demands: Sequence[Demand], inputs: Inputs, decided: Decided
) -> tuple[FleetLoad, TokenFactors]:
    """The workloads as load on the option's replicas, laid out once, at the lowest cost, and kept in `decided`.

    Options alike share the first layout and what a replica serves: providers of one GPU differ in price alone.
    """
    factors, alike = token_factors(option, option.weights, inputs), _alike(option)

    def laid_out(sizing: Sizing) -> FleetLoad:
        what = f"load on {alike}, {sizing.placement}"
        load = inputs.once(what, (demands,), lambda: fleet_load(option, demands, factors, sizing, inputs))
        if load.sizing is sizing:
            return load
        return inputs.once(f"load on {option.id}", (load, sizing), lambda: load.with_sizing(sizing))

    if option.id not in decided.sizings:
        first = inputs.once(f"layout of {alike}", (demands,), lambda: size_option(option, demands, factors, inputs))
        decided.sizings[option.id] = cheapest_layout(scenario, option, laid_out(first), inputs)
    return laid_out(decided.sizings[option.id]), factors


def _alike(option: SizedOption) -> str:
    """All that the layouts of a replica, its capacity and its load hang on."""
    if option.benchmarks or option.input_token_factor is not None or option.output_token_factor is not None:
        return option.id  # figures of its own, drawn by its name
    o = option
    fleet = (o.spare_replicas, o.min_replicas)
    return repr((o.weights, o.gpu, o.precision, o.tensor_parallel, o.reasoning_effort, fleet))


def _sized_outcome(
    scenario: Scenario,
    option: Option,
    sized: RentedOption | OwnedOption,
    demands: Sequence[Demand],
    inputs: Inputs,
    decided: Decided,
) -> Outcome:
    """Own fleet of `sized`; `option` is itself, or the dedicated endpoint that it stands for."""
    months = scenario.horizon_months
    load, factors = load_of(scenario, sized, demands, inputs, decided)
    wait = waiting_months(scenario, sized, inputs)
    waits = sized.bridge is not None and bool(wait.any())
    here = there(wait, months) if waits else None
    notes: tuple[str, ...]
    if isinstance(sized, OwnedOption):
        flows, plan, notes = owned_flows(scenario, sized, load, load.sizing.gpus_per_replica, inputs, there=here)
    else:
        flows, plan, price = rented_flows(scenario, sized, load, inputs, there=here)
        notes = price.notes if isinstance(option, RentedOption) else (dedicated_note(option, sized),)
        if sized.commitment == "spot":
            notes = (*notes, spot_note(inputs))
    legs = [Leg(option, model_of(scenario, option, inputs), np.ones(1))]
    requests = None if here is None else [here for _ in demands]
    served = [served_by_plan(sized, load, plan.gpus_average, inputs).of(demands, factors, requests)]
    fte = np.zeros((1, months))
    if here is not None:
        other = scenario.option(sized.bridge or "")
        more, bridge, fte, held = bridged(scenario, other, load, 1 - here, demands, inputs, decided)
        flows.merge(more)
        legs.append(bridge)
        served.append(held)
    if option.route == "hosted":
        fte = fte + token_fte(inputs, option.route)
    else:
        fte = fte + self_host_fte(inputs, plan.gpus, owned=sized.route == "owned", always_on=is_always_on(demands, inputs))
        software = inputs.number("lifecycle.software_usd_per_gpu_year")[:, None] / 12
        flows.add_monthly("software", plan.gpus * software)
    said = (
        *load.sizing.notes,
        *first_token_notes(load, demands),
        *notes,
        *delivery_notes(scenario, sized, wait),
        *overhang_notes(flows),
    )
    outcome = Outcome(
        flows, factors, plan.gpus, plan.replicas, plan.utilization, load, said, None, tuple(legs), tuple(served)
    )
    add_people(outcome, scenario, option, fte, inputs)
    return outcome


def overhang_notes(flows: Flows) -> tuple[str, ...]:
    """What is said of terms that run beyond the horizon, and of GPUs rented on demand so that none does."""
    said = []
    left = sum(float(t.owed_usd()[0, -1]) for t in flows.terms)
    if left > 0:
        said.append(f"{dollars(left)} of its terms falls due after the horizon and is charged at its end as commitment")
    for terms in flows.terms:
        late = np.zeros(1) if terms.otherwise is None else terms.otherwise[0]
        if late.any():
            months = late.size - int(np.flatnonzero(late)[0])
            said.append(
                f"in the last {months} months up to {whole(late.max())} GPUs of growth and renewals are rented on demand, "
                f"by the hour: a new {terms.months}-month term would be owed beyond the horizon and cost more"
            )
    return tuple(said)


def bridged(
    scenario: Scenario,
    option: Option,
    load: FleetLoad,
    waiting: Array,
    demands: Sequence[Demand],
    inputs: Inputs,
    decided: Decided,
) -> tuple[Flows, Leg, Array, Served]:
    """Cost of another option that carries everything in the months `waiting` (draws, months), and the people it takes."""
    leg = Leg(option, model_of(scenario, option, inputs), waiting.max(axis=1), until_end=False)
    if isinstance(option, ApiOption | HostedOption) and option.tier != "dedicated":
        bill, shares = bill_of(scenario, option, demands, inputs), [waiting for _ in demands]
        held = bill.served(leg.model, shares)
        return bill.flows(shares), leg, token_fte(inputs, option.route) * waiting, held
    sized = as_rented(option, leg.model, inputs) if isinstance(option, HostedOption) else option
    assert isinstance(sized, RentedOption | OwnedOption)
    own, factors = load_of(scenario, sized, demands, inputs, decided)
    by_level = waiting[:, :, None]
    rest = HourlyLoad(load.peak * by_level, load.mean * by_level, load.batch * waiting, load.hours, load.rises)
    flows, gpus, held = fleet_flows(scenario, sized, own, load, rest, inputs)
    held = held.of(demands, factors, [waiting for _ in demands])
    return flows, leg, self_host_fte(inputs, gpus, owned=sized.route == "owned"), held
