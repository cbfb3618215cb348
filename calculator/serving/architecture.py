"""A model's shape: what it weighs, what it computes, and what it remembers of a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from calculator.assumptions import Assumptions, Row
from calculator.errors import InputError, unknown_name
from calculator.serving.attention import AttentionLayers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Size = int | NDArray[np.int64]

GIB = 2.0**30
BILLION = 1e9
MODELLED_ATTENTION = ("gqa", "mla", "sliding", "hybrid", "compressed")
WEIGHTS_COLUMN = "weights_gib_"
PARTS = ("embeddings", "attention", "experts", "rest")
INDEX_KEY_BYTES = 132
"""Of an indexer of 128 numbers in fp8 with one scale."""


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
    embedding_parameters: float = 0.0
    """Parameters of the token embedding and the output head; quantized checkpoints keep them in 16 bit."""
    attention_parameters: float = 0.0
    """Parameters of all attention and state-space layers, which data-parallel attention copies."""
    routed_parameters: float | None = None
    """Parameters in routed experts, where they were counted; else they follow from total and active."""
    checkpoint_precision: str = "bf16"
    checkpoint_bits: Mapping[str, float] = field(default_factory=dict)
    """Bits of a weight of the released checkpoint by part (`parts`), where it differs from its format's."""
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
        if self.routed_parameters is not None:
            return self.routed_parameters
        if not self.is_sparse:
            return 0.0
        routed = (self.total_parameters - self.active_parameters) / (1 - self.experts_per_token / self.experts)
        return min(routed, self.total_parameters)

    @property
    def parts(self) -> dict[str, float]:
        """Parameters by part of the model: embeddings, attention, experts, rest; they sum to the total."""
        left = self.total_parameters - self.expert_parameters
        embeddings = min(self.embedding_parameters, left)
        attention = min(self.attention_parameters, left - embeddings)
        return {
            "embeddings": embeddings,
            "attention": attention,
            "experts": self.expert_parameters,
            "rest": left - embeddings - attention,
        }

    def parameters_touched(self, tokens: Array | float) -> Array:
        """Parameters that a step over n tokens reads: D + X (1 - (1 - k/E)^n), experts chosen evenly."""
        n = np.asarray(tokens, dtype=float)
        if not self.is_sparse:
            return np.full_like(n, self.total_parameters)
        untouched = (1 - self.experts_per_token / self.experts) ** n
        return np.asarray(self.total_parameters - self.expert_parameters * untouched)

    def kv_bytes_per_token(self, bytes_per_element: float) -> float:
        """Cache that one more token of a long context adds, over all GPUs of a replica; bytes.

        Sliding windows and linear layers add nothing once filled, and an indexer's keys are not cache proper:
        `kv_bytes_per_sequence` holds all of them.
        """
        growing = sum(a.layers * a.elements_per_token / a.stride for a in self.attention if a.window is None)
        return growing * bytes_per_element

    def kv_bytes_per_sequence(
        self, context_tokens: Array | float, bytes_per_element: float, tp: Size = 1, attention_dp: Size = 1
    ) -> Array:
        """Cache of one sequence on each GPU of a replica: windows, indexers and states included; bytes.

        Tensor parallelism splits the cache by KV head: a GPU holds ceil(heads/tp)/heads of it, so that fewer
        heads than GPUs means copies, and a latent (one head) is held whole by each. With data-parallel
        attention a GPU holds 1/attention_dp of the sequences; on average that divides what one takes.
        """
        ranks = np.floor_divide(tp, attention_dp)
        total = np.zeros_like(np.asarray(context_tokens, dtype=float))
        for a in self.attention:
            share = np.ceil(a.kv_heads / ranks) / a.kv_heads
            entry = a.elements_per_token * bytes_per_element * share + a.index_bytes
            total = total + a.layers * entry * a.entries(context_tokens)
        return np.asarray((total + self.linear_state_bytes_per_sequence / ranks) / attention_dp)

    def kv_bytes_read_per_sequence(
        self, context_tokens: Array | float, bytes_per_element: float, tp: Size = 1, attention_dp: Size = 1
    ) -> Array:
        """What a decode step reads of that cache: of sparse attention the indexer's keys and what it selects."""
        ranks = np.floor_divide(tp, attention_dp)
        total = np.zeros_like(np.asarray(context_tokens, dtype=float))
        for a in self.attention:
            share = np.ceil(a.kv_heads / ranks) / a.kv_heads
            cache = a.elements_per_token * bytes_per_element * share * a.entries_read(context_tokens)
            total = total + a.layers * (cache + a.index_bytes * a.entries(context_tokens))
        return np.asarray((total + self.linear_state_bytes_per_sequence / ranks) / attention_dp)

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
            routed_parameters=_routed_parameters(row),
            embedding_parameters=_embedding_parameters(row),
            attention_parameters=_attention_parameters(row),
            checkpoint_precision=row.text("checkpoint_precision", "bf16"),
            checkpoint_bits={part: row.number(f"{part}_bits") for part in PARTS if f"{part}_bits" in row},
            published_weights_gib={
                c.removeprefix(WEIGHTS_COLUMN): row.number(c) for c in row if c.startswith(WEIGHTS_COLUMN)
            },
        )


