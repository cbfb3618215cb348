"""Which measurements can be modelled, and why the others cannot."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from calculator.assumptions import Assumptions, Row
from calculator.errors import InputError
from calculator.serving.architecture import Architecture, model_row, modelling_gap
from calculator.serving.gpu import Gpu
from calculator.serving.measured.measurement import MeasuredLayout, Measurement, layout_of
from calculator.serving.memory import weights_gib
from calculator.serving.placement import allowed_tp
from calculator.serving.precision import Precision, resolve_precision

FP8_CACHE = ("fp8", "fp4")
"""Weights with which TensorRT-LLM keeps an FP8 cache: its quantized checkpoints name it."""
USUAL_WEIGHTS_SHARE = 0.5
"""Of a replica's memory, where a table does not say how many GPUs share a model."""


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
