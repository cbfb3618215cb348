"""One published measurement, and how its GPUs share the work."""

from __future__ import annotations

from dataclasses import dataclass

CLOSED_LOOP = "closed loop"
STATIC_BATCH = "static batch"
ENGINE_OF = (("sgl", "sglang"), ("trt", "tensorrt_llm"), ("tensorrt", "tensorrt_llm"))


@dataclass(frozen=True)
class Measurement:
    """One published figure with the deployment it was taken on; None where the table is silent."""

    source: str
    source_date: str
    model: str
    gpu: str
    n_gpus: int
    tp: int | None
    attention_dp: int | None
    moe_tp: int | None
    moe_ep: int | None
    precision: str | None
    engine: str
    isl: float | None
    osl: float | None
    load: str
    concurrency: float | None
    """None: as many as fit."""
    tpot_ms: float | None
    output_tokens_per_s: float

    @property
    def engine_family(self) -> str:
        name = self.engine.lower()
        return next((family for start, family in ENGINE_OF if name.startswith(start)), "vllm")


@dataclass(frozen=True)
class MeasuredLayout:
    """How the GPUs of a row share the work."""

    gpus: int
    """Of a replica."""
    attention_dp: int
    expert_parallel: bool
    replicas: int
    reread: bool = False
    """Whether the table's GPU count was taken to count them twice."""


def layout_of(m: Measurement, sparse: bool) -> MeasuredLayout:
    """The layout of a row.

    Tables drawn from runs with as much expert as tensor parallelism give their product as the number of GPUs;
    the same runs stand there a second time, times equal to the last digit, with the right number. So GPUs
    = experts' parallelism where it equals the experts' tensor parallelism. Without a word on attention, GPUs
    beyond the tensor parallelism share sequences among them in sparse models, and are replicas in dense ones.
    """
    tp, dp = max(m.tp or m.n_gpus, 1), max(m.attention_dp or 1, 1)
    moe_tp, moe_ep = max(m.moe_tp or 1, 1), max(m.moe_ep or 1, 1)
    if not sparse:
        size = tp * dp
        return MeasuredLayout(size, 1, False, max(m.n_gpus // size, 1))
    if m.attention_dp is not None and m.n_gpus == moe_tp * moe_ep:
        if moe_tp == moe_ep > 1:
            return MeasuredLayout(moe_ep, moe_ep if dp > 1 else 1, True, 1, True)
        if dp == tp > 1 and moe_ep == m.n_gpus:
            return MeasuredLayout(tp, 1, True, 1, True)
    gpus = max(m.n_gpus, moe_tp * moe_ep if m.attention_dp is None else 1)
    groups = max(dp, gpus // tp)
    return MeasuredLayout(gpus, groups, moe_ep > 1 or groups > 1, 1)