def modelling_gap(row: Row) -> str | None:
    """Why a row of topic `models` cannot be sized, or None where it can."""
    kind = row.text("attention", "gqa")
    if kind == "unknown":
        return "the layout of its attention is not published"
    if kind not in MODELLED_ATTENTION:
        return f"{kind} attention (known: {', '.join(MODELLED_ATTENTION)})"
    needed = ["total_parameters_billion", "layers", "hidden_size", "attention_heads"]
    if kind == "compressed":
        needed += ["compressed_4_layers", "compressed_128_layers", "sliding_window", "index_head_dim", "index_topk"]
    elif kind == "mla" or "kv_lora_rank" in row:
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


def _routed_parameters(row: Row) -> float | None:
    return row.number("routed_parameters_billion") * BILLION if "routed_parameters_billion" in row else None


def _embedding_parameters(row: Row) -> float:
    copies = 1 if row.text("tied_embeddings", "no") == "yes" else 2
    return copies * row.number("vocabulary_size", 0.0) * row.number("hidden_size")


def _attention_parameters(row: Row) -> float:
    """Projections of the layers with attention, as if the linear ones were as large; an estimate for those."""
    hidden, heads = row.number("hidden_size"), row.number("attention_heads")
    layers = row.number("attention_layers", row.number("layers"))
    head_dim = row.number("head_dim", hidden / heads)
    if "kv_lora_rank" in row:
        rank, rope = row.number("kv_lora_rank"), row.number("qk_rope_head_dim")
        nope, value = row.number("qk_nope_head_dim", 128.0), row.number("v_head_dim", 128.0)
        query_rank = row.number("q_lora_rank", 1536.0)
        query = query_rank * (hidden + heads * (nope + rope))
        return layers * (query + hidden * (rank + rope) + rank * heads * (nope + value) + heads * value * hidden)
    kv = row.number("kv_heads", row.number("global_kv_heads", 1.0))
    return layers * hidden * head_dim * (2 * heads + 2 * kv)


def _attention_layers(row: Row) -> tuple[AttentionLayers, ...]:
    kind = row.text("attention", "gqa")
    layers = int(row.number("layers"))
    full = int(row.number("full_attention_layers", float(layers)))
    heads = row.number("attention_heads")
    head_dim = row.number("head_dim", row.number("hidden_size") / heads)
    if kind == "compressed":
        return _compressed_layers(row, layers, head_dim)
    if "kv_lora_rank" in row:
        rope = row.number("qk_rope_head_dim")
        if "qk_nope_head_dim" in row:
            head_dim = (row.number("qk_nope_head_dim") + rope + row.number("v_head_dim")) / 2
        sparse = "index_topk" in row
        selected = int(row.number("index_topk")) if sparse else None
        index = INDEX_KEY_BYTES if sparse else 0.0
        latent = row.number("kv_lora_rank") + rope
        groups = [AttentionLayers(full, 1, latent, head_dim, index_bytes=index, selected=selected)]
    else:
        kv_heads = int(row.number("global_kv_heads", row.number("kv_heads", 1.0)))
        size = row.number("global_head_dim", head_dim)
        value = row.number("v_head_dim", size)
        elements = size if row.text("kv_shared_k_v", "no") == "yes" else size + value
        groups = [AttentionLayers(full, kv_heads, kv_heads * elements, (size + value) / 2)]
    sliding = int(row.number("sliding_layers", float(layers - full) if kind == "sliding" else 0.0))
    if sliding:
        kv_heads = int(row.number("sliding_kv_heads", row.number("kv_heads", 1.0)))
        size = row.number("sliding_head_dim", head_dim)
        value = row.number("v_head_dim", size)
        window = int(row.number("sliding_window"))
        groups.append(AttentionLayers(sliding, kv_heads, kv_heads * (size + value), (size + value) / 2, window))
    return tuple(groups)


def _compressed_layers(row: Row, layers: int, head_dim: float) -> tuple[AttentionLayers, ...]:
    """DeepSeek V4: a window in every layer, one entry for 4 tokens with an indexer in some, one for 128 in others."""
    fine, coarse = int(row.number("compressed_4_layers")), int(row.number("compressed_128_layers"))
    index = row.number("index_head_dim") / 2  # the indexer's keys are in fp4
    selected = int(row.number("index_topk"))
    return (
        AttentionLayers(layers, 1, head_dim, head_dim, window=int(row.number("sliding_window"))),
        AttentionLayers(fine, 1, head_dim, head_dim, stride=4, index_bytes=index, selected=selected),
        AttentionLayers(coarse, 1, head_dim, head_dim, stride=128),
    )


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


def check_context(architecture: Architecture, isl: float, osl: float, where: str) -> None:
    """InputError where prompt and answer together exceed what the model was made for."""
    longest = architecture.context_tokens
    if longest is not None and isl + osl > longest:
        raise InputError(
            f"{where}: {isl:,.0f} input and {osl:,.0f} output tokens exceed the {longest:,} tokens of context of "
            f"{architecture.name}; shorten them or choose another model"
        )
