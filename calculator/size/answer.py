"""How many GPUs one model needs for a load within a latency target: what `llm-adoption size` answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from calculator.assumptions import Assumptions
from calculator.costs.gpu_price import gpu_price
from calculator.errors import InputError
from calculator.serving import Architecture, Coefficients, Gpu, model_row, modelling_gap
from calculator.serving.architecture import check_context
from calculator.serving.benchmark_files import Point
from calculator.serving.calibration import Calibration
from calculator.serving.capacity import Capacity
from calculator.serving.coefficients import throughput_ratio_id
from calculator.serving.config_json import read_config
from calculator.serving.layout import Work
from calculator.serving.memory import Memory, check_parallelism
from calculator.serving.own_points import calibrate_layout
from calculator.serving.placement import Placement, placed_capacity, placed_memory
from calculator.serving.precision import SAME_AS, resolve_precision
from calculator.serving.search import (
    Candidate,
    Terms,
    precisions_to_try,
    search,
    smallest_that_fits,
)
from calculator.serving.second_opinion import SecondOpinion, second_opinion, shipped_config

HOURS_PER_MONTH = "demand.hours_per_month"


@dataclass(frozen=True)
class Question:
    """A model, a load and a latency target."""

    weights: str
    """Id in models, or on Hugging Face, or the path of a config.json."""
    isl: float
    """Mean input tokens of a request."""
    osl: float
    """Mean output tokens of a request."""
    rate: float
    """Requests a second at the peak."""
    tpot_ms: float
    """Time per output token that must hold."""
    ttft_ms: float | None = None
    """Time to first token that must hold, waiting included; not binding where absent."""
    cached_share: float = 0.0
    gpu: str | None = None
    """Every GPU where absent."""
    precision: str | None = None
    """Of the weights; where absent the checkpoint's own, or every one in a search."""
    kv_precision: str | None = None
    tp: int | None = None
    spare_replicas: int | None = None
    """Replicas beyond the load; the sourced default (N+1) where absent."""
    provider: str | None = None
    """Whose on-demand price counts; the market's where absent."""
    benchmarks: tuple[Point, ...] = ()
    """Own measurements of one replica on `gpu`, which rescale the speed."""


@dataclass(frozen=True)
class Sized:
    """One layout with the fleet that the load needs on it."""

    layout: Candidate
    replicas: int
    """For the load."""
    spare: int
    nodes: int
    usd_per_gpu_hour: float | None
    price_source: str
    usd_per_month: float | None
    """Of all that is paid for."""
    paid_gpus: int
    """Whole servers or rental units."""

    @property
    def gpus(self) -> int:
        return (self.replicas + self.spare) * self.layout.placement.gpus


@dataclass(frozen=True)
class Answer:
    """Layouts that serve, cheapest first, and why the others do not."""

    question: Question
    model_id: str
    architecture: Architecture
    layouts: tuple[Sized, ...]
    rejected: tuple[Candidate, ...]
    notes: tuple[str, ...] = ()
    calibration: Calibration | None = None

    @property
    def best(self) -> Sized:
        return self.layouts[0]


def size(question: Question, known: Assumptions) -> Answer:
    """Search the layouts that the question leaves open.

    InputError for unknown names, a context beyond the model's, a tensor parallelism that does not divide the
    heads, and where nothing fits or holds the target: it says what is missing and the smallest layout that
    fits.
    """
    model_id, architecture = architecture_of(question.weights, known)
    check_context(architecture, question.isl, question.osl, "--isl, --osl")
    gpus = _gpus(known)
    if question.gpu is not None:
        known.row("gpus", question.gpu, "--gpu")
        gpus = {question.gpu: gpus[question.gpu]}
        if question.tp is not None:
            check_parallelism(architecture, gpus[question.gpu], question.tp, "--tp")
    elif question.tp is not None and architecture.attention_heads % question.tp:
        check_parallelism(architecture, next(iter(gpus.values())), question.tp, "--tp")
    calibration = _calibrated(question, known, architecture, gpus) if question.benchmarks else None
    candidates = _search(question, known, architecture, gpus, calibration.factor if calibration else 1.0)
    usable = [c for c in candidates if c.usable]
    if not usable:
        raise InputError(_nothing_serves(question, known, architecture, candidates))
    layouts = sorted((_fleet(c, question, known) for c in usable), key=_cheapest_first)
    rejected = [c for c in candidates if not c.usable]
    return Answer(question, model_id, architecture, tuple(layouts), tuple(rejected), (), calibration)


