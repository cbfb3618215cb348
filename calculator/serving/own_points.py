"""An option's own benchmark points, and what they make of the speed model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from calculator.assumptions import Assumptions, Parameter, Source
from calculator.errors import InputError
from calculator.options import SizedOption
from calculator.serving.architecture import Architecture
from calculator.serving.benchmark_files import Point
from calculator.serving.calibration import Calibration, calibrate
from calculator.serving.capacity import output_tokens_per_second
from calculator.serving.coefficients import Coefficients, base, throughput_ratio_id
from calculator.serving.gpu import Gpu
from calculator.serving.guard import Factors
from calculator.serving.placement import Placement
from calculator.serving.precision import Precision

if TYPE_CHECKING:
    from calculator.demand import Demand


def own_points(option: SizedOption, demand: Demand, factors: Factors) -> list[Point]:
    """Own benchmark points, of the first workload's size where they do not say."""
    isl, osl = base(demand.input_tokens * factors.input), base(demand.output_tokens * factors.output)
    return [
        Point(b.concurrency, b.output_tokens_per_second, b.input_tokens or isl, b.output_tokens or osl)
        for b in option.benchmarks
    ]


def calibrate_layout(
    architecture: Architecture,
    gpu: Gpu,
    placement: Placement,
    precision: Precision,
    points: Sequence[Point],
    known: Assumptions,
    where: str,
) -> Calibration:
    """Own points of one replica within a node against the model; InputError as `calibrate`, and over several nodes."""
    if placement.nodes > 1:
        raise InputError(f"{where}: own points of replicas over several nodes do not rescale the model; remove them")
    coefficients = Coefficients.read(known.number)
    ratio = known.parameter(throughput_ratio_id(architecture.is_sparse))

    def predict(point: Point) -> float:
        assert point.input_tokens is not None and point.output_tokens is not None
        size = point.input_tokens, point.output_tokens, point.concurrency
        dp = placement.attention_dp
        return output_tokens_per_second(architecture, gpu, placement.gpus, precision, *size, coefficients, attention_dp=dp)

    general = ((ratio.low or ratio.number) / ratio.number, (ratio.high or ratio.number) / ratio.number)
    return calibrate(points, predict, general, known.number("serving.benchmark_noise"), where)


def own_ratio(calibration: Calibration, name: str) -> Parameter:
    """The factor as an input, drawn from its own range."""
    return Parameter(
        id=name,
        value=calibration.factor,
        unit="ratio",
        low=calibration.low,
        high=calibration.high,
        as_of="",
        kind="measured",
        source=Source("Own benchmark points of the scenario", locator=name.rsplit(".", 1)[0] + ".benchmarks"),
        description="Measured over modelled output tokens a second",
        distribution="lognormal",
        overridden=True,
    )
