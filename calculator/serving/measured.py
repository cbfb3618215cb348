"""Published measurements of serving speed, and what the model says of them.

A measurement is one row of a table: model, GPU, layout, request shape, load and output tokens a second. Its
layout is read as the engine ran it (`layout_of`); what cannot be modelled says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.assumptions import Assumptions, Row
from calculator.errors import InputError
from calculator.serving.architecture import Architecture, model_row, modelling_gap
from calculator.serving.coefficients import Coefficients
from calculator.serving.deployment import Deployment, deployment
from calculator.serving.gpu import Gpu
from calculator.serving.memory import kv_room_bytes, weights_gib
from calculator.serving.placement import allowed_tp
from calculator.serving.precision import Precision, resolve_precision
from calculator.serving.speed import cycle_seconds, decode_step, kv_bytes_read, prefill_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

CLOSED_LOOP = "closed loop"
STATIC_BATCH = "static batch"
ENGINE_OF = (("sgl", "sglang"), ("trt", "tensorrt_llm"), ("tensorrt", "tensorrt_llm"))
FP8_CACHE = ("fp8", "fp4")
"""Weights with which TensorRT-LLM keeps an FP8 cache: its quantized checkpoints name it."""
MILLI = 1e-3
USUAL_WEIGHTS_SHARE = 0.5
"""Of a replica's memory, where a table does not say how many GPUs share a model."""


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


@dataclass(frozen=True)
class Case:
    """A measurement that can be modelled."""

    measurement: Measurement
    architecture: Architecture
    gpu: Gpu
    layout: MeasuredLayout
    precision: Precision
    vendor: str
    assumed_prompt: bool = False
    """Whether the table gives no length of the prompt and that of its benchmark's data set was taken."""


class Table:
    """Measurements as arrays, one entry a case."""

    def __init__(self, cases: Sequence[Case], inputs: TableInputs) -> None:
        self.cases = tuple(cases)
        self.inputs = inputs

    @staticmethod
    def of(cases: Sequence[Case], c: Coefficients) -> Table:
        """`c` decides how much memory the cache has; fitting does not change it."""
        return Table(cases, TableInputs.of(cases, c))

    def __len__(self) -> int:
        return len(self.cases)

    def select(self, mask: Any) -> Table:
        """The cases where the mask holds."""
        chosen = np.flatnonzero(mask)
        return Table([self.cases[i] for i in chosen], self.inputs.take(chosen))

    @cached_property
    def measured(self) -> Array:
        """Output tokens a second."""
        return np.array([c.measurement.output_tokens_per_s for c in self.cases])

    def column(self, name: str) -> Any:
        """A field of the measurements as an array of objects."""
        return np.array([getattr(c.measurement, name) for c in self.cases], dtype=object)


@dataclass(frozen=True)
class TableInputs:
    """What the formulas take, arrays (cases,)."""

    deployment: Deployment
    isl: Array
    osl: Array
    concurrency: Array
    """Of a replica; infinite where as many as fit."""
    room_bytes: Array
    """On a GPU, for the cache."""
    held_bytes: Array
    """Cache of a whole request on each GPU of the replica, bytes."""
    kv_bytes: Array
    """Cache of a request halfway through its answer, on each GPU that holds it."""
    attention_flops: Array
    replicas: Array
    together: Array
    """1 where all prompts of a batch are computed first, together."""
    efficiency: Array
    """Of the platform."""

    @staticmethod
    def of(cases: Sequence[Case], c: Coefficients) -> TableInputs:
        known: dict[Any, tuple[Any, ...]] = {}
        rows = []
        for case in cases:
            m, a, n, dp = case.measurement, case.architecture, case.layout.gpus, case.layout.attention_dp
            isl, osl = float(m.isl or 0), max(float(m.osl or 1), 1.0)
            key = (m.model, m.gpu, case.layout, case.precision, m.engine_family, isl, osl)
            if key not in known:
                known[key] = (
                    deployment(a, case.gpu, n, case.precision, dp, case.layout.expert_parallel, m.engine_family),
                    float(kv_room_bytes(a, case.gpu, n, case.precision, c)),
                    float(a.kv_bytes_per_sequence(isl + osl, case.precision.kv_bytes, n, dp)),
                    float(kv_bytes_read(a, n, case.precision, isl + osl / 2, dp)),
                    float(a.attention_flops(isl)),
                )
            load = np.inf if m.concurrency is None else m.concurrency / case.layout.replicas
            rows.append((*known[key], isl, osl, load))
        d, room, held, kv, flops, prompts, answers, concurrency = zip(*rows, strict=True)
        return TableInputs(
            deployment=Deployment.stack(d),
            isl=np.array(prompts),
            osl=np.array(answers),
            concurrency=np.array(concurrency),
            room_bytes=np.array(room),
            held_bytes=np.array(held),
            kv_bytes=np.array(kv),
            attention_flops=np.array(flops),
            replicas=np.array([float(case.layout.replicas) for case in cases]),
            together=np.array([float(case.measurement.load == STATIC_BATCH) for case in cases]),
            efficiency=np.array([float(np.asarray(case.gpu.platform_efficiency).flat[0]) for case in cases]),
        )

    def take(self, chosen: Any) -> TableInputs:
        d = Deployment(**{k: v[chosen] for k, v in vars(self.deployment).items()})
        return TableInputs(d, *(v[chosen] for k, v in vars(self).items() if k != "deployment"))


