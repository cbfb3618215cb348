"""What a replica serves, and that it moves the right way."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.serving import Capacity, Gpu, Precision, replica_capacity
from calculator.serving.capacity import batch_grid, output_tokens_per_second

from .shapes import COEFFICIENTS, DEEPSEEK_V3, GPT_OSS_120B, H100, LLAMA_8B, LLAMA_70B

FP8 = Precision("fp8", "fp8", "bf16")
BF16 = Precision("bf16", "bf16", "bf16")
MODELS = st.sampled_from([LLAMA_8B, LLAMA_70B, GPT_OSS_120B])
ISL, OSL = st.integers(1, 20_000), st.integers(1, 5_000)
TPOT = st.floats(5, 500)


def capacity(model=LLAMA_70B, gpu: Gpu = H100, tp=4, isl=1000.0, osl=500.0, cached=0.0, tpot=50.0, **more) -> Capacity:  # type: ignore[no-untyped-def]
    return replica_capacity(model, gpu, tp, FP8, isl, osl, cached, tpot, COEFFICIENTS, **more)


def rate(**given: object) -> float:
    return float(capacity(**given).requests_per_second[0])  # type: ignore[arg-type]


@given(MODELS, ISL, OSL, TPOT, st.floats(1, 5))
def test_more_bandwidth_never_serves_less(model: object, isl: int, osl: int, tpot: float, faster: float) -> None:
    better = replace(H100, memory_bandwidth_gb_per_s=H100.memory_bandwidth_gb_per_s * faster)
    work = {"model": model, "isl": isl, "osl": osl, "tpot": tpot}
    assert rate(gpu=better, **work) >= rate(**work) * (1 - 1e-12)


@given(MODELS, ISL, OSL, TPOT, st.floats(0.2, 1))
def test_a_tighter_target_never_serves_more(model: object, isl: int, osl: int, tpot: float, tighter: float) -> None:
    work = {"model": model, "isl": isl, "osl": osl}
    assert rate(tpot=tpot * tighter, **work) <= rate(tpot=tpot, **work) * (1 + 1e-12)


@given(MODELS, ISL, OSL, TPOT, st.integers(1, 10_000))
def test_longer_prompts_never_serve_more(model: object, isl: int, osl: int, tpot: float, more: int) -> None:
    work = {"model": model, "osl": osl, "tpot": tpot}
    assert rate(isl=isl + more, **work) <= rate(isl=isl, **work) * (1 + 1e-12)


@given(MODELS, ISL, OSL, TPOT, st.floats(0, 1))
def test_caching_never_serves_less(model: object, isl: int, osl: int, tpot: float, cached: float) -> None:
    work = {"model": model, "isl": isl, "osl": osl, "tpot": tpot}
    assert rate(cached=cached, **work) >= rate(**work) * (1 - 1e-12)


def test_request_shape_decides_tokens_per_second() -> None:
    """One constant for all prompts would miss this factor (published: 3 to 5)."""
    chat = capacity(isl=1000, osl=1000).output_tokens_per_second[0] / 4
    retrieval = capacity(isl=4000, osl=500).output_tokens_per_second[0] / 4
    assert 2.5 < chat / retrieval < 5
    assert 500 < chat < 4000


def test_limits_that_bind() -> None:
    assert capacity(tpot=30).binds == "tpot"
    roomy = capacity(batch_work=True, isl=1000, osl=4000)
    assert roomy.binds == "memory"
    assert roomy.batch[0] * 5000 * 327_680 / 4 / 2**30 == pytest.approx(roomy.memory.kv_gib)
    assert roomy.memory.fits
    assert capacity(model=LLAMA_8B, tp=1, isl=2000, osl=10, tpot=1e6).binds == "compute"
    assert (
        capacity(model=DEEPSEEK_V3, gpu=replace(H100, memory_gib=1e4), tp=8, isl=100, osl=5000, tpot=1e6).binds
        == "bandwidth"
    )


def test_work_that_may_wait_ignores_the_target() -> None:
    assert rate(tpot=12, batch_work=True) > 2 * rate(tpot=12)


def test_what_does_not_fit_serves_nothing() -> None:
    result = capacity(model=DEEPSEEK_V3, tp=8)
    assert not result.fits
    assert not result.usable
    assert result.requests_per_second[0] == 0
    assert "GiB are available" in result.reason


def test_what_is_too_slow_says_so() -> None:
    result = capacity(tpot=2)
    assert result.fits
    assert not result.meets_tpot
    assert "2 ms are allowed" in result.reason
    assert result.batch[0] == 1


def test_curve_and_point_agree() -> None:
    result = capacity(tpot=40)
    assert result.tpot_ms[0] <= 40
    point = next(p for p in result.curve if p.batch == result.batch[0])
    assert point.tokens_per_second == pytest.approx(result.output_tokens_per_second[0])
    assert point.tokens_per_second == pytest.approx(
        output_tokens_per_second(LLAMA_70B, H100, 4, FP8, 1000, 500, point.batch, COEFFICIENTS)
    )
    assert [p.tpot_ms for p in result.curve] == sorted(p.tpot_ms for p in result.curve)


def test_draws_equal_single_evaluations() -> None:
    isl, ratio = np.array([500.0, 1000.0, 8000.0]), np.array([0.7, 1.0, 1.4])
    together = replica_capacity(LLAMA_70B, H100, 4, FP8, isl, 300, 0.3, 50, COEFFICIENTS, ratio)
    alone = [rate(isl=i, osl=300, cached=0.3, throughput_ratio=r) for i, r in zip(isl, ratio, strict=True)]
    assert together.requests_per_second.shape == (3,)
    # The grid ends at the largest batch of any draw, so a draw may meet another neighbour of its best batch.
    assert together.requests_per_second == pytest.approx(alone, rel=0.02)


def test_platform_efficiency_scales_like_the_measured_ratio() -> None:
    slow = replace(H100, platform_efficiency=0.65)
    assert rate(gpu=slow) == rate(throughput_ratio=0.65)


def test_batch_grid() -> None:
    grid = batch_grid(1000)
    assert grid[0] == 1
    assert grid[-1] == 1000
    assert np.all(np.diff(grid) > 0)
    assert batch_grid(1).tolist() == [1]


def test_speed_of_512_draws() -> None:
    draws = np.random.default_rng(1)
    isl, osl, ratio = (
        draws.uniform(500, 2000, 512),
        draws.uniform(100, 400, 512),
        draws.lognormal(0, 0.25, 512),
    )
    times = []
    for _ in range(5):
        start = time.perf_counter()
        replica_capacity(LLAMA_8B, H100, 1, BF16, isl, osl, 0.3, 50, COEFFICIENTS, ratio)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.015
