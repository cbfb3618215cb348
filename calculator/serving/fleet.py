"""From request rates to replicas and GPUs; shapes broadcast, e.g. (draws, months, hour levels)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

ROUNDING = 1e-9
"""Loads that exceed a whole number by less than this are that number."""


def load_in_replicas(rates: Sequence[Array], capacities: Sequence[Array], utilization_limit: Array | float) -> Array:
    """Load of workloads that share replicas: sum of rate / (capacity x limit).

    `rates` in requests/s, one array a workload, (draws, ...); `capacities` requests/s of a replica at full
    use, (draws,) or (1,) each; `utilization_limit` likewise.
    """
    if len(rates) != len(capacities) or not rates:
        raise ValueError("one capacity for each workload")
    total: Array = np.zeros(())
    for rate, capacity in zip(rates, capacities, strict=True):
        planned = np.atleast_1d(np.asarray(capacity) * utilization_limit)
        total = total + rate / planned.reshape(-1, *(1,) * (np.ndim(rate) - 1))
    return total


def replicas_needed(load: Array, spare: float = 0, least: float = 0) -> Array:
    """Whole replicas for a load, at least `least`, and `spare` more; none where there is no load at all."""
    whole = np.maximum(np.ceil(load - ROUNDING), least)
    return np.where(np.any(np.asarray(load) > 0), whole + spare, np.zeros_like(whole))


def whole_units(gpus: Array, unit: float) -> Array:
    """GPUs rounded up to whole rental units or servers of `unit` GPUs."""
    return np.asarray(np.ceil(gpus / unit - ROUNDING) * unit)


def gpus_bought(replicas: Array, gpus_per_replica: float, unit: float) -> Array:
    """GPUs that come with so many replicas when they are sold by `unit`."""
    return whole_units(np.asarray(replicas) * gpus_per_replica, unit)


def utilization(load: Array, replicas: Array, utilization_limit: Array | float) -> Array:
    """Share of the replicas' full capacity in use; 0 where there are none. `load` counts at the limit."""
    busy = np.asarray(load) * utilization_limit
    return np.divide(
        busy,
        replicas,
        out=np.zeros(np.broadcast_shapes(np.shape(busy), np.shape(replicas))),
        where=replicas > 0,
    )
