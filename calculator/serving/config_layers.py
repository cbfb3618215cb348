"""The layers that a config.json describes: what they weigh and what they remember."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from calculator.errors import InputError, clip
from calculator.serving.architecture import INDEX_KEY_BYTES
from calculator.serving.attention import AttentionLayers

LARGEST = 100_000_000
"""No size of a model is larger; what is, is a slip."""
MOST_LAYERS = 2_000
STATE_BYTES = 4
"""Recurrent states are kept in 32 bit (`mamba_ssm_dtype`), their convolutions in 16."""
FULL = ("full_attention", "attention", "global", "full", "deepseek_sparse_attention")
LINEAR = ("linear_attention", "mamba", "recurrent")
SLIDING = ("sliding_attention", "chunked_attention", "local", "local_attention")


class Fields:
    """The keys of a config, checked as they are read."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self.values, self.where = values, where

    def has(self, *names: str) -> bool:
        return any(self.values.get(n) is not None for n in names)

    def value(self, name: str, default: Any = None) -> Any:
        found = self.values.get(name)
        return default if found is None else found

    def optional(self, *names: str) -> int | None:
        """A whole number from 1 under the first of the names that is there; None where none is."""
        for name in names:
            given = self.values.get(name)
            if given is None:
                continue
            if isinstance(given, bool) or not isinstance(given, int | float) or given % 1 != 0:  # inf % 1 is nan
                raise InputError(f"{self.where}: {name}: must be a whole number, got {clip(given, 30)!r}")
            if not 1 <= given <= LARGEST:
                raise InputError(f"{self.where}: {name}: must lie between 1 and {LARGEST:,}, got {clip(given, 30)}")
            return int(given)
        return None

    def whole(self, *names: str) -> int:
        """The same; InputError where none of the names is there."""
        found = self.optional(*names)
        if found is None:
            raise InputError(f"{self.where}: {names[0]} is missing; is this the config.json of a language model?")
        return found

    def or_else(self, default: int, *names: str) -> int:
        """The same with a default; 0 counts as given."""
        for name in names:
            if self.values.get(name) == 0:
                return 0
        found = self.optional(*names)
        return default if found is None else found

    def items(self, name: str) -> Sequence[Any] | None:
        """A list; None where there is none."""
        given = self.values.get(name)
        if given is None or isinstance(given, int):
            return None
        if not isinstance(given, list) or len(given) > MOST_LAYERS:
            raise InputError(f"{self.where}: {name}: must be a list with one entry a layer")
        return given


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


@dataclass(frozen=True)
class FeedForward:
    """All feed-forward layers."""

    dense: float
    """Parameters that every token meets: dense layers, shared experts, routers."""
    experts: float
    """Parameters of routed experts."""
    experts_a_layer: int
    experts_per_token: int


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


def feed_forward_of(fields: Fields, hidden: int, layers: int) -> FeedForward:
    """The feed-forward layers that a config describes."""
    experts = fields.or_else(0, "n_routed_experts", "num_local_experts", "num_experts", "moe_num_experts")
    act = str(fields.value("mlp_hidden_act") or fields.value("hidden_act") or "")
    matrices = 2 if "relu2" in act else 3
    width = fields.optional("intermediate_size", "ffn_hidden_size", "n_inner")
    is_moe = _moe_layers(fields, layers, experts)
    moe, others = is_moe.count(True), is_moe.count(False)
    dense_width = fields.or_else(width or 0, "dense_intermediate_size", "intermediate_size_mlp")
    if others and not dense_width:
        raise InputError(f"{fields.where}: intermediate_size is missing; is this the config.json of a language model?")
    dense = others * matrices * hidden * dense_width
    if not moe:
        return FeedForward(float(dense), 0.0, 1, 1)
    per_token = fields.whole(
        "num_experts_per_tok", "num_experts_per_token", "experts_per_token", "top_k_experts", "moe_topk"
    )
    if per_token > experts:
        raise InputError(f"{fields.where}: num_experts_per_tok: {per_token} of {experts} experts cannot be chosen")
    expert_width = fields.optional("moe_intermediate_size", "intermediate_size")
    if expert_width is None:
        raise InputError(f"{fields.where}: moe_intermediate_size is missing; the experts have no size")
    latent = fields.optional("routed_expert_hidden_size", "moe_latent_size")
    routed = moe * experts * matrices * (latent or hidden) * expert_width
    shared = moe * matrices * hidden * _shared_width(fields, expert_width)
    if fields.value("enable_moe_block") and width:
        shared += moe * matrices * hidden * width  # a dense feed-forward beside the experts
    dense += shared + moe * hidden * experts + (2 * moe * hidden * latent if latent else 0)
    return FeedForward(float(dense), float(routed), experts, per_token)


def _shared_width(fields: Fields, expert_width: int) -> int:
    """Width of all shared experts of a layer together."""
    for name in ("shared_expert_intermediate_size", "moe_shared_expert_intermediate_size", "share_expert_dim"):
        if fields.has(name):
            return fields.or_else(0, name) * max(1, fields.or_else(1, "n_shared_experts"))
    if fields.has("shared_intermediate_size"):
        return fields.or_else(0, "shared_intermediate_size")
    if fields.has("interleave_moe_layer_step"):
        return expert_width
    return fields.or_else(0, "n_shared_experts", "num_shared_experts") * expert_width


def _moe_layers(fields: Fields, layers: int, experts: int) -> list[bool]:
    """Of each layer with a feed-forward, whether it has experts."""
    pattern = fields.value("hybrid_override_pattern")
    blocks = [{"moe": "E", "mlp": "-"}.get(str(b), "") for b in fields.items("layers_block_type") or []]
    letters = pattern if isinstance(pattern, str) and pattern else blocks
    if letters:
        return [c == "E" for c in letters if c in ("E", "-")]
    if experts <= 1:
        return [False] * layers
    marked = fields.items("moe_layer_freq")
    if marked is not None:
        return [bool(m) for m in marked[:layers]]
    step = fields.or_else(1, "decoder_sparse_step", "interleave_moe_layer_step")
    first = fields.or_else(0, "first_k_dense_replace")
    plain = {int(i) for i in fields.items("mlp_only_layers") or [] if isinstance(i, int)}
    return [i >= first and i not in plain and (i + 1) % max(step, 1) == 0 for i in range(layers)]
