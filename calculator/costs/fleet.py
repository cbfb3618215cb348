"""From load to replicas and GPUs, by month and by hour of the week.

Load is counted in replicas: the request rate of an hour, times its burst, over what one replica serves within
the latency target at the utilization limit. Several workloads on one fleet add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from calculator.costs.tokens import TokenFactors
from calculator.demand import WEEK_HOURS, Demand, hour_levels
from calculator.inputs import Inputs
from calculator.options import SizedOption
from calculator.serving import Capacity, Sizing, capacity_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

ROUNDING = 1e-9
"""Loads that exceed a whole number by less than this are that number."""
MAX_STEPS = 200_000
"""Longest table of steps that is looked up; beyond it every hour is rounded by itself."""


class Load(Protocol):
    """What replicas have to carry, counted in replicas."""

    @property
    def peak(self) -> Array:
        """Interactive load at the burst of each kind of hour, (draws, months, levels)."""

    @property
    def mean(self) -> Array:
        """The same without bursts."""

    @property
    def busiest(self) -> Array:
        """The largest of `peak`, (draws, months)."""

    @property
    def average(self) -> Array:
        """`mean` averaged over the week, (draws, months)."""

    @property
    def batch(self) -> Array:
        """Mean load of work that may wait, (draws, months)."""

    @property
    def hour_shares(self) -> Array:
        """Share of the week in each level, (levels,)."""

    @property
    def one_shape(self) -> tuple[Array, Array] | None:
        """`peak` as (draws, months) times (levels,), where all workloads have the same week; else None."""


@dataclass(frozen=True)
class FleetLoad:
    """What the workloads put on one option's replicas; a `Load`. Arrays by level are made only when asked for."""

    rates: tuple[Array, ...]
    """Mean interactive load of each workload, in replicas, (draws, months)."""
    bursts: tuple[Array, ...]
    """Burst over mean of each workload, (draws,)."""
    shapes: Array
    """Relative load of each kind of hour, mean 1 over the week, (workloads, levels)."""
    batch: Array
    """Mean load of work that may wait, in replicas, (draws, months)."""
    hours: Array
    """Hours of the week in each level, (levels,), sum 168."""
    capacities: tuple[Capacity, ...]
    """Of each workload, on one replica."""
    sizing: Sizing

    @property
    def hour_shares(self) -> Array:
        return self.hours / WEEK_HOURS

    @cached_property
    def by_workload(self) -> tuple[Array, ...]:
        """`mean` of each workload, for shares of requests."""
        return tuple(rate[:, :, None] * shape for rate, shape in zip(self.rates, self.shapes, strict=True))

    @cached_property
    def mean(self) -> Array:
        return np.asarray(sum(self.by_workload[1:], self.by_workload[0]))

    @cached_property
    def peak(self) -> Array:
        parts = [part * burst[:, None, None] for part, burst in zip(self.by_workload, self.bursts, strict=True)]
        return np.asarray(sum(parts[1:], parts[0]))

    @cached_property
    def average(self) -> Array:
        return np.asarray(sum(self.rates[1:], self.rates[0]))

    @cached_property
    def busiest(self) -> Array:
        shape = self.one_shape
        return np.asarray(self.peak.max(axis=2) if shape is None else shape[0] * shape[1].max())

    @cached_property
    def one_shape(self) -> tuple[Array, Array] | None:
        if not np.array_equal(self.shapes, np.broadcast_to(self.shapes[:1], self.shapes.shape)):
            return None
        bursting = [rate * burst[:, None] for rate, burst in zip(self.rates, self.bursts, strict=True)]
        return np.asarray(sum(bursting[1:], bursting[0])), self.shapes[0]


@dataclass(frozen=True)
class HourlyLoad:
    """A `Load` given by its arrays by level: what a hybrid's base leaves over."""

    peak: Array
    mean: Array
    batch: Array
    hours: Array
    one_shape: None = None

    @property
    def hour_shares(self) -> Array:
        return self.hours / WEEK_HOURS

    @cached_property
    def busiest(self) -> Array:
        return np.asarray(self.peak.max(axis=2))

    @cached_property
    def average(self) -> Array:
        return np.asarray(self.mean @ self.hour_shares)


def fleet_load(
    option: SizedOption, demands: Sequence[Demand], factors: TokenFactors, sizing: Sizing, inputs: Inputs
) -> FleetLoad:
    """Load of all workloads on one option's replicas."""
    hours_per_month = inputs.base_number("demand.hours_per_month")
    limit = inputs.number("serving.utilization_limit")
    shapes, hours = hour_levels(demands)
    rates, capacities = [], []
    batch = np.zeros((1, demands[0].requests.shape[1]))
    for demand in demands:
        capacity = capacity_of(sizing, demand, factors, inputs)
        capacities.append(capacity)
        served = capacity.requests_per_second * limit
        rates.append(demand.interactive_requests_per_second(hours_per_month) / served[:, None])
        if demand.workload.batch_share != 0:
            waiting = capacity_of(sizing, demand, factors, inputs, batch_work=True).requests_per_second * limit
            batch = batch + demand.batch_requests_per_second(hours_per_month) / waiting[:, None]
    return FleetLoad(tuple(rates), tuple(d.burst_ratio for d in demands), shapes, batch, hours, tuple(capacities), sizing)


