"""Whether models fit, by logged cases of vLLM."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.errors import InputError
from calculator.serving import Precision, kv_cache_gib, kv_cache_tokens, memory, weights_gib
from calculator.serving.memory import check_parallelism

from .shapes import COEFFICIENTS, GPT_OSS_120B, H100, LLAMA_8B, LLAMA_70B

BF16 = Precision("bf16", "bf16", "bf16")


def test_tokens_in_a_cache_of_given_size() -> None:
    # vLLM issue 10517: 3.81 GiB held 1,952 blocks of 16 = 31,232 tokens, 2.89 GiB 23,648
    assert kv_cache_tokens(LLAMA_8B, 2, 3.81) == 31_212
    assert kv_cache_tokens(LLAMA_8B, 2, 2.89) == 23_675
    assert kv_cache_gib(LLAMA_8B, 2, 29_000) > 2.89
    assert kv_cache_gib(LLAMA_8B, 2, 29_000) < 3.81


@given(st.integers(1, 200_000))
def test_tokens_invert_the_cache_size(tokens: int) -> None:
    for model in (LLAMA_8B, GPT_OSS_120B):
        assert kv_cache_tokens(model, 2, kv_cache_gib(model, 2, tokens)) == tokens
    assert kv_cache_tokens(LLAMA_8B, 2, 0) == 0


def test_weights() -> None:
    assert weights_gib(LLAMA_8B, "bf16") == pytest.approx(14.99, abs=0.05)  # vLLM issue 10517: 14.9888 GiB
    assert weights_gib(LLAMA_70B, "fp8") == pytest.approx(70.55e9 / 2**30)
    assert weights_gib(GPT_OSS_120B, "mxfp4") == weights_gib(GPT_OSS_120B, "fp4") == 65.97


def test_a_quantized_70b_on_one_h100() -> None:
    # vLLM pull request 12569: 67.72 GiB of weights at utilization 0.98 leave 22,096 tokens
    published = replace(LLAMA_70B, published_weights_gib={"int8": 67.72})
    full = replace(COEFFICIENTS, memory_utilization=0.98)
    fit = memory(published, H100, 1, Precision("int8", "int8", "bf16"), 1000, 1, full)
    held = kv_cache_tokens(published, 2, fit.kv_room_gib)
    assert fit.fits
    assert 0.5 * 22_096 < held < 1.5 * 22_096


def test_gpt_oss_on_one_h100_leaves_little_cache() -> None:
    # vLLM issue 27508: 1.71 GiB left at 0.95
    fit = memory(GPT_OSS_120B, H100, 1, Precision("fp4", "bf16", "bf16"), 1000, 1, COEFFICIENTS)
    assert fit.fits
    assert 0 < fit.kv_room_gib < 0.1 * 80


def test_what_does_not_fit_names_needed_and_available() -> None:
    fit = memory(LLAMA_70B, H100, 1, BF16, 1000, 1, COEFFICIENTS)
    assert not fit.fits
    assert "needs 134.7 GiB" in fit.reason
    assert "73.6 of 80 GiB" in fit.reason
    assert memory(LLAMA_70B, H100, 2, BF16, 1000, 1, COEFFICIENTS).fits


def test_parallelism() -> None:
    check_parallelism(LLAMA_70B, H100, 8)
    with pytest.raises(InputError, match="3 does not divide the 64"):
        check_parallelism(LLAMA_70B, H100, 3)
    with pytest.raises(InputError, match="several nodes"):
        check_parallelism(LLAMA_70B, H100, 16)
