"""Measured throughput-latency curves against the modelled ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.serving.measured import Predicted, Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TPOT_LIMITS_MS = (20.0, 30.0, 50.0)
REPLICAS = 4
"""Replicas that the load of the GPU count is worth at the measured rate, the last one half full."""


def _curves(table: Table, predicted: Predicted) -> Iterator[tuple[Array, Array, Array, Array]]:
    """Measured rate and TPOT, modelled rate and TPOT of each deployment and request shape, by concurrency.

    Repeated measurements of a point are joined by their median.
    """
    groups: dict[Any, list[int]] = {}
    for i, c in enumerate(table.cases):
        m = c.measurement
        if m.concurrency is not None and m.tpot_ms:
            key = (m.model, m.gpu, c.layout, c.precision.weights, m.engine, m.isl, m.osl)
            groups.setdefault(key, []).append(i)
    concurrency = table.inputs.concurrency
    tpot = np.array([c.measurement.tpot_ms or np.nan for c in table.cases])
    columns = (table.measured, tpot, predicted.tokens_per_second, predicted.tpot_ms)
    for rows in groups.values():
        index = np.array(rows)
        points = np.unique(concurrency[index])
        if points.size < 2:
            continue
        joined = [np.array([np.median(column[index][concurrency[index] == p]) for p in points]) for column in columns]
        yield joined[0], joined[1], joined[2], joined[3]


def rate_within(rate: Array, tpot_ms: Array, limit_ms: float) -> float:
    """Largest rate on a curve whose TPOT keeps the limit; linear between points, proportional below the first."""
    if tpot_ms[0] > limit_ms:
        return float(rate[0] * limit_ms / tpot_ms[0])
    best = float(rate[0])
    for i in range(1, rate.size):
        if tpot_ms[i] <= limit_ms:
            best = max(best, float(rate[i]))
        elif tpot_ms[i] > tpot_ms[i - 1]:
            share = (limit_ms - tpot_ms[i - 1]) / (tpot_ms[i] - tpot_ms[i - 1])
            return max(best, float(rate[i - 1] + share * (rate[i] - rate[i - 1])))
    return best


def _rates(table: Table, predicted: Predicted, limit_ms: float) -> Array:
    """Measured and modelled rate under a limit, (curves, 2), of curves that keep it at their first point."""
    found = [
        (rate_within(measured, tpot, limit_ms), rate_within(ours, our_tpot, limit_ms))
        for measured, tpot, ours, our_tpot in _curves(table, predicted)
        if tpot[0] <= limit_ms
    ]
    return np.array(found, dtype=float).reshape(-1, 2)


def slo_errors(table: Table, predicted: Predicted) -> dict[str, Any]:
    """Error of the largest tokens/s under TPOT limits, by limit in ms."""
    found = {}
    for limit in TPOT_LIMITS_MS:
        rates = _rates(table, predicted, limit)
        ape = np.abs(rates[:, 1] / rates[:, 0] - 1) if len(rates) else np.array([])
        found[f"{limit:g}"] = {"curves": len(rates), "median_ape": float(np.median(ape)) if ape.size else None}
    return found


def gpu_count_within_range(table: Table, predicted: Predicted, low: float, high: float) -> dict[str, Any]:
    """Share of curves whose true number of replicas lies between those at the low and the high modelled rate.

    The load is 3.5 times the measured rate under the limit, which takes 4 replicas.
    """
    found = {}
    for limit in TPOT_LIMITS_MS:
        rates = _rates(table, predicted, limit)
        if len(rates):
            load = (REPLICAS - 0.5) * rates[:, 0]
            fewest, most = np.ceil(load / (rates[:, 1] * high)), np.ceil(load / (rates[:, 1] * low))
            found[f"{limit:g}"] = float(np.mean((fewest <= REPLICAS) & (most >= REPLICAS)))
    return found
