"""One option's cost, whatever its route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs import hybrid
from calculator.costs.fleet import FleetLoad, fleet_load
from calculator.costs.flows import Flows
from calculator.costs.owned import owned_flows
from calculator.costs.people import self_host_fte, set_up_usd, usd_per_fte_month
from calculator.costs.price_path import TokenOption
from calculator.costs.rented import rented_flows
from calculator.costs.tokens import TokenFactors, token_factors, token_flows
from calculator.demand import Demand
from calculator.governance.switching import migration_usd
from calculator.inputs import Inputs
from calculator.options import ApiOption, HostedOption, HybridOption, Option, OwnedOption, RentedOption, SizedOption
from calculator.scenario import Scenario
from calculator.serving import Sizing, size_option

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass
class Decided:
    """What is settled at the point estimate and then held in every draw: layouts, and the size of hybrids' bases."""

    sizings: dict[str, Sizing] = field(default_factory=dict)
    base_replicas: dict[str, int] = field(default_factory=dict)
    base_curves: dict[str, dict[int, float]] = field(default_factory=dict)


@dataclass
class Outcome:
    """One option, costed."""

    flows: Flows
    factors: TokenFactors
    gpus: Array | None = None
    """GPUs by month, (draws, months); None where there are none."""
    replicas: Array | None = None
    utilization: Array | None = None
    load: FleetLoad | None = None
    notes: tuple[str, ...] = ()
    price_source: object = None


def model_of(scenario: Scenario, option: Option, inputs: Inputs) -> str:
    """What is served: the weights' id, or the proprietary model's; two for a hybrid of two models."""
    if isinstance(option, HybridOption):
        legs = [model_of(scenario, scenario.option(leg), inputs) for leg in (option.base, option.overflow)]
        return " + ".join(dict.fromkeys(legs))
    if isinstance(option, SizedOption):
        return option.weights
    if isinstance(option, HostedOption):
        return option.weights or offered_weights(option, inputs) or option.model
    return option.model


def offered_weights(option: HostedOption, inputs: Inputs) -> str | None:
    """The weights behind a hosted offer, where the offer says so."""
    row = inputs.assumptions.rows("offers").get(f"{option.provider}/{option.model}")
    return row.text("weights", None) if row is not None else None


def cost_option(scenario: Scenario, option: Option, demands: Sequence[Demand], inputs: Inputs, decided: Decided) -> Outcome:
    """All cost lines of one option over the horizon."""
    if isinstance(option, ApiOption | HostedOption):
        outcome = _token_outcome(scenario, option, demands, inputs)
    elif isinstance(option, HybridOption):
        outcome = _hybrid_outcome(scenario, option, demands, inputs, decided)
    else:
        outcome = _sized_outcome(scenario, option, demands, inputs, decided)
    _set_up_and_move(outcome.flows, scenario, option, inputs)
    for demand in demands:
        usd = demand.other_usd_per_month
        if option.other_usd_per_month is None and usd.any():
            outcome.flows.add_monthly("other", np.repeat(usd[:, None], scenario.horizon_months, axis=1))
    if option.other_usd_per_month is not None:
        usd = inputs.given(f"options.{option.id}.other_usd_per_month", option.other_usd_per_month)
        outcome.flows.add_monthly("other", np.repeat(usd[:, None], scenario.horizon_months, axis=1))
    return outcome


def _token_outcome(scenario: Scenario, option: TokenOption, demands: Sequence[Demand], inputs: Inputs) -> Outcome:
    factors = token_factors(option, model_of(scenario, option, inputs), inputs)
    flows, path = token_flows(scenario, option, demands, factors, inputs)
    staff = "staffing.api_operations_fte" if option.route == "api" else "staffing.hosted_operations_fte"
    fte = inputs.number(staff)[:, None]
    flows.add_monthly("people", usd_per_fte_month(inputs, scenario.horizon_months) * fte)
    guarded = any(d.workload.guard_model for d in demands)
    notes = (*path.notes, "the workload's guard model is not costed on this route") if guarded else path.notes
    return Outcome(flows, factors, notes=notes, price_source=path.stretches[0][1])


def _load(
    scenario: Scenario, option: SizedOption, demands: Sequence[Demand], inputs: Inputs, decided: Decided
) -> tuple[FleetLoad, TokenFactors]:
    factors = token_factors(option, option.weights, inputs)
    if option.id not in decided.sizings:
        decided.sizings[option.id] = size_option(option, demands, factors, inputs)
    return fleet_load(option, demands, factors, decided.sizings[option.id], inputs), factors