@dataclass(frozen=True)
class Predicted:
    """What the model says of each case."""

    tokens_per_second: Array
    tpot_ms: Array
    """After the first token."""
    batch: Array


def predict(table: Table, c: Coefficients, concurrency: Array | None = None) -> Predicted:
    """Output tokens a second and time per output token of each case, as `replica_capacity` computes them.

    `concurrency` (cases,) in place of the measured one. A replica runs what its cache holds of it.
    """
    x, d = table.inputs, table.inputs.deployment
    load = x.concurrency if concurrency is None else concurrency / x.replicas
    fits = np.maximum(np.floor(x.room_bytes / x.held_bytes), 1.0)
    batch = np.minimum(np.minimum(load, fits), np.where(np.isinf(load), c.max_sequences_offline * d.attention_dp, np.inf))
    step = decode_step(d, batch, x.isl + x.osl / 2, x.kv_bytes, c)
    prompts = np.where(x.together > 0, batch, batch / x.osl)
    prefill, _ = prefill_step(d, x.isl, x.attention_flops, prompts, c)
    cycle = cycle_seconds(step.seconds, prefill, batch, x.osl, np.where(x.together > 0, 0.0, c.overlap_share)) / x.efficiency
    after_first = np.maximum(cycle - prefill / x.efficiency, step.seconds) / x.osl
    return Predicted(x.replicas * batch * x.osl / cycle, after_first / MILLI, batch)


def cases_of(measurements: Iterable[Measurement], known: Assumptions) -> tuple[list[Case], list[tuple[Measurement, str]]]:
    """Measurements that can be modelled, and the others with the reason."""
    models: dict[str, Architecture | str] = {}
    gpus: dict[str, tuple[Gpu, str] | None] = {}
    cases: list[Case] = []
    rest: list[tuple[Measurement, str]] = []
    rows, prompts = known.rows("gpus"), known.rows("benchmark_prompts")
    for m in measurements:
        if m.model not in models:
            models[m.model] = _architecture(known, m.model)
        if m.gpu not in gpus:
            row = rows.get(m.gpu)
            gpus[m.gpu] = None if row is None else (Gpu.from_row(row), row.text("vendor", ""))
        assumed = m.isl is None and m.model in prompts
        full = replace(m, isl=prompts[m.model].number("input_tokens")) if assumed else m
        made = _case(full, models[m.model], gpus[m.gpu])
        if isinstance(made, str):
            rest.append((m, made))
        else:
            cases.append(replace(made, assumed_prompt=assumed))
    return cases, rest


def _architecture(known: Assumptions, model: str) -> Architecture | str:
    try:
        row: Row = model_row(known, model)
    except InputError:
        plain = re.sub(r"-(fp8|fp4|nvfp4|mxfp4|bf16|int4|instruct|it|chat)\b", "", model.rsplit("/", 1)[-1].lower())
        if plain not in known.rows("models"):
            return "model is not in assumptions/models.yaml"
        row = known.rows("models")[plain]
    gap = modelling_gap(row)
    return Architecture.from_row(row) if gap is None else gap


def _usual_tp(m: Measurement, architecture: Architecture, gpu: Gpu) -> int:
    """GPUs a replica where the table is silent: the fewest that hold the weights in half of their memory."""
    sizes = [n for n in allowed_tp(architecture, gpu) if n <= m.n_gpus]
    try:
        weights = weights_gib(architecture, resolve_precision(m.precision, gpu, architecture).weights)
    except InputError:
        return m.n_gpus
    roomy = [n for n in sizes if weights <= n * gpu.memory_gib * USUAL_WEIGHTS_SHARE]
    return min(roomy, default=max(sizes, default=1))


def _case(m: Measurement, architecture: Architecture | str, gpu: tuple[Gpu, str] | None) -> Case | str:
    if isinstance(architecture, str):
        return architecture
    if gpu is None:
        return "GPU is not in assumptions/gpus.yaml"
    if m.isl is None or m.osl is None:
        return "length of prompt or answer is not given"
    if m.tp is None and m.moe_tp is None:
        m = replace(m, tp=_usual_tp(m, architecture, gpu[0]))
    layout = layout_of(m, architecture.is_sparse)
    if architecture.attention_heads % (layout.gpus // layout.attention_dp):
        return "GPUs do not divide the attention heads: several pools of GPUs in one row"
    try:
        precision = resolve_precision(m.precision, gpu[0], architecture)
    except InputError:
        return f"number format {m.precision!r} is not known"
    if m.engine_family == "tensorrt_llm" and precision.weights in FP8_CACHE:
        precision = Precision(precision.weights, precision.compute, "fp8", precision.notes)
    return Case(m, architecture, gpu[0], layout, precision, gpu[1])
