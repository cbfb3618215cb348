"""The feed-forward layers that a config.json describes, experts included."""

from __future__ import annotations

from dataclasses import dataclass

from calculator.errors import InputError
from calculator.serving.config_fields import Fields


@dataclass(frozen=True)
class FeedForward:
    """All feed-forward layers."""

    dense: float
    """Parameters that every token meets: dense layers, shared experts, routers."""
    experts: float
    """Parameters of routed experts."""
    experts_a_layer: int
    experts_per_token: int


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
