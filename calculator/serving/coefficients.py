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
    """Share of peak arithmetic reached by the matrix products of prefill."""
    mfu_decode: Array | float
    """Share of peak arithmetic reached by the matrix products of decode."""
    mfu_attention: Array | float
    """Share of peak 16-bit arithmetic reached by attention in prefill."""
    mfu_latent_attention: Array | float
    """Share of peak 16-bit arithmetic reached by decode's attention on a latent."""
    fp4_peak_share: Array | float
    """Share of the data sheet's FP4 peak that counts as peak above."""
    mbu_weights: Array | float
    """Share of peak memory bandwidth reached in reading weights outside routed experts."""
    mbu_experts: Array | float
    """Share of peak memory bandwidth reached in reading routed experts."""
    mbu_kv: Array | float
    """Share of peak memory bandwidth reached in reading the KV cache."""
    int4_efficiency: Array | float
    """Speed of expert products with 4-bit integers expanded to 16 bit, over that without expansion."""
    fp4_emulation_efficiency: Array | float
    """Speed of expert products with 4-bit floats on chips without FP4 units, over that without expansion."""
    layer_overhead_us: Array | float
    """Time a layer of a decode step takes beyond its traffic and arithmetic."""
    moe_layer_overhead_us: Array | float
    """The same for routing to experts."""
    latent_layer_overhead_us: Array | float
    """The same for the projections of latent attention."""
    linear_layer_overhead_us: Array | float
    """The same for linear attention and states."""
    step_overhead_us: Array | float
    """Time a decode step takes for scheduling and sampling."""
    sequence_overhead_us: Array | float
    """Time each sequence adds to a decode step."""
    prefill_overhead_us: Array | float
    """Time a prompt takes beyond its traffic and arithmetic."""
    engine_overhead_sglang: Array | float
    """Overheads of SGLang over those of vLLM."""
    engine_overhead_tensorrt_llm: Array | float
    """Overheads of TensorRT-LLM over those of vLLM."""
    allreduce_latency_us: Array | float
    """Time an exchange between two GPUs takes whatever its size."""
    link_efficiency: Array | float
    """Share of peak link bandwidth that a large exchange reaches."""
    activation_passes: Array | float
    """Times that a decode step moves each token's activations through memory in a layer."""
    expert_activation_passes: Array | float
    """The same for each expert that a token is sent to."""
    expert_imbalance: Array | float
    """Extra time of expert parallelism, where the busiest GPU is waited for."""
    expert_tile_tokens: Array | float
    """Rows that the product of an expert pays for at least."""
    expert_half_rate_tokens: Array | float
    """Rows at which the product of an expert reaches half its speed in prefill."""
    prefill_chunk_tokens: Array | float
    """Prompt tokens that one pass computes at most."""
    overlap_share: Array | float
    """Share of the shorter of prefill and decode that hides behind the longer."""
    memory_utilization: Array | float
    """Share of GPU memory that the server takes."""
    reserve_gib: Array | float
    """Memory of each GPU for activations, graphs and the runtime, GiB."""
    max_sequences: Array | float
    """Sequences that a replica's scheduler runs at once, at most."""
    max_sequences_offline: Array | float
    """The same for each attention group in benchmarks of maximum throughput."""

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


def throughput_ratio_id(sparse: bool) -> str:
    """The assumption that says how far measured speeds lie from modelled ones: sparse models are known less well."""
    return "serving.throughput_ratio_sparse" if sparse else "serving.throughput_ratio"
