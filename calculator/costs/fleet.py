"""From load to replicas and GPUs, by month and by hour of the week.

Load is counted in replicas: the request rate of an hour, times its burst, over what one replica serves within
the latency target at the utilization limit. Several workloads on one fleet add up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from calculator.demand import WEEK_HOURS, Demand, hour_levels
from calculator.inputs import Inputs
from calculator.options import SizedOption
from calculator.serving import Capacity, Sizing, capacity_of
from calculator.serving.guard import AS_IT_IS, Factors, guarded
from calculator.serving.queueing import ttft_at_ms
from calculator.serving.sizing import planned_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Places = NDArray[np.intp]

ROUNDING = 1e-9
"""Loads that exceed a whole number by less than this are that number."""


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
    def rises(self) -> Array:
        """How often a week a level ends a climb of the load less how often it starts one, (levels,)."""

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
    rises: Array
    use_of_limit: Array
    """Planned share of a replica over the utilization limit, (draws, months): below 1 where a TTFT binds."""
    prefill_share: float
    """Of the replicas' working time over the horizon, what prompts take, at base values."""
    ttft_peak_ms: tuple[float, ...]
    """Time to first token of each workload at the planned share, waits included, at base values."""
    regions: tuple[FleetLoad, ...] = ()
    """The same load by region, where requests must stay in theirs; empty for one fleet."""
    guards: tuple[Guard, ...] = ()

    @property
    def hour_shares(self) -> Array:
        return self.hours / WEEK_HOURS

    def with_sizing(self, sizing: Sizing) -> FleetLoad:
        """The same load under another name of the same layout: notes and rejected layouts differ by option."""
        return replace(self, sizing=sizing, regions=tuple(region.with_sizing(sizing) for region in self.regions))

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
class Guard:
    """A guard model that runs beside the fleet on replicas of its own."""

    load: FleetLoad
    sizing: Sizing


@dataclass(frozen=True)
class HourlyLoad:
    """A `Load` given by its arrays by level: what a hybrid's base leaves over."""

    peak: Array
    mean: Array
    batch: Array
    hours: Array
    rises: Array
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
    option: SizedOption, demands: Sequence[Demand], factors: Factors, sizing: Sizing, inputs: Inputs
) -> FleetLoad:
    """Load of all workloads on one option's replicas, with its regions and guard models."""
    hours_per_month = inputs.base_number("demand.hours_per_month")
    limit = inputs.number("serving.utilization_limit")
    shapes, hours, places = hour_levels(demands)
    rates, capacities, used, late = [], [], [], []
    work, on_prompts = 0.0, 0.0
    batch = np.zeros((1, demands[0].requests.shape[1]))
    for demand in demands:
        capacity = capacity_of(sizing, demand, factors, inputs)
        capacities.append(capacity)
        share = planned_share(sizing, demand, factors, capacity, limit)
        served = capacity.requests_per_second * share
        rates.append(demand.interactive_requests_per_second(hours_per_month) / served[:, None])
        used.append(share / limit)
        busy = float(rates[-1][0].sum())
        work, on_prompts = work + busy, on_prompts + busy * float(capacity.prefill_share[0])
        late.append(float(ttft_at_ms(capacity, demand.output_tokens * factors.output, share)[0]))
        if demand.workload.batch_share != 0:
            waiting = capacity_of(sizing, demand, factors, inputs, batch_work=True)
            more = demand.batch_requests_per_second(hours_per_month) / (waiting.requests_per_second * limit)[:, None]
            busy = float(more[0].sum())
            work, on_prompts = work + busy, on_prompts + busy * float(waiting.prefill_share[0])
            batch = batch + more
    whole = FleetLoad(
        rates=tuple(rates),
        bursts=tuple(d.burst_ratio for d in demands),
        shapes=shapes,
        batch=batch,
        hours=hours,
        capacities=tuple(capacities),
        sizing=sizing,
        rises=climbs(shapes, places, [float(r[0, 0]) for r in rates]),
        use_of_limit=_use_of_limit(rates, used),
        prefill_share=on_prompts / work if work else 0.0,
        ttft_peak_ms=tuple(late),
    )
    guards = tuple(
        Guard(fleet_load(option, guarded(g.workloads, demands, factors, inputs), AS_IT_IS, g.sizing, inputs), g.sizing)
        for g in sizing.guards
    )
    return replace(whole, regions=_by_region(whole, demands), guards=guards)


def _use_of_limit(rates: Sequence[Array], used: Sequence[Array]) -> Array:
    """Planned share over the limit, weighed by load."""
    if all(np.all(u == 1) for u in used):
        return np.ones((1, 1))
    total = sum(rates[1:], rates[0])
    at_limit = sum((r * u[:, None] for r, u in zip(rates, used, strict=True)), np.zeros((1, 1)))
    return np.asarray(np.divide(at_limit, total, out=np.ones_like(at_limit), where=total > 0))


def climbs(shapes: Array, places: Places, weights: Sequence[float]) -> Array:
    """How often a week each level ends an hour-to-hour climb of the load less how often it starts one, (levels,).

    A fleet that follows the load from hour to hour starts sum over climbs of n(after) - n(before) replicas a
    week; both terms gather by level. Which hours climb follows from the workloads' mean loads `weights`.
    """
    total = np.asarray(weights) @ shapes
    week = total[places]
    after = np.roll(places, -1)
    climbing = np.roll(week, -1) > week * (1 + ROUNDING)
    levels = shapes.shape[1]
    ends = np.bincount(after[climbing], minlength=levels)
    return np.asarray(ends - np.bincount(places[climbing], minlength=levels), dtype=float)


def _by_region(load: FleetLoad, demands: Sequence[Demand]) -> tuple[FleetLoad, ...]:
    """The load by region; workloads that may go anywhere stay with the region that has most of the others."""
    given = [{s.region: s.share for s in d.workload.residency_shares} for d in demands]
    names = sorted({name for shares in given for name in shares})
    if len(names) < 2:
        return ()
    first = [float(r[0].mean()) for r in load.rates]
    weight = {n: sum(f * s.get(n, 0.0) for f, s in zip(first, given, strict=True)) for n in names}
    largest = max(names, key=lambda n: weight[n])
    parts = []
    for name in names:
        shares = [(s or {largest: 1.0}).get(name, 0.0) for s in given]
        rates = tuple(rate * share for rate, share in zip(load.rates, shares, strict=True))
        parts.append(replace(load, rates=rates, batch=load.batch * weight[name] / sum(weight.values())))
    return tuple(p for p in parts if p.average.any())
