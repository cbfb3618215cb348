"""Speed: a roofline of prefill and decode with a few fitted coefficients.

Roofline: a step takes as long as its traffic over bandwidth or its arithmetic over peak (Williams et al.
2009, https://doi.org/10.1145/1498765.1498785); here the two are joined by hypot, which is smooth where they
meet. Transformer arithmetic: 2 FLOP a parameter and token (Kaplan et al. 2020, arXiv:2001.08361, section
2.1). All functions broadcast: pass draws as columns (draws, 1) and batches as rows (batch,). The search over
layouts passes many configurations at once: `tp` and every figure of the GPU as columns (configurations, 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.serving.architecture import Architecture
from calculator.serving.coefficients import Coefficients
from calculator.serving.deployment import Deployment, deployment
from calculator.serving.gpu import Gpu
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


@dataclass(frozen=True)
class Step:
    """Where a decode step's time goes; seconds, broadcast over what it was asked for."""

    dense: Array
    """Products outside routed experts."""
    experts: Array
    attention: Array
    activations: Array
    """Moving tokens between layers and experts."""
    exchange: Array
    """All-reduces or all-to-alls between GPUs."""
    overhead: Array
    """Launches, scheduling, sampling."""
    arithmetic: Array
    """Of it, arithmetic at the reached share of peak."""

    @property
    def seconds(self) -> Array:
        return self.dense + self.experts + self.attention + self.activations + self.exchange + self.overhead


def overhead_factor(d: Deployment, c: Coefficients) -> Any:
    """Overheads of the inference server over vLLM's."""
    return 1 + d.sglang * (c.engine_overhead_sglang - 1) + d.tensorrt_llm * (c.engine_overhead_tensorrt_llm - 1)


def exchange_seconds(d: Deployment, tokens: Array | float, c: Coefficients) -> Array:
    """Exchanges between the GPUs of a replica in one pass: 2 L (latency + 2 (n - 1)/n x tokens x hidden x 2 / link).

    `tokens` of one attention group. Ring all-reduce: each GPU sends 2 (n - 1)/n of the message (Patarasuk & Yuan
    2009, https://doi.org/10.1016/j.jpdc.2008.09.002); the latency grows with the root of the number of hops.
    """
    if np.all(np.equal(d.gpus, 1)):
        return np.zeros(())
    message = np.asarray(tokens) * d.hidden_size * ACTIVATION_BYTES
    transfer = 2 * (d.gpus - 1) / d.gpus * message / (d.link_bytes_per_second * c.link_efficiency)
    latency = c.allreduce_latency_us * MICRO * np.sqrt(np.log2(d.gpus))
    return np.asarray(ALLREDUCES_PER_LAYER * d.layers * np.where(np.greater(d.gpus, 1), latency + transfer, 0.0))


def dense_seconds(d: Deployment, tokens: Array | float, mfu: Array | float, c: Coefficients) -> tuple[Array, Array]:
    """Products outside routed experts for `tokens` of one attention group, and their arithmetic alone."""
    peak = d.dense_flops * (1 + d.dense_fp4 * (c.fp4_peak_share - 1))
    read = d.dense_parameters * d.dense_bytes / (d.tp * d.bytes_per_second * c.mbu_weights)
    arithmetic = FLOP_PER_PARAMETER * d.dense_parameters * np.asarray(tokens) / (d.tp * peak * mfu)
    return np.hypot(read, arithmetic), arithmetic


def expert_seconds(
    d: Deployment, tokens: Array | float, mfu: Array | float, c: Coefficients, prefill: bool
) -> tuple[Array, Array]:
    """Products of routed experts for `tokens` of all groups, and their arithmetic alone.

    Experts chosen evenly are hit with probability 1 - (1 - k/E)^tokens and then read whole. An expert's product
    pays for at least a tile of rows in decode and reaches half its speed at `expert_half_rate_tokens` rows in
    prefill; experts that lie whole on GPUs wait for the busiest one.
    """
    if not np.any(d.sparse):
        return np.zeros(()), np.zeros(())
    expansion = 1 + d.int4 * (c.int4_efficiency - 1) + d.emulated * (c.fp4_emulation_efficiency - 1)
    peak = d.expert_flops * expansion * (1 + d.expert_fp4 * (c.fp4_peak_share - 1))
    hit = 1 - (1 - np.minimum(d.active_experts, 1 - 1e-12)) ** np.asarray(tokens)
    rows = np.asarray(tokens) * d.active_experts
    rows = rows + c.expert_half_rate_tokens if prefill else np.hypot(rows, hit * c.expert_tile_tokens)
    read = d.expert_parameters * hit * d.expert_bytes / (d.gpus * d.bytes_per_second * c.mbu_experts * expansion)
    arithmetic = FLOP_PER_PARAMETER * d.expert_parameters * rows / (d.gpus * peak * mfu)
    waiting = d.sparse * (1 + c.expert_imbalance * d.expert_parallel)
    return np.hypot(read, arithmetic) * waiting, arithmetic * waiting


def activation_seconds(d: Deployment, tokens: Array | float, c: Coefficients) -> Array:
    """Tokens of all groups sent to their experts and back: passes x tokens x k x L x hidden x 2 bytes / bandwidth."""
    moved = np.asarray(tokens) * d.layers * d.hidden_size * ACTIVATION_BYTES * d.experts_per_token * d.sparse
    return np.asarray(c.expert_activation_passes * moved / (d.gpus * d.bytes_per_second))


