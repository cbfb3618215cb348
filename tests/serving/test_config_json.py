"""Models from their config.json: parameters, memory, and what is not one."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.assumptions import load_assumptions
from calculator.errors import InputError
from calculator.serving import Architecture, weights_gib
from calculator.serving.config_json import architecture_from_config, parse_config, read_config
from calculator.size import Question, size

from .configs import DEEPSEEK_V3, DEEPSEEK_V4_FLASH, GPT_OSS_120B, LLAMA_405B, NEMOTRON_NANO, PUBLISHED, QWEN35_27B


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_are_those_published(name: str) -> None:
    config, total, active, source = PUBLISHED[name]
    model = architecture_from_config(config)
    assert model.total_parameters / 1e9 == pytest.approx(total, rel=0.01), source
    if active is not None:
        assert model.active_parameters / 1e9 == pytest.approx(active, rel=0.02), source
    assert sum(model.parts.values()) == pytest.approx(model.total_parameters)


def test_a_config_and_the_listed_model_agree() -> None:
    known = load_assumptions()
    for name, config in (
        ("llama-3.1-405b", LLAMA_405B),
        ("deepseek-v3", DEEPSEEK_V3),
        ("gpt-oss-120b", GPT_OSS_120B),
        ("deepseek-v4-flash", DEEPSEEK_V4_FLASH),
        ("qwen3.5-27b", QWEN35_27B),
        ("nemotron-3-nano-30b-a3b", NEMOTRON_NANO),
    ):
        listed = Architecture.from_row(known.row("models", name))
        own = architecture_from_config(config)
        for tokens in (100, 5000, 100_000):
            assert float(own.kv_bytes_per_sequence(tokens, 2)) == pytest.approx(
                float(listed.kv_bytes_per_sequence(tokens, 2)), rel=1e-6
            ), name
        assert own.kv_bytes_per_token(2) == listed.kv_bytes_per_token(2)


def test_layers_kept_in_16_bit_are_counted() -> None:
    # Meta's FP8 of Llama 3.1 405B quantizes the feed-forward layers but the first and last; attention, embeddings and
    # head stay (arXiv:2407.21783, section 6.2).
    kept = [f"model.layers.{i}.self_attn.{p}_proj" for i in range(126) for p in "qkvo"]
    kept += [f"model.layers.{i}.mlp.{p}_proj" for i in (0, 125) for p in ("gate", "up", "down")]
    quantization = {"quant_method": "fbgemm_fp8", "modules_to_not_convert": [*kept, "lm_head"]}
    model = architecture_from_config({**LLAMA_405B, "quantization_config": quantization})
    feed_forward = 124 * 3 * 16384 * 53248
    expected = (feed_forward + 2 * (405.85e9 - feed_forward)) / 2**30
    assert weights_gib(model, "fp8") == pytest.approx(expected, rel=0.001)
    # its first release copied the KV heads to 16, as tensor parallelism over 16 needs: 462 GiB resident
    first = architecture_from_config({**LLAMA_405B, "num_key_value_heads": 16, "quantization_config": quantization})
    assert weights_gib(first, "fp8") == pytest.approx(462, rel=0.002)
    assert weights_gib(architecture_from_config(LLAMA_405B), "fp8") < 400


def test_mixed_checkpoints() -> None:
    assert architecture_from_config(GPT_OSS_120B).checkpoint_precision == "fp4"
    assert weights_gib(architecture_from_config(GPT_OSS_120B), "fp4") == pytest.approx(60.8, rel=0.01)  # model card: 60.8
    int4 = {
        "quant_method": "compressed-tensors",
        "config_groups": {"group_0": {"weights": {"num_bits": 4, "type": "int", "group_size": 32}}},
        "ignore": ["lm_head", "re:.*self_attn.*", "re:.*shared_experts.*", r"re:.*mlp\.(gate|up|gate_up|down)_proj.*"],
    }
    kimi = {**PUBLISHED["Kimi K2"][0], "quantization_config": int4}
    bits = architecture_from_config(kimi).checkpoint_bits
    assert bits == {"embeddings": 16, "attention": 16, "experts": 4.5, "rest": 16}
    flash = architecture_from_config(DEEPSEEK_V4_FLASH)
    assert flash.checkpoint_bits["experts"] == 4.25
    assert flash.checkpoint_bits["attention"] == 8


def test_compressed_attention_keeps_little() -> None:
    model = architecture_from_config(DEEPSEEK_V4_FLASH)
    n, window, size = 100_000, 128, 512
    entries = 43 * window + 21 * n / 4 + 20 * n / 128
    states = 21 * 2 * 4 * 2 * (512 + 128) * 4 + 20 * 2 * 128 * 512 * 4
    assert float(model.kv_bytes_per_sequence(n, 1)) == pytest.approx(entries * size + 21 * n / 4 * 64 + states)
    assert float(model.kv_bytes_read_per_sequence(n, 1)) < 0.2 * float(model.kv_bytes_per_sequence(n, 1))


def test_an_indexer_is_held_but_its_choice_is_read() -> None:
    sparse = architecture_from_config({**DEEPSEEK_V3, "index_topk": 2048, "index_n_heads": 64, "index_head_dim": 128})
    plain = architecture_from_config(DEEPSEEK_V3)
    assert sparse.kv_bytes_per_token(2) == plain.kv_bytes_per_token(2) == 70272
    held = float(sparse.kv_bytes_per_sequence(50_000, 2))
    assert held == pytest.approx(float(plain.kv_bytes_per_sequence(50_000, 2)) + 61 * 132 * 50_000)
    assert float(sparse.kv_bytes_read_per_sequence(50_000, 2)) == pytest.approx(61 * (2048 * 1152 + 132 * 50_000))
    assert float(sparse.attention_flops(50_000)) < 0.1 * float(plain.attention_flops(50_000))


def test_linear_layers_keep_a_state() -> None:
    model = architecture_from_config(QWEN35_27B)
    state = 48 * (48 * 128 * 128 * 4 + 3 * (2 * 2048 + 6144) * 2)
    assert float(model.kv_bytes_per_sequence(0, 2)) == state == model.linear_state_bytes_per_sequence
    assert float(model.kv_bytes_per_sequence(1000, 2)) == state + 1000 * 16 * 2 * 4 * 256 * 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("[1, 2]", "is not a model's config.json"),
        ("[" * 100_000, "nested too deeply"),
        ("{}", "hidden_size is missing"),
        (json.dumps({**LLAMA_405B, "vocab_size": None}), "vocab_size is missing"),
        (json.dumps({**LLAMA_405B, "intermediate_size": None}), "intermediate_size is missing"),
        (json.dumps({**LLAMA_405B, "hidden_size": 10**30}), "hidden_size: must lie between 1 and 100,000,000"),
        (json.dumps({**LLAMA_405B, "num_hidden_layers": 10**7}), "more than any model has"),
        (json.dumps({**LLAMA_405B, "hidden_size": float("nan")}), "hidden_size: must be a whole number"),
        (json.dumps({**LLAMA_405B, "hidden_size": "4096"}), "hidden_size: must be a whole number"),
        (json.dumps({**LLAMA_405B, "num_key_value_heads": 7}), "num_key_value_heads"),
        (json.dumps({**LLAMA_405B, "quantization_config": {"quant_method": "magic"}}), "'magic' is not known"),
        (json.dumps({**LLAMA_405B, "quantization_config": 7}), "must be an object"),
        (json.dumps({**QWEN35_27B, "layer_types": ["time_travel"] * 64}), "'time_travel' are not modelled"),
        (json.dumps({**LLAMA_405B, "block_configs": [{}]}), "block_configs"),
        (json.dumps({**GPT_OSS_120B, "num_experts_per_tok": 500}), "cannot be chosen"),
    ],
)
def test_what_is_no_config_gets_one_line(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_config(text)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([LLAMA_405B, DEEPSEEK_V4_FLASH, GPT_OSS_120B, QWEN35_27B, NEMOTRON_NANO]), st.data())
def test_any_value_in_any_key_is_sized_or_refused(config: dict[str, object], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from([*sorted(config), "quantization_config", "layer_types", "text_config"]))
    try:
        model = parse_config(json.dumps({**config, key: data.draw(JSON)}))
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert model.total_parameters > 0


def test_size_takes_a_config(tmp_path: Path) -> None:
    place = tmp_path / "config.json"
    place.write_text(json.dumps(GPT_OSS_120B))
    answer = size(Question(str(place), 4000, 500, 10, 50, gpu="h100-sxm"), load_assumptions())
    assert answer.architecture.total_parameters == pytest.approx(116.8e9, rel=0.01)
    assert answer.best.layout.precision.weights == "fp4"
    (tmp_path / "hf_quant_config.json").write_text(json.dumps({"quantization": {"quant_algo": "NVFP4"}}))
    place.write_text(json.dumps({k: v for k, v in GPT_OSS_120B.items() if k != "quantization_config"}))
    assert read_config(tmp_path).checkpoint_precision == "fp4"
    with pytest.raises(InputError, match="no such file"):
        size(Question(str(tmp_path / "other.json"), 4000, 500, 10, 50), load_assumptions())


def test_configs_that_a_package_ships_agree_with_published_totals() -> None:
    package = pytest.importorskip("aiconfigurator_core", reason="reads the configs that aiconfigurator-core ships")
    folder = Path(package.__file__).parent / "model_configs"
    known = load_assumptions()
    close = 0
    for row in known.rows("models").values():
        place = folder / f"{row.text('hf_id').replace('/', '--')}_config.json"
        if place.is_file():
            total = read_config(place).total_parameters / 1e9
            assert total == pytest.approx(row.number("total_parameters_billion"), rel=0.06), row.key
            close += total == pytest.approx(row.number("total_parameters_billion"), rel=0.01)
    assert close >= 12