def spare_replicas(option: SizedOption, load: Load, inputs: Inputs) -> Array:
    """Replicas beyond the peak for failures and upgrades, (1,); none for work that may wait."""
    if option.spare_replicas is not None:
        return np.array([float(option.spare_replicas)])
    return inputs.number("serving.spare_replicas") if load.average.any() else np.zeros(1)


@dataclass(frozen=True)
class Ready:
    """Whole replicas that stand ready, and GPUs in whole units."""

    peak: Array
    """Replicas in the busiest hour, (draws, months)."""
    average: Array
    """Replicas averaged over the week, (draws, months)."""
    gpus_peak: Array
    gpus_average: Array
    """Averaged over the week, each hour in whole units."""


def ready(option: SizedOption, load: Load, spare: Array, gpus_per_replica: float, unit: float) -> Ready:
    """The fleet that a load needs, hour by hour: at least `min_replicas`, `spare` (1,) or (draws,) more.

    Work that may wait fills what the interactive load leaves idle over the week; only what does not fit adds
    replicas, the same in every hour.
    """
    least = float(option.min_replicas) if load.average.any() else 0.0
    steps = _step_table(load, least, spare, gpus_per_replica, unit)
    if steps is None:
        replicas = replicas_by_level(option, load, spare)
        gpus = whole_units(replicas * gpus_per_replica, unit)
        shares = load.hour_shares
        return Ready(replicas.max(axis=2), replicas @ shares, gpus.max(axis=2), gpus @ shares)
    peak = np.maximum(np.ceil(load.busiest - ROUNDING), least) + spare[:, None]
    average, gpus_average = steps
    return Ready(peak, average, whole_units(peak * gpus_per_replica, unit), gpus_average)


def peak_replicas(option: SizedOption, load: Load, spare: Array) -> Array:
    """Replicas that the busiest hour needs, (draws, months); see `ready`."""
    if load.batch.any():
        return ready(option, load, spare, 1, 1).peak
    least = float(option.min_replicas) if load.average.any() else 0.0
    return np.asarray(np.maximum(np.ceil(load.busiest - ROUNDING), least) + spare[:, None])


def _step_table(load: Load, least: float, spare: Array, gpus_per_replica: float, unit: float) -> tuple[Array, Array] | None:
    """Weekly averages of replicas and GPUs, looked up by load; None where the load is not one number a month.

    With one shape of week the fleet of every hour follows from one number R: hour l needs ceil(R shape_l)
    replicas, so that the averages climb by a step at each R = k/shape_l. Exact, and free of the hours.
    """
    if load.one_shape is None or load.batch.any() or spare.size > 1:
        return None
    rate, shape = load.one_shape
    tallest = np.floor(float(rate.max()) * shape).astype(int)
    first = int(least)
    if np.maximum(tallest - first, 0).sum() > MAX_STEPS:
        return None
    counts = [np.arange(first, top + 1.0) for top in tallest]
    replicas = np.concatenate(counts)
    level = np.repeat(np.arange(shape.size), [c.size for c in counts])
    with np.errstate(divide="ignore"):
        at = (replicas + ROUNDING) / shape[level]
    order = np.argsort(at, kind="stable")
    share, below = load.hour_shares[level], replicas + spare[0]
    more_gpus = whole_units((below + 1) * gpus_per_replica, unit) - whole_units(below * gpus_per_replica, unit)
    place = np.searchsorted(at[order], rate)
    climbs = np.concatenate([[0.0], np.cumsum(share[order])]), np.concatenate([[0.0], np.cumsum((share * more_gpus)[order])])
    start = least + float(spare[0])
    lowest = float(whole_units(np.array(start * gpus_per_replica), unit))
    return start + climbs[0][place], lowest + climbs[1][place]


def replicas_by_level(option: SizedOption, load: Load, spare: Array) -> Array:
    """Whole replicas that stand ready in each kind of hour, (draws, months, levels).

    Work that may wait fills what the interactive load leaves idle over the week; only what does not fit
    adds replicas, the same in every hour.
    """
    interactive = np.ceil(load.peak - ROUNDING)
    np.maximum(interactive, option.min_replicas if load.average.any() else 0, out=interactive)
    if load.batch.any():
        idle = interactive @ load.hour_shares - load.average
        extra = np.maximum(np.ceil(load.batch - idle - ROUNDING), 0)
        interactive = np.maximum(interactive + extra[:, :, None], option.min_replicas)
    return np.asarray(interactive + spare[:, None, None])


def whole_units(gpus: Array, unit: float) -> Array:
    """GPUs rounded up to whole rental units or servers."""
    return np.asarray(np.ceil(gpus / unit - ROUNDING) * unit)


def utilization(load: Load, average_replicas: Array, limit: Array) -> Array:
    """Share of the replicas' capacity that the work uses, averaged over the week, (draws, months)."""
    busy = load.average + load.batch
    shape = np.broadcast_shapes(busy.shape, average_replicas.shape)
    return np.asarray(np.divide(busy * limit[:, None], average_replicas, out=np.zeros(shape), where=average_replicas > 0))
