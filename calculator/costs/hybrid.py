"""Base load on own capacity, the rest to another option.

The base is a number of replicas that are always on, fixed over the horizon; what exceeds them in an hour goes to
the overflow option, which also serves as the spare. Within an hour load is taken as uniform around its mean, as
wide as the burst ratio says (at most from 0 to twice the mean).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.carbon import served_by_fleet
from calculator.costs.fleet import FleetLoad, HourlyLoad, Load
from calculator.costs.flows import Flows, present_value
from calculator.costs.owned import owned_flows
from calculator.costs.ready import guard_gpus, peak_replicas, ready, whole_units
from calculator.costs.rented import rent, rental_price, start_hours
from calculator.costs.served import Served
from calculator.demand import WEEK_HOURS, Demand
from calculator.inputs import Inputs
from calculator.options import OwnedOption, RentedOption
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

BASE_ALONE = 100_001
"""As many base replicas or more stand for: the base carries everything by itself, scaled and spared as when alone."""
FIRST_GRID = 17
"""Numbers of base replicas tried at first; the neighbourhood of the best is then tried one by one."""


@dataclass(frozen=True)
class Overflow:
    """What a given base leaves over."""

    share_of_requests: tuple[Array, ...]
    """Of each workload, (draws, months)."""
    load: Load
    """The rest as load, in replicas of the base."""

    def only(self, here: Array) -> Overflow:
        """The same in months in which `here` (draws, months) is 1, nothing where it is 0."""
        load, by_level = self.load, here[:, :, None]
        rest = HourlyLoad(load.peak * by_level, load.mean * by_level, load.batch * here, self._hours, load.rises)
        return Overflow(tuple(share * here for share in self.share_of_requests), rest)

    @property
    def _hours(self) -> Array:
        return self.load.hour_shares * WEEK_HOURS


def overflow_share(mean: Array, peak: Array, replicas: float | Array) -> Array:
    """Share of an hour's requests above `replicas`, for load uniform on [mean - d, mean + d], d = min(peak - mean, mean).

    E[(X - r)+] = t^2/(2 width) + max(low - r, 0) with t = high - r, cut to [0, width].
    """
    spread = np.minimum(peak - mean, mean)
    np.maximum(spread, 0, out=spread)
    over = mean + spread - replicas
    width = np.maximum(2 * spread, 1e-12)
    np.clip(over, 0, width, out=over)
    np.square(over, out=over)
    over /= width
    over *= 0.5
    below = np.subtract(mean, spread, out=spread)
    over += np.maximum(below - replicas, 0)
    return np.asarray(np.divide(over, mean, out=np.zeros_like(mean), where=mean > 0))


def peak_load(load: Load) -> Array:
    """The busiest hour of the horizon and all work that may wait, in replicas, (draws,)."""
    return np.asarray(load.busiest.max(axis=1) + load.batch.max(axis=1))


def replicas_per_unit(
    scenario: Scenario, option: RentedOption | OwnedOption, gpus_per_replica: float, inputs: Inputs
) -> int:
    """Replicas that fill a server or a rental unit: what is paid for anyway is used."""
    if isinstance(option, OwnedOption):
        gpus = inputs.assumptions.row("servers", option.gpu).number("gpus")
    else:
        gpus = rental_price(scenario, option, inputs).gpus_per_unit
    return max(1, int(gpus // gpus_per_replica))


def held_base(replicas: int, load: Load, settled_at: float | None, unit: int) -> Array:
    """Always-on replicas in every draw, (draws, 1).

    `settled_at` is the peak load for which `replicas` were settled: a draw then has as many more or fewer whole units
    (`unit` replicas each, at least one) as its own peak load is larger or smaller, for a fleet alone is sized to the
    draw's load too. None: `replicas` in every draw.
    """
    if not settled_at:
        return np.array([[float(replicas)]])
    units = -(-replicas // unit)
    scaled = np.maximum(np.rint(units * peak_load(load) / settled_at), 1.0)
    return np.where(scaled == units, float(replicas), scaled * unit)[:, None]


def split(load: FleetLoad, demands: Sequence[Demand], replicas: Array) -> Overflow:
    """What `replicas` always-on replicas of the base, (draws, 1) or (draws, months), leave to the overflow option."""
    if not replicas.any():
        everything = np.ones((1, load.average.shape[1]))
        return Overflow(tuple(everything for _ in demands), load)
    by_level = replicas[:, :, None]
    share = overflow_share(load.mean, load.peak, by_level)
    left = load.mean * share
    carried = load.average - left @ load.hour_shares
    batch_left = np.maximum(load.batch - np.maximum(replicas - carried, 0), 0)
    batch_share = np.divide(batch_left, load.batch, out=np.zeros_like(batch_left), where=load.batch > 0)
    shares = []
    for demand, part, total in zip(demands, load.by_workload, load.rates, strict=True):
        gone = (left if part is load.mean else part * share) @ load.hour_shares
        interactive = np.divide(gone, total, out=np.zeros_like(gone), where=total > 0)
        waiting = demand.batch_share[:, None]
        shares.append(interactive * (1 - waiting) + batch_share * waiting)
    over = np.maximum(load.peak - by_level, 0)
    rest = HourlyLoad(peak=over, mean=left, batch=batch_left, hours=load.hours, rises=load.rises)
    return Overflow(tuple(shares), rest)


def standing_base(
    scenario: Scenario, option: RentedOption | OwnedOption, load: FleetLoad, replicas: Array, here: Array, inputs: Inputs
) -> tuple[Flows, Array]:
    """Cost of `replicas` always-on replicas, (draws, 1), and their GPUs by month; `here` is 0 before delivery, 1 after."""
    months = scenario.horizon_months
    each, standing = load.sizing.gpus_per_replica, np.repeat(replicas, months, axis=1)
    if isinstance(option, OwnedOption):
        flows, plan, _ = owned_flows(scenario, option, load, each, inputs, replicas=standing, there=here)
        return flows, plan.gpus
    guards = guard_gpus(option, load, np.zeros(1))
    flows, price = Flows(months), rental_price(scenario, option, inputs)
    gpus = whole_units((standing * each + guards) * option.sites, price.gpus_per_unit) * here
    return flows, rent(flows, scenario, option, gpus, gpus, price, inputs)


def fleet_flows(
    scenario: Scenario, option: RentedOption | OwnedOption, own: FleetLoad, base: FleetLoad, rest: Load, inputs: Inputs
) -> tuple[Flows, Array, Served]:
    """Cost of the rest on another fleet, its GPUs by month and their use; its replicas may differ from the base's."""
    each, no_spare = own.sizing.gpus_per_replica, np.zeros(1)
    none_needed = option.model_copy(update={"min_replicas": 0, "staging_replicas": 0, "upgrade_surge_replicas": 0})
    load = own if rest is base else _scaled(rest, _ratio(own, base))
    if isinstance(option, OwnedOption):
        replicas = peak_replicas(none_needed, load, no_spare)
        flows, plan, _ = owned_flows(scenario, option, load, each, inputs, replicas=replicas)
        return flows, plan.gpus, served_by_fleet(option, load, each, plan.gpus, plan.gpus, inputs)
    flows, price = Flows(scenario.horizon_months), rental_price(scenario, option, inputs)
    fleet = ready(none_needed, load, no_spare, each, price.gpus_per_unit, start_hours(option, inputs))
    gpus = rent(flows, scenario, option, fleet.gpus_peak, fleet.gpus_average, price, inputs)
    return flows, gpus, served_by_fleet(option, load, each, gpus, fleet.gpus_average, inputs)


