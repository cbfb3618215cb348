"""Choosing tensor parallelism."""

from dataclasses import replace

import pytest

from calculator.errors import InputError
from calculator.serving import Precision, Work, choose_layout
from calculator.serving.layout import allowed_tp

from .shapes import COEFFICIENTS, DEEPSEEK_V3, H100, LLAMA_8B, LLAMA_70B, LLAMA_405B, gqa

FP8 = Precision("fp8", "fp8", "bf16")
CHAT = Work(1000, 200, 0.3, 50)


def test_sizes_divide_the_heads() -> None:
    assert allowed_tp(LLAMA_70B, H100) == (1, 2, 4, 8)
    assert allowed_tp(gqa("odd", 7, 32, 4096, 28, 4, 128), H100) == (1, 2, 4)
    assert allowed_tp(LLAMA_70B, replace(H100, gpus_per_node=4)) == (1, 2, 4)


def test_fewest_gpus_win() -> None:
    small = choose_layout(LLAMA_8B, H100, FP8, [CHAT], COEFFICIENTS)
    assert small.tp == 1
    assert {tp for tp, _ in small.rejected} == {2, 4, 8}
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
    with pytest.raises(InputError, match="needs 97"):
        choose_layout(LLAMA_405B, H100, FP8, [CHAT], COEFFICIENTS, tp=4)


def test_what_fits_nowhere_says_what_is_missing() -> None:
    with pytest.raises(InputError, match=r"8 x H100: needs 81.* GiB on each GPU"):
        choose_layout(DEEPSEEK_V3, H100, FP8, [CHAT], COEFFICIENTS)


def test_kinds_of_work_share_a_replica() -> None:
    one = choose_layout(LLAMA_8B, H100, FP8, [CHAT], COEFFICIENTS, tp=1).gpus_per_request_per_second
    long = Work(8000, 200, 0, 50)
    other = choose_layout(LLAMA_8B, H100, FP8, [long], COEFFICIENTS, tp=1).gpus_per_request_per_second
    both = choose_layout(LLAMA_8B, H100, FP8, [CHAT, long], COEFFICIENTS, tp=1).gpus_per_request_per_second
    assert both == pytest.approx((one + other) / 2)
