"""From load to replicas and GPUs that stand ready: spares, staging, regions, whole rental units, hour by hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.costs.fleet import ROUNDING, FleetLoad, Guard, Load
from calculator.demand import WEEK_HOURS
from calculator.inputs import Inputs
from calculator.options import SizedOption

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MAX_STEPS = 200_000
"""Longest table of steps that is looked up; beyond it every hour is rounded by itself."""


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


def ready(
    option: SizedOption,
    load: Load,
    spare: Array,
    gpus_per_replica: float,
    unit: float,
    start_hours: float = 0.0,
    surge_share: float = 1.0,
) -> Ready:
    """The fleet that a load needs, hour by hour: at least `min_replicas`, `spare` (1,) or (draws,) more.

    Work that may wait fills what the interactive load leaves idle over the week; only what does not fit adds
    replicas, the same in every hour. Averages are what is billed where the fleet follows the load: a replica
    runs `start_hours` before it serves. Each region has a fleet of its own, with its own spares; staging
    replicas stand around the clock, those of an upgrade `surge_share` of the time, as far as spares do not do.
    Guard models add GPUs.
    """
    surge = max(option.upgrade_surge_replicas - float(spare[0]), 0.0)
    always = option.staging_replicas + (surge if surge_share == 1 else 0.0)
    part_time = surge - (always - option.staging_replicas)
    fleets = [
        _one_fleet(option, part, spare + (0 if number else always), gpus_per_replica, unit, start_hours)
        for number, part in enumerate(_fleets(load))
    ]
    guards = [_one_fleet(option, g.load, spare, g.sizing.gpus_per_replica, 1, start_hours) for g in guards_of(load)]
    peak = _total([f.peak for f in fleets]) + part_time
    beside = part_time * gpus_per_replica
    guard_peak = _total([np.zeros((1, 1)), *(g.gpus_peak for g in guards)])
    # guards and upgrades share the units in which the fleet is rented
    together = whole_units(peak * gpus_per_replica + guard_peak, unit)
    gpus_peak = np.maximum(_total([f.gpus_peak for f in fleets]), together)
    average = _total([f.gpus_average for f in (*fleets, *guards)]) + beside * surge_share
    return Ready(
        peak=peak,
        average=_total([f.average for f in fleets]) + part_time * surge_share,
        gpus_peak=gpus_peak,
        gpus_average=np.minimum(average, gpus_peak) if guards or beside else average,
    )


def _total(parts: Sequence[Array]) -> Array:
    return np.asarray(sum(parts[1:], parts[0]))


def _fleets(load: Load) -> Sequence[Load]:
    return load.regions if isinstance(load, FleetLoad) and load.regions else (load,)


def guards_of(load: Load) -> tuple[Guard, ...]:
    """The guard models that run beside a fleet; a hybrid's overflow counts none of its own."""
    return load.guards if isinstance(load, FleetLoad) else ()


def guard_gpus(option: SizedOption, load: Load, spare: Array) -> Array:
    """GPUs of the guard models in the busiest hour, (draws, months)."""
    none = np.zeros((1, 1))
    return sum((_guard_replicas(option, g, spare) * g.sizing.gpus_per_replica for g in guards_of(load)), none)


def guard_gpus_at_work(option: SizedOption, load: Load, spare: Array, limit: Array) -> Array:
    """GPUs that the guard models keep busy, averaged over the week, (draws, months): their own load, not their model's."""
    busy = np.zeros((1, 1))
    for guard in guards_of(load):
        replicas = _guard_replicas(option, guard, spare)
        at_work = np.minimum(utilization(guard.load, replicas, limit), 1) * replicas
        busy = busy + at_work * guard.sizing.gpus_per_replica
    return busy


def _guard_replicas(option: SizedOption, guard: Guard, spare: Array) -> Array:
    return peak_replicas(_plain(option), guard.load, spare)


def _plain(option: SizedOption) -> SizedOption:
    return option.model_copy(update={"staging_replicas": 0, "upgrade_surge_replicas": 0})


def _one_fleet(
    option: SizedOption, load: Load, spare: Array, gpus_per_replica: float, unit: float, start_hours: float
) -> Ready:
    """The fleet of one place, without what stands beside it."""
    least = float(option.min_replicas) if load.average.any() else 0.0
    shares = load.hour_shares + load.rises * (start_hours / WEEK_HOURS)
    steps = _step_table(load, shares, least, spare, gpus_per_replica, unit)
    if steps is None:
        replicas = replicas_by_level(option, load, spare)
        gpus = whole_units(replicas * gpus_per_replica, unit)
        return Ready(replicas.max(axis=2), replicas @ shares, gpus.max(axis=2), gpus @ shares)
    peak = np.maximum(np.ceil(load.busiest - ROUNDING), least) + spare[:, None]
    average, gpus_average = steps
    return Ready(peak, average, whole_units(peak * gpus_per_replica, unit), gpus_average)


def peak_replicas(option: SizedOption, load: Load, spare: Array) -> Array:
    """Replicas that the busiest hour needs, (draws, months); see `ready`."""
    surge = max(option.upgrade_surge_replicas - float(spare[0]), 0.0)
    return _total([_peak(option, part, spare) for part in _fleets(load)]) + option.staging_replicas + surge


def _peak(option: SizedOption, load: Load, spare: Array) -> Array:
    if load.batch.any():
        return _one_fleet(option, load, spare, 1, 1, 0.0).peak
    least = float(option.min_replicas) if load.average.any() else 0.0
    return np.asarray(np.maximum(np.ceil(load.busiest - ROUNDING), least) + spare[:, None])


def _step_table(
    load: Load, shares: Array, least: float, spare: Array, gpus_per_replica: float, unit: float
) -> tuple[Array, Array] | None:
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
    counts = np.maximum(tallest - first + 1, 0)
    level = np.repeat(np.arange(shape.size), counts)
    replicas = first + np.arange(level.size) - np.repeat(np.cumsum(counts) - counts, counts).astype(float)
    with np.errstate(divide="ignore"):
        at = (replicas + ROUNDING) / shape[level]
    order = np.argsort(at, kind="stable")
    share, below = shares[level], replicas + spare[0]
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
    if isinstance(load, FleetLoad):
        busy = busy * load.use_of_limit
    shape = np.broadcast_shapes(busy.shape, average_replicas.shape)
    return np.asarray(np.divide(busy * limit[:, None], average_replicas, out=np.zeros(shape), where=average_replicas > 0))
