"""Speed: a roofline of prefill and decode with a few fitted coefficients.

Roofline: a step takes as long as its traffic over bandwidth or its arithmetic over peak (Williams et al.
2009, https://doi.org/10.1145/1498765.1498785); here the two are joined by hypot, which is smooth where they
meet. Transformer arithmetic: 2 FLOP a parameter and token (Kaplan et al. 2020, arXiv:2001.08361, section
2.1). All functions broadcast: pass draws as columns (draws, 1) and batches as rows (batch,). The search over
layouts passes many configurations at once: `tp` and every figure of the GPU as columns (configurations, 1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from calculator.errors import InputError
from calculator.serving.architecture import GIB, Architecture
from calculator.serving.coefficients import Coefficients
from calculator.serving.gpu import TERA, Gpu
from calculator.serving.memory import weights_gib
from calculator.serving.precision import Precision

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Size = int | NDArray[np.int64]

MICRO = 1e-6
FLOP_PER_PARAMETER = 2.0
ALLREDUCES_PER_LAYER = 2
"""After attention and after the feed-forward network (Shoeybi et al. 2019, arXiv:1909.08053, figure 4)."""
ACTIVATION_BYTES = 2


def flops_per_second(gpu: Gpu, number_format: str) -> Array | float:
    """Peak dense arithmetic; InputError where the chip has no units for the format."""
    tflops = gpu.dense_tflops(number_format)
    if tflops is None:
        raise InputError(f"{gpu.name} has no {number_format} units")
    return tflops * TERA


def allreduce_seconds(architecture: Architecture, gpu: Gpu, tp: Size, tokens: Array | float, c: Coefficients) -> Array:
    """All-reduces of one pass: 2 L (latency + 2 (n - 1)/n x tokens x hidden x 2 bytes / link).

    Ring all-reduce: each GPU sends 2 (n - 1)/n of the message (Patarasuk & Yuan 2009,
    https://doi.org/10.1016/j.jpdc.2008.09.002).
    """
    if np.all(np.equal(tp, 1)):
        return np.zeros(())
    message = np.asarray(tokens) * architecture.hidden_size * ACTIVATION_BYTES
    transfer = 2 * (tp - 1) / tp * message / (gpu.link_bytes_per_second * c.link_efficiency)
    once = np.where(np.greater(tp, 1), c.allreduce_latency_us * MICRO + transfer, 0.0)
    return np.asarray(ALLREDUCES_PER_LAYER * architecture.layers * once)


def weights_read_seconds(
    architecture: Architecture, gpu: Gpu, tp: Size, precision: Precision, batch: Array | float, c: Coefficients
) -> Array:
    """Reading the weights that a decode step touches; of a mixture of experts only those that are hit."""
    size = weights_gib(architecture, precision.weights) * GIB / architecture.total_parameters
    touched = architecture.parameters_touched(batch) * size
    return np.asarray(touched / (tp * gpu.bytes_per_second * c.mbu_weights))


def decode_arithmetic_seconds(
    architecture: Architecture, gpu: Gpu, tp: Size, precision: Precision, batch: Array | float, c: Coefficients
) -> Array:
    """Matrix products of a decode step: 2 x active parameters x batch."""
    flops = FLOP_PER_PARAMETER * architecture.active_parameters * np.asarray(batch)
    return np.asarray(flops / (tp * flops_per_second(gpu, precision.compute) * c.mfu_decode))


def decode_step_seconds(
    architecture: Architecture,
    gpu: Gpu,
    tp: Size,
    precision: Precision,
    batch: Array | float,
    context_tokens: Array | float,
    coefficients: Coefficients,
    attention_dp: int = 1,
) -> Array:
    """One decode step of `batch` sequences with `context_tokens` each.

    hypot(weights read, arithmetic) + KV cache read + all-reduces + overheads by layer, step and sequence.
    """
    c = coefficients
    read = weights_read_seconds(architecture, gpu, tp, precision, batch, c)
    arithmetic = decode_arithmetic_seconds(architecture, gpu, tp, precision, batch, c)
    kv = architecture.kv_bytes_read_per_sequence(context_tokens, precision.kv_bytes, tp, attention_dp)
    overhead = architecture.layers * c.layer_overhead_us + c.step_overhead_us + np.asarray(batch) * c.sequence_overhead_us
    return np.asarray(
        np.hypot(read, arithmetic)
        + batch * (kv / (gpu.bytes_per_second * c.mbu_kv))
        + allreduce_seconds(architecture, gpu, tp, batch, c)
        + overhead * MICRO
    )


def prefill_seconds(
    architecture: Architecture,
    gpu: Gpu,
    tp: Size,
    precision: Precision,
    isl: Array | float,
    cached_share: Array | float,
    coefficients: Coefficients,
) -> Array:
    """Prefill of one prompt of `isl` tokens of which the first `cached_share` are in the cache.

    (2 x active parameters x isl (1 - c) + attention over isl^2 (1 - c^2)/2 pairs) / peak + all-reduces +
    overhead. Attention runs in 16 bit whatever the weights.
    """
    c = coefficients
    new = np.asarray(isl) * (1 - np.asarray(cached_share))
    peak = flops_per_second(gpu, precision.compute)
    linear = FLOP_PER_PARAMETER * architecture.active_parameters * new / peak
    attention = architecture.attention_flops(isl, np.asarray(isl) - new) / flops_per_second(gpu, "bf16")
    return np.asarray(
        (linear + attention) / (tp * c.mfu_prefill)
        + allreduce_seconds(architecture, gpu, tp, new, c)
        + c.prefill_overhead_us * MICRO
    )


def sparse_moe_ratio(architecture: Architecture, batch: Array | float, coefficients: Coefficients) -> Array:
    """Factor on the speed of sparse mixtures of experts at large batches, where the roofline is too fast.

    1 up to `sparse_moe_first_batch`, `sparse_moe_high_concurrency_ratio` from `sparse_moe_full_batch` on,
    linear in the logarithm of the batch between; 1 for dense models and those with a large active share.
    """
    c = coefficients
    if not architecture.is_sparse:
        return np.ones(())
    position = np.log(np.asarray(batch) / c.sparse_moe_first_batch) / np.log(
        np.asarray(c.sparse_moe_full_batch) / c.sparse_moe_first_batch
    )
    ratio = 1 + np.clip(position, 0, 1) * (np.asarray(c.sparse_moe_high_concurrency_ratio) - 1)
    return np.where(architecture.active_share < np.asarray(c.sparse_moe_active_share), ratio, 1.0)


def cycle_seconds(
    decode: Array, prefill: Array, batch: Array | float, osl: Array | float, overlap_share: Array | float
) -> Array:
    """Time in which a full batch of requests is answered in steady state.

    osl decode steps and one prefill a sequence share the GPU; `overlap_share` of the shorter of the two hides
    behind the longer: osl t_d + B t_p - overlap min(osl t_d, B t_p).
    """
    decoding = np.asarray(osl) * decode
    filling = np.asarray(batch) * prefill
    return np.asarray(decoding + filling - overlap_share * np.minimum(decoding, filling))
