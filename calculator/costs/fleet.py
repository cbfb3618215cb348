"""From load to replicas and GPUs, by month and by hour of the week.

Load is counted in replicas: the request rate of an hour, times its burst, over what one replica serves within
the latency target at the utilization limit. Several workloads on one fleet add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.tokens import TokenFactors
from calculator.demand import WEEK_HOURS, Demand, hour_levels
from calculator.inputs import Inputs
from calculator.options import SizedOption
from calculator.serving import Capacity, Sizing, capacity_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class FleetLoad:
    """What one option's replicas have to carry."""

    peak: Array
    """Interactive load in replicas at the burst of each kind of hour, (draws, months, levels)."""
    mean: Array
    """The same without bursts."""
    by_workload: tuple[Array, ...]
    """`mean` of each workload, for shares of requests."""
    batch: Array
    """Mean load of work that may wait, in replicas, (draws, months)."""
    hours: Array
    """Hours of the week in each level, (levels,), sum 168."""
    capacities: tuple[Capacity, ...]
    """Of each workload, on one replica."""
    sizing: Sizing

    @property
    def hour_shares(self) -> Array:
        """Share of the week in each level, (levels,)."""
        return self.hours / WEEK_HOURS


def fleet_load(
    option: SizedOption, demands: Sequence[Demand], factors: TokenFactors, sizing: Sizing, inputs: Inputs
) -> FleetLoad:
    """Load of all workloads on one option's replicas."""
    hours_per_month = inputs.base_number("demand.hours_per_month")
    limit = inputs.number("serving.utilization_limit")
    weights, hours = hour_levels(demands)
    shape = (1, demands[0].requests.shape[1], hours.size)
    peak, mean, batch = np.zeros(shape), np.zeros(shape), np.zeros(shape[:2])
    parts, capacities = [], []
    for number, demand in enumerate(demands):
        capacity = capacity_of(sizing, demand, factors, inputs)
        capacities.append(capacity)
        served = capacity.requests_per_second * limit
        rate = demand.interactive_requests_per_second(hours_per_month) / served[:, None]
        part = rate[:, :, None] * weights[number]
        parts.append(part)
        mean = mean + part
        peak = peak + part * demand.burst_ratio[:, None, None]
        if demand.workload.batch_share != 0:
            waiting = capacity_of(sizing, demand, factors, inputs, batch_work=True).requests_per_second * limit
            batch = batch + demand.batch_requests_per_second(hours_per_month) / waiting[:, None]
    return FleetLoad(peak, mean, tuple(parts), batch, hours, tuple(capacities), sizing)


def spare_replicas(option: SizedOption, load: FleetLoad, inputs: Inputs) -> Array:
    """Replicas beyond the peak for failures and upgrades, (1,); none for work that may wait."""
    if option.spare_replicas is not None:
        return np.array([float(option.spare_replicas)])
    return inputs.number("serving.spare_replicas") if load.peak.any() else np.zeros(1)


def replicas_by_level(option: SizedOption, load: FleetLoad, spare: Array) -> Array:
    """Whole replicas that stand ready in each kind of hour, (draws, months, levels).

    Work that may wait fills what the interactive load leaves idle over the week; only what does not fit
    adds replicas, the same in every hour.
    """
    interactive = np.maximum(np.ceil(load.peak - 1e-9), option.min_replicas if load.peak.any() else 0)
    if load.batch.any():
        idle = ((interactive - load.mean) * load.hour_shares).sum(axis=2)
        extra = np.maximum(np.ceil(load.batch - idle - 1e-9), 0)
        interactive = np.maximum(interactive + extra[:, :, None], option.min_replicas)
    return np.asarray(interactive + spare[:, None, None])


def whole_units(gpus: Array, unit: float) -> Array:
    """GPUs rounded up to whole rental units or servers."""
    return np.asarray(np.ceil(gpus / unit - 1e-9) * unit)


def utilization(load: FleetLoad, replicas: Array, limit: Array) -> Array:
    """Share of the replicas' capacity that the work uses, averaged over the week, (draws, months)."""
    busy = (load.mean * load.hour_shares).sum(axis=2) + load.batch
    ready = (replicas * load.hour_shares).sum(axis=2)
    return np.asarray(
        np.divide(busy * limit[:, None], ready, out=np.zeros(np.broadcast_shapes(busy.shape, ready.shape)), where=ready > 0)
    )
