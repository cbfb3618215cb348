"""An option of a scenario on GPUs: its layout, and what a replica serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.assumptions import Parameter, Row
from calculator.errors import InputError
from calculator.inputs import Inputs
from calculator.options import SizedOption
from calculator.serving.architecture import Architecture, check_context, model_row, modelling_gap
from calculator.serving.calibration import LEAST_POINTS, Calibration
from calculator.serving.capacity import Capacity
from calculator.serving.coefficients import Coefficients, base, throughput_ratio_id
from calculator.serving.gpu import Gpu
from calculator.serving.guard import AS_IT_IS, Factors, guarded
from calculator.serving.layout import Layout, Runner, Work, choose_layout
from calculator.serving.own_points import calibrate_layout, own_points, own_ratio
from calculator.serving.placement import Placement, placed_capacity
from calculator.serving.precision import Precision, resolve_precision
from calculator.serving.queueing import GRID, planned_utilization

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from calculator.demand import Demand

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class SizedGuard:
    """A guard model's layout, and which workloads name it."""

    sizing: Sizing
    workloads: tuple[int, ...]


@dataclass(frozen=True)
class Sizing:
    """How an option is laid out on GPUs; settled at base values and held in every draw."""

    weights: str
    gpu_id: str
    gpu_row: Row
    architecture: Architecture
    gpu: Gpu
    """At base values."""
    placement: Placement
    precision: Precision
    notes: tuple[str, ...] = ()
    rejected: tuple[tuple[Placement, str], ...] = ()
    next_best: tuple[Runner, ...] = ()
    """Other placements that serve, the fewest GPUs in the busiest month first."""
    calibration: Calibration | None = None
    """What own benchmark points make of the speed model."""
    own_ratio: Parameter | None = None
    """Measured over modelled speed from those points; the general one where absent."""
    guards: tuple[SizedGuard, ...] = ()
    speed_range: tuple[float, float] = (1.0, 1.0)
    """Low and high of the speed over its base, about the central 80 %."""
    asked: Work | None = None
    """The first workload at its peak in the busiest month, at base values."""

    @property
    def gpus_per_replica(self) -> int:
        return self.placement.gpus

    @property
    def tp(self) -> int:
        return self.placement.tp


def size_option(option: SizedOption, demands: Sequence[Demand], factors: Factors, inputs: Inputs) -> Sizing:
    """Layout of one replica for all workloads of a scenario: the fewest GPUs in the busiest month.

    InputError, naming the option, for an unknown model or GPU, a shape that is not modelled, a tensor
    parallelism that does not divide the heads, and what does not fit or is too slow on a node.
    """
    where = f"options.{option.id}"
    known = inputs.assumptions
    row = model_row(known, option.weights, f"{where}.weights")
    gap = modelling_gap(row)
    if gap is not None:
        raise InputError(f"{where}.weights: {row.key} cannot be sized yet: {gap}")
    architecture = Architecture.from_row(row)
    for column in ("total_parameters_billion", "active_parameters_billion", "layers"):
        if column in row:
            inputs.cell(row, column)
    gpu_row = known.row("gpus", option.gpu, f"{where}.gpu")
    gpu = Gpu.from_row(gpu_row, inputs.cell)
    precision = resolve_precision(option.precision, gpu, architecture, f"{where}.precision")
    for demand in demands:
        isl, osl = (base(t) for t in (demand.input_tokens * factors.input, demand.output_tokens * factors.output))
        check_context(architecture, isl, osl, where)

    def layout_at(ratio: Array, tp: int | None) -> Layout:
        return choose_layout(
            architecture,
            gpu,
            precision,
            [work for demand in demands for work in _work(demand, factors, inputs)],
            Coefficients.read(inputs.number),
            ratio,
            tp=tp,
            gpus_needed=_whole_fleet(option, inputs),
            where=f"{where}.tensor_parallel" if option.tensor_parallel else where,
            pipeline_efficiency=inputs.base_number("serving.pipeline_efficiency"),
        )

    general = inputs.number(throughput_ratio_id(architecture.is_sparse))
    calibration, own = None, None
    if len(option.benchmarks) >= LEAST_POINTS:
        place = layout_at(general, option.tensor_parallel).placement
        points = own_points(option, demands[0], factors)
        calibration = calibrate_layout(
            architecture, gpu, place, precision, points, inputs.assumptions, f"{where}.benchmarks"
        )
        own = own_ratio(calibration, f"options.{option.id}.throughput_ratio")
        layout = layout_at(inputs.parameter(own), place.tp)
    else:
        layout = layout_at(general, option.tensor_parallel)
    return Sizing(
        weights=row.key,
        gpu_id=gpu_row.key,
        gpu_row=gpu_row,
        architecture=architecture,
        gpu=gpu,
        placement=layout.placement,
        precision=precision,
        notes=(*precision.notes, *_notes(option, row, architecture, gpu, demands), *place_notes(layout.placement)),
        rejected=layout.rejected,
        next_best=() if calibration is not None else layout.next_best,
        calibration=calibration,
        own_ratio=own,
        guards=_guards(option, demands, factors, inputs),
        speed_range=_speed_range(own or inputs.assumptions.parameter("serving.throughput_ratio")),
        asked=_work(demands[0], factors, inputs)[0],
    )