def _scaled(load: Load, ratio: Array) -> HourlyLoad:
    hours = load.hour_shares * WEEK_HOURS
    if np.all(ratio == 1):
        return HourlyLoad(load.peak, load.mean, load.batch, hours, load.rises)
    by_level = ratio[:, :, None]
    return HourlyLoad(load.peak * by_level, load.mean * by_level, load.batch * ratio, hours, load.rises)


def _ratio(own: FleetLoad, base: FleetLoad) -> Array:
    """Replicas of `own` for one of `base`, by the mix of workloads, (draws, months)."""
    mine, theirs = np.broadcast_arrays(own.average + own.batch, base.average + base.batch)
    ones = np.ones(theirs.shape)  # a month may have no load at all
    return np.asarray(np.divide(mine, theirs, out=ones, where=theirs > 0))


def best_base_replicas(flows_at: Callable[[int], Flows], largest: int, discount_rate: float) -> tuple[int, dict[int, float]]:
    """The number of base replicas with the lowest expected present value, and the curve that was tried.

    None (the overflow alone), 1 … largest, and BASE_ALONE. A coarse grid first, then every number between the
    neighbours of its best.
    """
    curve: dict[int, float] = {}

    def cost(replicas: int) -> float:
        if replicas not in curve:
            curve[replicas] = float(present_value(flows_at(replicas).total, discount_rate).mean())
        return curve[replicas]

    grid = sorted({round(x) for x in np.linspace(0, largest, min(FIRST_GRID, largest + 1))})
    while True:
        best = min(grid, key=lambda r: (cost(r), r))
        place = grid.index(best)
        low, high = grid[max(0, place - 1)], grid[min(len(grid) - 1, place + 1)]
        finer = sorted({round(x) for x in np.linspace(low, high, min(FIRST_GRID, high - low + 1))})
        if set(finer) <= set(curve):
            best = min((best, BASE_ALONE), key=lambda r: (cost(r), r))
            return best, dict(sorted(curve.items()))
        grid = finer