def decode_step(
    d: Deployment, batch: Array | float, context_tokens: Array | float, kv_bytes: Array | float, c: Coefficients
) -> Step:
    """One decode step of `batch` sequences of `context_tokens` each.

    `kv_bytes`: read of the cache of one sequence on each GPU of the group that holds it. Latent attention reads little
    but computes every head on the whole latent (DeepSeek-V2, arXiv:2405.04434, section 2.1.2), so its
    arithmetic counts too: 4 x heads x latent a token.
    """
    b = np.asarray(batch, dtype=float)
    group = b / d.attention_dp
    dense, dense_arithmetic = dense_seconds(d, group, c.mfu_decode, c)
    experts, expert_arithmetic = expert_seconds(d, b, c.mfu_decode, c, prefill=False)
    cache = group * kv_bytes / (d.bytes_per_second * c.mbu_kv)
    seen = np.minimum(context_tokens, d.selected_tokens)
    latent = 2 * FLOP_PER_PARAMETER * d.attention_heads / d.tp * d.latent_elements * seen
    on_latent = group * latent / (d.attention_flops * c.mfu_latent_attention)
    within = c.activation_passes * group * d.layers * d.hidden_size * ACTIVATION_BYTES / (np.sqrt(d.tp) * d.bytes_per_second)
    a_layer = (
        c.layer_overhead_us
        + d.sparse * c.moe_layer_overhead_us
        + d.latent_share * c.latent_layer_overhead_us
        + d.linear_share * c.linear_layer_overhead_us
    )
    overhead = d.layers * a_layer * (1 + d.indexer) + c.step_overhead_us + group * c.sequence_overhead_us
    return Step(
        dense=dense,
        experts=experts,
        attention=np.hypot(cache, on_latent),
        activations=within + activation_seconds(d, b, c),
        exchange=exchange_seconds(d, group, c),
        overhead=overhead_factor(d, c) * overhead * MICRO,
        arithmetic=dense_arithmetic + expert_arithmetic + on_latent,
    )


def prefill_step(
    d: Deployment, new_tokens: Array | float, attention_flops: Array | float, prompts_at_once: Array | float, c: Coefficients
) -> tuple[Array, Array]:
    """Prefill of one prompt, seconds, and its arithmetic alone.

    `new_tokens` of the prompt are computed in passes of at most `prefill_chunk_tokens`, each of which reads the
    weights; short prompts that wait together (`prompts_at_once`) share a pass (Agrawal et al. 2024,
    arXiv:2403.02310, section 4). `attention_flops`: scores and values of the whole prompt, FLOP.
    """
    new = np.maximum(np.asarray(new_tokens, dtype=float), 1.0)
    chunk = np.maximum(np.minimum(new * np.maximum(prompts_at_once, 1.0), c.prefill_chunk_tokens), 1.0)
    dense, dense_arithmetic = dense_seconds(d, chunk, c.mfu_prefill, c)
    experts, expert_arithmetic = expert_seconds(d, chunk, c.mfu_prefill, c, prefill=True)
    a_pass = (
        dense / d.attention_dp + experts + activation_seconds(d, chunk, c) + exchange_seconds(d, chunk / d.attention_dp, c)
    )
    attention = np.asarray(attention_flops) / (d.attention_flops * c.mfu_attention * d.gpus)
    fixed = overhead_factor(d, c) * c.prefill_overhead_us * MICRO / d.attention_dp
    passes = np.asarray(new_tokens) / chunk
    arithmetic = passes * (dense_arithmetic / d.attention_dp + expert_arithmetic) + attention
    return np.asarray(passes * a_pass + attention + fixed), np.asarray(arithmetic)


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
    """One decode step of a replica of `tp` GPUs that runs `batch` sequences of `context_tokens` each."""
    d = deployment(architecture, gpu, tp, precision, attention_dp, attention_dp > 1)
    kv = kv_bytes_read(architecture, tp, precision, context_tokens, attention_dp)
    return decode_step(d, batch, context_tokens, kv, coefficients).seconds


def kv_bytes_read(
    architecture: Architecture, tp: Size, precision: Precision, context_tokens: Array | float, attention_dp: Size = 1
) -> Array:
    """What a step reads of the cache of one sequence on each GPU of the attention group that holds it, bytes."""
    share = architecture.kv_bytes_read_per_sequence(context_tokens, precision.kv_bytes, tp, attention_dp)
    return share * attention_dp


def prefill_seconds(
    architecture: Architecture,
    gpu: Gpu,
    tp: Size,
    precision: Precision,
    isl: Array | float,
    cached_share: Array | float,
    coefficients: Coefficients,
) -> Array:
    """Prefill of one prompt of `isl` tokens of which the first `cached_share` are in the cache, alone in its passes.

    The query-key pairs of attention are isl^2 (1 - c^2)/2.
    """
    d = deployment(architecture, gpu, tp, precision)
    new = np.asarray(isl) * (1 - np.asarray(cached_share))
    flops = architecture.attention_flops(isl, np.asarray(isl) - new)
    return prefill_step(d, new, flops, 1.0, coefficients)[0]
