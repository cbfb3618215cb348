"""Every layout of a model: GPU × tensor parallelism × nodes × precision, evaluated at once.

What does not fit the largest replica of one node is tried over several: tensor parallelism within the node and
the layers split over the nodes as a pipeline. With as many batches in flight as stages, each stage is busy all
the time; a batch still passes all layers one after the other, so that its time per token stays that of one
node, and the replica serves as many batches more (Narayanan et al. 2021, arXiv:2104.04473, section 2.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from calculator.serving.architecture import GIB, Architecture
from calculator.serving.capacity import replica_capacity
from calculator.serving.coefficients import Coefficients, base
from calculator.serving.gpu import Gpu
from calculator.serving.layout import Work, allowed_tp
from calculator.serving.memory import memory, weights_gib
from calculator.serving.precision import BITS, SAME_AS, Precision, resolve_precision
from calculator.serving.queueing import ttft_seconds, utilization_at_ttft

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Size = int | NDArray[np.int64]

STAGES = (2, 4, 8)
"""Nodes of a pipeline that are tried where one does not hold the model."""


@dataclass(frozen=True)
class Candidate:
    """One layout and what a replica of it serves, at base values."""

    gpu_id: str
    gpu: Gpu
    tp: int
    nodes: int
    """Pipeline stages, each on `tp` GPUs of a node of its own; 1 within a node."""
    precision: Precision
    reason: str = ""
    """Why it does not fit or misses the target; empty where it serves."""
    fits: bool = False
    requests_per_second: float = 0.0
    """Of a replica at full use."""
    output_tokens_per_second: float = 0.0
    batch: float = 0.0
    tpot_ms: float = 0.0
    ttft_ms: float = 0.0
    """At the planned utilization, waits included."""
    utilization_limit: float = 0.0
    """Share of the full rate that is planned for."""

    @property
    def usable(self) -> bool:
        return not self.reason

    @property
    def gpus_per_replica(self) -> int:
        return self.tp * self.nodes


def precisions_to_try(architecture: Architecture) -> tuple[str, ...]:
    """The checkpoint's own format, and every coarser one that it can be quantized to."""
    own = SAME_AS.get(architecture.checkpoint_precision, architecture.checkpoint_precision)
    coarser = [f for f in ("fp8", "int8", "int4", "fp4") if BITS[f] < BITS[own]]
    return (own, *coarser)


def with_stages(gpu: Gpu, architecture: Architecture, tp: int, nodes: int, precision: str, utilization: float) -> Gpu:
    """A GPU as a stage of a pipeline sees it: weights of the other stages give their room to the cache.

    A stage holds 1/nodes of the weights and, of `nodes` batches, 1/nodes of each cache: as much cache as one
    batch takes. So the room for one batch is what 1/nodes of the weights leave.
    """
    if nodes == 1:
        return gpu
    spared = weights_gib(architecture, precision) / tp * (1 - 1 / nodes)
    return replace(gpu, memory_gib=gpu.memory_gib + spared / utilization)


def search(
    architecture: Architecture,
    gpus: Mapping[str, Gpu],
    precisions: Iterable[object],
    work: Work,
    coefficients: Coefficients,
    utilization_limit: float,
    ttft_ms: float | None = None,
    tp: int | None = None,
    pipeline_efficiency: float = 1.0,
    throughput_ratio: float = 1.0,
) -> list[Candidate]:
    """Every layout on every GPU, those that serve and those that do not, in no order.

    `precisions` as `resolve_precision` takes them; `tp` fixes the tensor parallelism. With `ttft_ms` the planned
    utilization falls until the time to first token, waits included, holds. `throughput_ratio`: measured over
    modelled speed.
    """
    found = []
    for wanted in precisions:
        groups: dict[tuple[str, str, str], list[Candidate]] = {}
        for gpu_id, gpu in gpus.items():
            precision = resolve_precision(wanted, gpu, architecture)
            group = groups.setdefault((precision.weights, precision.compute, precision.kv), [])
            group += _layouts(architecture, gpu_id, gpu, precision, work, coefficients, tp)
        for group in groups.values():
            if group:
                found += _evaluated(
                    architecture,
                    group,
                    work,
                    coefficients,
                    utilization_limit,
                    ttft_ms,
                    pipeline_efficiency,
                    throughput_ratio,
                )
    return found