def at_placement(sizing: Sizing, place: Placement, rejected: Sequence[tuple[Placement, str]]) -> Sizing:
    """The same option laid out otherwise; `rejected` says of each other placement why it was not taken."""
    held = place_notes(sizing.placement)
    notes = (*(n for n in sizing.notes if n not in held), *place_notes(place))
    return replace(sizing, placement=place, notes=notes, rejected=tuple(sorted(rejected)))


def _speed_range(ratio: Parameter) -> tuple[float, float]:
    low, high = (ratio.number if bound is None else bound for bound in (ratio.low, ratio.high))
    return low / ratio.number, high / ratio.number


def _guards(option: SizedOption, demands: Sequence[Demand], factors: Factors, inputs: Inputs) -> tuple[SizedGuard, ...]:
    """Layouts of the guard models that workloads name, on the option's GPU."""
    found = []
    for name in sorted({d.workload.guard_model for d in demands if d.workload.guard_model}):
        named = tuple(i for i, d in enumerate(demands) if d.workload.guard_model == name)
        update = {"weights": name, "precision": None, "tensor_parallel": None, "benchmarks": ()}
        try:
            sizing = size_option(
                option.model_copy(update=update), guarded(named, demands, factors, inputs), AS_IT_IS, inputs
            )
        except InputError as error:
            raise InputError(f"workloads.{demands[named[0]].workload.name}.guard_model: {name}: {error}") from None
        found.append(SizedGuard(sizing, named))
    return tuple(found)


def throughput_ratio(sizing: Sizing, inputs: Inputs) -> Array:
    """Measured over modelled speed, (draws,): from own points where there are, else the general one."""
    if sizing.own_ratio is not None:
        return inputs.parameter(sizing.own_ratio)
    return inputs.number(throughput_ratio_id(sizing.architecture.is_sparse))


def planned_share(sizing: Sizing, demand: Demand, factors: Factors, capacity: Capacity, limit: Array) -> Array:
    """Share of a replica's full rate that a workload plans for, (draws,): the limit, less for a binding TTFT."""
    slo = demand.workload.slo
    if not slo.ttft_binding:
        return limit
    share = planned_utilization(capacity, demand.output_tokens * factors.output, limit, slo.ttft_ms)
    return np.asarray(np.maximum(share, GRID[0]))  # what no fleet can hold in a draw gets a very large one


def capacity_of(sizing: Sizing, demand: Demand, factors: Factors, inputs: Inputs, batch_work: bool = False) -> Capacity:
    """What one replica of a sized option serves of one workload, in the draws of `inputs`."""
    return placed_capacity(
        sizing.architecture,
        Gpu.from_row(sizing.gpu_row, inputs.cell),
        sizing.placement,
        sizing.precision,
        demand.input_tokens * factors.input,
        demand.output_tokens * factors.output,
        demand.cached_share,
        demand.workload.slo.tpot_ms,
        Coefficients.read(inputs.number),
        throughput_ratio(sizing, inputs),
        batch_work,
        inputs.base_number("serving.pipeline_efficiency"),
    )


def _work(demand: Demand, factors: Factors, inputs: Inputs) -> list[Work]:
    """A workload's requests that may not wait, at their peak, and those that may."""
    hours = inputs.base_number("demand.hours_per_month")
    peak = float(demand.burst_ratio[0] * demand.hour_weights.max() * demand.hour_weights.size)
    isl, osl = demand.input_tokens * factors.input, demand.output_tokens * factors.output
    slo = demand.workload.slo
    tpot = slo.tpot_ms
    now = float(demand.interactive_requests_per_second(hours)[0].max()) * peak
    later = float(demand.batch_requests_per_second(hours)[0].max())
    both = [
        Work(isl, osl, demand.cached_share, tpot, now, ttft_ms=slo.ttft_ms if slo.ttft_binding else None),
        Work(isl, osl, demand.cached_share, tpot, later, batch_work=True),
    ]
    return [w for w in both if w.requests_per_second > 0] or both[:1]


def _whole_fleet(option: SizedOption, inputs: Inputs) -> Any:
    """GPUs for a load at full use, with whole replicas, the utilization limit and spares."""
    limit = float(inputs.number("serving.utilization_limit")[0])
    spare = option.spare_replicas
    extra = float(inputs.number("serving.spare_replicas")[0]) if spare is None else float(spare)
    return lambda tp, load: tp * (max(np.ceil(load / limit), option.min_replicas, 1) + extra)


def _notes(option: SizedOption, row: Row, architecture: Architecture, gpu: Gpu, demands: Sequence[Demand]) -> list[str]:
    notes = []
    if 0 < len(option.benchmarks) < LEAST_POINTS:
        notes.append(f"{LEAST_POINTS} benchmark points are needed to rescale the speed; {len(option.benchmarks)} are kept")
    if architecture.linear_state_bytes_per_sequence == 0 and row.text("attention", "gqa") == "hybrid":
        notes.append(f"the constant state of {row.key}'s linear layers is not published and left out of memory")
    if np.asarray(gpu.platform_efficiency).flat[0] != 1:
        notes.append(f"speed on {gpu.name} is scaled from NVIDIA measurements; few measurements back it")
    if any(d.workload.slo.ttft_binding for d in demands):
        notes.append("the time to first token binds the fleet, though it is known only within a factor of two")
    return notes


def place_notes(placement: Placement) -> list[str]:
    """What to know of a layout that few measurements back."""
    if placement.stages > 1:
        return [f"a replica is a pipeline over {placement.nodes} nodes; few measurements back its speed"]
    if placement.nodes > 1:
        return [f"experts are spread over {placement.nodes} nodes; few measurements back the speed"]
    return []