def _sized_outcome(
    scenario: Scenario, option: RentedOption | OwnedOption, demands: Sequence[Demand], inputs: Inputs, decided: Decided
) -> Outcome:
    load, factors = _load(scenario, option, demands, inputs, decided)
    notes: tuple[str, ...]
    if isinstance(option, OwnedOption):
        flows, plan, notes = owned_flows(scenario, option, load, load.sizing.gpus_per_replica, inputs)
    else:
        flows, plan, price = rented_flows(scenario, option, load, inputs)
        notes = price.notes
    fte = self_host_fte(inputs, plan.gpus, owned=option.route == "owned")
    flows.add_monthly("people", usd_per_fte_month(inputs, scenario.horizon_months) * fte)
    return Outcome(flows, factors, plan.gpus, plan.replicas, plan.utilization, load, (*load.sizing.notes, *notes))


def _hybrid_outcome(
    scenario: Scenario, option: HybridOption, demands: Sequence[Demand], inputs: Inputs, decided: Decided
) -> Outcome:
    base, other = scenario.option(option.base), scenario.option(option.overflow)
    assert isinstance(base, RentedOption | OwnedOption)
    load, factors = _load(scenario, base, demands, inputs, decided)

    def at(replicas: int) -> tuple[Flows, Array]:
        return _hybrid_flows(scenario, option, base, other, load, replicas, demands, inputs, decided)

    if isinstance(option.base_replicas, int):
        decided.base_replicas[option.id] = option.base_replicas
    elif option.id not in decided.base_replicas:
        largest = int(np.ceil(load.busiest.max() + load.batch.max())) + 1
        chosen, curve = hybrid.best_base_replicas(lambda r: at(r)[0], largest, scenario.discount_rate)
        decided.base_replicas[option.id], decided.base_curves[option.id] = chosen, curve
    replicas = decided.base_replicas[option.id]
    flows, gpus = at(replicas)
    note = f"base of {replicas} replica{'s' if replicas != 1 else ''} of {base.id} always on, the rest to {other.id}"
    standing = np.full((1, scenario.horizon_months), float(replicas))
    return Outcome(flows, factors, gpus, standing, None, load, (note,))


def _hybrid_flows(
    scenario: Scenario,
    option: HybridOption,
    base: RentedOption | OwnedOption,
    other: Option,
    load: FleetLoad,
    replicas: int,
    demands: Sequence[Demand],
    inputs: Inputs,
    decided: Decided,
) -> tuple[Flows, Array]:
    months = scenario.horizon_months
    flows, gpus = hybrid.base_flows(scenario, base, load, replicas, inputs)
    rest = hybrid.split(load, demands, replicas)
    per_fte = usd_per_fte_month(inputs, months)
    fte = np.zeros((1, months))
    if any(share.any() for share in rest.share_of_requests):
        if isinstance(other, SizedOption):
            own, _ = _load(scenario, other, demands, inputs, decided)
            more, extra = hybrid.fleet_overflow_flows(scenario, other, own, load, rest.load, inputs)
            gpus = gpus + extra
        else:
            assert isinstance(other, ApiOption | HostedOption)
            model = model_of(scenario, other, inputs)
            more, _ = token_flows(
                scenario, other, demands, token_factors(other, model, inputs), inputs, rest.share_of_requests
            )
            used = np.sum([share.sum(axis=1, keepdims=True) for share in rest.share_of_requests], axis=0) > 0
            fte = fte + inputs.number("staffing.hybrid_extra_fte")[:, None] * used
        flows.merge(more)
    owned = "owned" in (base.route, other.route) and replicas > 0
    flows.add_monthly("people", per_fte * (fte + self_host_fte(inputs, gpus, owned=owned)))
    return flows, gpus


def _set_up_and_move(flows: Flows, scenario: Scenario, option: Option, inputs: Inputs) -> None:
    """Set-up of the route, and moving the applications from what runs today; the baseline pays neither."""
    if option.id == scenario.baseline:
        return
    legs = (
        [option]
        if not isinstance(option, HybridOption)
        else [scenario.option(option.base), scenario.option(option.overflow)]
    )
    routes = {leg.route: set_up_usd(inputs, leg.route) for leg in legs}
    usd = sum(routes.values(), np.zeros(1))
    flows.add_at("set_up", 0, np.asarray(usd))
    if scenario.baseline is None:
        return
    current = model_of(scenario, scenario.option(scenario.baseline), inputs)
    models = {model_of(scenario, leg, inputs) for leg in legs}
    moves = [migration_usd(scenario, inputs, kind="model") for model in sorted(models) if model not in current.split(" + ")]
    if not moves:
        moves = [migration_usd(scenario, inputs, kind="host")]
    flows.add_at("migration", 0, np.asarray(sum(moves)))
