"""Choosing tensor parallelism."""

from dataclasses import replace

import pytest

from calculator.errors import InputError
from calculator.serving import Precision, Work, choose_layout
from calculator.serving.placement import Placement, allowed_tp, placed_capacity, placed_memory, placements

from .shapes import COEFFICIENTS, DEEPSEEK_V3, H100, LLAMA_8B, LLAMA_70B, LLAMA_405B, gqa

H200 = replace(H100, name="H200", memory_gib=141, memory_bandwidth_gb_per_s=4800)

FP8 = Precision("fp8", "fp8", "bf16")
CHAT = Work(1000, 200, 0.3, 50)


def test_sizes_divide_the_heads() -> None:
    assert allowed_tp(LLAMA_70B, H100) == (1, 2, 4, 8)
    assert allowed_tp(gqa("odd", 7, 32, 4096, 28, 4, 128), H100) == (1, 2, 4)
    assert allowed_tp(LLAMA_70B, replace(H100, gpus_per_node=4)) == (1, 2, 4)


def test_fewest_gpus_win() -> None:
    small = choose_layout(LLAMA_8B, H100, FP8, [CHAT], COEFFICIENTS)
    assert small.tp == 1
    assert {place.tp for place, _ in small.rejected} == {2, 4, 8}
    large = choose_layout(LLAMA_70B, H100, FP8, [CHAT], COEFFICIENTS)
    each = [choose_layout(LLAMA_70B, H100, FP8, [CHAT], COEFFICIENTS, tp=n).gpus_per_request_per_second for n in (2, 4, 8)]
    assert large.gpus_per_request_per_second == min(each)


def test_whole_replicas_may_prefer_a_smaller_one() -> None:
    fleet = choose_layout(
        LLAMA_70B,
        H100,
        FP8,
        [Work(1000, 200, 0, 50, 0.1)],
        COEFFICIENTS,
        gpus_needed=lambda tp, load: tp * (-(-load // 1) + 1),
    )
    assert fleet.tp == 1
    assert choose_layout(LLAMA_70B, H100, FP8, [CHAT], COEFFICIENTS).tp > 1


def test_a_given_size_is_honoured_or_refused() -> None:
    assert choose_layout(LLAMA_8B, H100, FP8, [CHAT], COEFFICIENTS, tp=4).tp == 4
    with pytest.raises(InputError, match="does not divide"):
        choose_layout(LLAMA_8B, H100, FP8, [CHAT], COEFFICIENTS, tp=5)
    assert choose_layout(LLAMA_405B, H100, FP8, [CHAT], COEFFICIENTS, tp=4).placement == Placement(4, 2)


def test_what_fits_nowhere_says_what_is_missing() -> None:
    alone = replace(H100, gpus_per_node=1, memory_gib=40)
    with pytest.raises(InputError, match=r"1 x H100 on each of 8 nodes.*: needs 8.* GiB on each GPU"):
        choose_layout(DEEPSEEK_V3, alone, FP8, [CHAT], COEFFICIENTS)


def test_what_no_node_holds_runs_over_several() -> None:
    layout = choose_layout(DEEPSEEK_V3, H100, FP8, [CHAT], COEFFICIENTS, pipeline_efficiency=0.85)
    assert layout.placement.nodes == 2
    assert {place.nodes for place, reason in layout.rejected if "GiB" in reason} == {1}


def test_a_pipeline_serves_less_than_its_stages_would_alone() -> None:
    roomy = replace(H100, memory_gib=200)
    one = placed_capacity(LLAMA_405B, roomy, Placement(8), FP8, 1000, 200, 0.0, 50, COEFFICIENTS)
    two = placed_capacity(
        LLAMA_405B, roomy, Placement(8, 2), FP8, 1000, 200, 0.0, 50, COEFFICIENTS, pipeline_efficiency=0.85
    )
    assert two.tpot_ms == one.tpot_ms  # bound by time per token, not by memory
    assert two.requests_per_second == pytest.approx(2 * 0.85 * one.requests_per_second)
    assert two.batch == 2 * one.batch
    assert two.memory.weights_gib == pytest.approx(one.memory.weights_gib / 2)
    assert two.memory.gpus == 16


def test_spread_experts_hold_each_sequence_once() -> None:
    split = placed_memory(DEEPSEEK_V3, H200, Placement(8), FP8, 10_000, 80, COEFFICIENTS)
    spread = placed_memory(DEEPSEEK_V3, H200, Placement(8, 1, 8), FP8, 10_000, 80, COEFFICIENTS)
    assert split.kv_gib == pytest.approx(8 * spread.kv_gib)
    copied = replace(DEEPSEEK_V3, attention_parameters=11e9)
    more = placed_memory(copied, H200, Placement(8, 1, 8), FP8, 10_000, 80, COEFFICIENTS)
    assert more.weights_gib - spread.weights_gib == pytest.approx(11e9 * 7 / 8 / 2**30, rel=0.01)


def test_only_mixtures_with_a_latent_spread_their_experts() -> None:
    assert {p.attention_dp for p in placements(DEEPSEEK_V3, H100)} == {1, 2, 4, 8, 16, 32, 64}
    assert {p.attention_dp for p in placements(LLAMA_70B, H100)} == {1}


def test_kinds_of_work_share_a_replica() -> None:
    one = choose_layout(LLAMA_8B, H100, FP8, [CHAT], COEFFICIENTS, tp=1).gpus_per_request_per_second
    long = Work(8000, 200, 0, 50)
    other = choose_layout(LLAMA_8B, H100, FP8, [long], COEFFICIENTS, tp=1).gpus_per_request_per_second
    both = choose_layout(LLAMA_8B, H100, FP8, [CHAT, long], COEFFICIENTS, tp=1).gpus_per_request_per_second
    assert both == pytest.approx((one + other) / 2)
