"""Formats and what a GPU makes of them."""

from types import SimpleNamespace

import pytest

from calculator.errors import InputError
from calculator.serving import resolve_precision
from calculator.serving.precision import bytes_per_weight

from .shapes import A100, B200, DEEPSEEK_V3, GPT_OSS_120B, H100, LLAMA_8B


def test_the_checkpoint_decides_by_default() -> None:
    assert resolve_precision(None, H100, LLAMA_8B).as_dict() == {
        "weights": "bf16",
        "compute": "bf16",
        "kv": "bf16",
    }
    assert resolve_precision(None, H100, DEEPSEEK_V3).compute == "fp8"
    assert resolve_precision(None, B200, GPT_OSS_120B).compute == "fp4"


def test_missing_units_fall_back_and_say_so() -> None:
    on_ampere = resolve_precision("fp8", A100, LLAMA_8B)
    assert (on_ampere.weights, on_ampere.compute) == ("fp8", "bf16")
    assert "A100 has no fp8 units" in on_ampere.notes[0]
    on_hopper = resolve_precision("fp4", H100, LLAMA_8B)
    assert (on_hopper.weights, on_hopper.compute) == ("fp4", "bf16")
    assert resolve_precision("int4", H100, LLAMA_8B).compute == "bf16"
    assert resolve_precision("int8", A100, LLAMA_8B).compute == "int8"


def test_parts_may_be_given() -> None:
    wanted = SimpleNamespace(weights=None, compute=None, kv="fp8")
    assert resolve_precision(wanted, H100, LLAMA_8B).kv_bytes == 1


def test_unknown_format() -> None:
    with pytest.raises(InputError, match="fp3"):
        resolve_precision("fp3", H100, LLAMA_8B)


def test_block_scales_count() -> None:
    assert bytes_per_weight("fp8") == 1
    assert bytes_per_weight("fp4") == 0.5625