def architecture_of(weights: str, known: Assumptions) -> tuple[str, Architecture]:
    """A listed model by its id of ours or of Hugging Face, or the one in a config.json, with its id."""
    if weights.endswith(".json") or Path(weights).is_dir():
        return weights, read_config(weights)
    row = model_row(known, weights, "--weights")
    gap = modelling_gap(row)
    if gap is not None:
        raise InputError(f"--weights: {row.key} cannot be sized: {gap}; give its config.json instead")
    return row.key, Architecture.from_row(row)


def _search(
    question: Question, known: Assumptions, architecture: Architecture, gpus: dict[str, Gpu], ratio: float = 1.0
) -> list[Candidate]:
    names: tuple[str | None, ...]
    if question.precision is not None:
        names = (question.precision,)
    elif question.gpu is not None:
        names = (None,)
    else:
        names = precisions_to_try(architecture)
    terms = Terms(
        _number(known, "serving.utilization_limit"),
        question.ttft_ms,
        _number(known, "serving.pipeline_efficiency"),
        ratio,
    )
    wanted = [_Wanted(name, question.kv_precision) for name in names]
    return search(architecture, gpus, wanted, work(question), _coefficients(known), terms, question.tp)


def _calibrated(question: Question, known: Assumptions, architecture: Architecture, gpus: dict[str, Gpu]) -> Calibration:
    """Own points against the model on the layout that was asked for, or the one the model would choose."""
    if question.gpu is None:
        raise InputError("--benchmark: measurements belong to one GPU; add --gpu, and --tp where it was not the best")
    gpu = gpus[question.gpu]
    precision = resolve_precision(_Wanted(question.precision, question.kv_precision), gpu, architecture, "--precision")
    usable = [c for c in _search(question, known, architecture, gpus) if c.usable and c.placement.nodes == 1]
    if usable:
        place = min((_fleet(c, question, known) for c in usable), key=_cheapest_first).layout.placement
    elif question.tp is not None:
        place = Placement(question.tp)
    else:
        raise InputError("--benchmark: no layout of one node serves this by itself; add --tp, the GPUs of the replica")
    points = [
        replace(p, input_tokens=p.input_tokens or question.isl, output_tokens=p.output_tokens or question.osl)
        for p in question.benchmarks
    ]
    return calibrate_layout(architecture, gpu, place, precision, points, known, "--benchmark")


def work(question: Question) -> Work:
    """The requests as the serving model takes them."""
    return Work(question.isl, question.osl, question.cached_share, question.tpot_ms, question.rate)


@dataclass(frozen=True)
class _Wanted:
    """Precision as `resolve_precision` takes it."""

    weights: str | None
    kv: str | None
    compute: str | None = None


@lru_cache(maxsize=8)
def _gpus(known: Assumptions) -> dict[str, Gpu]:
    return {key: Gpu.from_row(row) for key, row in known.rows("gpus").items()}


@lru_cache(maxsize=8)
def _coefficients(known: Assumptions) -> Coefficients:
    return Coefficients.read(known.number)


@lru_cache(maxsize=64)
def _number(known: Assumptions, name: str) -> float:
    return known.number(name)


