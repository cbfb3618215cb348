"""Memory: weights, KV cache, and whether they fit. GiB throughout (80 GiB = 85.9e9 bytes)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from calculator.errors import InputError
from calculator.serving.architecture import GIB, Architecture
from calculator.serving.coefficients import Coefficients, base
from calculator.serving.gpu import Gpu
from calculator.serving.precision import SAME_AS, Precision, bytes_per_weight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Size = int | NDArray[np.int64]


@dataclass(frozen=True)
class Memory:
    """One GPU's memory with `sequences` of `context_tokens` on the replica; GiB."""

    total_gib: float
    usable_gib: float
    """What the server takes: total x memory_utilization."""
    weights_gib: float
    reserve_gib: float
    kv_gib: float
    """KV cache of those sequences."""
    gpus: int

    @property
    def kv_room_gib(self) -> float:
        """Left for KV cache once weights and reserve are in; negative where they do not fit."""
        return self.usable_gib - self.weights_gib - self.reserve_gib

    @property
    def needed_gib(self) -> float:
        return self.weights_gib + self.reserve_gib + self.kv_gib

    @property
    def fits(self) -> bool:
        return self.needed_gib <= self.usable_gib

    @property
    def reason(self) -> str:
        """In plain words, why it does not fit; empty where it does."""
        if self.fits:
            return ""
        each = " on each GPU" if self.gpus > 1 else ""
        parts = f"weights {self.weights_gib:.1f}, KV cache {self.kv_gib:.1f}, reserve {self.reserve_gib:.1f}"
        return (
            f"needs {self.needed_gib:.1f} GiB{each} ({parts}), "
            f"{self.usable_gib:.1f} of {self.total_gib:.0f} GiB are available"
        )


def weights_gib(architecture: Architecture, precision: str) -> float:
    """Weights of a whole model, GiB: the published size of that checkpoint, else parameters x bits by part.

    Quantized checkpoints keep embeddings and output head in 16 bit; the released one keeps what it says
    (`checkpoint_bits`). Its format is the only one whose parts are known.
    """
    precision = SAME_AS.get(precision, precision)
    for name, gib in architecture.published_weights_gib.items():
        if SAME_AS.get(name, name) == precision:
            return gib
    return sum(_bytes_by_part(architecture, precision).values()) / GIB


def _bytes_by_part(architecture: Architecture, precision: str) -> dict[str, float]:
    own = SAME_AS.get(architecture.checkpoint_precision, architecture.checkpoint_precision)
    bits = {"embeddings": 16.0, **(architecture.checkpoint_bits if precision == own else {})}
    usual = bytes_per_weight(precision) * 8
    return {part: number * bits.get(part, usual) / 8 for part, number in architecture.parts.items()}


def weights_gib_per_gpu(
    architecture: Architecture, precision: str, tp: Size, attention_dp: Size = 1, nodes: Array | float = 1
) -> Array:
    """Weights that each GPU of a replica holds, GiB.

    An even split, but that each group of data-parallel attention has all attention weights.
    """
    whole = weights_gib(architecture, precision)
    parts = _bytes_by_part(architecture, SAME_AS.get(precision, precision))
    attention = whole * parts["attention"] / max(sum(parts.values()), 1.0)
    return np.asarray((whole + attention * (np.asarray(attention_dp) - 1)) / (np.asarray(tp) * nodes))


def kv_cache_bytes_per_token(architecture: Architecture, kv_bytes: float) -> float:
    """KV cache that a further token of a long context takes, over the whole replica; bytes."""
    return architecture.kv_bytes_per_token(kv_bytes)


def kv_cache_gib(architecture: Architecture, kv_bytes: float, context_tokens: float) -> float:
    """KV cache of one sequence, window layers and states included, copies by tensor parallelism not; GiB."""
    return float(architecture.kv_bytes_per_sequence(context_tokens, kv_bytes)) / GIB


def kv_cache_tokens(architecture: Architecture, kv_bytes: float, gib: float) -> int:
    """Tokens of one sequence that a KV cache of that size holds, to the nearest token.

    The size of a sequence is piecewise linear in its length with a kink at each window; the pieces are
    walked.
    """
    left = gib * GIB - float(architecture.kv_bytes_per_sequence(0.0, kv_bytes))
    if left <= 0:
        return 0
    start = 0.0
    for end in [*sorted({float(a.window) for a in architecture.attention if a.window is not None}), np.inf]:
        slope = sum(
            a.layers * (a.elements_per_token * kv_bytes + a.index_bytes) / a.stride
            for a in architecture.attention
            if a.window is None or a.window > start
        )
        if slope == 0:
            raise InputError(f"{architecture.name}: its cache does not grow with the context")
        if left <= slope * (end - start):
            return round(start + left / slope)
        left, start = left - slope * (end - start), end
    raise AssertionError


def check_parallelism(architecture: Architecture, gpu: Gpu, tp: Size, where: str = "tensor_parallel") -> None:
    """InputError where `tp` GPUs cannot share the model."""
    if np.any(np.mod(architecture.attention_heads, tp)):
        heads = architecture.attention_heads
        raise InputError(f"{where}: {tp} does not divide the {heads} attention heads of {architecture.name}")
    if np.any(np.greater(tp, gpu.gpus_per_node)):
        raise InputError(
            f"{where}: {tp} GPUs are more than a node of {gpu.name} has ({gpu.gpus_per_node}); "
            "replicas over several nodes are not modelled yet"
        )


def kv_room_bytes(
    architecture: Architecture,
    gpu: Gpu,
    tp: Size,
    precision: Precision,
    coefficients: Coefficients,
    attention_dp: Size = 1,
) -> Array:
    """Memory of each GPU left for KV cache, bytes, shaped like the coefficients; negative where none is."""
    weights = weights_gib_per_gpu(architecture, precision.weights, tp, attention_dp)
    usable = gpu.memory_gib * np.asarray(coefficients.memory_utilization)
    return np.asarray((usable - weights - coefficients.reserve_gib) * GIB)


def memory(
    architecture: Architecture,
    gpu: Gpu,
    tp: Size,
    precision: Precision,
    context_tokens: float,
    sequences: float,
    coefficients: Coefficients,
    attention_dp: Size = 1,
    nodes: int = 1,
) -> Memory:
    """Where one GPU's memory goes, at base values.

    Weights are split over the `tp` GPUs as `weights_gib_per_gpu` says. Over several `nodes` each holds its share
    of the layers, with their weights and cache.
    """
    per_sequence = architecture.kv_bytes_per_sequence(context_tokens, precision.kv_bytes, tp, attention_dp)
    gpus = int(np.asarray(tp).flat[0]) * nodes
    return Memory(
        total_gib=base(gpu.memory_gib),
        usable_gib=base(gpu.memory_gib) * base(coefficients.memory_utilization),
        weights_gib=float(np.asarray(weights_gib_per_gpu(architecture, precision.weights, tp, attention_dp, nodes)).flat[0]),
        reserve_gib=base(coefficients.reserve_gib),
        kv_gib=sequences * float(np.asarray(per_sequence).flat[0]) / nodes / GIB,
        gpus=gpus,
    )
