"""A model on GPUs as its speed sees it: parameters, formats, peaks and layout in one place.

Every figure is a number or an array, so that one evaluation serves draws, batches, the layouts of a search or
the rows of a table of measurements (`Deployment.stack`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.errors import InputError
from calculator.serving.architecture import Architecture
from calculator.serving.gpu import TERA, Gpu
from calculator.serving.precision import Precision, bytes_per_weight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Size = int | NDArray[np.int64]

ENGINES = ("vllm", "sglang", "tensorrt_llm")
"""Inference servers whose overheads are told apart; the first stands for any other."""
EXPERTS_ONLY = ("fp4", "int4")
"""Formats in which checkpoints of sparse models hold the experts, while attention and the rest stay in 16 bit."""


@dataclass(frozen=True)
class Deployment:
    """What of model, GPU, formats and layout decides speed."""

    layers: Any
    hidden_size: Any
    attention_heads: Any
    experts: Any
    experts_per_token: Any
    sparse: Any
    """1 where a token passes through only some of the experts."""
    dense_parameters: Any
    """Parameters outside routed experts that a step reads: without the input embedding."""
    expert_parameters: Any
    """Parameters in routed experts."""
    latent_elements: Any
    """Cached numbers a token, over the layers with a latent; 0 without."""
    latent_share: Any
    """Share of the layers with latent attention."""
    linear_share: Any
    """Share of the layers with linear attention or a state."""
    indexer: Any
    """1 where an indexer picks the tokens that attention sees."""
    selected_tokens: Any
    """Tokens that latent attention sees at most."""
    dense_bytes: Any
    """Bytes a parameter outside the experts takes."""
    expert_bytes: Any
    dense_flops: Any
    """Peak arithmetic of a GPU for products outside the experts, FLOP/s."""
    expert_flops: Any
    attention_flops: Any
    """Peak for attention, which runs in 16 bit."""
    dense_fp4: Any
    """1 where those products run on FP4 units."""
    expert_fp4: Any
    int4: Any
    """1 where 4-bit integers are expanded to 16 bit."""
    emulated: Any
    """1 where 4-bit floats are expanded, for want of FP4 units."""
    bytes_per_second: Any
    """Peak memory bandwidth of a GPU."""
    link_bytes_per_second: Any
    gpus: Any
    """Of a replica."""
    attention_dp: Any
    """Groups of GPUs that share the sequences out among them."""
    expert_parallel: Any
    """1 where experts lie whole on GPUs rather than split over all."""
    sglang: Any
    tensorrt_llm: Any

    @property
    def tp(self) -> Any:
        """GPUs over which a sequence's attention is split."""
        return self.gpus / self.attention_dp

    @property
    def active_experts(self) -> Any:
        """Share of the experts that a token passes through."""
        return self.experts_per_token / self.experts

    @staticmethod
    def stack(deployments: Sequence[Deployment]) -> Deployment:
        """Several, each figure an array (deployments,)."""
        return Deployment(**{f.name: np.array([getattr(d, f.name) for d in deployments], float) for f in fields(Deployment)})


def deployment(
    architecture: Architecture,
    gpu: Gpu,
    gpus: Size,
    precision: Precision,
    attention_dp: Size = 1,
    expert_parallel: Any = False,
    engine: str = ENGINES[0],
) -> Deployment:
    """A replica of `gpus` GPUs; `gpus`, `attention_dp`, `expert_parallel` and the GPU's figures may be columns.

    InputError where the chip lacks the units for the arithmetic of `precision`.
    """
    model = architecture
    expert = model.expert_parameters
    dense_format = "bf16" if model.is_sparse and precision.weights in EXPERTS_ONLY else precision.weights
    dense_compute = "bf16" if dense_format == "bf16" else precision.compute
    latent = [a for a in model.attention if a.is_latent]
    selected = [a.selected * a.stride for a in model.attention if a.selected is not None]
    return Deployment(
        layers=float(model.layers),
        hidden_size=float(model.hidden_size),
        attention_heads=float(model.attention_heads),
        experts=float(model.experts),
        experts_per_token=float(model.experts_per_token),
        sparse=float(model.is_sparse),
        dense_parameters=max(model.total_parameters - expert - model.embedding_parameters / 2, 0.0),
        expert_parameters=expert,
        latent_elements=float(sum(a.layers * a.elements_per_token for a in latent)),
        latent_share=sum(a.layers for a in latent) / model.layers,
        linear_share=max(1 - sum(a.layers for a in model.attention) / model.layers, 0.0),
        indexer=float(bool(selected)),
        selected_tokens=float(min(selected, default=np.inf)),
        dense_bytes=bytes_per_weight(dense_format),
        expert_bytes=bytes_per_weight(precision.weights),
        dense_flops=_peak(gpu, dense_compute),
        expert_flops=_peak(gpu, precision.compute),
        attention_flops=_peak(gpu, "bf16"),
        dense_fp4=float(dense_compute == "fp4"),
        expert_fp4=float(precision.compute == "fp4"),
        int4=float(precision.weights == "int4"),
        emulated=float(precision.weights == "fp4" and precision.compute != "fp4"),
        bytes_per_second=gpu.bytes_per_second,
        link_bytes_per_second=gpu.link_bytes_per_second,
        gpus=np.asarray(gpus, dtype=float),
        attention_dp=np.asarray(attention_dp, dtype=float),
        expert_parallel=np.asarray(expert_parallel, dtype=float) * model.is_sparse,
        sglang=float(engine == "sglang"),
        tensorrt_llm=float(engine == "tensorrt_llm"),
    )


def _peak(gpu: Gpu, number_format: str) -> Any:
    """Peak dense arithmetic, FLOP/s."""
    tflops = gpu.dense_tflops(number_format)
    if tflops is None:
        raise InputError(f"{gpu.name} has no {number_format} units")
    return tflops * TERA
