"""Cache and parameters by the published figures."""

import numpy as np
import pytest

from calculator.assumptions import Row
from calculator.errors import InputError
from calculator.serving import Architecture, kv_cache_bytes_per_token, modelling_gap

from .shapes import DEEPSEEK_V3, GPT_OSS_120B, LLAMA_8B, LLAMA_70B, LLAMA_405B, QWEN_72B


def row(**cells: object) -> Row:
    return Row("models", "x", cells, {}, {})


BASE = {
    "total_parameters_billion": 31,
    "layers": 60,
    "hidden_size": 5376,
    "attention_heads": 32,
}


@pytest.mark.parametrize(
    ("model", "expected"),
    # arXiv:2505.09343, table 1 (Llama-3.1-70B and 8B by the same formula)
    [
        (DEEPSEEK_V3, 70_272),
        (QWEN_72B, 327_680),
        (LLAMA_405B, 516_096),
        (LLAMA_70B, 327_680),
        (LLAMA_8B, 131_072),
    ],
)
def test_published_kv_bytes(model: Architecture, expected: int) -> None:
    assert kv_cache_bytes_per_token(model, 2) == expected


def test_window_layers_stop_growing() -> None:
    per_token = 18 * 2 * 8 * 64 * 2
    assert kv_cache_bytes_per_token(GPT_OSS_120B, 2) == per_token
    short, long = (float(GPT_OSS_120B.kv_bytes_per_sequence(n, 2)) for n in (128, 8192))
    assert short == 128 * 2 * per_token
    assert long == (8192 + 128) * per_token


def test_heads_below_tp_are_copied_and_a_latent_is_whole_everywhere() -> None:
    whole = float(LLAMA_70B.kv_bytes_per_sequence(1000, 2))
    assert float(LLAMA_70B.kv_bytes_per_sequence(1000, 2, tp=4)) == whole / 4
    assert float(LLAMA_70B.kv_bytes_per_sequence(1000, 2, tp=16)) == whole / 8
    latent = float(DEEPSEEK_V3.kv_bytes_per_sequence(1000, 2))
    assert float(DEEPSEEK_V3.kv_bytes_per_sequence(1000, 2, tp=8)) == latent
    assert float(DEEPSEEK_V3.kv_bytes_per_sequence(1000, 2, tp=8, attention_dp=8)) == latent / 8


def test_touched_experts() -> None:
    one = float(DEEPSEEK_V3.parameters_touched(1))
    assert one == pytest.approx(DEEPSEEK_V3.active_parameters)
    assert float(DEEPSEEK_V3.parameters_touched(1e4)) == pytest.approx(DEEPSEEK_V3.total_parameters)
    assert float(LLAMA_8B.parameters_touched(1)) == LLAMA_8B.total_parameters


def test_attention_of_a_cached_prefix_is_saved() -> None:
    full = LLAMA_8B.attention_flops(2000)
    assert LLAMA_8B.attention_flops(2000, 1000) == pytest.approx(full * (1 - 0.5**2))
    assert LLAMA_8B.attention_flops(2000, 2000) == 0


def test_shared_k_and_v_with_windows() -> None:
    gemma = Architecture.from_row(
        row(
            **BASE,
            attention="sliding",
            full_attention_layers=10,
            sliding_layers=50,
            sliding_window=1024,
            global_kv_heads=4,
            global_head_dim=512,
            sliding_kv_heads=16,
            sliding_head_dim=256,
            kv_shared_k_v="yes",
        )
    )
    assert kv_cache_bytes_per_token(gemma, 2) == 40_960
    assert float(gemma.kv_bytes_per_sequence(1e5, 2)) == 1e5 * 40_960 + 50 * 1024 * 2 * 16 * 256 * 2


def test_hybrid_and_latent_hybrid() -> None:
    hybrid = row(**BASE, attention="hybrid", full_attention_layers=15, kv_heads=2, head_dim=256,
                 linear_state_bytes_per_sequence=1e8)  # fmt: skip
    model = Architecture.from_row(hybrid)
    assert kv_cache_bytes_per_token(model, 2) == 30_720
    assert float(model.kv_bytes_per_sequence(0, 2)) == 1e8
    latent = row(**BASE, attention="hybrid", full_attention_layers=24, kv_lora_rank=512, qk_rope_head_dim=64)
    assert kv_cache_bytes_per_token(Architecture.from_row(latent), 2) == 27_648


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        ({**BASE, "attention": "compressed"}, "compressed"),
        ({**BASE, "attention": "mla"}, "kv_lora_rank"),
        ({**BASE, "attention": "gqa"}, "kv_heads"),
        ({"attention": "gqa", "kv_heads": 8}, "layers"),
        ({**BASE, "kv_heads": 8, "experts": 128}, "experts_per_token"),
    ],
)
def test_what_is_not_modelled_says_why(cells: dict[str, object], word: str) -> None:
    gap = modelling_gap(row(**cells))
    assert gap is not None
    assert word in gap
    with pytest.raises(InputError, match="not modelled yet"):
        Architecture.from_row(row(**cells))


def test_shapes_broadcast() -> None:
    tokens = np.array([[100.0], [200.0]])
    assert GPT_OSS_120B.kv_bytes_per_sequence(tokens, 2).shape == (2, 1)
    assert GPT_OSS_120B.attention_flops(tokens, tokens / 2).shape == (2, 1)
