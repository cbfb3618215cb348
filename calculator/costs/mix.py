"""A hybrid: base load on own capacity, the rest on another option."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.alone import add_people, alone, bill_of, bridged, load_of, overhang_notes
from calculator.costs.carbon import served_by_fleet
from calculator.costs.dedicated import as_rented
from calculator.costs.delivery import delivery_notes, there, waiting_months
from calculator.costs.finished import finished
from calculator.costs.fleet import FleetLoad
from calculator.costs.flows import Flows, present_value
from calculator.costs.hybrid import (
    BASE_ALONE,
    best_base_replicas,
    fleet_flows,
    held_base,
    least,
    peak_load,
    replicas_per_unit,
    standing_base,
)
from calculator.costs.legs import Leg
from calculator.costs.outcome import Decided, Outcome, model_of
from calculator.costs.overflow import split
from calculator.costs.people import is_always_on, self_host_fte, stated_fte
from calculator.costs.routed import router_usd_per_request, small_share
from calculator.costs.tokens import TokenBill, token_factors
from calculator.demand import Demand, with_requests
from calculator.inputs import Inputs
from calculator.options import ApiOption, HostedOption, HybridOption, Option, OwnedOption, RentedOption, SizedOption
from calculator.scenario import Scenario
from calculator.wording import same_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def amounts_to(option: Option, decided: Decided) -> str | None:
    """The part that a settled mix amounts to where the other is not worth having: its figures are that part's."""
    if not isinstance(option, HybridOption) or option.routing is not None:
        return None
    replicas = decided.base_replicas[option.id]
    return option.overflow if replicas == 0 else option.base if replicas >= BASE_ALONE else None


