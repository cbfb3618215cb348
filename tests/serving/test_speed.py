"""The roofline's limits and directions."""

from dataclasses import replace

import numpy as np
import pytest

from calculator.serving import Precision, decode_step_seconds, prefill_seconds
from calculator.serving.coefficients import column
from calculator.serving.speed import allreduce_seconds, cycle_seconds, sparse_moe_ratio

from .shapes import COEFFICIENTS, DEEPSEEK_V3, GPT_OSS_120B, H100, LLAMA_8B

BF16 = Precision("bf16", "bf16", "bf16")
IDEAL = replace(
    COEFFICIENTS,
    mfu_prefill=1,
    mfu_decode=1,
    mbu_weights=1,
    mbu_kv=1,
    layer_overhead_us=0,
    step_overhead_us=0,
    sequence_overhead_us=0,
    prefill_overhead_us=0,
)


def test_one_sequence_reads_the_weights_once() -> None:
    step = decode_step_seconds(LLAMA_8B, H100, 1, BF16, 1, 0, IDEAL)
    assert float(step) == pytest.approx(8.03e9 * 2 / 3350e9, rel=1e-3)


def test_cache_traffic_adds() -> None:
    gap = decode_step_seconds(LLAMA_8B, H100, 1, BF16, 32, 4000, IDEAL) - decode_step_seconds(
        LLAMA_8B, H100, 1, BF16, 32, 0, IDEAL
    )
    assert float(gap) == pytest.approx(32 * 4000 * 131_072 / 3350e9)


def test_prefill_is_arithmetic_and_skips_what_is_cached() -> None:
    whole = float(prefill_seconds(LLAMA_8B, H100, 1, BF16, 1000, 0, IDEAL))
    assert whole == pytest.approx((2 * 8.03e9 * 1000 + 4 * 32 * 32 * 128 * 1000**2 / 2) / 989e12)
    assert float(prefill_seconds(LLAMA_8B, H100, 1, BF16, 1000, 1, IDEAL)) == 0
    assert 0.25 * whole < float(prefill_seconds(LLAMA_8B, H100, 1, BF16, 1000, 0.5, IDEAL)) < whole


def test_one_gpu_has_nobody_to_talk_to() -> None:
    assert allreduce_seconds(LLAMA_8B, H100, 1, 64, COEFFICIENTS) == 0
    assert allreduce_seconds(LLAMA_8B, H100, 2, 64, COEFFICIENTS) > 0


def test_overlap_hides_part_of_the_shorter() -> None:
    assert cycle_seconds(np.array(0.01), np.array(0.1), 10, 100, 0.3) == pytest.approx(1 + 1 - 0.3)


def test_sparse_models_slow_down_at_large_batches() -> None:
    batch = np.array([1.0, 16, 45.25, 128, 500])
    ratio = sparse_moe_ratio(GPT_OSS_120B, batch, COEFFICIENTS)
    assert ratio == pytest.approx([1, 1, 0.825, 0.65, 0.65], abs=1e-3)
    assert np.all(sparse_moe_ratio(LLAMA_8B, batch, COEFFICIENTS) == 1)
    dense_enough = replace(DEEPSEEK_V3, active_parameters=80e9)
    assert np.all(sparse_moe_ratio(dense_enough, batch, COEFFICIENTS) == 1)


def test_draws_and_batches_broadcast() -> None:
    drawn = replace(COEFFICIENTS, sparse_moe_high_concurrency_ratio=np.linspace(0.4, 1, 5)).columns()
    batch, context = np.array([1.0, 8, 64]), column(np.linspace(100, 500, 5))
    assert decode_step_seconds(GPT_OSS_120B, H100, 2, BF16, batch, context, drawn).shape == (5, 3)
    assert sparse_moe_ratio(GPT_OSS_120B, batch, drawn).shape == (5, 3)
