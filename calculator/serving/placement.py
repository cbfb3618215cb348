"""How a replica lies on GPUs: tensor parallelism, pipelines over nodes, data-parallel attention with expert parallelism.

Within a node tensor parallelism splits every layer. Over nodes the layers are split as a pipeline: with as many
batches in flight as stages, each stage is busy all the time; a batch still passes all layers one after the
other, so that its time per token stays that of one node, and the replica serves as many batches more (Narayanan
et al. 2021, arXiv:2104.04473, section 2.2). Models whose cache cannot be split by heads (latent attention) and
that are mixtures of experts may instead give each GPU whole sequences for attention and spread the experts over
all GPUs, within a node or over several (DeepSeek-V3, arXiv:2412.19437, section 3.4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from calculator.serving.architecture import Architecture
from calculator.serving.capacity import Capacity, CurvePoint, replica_capacity
from calculator.serving.coefficients import Coefficients, base
from calculator.serving.gpu import Gpu
from calculator.serving.memory import Memory, check_parallelism, memory, weights_gib_per_gpu

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from calculator.serving.precision import Precision

    Array = NDArray[np.float64]

STAGES = (2, 4, 8)
"""Nodes over which a replica is tried where one does not hold it."""


@dataclass(frozen=True, order=True)
class Placement:
    """GPUs of one replica."""

    tp: int
    """GPUs of a node that the replica uses."""
    nodes: int = 1
    attention_dp: int = 1
    """Groups that share the sequences out among them: 1, or every GPU by itself with experts spread over all."""

    @property
    def gpus(self) -> int:
        return self.tp * self.nodes

    @property
    def stages(self) -> int:
        """Stages of the pipeline; 1 where all GPUs work on one layer together."""
        return self.nodes if self.attention_dp == 1 else 1

    @property
    def together(self) -> int:
        """GPUs that work on one layer."""
        return self.gpus // self.stages

    def words(self, gpu: str) -> str:
        over = f" on each of {self.nodes} nodes" if self.nodes > 1 else ""
        return f"{self.tp} x {gpu}{over}" + (", experts spread" if self.attention_dp > 1 else "")


def allowed_tp(architecture: Architecture, gpu: Gpu) -> tuple[int, ...]:
    """Powers of two within a node that divide the attention heads, ascending."""
    sizes = (2**k for k in range(gpu.gpus_per_node.bit_length()))
    return tuple(n for n in sizes if n <= gpu.gpus_per_node and architecture.attention_heads % n == 0)


def may_spread_experts(architecture: Architecture) -> bool:
    """Whether data-parallel attention is worth trying: a mixture of experts whose cache every GPU would copy."""
    return architecture.is_sparse and all(a.kv_heads == 1 for a in architecture.attention)


def placements(
    architecture: Architecture, gpu: Gpu, tp: int | None = None, where: str = "tensor_parallel"
) -> list[Placement]:
    """Those worth trying, those of one node first; `tp` fixes the GPUs of a node.

    InputError where `tp` does not divide the heads or exceeds a node.
    """
    if tp is not None:
        check_parallelism(architecture, gpu, tp, where)
    sizes = (tp,) if tp is not None else allowed_tp(architecture, gpu)
    found = [Placement(n) for n in sizes]
    spread = may_spread_experts(architecture)
    if spread:
        found += [Placement(n, 1, n) for n in sizes if n > 1]
    largest = sizes[-1]
    for nodes in STAGES:
        if nodes <= architecture.layers:
            found.append(Placement(largest, nodes))
        if spread and architecture.experts >= largest * nodes and architecture.attention_heads % (largest * nodes) == 0:
            found.append(Placement(largest, nodes, largest * nodes))
    return found


def placed_gpu(gpu: Gpu, architecture: Architecture, placement: Placement, precision: str, utilization: float) -> Gpu:
    """The GPU as the speed of one stage sees it.

    A stage of a pipeline holds 1/n of the weights and, of n batches, 1/n of each cache: as much cache as one
    batch takes. So the room for one batch is what 1/n of the weights leave: the weights of the other stages
    count as further memory. Experts spread over nodes exchange tokens over the network between them.
    """
    if placement.nodes == 1:
        return gpu
    if placement.attention_dp > 1:
        link = gpu.inter_node_gb_per_s or gpu.link_gb_per_s
        return replace(gpu, link_gb_per_s=link, gpus_per_node=gpu.gpus_per_node * placement.nodes)
    whole = float(weights_gib_per_gpu(architecture, precision, placement.tp))
    return replace(gpu, memory_gib=gpu.memory_gib + whole * (1 - 1 / placement.nodes) / utilization)


def placed_memory(
    architecture: Architecture,
    gpu: Gpu,
    placement: Placement,
    precision: Precision,
    context_tokens: float,
    sequences: float,
    coefficients: Coefficients,
) -> Memory:
    """Where one GPU's memory goes; `sequences` of the whole replica."""
    together, stages = placement.together, placement.stages
    return memory(
        architecture, gpu, together, precision, context_tokens, sequences, coefficients, placement.attention_dp, stages
    )


def placed_capacity(
    architecture: Architecture,
    gpu: Gpu,
    placement: Placement,
    precision: Precision,
    isl: Array | float,
    osl: Array | float,
    cached_share: Array | float,
    tpot_ms: float,
    coefficients: Coefficients,
    throughput_ratio: Array | float = 1.0,
    batch_work: bool = False,
    pipeline_efficiency: float = 1.0,
) -> Capacity:
    """What a replica serves, as `replica_capacity` says, wherever its GPUs stand.

    `pipeline_efficiency`: share of the time that the stages of a pipeline are busy.
    """
    share = base(coefficients.memory_utilization)
    capacity = replica_capacity(
        architecture,
        placed_gpu(gpu, architecture, placement, precision.weights, share),
        placement.together,
        precision,
        isl,
        osl,
        cached_share,
        tpot_ms,
        coefficients,
        throughput_ratio,
        batch_work,
        placement.attention_dp,
    )
    n = placement.stages
    if placement.nodes == 1:
        return capacity
    running = base(capacity.batch) * n if capacity.fits else 1.0
    held = placed_memory(architecture, gpu, placement, precision, base(isl) + base(osl), running, coefficients)
    factor = n * pipeline_efficiency if n > 1 else 1.0
    return replace(
        capacity,
        reason=capacity.reason if capacity.fits else held.reason,
        requests_per_second=capacity.requests_per_second * factor,
        output_tokens_per_second=capacity.output_tokens_per_second * factor,
        batch=capacity.batch * n,
        memory=held,
        curve=tuple(
            CurvePoint(p.batch * n, p.requests_per_second * factor, p.tokens_per_second * factor, p.tpot_ms)
            for p in capacity.curve
        ),
    )
