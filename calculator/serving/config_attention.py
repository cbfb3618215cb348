"""The attention layers that a config.json describes: what they weigh and what they remember."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calculator.errors import InputError, clip
from calculator.serving.architecture import INDEX_KEY_BYTES
from calculator.serving.attention import AttentionLayers
from calculator.serving.config_fields import MOST_LAYERS, Fields

STATE_BYTES = 4
"""Recurrent states are kept in 32 bit (`mamba_ssm_dtype`), their convolutions in 16."""
FULL = ("full_attention", "attention", "global", "full", "deepseek_sparse_attention")
LINEAR = ("linear_attention", "mamba", "recurrent")
SLIDING = ("sliding_attention", "chunked_attention", "local", "local_attention")


@dataclass(frozen=True)
class Attention:
    """All attention and state-space layers."""

    layers: int
    """Layers of the model, of whatever kind."""
    groups: tuple[AttentionLayers, ...]
    parameters: float
    state_bytes: float
    kinds: tuple[str, ...]
    """full | sliding | linear | none, a layer each."""


def attention_of(fields: Fields, hidden: int) -> Attention:
    """The attention that a config describes; InputError for what makes no sense."""
    kinds = _kinds(fields)
    heads = fields.whole("num_attention_heads", "n_head")
    full, sliding, linear = (kinds.count(k) for k in ("full", "sliding", "linear"))
    ratios = fields.items("compress_ratios")
    if ratios is not None:
        return _compressed(fields, hidden, heads, [int(r) for r in ratios[: len(kinds)]], kinds)
    if fields.has("kv_lora_rank"):
        group, each = _latent(fields, hidden, heads, full)
        groups, parameters = [group], full * each
    else:
        group, each = _grouped(fields, hidden, heads, full, glob=sliding > 0)
        groups, parameters = [group] if full else [], full * each
    if sliding:
        window = fields.whole("sliding_window", "attention_chunk_size", "sliding_window_size")
        group, each = _grouped(fields, hidden, heads, sliding, window=window)
        groups.append(group)
        parameters += sliding * each
    state, each = _linear(fields, hidden, heads) if linear else (0.0, 0.0)
    return Attention(len(kinds), tuple(groups), parameters + linear * each, linear * state, tuple(kinds))


def _kinds(fields: Fields) -> list[str]:
    pattern = fields.value("hybrid_override_pattern")
    if isinstance(pattern, str) and pattern and len(pattern) <= MOST_LAYERS:
        return [{"M": "linear", "*": "full"}.get(c, "none") for c in pattern]
    named = fields.items("layer_types") or fields.items("layers_block_type")
    if named is not None and not fields.has("num_hidden_layers"):
        layers = len(named)
    else:
        layers = fields.whole("num_hidden_layers", "n_layer", "num_layers")
    if layers > MOST_LAYERS:
        raise InputError(f"{fields.where}: num_hidden_layers: {layers:,} layers are more than any model has")
    if named is not None and len(named) >= layers:
        return [_kind(str(n), fields) for n in named[:layers]]
    linear = fields.value("linear_attn_config")
    if isinstance(linear, Mapping) and isinstance(linear.get("kda_layers"), list):
        at = set(linear["kda_layers"])
        return ["linear" if i + 1 in at else "full" for i in range(layers)]
    marked = fields.items("hybrid_layer_pattern")
    if marked is not None:
        return ["sliding" if m else "full" for m in marked[:layers]]
    every = fields.optional("sliding_window_pattern") if fields.has("sliding_window") else None
    if every is not None and every > 1:
        return ["full" if (i + 1) % every == 0 else "sliding" for i in range(layers)]
    if fields.has("sliding_window") and fields.value("model_type") == "mistral":
        return ["sliding"] * layers
    return ["full"] * layers


def _kind(name: str, fields: Fields) -> str:
    if name in LINEAR:
        return "linear"
    if name in SLIDING:
        return "sliding"
    if name in FULL:
        return "full"
    if name in ("moe", "mlp", "feed_forward"):
        return "none"
    raise InputError(f"{fields.where}: layer_types: layers of kind {clip(name, 30)!r} are not modelled")


def _grouped(
    fields: Fields, hidden: int, heads: int, layers: int, window: int | None = None, glob: bool = False
) -> tuple[AttentionLayers, float]:
    """Grouped-query attention and the parameters of one layer; full layers beside sliding ones may differ."""
    prefix = "swa_" if window is not None else ""
    head_dim = fields.or_else(hidden // heads, f"{prefix}head_dim", "head_dim")
    kv_heads = fields.or_else(heads, f"{prefix}num_key_value_heads", "num_key_value_heads", "num_kv_heads")
    shared = False
    if glob:
        head_dim = fields.or_else(head_dim, "global_head_dim")
        kv_heads = fields.or_else(kv_heads, "num_global_key_value_heads")
        shared = bool(fields.value("attention_k_eq_v"))
    if kv_heads > heads or heads % kv_heads:
        raise InputError(f"{fields.where}: num_key_value_heads: {kv_heads} do not divide {heads} attention heads")
    value_dim = fields.or_else(head_dim, f"{prefix}v_head_dim", "v_head_dim")
    elements = kv_heads * (head_dim if shared else head_dim + value_dim)
    gate = heads * head_dim if fields.value("attn_output_gate") else 0
    parameters = hidden * (heads * head_dim + gate + elements + heads * value_dim)
    return AttentionLayers(layers, kv_heads, elements, (head_dim + value_dim) / 2, window), float(parameters)


def _latent(fields: Fields, hidden: int, heads: int, layers: int) -> tuple[AttentionLayers, float]:
    """Multi-head latent attention, with an indexer where the config has one."""
    rank, rope = fields.whole("kv_lora_rank"), fields.whole("qk_rope_head_dim")
    nope, value = fields.whole("qk_nope_head_dim"), fields.whole("v_head_dim")
    query_rank = fields.optional("q_lora_rank")
    size = heads * (nope + rope)
    query = query_rank * (hidden + size) if query_rank else hidden * size
    gate = heads * value * hidden if fields.value("mla_use_output_gate") else 0
    parameters = query + hidden * (rank + rope) + rank * heads * (nope + value) + heads * value * hidden + gate
    selected = fields.optional("index_topk")
    if selected is not None:
        index_heads, index_dim = fields.whole("index_n_heads"), fields.whole("index_head_dim")
        parameters += (query_rank or hidden) * index_heads * index_dim + hidden * (index_dim + index_heads)
    index = INDEX_KEY_BYTES if selected is not None else 0.0
    head_dim = (nope + rope + value) / 2
    return AttentionLayers(layers, 1, rank + rope, head_dim, index_bytes=index, selected=selected), float(parameters)


def _compressed(fields: Fields, hidden: int, heads: int, ratios: list[int], kinds: list[str]) -> Attention:
    """Compressed sparse attention: a window in each layer, and one entry for every so many tokens in most."""
    size, window = fields.whole("head_dim"), fields.whole("sliding_window")
    selected, index_dim = fields.whole("index_topk"), fields.whole("index_head_dim")
    query_rank, out_rank, out_groups = (fields.whole(n) for n in ("q_lora_rank", "o_lora_rank", "o_groups"))
    groups = [AttentionLayers(len(kinds), 1, size, size, window=window)]
    for ratio in sorted(set(ratios) - {0}):
        finest = ratio == min(set(ratios) - {0})
        groups.append(
            AttentionLayers(
                ratios.count(ratio),
                1,
                size,
                size,
                stride=ratio,
                index_bytes=index_dim / 2 if finest else 0.0,  # keys of the indexer are in fp4
                selected=selected if finest else None,
            )
        )
    query = query_rank * (hidden + heads * size)
    out = heads * size * out_rank + out_groups * out_rank * hidden
    each = query + hidden * size + out
    compressors = sum(2 * hidden * size * (2 if r == 4 else 1) for r in ratios if r)
    indexers = sum(query_rank * fields.whole("index_n_heads") * index_dim + hidden * index_dim * 4 for r in ratios if r == 4)
    # a compressor keeps values and scores of the entry that it is filling, two entries where they overlap, in 32 bit
    states = sum(2 * r * (2 * (size + index_dim) if r == 4 else size) * STATE_BYTES for r in ratios if r)
    parameters = float(each * len(kinds) + compressors + indexers)
    return Attention(len(kinds), tuple(groups), parameters, float(states), tuple(kinds))


def _linear(fields: Fields, hidden: int, heads: int) -> tuple[float, float]:
    """State of one sequence in bytes and parameters of one linear or state-space layer."""
    own = fields.value("linear_attn_config")
    if isinstance(own, Mapping):
        inner = Fields(own, fields.where + ": linear_attn_config")
        number, size = inner.whole("num_heads"), inner.whole("head_dim")
        kernel = inner.or_else(4, "short_conv_kernel_size")
        width = number * size
        gate = hidden * width if own.get("use_full_rank_gate") else size * (hidden + width)
        parameters = 4 * hidden * width + gate + size * (hidden + width) + hidden * number + 3 * width * kernel
        return number * size * size * STATE_BYTES + (kernel - 1) * 3 * width * 2, float(parameters)
    if fields.has("linear_num_value_heads"):
        keys = fields.whole("linear_num_key_heads") * fields.whole("linear_key_head_dim")
        number, value_dim = fields.whole("linear_num_value_heads"), fields.whole("linear_value_head_dim")
        values, kernel = number * value_dim, fields.or_else(4, "linear_conv_kernel_dim")
        mixed = 2 * keys + values
        parameters = hidden * (mixed + values + 2 * number) + mixed * kernel + values * hidden
        state = number * fields.whole("linear_key_head_dim") * value_dim * STATE_BYTES + (kernel - 1) * mixed * 2
        return float(state), float(parameters)
    number, size = fields.whole("mamba_num_heads"), fields.whole("mamba_head_dim")
    state, kernel = fields.whole("ssm_state_size"), fields.or_else(4, "conv_kernel")
    inner_width = number * size
    mixed = inner_width + 2 * fields.or_else(1, "n_groups") * state
    parameters = hidden * (inner_width + mixed + number) + mixed * kernel + inner_width * hidden
    return float(inner_width * state * STATE_BYTES + (kernel - 1) * mixed * 2), float(parameters)
