"""A model from its `config.json` in Hugging Face form, so that one that nobody listed can be sized.

Parameters are counted from the shapes, a layer at a time; biases, norms and layers that only serve
speculative decoding are left out, vision and audio towers too. What a token passes through leaves out the
routed experts that it does not meet and the lookup of its embedding.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from calculator.errors import InputError, clip
from calculator.serving.architecture import Architecture
from calculator.serving.config_attention import attention_of
from calculator.serving.config_experts import feed_forward_of
from calculator.serving.config_fields import Fields
from calculator.serving.config_quantization import quantization_of
from calculator.user_files import read_file

MAX_BYTES = 4_000_000


def read_config(path: str | Path) -> Architecture:
    """The architecture that a file describes; InputError with one line where it is no such file."""
    where, wanted = str(path), "give the path of a model's config.json"
    place = Path(path) / "config.json" if Path(path).is_dir() else Path(path)
    raw = read_file(place, MAX_BYTES, wanted=wanted, shorter="a config.json has a few KB")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{where}: is not text; {wanted}") from None
    beside = place.with_name("hf_quant_config.json")
    return parse_config(text, where, beside.read_text(encoding="utf-8") if beside.is_file() else None)


def parse_config(text: str, where: str = "config.json", quantization: str | None = None) -> Architecture:
    """The architecture in the text of a config.json; InputError as `read_config`.

    `quantization` is the text of the hf_quant_config.json that some checkpoints keep beside it.
    """
    config = _object(text, where)
    if quantization is not None and "quantization_config" not in config:
        apart = _object(quantization, where + ": hf_quant_config.json")
        config = {**config, "quantization_config": apart.get("quantization", apart)}
    try:
        return architecture_from_config(config, where)
    except InputError:
        raise
    except (TypeError, ValueError, AttributeError, OverflowError, ZeroDivisionError) as error:
        raise InputError(f"{where}: a key holds a value of the wrong kind ({clip(error, 80)})") from None


def _object(text: str, where: str) -> Mapping[str, Any]:
    try:
        config = json.loads(text)
    except RecursionError:
        raise InputError(f"{where}: nested too deeply to be a config.json") from None
    except ValueError as error:
        raise InputError(f"{where}: is not JSON ({clip(error, 80)})") from None
    if not isinstance(config, Mapping):
        raise InputError(f"{where}: is not a model's config.json (a JSON object with hidden_size and so on)")
    return config


def architecture_from_config(config: Mapping[str, Any], where: str = "config.json") -> Architecture:
    """The architecture that a config describes.

    Raises InputError naming the key that is missing or makes no sense, and for layers of a kind that is not
    known.
    """
    fields = Fields(_text_part(config), where)
    if fields.has("block_configs"):
        raise InputError(f"{where}: block_configs: layers that differ one by one are not modelled; use a listed model")
    hidden, vocabulary = fields.whole("hidden_size", "n_embd", "d_model"), fields.whole("vocab_size")
    attention = attention_of(fields, hidden)
    feed_forward = feed_forward_of(fields, hidden, attention.layers)
    embedding = float(vocabulary * hidden)
    tied = bool(config.get("tie_word_embeddings", fields.value("tie_word_embeddings")))
    embeddings = embedding if tied else 2 * embedding
    dense = embeddings + attention.parameters + feed_forward.dense
    total = dense + feed_forward.experts
    sparse = feed_forward.experts_per_token < feed_forward.experts_a_layer
    share = feed_forward.experts_per_token / feed_forward.experts_a_layer
    active = dense - (0.0 if tied else embedding) + feed_forward.experts * share if sparse else total
    precision, bits = quantization_of(config, fields, attention.layers, where)
    name = clip(config.get("_name_or_path") or config.get("model_type") or Path(where).stem, 60)
    longest = fields.optional("max_position_embeddings", "n_positions", "max_seq_len", "seq_length")
    return Architecture(
        name=str(name),
        total_parameters=total,
        active_parameters=active,
        layers=attention.layers,
        hidden_size=hidden,
        attention_heads=fields.whole("num_attention_heads", "n_head"),
        attention=attention.groups,
        linear_state_bytes_per_sequence=attention.state_bytes,
        experts=feed_forward.experts_a_layer,
        experts_per_token=feed_forward.experts_per_token,
        context_tokens=longest,
        embedding_parameters=embeddings,
        attention_parameters=attention.parameters,
        routed_parameters=feed_forward.experts or None,
        checkpoint_precision=precision,
        checkpoint_bits=bits,
    )


def _text_part(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part that describes the language model, where others stand beside it."""
    for key in ("text_config", "llm_config", "language_config", "language_model_config"):
        part = config.get(key)
        if isinstance(part, Mapping):
            return {**{k: v for k, v in config.items() if k == "quantization_config"}, **part}
    return config
