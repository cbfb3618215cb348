"""The roofline's limits and directions."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.serving import Architecture, Coefficients, Precision, decode_step_seconds, prefill_seconds
from calculator.serving.attention import AttentionLayers
from calculator.serving.coefficients import column
from calculator.serving.deployment import Deployment, deployment
from calculator.serving.speed import cycle_seconds, decode_step, exchange_seconds, expert_seconds, prefill_step

from .shapes import B200, COEFFICIENTS, DEEPSEEK_V3, GPT_OSS_120B, H100, LLAMA_8B, LLAMA_70B

BF16 = Precision("bf16", "bf16", "bf16")
FP8 = Precision("fp8", "fp8", "bf16")
SHARES = ("mfu_prefill", "mfu_decode", "mfu_attention", "mfu_latent_attention", "mbu_weights", "mbu_experts", "mbu_kv")
COSTS = (
    *("layer_overhead_us", "moe_layer_overhead_us", "latent_layer_overhead_us", "linear_layer_overhead_us"),
    *("step_overhead_us", "sequence_overhead_us", "prefill_overhead_us", "activation_passes", "expert_activation_passes"),
    *("expert_tile_tokens", "expert_half_rate_tokens", "expert_imbalance"),
)
IDEAL = replace(COEFFICIENTS, **dict.fromkeys(SHARES, 1.0), **dict.fromkeys(COSTS, 0.0))
MODELS = st.sampled_from([LLAMA_8B, LLAMA_70B, GPT_OSS_120B, DEEPSEEK_V3])


def test_one_sequence_reads_the_weights_once() -> None:
    step = decode_step_seconds(LLAMA_8B, H100, 1, BF16, 1, 0, IDEAL)
    assert float(step) == pytest.approx(8.03e9 * 2 / 3350e9, rel=1e-3)


def test_the_input_embedding_is_not_read() -> None:
    untied = replace(LLAMA_8B, embedding_parameters=2 * 128_256 * 4096)
    saved = decode_step_seconds(LLAMA_8B, H100, 1, BF16, 1, 0, IDEAL) - decode_step_seconds(
        untied, H100, 1, BF16, 1, 0, IDEAL
    )
    assert float(saved) == pytest.approx(128_256 * 4096 * 2 / 3350e9, rel=1e-2)


def test_cache_traffic_adds() -> None:
    gap = decode_step_seconds(LLAMA_8B, H100, 1, BF16, 32, 4000, IDEAL) - decode_step_seconds(
        LLAMA_8B, H100, 1, BF16, 32, 0, IDEAL
    )
    assert float(gap) == pytest.approx(32 * 4000 * 131_072 / 3350e9)


def test_long_prefill_is_arithmetic_and_skips_what_is_cached() -> None:
    endless = replace(IDEAL, prefill_chunk_tokens=1e9)
    whole = float(prefill_seconds(LLAMA_8B, H100, 1, BF16, 100_000, 0, endless))
    assert whole == pytest.approx((2 * 8.03e9 * 1e5 + 4 * 32 * 32 * 128 * 1e10 / 2) / 989e12, rel=1e-3)
    assert float(prefill_seconds(LLAMA_8B, H100, 1, BF16, 1000, 1, IDEAL)) == 0
    assert 0.25 * whole < float(prefill_seconds(LLAMA_8B, H100, 1, BF16, 100_000, 0.5, endless)) < whole


def test_each_pass_of_prefill_reads_the_weights() -> None:
    tiny = replace(IDEAL, prefill_chunk_tokens=1.0)
    assert float(prefill_seconds(LLAMA_8B, H100, 1, BF16, 10, 0, tiny)) == pytest.approx(10 * 8.03e9 * 2 / 3350e9, rel=1e-2)


def test_short_prompts_share_a_pass() -> None:
    d = deployment(DEEPSEEK_V3, H100, 8, FP8)
    alone, together = (float(prefill_step(d, 200, 0, n, COEFFICIENTS)[0]) for n in (1, 16))
    assert together < 0.5 * alone


def test_one_gpu_has_nobody_to_talk_to() -> None:
    assert exchange_seconds(deployment(LLAMA_8B, H100, 1, BF16), 64, COEFFICIENTS) == 0
    assert exchange_seconds(deployment(LLAMA_8B, H100, 2, BF16), 64, COEFFICIENTS) > 0


def test_overlap_hides_part_of_the_shorter() -> None:
    assert cycle_seconds(np.array(0.01), np.array(0.1), 10, 100, 0.3) == pytest.approx(1 + 1 - 0.3)


def test_few_tokens_hit_few_experts() -> None:
    d = deployment(GPT_OSS_120B, B200, 1, Precision("fp4", "fp4", "bf16"))
    one, many = (float(expert_seconds(d, n, 0.5, IDEAL, prefill=False)[0]) for n in (1, 1000))
    assert one == pytest.approx(GPT_OSS_120B.expert_parameters * 4 / 128 * 4.5 / 8 / 7700e9, rel=0.01)
    assert many > 20 * one
    assert float(expert_seconds(deployment(LLAMA_8B, H100, 1, BF16), 64, 0.5, IDEAL, prefill=False)[0]) == 0


def test_experts_whole_on_gpus_wait_for_the_busiest() -> None:
    split, whole = (
        float(expert_seconds(deployment(DEEPSEEK_V3, H100, 8, FP8, 1, e), 64, 0.5, COEFFICIENTS, prefill=False)[0])
        for e in (False, True)
    )
    assert whole == pytest.approx(split * (1 + 0.07))


def test_a_latent_is_computed_by_every_head() -> None:
    """Latent attention reads little and computes much, so that long contexts are bound by arithmetic."""
    d = deployment(DEEPSEEK_V3, H100, 8, FP8)
    kv = float(DEEPSEEK_V3.kv_bytes_read_per_sequence(1e5, 2, 8))
    step = decode_step(d, 32, 1e5, kv, IDEAL)
    assert float(step.attention) > 32 * kv / 3350e9
    assert decode_step(d, 32, 1e5, kv, replace(IDEAL, mfu_latent_attention=1e9)).attention == pytest.approx(32 * kv / 3350e9)


def test_an_indexer_adds_overhead_and_saves_attention() -> None:
    layers = replace(DEEPSEEK_V3.attention[0], selected=2048, index_bytes=132)
    picked = replace(DEEPSEEK_V3, attention=(layers,))
    short, long = (
        decode_step_seconds(picked, H100, 8, FP8, 64, n, COEFFICIENTS)
        / decode_step_seconds(DEEPSEEK_V3, H100, 8, FP8, 64, n, COEFFICIENTS)
        for n in (1_000, 100_000)
    )
    assert short > 1 > long


def test_linear_layers_cost_overhead() -> None:
    hybrid = replace(LLAMA_8B, attention=(AttentionLayers(8, 8, 2 * 8 * 128, 128),))
    gap = decode_step_seconds(hybrid, H100, 1, BF16, 1, 0, COEFFICIENTS) - decode_step_seconds(
        LLAMA_8B, H100, 1, BF16, 1, 0, COEFFICIENTS
    )
    assert float(gap) == pytest.approx(24 * 21e-6)


def test_engines_differ_in_overhead() -> None:
    times = [
        float(decode_step(deployment(LLAMA_8B, H100, 1, BF16, engine=e), 1, 0, 0, COEFFICIENTS).overhead)
        for e in ("tensorrt_llm", "vllm", "sglang")
    ]
    assert times == pytest.approx([0.92 * times[1], times[1], 1.1 * times[1]])


@given(MODELS, st.integers(1, 2000), st.integers(1, 2000), st.integers(0, 50_000))
def test_more_sequences_never_answer_fewer_tokens(model: Architecture, batch: int, more: int, context: int) -> None:
    d, kv = deployment(model, H100, 8, FP8), float(model.kv_bytes_read_per_sequence(context, 2, 8))
    first, second = (n / float(decode_step(d, n, context, kv, COEFFICIENTS).seconds) for n in (batch, batch + more))
    assert second >= first * (1 - 1e-9)


@given(MODELS, st.integers(1, 500), st.floats(1, 4))
def test_a_better_gpu_is_never_slower(model: Architecture, batch: int, better: float) -> None:
    columns = ("memory_bandwidth_gb_per_s", "bf16_dense_tflops", "fp8_dense_tflops", "link_gb_per_s")
    for column_name in columns:
        faster = replace(H100, **{column_name: getattr(H100, column_name) * better})
        slow, fast = (decode_step_seconds(model, g, 8, FP8, batch, 1000, COEFFICIENTS) for g in (H100, faster))
        assert float(fast) <= float(slow) * (1 + 1e-12)


def test_draws_and_batches_broadcast() -> None:
    drawn = replace(COEFFICIENTS, mbu_kv=np.linspace(0.4, 1, 5)).columns()
    batch, context = np.array([1.0, 8, 64]), column(np.linspace(100, 500, 5))
    assert decode_step_seconds(GPT_OSS_120B, H100, 2, BF16, batch, context, drawn).shape == (5, 3)


def test_a_stack_equals_its_parts() -> None:
    c: Coefficients = COEFFICIENTS
    parts = [deployment(m, H100, n, FP8) for m, n in ((LLAMA_8B, 1), (DEEPSEEK_V3, 8), (GPT_OSS_120B, 2))]
    together = decode_step(Deployment.stack(parts), np.array([1.0, 64, 300]), 1000, 1e6, c).seconds
    alone = [float(decode_step(d, b, 1000, 1e6, c).seconds) for d, b in zip(parts, (1.0, 64, 300), strict=True)]
    assert together == pytest.approx(alone)
