"""Base load on own capacity, the rest to another option.

The base is a fixed number of replicas that are always on; what exceeds them in an hour goes to the overflow
option, which also serves as the spare. Within an hour load is taken as uniform around its mean, as wide as the
burst ratio says (at most from 0 to twice the mean).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.fleet import FleetLoad, replicas_by_level, whole_units
from calculator.costs.flows import Flows, present_value
from calculator.costs.owned import owned_flows
from calculator.costs.rented import rent, rental_price
from calculator.demand import Demand
from calculator.inputs import Inputs
from calculator.options import OwnedOption, RentedOption, SizedOption
from calculator.scenario import Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FIRST_GRID = 17
"""Numbers of base replicas tried at first; the neighbourhood of the best is then tried one by one."""


@dataclass(frozen=True)
class Overflow:
    """What a given base leaves over."""

    share_of_requests: tuple[Array, ...]
    """Of each workload, (draws, months)."""
    load: FleetLoad
    """The rest as load, in replicas of the base."""


def overflow_share(mean: Array, peak: Array, replicas: float) -> Array:
    """Share of an hour's requests above `replicas`, for load uniform on [mean - d, mean + d], d = min(peak - mean, mean).

    E[(X - r)+]/mean = 1 - r/mean below the interval, 0 above it, (c - r)^2/(2(c - a))/mean inside.
    """
    spread = np.minimum(np.maximum(peak - mean, 0), mean)
    low, high = mean - spread, mean + spread
    width = np.maximum(high - low, 1e-12)
    inside = (np.clip(high - replicas, 0, None)) ** 2 / (2 * width)
    over = np.where(replicas <= low, mean - replicas, np.where(replicas >= high, 0.0, inside))
    return np.asarray(np.divide(over, mean, out=np.zeros_like(mean), where=mean > 0))


def split(load: FleetLoad, demands: Sequence[Demand], replicas: float) -> Overflow:
    """What `replicas` always-on replicas of the base leave to the overflow option."""
    share = overflow_share(load.mean, load.peak, replicas)
    carried = ((load.mean * (1 - share)) * load.hour_shares).sum(axis=2)
    batch_left = np.maximum(load.batch - np.maximum(replicas - carried, 0), 0)
    batch_share = np.divide(batch_left, load.batch, out=np.zeros_like(batch_left), where=load.batch > 0)
    shares = []
    for demand, part in zip(demands, load.by_workload, strict=True):
        weight = part * load.hour_shares
        total = weight.sum(axis=2)
        interactive = np.divide((weight * share).sum(axis=2), total, out=np.zeros_like(total), where=total > 0)
        waiting = demand.batch_share[:, None]
        shares.append(interactive * (1 - waiting) + batch_share * waiting)
    rest = FleetLoad(
        peak=np.maximum(load.peak - replicas, 0),
        mean=load.mean * share,
        by_workload=tuple(part * share for part in load.by_workload),
        batch=batch_left,
        hours=load.hours,
        capacities=load.capacities,
        sizing=load.sizing,
    )
    return Overflow(tuple(shares), rest)


def base_flows(
    scenario: Scenario, option: SizedOption, load: FleetLoad, replicas: float, inputs: Inputs
) -> tuple[Flows, Array]:
    """Cost of `replicas` always-on replicas, and their GPUs by month."""
    months = scenario.horizon_months
    if replicas == 0:
        return Flows(months), np.zeros((1, months))
    if isinstance(option, OwnedOption):
        flows, plan, _ = owned_flows(scenario, option, load, inputs, replicas=np.full((1, months), float(replicas)))
        return flows, plan.gpus
    assert isinstance(option, RentedOption)
    flows, price = Flows(months), rental_price(option, inputs)
    gpus = whole_units(np.full((1, months, load.hours.size), replicas * load.sizing.gpus_per_replica), price.gpus_per_unit)
    return flows, rent(flows, scenario, option, gpus, load, price, inputs)


def fleet_overflow_flows(
    scenario: Scenario, option: SizedOption, own: FleetLoad, base: FleetLoad, rest: FleetLoad, inputs: Inputs
) -> tuple[Flows, Array]:
    """Cost of the rest on another fleet, and its GPUs by month; its replicas may be of another size than the base's."""
    ratio = _ratio(own, base)
    load = FleetLoad(
        peak=rest.peak * ratio,
        mean=rest.mean * ratio,
        by_workload=tuple(p * ratio for p in rest.by_workload),
        batch=rest.batch * ratio[:, :, 0],
        hours=rest.hours,
        capacities=own.capacities,
        sizing=own.sizing,
    )
    none_needed = option.model_copy(update={"min_replicas": 0})
    replicas = replicas_by_level(none_needed, load, np.zeros(1))
    if isinstance(option, OwnedOption):
        flows, plan, _ = owned_flows(scenario, option, load, inputs, replicas=replicas.max(axis=2))
        return flows, plan.gpus
    assert isinstance(option, RentedOption)
    flows, price = Flows(scenario.horizon_months), rental_price(option, inputs)
    gpus = whole_units(replicas * own.sizing.gpus_per_replica, price.gpus_per_unit)
    return flows, rent(flows, scenario, option, gpus, load, price, inputs)


def _ratio(own: FleetLoad, base: FleetLoad) -> Array:
    """Replicas of `own` for one of `base`, by the mix of workloads, (draws, months, 1)."""
    whole_own = (own.mean * own.hour_shares).sum(axis=2) + own.batch
    whole_base = (base.mean * base.hour_shares).sum(axis=2) + base.batch
    return np.asarray((whole_own / whole_base)[:, :, None])


def best_base_replicas(flows_at: Callable[[int], Flows], largest: int, discount_rate: float) -> tuple[int, dict[int, float]]:
    """The number of base replicas with the lowest expected present value, 0 … largest, and the curve that was tried.

    A coarse grid first, then every number between the neighbours of its best.
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
            return best, dict(sorted(curve.items()))
        grid = finer