class Mix:
    """A hybrid: base load on own capacity, the rest elsewhere, a share of requests routed to a smaller model.

    Until own capacity is delivered everything runs on the overflow, or on the bridge that the base names. A base that
    carries everything is costed as that option is by itself.
    """

    def __init__(
        self, scenario: Scenario, option: HybridOption, demands: Sequence[Demand], inputs: Inputs, decided: Decided
    ) -> None:
        self.scenario, self.option, self.demands, self.inputs, self.decided = scenario, option, demands, inputs, decided
        base, self.other = scenario.option(option.base), scenario.option(option.overflow)
        assert isinstance(base, RentedOption | OwnedOption)
        self.wait = waiting_months(scenario, base, inputs)
        self.here = there(self.wait, scenario.horizon_months)
        # what is not there yet is carried by the overflow, unless the base names another bridge
        waits = bool(self.wait.any()) and base.bridge is None
        self.stated_base = base
        self.base = base.model_copy(update={"bridge": self.other.id}) if waits else base
        self.kept, self.routed = demands, None
        if option.routing is not None:
            share = small_share(option, inputs)
            self.kept = [with_requests(d, (1 - share)[:, None]) for d in demands]
            small = scenario.option(option.routing.option)
            moved = [with_requests(d, share[:, None]) for d in demands]
            self.routed = alone(scenario, small, moved, inputs, decided)
            self.routed.legs = tuple(Leg(g.option, g.model, np.sign(share), g.until_end) for g in self.routed.legs)
        self.load, self.factors = load_of(scenario, self.base, self.kept, inputs, decided)
        self.always_on = is_always_on(demands, inputs)
        self._overflow: TokenBill | FleetLoad | None = None
        self._lifecycles: dict[tuple[object, ...], tuple[Flows, tuple[str, ...]]] = {}

    def outcome(self) -> Outcome:
        """The mix with the base that was stated, settled before, or is cheapest."""
        option, decided = self.option, self.decided
        if isinstance(option.base_replicas, int):
            decided.base_replicas[option.id] = option.base_replicas
        elif option.id not in decided.base_replicas:
            largest = int(np.ceil(peak_load(self.load).max())) + 1
            chosen, curve = best_base_replicas(self._npv_usd_at, largest)
            decided.base_replicas[option.id], decided.base_curves[option.id] = chosen, curve
            decided.base_peaks[option.id] = float(peak_load(self.load).max())
        replicas = decided.base_replicas[option.id]
        outcome = self.at(replicas)
        outcome.notes = (self._words(replicas), *outcome.notes, *overhang_notes(outcome.flows))
        return outcome

    def settle_by_expected_cost(self) -> None:
        """Settle the base that costs least on the mean of these draws.

        Choices: none, the size that is cheapest at base values (in every draw, or in proportion to the draw's peak
        load), and the base alone. At base values alone the chance of a higher peak is not seen.
        """
        name, decided = self.option.id, self.decided
        size, peak = decided.base_replicas[name], float(decided.base_peaks[name])
        sized = [(size, 0.0), (size, peak)] if 0 < size < BASE_ALONE else []
        choices = [(0, 0.0), *sized, (BASE_ALONE, 0.0)]
        cost = {}
        for replicas, settled_at in choices:
            decided.base_peaks[name] = settled_at
            flows = self.at(replicas).flows
            cost[replicas, settled_at] = float(present_value(flows.total, self.scenario.discount_rate).mean())
        decided.base_replicas[name], decided.base_peaks[name] = least(cost)

    def _words(self, replicas: int) -> str:
        base, other = self.base.id, self.other.id
        words = f"base of {replicas} replica{'s' if replicas != 1 else ''} of {base} always on, the rest to {other}"
        if self.decided.base_peaks.get(self.option.id):
            words = f"{words}; where the load turns out otherwise, the base in proportion"
        if isinstance(self.other, RentedOption):
            words = f"{words}; no spare replica is paid for: hours of {other} stand in for one, once they have started"
        if replicas == 0:
            words = f"all load goes to {other}: a base of {base} does not pay at this volume"
        elif replicas >= BASE_ALONE:
            words = f"all load stays on {base}: {other} is not used"
        routing = self.option.routing
        if routing is None:
            leg = amounts_to(self.option, self.decided)
            return words if leg is None else f"{same_words(leg)}; {words}"
        share = f"{float(small_share(self.option, self.inputs)[0]):.0%} of requests".replace("%", " %")
        return f"{words}; {share} {'are judged easy and' if routing.difficulty else 'are'} routed to {routing.option}"

    def at(self, replicas: int) -> Outcome:
        """The mix with so many base replicas, everything included."""
        if replicas == 0 or replicas >= BASE_ALONE:
            leg = self.other if replicas == 0 else self.stated_base
            outcome = alone(self.scenario, leg, self.kept, self.inputs, self.decided)
            outcome.load, outcome.factors = self.load, self.factors
            months = self.scenario.horizon_months
            if replicas == 0:
                outcome.replicas, outcome.utilization = np.zeros((1, months)), None
            if outcome.gpus is None:
                outcome.gpus = np.zeros((1, months))
        else:
            outcome = self._split(self._held(replicas))
        return self._completed(outcome)

    def npv_usd(self, replicas: Array) -> Array:
        """Present value with so many base replicas in each row, (rows,); none and the base alone are not among them."""
        flows = self._completed(self._split(replicas[:, None])).flows
        return np.asarray(present_value(flows.total, self.scenario.discount_rate))

    def _npv_usd_at(self, sizes: Sequence[int]) -> Array:
        """Present value at base values for each size of the base, all in one pass."""
        legs = {r: self.at(r).flows.total for r in sizes if r == 0 or r >= BASE_ALONE}
        usd = {r: float(present_value(total, self.scenario.discount_rate)[0]) for r, total in legs.items()}
        between = np.array([r for r in sizes if r not in usd], dtype=float)
        if between.size:
            usd.update(zip(between.astype(int).tolist(), self.npv_usd(between).tolist(), strict=True))
        return np.array([usd[r] for r in sizes])

    def _completed(self, outcome: Outcome) -> Outcome:
        """With what the smaller model serves, the stated staff and everything that is not serving."""
        self._route(outcome)
        self._judge(outcome)
        stated = stated_fte(self.option, self.inputs)
        if stated is not None:
            outcome.flows.lines.pop("people", None)
            add_people(outcome, self.scenario, self.option, stated, self.inputs)
        return finished(self.scenario, self.option, outcome, self.demands, self.inputs, self._lifecycles)

    def _route(self, outcome: Outcome) -> None:
        small = self.routed
        if small is None or not any(leg.used.any() for leg in small.legs):
            return
        outcome.flows.merge(small.flows.copy())
        outcome.legs, outcome.served = (*outcome.legs, *small.legs), (*outcome.served, *small.served)
        if small.gpus is not None and outcome.gpus is not None:
            outcome.gpus = outcome.gpus + small.gpus

    def _judge(self, outcome: Outcome) -> None:
        """The router's fee for every request, in the line `other`."""
        usd = router_usd_per_request(self.option, self.inputs)
        for demand in self.demands if usd.any() else ():
            outcome.flows.add_monthly("other", demand.requests * usd[:, None])

    def _held(self, replicas: int) -> Array:
        unit = replicas_per_unit(self.scenario, self.base, self.load.sizing.gpus_per_replica, self.inputs)
        return held_base(replicas, self.load, self.decided.base_peaks.get(self.option.id), unit)

    def _split(self, held: Array) -> Outcome:
        """The mix with `held` (draws, 1) base replicas. At base values every row is a plan of its own."""
        scenario, inputs, months = self.scenario, self.inputs, self.scenario.horizon_months
        flows, gpus = standing_base(scenario, self.base, self.load, held, self.here, inputs)
        rest = split(self.load, self.kept, held * self.here if self.wait.any() else held)
        apart = self.wait.any() and self.base.bridge != self.other.id
        if apart:
            rest = rest.only(self.here)
        used = np.asarray(np.sum([share.sum(axis=1) for share in rest.share_of_requests], axis=0) > 0, dtype=float)
        fte, owned = np.zeros((1, months)), np.full(1, float(self.base.route == "owned"))
        carried = [(self.here if apart else 1) - share for share in rest.share_of_requests]
        base = served_by_fleet(self.base, self.load, self.load, gpus, gpus, inputs, rest)
        served = [base.of(self.kept, self.factors, carried)]
        legs = [Leg(self.base, model_of(scenario, self.base, inputs), np.ones(1))]
        if used.any():
            legs.append(Leg(self.other, model_of(scenario, self.other, inputs), used))
            overflow = self._overflow_of()
            if isinstance(overflow, TokenBill):
                bill = overflow.flows(rest.share_of_requests)
                # a plan that never overflows signs no contract; over draws it is signed before the draw is known
                flows.merge(bill.where(used) if inputs.draws is None else bill)
                served.append(overflow.served(legs[1].model, rest.share_of_requests))
                fte = fte + (inputs.number("staffing.hybrid_extra_fte") * used)[:, None]
            else:
                sized = self._sized(self.other)
                more, extra, kept = fleet_flows(scenario, sized, overflow, self.load, rest.load, inputs)
                flows.merge(more)
                factors = token_factors(sized, sized.weights, inputs)
                served.append(kept.of(self.kept, factors, rest.share_of_requests))
                owned = np.maximum(owned, used * (sized.route == "owned"))
                gpus = gpus + extra
        software = inputs.number("lifecycle.software_usd_per_gpu_year")[:, None] / 12
        flows.add_monthly("software", gpus * software)
        if apart:
            bridge = scenario.option(self.base.bridge or "")
            more, leg, staff, kept = bridged(scenario, bridge, self.load, 1 - self.here, self.kept, inputs, self.decided)
            flows.merge(more)
            legs.append(leg)
            served.append(kept)
            fte = fte + staff
        notes = (*delivery_notes(scenario, self.base, self.wait), *(self._overflow_waits() if used.any() else ()))
        standing = held * self.here
        outcome = Outcome(flows, self.factors, gpus, standing, None, self.load, notes, None, tuple(legs), tuple(served))
        fte = fte + self_host_fte(inputs, gpus, owned=owned, always_on=self.always_on)
        add_people(outcome, scenario, self.base, fte, inputs)
        return outcome

    def _overflow_waits(self) -> tuple[str, ...]:
        """What is said of an overflow that is ordered too: it is costed as ready from the start."""
        if not isinstance(self.other, SizedOption):
            return ()
        ordered = self.other.model_copy(update={"bridge": None})
        said = delivery_notes(self.scenario, ordered, waiting_months(self.scenario, ordered, self.inputs))
        return tuple(f"{self.other.id}: {note}" for note in said)

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
                self._overflow = bill_of(self.scenario, other, self.kept, self.inputs)
            else:
                self._overflow, _ = load_of(self.scenario, self._sized(other), self.kept, self.inputs, self.decided)
        return self._overflow
