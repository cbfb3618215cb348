"""The coefficients of the serving model, from `assumptions/serving.yaml`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Coefficients:
    """How close to its data sheet a GPU comes; every field is a number or an array over draws."""

    mfu_prefill: Array | float
    """Share of peak arithmetic reached in prefill."""
    mfu_decode: Array | float
    """Share of peak arithmetic reached in decode's matrix products."""
    mbu_weights: Array | float
    """Share of peak memory bandwidth reached in reading weights."""
    mbu_kv: Array | float
    """Share of peak memory bandwidth reached in reading the KV cache."""
    layer_overhead_us: Array | float
    """Time a layer of a decode step takes beyond its traffic and arithmetic."""
    step_overhead_us: Array | float
    """Time a decode step takes for scheduling and sampling."""
    sequence_overhead_us: Array | float
    """Time each sequence adds to a decode step."""
    prefill_overhead_us: Array | float
    """Time a prompt takes beyond its arithmetic."""
    allreduce_latency_us: Array | float
    """Time an all-reduce takes whatever its size."""
    link_efficiency: Array | float
    """Share of peak link bandwidth that an all-reduce reaches."""
    overlap_share: Array | float
    """Share of the shorter of prefill and decode that hides behind the longer."""
    memory_utilization: Array | float
    """Share of GPU memory that the server takes."""
    reserve_gib: Array | float
    """Memory of each GPU for activations, graphs and the runtime, GiB."""
    max_sequences: Array | float
    """Sequences that a replica's scheduler runs at once, at most."""
    sparse_moe_high_concurrency_ratio: Array | float
    """Measured over modelled speed of sparse mixture-of-experts models at large batches."""
    sparse_moe_active_share: Array | float
    """Models with a smaller share of active parameters count as sparse."""
    sparse_moe_first_batch: Array | float
    """Batch from which that ratio sets in."""
    sparse_moe_full_batch: Array | float
    """Batch from which it holds in full."""

    @staticmethod
    def read(number: Callable[[str], Array | float]) -> Coefficients:
        """All coefficients by id: `Assumptions.number` for base values, `Inputs.number` for draws."""
        return Coefficients(**{f.name: number(f"serving.{f.name}") for f in fields(Coefficients)})

    def columns(self) -> Coefficients:
        """The same with every array as a column (draws, 1), so that it broadcasts over batches."""
        return Coefficients(**{f.name: column(getattr(self, f.name)) for f in fields(Coefficients)})


def column(number: Array | float) -> Array:
    """A number or an array over draws as a column, (1, 1) or (draws, 1)."""
    return np.asarray(number, dtype=float).reshape(-1, 1)


def base(number: Array | float) -> float:
    """The first draw; the base value in a point estimate."""
    return float(np.asarray(number, dtype=float).flat[0])
