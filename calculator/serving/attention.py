"""What attention layers remember and compute, by kind.

KV cache of one layer, in elements a token: grouped-query attention 2 x KV heads x head size (Ainslie et al.
2023, arXiv:2305.13245); K and V stored once where the layers share them; multi-head latent attention one
latent of rank `kv_lora_rank` plus the rotary part of the key, whatever the number of heads (DeepSeek-V2,
arXiv:2405.04434, section 2.1; checked against arXiv:2505.09343, table 1). Layers with a sliding window hold at
most the window. Sparse attention with an indexer keeps a short key of each token beside (132 bytes: 128 in fp8
and a scale) and attends to the tokens that it selects. Compressed sparse attention keeps one entry for each
`stride` tokens. The layouts of the last two are those of the cache that `aiconfigurator-core` 0.12.0 models for
DeepSeek V3.2 and V4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class AttentionLayers:
    """Layers that keep the same kind of KV cache."""

    layers: int
    kv_heads: int
    """Heads among which the cache can be split over GPUs; 1 for a latent, which every GPU holds whole."""
    elements_per_token: float
    """Cached numbers an entry and layer, over all heads."""
    head_dim: float
    """Size of a head as attention computes it (mean of key and value)."""
    window: int | None = None
    """Tokens that the layers look back; None for the whole context."""
    stride: int = 1
    """Tokens that share one entry of the cache."""
    index_bytes: float = 0.0
    """Beside each entry for the indexer, in its own format; bytes, held whole by every GPU."""
    selected: int | None = None
    """Entries that a query attends to, chosen by the indexer; None for all."""

    @property
    def is_latent(self) -> bool:
        """Whether the heads share a latent that is wider than the keys and values of its heads would be."""
        return self.elements_per_token > 2 * self.kv_heads * self.head_dim

    def entries(self, context_tokens: Array | float) -> Array:
        """Entries of one sequence that stay in the cache."""
        held = np.asarray(context_tokens, dtype=float)
        if self.window is not None:
            held = np.asarray(np.minimum(held, self.window))
        return held / self.stride if self.stride > 1 else held

    def entries_read(self, context_tokens: Array | float) -> Array:
        """Entries that a decode step reads."""
        held = self.entries(context_tokens)
        return held if self.selected is None else np.asarray(np.minimum(held, self.selected))

    def pairs(self, tokens: Array | float) -> Array:
        """Query-key pairs under the causal mask: n^2/2, or w^2/2 + (n - w) w beyond a limit of w tokens.

        The limit is the window or what is selected; with a stride s there are 1/s as many keys.
        """
        n = np.asarray(tokens, dtype=float)
        reach = self.window if self.window is not None else None
        if self.selected is not None:
            reach = self.selected * self.stride
        if reach is None:
            return np.asarray(n * n / 2 / self.stride)
        inside = np.minimum(n, reach)
        return np.asarray((inside * inside / 2 + (n - inside) * reach) / self.stride)
