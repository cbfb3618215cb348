"""Waiting: the time to first token of a replica that is partly busy.

A request waits until one of the replica's sequences ends (a queue of as many servers as sequences run at once),
then behind the prompts before it (a queue of one server), then for its own prefill and one step. Mean waits:
Sakasegawa 1977 for many servers (https://doi.org/10.1007/BF02532228), Pollaczek and Khinchine for one with
constant service (Kleinrock, Queueing Systems, volume 1, section 5.6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from calculator.serving.capacity import Capacity

    Array = NDArray[np.float64]

GRID = np.linspace(0.02, 0.98, 49)
"""Utilizations at which a target for the time to first token is tried."""


def prompt_wait_seconds(prompts_per_second: Array | float, prefill_seconds: Array | float) -> Array:
    """Mean wait behind other prompts: rho t/(2 (1 - rho)) with rho = rate x t; infinite from rho = 1 on."""
    rho = np.asarray(prompts_per_second) * prefill_seconds
    with np.errstate(divide="ignore"):
        return np.where(rho < 1, rho * prefill_seconds / (2 * np.maximum(1 - rho, 0)), np.inf)


def slot_wait_seconds(utilization: Array | float, slots: Array | float, residence_seconds: Array | float) -> Array:
    """Mean wait for one of `slots` sequences: rho^(sqrt(2 (c + 1)) - 1)/(c (1 - rho)) x residence."""
    rho, c = np.asarray(utilization, dtype=float), np.asarray(slots, dtype=float)
    with np.errstate(divide="ignore"):
        share = rho ** (np.sqrt(2 * (c + 1)) - 1) / (c * np.maximum(1 - rho, 0))
    return np.where(rho < 1, share * residence_seconds, np.inf)


def ttft_seconds(
    utilization: Array | float,
    requests_per_second: Array | float,
    batch: Array | float,
    first_token_seconds: Array | float,
    residence_seconds: Array | float,
    stages: Array | float = 1.0,
) -> Array:
    """Mean time to first token at a share of the full rate.

    `requests_per_second` and `batch` are those at full use, `first_token_seconds` the prefill and one step
    without waiting, taken as the time for which a prompt keeps others waiting; `residence_seconds` from
    admission to the last token; `stages` of a pipeline that take prompts one after the other. All broadcast.
    Measured times scatter around it by about a factor of two.
    """
    rate = np.asarray(utilization) * requests_per_second
    busy = np.asarray(first_token_seconds) / stages
    waits = prompt_wait_seconds(rate, busy) + slot_wait_seconds(utilization, batch, residence_seconds)
    return np.asarray(first_token_seconds + waits)


def utilization_at_ttft(
    target_seconds: float,
    requests_per_second: Array,
    batch: Array,
    first_token_seconds: Array,
    residence_seconds: Array,
    stages: Array | float = 1.0,
) -> Array:
    """The largest share of the full rate at which the time to first token holds, (n,), from arrays (n,).

    0 where even an idle replica is too slow.
    """
    columns = (
        np.asarray(x, dtype=float).reshape(-1, 1)
        for x in (requests_per_second, batch, first_token_seconds, residence_seconds, stages)
    )
    holds = ttft_seconds(GRID[None, :], *columns) <= target_seconds
    return np.asarray(np.where(holds, GRID, 0.0).max(axis=1))


def planned_utilization(capacity: Capacity, osl: Array, limit: Array, ttft_ms: float | None) -> Array:
    """Share of a replica's full rate that is planned for, (draws,): the limit, less where a target must hold.

    0 where the target cannot be held at any load.
    """
    if ttft_ms is None:
        return limit
    first, residence = _times(capacity, osl)
    return np.minimum(
        limit, utilization_at_ttft(ttft_ms / 1e3, capacity.requests_per_second, capacity.batch, first, residence)
    )


def ttft_at_ms(capacity: Capacity, osl: Array, utilization: Array) -> Array:
    """Mean time to first token at a share of a replica's full rate, waits included, ms, (draws,)."""
    first, residence = _times(capacity, osl)
    return ttft_seconds(utilization, capacity.requests_per_second, capacity.batch, first, residence) * 1e3


def _times(capacity: Capacity, osl: Array) -> tuple[Array, Array]:
    first = capacity.ttft_ms / 1e3
    return first, first + np.maximum(osl, 1.0) * capacity.tpot_ms / 1e3
