"""One option's cost, whatever its route."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs import tax
from calculator.costs.dedicated import as_rented, dedicated_note
from calculator.costs.delivery import delivery_notes, there, waiting_months
from calculator.costs.fine_tuning import add_fine_tuning
from calculator.costs.fleet import FleetLoad, HourlyLoad, fleet_load
from calculator.costs.flows import Flows
from calculator.costs.hybrid import BASE_ALONE, best_base_replicas, fleet_flows, split, standing_base
from calculator.costs.legs import Leg, add_lifecycle
from calculator.costs.outcome import Decided, Outcome, model_of, offered_weights
from calculator.costs.owned import owned_flows
from calculator.costs.patching import add_patching
from calculator.costs.people import is_always_on, self_host_fte, stated_fte, token_fte, usd_per_fte_month
from calculator.costs.price_path import TokenOption
from calculator.costs.rented import rented_flows
from calculator.costs.tokens import TokenBill, TokenFactors, token_bill, token_factors
from calculator.demand import Demand, with_requests
from calculator.governance.security import expected_difference_usd_per_year
from calculator.inputs import Inputs
from calculator.options import ApiOption, HostedOption, HybridOption, Option, OwnedOption, RentedOption, SizedOption
from calculator.scenario import Scenario
from calculator.serving import size_option

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NOT_COSTED_GUARD = "the workload's guard model is not costed on this route"


def cost_option(scenario: Scenario, option: Option, demands: Sequence[Demand], inputs: Inputs, decided: Decided) -> Outcome:
    """All cost lines of one option over the horizon."""
    if isinstance(option, HybridOption):
        return _Mix(scenario, option, demands, inputs, decided).outcome()
    return _finished(scenario, option, _alone(scenario, option, demands, inputs, decided), demands, inputs)


def _finished(
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
    if scenario.tax is not None:
        tax.add_tax(flows, scenario.tax)
    outcome.notes = (*outcome.notes, *said)
    return outcome


def _alone(scenario: Scenario, option: Option, demands: Sequence[Demand], inputs: Inputs, decided: Decided) -> Outcome:
    """An option that is no mix: what serving the load costs, people included."""
    if isinstance(option, HostedOption) and option.tier == "dedicated":
        endpoint = as_rented(option, model_of(scenario, option, inputs), inputs)
        return _sized_outcome(scenario, option, endpoint, demands, inputs, decided)
    if isinstance(option, ApiOption | HostedOption):
        return _token_outcome(scenario, option, demands, inputs)
    assert isinstance(option, RentedOption | OwnedOption)
    return _sized_outcome(scenario, option, option, demands, inputs, decided)


def _add_people(outcome: Outcome, scenario: Scenario, option: Option, fte: Array, inputs: Inputs) -> None:
    stated = stated_fte(option, inputs)
    fte = fte if stated is None else np.broadcast_to(stated, (stated.shape[0], scenario.horizon_months))
    outcome.fte = fte
    outcome.flows.add_monthly("people", usd_per_fte_month(inputs, scenario.horizon_months) * fte)


def _token_outcome(scenario: Scenario, option: TokenOption, demands: Sequence[Demand], inputs: Inputs) -> Outcome:
    bill = _bill(scenario, option, demands, inputs)
    guarded = any(d.workload.guard_model for d in demands)
    outcome = Outcome(
        bill.flows(),
        bill.factors,
        notes=(*bill.notes, NOT_COSTED_GUARD) if guarded else bill.notes,
        price_source=bill.path.stretches[0][1],
        legs=(Leg(option, model_of(scenario, option, inputs), np.ones(1)),),
    )
    _add_people(outcome, scenario, option, token_fte(inputs, option.route), inputs)
    return outcome


def _bill(scenario: Scenario, option: TokenOption, demands: Sequence[Demand], inputs: Inputs) -> TokenBill:
    factors = token_factors(option, model_of(scenario, option, inputs), inputs)
    return token_bill(scenario, option, demands, factors, inputs)


def _load(
    option: SizedOption, demands: Sequence[Demand], inputs: Inputs, decided: Decided
) -> tuple[FleetLoad, TokenFactors]:
    factors = token_factors(option, option.weights, inputs)
    if option.id not in decided.sizings:
        decided.sizings[option.id] = size_option(option, demands, factors, inputs)
    return fleet_load(option, demands, factors, decided.sizings[option.id], inputs), factors


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
    load, factors = _load(sized, demands, inputs, decided)
    wait = waiting_months(scenario, sized, inputs)
    bridged = sized.bridge is not None and bool(wait.any())
    here = there(wait, months) if bridged else None
    notes: tuple[str, ...]
    if isinstance(sized, OwnedOption):
        flows, plan, notes = owned_flows(scenario, sized, load, load.sizing.gpus_per_replica, inputs, there=here)
    else:
        flows, plan, price = rented_flows(scenario, sized, load, inputs, there=here)
        notes = price.notes if isinstance(option, RentedOption) else (dedicated_note(option, sized),)
    legs = [Leg(option, model_of(scenario, option, inputs), np.ones(1))]
    fte = np.zeros((1, months))
    if here is not None:
        more, bridge, fte = _bridge(scenario, scenario.option(sized.bridge or ""), load, 1 - here, demands, inputs, decided)
        flows.merge(more)
        legs.append(bridge)
    if option.route == "hosted":
        fte = fte + token_fte(inputs, option.route)
    else:
        fte = fte + self_host_fte(inputs, plan.gpus, owned=sized.route == "owned", always_on=is_always_on(demands, inputs))
        software = inputs.number("lifecycle.software_usd_per_gpu_year")[:, None] / 12
        flows.add_monthly("software", plan.gpus * software)
    said = (*load.sizing.notes, *notes, *delivery_notes(scenario, sized, wait), *overhang_notes(flows))
    outcome = Outcome(flows, factors, plan.gpus, plan.replicas, plan.utilization, load, said, None, tuple(legs))
    _add_people(outcome, scenario, option, fte, inputs)
    return outcome


def overhang_notes(flows: Flows) -> tuple[str, ...]:
    """What is said of terms that run beyond the horizon."""
    left = sum(float(t.owed_usd()[0, -1]) for t in flows.terms)
    if left <= 0:
        return ()
    return (f"${left:,.0f} of its terms falls due after the horizon and is charged at its end as commitment",)


def _bridge(
    scenario: Scenario,
    option: Option,
    load: FleetLoad,
    waiting: Array,
    demands: Sequence[Demand],
    inputs: Inputs,
    decided: Decided,
) -> tuple[Flows, Leg, Array]:
    """Cost of another option that carries everything in the months `waiting` (draws, months), and the people it takes."""
    leg = Leg(option, model_of(scenario, option, inputs), waiting.max(axis=1), until_end=False)
    if isinstance(option, ApiOption | HostedOption) and option.tier != "dedicated":
        flows = _bill(scenario, option, demands, inputs).flows([waiting for _ in demands])
        return flows, leg, token_fte(inputs, option.route) * waiting
    sized = as_rented(option, leg.model, inputs) if isinstance(option, HostedOption) else option
    assert isinstance(sized, RentedOption | OwnedOption)
    own, _ = _load(sized, demands, inputs, decided)
    by_level = waiting[:, :, None]
    rest = HourlyLoad(load.peak * by_level, load.mean * by_level, load.batch * waiting, load.hours, load.rises)
    flows, gpus = fleet_flows(scenario, sized, own, load, rest, inputs)
    return flows, leg, self_host_fte(inputs, gpus, owned=sized.route == "owned")


class _Mix:
    """A hybrid: base load on own capacity, the rest elsewhere, a share of requests routed to a smaller model."""

    def __init__(
        self, scenario: Scenario, option: HybridOption, demands: Sequence[Demand], inputs: Inputs, decided: Decided
    ) -> None:
        self.scenario, self.option, self.demands, self.inputs, self.decided = scenario, option, demands, inputs, decided
        base, self.other = scenario.option(option.base), scenario.option(option.overflow)
        assert isinstance(base, RentedOption | OwnedOption)
        self.base = base
        self.kept, self.routed = demands, None
        if option.routing is not None:
            share = inputs.given(f"options.{option.id}.routing.share", option.routing.share)
            self.kept = [with_requests(d, (1 - share)[:, None]) for d in demands]
            small = scenario.option(option.routing.option)
            moved = [with_requests(d, share[:, None]) for d in demands]
            self.routed = _alone(scenario, small, moved, inputs, decided)
            self.routed.legs = tuple(Leg(g.option, g.model, np.sign(share), g.until_end) for g in self.routed.legs)
        self.load, self.factors = _load(base, self.kept, inputs, decided)
        self.always_on = is_always_on(demands, inputs)
        self._overflow: TokenBill | FleetLoad | None = None
        self._lifecycles: dict[tuple[object, ...], tuple[Flows, tuple[str, ...]]] = {}

    def outcome(self) -> Outcome:
        """The mix with the base that was stated, settled before, or is cheapest."""
        option, decided = self.option, self.decided
        if isinstance(option.base_replicas, int):
            decided.base_replicas[option.id] = option.base_replicas
        elif option.id not in decided.base_replicas:
            largest = int(np.ceil(self.load.busiest.max() + self.load.batch.max())) + 1
            chosen, curve = best_base_replicas(lambda r: self.at(r).flows, largest, self.scenario.discount_rate)
            decided.base_replicas[option.id], decided.base_curves[option.id] = chosen, curve
        replicas = decided.base_replicas[option.id]
        outcome = self.at(replicas)
        outcome.notes = (self._words(replicas), *outcome.notes, *overhang_notes(outcome.flows))
        return outcome

    def _words(self, replicas: int) -> str:
        base, other = self.base.id, self.other.id
        words = f"base of {replicas} replica{'s' if replicas != 1 else ''} of {base} always on, the rest to {other}"
        if replicas == 0:
            words = f"all load goes to {other}: a base of {base} does not pay at this volume"
        elif replicas >= BASE_ALONE:
            words = f"all load stays on {base}: {other} is not used"
        routing = self.option.routing
        return words if routing is None else f"{words}; a share of requests is routed to {routing.option}"

    def at(self, replicas: int) -> Outcome:
        """The mix with so many base replicas, everything included."""
        if replicas == 0 or replicas >= BASE_ALONE:
            leg = self.other if replicas == 0 else self.base
            outcome = _alone(self.scenario, leg, self.kept, self.inputs, self.decided)
            outcome.load, outcome.factors = self.load, self.factors
            months = self.scenario.horizon_months
            if replicas == 0:
                outcome.replicas, outcome.utilization = np.zeros((1, months)), None
            if outcome.gpus is None:
                outcome.gpus = np.zeros((1, months))
        else:
            outcome = self._split(replicas)
        self._route(outcome)
        stated = stated_fte(self.option, self.inputs)
        if stated is not None:
            outcome.flows.lines.pop("people", None)
            _add_people(outcome, self.scenario, self.option, stated, self.inputs)
        return _finished(self.scenario, self.option, outcome, self.demands, self.inputs, self._lifecycles)

    def _route(self, outcome: Outcome) -> None:
        small = self.routed
        if small is None or not any(leg.used.any() for leg in small.legs):
            return
        outcome.flows.merge(small.flows.copy())
        outcome.legs = (*outcome.legs, *small.legs)
        if small.gpus is not None and outcome.gpus is not None:
            outcome.gpus = outcome.gpus + small.gpus

    def _split(self, replicas: int) -> Outcome:
        scenario, inputs, months = self.scenario, self.inputs, self.scenario.horizon_months
        flows, gpus = standing_base(scenario, self.base, self.load, replicas, inputs)
        rest = split(self.load, self.kept, replicas)
        used = np.asarray(np.sum([share.sum(axis=1) for share in rest.share_of_requests], axis=0) > 0, dtype=float)
        fte, owned = np.zeros((1, months)), self.base.route == "owned"
        legs = [Leg(self.base, model_of(scenario, self.base, inputs), np.ones(1))]
        if used.any():
            legs.append(Leg(self.other, model_of(scenario, self.other, inputs), used))
            overflow = self._overflow_of()
            if isinstance(overflow, TokenBill):
                flows.merge(overflow.flows(rest.share_of_requests))
                fte = fte + (inputs.number("staffing.hybrid_extra_fte") * used)[:, None]
            else:
                sized = self._sized(self.other)
                more, extra = fleet_flows(scenario, sized, overflow, self.load, rest.load, inputs)
                flows.merge(more)
                owned = owned or sized.route == "owned"
                gpus = gpus + extra
        software = inputs.number("lifecycle.software_usd_per_gpu_year")[:, None] / 12
        flows.add_monthly("software", gpus * software)
        standing = np.full((1, months), float(replicas))
        outcome = Outcome(flows, self.factors, gpus, standing, None, self.load, (), None, tuple(legs))
        fte = fte + self_host_fte(inputs, gpus, owned=owned, always_on=self.always_on)
        _add_people(outcome, scenario, self.base, fte, inputs)
        return outcome

    def _sized(self, option: Option) -> RentedOption | OwnedOption:
        if isinstance(option, HostedOption):
            return as_rented(option, model_of(self.scenario, option, self.inputs), self.inputs)
        assert isinstance(option, RentedOption | OwnedOption)
        return option

    def _overflow_of(self) -> TokenBill | FleetLoad:
        """What the overflow costs by request, or its fleet; the same for every size of the base."""
        if self._overflow is None:
            other = self.other
            if isinstance(other, ApiOption | HostedOption) and other.tier != "dedicated":
                self._overflow = _bill(self.scenario, other, self.kept, self.inputs)
            else:
                self._overflow, _ = _load(self._sized(other), self.kept, self.inputs, self.decided)
        return self._overflow


__all__ = ["Decided", "Outcome", "cost_option", "model_of", "offered_weights"]
