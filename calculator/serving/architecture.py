"""A model's shape: what it weighs, what it computes, and what it remembers of a conversation.

KV cache of one layer, in elements a token: grouped-query attention 2 x KV heads x head size (Ainslie et al.
2023, arXiv:2305.13245); K and V stored once where the full-attention layers share them; multi-head latent
attention one latent of rank `kv_lora_rank` plus the rotary part of the key, whatever the number of heads
(DeepSeek-V2, arXiv:2405.04434, section 2.1; checked against arXiv:2505.09343, table 1). Layers with a sliding
window hold at most the window, linear and state-space layers a constant state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Assumptions, Row
from calculator.errors import InputError, unknown_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Size = int | NDArray[np.int64]

GIB = 2.0**30
BILLION = 1e9
MODELLED_ATTENTION = ("gqa", "mla", "sliding", "hybrid")
WEIGHTS_COLUMN = "weights_gib_"


@dataclass(frozen=True)
class AttentionLayers:
    """Layers that keep the same kind of KV cache."""

    layers: int
    kv_heads: int
    """Heads among which the cache can be split over GPUs; 1 for a latent, which every GPU holds whole."""
    elements_per_token: float
    """Cached numbers a token and layer, over all heads."""
    head_dim: float
    """Size of a head as attention computes it (mean of key and value)."""
    window: int | None = None
    """Tokens that the layers look back; None for the whole context."""

    def tokens_held(self, context_tokens: Array | float) -> Array:
        """Tokens of one sequence that stay in the cache."""
        held = np.asarray(context_tokens, dtype=float)
        return held if self.window is None else np.asarray(np.minimum(held, self.window))

    def pairs(self, tokens: Array | float) -> Array:
        """Query-key pairs under the causal mask: n^2/2, or w^2/2 + (n - w) w beyond a window w."""
        n = np.asarray(tokens, dtype=float)
        if self.window is None:
            return np.asarray(n * n / 2)
        inside = np.minimum(n, self.window)
        return np.asarray(inside * inside / 2 + (n - inside) * self.window)


@dataclass(frozen=True)
class Architecture:
    """An open-weight model as far as serving depends on it."""

    name: str
    total_parameters: float
    active_parameters: float
    """Parameters that a token passes through."""
    layers: int
    hidden_size: int
    attention_heads: int
    attention: tuple[AttentionLayers, ...]
    linear_state_bytes_per_sequence: float = 0.0
    """Constant state of linear or state-space layers."""
    experts: int = 1
    experts_per_token: int = 1
    context_tokens: int | None = None
    checkpoint_precision: str = "bf16"
    published_weights_gib: Mapping[str, float] = field(default_factory=dict)
    """Size of the checkpoint by weights precision, where one is published or measured."""

    @property
    def is_sparse(self) -> bool:
        """Whether a token passes through only some of the experts."""
        return self.experts > self.experts_per_token and self.active_parameters < self.total_parameters

    @property
    def active_share(self) -> float:
        """Active over total parameters."""
        return self.active_parameters / self.total_parameters

    @property
    def expert_parameters(self) -> float:
        """Parameters X in routed experts: T = D + X, active A = D + X k/E, so X = (T - A)/(1 - k/E)."""
        if not self.is_sparse:
            return 0.0
        routed = (self.total_parameters - self.active_parameters) / (1 - self.experts_per_token / self.experts)
        return min(routed, self.total_parameters)

    def parameters_touched(self, tokens: Array | float) -> Array:
        """Parameters that a step over n tokens reads: D + X (1 - (1 - k/E)^n), experts chosen evenly."""
        n = np.asarray(tokens, dtype=float)
        if not self.is_sparse:
            return np.full_like(n, self.total_parameters)
        untouched = (1 - self.experts_per_token / self.experts) ** n
        return np.asarray(self.total_parameters - self.expert_parameters * untouched)

    def kv_bytes_per_token(self, bytes_per_element: float) -> float:
        """Cache that one more token of a long context adds, over all GPUs of a replica; bytes.

        Sliding windows and linear layers add nothing once filled: `kv_bytes_per_sequence` holds them.
        """
        growing = sum(a.layers * a.elements_per_token for a in self.attention if a.window is None)
        return growing * bytes_per_element

    def kv_bytes_per_sequence(
        self, context_tokens: Array | float, bytes_per_element: float, tp: Size = 1, attention_dp: int = 1
    ) -> Array:
        """Cache of one sequence on each GPU of a replica, sliding windows and states included; bytes.

        Tensor parallelism splits the cache by KV head: a GPU holds ceil(heads/tp)/heads of it, so that fewer
        heads than GPUs means copies, and a latent (one head) is held whole by each. With data-parallel
        attention a GPU holds 1/attention_dp of the sequences; on average that divides what one takes.
        """
        ranks = tp // attention_dp
        total = np.zeros_like(np.asarray(context_tokens, dtype=float))
        for a in self.attention:
            share = np.ceil(a.kv_heads / ranks) / a.kv_heads
            total = total + a.layers * a.elements_per_token * a.tokens_held(context_tokens) * share
        total = total * bytes_per_element + self.linear_state_bytes_per_sequence / ranks
        return np.asarray(total / attention_dp)

    def attention_flops(self, tokens: Array | float, cached_tokens: Array | float = 0.0) -> Array:
        """Arithmetic of attention scores and values over a prompt whose first tokens are cached; FLOP.

        4 x heads x head size for each query-key pair (two products, two FLOP a multiply-add); the pairs among
        cached tokens are saved: n^2/2 becomes n^2 (1 - c^2)/2.
        """
        flops = np.zeros_like(np.asarray(tokens, dtype=float))
        for a in self.attention:
            pairs = a.pairs(tokens) - a.pairs(cached_tokens)
            flops = flops + 4.0 * a.layers * self.attention_heads * a.head_dim * pairs
        return flops

    @staticmethod
    def from_row(row: Row) -> Architecture:
        """The shape held by a row of topic `models`; InputError where the row lacks what sizing needs."""
        gap = modelling_gap(row)
        if gap is not None:
            raise InputError(f"models.{row.key}: not modelled yet: {gap}")
        total = row.number("total_parameters_billion") * BILLION
        experts = int(row.number("experts", 1.0))
        return Architecture(
            name=row.text("name", row.key),
            total_parameters=total,
            active_parameters=min(row.number("active_parameters_billion", total / BILLION) * BILLION, total),
            layers=int(row.number("layers")),
            hidden_size=int(row.number("hidden_size")),
            attention_heads=int(row.number("attention_heads")),
            attention=_attention_layers(row),
            linear_state_bytes_per_sequence=row.number("linear_state_bytes_per_sequence", 0.0),
            experts=experts,
            experts_per_token=int(row.number("experts_per_token", float(experts))),
            context_tokens=int(row.number("context_tokens")) if "context_tokens" in row else None,
            checkpoint_precision=row.text("checkpoint_precision", "bf16"),
            published_weights_gib={
                c.removeprefix(WEIGHTS_COLUMN): row.number(c) for c in row if c.startswith(WEIGHTS_COLUMN)
            },
        )


def modelling_gap(row: Row) -> str | None:
    """Why a row of topic `models` cannot be sized, or None where it can."""
    kind = row.text("attention", "gqa")
    if kind not in MODELLED_ATTENTION:
        return f"{kind} attention (known: {', '.join(MODELLED_ATTENTION)})"
    needed = ["total_parameters_billion", "layers", "hidden_size", "attention_heads"]
    if kind == "mla" or "kv_lora_rank" in row:
        needed += ["kv_lora_rank", "qk_rope_head_dim"]
    elif not ("global_kv_heads" in row and "global_head_dim" in row):
        needed += ["kv_heads"]
    if kind in ("sliding", "hybrid"):
        needed += ["full_attention_layers"]
    if kind == "sliding":
        needed += ["sliding_window"]
    if row.number("experts", 1.0) > 1:
        needed += ["experts_per_token", "active_parameters_billion"]
    missing = [column for column in needed if column not in row]
    return f"no published {', '.join(missing)}" if missing else None


def _attention_layers(row: Row) -> tuple[AttentionLayers, ...]:
    kind = row.text("attention", "gqa")
    layers = int(row.number("layers"))
    full = int(row.number("full_attention_layers", float(layers)))
    heads = row.number("attention_heads")
    head_dim = row.number("head_dim", row.number("hidden_size") / heads)
    if "kv_lora_rank" in row:
        latent = row.number("kv_lora_rank") + row.number("qk_rope_head_dim")
        groups = [AttentionLayers(full, 1, latent, head_dim)]
    else:
        kv_heads = int(row.number("global_kv_heads", row.number("kv_heads", 1.0)))
        size = row.number("global_head_dim", head_dim)
        copies = 1 if row.text("kv_shared_k_v", "no") == "yes" else 2
        groups = [AttentionLayers(full, kv_heads, copies * kv_heads * size, size)]
    sliding = int(row.number("sliding_layers", float(layers - full) if kind == "sliding" else 0.0))
    if sliding:
        kv_heads = int(row.number("sliding_kv_heads", row.number("kv_heads", 1.0)))
        size = row.number("sliding_head_dim", head_dim)
        window = int(row.number("sliding_window"))
        groups.append(AttentionLayers(sliding, kv_heads, 2 * kv_heads * size, size, window))
    return tuple(groups)


def model_row(assumptions: Assumptions, weights: str, where: str = "weights") -> Row:
    """The row of topic `models` for our id or the Hugging Face id; InputError with the nearest names."""
    rows = assumptions.rows("models")
    if weights in rows:
        return rows[weights]
    wanted = weights.lower()
    for row in rows.values():
        if wanted in (row.key.lower(), row.text("hf_id", "").lower()):
            return row
    raise unknown_name(where, "model", weights, rows)
