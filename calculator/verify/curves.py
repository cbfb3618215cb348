"""Measured throughput-latency curves against the modelled ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.serving.measured import Predicted, Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TPOT_LIMITS_MS = (20.0, 30.0, 50.0)
REPLICAS = 4
"""Replicas that the load of the GPU count is worth at the measured rate, the last one half full."""


def _curves(table: Table, predicted: Predicted) -> Iterator[tuple[bool, tuple[Array, Array, Array, Array]]]:
    """Whether the model is sparse, measured rate and TPOT, modelled rate and TPOT of each deployment and request
    shape, by concurrency.

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
        yield table.cases[rows[0]].architecture.is_sparse, (joined[0], joined[1], joined[2], joined[3])


def rate_within(rate: Array, tpot_ms: Array, limit_ms: float) -> float:
    """Largest rate among the points of a curve whose TPOT keeps the limit; proportional below the first."""
    kept = tpot_ms <= limit_ms
    return float(rate[kept].max()) if kept.any() else float(rate[0] * limit_ms / tpot_ms[0])


def rate_between(rate: Array, tpot_ms: Array, limit_ms: float) -> float:
    """The same with the curve drawn on from the last point that keeps the limit, linear to the next."""
    best = rate_within(rate, tpot_ms, limit_ms)
    over = np.flatnonzero(tpot_ms > limit_ms)
    if not over.size or over[0] == 0:
        return best
    i = int(over[0])
    share = (limit_ms - tpot_ms[i - 1]) / (tpot_ms[i] - tpot_ms[i - 1])
    return max(best, float(rate[i - 1] + share * (rate[i] - rate[i - 1])))


def _rates(table: Table, predicted: Predicted, limit_ms: float, read: Callable[..., float] = rate_within) -> Array:
    """Measured and modelled rate under a limit and whether sparse, (curves, 3), of curves that keep it at first."""
    found = [
        (read(measured, tpot, limit_ms), read(ours, our_tpot, limit_ms), float(sparse))
        for sparse, (measured, tpot, ours, our_tpot) in _curves(table, predicted)
        if tpot[0] <= limit_ms
    ]
    return np.array(found, dtype=float).reshape(-1, 3)


def slo_errors(table: Table, predicted: Predicted) -> dict[str, Any]:
    """Error of the largest tokens/s under TPOT limits, by limit in ms: over measured points, and drawn on between."""
    found = {}
    for limit in TPOT_LIMITS_MS:
        errors: dict[str, Any] = {}
        for name, read in (("median_ape", rate_within), ("median_ape_between_points", rate_between)):
            rates = _rates(table, predicted, limit, read)
            ape = np.abs(rates[:, 1] / rates[:, 0] - 1) if len(rates) else np.array([])
            errors["curves"] = len(rates)
            errors[name] = float(np.median(ape)) if ape.size else None
        found[f"{limit:g}"] = errors
    return found


def gpu_count_within_range(
    table: Table, predicted: Predicted, dense: tuple[float, float], sparse: tuple[float, float]
) -> dict[str, float]:
    """Share of curves whose true number of replicas lies between those at the low and the high modelled rate.

    The load is 3.5 times the measured rate under the limit, which takes 4 replicas. `dense` and `sparse` are the
    stated ranges of measured over modelled speed. By limit in ms, and over all of them.
    """
    found, hits = {}, []
    for limit in TPOT_LIMITS_MS:
        rates = _rates(table, predicted, limit)
        if len(rates):
            low, high = (np.where(rates[:, 2] > 0, sparse[i], dense[i]) for i in (0, 1))
            load = (REPLICAS - 0.5) * rates[:, 0]
            fewest, most = np.ceil(load / (rates[:, 1] * high)), np.ceil(load / (rates[:, 1] * low))
            hit = (fewest <= REPLICAS) & (most >= REPLICAS)
            found[f"{limit:g}"] = float(np.mean(hit))
            hits.append(hit)
    return {**found, "all": float(np.mean(np.concatenate(hits)))} if hits else {}