def _fleet(layout: Candidate, question: Question, known: Assumptions) -> Sized:
    planned = layout.requests_per_second * layout.utilization_limit
    replicas = max(1, int(np.ceil(question.rate / planned - 1e-9)))
    spare = question.spare_replicas
    spare = int(_number(known, "serving.spare_replicas")) if spare is None else spare
    place = layout.placement
    gpus = (replicas + spare) * place.gpus
    per_node = layout.gpu.gpus_per_node
    nodes = (replicas + spare) * place.nodes if place.nodes > 1 else -(-gpus // per_node)
    price = gpu_price(known, layout.gpu_id, question.provider)
    usd = price.usd_per_gpu_hour
    paid = -(-gpus // price.gpus_per_unit) * price.gpus_per_unit
    month = None if usd is None else usd * paid * _number(known, HOURS_PER_MONTH)
    return Sized(layout, replicas, spare, nodes, usd, price.source, month, paid)


def _cheapest_first(sized: Sized) -> tuple[bool, float, int, int, str]:
    usd = sized.usd_per_month
    layout = sized.layout
    return usd is None, usd or 0.0, sized.gpus, layout.placement.gpus, layout.gpu_id


def _nothing_serves(question: Question, known: Assumptions, architecture: Architecture, candidates: list[Candidate]) -> str:
    """Why no layout serves, from the most capable one that was tried, and the smallest that would fit."""
    fitting = [c for c in candidates if c.fits]
    where = f"{architecture.name} on {question.gpu}" if question.gpu else architecture.name
    if fitting:
        best = min(fitting, key=lambda c: (c.tpot_ms, c.placement.gpus))
        return f"{where}: no layout holds the target; nearest is {best.words}: {best.reason}"
    asked = [_Wanted(question.precision, question.kv_precision)]
    everywhere = search(architecture, _gpus(known), asked, work(question), _coefficients(known), Terms(1.0))
    smallest = smallest_that_fits(everywhere)
    largest = max(candidates, key=lambda c: c.placement.gpus * c.gpu.memory_gib, default=None)
    reason = largest.reason if largest is not None else f"no node has {question.tp} GPUs"
    fits = f"the smallest that fits is {smallest.words}" if smallest else "nothing known holds it"
    return f"{where}: fits nowhere that was asked for ({reason}); {fits}"


def capacity_range(sized: Sized, answer: Answer, known: Assumptions) -> Capacity:
    """What a replica serves at base, low and high speed, in that order, with its curve and what binds."""
    layout, coefficients = sized.layout, _coefficients(known)
    question, architecture = answer.question, answer.architecture
    own, ratio = answer.calibration, known.parameter(throughput_ratio_id(architecture.is_sparse))
    general = [ratio.number, ratio.low or ratio.number, ratio.high or ratio.number]
    speeds = np.array([own.factor, own.low, own.high] if own else general)
    return placed_capacity(
        architecture,
        layout.gpu,
        layout.placement,
        layout.precision,
        question.isl,
        question.osl,
        question.cached_share,
        question.tpot_ms,
        coefficients,
        speeds,
        pipeline_efficiency=_number(known, "serving.pipeline_efficiency"),
    )


def replica_memory(sized: Sized, question: Question, architecture: Architecture, known: Assumptions) -> Memory:
    """Each GPU's memory with the sequences that run at once."""
    layout, tokens = sized.layout, question.isl + question.osl
    where = layout.gpu, layout.placement, layout.precision
    return placed_memory(architecture, *where, tokens, layout.batch, _coefficients(known))


def released_precision(architecture: Architecture) -> str:
    """The number format of the released weights."""
    return SAME_AS.get(architecture.checkpoint_precision, architecture.checkpoint_precision)


def second_opinion_of(answer: Answer, known: Assumptions) -> SecondOpinion:
    """What `aiconfigurator-core` says of the best layout with the same number of sequences."""
    question, layout = answer.question, answer.best.layout
    if question.weights.endswith(".json") or Path(question.weights).is_dir():
        config: str | None = question.weights
    else:
        config = shipped_config(model_row(known, question.weights).text("hf_id", ""))
    where = layout.gpu_id, layout.placement, layout.precision
    return second_opinion(config, *where, round(question.isl), round(question.osl), round(layout.batch))