def _layouts(
    architecture: Architecture,
    gpu_id: str,
    gpu: Gpu,
    precision: Precision,
    work: Work,
    coefficients: Coefficients,
    tp: int | None,
) -> list[Candidate]:
    """Sizes within a node; where its largest does not hold the model, pipelines over nodes of that size."""
    sizes = allowed_tp(architecture, gpu) if tp is None else (tp,) if tp <= gpu.gpus_per_node else ()
    if not sizes:
        return []
    largest = Candidate(gpu_id, gpu, sizes[-1], 1, precision)
    layouts = [replace(largest, tp=size) for size in sizes]
    if _room_gib(architecture, gpu, sizes[-1], 1, precision, work, coefficients) < 0:
        layouts += [replace(largest, nodes=n) for n in STAGES if n <= architecture.layers]
    return layouts


def _room_gib(
    architecture: Architecture, gpu: Gpu, tp: Size, nodes: Array | float, precision: Precision, work: Work, c: Coefficients
) -> Array:
    """What one sequence leaves of a GPU's memory; negative where the model does not fit."""
    tokens = base(work.isl) + base(work.osl)
    sequence = architecture.kv_bytes_per_sequence(tokens, precision.kv_bytes, tp) / GIB
    weights = weights_gib(architecture, precision.weights)
    usable = gpu.memory_gib * base(c.memory_utilization) - base(c.reserve_gib)
    return np.asarray(usable - weights / (tp * nodes) - sequence / nodes)


def _evaluated(
    architecture: Architecture,
    group: Sequence[Candidate],
    work: Work,
    coefficients: Coefficients,
    utilization_limit: float,
    ttft_ms: float | None,
    pipeline_efficiency: float,
    throughput_ratio: float,
) -> list[Candidate]:
    """Layouts of one precision with their figures; configurations take the place of draws."""
    precision, share = group[0].precision, base(coefficients.memory_utilization)
    gpu = Gpu.stack([with_stages(c.gpu, architecture, c.tp, c.nodes, precision.weights, share) for c in group])
    tp = np.array([[c.tp] for c in group])
    nodes = np.array([float(c.nodes) for c in group])
    plain = Gpu.stack([c.gpu for c in group])
    fits = _room_gib(architecture, plain, tp, nodes[:, None], precision, work, coefficients)[:, 0] >= 0
    served = replica_capacity(
        architecture, gpu, tp, precision, work.isl, work.osl, work.cached_share, work.tpot_ms, coefficients, throughput_ratio
    )
    pipeline = np.where(nodes > 1, nodes * pipeline_efficiency, 1.0)
    # a full batch is answered in osl x TPOT; `served.requests_per_second` is 0 where most configurations do not fit
    rate = served.batch / (np.maximum(base(work.osl), 1.0) * served.tpot_ms / 1e3) * pipeline
    first = served.ttft_ms / 1e3
    residence = first + base(work.osl) * served.tpot_ms / 1e3
    sequences = served.batch * nodes
    limit = np.full(nodes.shape, utilization_limit)
    if ttft_ms is not None:
        limit = np.minimum(limit, utilization_at_ttft(ttft_ms / 1e3, rate, sequences, first, residence, nodes))
    wait = ttft_seconds(limit, rate, sequences, first, residence, nodes)
    return [
        replace(
            c,
            reason=_too_slow(work, float(served.tpot_ms[i]), float(first[i]), ttft_ms, float(limit[i]))
            if fits[i]
            else _too_large(architecture, c, work, coefficients),
            fits=bool(fits[i]),
            requests_per_second=float(rate[i]),
            output_tokens_per_second=float(rate[i] * base(work.osl)),
            batch=float(sequences[i]),
            tpot_ms=float(served.tpot_ms[i]),
            ttft_ms=float(wait[i]) * 1e3,
            utilization_limit=float(limit[i]),
        )
        for i, c in enumerate(group)
    ]


def _too_large(architecture: Architecture, layout: Candidate, work: Work, coefficients: Coefficients) -> str:
    tokens = base(work.isl) + base(work.osl)
    return memory(architecture, layout.gpu, layout.tp, layout.precision, tokens, 1, coefficients, nodes=layout.nodes).reason


def _too_slow(work: Work, tpot_ms: float, first_token_seconds: float, ttft_ms: float | None, limit: float) -> str:
    if tpot_ms > work.tpot_ms:
        return f"one sequence at a time takes {tpot_ms:.1f} ms per output token, {work.tpot_ms:g} ms are allowed"
    if ttft_ms is not None and limit <= 0:
        return f"the first token takes {first_token_seconds * 1e3:.0f} ms on an idle replica, {ttft_ms:g} ms are allowed"
    return ""


def smallest_that_fits(architecture: Architecture, candidates: Iterable[Candidate]) -> Candidate | None:
    """Of layouts that fit, the one with the least memory in all; None where none fits."""
    fitting = [c for c in candidates if c.fits]
    return min(fitting, key=lambda c: (c.gpus_per_replica * c.gpu.memory_gib, c.gpus_per_replica), default=None)
